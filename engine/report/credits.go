package report

import (
	"cmp"
	"slices"

	"quadra/engine/calendar"
	"quadra/engine/record"
	"quadra/engine/report/content"
	"quadra/engine/report/picture"
)

// credits adds up how long each PSP takes to credit its flows, and what is late.
type credits struct {
	psps map[string]*picture.Credited
	late map[string]*lateRow
}

// lateRow is what a PSP is late with.
type lateRow struct {
	PSP    string
	Count  int64
	Amount record.Cents
	Days   int // of default interest, of the oldest
}

func newCredits() *credits {
	return &credits{psps: make(map[string]*picture.Credited), late: make(map[string]*lateRow)}
}

// longestCredit is the largest number of days told apart.
const longestCredit = 60

func (cs *credits) add(f *content.Flow, days *calendar.Calendar) {
	if f.Parts == 0 {
		return
	}
	name := f.PSPName
	if name == "" {
		name = f.PSP
	}
	c := cs.psps[name]
	if c == nil {
		c = &picture.Credited{Name: name}
		cs.psps[name] = c
	}
	took := min(days.Elapsed(f.RegulatedOn, f.CashedOn()), longestCredit)
	for len(c.Days) <= took {
		c.Days = append(c.Days, 0)
	}
	c.Days[took]++
	c.Amount += f.Seen.Cash
}

func (cs *credits) expect(e *content.Expected) {
	if e.State != "in_ritardo" || e.Kind != "credito" {
		return
	}
	r := cs.late[e.PSP()]
	if r == nil {
		r = &lateRow{PSP: e.PSP()}
		cs.late[e.PSP()] = r
	}
	r.Count++
	r.Amount += e.Amount
	r.Days = max(r.Days, e.DefaultDays)
}

// byPSP lists the PSPs for the picture, in order.
func (cs *credits) byPSP() []picture.Credited {
	out := make([]picture.Credited, 0, len(cs.psps))
	for _, c := range cs.psps {
		out = append(out, *c)
	}
	slices.SortFunc(out, func(a, b picture.Credited) int { return cmp.Compare(a.Name, b.Name) })
	return out
}

// lateRows lists what is late, the largest first.
func (cs *credits) lateRows() []*lateRow {
	out := make([]*lateRow, 0, len(cs.late))
	for _, r := range cs.late {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *lateRow) int {
		return cmp.Or(cmp.Compare(b.Amount, a.Amount), cmp.Compare(a.PSP, b.PSP))
	})
	return out
}
