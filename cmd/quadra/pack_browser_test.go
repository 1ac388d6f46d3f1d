package main

import (
	"bytes"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"quadra/engine/report/web/webtest"
)

// packPages are all the pages of a pack.
var packPages = []string{
	"index", "quadratura", "anomalie", "pagamenti", "flussi", "cassa", "ricevute", "accertamenti",
	"da-regolarizzare", "statistiche", "segnalazioni", "attese", "file", "verbale", "guida",
}

// printedPages are those people print as they are; of lists they print what they
// filtered.
var printedPages = []string{"index", "quadratura", "statistiche", "verbale"}

// TestTheReportOfAMonthInAnOffice opens the report of a month of 20,000 payments
// as people do: from a folder, in a browser and in a spreadsheet.
func TestTheReportOfAMonthInAnOffice(t *testing.T) {
	if testing.Short() {
		t.Skip("a month of payments takes its time")
	}
	m := newMonthPack(t)
	for _, part := range []struct {
		name string
		run  func(*testing.T, *monthPack)
	}{
		{"every page opens, is accessible and asks for nothing outside its folder", everyPage},
		{"an IUV typed on any page leads to its payment", findIUV},
		{"a code and an age leave the payments the books list", filterPayments},
		{"payments are put in the order of their amounts, all of them", sortPayments},
		{"a payment leads to its flow, the flow to its cash, and back", followChain},
		{"every list opens panels, and these lead to what is there", openPanels},
		{"what is shown is saved", downloadShown},
		{"lists say the same totals as the books", sameTotals},
		{"a spreadsheet reads numbers as numbers and days as days", spreadsheets},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, m) })
	}
	english := m.inEnglish(t)
	for _, part := range []struct {
		name string
		run  func(*testing.T, *monthPack)
	}{
		{"every English page opens, is accessible and asks for nothing outside its folder", everyPage},
		{"an IUV typed on an English page leads to its payment", findIUV},
		{"a code and an age leave the payments the books list in English", filterPayments},
		{"payments are put in the order of their amounts in English", sortPayments},
		{"a payment leads to its flow, the flow to its cash, and back, in English", followChain},
		{"every list opens panels in English", openPanels},
		{"what is shown is saved in English", downloadShown},
		{"no word of an English page or panel is Italian but the data", func(t *testing.T, en *monthPack) { noItalianLeft(t, m, en) }},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, english) })
	}
}

// browse gives a browser that ends the test with whatever the pages did wrong.
func browse(t *testing.T, m *monthPack) *webtest.Browser {
	t.Helper()
	b := webtest.Open(t)
	t.Cleanup(func() {
		if f := b.Faults(); len(f) > 0 {
			t.Errorf("the pages made errors: %q", f)
		}
		if o := b.Outside(m.dir); len(o) > 0 {
			t.Errorf("the pages asked outside their folder: %q", o)
		}
	})
	return b
}

func everyPage(t *testing.T, m *monthPack) {
	b := browse(t, m)
	linked := func() []string {
		return webtest.Eval[[]string](b, `Array.from(document.querySelectorAll("nav.pagine a"), a => a.getAttribute("href"))`)
	}
	for _, name := range packPages {
		b.Dark(false)
		b.Visit(m.dir, name+".html", "")
		b.Complete()
		if len(b.Text("h1")) == 0 || b.Text("nav.pagine [aria-current=page]") == "" || !slices.Contains(linked(), name+".html") {
			t.Errorf("%s has no title or is not among the pages", name)
		}
		b.Shot(m.shots + "pagina-" + name)
		for _, finding := range b.Axe() {
			t.Errorf("%s: %s", name, finding)
		}
		b.Dark(true)
		b.Shot(m.shots + "pagina-" + name + "-scuro")
		for _, finding := range b.Axe() {
			t.Errorf("%s in the dark: %s", name, finding)
		}
		b.Dark(false)
		if slices.Contains(printedPages, name) {
			if pdf := b.PDF(m.shots + "pagina-" + name); !bytes.HasPrefix(pdf, []byte("%PDF-")) {
				t.Errorf("%s is not printed: %.8q", name, pdf)
			}
		}
		if wide := webtest.Eval[int](b, "document.documentElement.scrollWidth - document.documentElement.clientWidth"); wide > 0 {
			t.Errorf("%s is %d pixels wider than the window", name, wide)
		}
	}
	// Where a page has links of its own into others, they lead to a page.
	b.Visit(m.dir, "index.html", "")
	for _, href := range webtest.Eval[[]string](b, `Array.from(document.querySelectorAll("main a[href]"), a => a.href)`) {
		u, err := url.Parse(href)
		if err != nil || u.Scheme != "file" || !strings.HasPrefix(u.Path, m.dir+"/") {
			t.Errorf("a link of the first page leads to %s", href)
			continue
		}
		if found, _ := filepath.Glob(u.Path); len(found) != 1 {
			t.Errorf("a link of the first page leads nowhere: %s", href)
		}
	}
}

