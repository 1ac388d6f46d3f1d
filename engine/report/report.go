// Package report writes what people read of one entity's books: a folder of pages
// that opens from a file share without a server and without a network, and the
// same lists as CSV, spreadsheets and JSON. index.html is the page of the
// morning; anomalie.csv is the list people write on and hand back; run.json has
// the totals for programs and the hash of every file.
//
// Everything comes from the books and the as-of date: there is no clock, and
// the same books give the same bytes. Whatever a page has no room for it counts,
// and says where the rest is.
package report

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"path/filepath"

	"quadra/engine/calendar"
	"quadra/engine/explain"
	"quadra/engine/record"
	"quadra/engine/report/content"
	"quadra/engine/report/table"
	"quadra/engine/store"
	"quadra/rules"
)

// The files of a report other programs rely on.
const (
	FileHTML    = "index.html"
	FileCSV     = "anomalie.csv"
	FileXLSX    = "anomalie.xlsx"
	FileRejects = "scarti.csv"
	// FileDecisions holds what people decided.
	FileDecisions = "decisioni.csv"
	FileJSON      = "run.json"
)

// Entity is whose books these are.
type Entity struct {
	IPA     string `json:"ipa"`
	TaxCode string `json:"tax_code"`
	Name    string `json:"name"`
	// Standing is what a reader must know of the entity before the figures, as
	// that it is closed; empty when nothing.
	Standing string `json:"standing,omitempty"`
}

// Input is what a report is made from.
type Input struct {
	Store    *store.Store
	Entity   Entity
	Run      *store.Run  // the run whose judgement the books hold
	AsOf     record.Date // ages are seen from here; 0: the run's
	Rules    *rules.Ruleset
	Calendar *calendar.Calendar
	Terms    explain.Terms
	// Tolerance is the difference up to which amounts were judged equal.
	Tolerance record.Cents
	Language  string // it (also when empty) or en
	// Shown is how many rows of a table its page has without scripts; 0 means 50.
	Shown int
	// MaskPayers leaves out who paid: payers, remittance texts and the values of
	// rejected rows are [Masked]. Identifiers, dates and amounts stay.
	MaskPayers bool
	// Scope is what the reader may see; the zero Scope is everything. A report for
	// some has no files and rejects, which may be of others.
	Scope content.Scope
	// Brief leaves out the lists of every record: what a night needs on very large
	// books.
	Brief bool
	// Most, when not 0, is how many anomalous payments a brief report lists: where
	// there are more it lists those the run brought or judged anew, and counts all.
	Most int64
	// Machine writes the CSV for programs, see [table.Options].
	Machine bool
}

// Masked stands in the place of what a masked report leaves out.
const Masked = content.Masked

// Summary is what Build wrote.
type Summary struct {
	Dir       string
	Totals    *store.Totals      // of what the reader may see
	Balance   []store.BalanceRow // of the run, or of the last one after it that closed with one
	Residuals int                // equations that are not zero
	Files     []File
}

// File is one file of the report.
type File struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
}

// Build writes the report into dir, replacing what is there as a whole: a kill
// leaves the old report or the new one. The caller holds the entity's lock.
func Build(ctx context.Context, in Input, dir string) (*Summary, error) {
	if in.AsOf == 0 {
		in.AsOf = in.Run.AsOf
	}
	if in.Language != explain.English {
		in.Language = "it"
	}
	if !in.Scope.All() { // it is small, and its totals come from reading all of it
		in.Brief = false
	}
	if in.Shown == 0 {
		in.Shown = shownRows
	}
	sum := &Summary{Dir: dir}
	if err := in.Store.Settle(ctx); err != nil {
		return nil, fmt.Errorf("report of %s: %w", in.Entity.IPA, err)
	}
	err := replaceFolder(dir, func(fresh string) error {
		return in.Store.Read(ctx, func(tx *store.Tx) error {
			b := builder{ctx: ctx, in: &in, tx: tx, dir: fresh, sum: sum, opt: table.Options{Dir: fresh, Language: in.Language, AsOf: in.AsOf,
				Machine: in.Machine, Shown: in.Shown}}
			return b.build()
		})
	})
	if err != nil {
		return nil, fmt.Errorf("report of %s: %w", in.Entity.IPA, err)
	}
	return sum, nil
}

