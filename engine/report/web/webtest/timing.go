package webtest

import (
	"slices"
	"time"
)

// Median measures milliseconds five times, prints them, and demands that the
// median is within what is promised.
func (b *Browser) Median(what string, within time.Duration, measure func() float64) {
	b.t.Helper()
	var took []time.Duration
	for range 5 {
		took = append(took, time.Duration(measure()*float64(time.Millisecond)))
	}
	slices.Sort(took)
	b.t.Logf("%-45s %5d ms (%d to %d)", what, took[2].Milliseconds(), took[0].Milliseconds(), took[4].Milliseconds())
	if took[2] > within {
		b.t.Errorf("%s: median %s, promised within %s", what, took[2], within)
	}
}

// Reached is a measure: when a page, visited anew, sets a mark of its own.
func (b *Browser) Reached(dir, file, mark string) func() float64 {
	return func() float64 {
		b.Visit(dir, file, "")
		b.Complete()
		return Eval[float64](b, `performance.getEntriesByName("`+mark+`")[0].startTime`)
	}
}

// Shown says how long it takes from a gesture, given as a script, to the first
// picture of the list in which it shows other rows.
func (b *Browser) Shown(gesture string) float64 {
	return Eval[float64](b, `new Promise(kept => {
		const section = document.querySelector("section.elenco"), before = section.dataset.mostrate, start = performance.now();
		`+gesture+`;
		(function look() { section.dataset.mostrate !== before ? requestAnimationFrame(() => setTimeout(() => kept(performance.now() - start))) : setTimeout(look, 1) })();
	})`)
}
