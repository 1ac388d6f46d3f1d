// Package webtest tests the browser side of report packs in a real Chromium: a
// browser that writes down what it asked for, and a pack with nothing in it but
// what its tests need, of any size.
package webtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"quadra/engine/report/web"
)

const chunk = 5000

// Pack is a made-up pack: payments, the flows that carry them and the movements
// that settle those, ten payments to a flow.
type Pack struct {
	Dir      string
	Payments int
}

// Payment says what a test may ask of payment i.
type Payment struct {
	IUV, IUR, IUF, Payer string
	Status               int // index of [Statuses]
	Cents                int64
	Paid                 int // yyyymmdd
	Days                 int
}

// Status is a code with its Italian name.
type Status struct {
	Code  string `json:"code"`
	Title string `json:"title"`
	Sign  int    `json:"sign,omitempty"`
}

// Statuses of the payments; most are reconciled.
var Statuses = []Status{{"RECONCILED", "Riconciliato", 1}, {"NOT_CASHED", "Non riversato", -1}, {"NOT_REPORTED", "Non rendicontato", -1}, {"PENDING", "In attesa", 0}}

var psps = []Status{{"BPPIITRRXXX", "Poste Italiane S.p.A.", 0}, {"UNCRITMM", "UniCredit S.p.A.", 0}, {"BCITITMM", "Intesa Sanpaolo S.p.A.", 0}}

// Payment i of the pack.
func (p *Pack) Payment(i int) Payment {
	status := 0
	if i%10 == 9 {
		status = 1 + i/10%3
	}
	return Payment{
		IUV: fmt.Sprintf("%017d", 1000000000000000+int64(i)*7919), IUR: fmt.Sprintf("%032x", uint64(i)*2654435761),
		IUF: flowID(i / 10), Payer: fmt.Sprintf("RSSMRA%02dA01H%03dX", i%90, i%1000),
		Status: status, Cents: 100 + int64(i)*37%250000, Paid: 20260900 + 1 + i%28, Days: i * 7 % 80,
	}
}

func flowID(i int) string { return fmt.Sprintf("2026-09-%02dBPPIITRRXXX-S%09d", 1+i%28, i) }

// Write makes the pack in an empty folder.
func Write(dir string, payments int) (*Pack, error) {
	p := &Pack{Dir: dir, Payments: payments}
	for _, sub := range []string{"parti", "dati"} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o750); err != nil {
			return nil, err
		}
	}
	texts, err := web.Texts("it")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{
		"parti/quadra.js": web.Script(), "parti/quadra.css": web.Style(),
		"index.html": p.page("Oggi", ""), "pagamenti.html": p.page("Pagamenti", "pagamenti"), "flussi.html": p.page("Flussi", "flussi"),
		"dati/testi.js": fmt.Appendf(nil, "quadra.texts(%s);\nquadra.tables([%s,%s]);\n", texts,
			`{"name":"pagamenti","title":"Pagamenti","page":"pagamenti.html","rows":`+fmt.Sprint(payments)+`}`,
			`{"name":"flussi","title":"Flussi","page":"flussi.html","rows":`+fmt.Sprint(p.flows())+`}`),
	}
	for name, b := range files {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			return nil, err
		}
	}
	if err := p.payments(); err != nil {
		return nil, err
	}
	return p, p.writeFlows()
}

func (p *Pack) flows() int { return (p.Payments + 9) / 10 }

type column struct {
	Key    string   `json:"key"`
	Title  string   `json:"title"`
	Kind   string   `json:"kind"`
	Search bool     `json:"search,omitempty"`
	Filter bool     `json:"filter,omitempty"`
	Hidden bool     `json:"hidden,omitempty"`
	Link   string   `json:"link,omitempty"`
	Values []Status `json:"values,omitempty"`
	Bucket []int    `json:"bucket,omitempty"`
	Total  *int64   `json:"total,omitempty"`
}

