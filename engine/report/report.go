// Package report writes what people read of one entity's books: a page that
// stands alone (index.html), every anomaly as a CSV and as a spreadsheet
// (anomalie.csv, anomalie.xlsx), every rejected row (scarti.csv), what people
// decided (decisioni.csv) and the totals for programs (run.json).
//
// Everything comes from the books and the as-of date: there is no clock, and
// the same books give the same bytes. Whatever the page has no room for it
// counts, and says where the rest is.
package report

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"path/filepath"

	"quadra/engine/calendar"
	"quadra/engine/explain"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/content"
	"quadra/engine/store"
	"quadra/rules"
)

// The files of a report.
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
	// RowsPerCode is how many anomalies of each code, files and rejects the page
	// shows; 0 means 500. The CSV holds all of them.
	RowsPerCode int
	// MaskPayers leaves out who paid: payers, remittance texts and the values of
	// rejected rows are [Masked]. Identifiers, dates and amounts stay.
	MaskPayers bool
	// Scope is what the reader may see; the zero Scope is everything.
	Scope content.Scope
	// Brief leaves out the tables that hold every record: what a night needs on
	// very large books.
	Brief bool
	// Machine writes the CSV of the tables for programs, see [table.Options].
	Machine bool
}

// Masked stands in the place of what a masked report leaves out.
const Masked = "***"

const defaultRowsPerCode = 500

func (in *Input) rowsPerCode() int {
	if in.RowsPerCode > 0 {
		return in.RowsPerCode
	}
	return defaultRowsPerCode
}

// Summary is what Build wrote.
type Summary struct {
	Dir       string
	Totals    *store.Totals
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
	sum := &Summary{Dir: dir}
	err := replaceFolder(dir, func(fresh string) error {
		return in.Store.Read(ctx, func(tx *store.Tx) error {
			b := builder{ctx: ctx, in: &in, tx: tx, dir: fresh, sum: sum}
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

	tables    *tables
	templates *template.Template
	groups    []*group
	notes     *note.Index
	files     *fileList
	rejects   *rejectList
	decisions *decisionList
}

func (b *builder) path(name string) string { return filepath.Join(b.dir, name) }

func (b *builder) build() error {
	var err error
	if b.sum.Totals, err = b.tx.Totals(); err != nil {
		return err
	}
	if b.sum.Balance, err = b.tx.BalanceSince(b.in.Run.ID); err != nil {
		return err
	}
	b.sum.Residuals = residuals(b.sum.Balance)
	if err := b.readDecisions(); err != nil {
		return err
	}
	if err := b.anomalies(); err != nil {
		return err
	}
	if err := b.readFiles(); err != nil {
		return err
	}
	if err := b.writeTables(); err != nil {
		return err
	}
	if err := b.page(); err != nil {
		return fmt.Errorf("write %s: %w", FileHTML, err)
	}
	for _, name := range []string{"pagamenti", "flussi", "cassa", "ricevute"} {
		s := b.shell(name + ".html")
		s.Tables = []tableView{b.tables.view(name)}
		if err := b.write("lista.html", s); err != nil {
			return err
		}
	}
	if err := b.parts(); err != nil {
		return err
	}
	for _, name := range []string{FileHTML, FileCSV, FileXLSX, FileRejects, FileDecisions} {
		f, err := describe(b.path(name), name)
		if err != nil {
			return err
		}
		b.sum.Files = append(b.sum.Files, f)
	}
	return b.runJSON()
}

// anomalies writes the CSV and the spreadsheet and groups what the page shows.
func (b *builder) anomalies() (err error) {
	t := b.sum.Totals
	count := int64(0)
	for _, u := range []*store.UnitTotals{&t.Payments, &t.Settlements, &t.Movements} {
		n, _ := u.Anomalies()
		count += n
	}
	list, err := createTable[row](b.path(FileCSV))
	if err != nil {
		return err
	}
	sheet, err := createWorkbook(b.path(FileXLSX), count, b.in.AsOf)
	if err != nil {
		return errors.Join(err, list.close())
	}
	if b.notes, err = note.Notes(b.tx, 0, b.in.AsOf); err != nil {
		return errors.Join(err, list.close(), sheet.finish(nil, nil))
	}
	c := collector{ctx: b.ctx, in: b.in, tx: b.tx, notes: b.notes, csv: list, sheet: sheet, why: explain.New(b.tx, explain.Settings{
		AsOf: b.in.AsOf, Rules: b.in.Rules, Calendar: b.in.Calendar, Terms: b.in.Terms, Tolerance: b.in.Tolerance, Language: b.in.Language})}
	err = c.run()
	b.groups = c.groups
	return errors.Join(err, list.close(), sheet.finish(b.sheetSummary(sheet.left), b.decisions.sheet()))
}

// statusName is what people call a status.
func (in *Input) statusName(unit, code string) string {
	if s, ok := in.Rules.Status(unit, code); ok {
		return s.Name(in.Language)
	}
	return code
}