type builder struct {
	ctx context.Context
	in  *Input
	tx  *store.Tx
	dir string
	sum *Summary
	opt table.Options

	templates *template.Template
	content   *content.Content
	written   []*written // tables, in the order of search
	anomalies *anomalies
	sources   *sources
	credits   *credits
	files     *fileList
	rejects   int64
	decisions []content.Decision
	notes     runNotes
	bridge    []content.BridgeLine
	largest   largest      // of its differences
	residual  record.Cents // of the bridge
	news      []store.NewAnomaly
	// newsOnly says that of the payments only the anomalies of the run are listed.
	newsOnly bool
}

func (b *builder) path(name string) string { return filepath.Join(b.dir, name) }

func (b *builder) say(italian string) string { return translate(b.in.Language, italian) }

func (b *builder) build() error {
	var err error
	if b.sum.Totals, err = b.totals(); err != nil {
		return err
	}
	if b.newsOnly, err = b.tooMany(); err != nil {
		return err
	}
	if b.sum.Balance, err = b.tx.BalanceSince(b.in.Run.ID); err != nil {
		return err
	}
	b.sum.Residuals = residuals(b.sum.Balance)
	if b.news, err = b.tx.NewAnomalies(b.in.Run.ID, newsShown); err != nil {
		return err
	}
	if err := b.readFiles(); err != nil {
		return err
	}
	if err := b.tables(); err != nil {
		return err
	}
	if b.templates, err = parseTemplates(b.in.Language); err != nil {
		return err
	}
	if err := b.writePages(); err != nil {
		return err
	}
	if err := b.parts(); err != nil {
		return err
	}
	if b.sum.Files, err = describeFolder(b.dir); err != nil {
		return err
	}
	return b.runJSON()
}

// totals are those of the books; for a reader of a part they are added up while
// the tables are read.
func (b *builder) totals() (*store.Totals, error) {
	if b.in.Scope.All() {
		return b.tx.Totals()
	}
	return new(store.Totals), nil
}

// tooMany says that there are more anomalous payments than are to be listed, and
// totals to count them by.
func (b *builder) tooMany() (bool, error) {
	if count, _ := b.sum.Totals.Payments.Anomalies(); !b.in.Brief || b.in.Most == 0 || count <= b.in.Most {
		return false, nil
	}
	return b.tx.TotalsKept()
}

// whole says that the reader may see everything.
func (b *builder) whole() bool { return b.in.Scope.All() }

// statusName is what people call a status.
func (in *Input) statusName(unit, code string) string {
	if s, ok := in.Rules.Status(unit, code); ok {
		return s.Name(in.Language)
	}
	return code
}

// open is a table being written.
type open[T any] struct {
	list *content.List[T]
	w    *table.Writer
}

// create begins a table of so many rows, -1 when that is not known.
func create[T any](b *builder, list *content.List[T], rows int64, sheets table.Sheets) (*open[T], error) {
	if !b.whole() {
		rows = -1
	}
	w, err := table.Create(b.ctx, &list.Definition, b.opt, rows, sheets)
	if err != nil {
		return nil, err
	}
	b.written = append(b.written, &written{writer: w, name: list.Definition.Name})
	return &open[T]{list, w}, nil
}

// add writes a row and its panel; nothing when the pack has no such table.
func (o *open[T]) add(of *T, card table.Card) error {
	if o == nil {
		return nil
	}
	return o.w.Add(o.list.Row(of), card)
}

// finish says that a table has no more rows.
func finish[T any](b *builder, o *open[T]) error {
	if o == nil {
		return nil
	}
	sum, err := o.w.Close()
	b.table(sum.Def.Name).Summary = sum
	return err
}

// table is a table of the pack; nil when it has none of the name.
func (b *builder) table(name string) *written {
	for _, w := range b.written {
		if w.name == name {
			return w
		}
	}
	return nil
}

// wait waits until every table is whole.
func (b *builder) wait() error {
	var err error
	for _, w := range b.written {
		err = errors.Join(err, w.writer.Wait())
	}
	return err
}
