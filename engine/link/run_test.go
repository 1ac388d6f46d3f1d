package link_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"quadra/engine/judge/judgetest"
	"quadra/engine/link"
	"quadra/engine/store"
)

// TestWhatIsLookedAt counts the movements a night reads and those it looks at
// again because of flows that came.
func TestWhatIsLookedAt(t *testing.T) {
	t.Parallel()
	b := judgetest.Open(t)
	night := func(want link.Summary, all ...judgetest.Delivery) {
		t.Helper()
		b.Night(judgetest.Day("2026-09-21"), all...)
		if b.Linked != want {
			t.Errorf("linked %+v, want %+v", b.Linked, want)
		}
	}
	flowA, flowB := flow{iuf: iufA, on: "2026-09-14", total: 1000}, flow{iuf: iufB, on: "2026-09-15", total: 2000}
	named := cash{number: "1", amount: 1000, on: "2026-09-16", text: judgetest.URI(iufA)}
	night(link.Summary{Read: 2}, named.delivery(), judgetest.Cash("2", 500, "2026-09-16", "VERSAMENTO ECONOMO"))
	night(link.Summary{Relinked: 2}, flowA.delivery()) // who names it, and who names nothing the entity knows
	night(link.Summary{Relinked: 1}, flowB.delivery())
	night(link.Summary{})
	named.number = "3"
	night(link.Summary{Read: 1, Relinked: 2}, named.delivery()) // another pays flow A too: who named it, and who names nothing
	last := cash{number: "4", amount: 2000, on: "2026-09-16", text: judgetest.URI(iufC)}
	night(link.Summary{Read: 1, Relinked: 1}, flow{iuf: iufC, on: "2026-09-16", total: 2000}.delivery(), last.delivery()) // what was read is not read again
}

// TestWhatIsLookedAtInVainIsNotJudgedAgain: a movement a new flow has nothing to
// do with has no part in the changes of that night.
func TestWhatIsLookedAtInVainIsNotJudgedAgain(t *testing.T) {
	t.Parallel()
	pays := func(number string, iufs ...string) judgetest.Delivery {
		text := ""
		for _, iuf := range iufs {
			text += judgetest.URI(iuf) + " "
		}
		return cash{number: number, amount: 3000, on: "2026-09-16", text: text}.delivery()
	}
	b := nights(t, []judgetest.Delivery{flow{iuf: iufA, on: "2026-09-14", total: 1000}.delivery(), flow{iuf: iufB, on: "2026-09-15", total: 2000}.delivery(),
		pays("1"), pays("2", iufA, iufB),
		cash{number: "4", amount: 1000, on: "2026-09-16", text: judgetest.RFB("301470000000000107") + " " + judgetest.RFB("101470000000000107")}.delivery()},
		[]judgetest.Delivery{flow{iuf: iufC, on: "2026-09-16", total: 3000}.delivery(), pays("3", iufC)})
	got, err := column(t.Context(), b.File, `SELECT c.run_id || ' ' || m.number FROM change c JOIN movement m ON m.id = c.movement_id ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"1 1", "1 2", "1 4", "2 3"}; !slices.Equal(got, want) {
		t.Errorf("movements changed by night: %q, want %q", got, want)
	}
}

// TestLinkingStopsAndSaysWhere: over books it cannot read or write it fails, and
// names the movement; a night that is stopped links nothing.
func TestLinkingStopsAndSaysWhere(t *testing.T) {
	t.Parallel()
	pays := func(iufs string) cash { return cash{number: "1", amount: 1000, on: "2026-09-16", text: iufs} }
	a, ab := judgetest.URI(iufA), judgetest.URI(iufA)+" "+judgetest.URI(iufB)
	for name, c := range map[string]struct {
		cash   cash
		damage string
		want   string
	}{
		"flows that cannot be read":           {pays(a), `ALTER TABLE flow RENAME TO lost`, "link movement 1: "},
		"flows given apart that cannot be":    {cash{number: "1", amount: 1000, on: "2026-09-16", iuf: iufA}, `ALTER TABLE flow RENAME TO lost`, "link movement 1: "},
		"flows searched that cannot be read":  {pays("ACCREDITO " + iufA), `ALTER TABLE settlement RENAME COLUMN iuf_key TO lost`, "link movement 1: "},
		"links that cannot be written":        {pays(a), `ALTER TABLE settlement_link RENAME TO lost`, "link movement 1: "},
		"shared links that cannot be written": {pays(ab), `ALTER TABLE settlement_link RENAME COLUMN reason TO lost`, "link movement 1: "},
		"decisions that cannot be read":       {pays(a), `ALTER TABLE decision RENAME TO lost`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := judgetest.Open(t)
			b.Night(judgetest.Day("2026-09-21"), deliveries([]flow{{iuf: iufA, on: "2026-09-14", total: 1000}, {iuf: iufB, on: "2026-09-15", total: 2000}}, nil)...)
			b.Load(c.cash.delivery())
			damage(t, b, c.damage)
			if err := run(t.Context(), b); err == nil || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("linking ends with %v, want %s", err, c.want)
			}
		})
	}
	t.Run("a night that is stopped", func(t *testing.T) {
		t.Parallel()
		b := judgetest.Open(t)
		b.Load(pays(a).delivery())
		ctx, stop := context.WithCancel(t.Context())
		stop()
		if err := run(ctx, b); !errors.Is(err, context.Canceled) {
			t.Errorf("linking ends with %v", err)
		}
	})
}

// run links in a transaction of its own.
func run(ctx context.Context, b *judgetest.Books) error {
	return b.Store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		_, err := link.Run(ctx, tx)
		return err
	})
}