func (p *Pack) payments() error {
	columns := []column{
		{Key: "iuv", Title: "IUV", Kind: "text", Search: true}, {Key: "stato", Title: "Stato", Kind: "code", Filter: true, Values: Statuses},
		{Key: "importo", Title: "Importo", Kind: "cents", Search: true, Filter: true, Total: p.total()},
		{Key: "pagato_il", Title: "Pagato il", Kind: "date", Filter: true},
		{Key: "giorni", Title: "Giorni", Kind: "int", Filter: true, Bucket: []int{0, 3, 5, 11, 31, 61}},
		{Key: "iuf", Title: "IUF", Kind: "text", Link: "flussi", Search: true}, {Key: "psp", Title: "PSP", Kind: "code", Filter: true, Values: psps},
		{Key: "iur", Title: "IUR", Kind: "text", Search: true}, {Key: "pagatore", Title: "Pagatore", Kind: "text", Search: true},
		{Key: "causale", Title: "Causale", Kind: "text"}, {Key: "chiave", Kind: "text", Hidden: true},
	}
	return p.table("pagamenti", "Pagamenti", p.Payments, columns, func(i int) (row []any, card map[string]any) {
		y := p.Payment(i)
		row = []any{y.IUV, y.Status, y.Cents, y.Paid, y.Days, y.IUF, i % 3, y.IUR, y.Payer, fmt.Sprintf("Canone mensa scolastica %d, è il n° %d", 1+i%12, i), y.IUV + "/1"}
		source := map[string]any{"file": "ricevute_20260910.csv", "line": i + 2}
		return row, map[string]any{
			"title": "Pagamento " + y.IUV,
			"why": map[string]any{"status": Statuses[y.Status].Code, "name": Statuses[y.Status].Title, "sign": Statuses[y.Status].Sign, "rule": "regola 12",
				"text": "La ricevuta è in un flusso e il flusso è in cassa, per la stessa somma.", "labels": []string{"RT_IUF", "RT_IUF_TES"},
				"facts": [][]string{{"ricevuta", "sì"}, {"rendicontata", "sì"}, {"riversamento dovuto entro", "11/09/2026"}}},
			"line": []map[string]any{
				{"on": y.Paid, "what": "notice", "title": "Notifica", "text": "IUD MENSA-2026-" + fmt.Sprint(i), "cents": y.Cents, "source": source},
				{"on": y.Paid, "what": "receipt", "title": "Ricevuta", "text": "IUR " + y.IUR, "cents": y.Cents, "source": source},
				{"on": y.Paid + 1, "what": "flow", "title": "Flusso " + y.IUF, "text": "riga 3, esito 0", "cents": y.Cents, "source": source, "to": map[string]any{"table": "flussi", "key": y.IUF}},
				{"on": y.Paid + 2, "what": "cash", "title": "Cassa", "text": "atteso entro il 11/09/2026", "missing": y.Status > 0},
			},
			"chapters":  []map[string]any{{"year": 2026, "office": "Scuola", "chapter": "3010", "article": "2", "accertamento": "2026/117", "cents": y.Cents}},
			"history":   []map[string]any{{"at": "2026-09-10T02:41:07Z", "run": 3, "from": "", "to": Statuses[y.Status].Title, "cause": "file"}},
			"notes":     []map[string]any{{"state": "open", "author": "Anna Verdi", "at": "2026-09-12T08:11:00Z", "text": "Chiesto al PSP", "due": 20260930}},
			"proposals": []map[string]any{{"score": 90, "text": "Provvisorio 2026/114", "reasons": []string{"stesso importo", "un giorno dopo"}}},
			"links":     []map[string]any{{"table": "flussi", "key": y.IUF, "text": "Flusso " + y.IUF}, {"table": "flussi", "key": "MAI-ARRIVATO", "text": "Flusso citato e mai arrivato"}},
		}
	})
}

func (p *Pack) total() *int64 {
	var sum int64
	for i := range p.Payments {
		sum += p.Payment(i).Cents
	}
	return &sum
}

