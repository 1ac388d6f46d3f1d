package report

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"html/template"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/engine/report/table"
	"quadra/engine/report/web"
)

// pageName is a page of a pack, in the order of its menu.
type pageName struct {
	File  string
	Title string
	brief bool // a brief pack has it too
}

var pageNames = []pageName{
	{"index.html", "Oggi", true},
	{"quadratura.html", "Quadratura", true},
	{"anomalie.html", "Anomalie", true},
	{"pagamenti.html", "Pagamenti", false},
	{"flussi.html", "Flussi", false},
	{"cassa.html", "Giornale di cassa", false},
	{"ricevute.html", "Ricevute", false},
	{"accertamenti.html", "Accertamenti e capitoli", false},
	{"da-regolarizzare.html", "Da regolarizzare", false},
	{"statistiche.html", "Statistiche", false},
	{"segnalazioni.html", "Segnalazioni", false},
	{"attese.html", "Attese", false},
	{"file.html", "File e scarti", true},
	{"verbale.html", "Verbale", true},
	{"guida.html", "Guida", false},
}

// shell is what every page has around its content.
type shell struct {
	Lang    string
	Entity  Entity
	AsOf    record.Date
	Run     string
	Only    string // what the pack leaves out, in words
	File    string // of this page
	Title   string
	Guide   string // what the page answers
	Pages   []pageName
	Up      bool // printed upright
	Figures []figure
	Tables  []tableView
	Page    any // what the template of the page shows besides
}

// tableView is a table as its page shows it without scripts.
type tableView struct {
	Name, Title string
	Alone       bool // the page has its name, and no other list
	Columns     []columnView
	Rows        [][]cellView
	Count, More int64
	Totals      []totalView
}

type columnView struct {
	Title  string
	Number bool
}

type cellView struct {
	Text   string
	Number bool
	Href   template.URL
	Class  string // of a status
}

type totalView struct {
	Title  string
	Amount record.Cents
}

// written is a table of the pack.
type written struct {
	*table.Summary // once it has no more rows
	name           string
	writer         *table.Writer
}

// view is a table as its page shows it.
func (b *builder) view(name string) tableView {
	w := b.table(name)
	def, language := w.Def, b.in.Language
	v := tableView{Name: name, Title: def.Title.In(language), Count: w.Rows, More: w.Rows - int64(len(w.First))}
	var at []int
	key := -1
	for i := range def.Columns {
		c := &def.Columns[i]
		if c.Key == def.Key {
			key = i
		}
		if c.Hidden || c.Aside || c.Where == table.Files {
			continue
		}
		at = append(at, i)
		v.Columns = append(v.Columns, columnView{c.Title.In(language), c.Kind == table.KindCents || c.Kind == table.KindInt})
		if c.Total {
			v.Totals = append(v.Totals, totalView{c.Title.In(language), w.Totals[c.Key]})
		}
	}
	for _, row := range w.First {
		var cells []cellView
		for k, i := range at {
			cell := w.cell(i, row[i])
			if panels := def.PanelsOf(); k == 0 && panels != "" {
				cell.Href = cardAddress(panels, row[key].Text())
			}
			cells = append(cells, cell)
		}
		v.Rows = append(v.Rows, cells)
	}
	return v
}

// cell is a value as people read it.
func (w *written) cell(column int, c table.Cell) cellView {
	def := &w.Def.Columns[column]
	v := cellView{Number: def.Kind == table.KindCents || def.Kind == table.KindInt}
	if !c.Known() {
		return v
	}
	switch def.Kind {
	case table.KindCents:
		v.Text = record.Cents(c.Number()).Italian()
	case table.KindInt:
		v.Text = thousands(c.Number())
	case table.KindDate:
		v.Text = record.Date(c.Number()).Italian()
	case table.KindCode:
		value := w.writer.Value(column, c)
		v.Text = value.Title
		if value.Signed {
			v.Class = signClass(value.Sign)
		}
	case table.KindText:
		v.Text = c.Text()
		if def.Link != "" {
			v.Href = cardAddress(def.Link, c.Text())
		}
	}
	return v
}

