package main

import (
	"fmt"
	"os"
	"testing"
	"time"

	"quadra/engine/record"
	"quadra/engine/report/web/webtest"
)

// What a pack promises for 200,000 payments.
const (
	opensWithin   = 2 * time.Second
	filtersWithin = 300 * time.Millisecond
)

// TestTheReportOfTwoHundredThousandPaymentsStaysUsable opens the real pack of a
// quarter and measures what people wait for: medians of five, from the gesture to
// the first picture that shows other rows.
func TestTheReportOfTwoHundredThousandPaymentsStaysUsable(t *testing.T) {
	if os.Getenv("QUADRA_LONG") == "" {
		t.Skip("minutes of work: QUADRA_LONG=1")
	}
	m := newPack(t, 200_000, record.NewDate(2026, 7, 1))
	b := browse(t, m)
	b.Median("open: first rows shown", opensWithin, b.Reached(m.dir, "pagamenti.html", "prime righe"))
	b.Median("open: every row there", 3*opensWithin, b.Reached(m.dir, "pagamenti.html", "tutte le righe"))
	if rows, _ := shownPayments(b); rows < 200_000 {
		t.Fatalf("the list has %d payments", rows)
	}

	payments := m.list(t, "payments", "--status", "NOT_CASHED").Rows
	one := payments[len(payments)/2]
	for _, f := range []struct{ what, before, gesture string }{
		{"filter: one code", "", checked("NOT_CASHED")},
		{"filter: an IUV typed", "", typed(one.IUV)},
		{"filter: the beginning of an IUV typed", "", typed(one.IUV[:9])},
		{"filter: an amount typed", "", typed(record.Cents(one.Cents).Italian())},
		{"filter: a payer's word typed", "", typed("rossi")},
		{"filter: a code after amounts and days", "#t=pagamenti&importo.da=50&data_pagamento.da=2026-08-01", checked("NOT_CASHED")},
		{"filter: a word after a code and amounts", "#t=pagamenti&stato=NOT_CASHED,NOT_REPORTED&importo.da=50", typed("poste")},
		{"filter: a code, in the order of amounts", "#t=pagamenti&ordina=-importo", checked("NOT_CASHED")},
	} {
		b.Median(f.what, filtersWithin, func() float64 {
			b.Visit(m.dir, "pagamenti.html", f.before)
			b.Complete()
			webtest.Eval[bool](b, `(document.querySelector("details.filtro").open = true, new Promise(kept => setTimeout(() => kept(true), 500)))`)
			return b.Shown(f.gesture)
		})
	}
	t.Logf("memory of the page's data: %d MB", webtest.Eval[int](b, "Math.round(performance.memory.usedJSHeapSize / 1e6)"))
}

func checked(code string) string {
	return fmt.Sprintf(`document.querySelector("details.filtro input[value=%s]").click()`, code)
}

// typed includes the pause that waits for the next letter.
func typed(text string) string {
	return fmt.Sprintf(`const words = document.querySelector(".parole input"); words.value = %q; words.dispatchEvent(new Event("input"))`, text)
}
