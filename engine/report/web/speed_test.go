package web_test

import (
	"os"
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
	b.Median("open: first rows shown, filters work", openWithin, b.Reached(p.Dir, "pagamenti.html", "prime righe"))
	b.Median("open: every row there", 3*openWithin, b.Reached(p.Dir, "pagamenti.html", "tutte le righe"))

	// From the gesture to the first picture that shows other rows; typing includes
	// the pause that waits for the next letter.
	filter := func(gesture, back string) func() float64 {
		return func() float64 {
			took := b.Shown(gesture)
			webtest.Eval[bool](b, `new Promise(kept => { `+back+`; setTimeout(() => kept(true), 600) })`)
			return took
		}
	}
	typing := func(text string) string {
		return `const words = document.querySelector(".parole input"); words.value = "` + text + `"; words.dispatchEvent(new Event("input"))`
	}
	webtest.Eval[bool](b, `(document.querySelector("details.filtro").open = true, new Promise(kept => setTimeout(() => kept(true), 300)))`)
	check := `document.querySelector("details.filtro input[value=NOT_CASHED]").click()`
	b.Median("filter: one status", filterWithin, filter(check, check))
	b.Median("filter: an IUV typed", filterWithin, filter(typing(p.Payment(150_000).IUV), typing("")))
	b.Median("filter: a word of the remittance text", filterWithin, filter(typing("mensa 15"), typing("")))
	webtest.Eval[bool](b, `new Promise(kept => { location.hash = "#t=pagamenti&ordina=-importo"; setTimeout(() => kept(true), 2000) })`)
	b.Median("filter: one status, in order of amount", filterWithin, filter(check, check))
	for _, column := range []string{"importo", "iuv", "causale"} {
		b.Median("order: first time, by "+column, 3*filterWithin, func() float64 {
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
