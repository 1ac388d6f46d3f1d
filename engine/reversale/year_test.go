package reversale_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/reversale"
	"quadra/engine/store"
	"quadra/fixtures/city"
)

// A year as it comes: every provvisorio is either in an order, to the cent, or
// named with the reason why it is in none.
func TestTheOrdersOfAYearCoverItsProvvisoriAndAreValid(t *testing.T) {
	year, err := city.Build(t.Context(), t.TempDir(), 3_000)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = year.Store.Close() })
	var all []book.Provvisorio
	err = year.Store.Read(t.Context(), func(tx *store.Tx) error {
		all, err = book.Regularise(t.Context(), tx, year.AsOf)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	orders, left := reversale.Draft(all, 2026, 1, year.AsOf)
	if len(orders) < 300 {
		t.Fatalf("the year has %d orders", len(orders))
	}
	want := map[string]record.Cents{}
	for i := range all {
		if p := &all[i]; p.Year == 2026 && p.State == book.Proposed {
			want[p.Number] = p.Cash
		}
	}
	for _, l := range left {
		if l.Why == "" {
			t.Errorf("provvisorio %s is in no order, and nothing says why", l.Number)
		}
		delete(want, l.Number)
	}
	var out bytes.Buffer
	if err := reversale.Write(&out, &theHeading, 2026, year.AsOf, orders); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, sums(t, out.Bytes())); diff != "" {
		t.Errorf("cash of the provvisori (-) and what the orders cover (+):\n%s", diff)
	}
	if validate := validator(t); validate != nil {
		validate(t, out.Bytes())
	}
}
