package listing_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/listing"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
)

var update = flag.Bool("update", false, "write the golden files")

var extensions = map[listing.Format]string{listing.FormatTable: ".txt", listing.FormatCSV: ".csv", listing.FormatJSON: ".json"}

// town is a town where one of each thing happened, with a reject.
func town(t *testing.T) *tt.Books {
	b := tt.Town(t)
	b.Load(tt.File{Name: "ricevute-2.csv", Kind: record.KindReceipts, Fill: func(s record.Sink) error {
		return s.Reject(&record.Reject{Line: 2, Column: "singoloImportoPagato", Code: record.RejectAmount, Value: "dieci",
			Reason: "non è un importo: scrivere 10.00"})
	}})
	return b
}

// TestTown writes every listing in every format.
func TestTown(t *testing.T) {
	b := town(t)
	for _, kind := range listing.Kinds {
		for format, extension := range extensions {
			t.Run(string(kind)+extension, func(t *testing.T) {
				golden(t, string(kind)+extension, list(t, b, kind, format, listing.Filter{}))
			})
		}
	}
}

func list(t *testing.T, b *tt.Books, kind listing.Kind, format listing.Format, f listing.Filter) []byte {
	t.Helper()
	var out bytes.Buffer
	b.Read(func(tx *store.Tx) error {
		_, err := listing.Write(t.Context(), tx, kind, format, f, &out)
		return err
	})
	return out.Bytes()
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Error(diff)
	}
}

func TestStatusKeepsSomeRowsAndTheirTotals(t *testing.T) {
	b := town(t)
	for _, c := range []struct {
		kind   listing.Kind
		status string
		want   listing.Totals
	}{
		{listing.KindPayments, "RECONCILED", listing.Totals{Count: 3, Cents: 2200}},
		{listing.KindSettlements, "LATE", listing.Totals{Count: 1, Cents: 400}},
		{listing.KindMovements, "REVERSED", listing.Totals{Count: 1}},
		{listing.KindReceipts, "REVOKED", listing.Totals{Count: 1, Cents: 2000}},
		{listing.KindFlows, "replaced", listing.Totals{Count: 1, Cents: 1000}},
		{listing.KindNotices, "RECONCILED", listing.Totals{Count: 1, Cents: 1000}},
		{listing.KindFiles, "loaded", listing.Totals{Count: 8, Cents: 20250}},
		{listing.KindRejects, string(record.RejectAmount), listing.Totals{Count: 1}},
		{listing.KindRejects, string(record.RejectDate), listing.Totals{}},
	} {
		t.Run(fmt.Sprintf("%s %s", c.kind, c.status), func(t *testing.T) {
			b.Read(func(tx *store.Tx) error {
				got, err := listing.Write(t.Context(), tx, c.kind, listing.FormatTable, listing.Filter{Status: c.status}, io.Discard)
				if got != c.want {
					t.Errorf("totals are %+v, not %+v", got, c.want)
				}
				return err
			})
		})
	}
}

// TestThousandRows writes more rows than any format holds at once.
func TestThousandRows(t *testing.T) {
	const rows = 1000
	b := tt.Open(t)
	notices := make([]record.Notice, rows)
	for i := range notices {
		notices[i] = tt.Notice(fmt.Sprintf("IUD%d", i), fmt.Sprintf("%017d", i), 1)
	}
	notices[rows-1].IUD = "an IUD longer than all the others"
	b.Load(tt.Notices("notifiche.csv", notices...))
	b.Night("2026-09-15")
	t.Run("table", func(t *testing.T) {
		out := string(list(t, b, listing.KindNotices, listing.FormatTable, listing.Filter{}))
		if n := strings.Count(out, "\n"); n != rows+2 || !strings.HasSuffix(out, "\n1000 righe, totale 10,00 euro\n") {
			t.Errorf("%d lines, ending in %q", n, out[len(out)-60:])
		}
	})
	t.Run("csv", func(t *testing.T) {
		r := csv.NewReader(bytes.NewReader(list(t, b, listing.KindNotices, listing.FormatCSV, listing.Filter{})))
		r.Comma = ';'
		got, err := r.ReadAll()
		if err != nil || len(got) != rows+1 {
			t.Errorf("%d rows, error %v", len(got), err)
		}
	})
	t.Run("json", func(t *testing.T) {
		var got struct {
			Rows   []listing.Notice `json:"rows"`
			Totals listing.Totals   `json:"totals"`
		}
		if err := json.Unmarshal(list(t, b, listing.KindNotices, listing.FormatJSON, listing.Filter{}), &got); err != nil {
			t.Fatal(err)
		}
		if want := (listing.Totals{Count: rows, Cents: rows}); len(got.Rows) != rows || got.Totals != want {
			t.Errorf("%d rows, totals %+v", len(got.Rows), got.Totals)
		}
	})
}

// TestControlCharactersDoNotReachTheTerminal lists a payer who tries to clear
// the screen.
func TestControlCharactersDoNotReachTheTerminal(t *testing.T) {
	b := tt.Open(t)
	m := tt.Movement("1", 100, "x")
	m.Payer = "A\x1b[2J" + strings.Repeat("B", 100)
	b.Load(tt.Cash("cassa.csv", m))
	b.Night("2026-09-16")
	out := string(list(t, b, listing.KindMovements, listing.FormatTable, listing.Filter{}))
	if strings.Contains(out, "\x1b") || !strings.Contains(out, "A [2J"+strings.Repeat("B", 58)+"…  ") {
		t.Errorf("%q", out)
	}
}

func TestWrongUsageWritesNothing(t *testing.T) {
	tt.Open(t).Read(func(tx *store.Tx) error {
		var out bytes.Buffer
		if _, err := listing.Write(t.Context(), tx, "chapters", listing.FormatCSV, listing.Filter{}, &out); !errors.Is(err, listing.ErrKind) {
			t.Errorf("an unknown kind gives %v", err)
		}
		if _, err := listing.Write(t.Context(), tx, listing.KindFiles, "pdf", listing.Filter{}, &out); !errors.Is(err, listing.ErrFormat) {
			t.Errorf("an unknown format gives %v", err)
		}
		if out.Len() > 0 {
			t.Errorf("wrote %q", out.String())
		}
		return nil
	})
}

type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestFailuresReachTheCaller(t *testing.T) {
	b := town(t)
	for format := range extensions {
		t.Run(string(format), func(t *testing.T) {
			b.Read(func(tx *store.Tx) error {
				if _, err := listing.Write(t.Context(), tx, listing.KindPayments, format, listing.Filter{}, fullDisk{}); !errors.Is(err, errFull) {
					t.Errorf("a full disk gives %v", err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				if _, err := listing.Write(ctx, tx, listing.KindPayments, format, listing.Filter{}, io.Discard); !errors.Is(err, context.Canceled) {
					t.Errorf("a cancelled listing gives %v", err)
				}
				return nil
			})
		})
	}
}
