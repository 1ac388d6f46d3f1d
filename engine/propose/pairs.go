package propose

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Windows in days from the regulation of a flow to the booking of a movement.
const (
	bookedEarly   = 2  // banks may book before the regulation day
	amountWindow  = 10 // for equal amounts
	pspWindow     = 4  // for the PSP alone
	damagedEarly  = 5
	damagedWindow = 60 // for a piece of the IUF
	sumWindow     = 7
)

// pspShown is how many flows of its PSP are proposed for a movement whose
// amount fits none.
const pspShown = 3

// pairs proposes one movement for one flow.
func (f *finder) pairs() error {
	byAmount := make(map[record.Cents][]int)
	byPSP := make(map[string][]int)
	for i := range f.settlements {
		s := &f.settlements[i]
		byAmount[s.Open] = append(byAmount[s.Open], i)
		byPSP[s.PSP] = append(byPSP[s.PSP], i)
	}
	grams := newGrams(f.settlements)
	for m := range f.movements {
		if err := f.ctx.Err(); err != nil {
			return err
		}
		booked := f.movements[m].BookedOn
		rules := make(map[int]Rule) // of each flow that may be meant
		equal, more := f.nearest(byAmount[f.movements[m].Open], booked, bookedEarly, amountWindow, perItem)
		f.res.LeftOut += more
		for _, s := range equal {
			rules[s] = RuleAmount
		}
		shared := grams.like(f.clues[m].plain)
		for s := range shared {
			days := booked - f.settlements[s].RegulatedOn
			if days < -damagedEarly || days > damagedWindow {
				delete(shared, s)
			} else if rules[s] == "" {
				rules[s] = RuleIUF
			}
		}
		for code := range f.clues[m].psps {
			near, _ := f.nearest(byPSP[code], booked, bookedEarly, pspWindow, pspShown)
			for _, s := range near {
				if rules[s] == "" {
					rules[s] = RulePSP
				}
			}
		}
		for _, s := range sortedKeys(rules) {
			f.add(f.pair(m, s, rules[s], shared[s]))
		}
	}
	return nil
}

func sortedKeys(rules map[int]Rule) []int {
	keys := make([]int, 0, len(rules))
	for k := range rules {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// nearest picks, of flows in the order of their days, those within a window of
// a booking day, the nearest first, at most so many; more is how many others
// there are.
func (f *finder) nearest(flows []int, booked record.Date, early, late record.Date, most int) (out []int, more int) {
	day := func(i int) record.Date { return f.settlements[flows[i]].RegulatedOn }
	low := sort.Search(len(flows), func(i int) bool { return day(i) >= booked-late })
	high := sort.Search(len(flows), func(i int) bool { return day(i) > booked+early })
	right := low + sort.Search(high-low, func(i int) bool { return day(low+i) >= booked })
	left := right - 1
	for len(out) < most && (left >= low || right < high) {
		if right >= high || left >= low && booked-day(left) <= day(right)-booked {
			out = append(out, flows[left])
			left--
		} else {
			out = append(out, flows[right])
			right++
		}
	}
	return out, high - low - len(out)
}

// pair scores one movement for one flow.
func (f *finder) pair(m, s int, rule Rule, shared int) Proposal {
	mv, st := &f.movements[m], &f.settlements[s]
	p := Proposal{Kind: record.DecideFlow, Rule: rule, Pairs: []Pair{{Movement: mv, Settlement: st, Amount: min(mv.Open, st.Open)}}}
	if mv.Open == st.Open {
		p.points(pointsAmount, "stesso importo, "+mv.Open.Italian()+" euro")
	} else {
		p.points(0, fmt.Sprintf("importi diversi: il movimento ha %s euro, al flusso mancano %s euro", mv.Open.Italian(), st.Open.Italian()))
	}
	f.common(&p, m, s, shared)
	return p
}

// common adds what a movement and a flow have in common besides the amount.
func (f *finder) common(p *Proposal, m, s, shared int) {
	mv, st, c := &f.movements[m], &f.settlements[s], &f.clues[m]
	days := mv.BookedOn - st.RegulatedOn
	p.points(pointsDays(int(days)), daysText("regolamento", st.RegulatedOn, days))
	if whole := len(letters(st.IUF)); shared > 0 {
		p.points(pointsStretch*shared/whole, fmt.Sprintf("la causale contiene %d dei %d caratteri dello IUF", shared, whole))
	}
	if named, ok := c.psps[st.PSP]; ok {
		p.points(named.points, "l'ordinante o la causale porta il "+named.how)
	}
	if c.other(st.IUF) {
		p.points(pointsOther, "la causale però nomina il flusso "+c.given+", che non è nei libri o è già abbinato")
	}
}

func (p *Proposal) points(n int, why string) {
	p.Score += n
	p.Reasons = append(p.Reasons, why)
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// grams index the IUFs of flows by runs of characters, to find pieces of them
// in a text.
type grams struct {
	iufs []string // letters only
	at   map[string][]int32
}

const (
	gram = 8
	// dateLength is the day an IUF begins with, the same for all flows of it: a
	// run within it tells nothing.
	dateLength = 8
	// shortest is the shortest piece of an IUF taken for it.
	shortest = 10
	// crowded is how many flows may share a run that still tells something.
	crowded = 50
)

func newGrams(settlements []store.OpenSettlement) *grams {
	g := &grams{iufs: make([]string, len(settlements)), at: make(map[string][]int32)}
	for i := range settlements {
		iuf := letters(settlements[i].IUF)
		g.iufs[i] = iuf
		for k := 0; k+gram <= len(iuf); k++ {
			if k+gram <= dateLength {
				continue
			}
			run := iuf[k : k+gram]
			if list := g.at[run]; len(list) <= crowded {
				g.at[run] = append(list, int32(i))
			}
		}
	}
	return g
}

// like finds the flows whose IUF shares a long run with a text, and how long it
// is.
func (g *grams) like(text string) map[int]int {
	out := make(map[int]int)
	for k := 0; k+gram <= len(text); k++ {
		list := g.at[text[k:k+gram]]
		if len(list) > crowded {
			continue
		}
		for _, s := range list {
			if _, done := out[int(s)]; !done {
				out[int(s)] = stretch(text, g.iufs[s])
			}
		}
	}
	for s, n := range out {
		if n < shortest {
			delete(out, s)
		}
	}
	if len(out) > perItem {
		longest := make([]int, 0, len(out))
		for s := range out {
			longest = append(longest, s)
		}
		slices.SortFunc(longest, func(a, b int) int { return cmp.Or(cmp.Compare(out[b], out[a]), cmp.Compare(a, b)) })
		for _, s := range longest[perItem:] {
			delete(out, s)
		}
	}
	return out
}
