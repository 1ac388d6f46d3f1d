package propose

import (
	"cmp"
	"fmt"
	"slices"
	"sort"

	"quadra/engine/record"
)

const (
	// pool is how many items of a window are tried together: those of the same
	// PSP first, then the nearest. Four of them are 35,960 combinations, found
	// through 496 pairs.
	pool = 32
	// window is how many items around a day are looked at to fill the pool.
	window = 200
	// small is how many items a pool may have for a sum of three or four to mean
	// something though nothing else ties them: among more, chance makes sums.
	small = 12
	// sumsShown is how many sums of one size are proposed for one item.
	sumsShown = 5
	largest   = 4 // items of a sum
)

// sums proposes several movements for one flow and several flows for one
// movement.
func (f *finder) sums() error {
	for s := range f.settlements {
		if err := f.ctx.Err(); err != nil {
			return err
		}
		f.movementsFor(s)
	}
	for m := range f.movements {
		if err := f.ctx.Err(); err != nil {
			return err
		}
		f.flowsFor(m)
	}
	return nil
}

func (f *finder) movementsFor(s int) {
	st := &f.settlements[s]
	near := around(len(f.movements), func(i int) record.Date { return f.movements[i].BookedOn }, st.RegulatedOn, bookedEarly, sumWindow)
	var members []member
	for _, m := range near {
		if mv := &f.movements[m]; mv.Open < st.Open {
			_, named := f.clues[m].psps[st.PSP]
			members = append(members, member{m, mv.Open, named, apart(mv.BookedOn, st.RegulatedOn)})
		}
	}
	alike := func(combination []int) bool {
		named, sameDay, samePayer := true, true, true
		first := &f.movements[combination[0]]
		for _, m := range combination {
			_, has := f.clues[m].psps[st.PSP]
			named = named && has
			sameDay = sameDay && f.movements[m].BookedOn == first.BookedOn
			samePayer = samePayer && f.movements[m].Payer == first.Payer
		}
		return named || sameDay || samePayer
	}
	for _, combination := range f.combinations(members, st.Open, alike) {
		p := Proposal{Kind: record.DecideFlow, Rule: RuleMovements}
		p.points(pointsSum(len(combination)), fmt.Sprintf("la somma di %d movimenti è esattamente %s euro", len(combination), st.Open.Italian()))
		far := record.Date(0)
		named := psp{}
		all := true
		for _, m := range combination {
			mv := &f.movements[m]
			p.Pairs = append(p.Pairs, Pair{Movement: mv, Settlement: st, Amount: mv.Open})
			if days := mv.BookedOn - st.RegulatedOn; max(days, -days) >= max(far, -far) {
				far = days
			}
			how, has := f.clues[m].psps[st.PSP]
			all = all && has
			named = how
			if c := &f.clues[m]; c.other(st.IUF) {
				p.points(pointsOther, "la causale di "+mv.Number+" però nomina il flusso "+c.given)
			}
		}
		p.points(pointsDays(int(far)), "il più lontano "+daysText("regolamento", st.RegulatedOn, far))
		switch {
		case all:
			p.points(named.points, "tutti portano il "+named.how)
		case !alike(combination):
			p.points(pointsNoCommon, "i movimenti non hanno altro in comune")
		}
		f.add(p)
	}
}

func (f *finder) flowsFor(m int) {
	mv := &f.movements[m]
	near := around(len(f.settlements), func(i int) record.Date { return f.settlements[i].RegulatedOn }, mv.BookedOn, sumWindow, bookedEarly)
	var members []member
	for _, s := range near {
		if st := &f.settlements[s]; st.Open < mv.Open {
			_, named := f.clues[m].psps[st.PSP]
			members = append(members, member{s, st.Open, named, apart(mv.BookedOn, st.RegulatedOn)})
		}
	}
	alike := func(combination []int) bool {
		for _, s := range combination {
			if f.settlements[s].PSP != f.settlements[combination[0]].PSP {
				return false
			}
		}
		return true
	}
	for _, combination := range f.combinations(members, mv.Open, alike) {
		p := Proposal{Kind: record.DecideFlow, Rule: RuleFlows}
		p.points(pointsSum(len(combination)), fmt.Sprintf("la somma di %d flussi è esattamente %s euro", len(combination), mv.Open.Italian()))
		far := record.Date(0)
		for _, s := range combination {
			st := &f.settlements[s]
			p.Pairs = append(p.Pairs, Pair{Movement: mv, Settlement: st, Amount: st.Open})
			if days := mv.BookedOn - st.RegulatedOn; max(days, -days) >= max(far, -far) {
				far = days
			}
		}
		p.points(pointsDays(int(far)), "il più lontano "+daysText("regolamento", mv.BookedOn-far, far))
		first := &f.settlements[combination[0]]
		named, has := f.clues[m].psps[first.PSP]
		switch {
		case !alike(combination):
			p.points(pointsNoCommon, "i flussi sono di PSP diversi")
		case has:
			p.points(named.points, "l'ordinante o la causale porta il "+named.how+" del PSP di tutti i flussi")
		default:
			p.points(0, "i flussi sono dello stesso PSP, "+first.PSP)
		}
		if c := &f.clues[m]; c.names {
			p.points(pointsOther, "la causale però nomina il flusso "+c.given)
		}
		f.add(p)
	}
}

