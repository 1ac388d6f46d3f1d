package main

import (
	"strings"
	"testing"

	"quadra/engine/report/web/webtest"
)

// openPanels opens the panel of a row of each list that has panels of its own and
// goes where it leads: to panels that are there, and lists that show something.
func openPanels(t *testing.T, m *monthPack) {
	b := browse(t, m)
	for _, c := range []struct{ page, table, filter string }{
		{"file", "file", "&scartate.da=1"},
		{"file", "scarti", ""},
		{"accertamenti", "accertamenti", "&stato=closed"},
		{"accertamenti", "capitoli", "&in_anagrafica=si"},
		{"attese", "attese", "&che_cosa=credito"},
		{"attese", "attese", "&che_cosa=flusso"},
		{"attese", "crediti", ""},
		{"segnalazioni", "segnalazioni", ""},
		{"pagamenti", "pagamenti", "&stato=RECONCILED"},
		{"cassa", "cassa", ""},
	} {
		open := func() {
			b.Visit(m.dir, c.page+".html", "#t="+c.table+c.filter)
			b.Complete()
			webtest.Eval[bool](b, `(document.querySelector("section[data-table='`+c.table+`'] tbody:not(.vano) th a").click(), true)`)
			b.Wait(`document.querySelector("dialog[open] .corpo dl")`)
		}
		open()
		name := "scheda-" + c.table + strings.ReplaceAll(c.filter, "&", "-")
		b.Shot(m.shots + name)
		for _, finding := range b.Axe() {
			t.Errorf("panel of %s: %s", name, finding)
		}
		b.Dark(true)
		for _, finding := range b.Axe() {
			t.Errorf("panel of %s in the dark: %s", name, finding)
		}
		b.Dark(false)
		b.Window(400, 800)
		b.Shot(m.shots + name + "-stretta")
		if wide := webtest.Eval[int](b, `document.querySelector("dialog").scrollWidth - document.querySelector("dialog").clientWidth`); wide > 0 {
			t.Errorf("panel of %s is %d pixels wider than a narrow window", name, wide)
		}
		b.Window(1366, 768)
		links := webtest.Eval[[]string](b, `Array.from(document.querySelectorAll("dialog .catena a, dialog .vicini a, dialog .quadro a"), a => a.getAttribute("href"))`)
		if len(links) == 0 {
			t.Errorf("panel of %s leads nowhere", name)
		}
		for _, href := range links[:min(len(links), 6)] {
			follow(t, m, b, c.page, href)
		}
	}
}

// follow goes where a link of a panel leads.
func follow(t *testing.T, m *monthPack, b *webtest.Browser, page, href string) {
	t.Helper()
	if strings.HasPrefix(href, "#") {
		b.Visit(m.dir, page+".html", href)
		b.Wait(`document.querySelector("dialog[open] .corpo") && document.querySelector("dialog[open] .corpo").children.length > 0`)
		if webtest.Eval[bool](b, `!document.querySelector("dialog .corpo dl")`) {
			t.Errorf("%s is no panel: %s", href, b.Text("dialog h2"))
		}
		return
	}
	file, address, _ := strings.Cut(href, "#")
	table, _, _ := strings.Cut(strings.TrimPrefix(address, "t="), "&")
	b.Visit(m.dir, file, "#"+address)
	b.Complete()
	if shown := webtest.Eval[int](b, `+document.querySelector("section[data-table='`+table+`']").dataset.mostrate`); shown == 0 {
		t.Errorf("%s shows nothing", href)
	}
}
