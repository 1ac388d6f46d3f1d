package report

import (
	"bufio"
	"embed"
	"errors"
	"html/template"
	"io"
	"os"
	"strconv"
	"strings"

	"quadra/engine/calendar"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

//go:embed html/*.html html/style.css
var templates embed.FS

// page is everything the templates show.
type page struct {
	Lang      string
	Entity    Entity
	AsOf      record.Date
	Summary   summaryPage
	Balance   balancePage
	Anomalies []anomaliesPage
	Decisions decisionsPage
	Files     filesPage
	Minutes   minutesPage
}

// page writes index.html.
func (b *builder) page() error {
	t, err := parseTemplates(b.in.Language)
	if err != nil {
		return err
	}
	b.templates = t
	files, err := b.filesPage()
	if err != nil {
		return err
	}
	f, err := os.Create(b.path(FileHTML))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	err = t.ExecuteTemplate(&lineSaver{w: w}, "page.html", page{
		Lang: b.in.Language, Entity: b.in.Entity, AsOf: b.in.AsOf,
		Summary: b.summary(), Balance: b.balance(), Anomalies: b.anomaliesPages(), Decisions: b.decisionsPage(), Files: files, Minutes: b.minutes(),
	})
	return errors.Join(err, w.Flush(), f.Close())
}

func parseTemplates(lang string) (*template.Template, error) {
	style, err := templates.ReadFile("html/style.css")
	if err != nil {
		return nil, err
	}
	return template.New("report").Funcs(template.FuncMap{
		"t":        func(italian string) string { return translate(lang, italian) },
		"n":        count64,
		"euro":     func(c record.Cents) string { return c.Italian() },
		"cell":     cell,
		"longDate": func(d record.Date) string { return longDate(lang, d) },
		"style":    func() template.CSS { return template.CSS(style) }, //nolint:gosec // our own file
	}).ParseFS(templates, "html/*.html")
}

// count64 writes a whole number of any type with the dots of thousands.
func count64(n any) string {
	switch n := n.(type) {
	case int:
		return thousands(int64(n))
	case int64:
		return thousands(n)
	}
	return ""
}

// cell writes a number that may not be there.
func cell(v any) string {
	switch v := v.(type) {
	case money:
		if v.known {
			return v.cents.Italian()
		}
	case count:
		if v.known {
			return thousands(int64(v.n))
		}
	}
	return ""
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}

var months = map[string][]string{
	"it": {"gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre", "novembre", "dicembre"},
	"en": {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
}

func longDate(lang string, d record.Date) string {
	if d == 0 {
		return ""
	}
	t := d.Time()
	return strconv.Itoa(t.Day()) + " " + months[lang][t.Month()-1] + " " + strconv.Itoa(t.Year())
}

// lineSaver leaves out the empty lines that template directives leave.
type lineSaver struct {
	w       *bufio.Writer
	newline bool
}

func (s *lineSaver) Write(p []byte) (int, error) {
	for _, c := range p {
		if c == '\n' && s.newline {
			continue
		}
		s.newline = c == '\n'
		if err := s.w.WriteByte(c); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

var _ io.Writer = (*lineSaver)(nil)

// anomaliesPage is the section of one unit's anomalies.
type anomaliesPage struct {
	ID      string
	Title   string
	Count   int64
	Amount  record.Cents
	Buckets []calendar.Ageing
	Ages    [buckets]ageing
	Groups  []groupPage
}

// groupPage is one status of a unit.
type groupPage struct {
	*group
	ID     string
	Name   string
	Shown  int
	More   int64
	Advice string
	Rows   []rowPage
}

// rowPage is one anomaly as the page shows it.
type rowPage struct {
	Keys       []keyValue
	Amount     record.Cents
	Difference string
	Age        int
	Since      string
	DueBy      string
	Why        string
	Note       *notePage
	Sources    []keyValue
}

// notePage is what people say of an anomaly.
type notePage struct {
	State, Text, Author, At, Assignee, DueOn, IgnoreUntil string
	Overdue, Ignored                                      bool
}

func (b *builder) note(n *note.Note) *notePage {
	if n == nil {
		return nil
	}
	return &notePage{
		State: note.Name(n.State, b.in.Language), Text: n.Text, Author: n.Author, At: record.DateOf(n.At).Italian(),
		Assignee: n.Assignee, DueOn: n.DueOn.Italian(), IgnoreUntil: n.IgnoreUntil.Italian(), Overdue: n.Overdue, Ignored: n.Ignored,
	}
}

type keyValue struct{ Label, Value string }

func (b *builder) anomaliesPages() []anomaliesPage {
	var pages []anomaliesPage
	for _, u := range unitTexts {
		p := anomaliesPage{ID: u.section, Title: u.heading, Buckets: calendar.Ageings()}
		for _, g := range b.byGravity() {
			if g.Unit != u.name {
				continue
			}
			p.Count += g.Count
			p.Amount += g.Amount
			for i := range g.Ages {
				p.Ages[i].Count += g.Ages[i].Count
				p.Ages[i].Amount += g.Ages[i].Amount
			}
			rows := g.shown.sorted()
			gp := groupPage{group: g, ID: groupID(u.unit, g.Code), Name: b.in.statusName(u.unit, g.Code),
				Shown: len(rows), More: g.Count - int64(len(rows)), Advice: translate(b.in.Language, advice[u.unit][g.Code])}
			for i := range rows {
				gp.Rows = append(gp.Rows, newRowPage(&rows[i], b.note(rows[i].said)))
			}
			p.Groups = append(p.Groups, gp)
		}
		pages = append(pages, p)
	}
	return pages
}

func newRowPage(r *row, said *notePage) rowPage {
	p := rowPage{Note: said, Amount: r.Amount.cents, Age: r.Age.n, Since: record.Date(r.DueFrom).Italian(), DueBy: record.Date(r.DueBy).Italian(), Why: unbroken.Replace(string(r.Why))}
	if r.Difference.known {
		p.Difference = r.Difference.cents.Italian()
	}
	bolletta := ""
	if r.Number != "" {
		bolletta = string(r.Number) + "/" + strconv.Itoa(r.Year.n)
	}
	index := ""
	if r.Index.known && r.Index.n != 1 {
		index = strconv.Itoa(r.Index.n)
	}
	p.Keys = present(keyValue{"IUV", string(r.IUV)}, keyValue{"IUR", string(r.IUR)}, keyValue{"indice", index}, keyValue{"IUD", string(r.IUD)},
		keyValue{"IUF", string(r.IUF)}, keyValue{"PSP", strings.TrimSpace(string(r.PSP + " " + r.PSPName))},
		keyValue{"provvisorio", bolletta}, keyValue{"conto", string(r.Account)}, keyValue{"tipo dovuto", string(r.DebtType)})
	payer := strings.TrimSpace(string(r.PayerName + " " + r.PayerCode))
	if r.Unit == unitMovement {
		p.Keys = append(p.Keys, present(keyValue{"ordinante", payer}, keyValue{"causale", string(r.Remittance)})...)
	} else {
		p.Keys = append(p.Keys, present(keyValue{"debitore", payer})...)
	}
	p.Sources = present(keyValue{"ricevuta", string(r.ReceiptAt)}, keyValue{"rendicontazione", string(r.FlowAt)},
		keyValue{"notifica", string(r.NoticeAt)}, keyValue{"cassa", string(r.CashAt)})
	return p
}

// unbroken keeps an amount and its currency on one line.
var unbroken = strings.NewReplacer(" €", "\u00a0€", "EUR ", "EUR\u00a0")

// present leaves out what is empty.
func present(all ...keyValue) []keyValue {
	var out []keyValue
	for _, kv := range all {
		if kv.Value != "" {
			out = append(out, kv)
		}
	}
	return out
}

// minutesPage is the section Verbale: what has to be known to make the same
// report again.
type minutesPage struct {
	RunID       int64
	AsOf        record.Date
	Ruleset     string
	RulesetHash string
	Version     string
	Entity      Entity
	Inputs      []*store.File
	Count       int64
	Shown, More int64
}

func (b *builder) minutes() minutesPage {
	m := minutesPage{RunID: b.in.Run.ID, AsOf: b.in.AsOf, Ruleset: b.in.Run.Ruleset, RulesetHash: b.in.Run.RulesetHash,
		Version: b.in.Run.Version, Entity: b.in.Entity}
	for i := len(b.files.all) - 1; i >= 0; i-- {
		f := b.files.all[i]
		if f.State != store.FileLoaded {
			continue
		}
		if m.Count++; len(m.Inputs) < b.in.rowsPerCode() {
			m.Inputs = append(m.Inputs, f)
		}
	}
	m.Shown = int64(len(m.Inputs))
	m.More = m.Count - m.Shown
	return m
}
