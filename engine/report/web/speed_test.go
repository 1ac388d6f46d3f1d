package web_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"quadra/engine/report/web/webtest"
)

// What the pack promises for 200,000 payments.
const (
	openWithin   = 2 * time.Second
	filterWithin = 300 * time.Millisecond
)

func TestTwoHundredThousandPaymentsStayUsable(t *testing.T) {
	if os.Getenv("QUADRA_LONG") == "" {
		t.Skip("minutes of work: QUADRA_LONG=1")
	}
	b, p := open(t, 200_000, "")
	median := func(what string, within time.Duration, measure func() float64) {
		t.Helper()
		var took []time.Duration
		for range 5 {
			took = append(took, time.Duration(measure()*float64(time.Millisecond)))
		}
		slices.Sort(took)
		t.Logf("%-40s %4d ms (%d to %d)", what, took[2].Milliseconds(), took[0].Milliseconds(), took[4].Milliseconds())
		if took[2] > within {
			t.Errorf("%s: median %s, promised within %s", what, took[2], within)
		}
	}
	visit := func(mark string) func() float64 {
		return func() float64 {
			b.Visit(p.Dir, "pagamenti.html", "")
			b.Complete()
			return webtest.Eval[float64](b, `performance.getEntriesByName("`+mark+`")[0].startTime`)
		}
	}
	median("open: first rows shown, filters work", openWithin, visit("prime righe"))
	median("open: every row there", 3*openWithin, visit("tutte le righe"))

	// From the gesture to the first picture that shows other rows; typing includes
	// the pause that waits for the next letter.
	filter := func(gesture, back string) func() float64 {
		return func() float64 {
			took := webtest.Eval[float64](b, `new Promise(kept => {
				const section = document.querySelector("section.elenco"), before = section.dataset.mostrate, start = performance.now();
				`+gesture+`;
				(function look() { section.dataset.mostrate !== before ? requestAnimationFrame(() => setTimeout(() => kept(performance.now() - start))) : setTimeout(look, 1) })();
			})`)
			webtest.Eval[bool](b, `new Promise(kept => { `+back+`; setTimeout(() => kept(true), 600) })`)
			return took
		}
	}
	typing := func(text string) string {
		return `const words = document.querySelector(".parole input"); words.value = "` + text + `"; words.dispatchEvent(new Event("input"))`
	}
	webtest.Eval[bool](b, `(document.querySelector("details.filtro").open = true, new Promise(kept => setTimeout(() => kept(true), 300)))`)
	check := `document.querySelector("details.filtro input[value=NOT_CASHED]").click()`
	median("filter: one status", filterWithin, filter(check, check))
	median("filter: an IUV typed", filterWithin, filter(typing(p.Payment(150_000).IUV), typing("")))
	median("filter: a word of the remittance text", filterWithin, filter(typing("mensa 15"), typing("")))
	webtest.Eval[bool](b, `new Promise(kept => { location.hash = "#t=pagamenti&ordina=-importo"; setTimeout(() => kept(true), 2000) })`)
	median("filter: one status, in order of amount", filterWithin, filter(check, check))
	for _, column := range []string{"importo", "iuv", "causale"} {
		median("order: first time, by "+column, 3*filterWithin, func() float64 {
			return webtest.Eval[float64](b, `new Promise(kept => {
				quadra.lists[0].table.orders = null;
				const start = performance.now();
				quadra.query(quadra.lists[0].table, {ordina: "`+column+`"});
				kept(performance.now() - start);
			})`)
		})
	}
	t.Logf("memory of the page's data: %d MB", webtest.Eval[int](b, "Math.round(performance.memory.usedJSHeapSize / 1e6)"))
}