func pointsSum(n int) int { return 45 - 5*n }

func apart(a, b record.Date) record.Date { return max(a-b, b-a) }

// member is an item that may be part of a sum.
type member struct {
	index  int
	amount record.Cents
	named  bool        // its text names the PSP
	days   record.Date // from the day looked around
}

// around lists the items of a list in the order of days that lie within a
// window of a day, the nearest first, at most so many.
func around(n int, day func(int) record.Date, at, early, late record.Date) []int {
	low := sort.Search(n, func(i int) bool { return day(i) >= at-early })
	high := sort.Search(n, func(i int) bool { return day(i) > at+late })
	right := low + sort.Search(high-low, func(i int) bool { return day(low+i) >= at })
	left := right - 1
	var out []int
	for len(out) < window && (left >= low || right < high) {
		if left < low || right < high && day(right)-at <= at-day(left) {
			out = append(out, right)
			right++
		} else {
			out = append(out, left)
			left--
		}
	}
	return out
}

// combinations lists the sets of two to four members whose sum is exact, of the
// smallest size there is. Among many members a larger set counts only when its
// members are alike.
func (f *finder) combinations(members []member, sum record.Cents, alike func([]int) bool) [][]int {
	if len(members) < 2 {
		return nil
	}
	slices.SortStableFunc(members, func(a, b member) int {
		switch {
		case a.named != b.named && a.named:
			return -1
		case a.named != b.named:
			return 1
		}
		return cmp.Or(cmp.Compare(a.days, b.days), cmp.Compare(a.index, b.index))
	})
	crowd := len(members)
	if crowd > pool {
		members = members[:pool]
	}
	pairs := make([]twoOf, 0, len(members)*(len(members)-1)/2)
	for i := range members {
		for k := i + 1; k < len(members); k++ {
			if total := members[i].amount + members[k].amount; total <= sum {
				pairs = append(pairs, twoOf{total, i, k})
			}
		}
	}
	slices.SortFunc(pairs, func(a, b twoOf) int {
		return cmp.Or(cmp.Compare(a.sum, b.sum), cmp.Compare(a.first, b.first), cmp.Compare(a.second, b.second))
	})
	var out [][]int
	for size := 2; size <= largest && len(out) == 0; size++ {
		exact(members, pairs, sum, size, func(positions ...int) {
			combination := make([]int, len(positions))
			for i, at := range positions {
				combination[i] = members[at].index
			}
			slices.Sort(combination)
			switch {
			case size > 2 && crowd > small && !alike(combination):
			case len(out) < sumsShown:
				out = append(out, combination)
			default:
				f.res.LeftOut++
			}
		})
	}
	return out
}

// twoOf is the sum of two members, by their positions.
type twoOf struct {
	sum           record.Cents
	first, second int
}

// exact calls fn with the positions of each set of a size with the sum, each
// once, meeting in the middle: a set of four is two pairs.
func exact(members []member, pairs []twoOf, sum record.Cents, size int, fn func(...int)) {
	with := func(rest record.Cents, after int, fn func(twoOf)) {
		at := sort.Search(len(pairs), func(i int) bool { return pairs[i].sum >= rest })
		for ; at < len(pairs) && pairs[at].sum == rest; at++ {
			if pairs[at].first > after {
				fn(pairs[at])
			}
		}
	}
	switch size {
	case 2:
		with(sum, -1, func(p twoOf) { fn(p.first, p.second) })
	case 3:
		for i := range members {
			with(sum-members[i].amount, i, func(p twoOf) { fn(i, p.first, p.second) })
		}
	case largest:
		for _, half := range pairs {
			with(sum-half.sum, half.second, func(p twoOf) { fn(half.first, half.second, p.first, p.second) })
		}
	}
}