func findIUV(t *testing.T, m *monthPack) {
	b := browse(t, m)
	payments := m.list(t, "payments").Rows
	y := payments[len(payments)/2]
	for _, page := range []string{"index", "guida"} {
		b.Visit(m.dir, page+".html", "")
		b.Type("#cerca", y.IUV)
		b.Wait(`document.querySelector(".trovati a") && !document.querySelector(".trovati .carica")`)
		b.Shot(m.shots + "ricerca-" + page)
		webtest.Eval[bool](b, `(document.querySelector(".trovati a[href^='#scheda=pagamenti:']").click(), true)`)
		b.Wait(`document.querySelector("dialog[open] .stato")`)
		if got := b.Text("dialog h2"); !strings.Contains(got, y.IUV) {
			t.Errorf("on %s the search opened %q", page, got)
		}
	}
}

// shownPayments is what the list of payments shows: rows, and the sum in its last
// line.
func shownPayments(b *webtest.Browser) (rows int, cents int64) {
	return webtest.Eval[int](b, `+document.querySelector("section[data-table=pagamenti]").dataset.mostrate`),
		webtest.Eval[int64](b, `+document.querySelector("section[data-table=pagamenti] tfoot [data-key=importo]").dataset.cents`)
}

func filterPayments(t *testing.T, m *monthPack) {
	b := browse(t, m)
	b.Visit(m.dir, "pagamenti.html", "#t=pagamenti&stato=NOT_CASHED")
	b.Complete()
	want := m.list(t, "payments", "--status", "NOT_CASHED").Totals
	if rows, cents := shownPayments(b); rows != want.Count || cents != want.Cents || rows == 0 {
		t.Errorf("%d payments, %d cents shown; %d, %d in the books", rows, cents, want.Count, want.Cents)
	}
	b.PDF(m.shots + "elenco-filtrato")
	// The ranges of the age split what is shown: none is lost, none counted twice.
	webtest.Eval[bool](b, `(Array.from(document.querySelectorAll("details.filtro")).find(d => d.innerText.startsWith("`+m.word("Giorni")+`")).open = true)`)
	b.Wait(`document.querySelector(".fasce button")`)
	ranges := webtest.Eval[[]int](b, `Array.from(document.querySelectorAll(".fasce .quanti"), e => +e.innerText.replaceAll(/[.,]/g, ""))`)
	sum := 0
	for i, n := range ranges {
		sum += n
		b.Click(fmt.Sprintf(".fasce button:nth-of-type(%d)", i+1))
		b.Wait(`location.hash.includes("giorni_lavorativi.da=")`)
		if rows, _ := shownPayments(b); rows != n {
			t.Errorf("range %d shows %d payments, its button said %d", i+1, rows, n)
		}
		b.Click(fmt.Sprintf(".fasce button:nth-of-type(%d)", i+1))
		b.Wait(`!location.hash.includes("giorni_lavorativi.da=")`)
	}
	b.Shot(m.shots + "filtro-giorni")
	if sum != want.Count {
		t.Errorf("the ranges %v hold %d payments of %d", ranges, sum, want.Count)
	}
}

