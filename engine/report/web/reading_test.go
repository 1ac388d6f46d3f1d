package web_test

import (
	"bytes"
	"strings"
	"testing"

	"quadra/engine/report/web/webtest"
)

// looks are the ways the same page is looked at; axe-core must be content with
// each of them.
var looks = []struct {
	name          string
	width, height int64
	dark          bool
}{
	{"scrivania", 1366, 768, false},
	{"scuro", 1366, 768, true},
	{"ampio", 1920, 1080, false},
	{"stretto", 400, 800, false},
}

func TestEveryStateOfAListIsAccessible(t *testing.T) {
	b, p := open(t, 12000, "")
	check := func(state string) {
		t.Helper()
		b.Shot("sintetico-" + state)
		for _, finding := range b.Axe() {
			t.Errorf("%s: %s", state, finding)
		}
	}
	for _, look := range looks {
		b.Window(look.width, look.height)
		b.Dark(look.dark)
		b.Visit(p.Dir, "pagamenti.html", "#t=pagamenti&stato=NOT_CASHED&ordina=-giorni")
		b.Complete()
		check(look.name + "-elenco")
		b.Visit(p.Dir, "pagamenti.html", "#t=pagamenti&scheda=pagamenti:"+p.Payment(9).IUV+"/1")
		b.Wait(`document.querySelector("dialog[open] .catena")`)
		b.Complete()
		check(look.name + "-scheda")
		b.Visit(p.Dir, "index.html", "")
		b.Type("#cerca", "2026-09-13")
		b.Wait(`document.querySelector(".trovati .tutti") && !document.querySelector(".trovati .carica")`)
		check(look.name + "-ricerca")
	}
	b.Visit(p.Dir, "pagamenti.html", "")
	b.Complete()
	b.Click("details.filtro summary")
	check("filtro-aperto")
	b.Visit(p.Dir, "pagamenti.html", "#q=che+non+si+trova")
	b.Complete()
	check("vuoto")
}

func TestAScreenReaderIsToldWhatItCannotSee(t *testing.T) {
	b, p := open(t, 12000, "#ordina=-importo")
	if got := webtest.Eval[int](b, `+document.querySelector("table.elenco").getAttribute("aria-rowcount")`); got != p.Payments+2 {
		t.Errorf("the table says it has %d rows, want %d, its head and its foot", got, p.Payments)
	}
	if got := webtest.Eval[string](b, `document.querySelector("thead th:nth-child(3)").getAttribute("aria-sort")`); got != "descending" {
		t.Errorf("the order is said to be %q", got)
	}
	webtest.Eval[bool](b, `(document.querySelector(".griglia").scrollTop = 1e6, true)`)
	b.Wait(`+document.querySelector("tbody:not(.vano) tr:last-child").getAttribute("aria-rowindex") > 10000`)
	if got := webtest.Eval[int](b, `document.querySelectorAll("tbody a[tabindex='0']").length`); got < 1 || got > 2 {
		t.Errorf("%d links of rows are in the tab order, want those of one row", got)
	}
	b.Click("thead th:first-child button")
	if got := b.Text(".esito[role=status]"); !strings.Contains(got, "12.000 righe") || !strings.Contains(got, "Importo") {
		t.Errorf("what is shown is said as %q", got)
	}
}

func TestPaperGetsWhatIsShown(t *testing.T) {
	b, p := open(t, 12000, "#t=pagamenti&stato=NOT_CASHED")
	if pdf := b.PDF("sintetico-elenco"); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Fatalf("printing gave %q", pdf[:8])
	}
	printed := func() int {
		return webtest.Eval[int](b, `(window.dispatchEvent(new Event("beforeprint")), document.querySelectorAll("tbody tr[data-i]").length)`)
	}
	n, _ := count(p, func(y webtest.Payment) bool { return y.Status == 1 })
	if got := printed(); got != n {
		t.Errorf("%d rows are printed of the %d shown", got, n)
	}
	webtest.Eval[bool](b, `window.dispatchEvent(new Event("afterprint"))`)
	b.Visit(p.Dir, "pagamenti.html", "")
	b.Complete()
	if got := printed(); got != 1000 || !strings.Contains(b.Text("p.taglio"), "1.000 di 12.000") {
		t.Errorf("%d rows are printed of a long list, which says %q", got, b.Text("p.taglio"))
	}
}

func TestWhatIsShownCanBePasted(t *testing.T) {
	b, _ := open(t, 12000, "#t=pagamenti&stato=NOT_CASHED&giorni.da=70")
	b.Click(".azioni button")
	b.Wait(`document.querySelector(".esito").innerText.includes("Copiato")`)
}
