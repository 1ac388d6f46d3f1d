package store_test

import (
	"crypto/sha256"
	"encoding/hex"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// journal is books with three runs, a file and a balance in each.
func journal(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "books.db")
	st, err := store.Open(t.Context(), file, taxCode)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	at := time.Date(2026, 9, 1, 0, 30, 0, 0, time.UTC)
	for night := range 3 {
		r := &store.Run{AsOf: record.NewDate(2026, 9, 1+night), Ruleset: "r", RulesetHash: "h", Version: "1", StartedAt: at}
		for _, step := range []func(*store.Tx) error{
			func(tx *store.Tx) error { return tx.StartRun(r) },
			func(tx *store.Tx) error {
				f := &store.File{RunID: r.ID, Name: "giornale.csv", SHA256: "abc", SeenAt: at, Modified: at}
				if err := tx.AddFile(f); err != nil {
					return err
				}
				f.State = store.FileLoaded
				return tx.SetOutcome(f)
			},
			func(tx *store.Tx) error {
				if err := tx.SaveBalance(r.ID, []store.BalanceRow{{Code: "CASH", Side: "left", Quantity: 1, Amount: 100}}); err != nil {
					return err
				}
				if err := tx.AddStep(r.ID, "judge", "1 IUV", at); err != nil {
					return err
				}
				r.State, r.EndedAt, r.Changes = store.RunDone, at.Add(time.Minute), 4
				if night == 1 {
					return nil // killed before its end
				}
				return tx.EndRun(r)
			},
			func(tx *store.Tx) error { return tx.AddStep(r.ID, "report", "late", at) },
		} {
			if err := st.Write(t.Context(), step); err != nil {
				t.Fatal(err)
			}
		}
	}
	return file
}

func broken(t *testing.T, file string) (runs []int64) {
	t.Helper()
	st, err := store.Open(t.Context(), file, taxCode)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	err = st.Read(t.Context(), func(tx *store.Tx) error {
		return tx.Seals(func(s store.RunSeal) error {
			if !s.Holds() {
				runs = append(runs, s.Run)
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return runs
}

func TestSealsHoldAndTellWhatWasTouched(t *testing.T) {
	for _, c := range []struct {
		name, touch string
		want        []int64
	}{
		{"nothing touched, one run killed", "", nil},
		{"a run's count of changes", "UPDATE run SET changes = 5 WHERE id = 1", []int64{1}},
		{"the failure of a killed run", "UPDATE run SET failure = '' WHERE id = 2", []int64{2}},
		{"a step", "UPDATE run_step SET detail = '2 IUV' WHERE run_id = 1 AND seq = 1", []int64{1}},
		{"a step written after the end of its run", "UPDATE run_step SET detail = 'x' WHERE run_id = 1 AND step = 'report'", []int64{2}},
		{"a file of a run", "UPDATE file SET sha256 = 'def' WHERE run_id = 3", []int64{3}},
		{"a balance", "UPDATE balance SET amount = 99 WHERE run_id = 1", []int64{1}},
		{"a seal made anew breaks the next", "UPDATE run SET seal = 'x' WHERE id = 1", []int64{1, 2}},
		{"a run taken away", "DELETE FROM run_step WHERE run_id = 1; DELETE FROM balance WHERE run_id = 1; DELETE FROM file WHERE run_id = 1; DELETE FROM run WHERE id = 1",
			[]int64{2}},
		{"an outcome that reached its drop is no change", "UPDATE file SET answered = 1", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := journal(t)
			if c.touch != "" {
				exec(t, file, c.touch)
			}
			if got := broken(t, file); !slices.Equal(got, c.want) {
				t.Errorf("seals that do not hold: %v, want %v", got, c.want)
			}
		})
	}
}

// TestASealIsTheHashOfItsText: with the texts alone anybody can compute the chain
// again, each text holding the seal before it.
func TestASealIsTheHashOfItsText(t *testing.T) {
	st, err := store.Open(t.Context(), journal(t), taxCode)
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	err = st.Read(t.Context(), func(tx *store.Tx) error {
		before, runs := "", 0
		if err := tx.Runs(func(*store.Run) error { runs++; return nil }); err != nil {
			return err
		}
		sealed := 0
		err := tx.Seals(func(s store.RunSeal) error {
			if s.Kept == "" {
				return nil
			}
			var text strings.Builder
			if err := tx.SealText(s.Run, &text); err != nil {
				return err
			}
			if sum := sha256.Sum256([]byte(text.String())); hex.EncodeToString(sum[:]) != s.Kept {
				t.Errorf("run %d: the seal is not the hash of its text\n%s", s.Run, text.String())
			}
			if !strings.HasPrefix(text.String(), "quadra run seal 1\n"+before+"\n") {
				t.Errorf("run %d does not hold the seal before it\n%s", s.Run, text.String())
			}
			before, sealed = s.Kept, sealed+1
			return nil
		})
		if sealed < 2 || runs < sealed {
			t.Errorf("%d runs, %d sealed: the test proves nothing", runs, sealed)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