// signClass is how the style sheet calls a sign.
func signClass(sign int) string {
	switch {
	case sign > 0:
		return "bene"
	case sign < 0:
		return "male"
	}
	return "neutro"
}

// shell prepares a page that shows some tables.
func (b *builder) shell(file, guide string, names ...string) shell {
	s := shell{Lang: b.in.Language, Entity: b.in.Entity, AsOf: b.in.AsOf, File: file, Guide: guide, Only: b.only(), Pages: b.pages(),
		Run: fmt.Sprintf("quadra %s · %s", b.in.Run.Version, b.in.Run.Ruleset)}
	for _, p := range pageNames {
		if p.File == file {
			s.Title = p.Title
		}
	}
	for _, name := range names {
		if b.table(name) != nil {
			v := b.view(name)
			v.Alone = len(names) == 1 && v.Title == b.say(s.Title)
			s.Tables = append(s.Tables, v)
		}
	}
	return s
}

// only says what the pack leaves out.
func (b *builder) only() string {
	var parts []string
	if b.in.MaskPayers {
		parts = append(parts, b.say("senza chi ha pagato"))
	}
	if len(b.in.Scope.DebtTypes) > 0 {
		parts = append(parts, b.say("solo tipo dovuto")+" "+strings.Join(b.in.Scope.DebtTypes, ", "))
	}
	if len(b.in.Scope.Offices) > 0 {
		parts = append(parts, b.say("solo ufficio")+" "+strings.Join(b.in.Scope.Offices, ", "))
	}
	if b.newsOnly {
		parts = append(parts, b.say("dei pagamenti anomali sono elencati solo quelli nuovi o cambiati nell'ultima esecuzione: tutti sono contati, e quadra report li elenca"))
	}
	return strings.Join(parts, " · ")
}

// pages are those of this pack.
func (b *builder) pages() []pageName {
	var out []pageName
	for _, p := range pageNames {
		if (p.brief || !b.in.Brief) && (b.whole() || p.File != "file.html") {
			out = append(out, p)
		}
	}
	return out
}

// write writes a page by the template of its name.
func (b *builder) write(template string, s shell) error {
	f, err := os.Create(b.path(s.File))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<16)
	err = b.templates.ExecuteTemplate(&lineSaver{w: w}, template, s)
	if err = errors.Join(err, w.Flush(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", s.File, err)
	}
	return nil
}

// parts writes what every pack has: style, script and the texts of the controls,
// with the tables there are to search.
func (b *builder) parts() error {
	texts, err := web.Texts(b.in.Language)
	if err != nil {
		return err
	}
	var all bytes.Buffer
	fmt.Fprintf(&all, "quadra.texts(%s)\nquadra.tables([", bytes.TrimSpace(texts))
	for i, d := range b.written {
		if i > 0 {
			all.WriteByte(',')
		}
		line := table.AppendString([]byte("\n{\"name\":"), d.name)
		line = table.AppendString(append(line, `,"title":`...), d.Def.Title.In(b.in.Language))
		line = table.AppendString(append(line, `,"page":`...), d.Def.Page)
		line = strconv.AppendInt(append(line, `,"rows":`...), d.Rows, 10)
		all.Write(append(line, '}'))
	}
	all.WriteString("])\n")
	for name, content := range map[string][]byte{"parti/quadra.css": web.Style(), "parti/quadra.js": web.Script(), "dati/testi.js": all.Bytes()} {
		if err := b.put(name, content); err != nil {
			return err
		}
	}
	return nil
}

// put writes a file of the pack, which as much as its pages is for whoever the
// umask lets read it.
func (b *builder) put(name string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(b.path(name)), 0o750); err != nil {
		return err
	}
	f, err := os.Create(b.path(name))
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}
