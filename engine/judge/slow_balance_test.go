package judge_test

import (
	"fmt"
	"strings"

	"quadra/engine/record"
)

// slowSum is an addend of the quadratura.
type slowSum struct {
	quantity int
	amount   record.Cents
}

func (s slowSum) String() string { return fmt.Sprintf("%d records, %d", s.quantity, s.amount) }

// balance is the quadratura of RULES section 7, by addend.
func (j *slowJudge) balance() map[string]slowSum {
	sums := make(map[string]slowSum)
	for _, always := range []string{"Receipts", "Shares", "Notices", "NoticesLinked", "NoticesAlone", "Declared", "FlowDifferences", "Cash",
		"CashLinked", "CashBeyondFlows", "CashByIUV", "SettledTotals", "Rows", "RowsKept", "RowsRejected"} {
		sums[always] = slowSum{}
	}
	add := func(to string, quantity int, amount record.Cents) {
		s := sums[to]
		sums[to] = slowSum{s.quantity + quantity, s.amount + amount}
	}
	for _, r := range j.receipts {
		add("Receipts", 1, r.Amount)
		add("Shares", 0, r.Amount)
	}
	for _, p := range j.pays {
		f := j.facts(p)
		if f.real {
			add("ReceiptsByStatus:"+f.status(), 1, p.receipt.Amount)
		}
		if p.alone != "" {
			add("NoticesAlone", 1, p.notice.Amount)
		}
	}
	for _, n := range j.notices {
		add("Notices", 1, n.Amount)
		for _, r := range j.receipts {
			if r.IUD == n.IUD && n.IUD != "" {
				add("NoticesLinked", 1, n.Amount)
				break
			}
		}
	}
	for _, f := range j.currents() {
		j.balanceFlow(f, add)
	}
	for _, c := range j.cash {
		add("Cash", 1, c.cash())
		rest := c.cash()
		for _, l := range c.links {
			add("CashLinked", 0, l.amount)
			rest -= l.amount
		}
		switch {
		case len(c.links) > 0:
			add("CashLinked", 1, 0)
			if rest != 0 {
				add("CashBeyondFlows", 1, rest)
			}
		case j.paysByIUV(c):
			add("CashByIUV", 1, rest)
		default:
			add("CashUnmatched:"+j.movementStatus(c), 1, rest)
		}
	}
	add("Rows", j.rows, 0)
	add("RowsKept", j.kept, 0)
	add("RowsRejected", j.rejected, 0)
	return sums
}

// balanceFlow adds a flow, its revoked lines in the reading that makes its total.
func (j *slowJudge) balanceFlow(f *slowVersion, add func(string, int, record.Cents)) {
	add("Declared", 1, f.DeclaredTotal)
	for _, l := range f.lines {
		switch {
		case l.Outcome != revokedOutcome:
			add("FlowLines:paid", 1, l.Amount)
		case f.DeclaredTotal == f.totals.Net && f.totals.Net != f.totals.Plain:
			add("FlowLines:revoked-net", 1, -max(l.Amount, -l.Amount))
		default:
			add("FlowLines:revoked-plain", 1, l.Amount)
		}
	}
	if f.DeclaredTotal != f.totals.Plain && f.DeclaredTotal != f.totals.Net {
		add("FlowDifferences", 1, f.DeclaredTotal-f.totals.Plain)
	}
	cash, parts := j.settled(f)
	if parts == 0 {
		return
	}
	add("SettledTotals", 1, f.DeclaredTotal)
	if cash != f.DeclaredTotal {
		add("SettledDifferences:"+j.settlementStatus(f), 1, cash-f.DeclaredTotal)
	}
}

// judged is what the engine says, in the words of the slow books.
func (b *books) judged() map[string]string {
	b.tb.Helper()
	out := make(map[string]string)
	for _, q := range []string{
		`SELECT 'payment '||p.iuv||'/'||p.iur||'/'||p.idx||p.alone_iud||'#'||v.status||' ['||v.labels||'] amount '||p.amount||
			' difference '||p.difference||' notice "'||p.notice_iud||'" line '||coalesce(s.iuf_key||' '||f.regulated_on||' '||p.flow_seq, '-')
			FROM payment p JOIN verdict v ON v.id = p.verdict_id LEFT JOIN flow f ON f.id = p.flow_id LEFT JOIN settlement s ON s.id = f.settlement_id`,
		`SELECT 'settlement '||s.iuf_key||' '||s.psp||' '||s.year||'#'||v.status||' cash '||s.cash||' parts '||s.parts
			FROM settlement s JOIN verdict v ON v.id = s.verdict_id`,
		`SELECT 'movement '||m.year||' '||m.account||' '||m.number||'#'||v.status||' ['||v.labels||'] cash '||m.cash
			FROM movement m JOIN verdict v ON v.id = m.verdict_id`,
		`SELECT 'link '||m.year||' '||m.account||' '||m.number||' to '||s.iuf_key||' '||s.psp||' '||s.year||'#'||l.amount||' '||l.reason
			FROM settlement_link l JOIN settlement s ON s.id = l.settlement_id JOIN movement m ON m.id = l.movement_id`,
		// The split of a receipt in shares is not judged here: only that it is whole.
		`SELECT DISTINCT 'balance '||part||'#'||quantity||' records, '||amount FROM balance
			WHERE run_id = (SELECT max(run_id) FROM balance) AND side <> 'residual' AND part NOT LIKE 'Shares%'`,
		`SELECT 'balance Shares#0 records, '||coalesce(sum(amount), 0) FROM balance
			WHERE run_id = (SELECT max(run_id) FROM balance) AND part LIKE 'Shares%'`,
	} {
		for _, row := range b.read(q) {
			key, says, _ := strings.Cut(row, "#")
			out[key] = says
		}
	}
	return out
}
