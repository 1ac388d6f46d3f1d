package cash_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

// reader is one of the functions under test.
type reader func(context.Context, io.Reader, cash.Options, cash.Sink) (cash.Summary, error)

// taken is all that a reader gave.
type taken struct {
	docs      []record.Doc
	movements []record.Movement
	rejects   []record.Reject
	summary   cash.Summary
	stop      error // what the sink returns for every movement
}

func (g *taken) Doc(d *record.Doc) error {
	g.docs = append(g.docs, *d)
	return nil
}

func (g *taken) Movement(m *record.Movement) error {
	if len(g.docs) != 1 {
		return errors.New("a movement before its document")
	}
	g.movements = append(g.movements, *m)
	return g.stop
}

func (g *taken) Reject(r *record.Reject) error {
	if len(g.docs) != 1 {
		return errors.New("a reject before its document")
	}
	g.rejects = append(g.rejects, *r)
	return nil
}

func read(t *testing.T, f reader, in io.Reader, opt cash.Options) (taken, error) {
	t.Helper()
	var got taken
	summary, err := f(t.Context(), in, opt, &got)
	got.summary = summary
	if err == nil && len(got.docs) != 1 {
		t.Errorf("%d documents, want one", len(got.docs))
	}
	if err == nil && (summary.Rows != summary.Accepted+summary.Rejected+summary.Skipped ||
		summary.Accepted != rowsOf(got.movements) || summary.Rejected != len(got.rejects)) {
		t.Errorf("the counts do not balance: %+v with %d movements and %d rejects",
			summary, len(got.movements), len(got.rejects))
	}
	return got, err
}

func mustRead(t *testing.T, f reader, in io.Reader, opt cash.Options) taken {
	t.Helper()
	got, err := read(t, f, in, opt)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// wantRejects compares line, column and code; every reject must have a reason.
func wantRejects(t *testing.T, got []record.Reject, want []record.Reject) {
	t.Helper()
	brief := make([]record.Reject, 0, len(got))
	for _, r := range got {
		if r.Reason == "" {
			t.Errorf("reject without a reason: %+v", r)
		}
		brief = append(brief, record.Reject{Line: r.Line, Column: r.Column, Code: r.Code, Value: r.Value})
	}
	if diff := cmp.Diff(want, brief); diff != "" {
		t.Errorf("rejects (-want +got):\n%s", diff)
	}
}

func wantFileError(t *testing.T, err error, code record.FileCode, message string) {
	t.Helper()
	var bad *record.FileError
	if !errors.As(err, &bad) {
		t.Fatalf("error %v is not about the file, want %s", err, code)
	}
	if bad.Code != code || !strings.Contains(bad.Message, message) {
		t.Errorf("file error %s %q, want %s with %q", bad.Code, bad.Message, code, message)
	}
}

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// shared finds a folder of reference material beside the project; tests that
// need it are skipped without it.
func shared(t *testing.T, folder string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for ; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("the project has no go.mod")
		}
	}
	path := filepath.Join(dir, "..", "shared", folder)
	if _, err := os.Stat(path); err != nil {
		t.Skipf("the reference folder %s is not beside the project", folder)
	}
	return path
}

func TestTheFirstErrorOfTheSinkEndsTheReading(t *testing.T) {
	stop := errors.New("disk full")
	for name, tt := range map[string]struct {
		f  reader
		in []byte
	}{
		"CSV":  {cash.ReadCSV, fixture(t, "provvisori.csv")},
		"XLSX": {cash.ReadXLSX, workbook(t, false, sheetOf(standardHeader, goodRow))},
		"OPI":  {cash.ReadOPI, fixture(t, "opi_1_6.xml")},
	} {
		t.Run(name, func(t *testing.T) {
			sink := &taken{stop: stop}
			if _, err := tt.f(t.Context(), bytes.NewReader(tt.in), cash.Options{}, sink); !errors.Is(err, stop) || len(sink.movements) != 1 {
				t.Errorf("error %v after %d movements, want %v after one", err, len(sink.movements), stop)
			}
		})
	}
}

func TestTooManyRowsAreRefused(t *testing.T) {
	for name, tt := range map[string]struct {
		f  reader
		in []byte
	}{
		"CSV":  {cash.ReadCSV, fixture(t, "provvisori.csv")},
		"XLSX": {cash.ReadXLSX, workbook(t, false, sheetOf(standardHeader, goodRow, goodRow))},
		"OPI":  {cash.ReadOPI, fixture(t, "opi_1_6.xml")},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, tt.f, bytes.NewReader(tt.in), cash.Options{MaxRows: 1})
			wantFileError(t, err, record.FileLimit, "più di 1 righe")
		})
	}
}

// failing is a file on a disk that breaks.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAFailureOfTheDiskIsNotAFaultOfTheFile(t *testing.T) {
	broken := errors.New("input/output error")
	for name, f := range map[string]reader{"CSV": cash.ReadCSV, "XLSX": cash.ReadXLSX, "OPI": cash.ReadOPI} {
		t.Run(name, func(t *testing.T) {
			_, err := read(t, f, failing{broken}, cash.Options{})
			var bad *record.FileError
			if !errors.Is(err, broken) || errors.As(err, &bad) {
				t.Errorf("error %v, want a wrapped %v", err, broken)
			}
		})
	}
}

// lineKey is the number of a movement that has none of its own.
func lineKey(occurrence int, account, booked, value, amount, reference, remittance string) string {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	l := record.Line{Account: account, Reference: reference, Remittance: remittance}
	var err error
	l.BookedOn, err = record.ParseDate(booked)
	must(err)
	l.ValueOn, err = record.ParseDate(value)
	must(err)
	l.Amount, err = record.ParseCents(amount)
	must(err)
	return record.LineNumber(l.Sum(), occurrence)
}

// rowsOf is how many rows movements come from: a row that is also regularised
// gives two.
func rowsOf(movements []record.Movement) (rows int) {
	for i := range movements {
		if !movements[i].SameRow {
			rows++
		}
	}
	return rows
}
