package link_test

import (
	"context"
	"database/sql"
	"errors"
	"testing"
	"time"

	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
)

// flow is a flow of the entity's as the PSP sent it.
type flow struct {
	iuf, psp, on string
	total        record.Cents
}

// cash is a movement as the treasurer wrote it; of 2026 unless year says.
type cash struct {
	number   string
	amount   record.Cents
	on, text string
	iuf, iuv string // when the layout gives them apart
	endToEnd string
	account  string
	year     int
	reversed record.Cents
}

const psp = "BPPIITRRXXX"

// The flows most tests speak of.
const (
	iufA = "2026-09-14BPPIITRRXXX-S01"
	iufB = "2026-09-15BPPIITRRXXX-S02"
	iufC = "2026-09-16BPPIITRRXXX-S03"
)

func (f flow) delivery() judgetest.Delivery {
	return judgetest.Delivery{Kind: record.KindFlows, What: "flow " + f.iuf, Fill: func(s record.Sink) error {
		sum := record.FlowTotals{Count: 1, Plain: f.total, Net: f.total}
		sender := f.psp
		if sender == "" {
			sender = psp
		}
		if err := s.Flow(&record.Flow{Line: 1, IUF: f.iuf, PSP: sender, RegulatedOn: judgetest.Day(f.on), Regulation: "TRN", Receiver: "80000123457",
			ProducedAt: judgetest.Day(f.on).Time().Add(12 * time.Hour), DeclaredCount: 1, DeclaredTotal: f.total}); err != nil {
			return err
		}
		if err := s.FlowLine(&record.FlowLine{Line: 10, Seq: 1, IUV: "01000000000000001", IUR: f.iuf + sender, Index: 1, Amount: f.total,
			On: judgetest.Day(f.on)}); err != nil {
			return err
		}
		return s.FlowEnd(sum)
	}}
}

func (c cash) delivery() judgetest.Delivery {
	return judgetest.Delivery{Kind: record.KindMovements, What: "cash " + c.number, Fill: func(s record.Sink) error {
		year := c.year
		if year == 0 {
			year = 2026
		}
		m := record.Movement{Line: 2, Year: year, Number: c.number, Account: c.account, Document: record.DocSospeso, Operation: record.OpExecuted,
			Amount: c.amount, BookedOn: judgetest.Day(c.on), ValueOn: judgetest.Day(c.on), Remittance: c.text,
			EndToEnd: c.endToEnd, IUF: c.iuf, IUV: c.iuv}
		if err := s.Movement(&m); err != nil || c.reversed == 0 {
			return err
		}
		m.Line, m.Operation, m.Amount = 3, record.OpReversed, c.reversed
		return s.Movement(&m)
	}}
}

// linked is what the books say after a night.
type linked struct {
	Links     []string // IUF, movement, cents, reason
	Refs      []string // movement, kind, reference, step
	Ambiguous []string // movements
}

func read(t *testing.T, b *judgetest.Books) linked {
	t.Helper()
	var out linked
	query := func(to *[]string, text string) {
		rows, err := column(t.Context(), b.File, text)
		if err != nil {
			t.Fatal(err)
		}
		*to = rows
	}
	query(&out.Links, `SELECT s.iuf || CASE s.psp WHEN 'BPPIITRRXXX' THEN '' ELSE ' of ' || s.psp END || CASE s.year WHEN 2026 THEN '' ELSE ' ' || s.year END
		|| ' by ' || m.number || ': ' || l.amount || ' ' || l.reason
		FROM settlement_link l JOIN settlement s ON s.id = l.settlement_id JOIN movement m ON m.id = l.movement_id ORDER BY 1`)
	query(&out.Refs, `SELECT m.number || ' names ' || r.kind || ' ' || r.ref || ' ' || r.step FROM movement_ref r JOIN movement m ON m.id = r.movement_id ORDER BY 1`)
	query(&out.Ambiguous, `SELECT number FROM movement WHERE ambiguous = 1 ORDER BY 1`)
	return out
}

// column reads the rows of one column, in their order.
func column(ctx context.Context, file, query string) (rows []string, err error) {
	db, err := sql.Open("sqlite3", "file:"+file+"?mode=ro")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	all, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, all.Close()) }()
	for all.Next() {
		var text string
		if err := all.Scan(&text); err != nil {
			return nil, err
		}
		rows = append(rows, text)
	}
	return rows, all.Err()
}

// damage changes the books behind the program's back.
func damage(t *testing.T, b *judgetest.Books, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite3", b.File)
	if err != nil {
		t.Fatal(err)
	}
	_, err = db.ExecContext(t.Context(), statement)
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
}

// nights links deliveries night by night on the same as-of date.
func nights(t *testing.T, all ...[]judgetest.Delivery) *judgetest.Books {
	t.Helper()
	b := judgetest.Open(t)
	for _, deliveries := range all {
		b.Night(judgetest.Day("2026-09-21"), deliveries...)
	}
	return b
}

func deliveries(flows []flow, movements []cash) []judgetest.Delivery {
	var all []judgetest.Delivery
	for _, f := range flows {
		all = append(all, f.delivery())
	}
	for _, c := range movements {
		all = append(all, c.delivery())
	}
	return all
}
