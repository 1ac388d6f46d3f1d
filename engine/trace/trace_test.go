package trace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/store"
	"quadra/engine/trace"
	tt "quadra/engine/trace/tracetest"
	"quadra/rules"
)

var update = flag.Bool("update", false, "write the golden files")

type ask func(context.Context, *store.Tx) (*trace.Chain, error)

func iuv(id string) ask {
	return func(ctx context.Context, tx *store.Tx) (*trace.Chain, error) { return trace.IUV(ctx, tx, id) }
}

func iud(id string) ask {
	return func(ctx context.Context, tx *store.Tx) (*trace.Chain, error) { return trace.IUD(ctx, tx, id) }
}

func iuf(id string) ask {
	return func(ctx context.Context, tx *store.Tx) (*trace.Chain, error) { return trace.IUF(ctx, tx, id) }
}

func movement(number string) ask {
	return func(ctx context.Context, tx *store.Tx) (*trace.Chain, error) {
		return trace.Movement(ctx, tx, 2026, number)
	}
}

// TestTown prints chains of a town where one of each thing happened.
func TestTown(t *testing.T) {
	b := tt.Town(t)
	for _, c := range []struct {
		file string
		ask  ask
		lang string
	}{
		{"iuv_settled_by_two_movements.txt", iuv(tt.IUVSettled), "it"},
		{"iuv_settled_by_two_movements_in_english.txt", iuv(tt.IUVSettled), "en"},
		{"iuv_cashed_by_iuv.txt", iuv(tt.IUVByIUV), "it"},
		{"iuv_revoked.txt", iuv(tt.IUVRevoked), "it"},
		{"iuv_implied_by_its_flow.txt", iuv(tt.IUVImplied), "it"},
		{"iuv_with_two_transfers.txt", iuv(tt.IUVShared), "it"},
		{"iuv_only_a_movement_names.txt", iuv(tt.IUVUnknown), "it"},
		{"iud_of_a_notice_alone.txt", iud("IUD6"), "it"},
		{"iud_of_a_receipt.txt", iud("IUD2"), "it"},
		{"iuf_in_two_versions.txt", iuf(tt.IUFSettled), "it"},
		{"iuf_only_a_movement_names.txt", iuf(tt.IUFUnknown), "it"},
		{"movement_that_settles_a_flow.txt", movement("1"), "it"},
		{"movement_that_cashes_an_iuv.txt", movement("4"), "it"},
		{"movement_reversed.txt", movement("7"), "it"},
	} {
		t.Run(c.file, func(t *testing.T) {
			chain := explained(t, b, c.ask, c.lang)
			var out bytes.Buffer
			if err := trace.Text(&out, chain, c.lang); err != nil {
				t.Fatal(err)
			}
			golden(t, c.file, out.Bytes())
		})
	}
}

// TestJSON fixes the names programs rely on.
func TestJSON(t *testing.T) {
	b := tt.Town(t)
	for file, ask := range map[string]ask{"iuv.json": iuv(tt.IUVSettled), "movement.json": movement("4")} {
		t.Run(file, func(t *testing.T) {
			out, err := json.MarshalIndent(explained(t, b, ask, "it"), "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			golden(t, file, append(out, '\n'))
		})
	}
}

func explained(t *testing.T, b *tt.Books, ask ask, lang string) (chain *trace.Chain) {
	t.Helper()
	b.Read(func(tx *store.Tx) (err error) {
		if chain, err = ask(t.Context(), tx); err != nil {
			return err
		}
		if err := chain.AddNotes(tx, b.Settings(lang).AsOf); err != nil {
			return err
		}
		return chain.Explain(t.Context(), tx, b.Settings(lang))
	})
	return chain
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	rs, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	for _, hash := range []string{rs.Hash(), rs.Hash()[:12]} { // a new ruleset is no news here
		got = bytes.ReplaceAll(got, []byte(hash), []byte("HASH"))
	}
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

func TestWhatTheBooksDoNotKnowIsNotFound(t *testing.T) {
	b := tt.Town(t)
	for name, ask := range map[string]ask{
		"an IUV": iuv("09999999999999999"), "an IUD": iud("IUD99"), "an empty IUD": iud(""), "an IUF": iuf("X"), "a movement": movement("99"),
	} {
		t.Run(name, func(t *testing.T) {
			b.Read(func(tx *store.Tx) error {
				if chain, err := ask(t.Context(), tx); !errors.Is(err, trace.ErrNotFound) {
					t.Errorf("gives %v and error %v", chain, err)
				}
				return nil
			})
		})
	}
}

// TestIUFInAnyCase finds the flow whatever the case it is asked in.
func TestIUFInAnyCase(t *testing.T) {
	tt.Town(t).Read(func(tx *store.Tx) error {
		for _, id := range []string{"2026-09-15BPPIITRRXXX-s003", "2026-09-15bppiitrrxxx-S003"} {
			chain, err := trace.IUF(t.Context(), tx, id)
			if err != nil {
				return err
			}
			if len(chain.Settlements) != 1 || chain.Settlements[0].IUF != tt.IUFNoCash {
				t.Errorf("%s finds %v", id, chain.Settlements)
			}
		}
		return nil
	})
}

// TestNotYetJudged shows records that no run has judged.
func TestNotYetJudged(t *testing.T) {
	b := tt.Open(t)
	b.Load(tt.Receipts("ricevute.csv", tt.Receipt(tt.IUVSettled, "R1", 1, 1000, "IUD1")),
		tt.Flow("fdr.xml", tt.IUFSettled, 1, tt.Line(tt.IUVSettled, "R1", 1, 1000, 0)))
	var out bytes.Buffer
	b.Read(func(tx *store.Tx) error {
		chain, err := trace.IUV(t.Context(), tx, tt.IUVSettled)
		if err != nil {
			return err
		}
		return trace.Text(&out, chain, "it")
	})
	golden(t, "iuv_not_yet_judged.txt", out.Bytes())
}

// TestControlCharactersDoNotReachTheTerminal prints a remittance text that
// tries to clear the screen.
func TestControlCharactersDoNotReachTheTerminal(t *testing.T) {
	b := tt.Open(t)
	b.Load(tt.Cash("cassa.csv", tt.Movement("1", 100, "A\x1b[2J\u202eB")))
	b.Night("2026-09-16")
	var out bytes.Buffer
	if err := trace.Text(&out, explained(t, b, movement("1"), "it"), "it"); err != nil {
		t.Fatal(err)
	}
	if bytes.ContainsAny(out.Bytes(), "\x1b\u202e") || !bytes.Contains(out.Bytes(), []byte("A [2J B")) {
		t.Errorf("%q", out.String())
	}
}