func (p *Pack) writeFlows() error {
	columns := []column{
		{Key: "iuf", Title: "IUF", Kind: "text", Search: true}, {Key: "psp", Title: "PSP", Kind: "code", Filter: true, Values: psps},
		{Key: "totale", Title: "Totale", Kind: "cents", Search: true, Total: p.total()},
	}
	return p.table("flussi", "Flussi", p.flows(), columns, func(i int) ([]any, map[string]any) {
		var sum int64
		var links []map[string]any
		for j := i * 10; j < min(i*10+10, p.Payments); j++ {
			y := p.Payment(j)
			sum += y.Cents
			links = append(links, map[string]any{"table": "pagamenti", "key": y.IUV + "/1", "text": "Pagamento " + y.IUV})
		}
		return []any{flowID(i), i % 3, sum}, map[string]any{"title": "Flusso " + flowID(i), "links": links}
	})
}

// table writes a table as the report does: what it is, its rows by column, its
// cards.
func (p *Pack) table(name, title string, rows int, columns []column, row func(i int) ([]any, map[string]any)) error {
	key := columns[len(columns)-1]
	if !key.Hidden {
		key = columns[0]
	}
	if err := p.write(name+".js", "quadra.table(", map[string]any{"name": name, "title": title, "rows": rows, "chunk": chunk, "cards": 500, "key": key.Key, "columns": columns}, ")"); err != nil {
		return err
	}
	for n := 0; n*chunk < rows; n++ {
		values := map[string][]any{}
		var cards []map[string]any
		for i := n * chunk; i < min(rows, (n+1)*chunk); i++ {
			cells, card := row(i)
			for c, column := range columns {
				values[column.Key] = append(values[column.Key], cells[c])
			}
			if cards = append(cards, card); len(cards) == 500 || i == rows-1 {
				if err := p.write(fmt.Sprintf("%s.%d.schede.js", name, i/500), fmt.Sprintf("quadra.cards(%q,%d,", name, i/500), cards, ")"); err != nil {
					return err
				}
				cards = nil
			}
		}
		joined := map[string]any{}
		for _, column := range columns {
			joined[column.Key] = values[column.Key]
			if column.Kind == "text" {
				joined[column.Key] = join(values[column.Key])
			}
		}
		if err := p.write(fmt.Sprintf("%s.%d.js", name, n), fmt.Sprintf("quadra.rows(%q,%d,", name, n), joined, ")"); err != nil {
			return err
		}
	}
	return nil
}

func join(values []any) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte('\t')
		}
		b.WriteString(v.(string))
	}
	return b.String()
}

func (p *Pack) write(name, before string, v any, after string) error {
	var b bytes.Buffer
	b.WriteString(before)
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	b.WriteString(after)
	return os.WriteFile(filepath.Join(p.Dir, "dati", name), b.Bytes(), 0o600)
}

func (p *Pack) page(title, table string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, `<!DOCTYPE html><html lang="it"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src file:; style-src file:; img-src file: data:">
<title>%s</title><link rel="stylesheet" href="parti/quadra.css"></head><body>
<a class="salta" href="#contenuto">Vai al contenuto</a>
<header class="testata"><div class="chi"><p class="ente">Comune di Prova</p><p class="giorno">Situazione al 30/09/2026</p></div>
<form class="cerca" role="search" hidden><label for="cerca">Cerca</label><input id="cerca" name="q" type="search" autocomplete="off"></form></header>
<nav class="pagine" aria-label="Pagine"><ul>`, title)
	for _, page := range []string{"Oggi", "Pagamenti", "Flussi"} {
		href, current := strings.ToLower(page)+".html", ""
		if page == "Oggi" {
			href = "index.html"
		}
		if page == title {
			current = ` aria-current="page"`
		}
		fmt.Fprintf(&b, `<li><a href="%s"%s>%s</a></li>`, href, current, page)
	}
	fmt.Fprintf(&b, `</ul></nav><main id="contenuto" tabindex="-1"><h1>%s</h1>`, title)
	if table != "" {
		// The rows a page comes with are the report's business: one stands for them.
		fmt.Fprintf(&b, `<section class="elenco" data-table="%[1]s" aria-labelledby="t"><h2 id="t">%[2]s</h2><table><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><th scope="row">a</th></tr></tbody></table><p class="resto">Altre righe: <a href="%[1]s.csv" download>CSV</a></p></section>`, table, title)
	}
	b.WriteString(`</main><footer class="piede"><p>quadra</p></footer><script src="parti/quadra.js"></script><script src="dati/testi.js"></script></body></html>`)
	return b.Bytes()
}
