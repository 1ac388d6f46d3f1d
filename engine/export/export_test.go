package export_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
)

var update = flag.Bool("update", false, "write the golden files")

// exports are all of them, by the name of their golden file.
var exports = map[string]func(context.Context, *store.Tx, io.Writer) (int, error){
	"labels.csv": export.Labels,
	"status.csv": export.Status,
}

// contents are the exports that say more than their rows, likewise.
var contents = map[string]func(context.Context, *store.Tx, io.Writer) (export.Content, error){
	"mypivot": func(ctx context.Context, tx *store.Tx, w io.Writer) (export.Content, error) {
		return export.WritePivot(ctx, tx, entity, pivot("1.4"), w)
	},
	"mypivot since": func(ctx context.Context, tx *store.Tx, w io.Writer) (export.Content, error) {
		return export.WritePivotSince(ctx, tx, entity, pivot("1.4"), 0, w, io.Discard)
	},
	"paid": func(ctx context.Context, tx *store.Tx, w io.Writer) (export.Content, error) {
		return export.WritePaid(ctx, tx, entity, &export.Paid{Version: "1.3"}, w, nil)
	},
	"treasury": func(ctx context.Context, tx *store.Tx, w io.Writer) (export.Content, error) {
		return export.WriteTreasury(ctx, tx, entity, nil, w, nil)
	},
	"accertamenti": func(ctx context.Context, tx *store.Tx, w io.Writer) (export.Content, error) {
		return export.WriteAccertamenti(ctx, tx, entity, w)
	},
}

// TestTown writes every export of a town where one of each thing happened.
func TestTown(t *testing.T) {
	b := tt.Town(t)
	for name, write := range exports {
		t.Run(name, func(t *testing.T) {
			var out strings.Builder
			var rows int
			b.Read(func(tx *store.Tx) (err error) {
				rows, err = write(t.Context(), tx, &out)
				return err
			})
			if lines := strings.Count(out.String(), "\n"); lines != rows+1 {
				t.Errorf("says it wrote %d rows; there are %d lines with the header", rows, lines)
			}
			file := filepath.Join("testdata", name)
			if *update {
				if err := os.WriteFile(file, []byte(out.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), out.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestEveryMovementIsShown holds for the labels of any books: cash that came
// and stayed is in at least one row.
func TestEveryMovementIsShown(t *testing.T) {
	tt.Town(t).Read(func(tx *store.Tx) error {
		var out strings.Builder
		if _, err := export.Labels(t.Context(), tx, &out); err != nil {
			return err
		}
		return tx.ListMovements(store.ListedScope{}, func(m *store.ListedMovement) error {
			if shown := strings.Contains(out.String(), ";2026;"+m.Number+";"); shown != (m.Cash != 0) {
				t.Errorf("movement %s with cash %s shown: %v", m.Number, m.Cash, shown)
			}
			return nil
		})
	})
}

type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestFailuresReachTheCaller(t *testing.T) {
	b := tt.Town(t)
	b.Load(tt.File{Name: "a", Kind: record.KindAssessments, Fill: func(s record.Sink) error {
		return s.Assessment(&record.Assessment{Line: 2, Name: "A", DebtType: "TARI", IUV: iuv1, IUD: "IUD1", Chapter: "E-1", Amount: 1})
	}})
	all := maps.Clone(exports)
	for name, write := range contents {
		all[name] = func(ctx context.Context, tx *store.Tx, w io.Writer) (int, error) {
			c, err := write(ctx, tx, w)
			return c.Rows, err
		}
	}
	for name, write := range all {
		t.Run(name, func(t *testing.T) {
			b.Read(func(tx *store.Tx) error {
				if _, err := write(t.Context(), tx, fullDisk{}); !errors.Is(err, errFull) {
					t.Errorf("a full disk gives %v", err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				cancel()
				if _, err := write(ctx, tx, io.Discard); !errors.Is(err, context.Canceled) {
					t.Errorf("a cancelled export gives %v", err)
				}
				return nil
			})
		})
	}
}