func sortPayments(t *testing.T, m *monthPack) {
	b := browse(t, m)
	b.Visit(m.dir, "pagamenti.html", "")
	b.Complete()
	webtest.Eval[bool](b, `(Array.from(document.querySelectorAll("thead button")).find(e => e.innerText === "`+m.word("Importo")+`").click(), true)`)
	b.Wait(`location.hash.includes("ordina=-importo")`)
	var most int64
	for _, y := range m.list(t, "payments").Rows {
		most = max(most, y.Cents)
	}
	first := webtest.Eval[string](b, `document.querySelector("tbody:not(.vano) tr").innerText`)
	if digits := fmt.Sprint(most); !strings.Contains(strings.NewReplacer(".", "", ",", "").Replace(first), digits) {
		t.Errorf("the first row is %q, the largest amount %s", first, digits)
	}
}

func followChain(t *testing.T, m *monthPack) {
	b := browse(t, m)
	y := m.list(t, "payments", "--status", "RECONCILED").Rows[0]
	b.Visit(m.dir, "pagamenti.html", "#t=pagamenti&stato=RECONCILED&q="+y.IUV)
	b.Complete()
	b.Click("section[data-table=pagamenti] tbody:not(.vano) th a")
	b.Wait(`document.querySelector("dialog[open] .catena .di-flow a")`)
	b.Shot(m.shots + "scheda-pagamento")
	b.PDF(m.shots + "scheda-pagamento")
	for _, finding := range b.Axe() {
		t.Errorf("panel of a payment: %s", finding)
	}
	b.Click(".catena .di-flow a")
	b.Wait(`document.querySelector("dialog h2").innerText.includes("` + y.IUF + `")`)
	b.Shot(m.shots + "scheda-flusso")
	for _, finding := range b.Axe() {
		t.Errorf("panel of a flow: %s", finding)
	}
	b.Wait(`document.querySelector("dialog a[href^='#scheda=cassa:']")`)
	webtest.Eval[bool](b, `(document.querySelector("dialog a[href^='#scheda=cassa:']").click(), true)`)
	b.Wait(`location.hash.includes("scheda=cassa:") && document.querySelector("dialog .stato")`)
	b.Shot(m.shots + "scheda-movimento")
	for _, finding := range b.Axe() {
		t.Errorf("panel of a movement: %s", finding)
	}
	b.Back()
	b.Wait(`document.querySelector("dialog h2").innerText.includes("` + y.IUF + `")`)
	b.Back()
	b.Wait(`document.querySelector("dialog h2").innerText.includes("` + y.IUV + `")`)
	b.Back()
	b.Wait(`!document.querySelector("dialog[open]")`)
	if rows, _ := shownPayments(b); rows < 1 || rows > 5 {
		t.Errorf("back from the panels the list shows %d payments", rows)
	}
}

func downloadShown(t *testing.T, m *monthPack) {
	b := browse(t, m)
	b.Visit(m.dir, "pagamenti.html", "#t=pagamenti&stato=NOT_REPORTED&ordina=-importo")
	b.Complete()
	b.Click("button.scarica")
	got := b.Downloaded("pagamenti" + m.word("-mostrati") + ".csv")
	want := m.list(t, "payments", "--status", "NOT_REPORTED").Totals.Count
	if lines := strings.Count(got, "\r\n") - 1; lines != want || want == 0 {
		t.Errorf("%d rows saved of %d shown", lines, want)
	}
}

func sameTotals(t *testing.T, m *monthPack) {
	b := browse(t, m)
	for _, l := range []struct{ page, table, amount, list string }{
		{"pagamenti", "pagamenti", "importo", "payments"},
		{"ricevute", "ricevute", "importo", "receipts"},
		{"flussi", "flussi", "", "settlements"},
		{"cassa", "cassa", "", "movements"},
	} {
		b.Visit(m.dir, l.page+".html", "")
		b.Complete()
		want := m.list(t, l.list).Totals
		section := `document.querySelector("section[data-table=` + l.table + `]")`
		if rows := webtest.Eval[int](b, "+"+section+".dataset.mostrate"); rows != want.Count || rows == 0 {
			t.Errorf("%s shows %d rows, the books have %d", l.page, rows, want.Count)
		}
		if l.amount == "" {
			continue
		}
		if cents := webtest.Eval[int64](b, "+"+section+`.querySelector("tfoot [data-key=`+l.amount+`]").dataset.cents`); cents != want.Cents {
			t.Errorf("%s shows %d cents, the books have %d", l.page, cents, want.Cents)
		}
	}
}
