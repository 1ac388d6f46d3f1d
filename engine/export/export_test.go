package export_test

import (
	"context"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/export"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
)

var update = flag.Bool("update", false, "write the golden files")

// exports are all of them, by the name of their golden file.
var exports = map[string]func(context.Context, *store.Tx, io.Writer) (int, error){
	"labels.csv": export.Labels,
	"status.csv": export.Status,
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
	for name, write := range exports {
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
