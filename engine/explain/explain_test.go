package explain_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/explain"
	"quadra/engine/explain/explaintest"
	"quadra/engine/store"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestEveryUnitOfTheSampleIsExplained(t *testing.T) {
	b := explaintest.Sample(t)
	for _, language := range []string{"it", "en"} {
		t.Run(language, func(t *testing.T) {
			golden(t, "sample."+language+".golden", explained(t, b, language))
		})
	}
}

// explained lists every unit with its explanation, a paragraph each.
func explained(t *testing.T, b *explaintest.Books, language string) string {
	t.Helper()
	var out strings.Builder
	write := func(key string, v *store.Verdict, e explain.Explanation) {
		fmt.Fprintf(&out, "%s %s\n  %s\n  age %d (%s)", key, v.Status, e.Why, e.Age, e.Ageing)
		if e.DueBy != 0 {
			fmt.Fprintf(&out, " due %s", e.DueBy)
		}
		if e.HasCash {
			fmt.Fprintf(&out, " cash %s", e.Cash)
		}
		out.WriteByte('\n')
		for _, r := range e.Records {
			fmt.Fprintf(&out, "  - %s %s %s\n", r.Kind, r.Name, r.Source)
		}
	}
	err := b.Store.Read(context.Background(), func(tx *store.Tx) error {
		x := explain.New(tx, b.Settings(language))
		if err := tx.PaymentViews(store.PaymentFilter{}, func(p *store.PaymentView) error {
			e, err := x.Payment(p)
			write(strings.TrimSpace(fmt.Sprintf("payment %s %s %s", p.IUV, p.IUR, p.AloneIUD)), p.Verdict, e)
			return err
		}); err != nil {
			return err
		}
		if err := tx.SettlementViews(store.SettlementFilter{}, func(s *store.SettlementView) error {
			e, err := x.Settlement(s)
			write("settlement "+s.IUF, s.Verdict, e)
			return err
		}); err != nil {
			return err
		}
		return tx.MovementViews(store.MovementFilter{}, func(m *store.MovementView) error {
			e, err := x.Movement(m)
			write(fmt.Sprintf("movement %d/%s", m.Year, m.Number), m.Verdict, e)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}
