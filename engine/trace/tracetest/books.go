// Package tracetest keeps books small enough to be read, for the tests of
// packages trace, listing and export: records in a few words, and a town where
// one of each thing happened.
package tracetest

import (
	"testing"

	"quadra/engine/explain/explaintest"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Books are the books of an entity that sends notices, loads its treasury and
// owns every IUV.
type Books struct {
	*explaintest.Books
	tb testing.TB
}

// Open opens empty books, closed with the test.
func Open(tb testing.TB) *Books {
	tb.Helper()
	return &Books{Books: explaintest.New(tb), tb: tb}
}

// File is a file of one document: its records go into the sink.
type File struct {
	Name string
	Kind record.Kind
	Fill func(record.Sink) error
}

// Load loads files, each in a run of its own.
func (b *Books) Load(files ...File) {
	b.tb.Helper()
	for _, f := range files {
		b.Books.Load(f.Name, record.Doc{Kind: f.Kind, Format: "test"}, f.Fill)
	}
}

// Read runs fn on the books.
func (b *Books) Read(fn func(tx *store.Tx) error) {
	b.tb.Helper()
	if err := b.Store.Read(b.tb.Context(), fn); err != nil {
		b.tb.Fatal(err)
	}
}

// Day is a day written YYYY-MM-DD.
func Day(text string) record.Date { return explaintest.Day(text) }
