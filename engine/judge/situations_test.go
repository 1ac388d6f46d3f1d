package judge_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
)

var update = flag.Bool("update", false, "write the golden files")

// situation is one thing that happens in the field, in books of its own.
type situation struct {
	name  string
	files []delivery
	asOf  string // 2026-09-21, a Monday, when not given
	set   func(*books)
}

const (
	iuv2  = "01000000000000002"
	flow1 = "2026-09-15BPPIITRRXXX-S01"
	flow2 = "2026-09-16BPPIITRRXXX-S02"
)

// paid is the receipt of 10.00 euro of iuv1, paid on a day.
func paid(on string) delivery { return receipt(iuv1, "IUR1", 1, 1000, "", on) }

// of changes one receipt.
func of(l record.ReceiptLine) delivery {
	if l.IUV == "" {
		l.IUV, l.IUR, l.Index = iuv1, "IUR1", 1
	}
	if l.Amount == 0 {
		l.Amount = 1000
	}
	if l.Total == 0 {
		l.Total = l.Amount
	}
	if l.PaidOn == 0 {
		l.PaidOn = day("2026-09-14")
	}
	l.Outcome = "0"
	return receipts(l)
}

func lineOf(cents record.Cents, outcome int) record.FlowLine {
	return line(iuv1, "IUR1", 1, cents, outcome)
}

// TestSituations holds everything judging says of one situation at a time to a
// golden file: facts, status, labels, difference, what it counts from, when it is
// looked at again.
func TestSituations(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	seen := map[string]bool{}
	for _, part := range [][]situation{receiptSituations(), flowSituations(), pairSituations(), cashSituations(), noticeSituations(), unitSituations()} {
		for _, s := range part {
			if seen[s.name] {
				t.Fatalf("two situations are called %q", s.name)
			}
			seen[s.name] = true
			b := open(t, t.TempDir())
			if s.set != nil {
				s.set(b)
			}
			b.load(s.files...)
			asOf := s.asOf
			if asOf == "" {
				asOf = "2026-09-21"
			}
			b.night(asOf)
			fmt.Fprintf(&out, "# %s\n", s.name)
			for _, q := range []string{situationPayments, situationSettlements, situationMovements} {
				for _, row := range b.read(q) {
					fmt.Fprintf(&out, "%s\n", row)
				}
			}
			fmt.Fprintf(&out, "judged %d IUV; changes %d payments, %d settlements, %d movements, %d in all; everything: %v\n\n",
				b.last.IUVs, b.last.Payments, b.last.Settlements, b.last.Movements, b.last.Changes(), b.last.All)
			if err := b.store.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	golden := filepath.Join("testdata", "situations.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), out.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The judged units in words.
const (
	situationPayments = `SELECT 'payment ' || p.iuv || ' ' || CASE p.alone_iud WHEN '' THEN p.iur || ' ' || p.idx ELSE 'notice ' || p.alone_iud END
		|| ': ' || v.status || ' [' || v.labels || '], ' || p.amount || ' cents, difference ' || p.difference
		|| CASE p.has_receipt WHEN 1 THEN ', receipt' ELSE '' END || CASE p.iud WHEN '' THEN '' ELSE ', IUD ' || p.iud END || CASE p.notice_iud WHEN '' THEN '' ELSE ', notice ' || p.notice_iud END
		|| coalesce(', flow ' || s.iuf || ' row ' || p.flow_seq, '') || ', from ' || p.due_from || coalesce(', again on ' || p.review_on, '')
		|| '; ' || v.facts
		FROM payment p JOIN verdict v ON v.id = p.verdict_id LEFT JOIN flow f ON f.id = p.flow_id LEFT JOIN settlement s ON s.id = f.settlement_id`
	situationSettlements = `SELECT 'settlement ' || s.iuf || ': ' || v.status || ', cash ' || s.cash || ' in ' || s.parts
		|| coalesce(', again on ' || s.review_on, '') || '; ' || v.facts FROM settlement s JOIN verdict v ON v.id = s.verdict_id`
	situationMovements = `SELECT 'movement ' || m.number || ': ' || v.status || ' [' || v.labels || '], cash ' || m.cash
		|| coalesce(', again on ' || m.review_on, '') || '; ' || v.facts
		|| coalesce((SELECT '; used ' || group_concat(r.ref, ' ') FROM movement_ref r WHERE r.movement_id = m.id AND r.used = 1), '')
		FROM movement m JOIN verdict v ON v.id = m.verdict_id`
)
