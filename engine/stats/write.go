package stats

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"text/tabwriter"

	"github.com/xuri/excelize/v2"

	"quadra/engine/record"
)

// headings name the dimensions and the measures for people.
var headings = map[Dimension]string{
	Day: "giorno", Month: "mese", Year: "anno", Office: "ufficio", DebtType: "tipo_dovuto", Chapter: "capitolo",
	Accertamento: "accertamento", PSP: "psp",
}

var measureHeadings = []string{"ricevute_pagate", "pagato", "ricevute_rendicontate", "rendicontato", "ricevute_incassate", "incassato"}

// header is the names of the columns.
func (t *Table) header() []string {
	var out []string
	for _, d := range t.By {
		out = append(out, headings[d])
	}
	return append(out, measureHeadings...)
}

func (c *Cell) sums() [3]Sum { return [3]Sum{c.Paid, c.Reported, c.Cashed} }

// WriteCSV writes semicolons, a header, amounts as money writes them. The totals
// are not written: a CSV is data.
func (t *Table) WriteCSV(w io.Writer, money func(record.Cents) string) error {
	out := csv.NewWriter(w)
	out.Comma = ';'
	rows := [][]string{t.header()}
	for i := range t.Cells {
		rows = append(rows, t.row(&t.Cells[i], money))
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write CSV: %w", err)
	}
	return nil
}

func (t *Table) row(c *Cell, money func(record.Cents) string) []string {
	row := make([]string, 0, len(t.By)+len(measureHeadings))
	for i := range t.By {
		v := ""
		if c.Keys != nil {
			v = c.Keys[i]
		}
		row = append(row, v)
	}
	for _, s := range c.sums() {
		row = append(row, strconv.FormatInt(s.Receipts, 10), money(s.Amount))
	}
	return row
}

// WriteText writes aligned columns for a terminal, amounts as Italians write
// them, and a last line with the totals.
func (t *Table) WriteText(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	line := func(cells []string) {
		for _, c := range cells {
			fmt.Fprintf(out, "%s\t", c)
		}
		fmt.Fprintf(out, "\n")
	}
	line(t.header())
	for i := range t.Cells {
		line(t.row(&t.Cells[i], record.Cents.Italian))
	}
	total := t.row(&t.Total, record.Cents.Italian)
	if len(t.By) > 0 {
		total[0] = "totale"
	}
	line(total)
	if err := out.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

type sumJSON struct {
	Receipts int64 `json:"receipts"`
	Cents    int64 `json:"amount_cents"`
}

type cellJSON struct {
	Keys     map[Dimension]string `json:"keys,omitempty"`
	Paid     sumJSON              `json:"paid"`
	Reported sumJSON              `json:"reported"`
	Cashed   sumJSON              `json:"cashed"`
}

// WriteJSON writes {"by": [...], "cells": [...], "total": {...}}, amounts as
// integer cents.
func (t *Table) WriteJSON(w io.Writer) error {
	doc := struct {
		By    []Dimension `json:"by"`
		Cells []cellJSON  `json:"cells"`
		Total cellJSON    `json:"total"`
	}{By: append([]Dimension{}, t.By...), Cells: []cellJSON{}, Total: t.json(&t.Total)}
	for i := range t.Cells {
		doc.Cells = append(doc.Cells, t.json(&t.Cells[i]))
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

func (t *Table) json(c *Cell) cellJSON {
	out := cellJSON{Paid: sumJSON{c.Paid.Receipts, int64(c.Paid.Amount)}, Reported: sumJSON{c.Reported.Receipts, int64(c.Reported.Amount)},
		Cashed: sumJSON{c.Cashed.Receipts, int64(c.Cashed.Amount)}}
	if c.Keys != nil {
		out.Keys = make(map[Dimension]string)
		for i, d := range t.By {
			out.Keys[d] = c.Keys[i]
		}
	}
	return out
}

const sheetName = "Statistiche"

// WriteXLSX writes a workbook with one sheet: header frozen, amounts as numbers,
// a last row with the totals. day is the day it is dated, so that the same books
// give the same bytes.
func (t *Table) WriteXLSX(w io.Writer, day record.Date) (err error) {
	f := excelize.NewFile()
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := t.sheet(f, day); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("write XLSX: %w", err)
	}
	return nil
}

func (t *Table) sheet(f *excelize.File, day record.Date) error {
	at := day.String() + "T00:00:00Z"
	if err := f.SetDocProps(&excelize.DocProperties{Creator: "quadra", LastModifiedBy: "quadra", Created: at, Modified: at,
		Title: sheetName, Language: "it-IT"}); err != nil {
		return err
	}
	if err := f.SetSheetName(f.GetSheetName(0), sheetName); err != nil {
		return err
	}
	euro := "#,##0.00"
	money, err := f.NewStyle(&excelize.Style{CustomNumFmt: &euro})
	if err != nil {
		return err
	}
	bold, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	header := t.header()
	last, err := excelize.CoordinatesToCellName(len(header), len(t.Cells)+2)
	if err != nil {
		return err
	}
	if err := f.SetSheetDimension(sheetName, "A1:"+last); err != nil {
		return err
	}
	out, err := f.NewStreamWriter(sheetName)
	if err != nil {
		return err
	}
	if err := out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := out.SetColWidth(1, len(header), 18); err != nil {
		return err
	}
	cells := make([]any, len(header))
	for i, h := range header {
		cells[i] = excelize.Cell{StyleID: bold, Value: h}
	}
	if err := out.SetRow("A1", cells); err != nil {
		return err
	}
	for i := 0; i <= len(t.Cells); i++ {
		c, keys := &t.Total, []string(nil)
		if i < len(t.Cells) {
			c = &t.Cells[i]
			keys = c.Keys
		}
		for k := range t.By {
			switch {
			case keys != nil:
				cells[k] = keys[k]
			case k == 0:
				cells[k] = excelize.Cell{StyleID: bold, Value: "totale"}
			default:
				cells[k] = nil
			}
		}
		for k, s := range c.sums() {
			at := len(t.By) + 2*k
			cells[at] = s.Receipts
			// Exact up to 2^53 cents: a cell is a binary number whatever we write.
			cells[at+1] = excelize.Cell{StyleID: money, Value: float64(s.Amount) / 100}
		}
		if err := out.SetRow("A"+strconv.Itoa(i+2), cells); err != nil {
			return err
		}
	}
	return out.Flush()
}
