package judge_test

import (
	"cmp"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/remittance"
)

// slowCash is a movement with what it names and pays.
type slowCash struct {
	*slowMovement
	namesIUF  bool
	iuvs      []string // every reading of those its text names
	flows     []*slowVersion
	steps     map[*slowVersion]string
	ambiguous bool
	links     []slowLink
}

type slowLink struct {
	flow   *slowVersion
	amount record.Cents
	step   string
}

// currents are the current versions of all flows.
func (b *slowBooks) currents() []*slowVersion {
	var out []*slowVersion
	for _, versions := range b.flows {
		for _, v := range versions {
			if v.current {
				out = append(out, v)
			}
		}
	}
	slices.SortFunc(out, func(v, w *slowVersion) int { return cmp.Compare(v.came, w.came) })
	return out
}

// link ties every movement to the flows its text names, in the order the money
// came: those that name one flow first, since what they bring is known.
func (b *slowBooks) link() []*slowCash {
	var all []*slowCash
	for _, m := range b.movements {
		c := &slowCash{slowMovement: m, steps: map[*slowVersion]string{}}
		b.name(c)
		if c.ambiguous || c.cash() <= 0 {
			c.flows = nil
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b *slowCash) int {
		return cmp.Or(cmp.Compare(a.BookedOn, b.BookedOn), cmp.Compare(a.Year, b.Year), cmp.Compare(len(a.Number), len(b.Number)),
			strings.Compare(a.Number, b.Number), strings.Compare(a.Account, b.Account))
	})
	got := map[*slowVersion]record.Cents{}
	for _, c := range all {
		if len(c.flows) == 1 {
			c.pay(c.flows[0], c.cash(), got)
		}
	}
	for _, c := range all {
		if len(c.flows) > 1 {
			c.share(got)
		}
	}
	return all
}

func (c *slowCash) pay(flow *slowVersion, amount record.Cents, got map[*slowVersion]record.Cents) {
	c.links = append(c.links, slowLink{flow, amount, c.steps[flow]})
	got[flow] += amount
}

// share divides cash among several flows. RULES only says that a movement may
// settle several; the engine pays all of them when it is their sum, else gives
// each what it still lacks while the cash lasts, and when none lacks anything
// starts anew.
func (c *slowCash) share(got map[*slowVersion]record.Cents) {
	var sum record.Cents
	for _, f := range c.flows {
		sum += f.DeclaredTotal
	}
	cash := c.cash()
	if cash == sum {
		for _, f := range c.flows {
			if f.DeclaredTotal > 0 {
				c.pay(f, f.DeclaredTotal, got)
			}
		}
		return
	}
	for _, f := range c.flows {
		if lacks := f.DeclaredTotal - got[f]; lacks > 0 && cash > 0 {
			c.pay(f, min(lacks, cash), got)
			cash -= min(lacks, cash)
		}
	}
	if len(c.links) > 0 {
		return
	}
	for _, f := range c.flows {
		if amount := min(f.DeclaredTotal, cash); amount != 0 {
			c.pay(f, amount, got)
			cash -= amount
		}
	}
}

// name reads what a movement names: what the layout gives apart, else the text,
// else any flow of the entity found in the text or in the end-to-end id.
func (b *slowBooks) name(c *slowCash) {
	if c.IUF != "" || c.IUV != "" {
		if c.IUV != "" {
			c.iuvs = []string{c.IUV}
		}
		if c.IUF != "" {
			c.namesIUF = true
			b.find(c, c.IUF, "given")
		}
		return
	}
	text := remittance.Read(c.Remittance)
	for _, ref := range text.IUVs {
		c.iuvs = append(append(c.iuvs, ref.ID), ref.Candidates...)
	}
	for _, ref := range text.IUFs {
		c.namesIUF = true
		step := "tolerant"
		if ref.Step == remittance.StepStrict {
			step = "strict"
		}
		for _, candidate := range ref.Candidates {
			if b.find(c, candidate, step) {
				break
			}
		}
	}
	for _, in := range []struct{ text, step string }{{c.Remittance, "known"}, {c.EndToEnd, "end-to-end"}} {
		if len(c.flows) > 0 || c.ambiguous && in.step == "known" {
			return
		}
		iuf, several, err := remittance.Known(in.text, b)
		if err != nil {
			panic(err) // the dictionary cannot fail
		}
		c.ambiguous = c.ambiguous || several
		if iuf != "" && b.find(c, iuf, in.step) && len(c.flows) > 0 {
			c.namesIUF = true
		}
	}
}

// find looks for the flow of an IUF and says whether there is any: among those
// of several years or PSPs the one regulated last before the booking (or up to
// two days after it), those of one day being told apart by the amount alone.
func (b *slowBooks) find(c *slowCash, iuf, step string) bool {
	var named []*slowVersion
	for _, v := range b.currents() {
		if v.key.iuf == remittance.Key(iuf) {
			named = append(named, v)
		}
	}
	if len(named) == 0 {
		return false
	}
	if due := c.BookedOn + 2; len(named) > 1 {
		past := slices.DeleteFunc(slices.Clone(named), func(v *slowVersion) bool { return v.RegulatedOn > due })
		if len(past) > 0 {
			last := slices.MaxFunc(past, func(v, w *slowVersion) int { return cmp.Compare(v.RegulatedOn, w.RegulatedOn) })
			named = slices.DeleteFunc(past, func(v *slowVersion) bool { return v.RegulatedOn != last.RegulatedOn })
		}
	}
	if len(named) > 1 {
		named = slices.DeleteFunc(named, func(v *slowVersion) bool { return v.DeclaredTotal != c.cash() })
	}
	switch {
	case len(named) != 1:
		c.ambiguous = true
	case !slices.Contains(c.flows, named[0]):
		c.flows = append(c.flows, named[0])
		c.steps[named[0]] = step
	}
	return true
}

// WithPrefix and Undated make the slow books the dictionary of the search of
// known flows.
func (b *slowBooks) WithPrefix(day string) ([]string, error) {
	return b.iufs(func(iuf string) bool { return strings.HasPrefix(iuf, day) }), nil
}

func (b *slowBooks) Undated() ([]string, error) {
	return b.iufs(func(iuf string) bool {
		shape := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return '0'
			}
			return r
		}, iuf)
		return !strings.HasPrefix(shape, "0000-00-00")
	}), nil
}

func (b *slowBooks) iufs(wanted func(string) bool) []string {
	var out []string
	for key := range b.flows {
		if wanted(key.iuf) {
			out = append(out, key.iuf)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
