package book_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/store"
)

// carry carries out instructions, and books what they touched.
func (b *books) carry(closedUntil int, all ...record.Instruction) error {
	b.t.Helper()
	for i := range all {
		all[i].Line = i + 2
	}
	err := b.store.Write(context.Background(), func(tx *store.Tx) error {
		_, err := book.Carry(tx, all, book.Author{Name: "anna", At: midnight}, closedUntil)
		return err
	})
	var refused *book.Refused
	if err != nil && !errors.As(err, &refused) {
		b.t.Fatal(err)
	}
	b.book()
	return err
}

func (b *books) must(all ...record.Instruction) {
	b.t.Helper()
	if err := b.carry(0, all...); err != nil {
		b.t.Fatalf("%v: %+v", err, err)
	}
}

func (b *books) accertamenti() []string {
	b.t.Helper()
	var out []string
	err := b.store.Read(context.Background(), func(tx *store.Tx) error {
		all, err := tx.Accertamenti()
		for _, a := range all {
			out = append(out, fmt.Sprintf("%s %s %d %s %d %s", a.Name, a.DebtType, a.Year, a.State, a.Payments, a.Amount))
		}
		return err
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

func create(name, debtType string, year int) record.Instruction {
	return record.Instruction{Action: record.ActionCreate, Name: name, DebtType: debtType, Year: year}
}

func add(name, iuv string, amount record.Cents) record.Instruction {
	return record.Instruction{Action: record.ActionAdd, Name: name, IUV: iuv, Chapter: "30", Office: "U1", Amount: amount}
}

func do(action record.Action, name string) record.Instruction {
	return record.Instruction{Action: action, Name: name, Reason: "prova"}
}

// town has receipts of two debt types and a chart of 2025 and 2026.
func town(t *testing.T) *books {
	b := newBooks(t)
	if _, err := b.chart(0, entry("TARI", 2026, "U1", "30", ""), entry("TARI", 2026, "U1", "31", ""), entry("TARI", 2025, "U1", "29", ""),
		entry("COSAP", 2026, "U1", "40", ""), record.Chapter{DebtType: "TARI", Year: 2026, Office: "U1", Chapter: "99"}); err != nil {
		t.Fatal(err)
	}
	b.receipts(line("1", 1000, "TARI"), line("2", 500, "TARI"), line("3", 700, "COSAP"))
	b.book()
	return b
}

func TestTheLifeOfAnAccertamento(t *testing.T) {
	b := town(t)
	b.must(create("Ruolo", "TARI", 2026), add("Ruolo", "1", 0), add("Ruolo", "2", 200))
	if got, want := b.accertamenti(), []string{"Ruolo TARI 2026 open 2 12.00"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := b.shares()[:3], []string{"1/1 accertamento 2026 U1/30// 10.00", "2/1 accertamento 2026 U1/30// 2.00", "2/1 unassigned 2026 - 3.00"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// The rest of a payment may be in another one; then it is all taken.
	b.must(create("Suppletivo", "TARI", 2026), add("Suppletivo", "2", 0), do(record.ActionClose, "Suppletivo"),
		record.Instruction{Action: record.ActionRename, Name: "Ruolo", NewName: "Ruolo ordinario"}, do(record.ActionClose, "Ruolo ordinario"))
	want := []string{"Ruolo ordinario TARI 2026 closed 2 12.00", "Suppletivo TARI 2026 closed 1 3.00"}
	if got := b.accertamenti(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// A cancelled one frees its payments, and cannot come back once they are taken.
	b.must(do(record.ActionCancel, "Suppletivo"), create("Altro", "TARI", 2026), add("Altro", "2", 0))
	want = []string{"Altro TARI 2026 open 1 3.00", "Ruolo ordinario TARI 2026 closed 2 12.00", "Suppletivo TARI 2026 cancelled 0 0.00"}
	if got := b.accertamenti(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if err := b.carry(0, do(record.ActionReopen, "Suppletivo")); err == nil {
		t.Error("reopened though its payment is in another")
	}
	b.must(record.Instruction{Action: record.ActionRemove, Name: "Altro", IUV: "2"}, do(record.ActionReopen, "Suppletivo"))
	want = []string{"Altro TARI 2026 open 0 0.00", "Ruolo ordinario TARI 2026 closed 2 12.00", "Suppletivo TARI 2026 open 1 3.00"}
	if got := b.accertamenti(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	var history []string
	err := b.store.Read(context.Background(), func(tx *store.Tx) error {
		a, _, err := tx.AccertamentoByName("Suppletivo", "TARI", 2026)
		if err != nil {
			return err
		}
		events, err := tx.AccertamentoHistory(a.ID)
		for _, e := range events {
			history = append(history, strings.TrimSpace(strings.Join([]string{e.Action, e.Author, e.Reason, e.Detail}, " ")))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"created anna", "added anna  2/R2/1: 3,00 su capitolo 30 ufficio U1", "closed anna prova", "cancelled anna prova",
		"reopened anna prova era annullato"}; !slices.Equal(history, want) {
		t.Errorf("history %q, want %q", history, want)
	}
}

// TestInstructionsThatBreakARule names each rule; nothing of the file is done.
func TestInstructionsThatBreakARule(t *testing.T) {
	ruolo := create("Ruolo", "TARI", 2026)
	on := func(in record.Instruction, change func(*record.Instruction)) record.Instruction {
		change(&in)
		return in
	}
	for _, c := range []struct {
		name string
		all  []record.Instruction
		want []string
	}{
		{"a closed year", []record.Instruction{create("Vecchio", "TARI", 2024)}, []string{"2 anno YEAR_CLOSED"}},
		{"the same name twice", []record.Instruction{ruolo, ruolo}, []string{"3 accertamento EXISTS"}},
		{"without a debt type or a year", []record.Instruction{create("A", "", 2026), create("A", "TARI", 0), create("", "TARI", 2026)},
			[]string{"2 tipo_dovuto DEBT_TYPE_MISSING", "3 anno YEAR_MISSING", "4 accertamento NAME_MISSING"}},
		{"an unknown accertamento and an unknown action", []record.Instruction{ruolo, add("Altro", "1", 0), do("brucia", "Ruolo")},
			[]string{"3 accertamento NOT_FOUND", "4 azione ACTION_UNKNOWN"}},
		{"a name of two years", []record.Instruction{ruolo, create("Ruolo", "TARI", 2025), add("Ruolo", "1", 0)}, []string{"4 accertamento AMBIGUOUS"}},
		{"an accertamento of another year", []record.Instruction{ruolo, on(add("Ruolo", "1", 0), func(in *record.Instruction) { in.Year = 2025 })},
			[]string{"3 accertamento NOT_FOUND"}},
		{"a payment nobody received", []record.Instruction{ruolo, add("Ruolo", "9", 0), on(add("Ruolo", "", 0), func(in *record.Instruction) { in.IUD = "X" }), add("Ruolo", "", 0)},
			[]string{"3 iuv PAYMENT_NOT_FOUND", "4 iuv PAYMENT_NOT_FOUND", "5 iuv PAYMENT_MISSING"}},
		{"a payment of another debt type", []record.Instruction{ruolo, add("Ruolo", "3", 0)}, []string{"3 tipo_dovuto DEBT_TYPE"}},
		{"a chapter of another debt type", []record.Instruction{ruolo, on(add("Ruolo", "1", 0), func(in *record.Instruction) { in.Chapter = "40" })},
			[]string{"3 capitolo OTHER_DEBT_TYPE"}},
		{"a chapter of another year", []record.Instruction{ruolo, on(add("Ruolo", "1", 0), func(in *record.Instruction) { in.Chapter = "29" })},
			[]string{"3 capitolo OTHER_YEAR"}},
		{"a chapter that is not in the chart, one that is not active, and none", []record.Instruction{ruolo,
			on(add("Ruolo", "1", 0), func(in *record.Instruction) { in.Chapter = "77" }),
			on(add("Ruolo", "1", 0), func(in *record.Instruction) { in.Chapter = "99" }),
			on(add("Ruolo", "1", 0), func(in *record.Instruction) { in.Chapter = "" })},
			[]string{"3 capitolo NOT_IN_CHART", "4 capitolo CHAPTER_INACTIVE", "5 capitolo CHAPTER_MISSING"}},
		{"a payment in two live ones", []record.Instruction{ruolo, add("Ruolo", "1", 0), create("Altro", "TARI", 2026), add("Altro", "1", 0)},
			[]string{"5 iuv TAKEN"}},
		{"more than is left, and less than nothing", []record.Instruction{ruolo, add("Ruolo", "1", 600), add("Ruolo", "1", 500), add("Ruolo", "1", -1)},
			[]string{"4 importo TOO_MUCH", "5 importo NOT_POSITIVE"}},
		{"an empty one closed", []record.Instruction{ruolo, do(record.ActionClose, "Ruolo")}, []string{"3 accertamento EMPTY"}},
		{"a closed one changed", []record.Instruction{ruolo, add("Ruolo", "1", 0), do(record.ActionClose, "Ruolo"), add("Ruolo", "2", 0),
			{Action: record.ActionRemove, Name: "Ruolo", IUV: "1"}, do(record.ActionClose, "Ruolo")},
			[]string{"5 accertamento STATE", "6 accertamento STATE", "7 accertamento STATE"}},
		{"without a reason", []record.Instruction{ruolo, {Action: record.ActionCancel, Name: "Ruolo"}, do(record.ActionCancel, "Ruolo"),
			{Action: record.ActionReopen, Name: "Ruolo"}, do(record.ActionCancel, "Ruolo"), {Action: record.ActionRename, Name: "Ruolo", NewName: "R"}},
			[]string{"3 motivo REASON_MISSING", "5 motivo REASON_MISSING", "6 accertamento STATE", "7 accertamento STATE"}},
		{"an open one reopened, and renamed to nothing", []record.Instruction{ruolo, do(record.ActionReopen, "Ruolo"), {Action: record.ActionRename, Name: "Ruolo"}},
			[]string{"3 accertamento STATE", "4 nuovo_nome NAME_MISSING"}},
		{"renamed to a name that is there", []record.Instruction{ruolo, create("Altro", "TARI", 2026), {Action: record.ActionRename, Name: "Ruolo", NewName: "Altro"}},
			[]string{"4 nuovo_nome EXISTS"}},
		{"a payment taken out that is not there", []record.Instruction{ruolo, {Action: record.ActionRemove, Name: "Ruolo", IUV: "1"}}, []string{"3 iuv NOT_THERE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := town(t)
			err := b.carry(2024, c.all...)
			var refused *book.Refused
			if !errors.As(err, &refused) {
				t.Fatalf("carried out: %v", err)
			}
			var got []string
			for _, p := range refused.Problems {
				if p.Message == "" {
					t.Errorf("%+v says nothing", p)
				}
				got = append(got, fmt.Sprintf("%d %s %s", p.Line, p.Column, p.Rule))
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("problems %q, want %q", got, c.want)
			}
			if left := b.accertamenti(); len(left) != 0 {
				t.Errorf("something was done: %q", left)
			}
		})
	}
}

func TestAFileOfReceiptsHasItsAccertamenti(t *testing.T) {
	b := newBooks(t)
	b.set.Automatic, b.set.Fingerprint = true, "automatic"
	if _, err := b.chart(0, entry("COSAP", 2026, "U1", "40", ""), entry("TARI", 2026, "TRIB", "10", "A1"), entry("TARI", 2026, "", "20", "")); err != nil {
		t.Fatal(err)
	}
	withBilancio := line("1", 1000, "TARI")
	withBilancio.Bilancio = twoQuotas
	b.receipts(withBilancio, line("2", 500, "TARI"), line("3", 700, "COSAP"))
	b.book()
	want := []string{"file-2_COSAP COSAP 2026 closed 1 7.00", "file-2_TARI TARI 2026 closed 1 10.00"}
	if got := b.accertamenti(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// What a file put there is nobody else's, until it is cancelled.
	own := create("Mio", "COSAP", 2026)
	mine := record.Instruction{Action: record.ActionAdd, Name: "Mio", IUV: "3", Office: "U1", Chapter: "40"}
	if err := b.carry(0, own, mine); err == nil {
		t.Error("a payment is in two live ones")
	}
	b.must(do(record.ActionCancel, "file-2_COSAP"), own, mine)
	want = []string{"Mio COSAP 2026 open 1 7.00", "file-2_COSAP COSAP 2026 cancelled 0 0.00", "file-2_TARI TARI 2026 closed 1 10.00"}
	if got := b.accertamenti(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// Reopened, it is people's.
	b.must(do(record.ActionReopen, "file-2_TARI"), record.Instruction{Action: record.ActionRemove, Name: "file-2_TARI", IUV: "1"})
	b.set.Fingerprint = "again" // everything is booked again: it stays out
	b.book()
	want = []string{"Mio COSAP 2026 open 1 7.00", "file-2_COSAP COSAP 2026 cancelled 0 0.00", "file-2_TARI TARI 2026 open 0 0.00"}
	if got := b.accertamenti(); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestAPaymentCountsOnceWhateverPeopleDo draws instructions: live accertamenti
// never hold more of a payment than it is worth, shares always add up, and what
// is held is what the shares say.
func TestAPaymentCountsOnceWhateverPeopleDo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := town(t)
		b.set.Automatic = rapid.Bool().Draw(rt, "automatic")
		names := rapid.SampledFrom([]string{"A", "B", "C"})
		for range rapid.IntRange(1, 10).Draw(rt, "steps") {
			in := record.Instruction{Name: names.Draw(rt, "name"), DebtType: "TARI", Year: 2026, Reason: "x", Office: "U1",
				Chapter: rapid.SampledFrom([]string{"30", "31"}).Draw(rt, "chapter"), IUV: rapid.SampledFrom([]string{"1", "2"}).Draw(rt, "iuv"),
				NewName: names.Draw(rt, "new name"), Amount: rapid.SampledFrom([]record.Cents{0, 1, 300, 999}).Draw(rt, "amount"),
				Action: rapid.SampledFrom([]record.Action{record.ActionCreate, record.ActionAdd, record.ActionAdd, record.ActionAdd, record.ActionRemove,
					record.ActionClose, record.ActionCancel, record.ActionReopen, record.ActionRename}).Draw(rt, "action")}
			_ = b.carry(0, in) // refusals change nothing: the laws below hold all the same
			b.laws(rt)
		}
	})
}

func (b *books) laws(t *rapid.T) {
	t.Helper()
	err := b.store.Read(context.Background(), func(tx *store.Tx) error {
		booked := map[string]record.Cents{}
		worth := map[string]record.Cents{}
		held := map[int64]record.Cents{}
		err := tx.Shares(func(l *store.BookLine, s *store.Share) error {
			booked[l.IUV] += s.Amount
			worth[l.IUV] = l.Amount
			held[s.Accertamento] += s.Amount
			return nil
		})
		if err != nil {
			return err
		}
		for iuv := range worth {
			if booked[iuv] != worth[iuv] {
				t.Fatalf("the shares of %s are %s, it is worth %s", iuv, booked[iuv], worth[iuv])
			}
		}
		all, err := tx.Accertamenti()
		for _, a := range all {
			if a.Amount != held[a.ID] || !a.Live() && a.Amount != 0 {
				t.Fatalf("%s %s holds %s, its shares say %s", a.Name, a.State, a.Amount, held[a.ID])
			}
			parts, err := tx.AccertamentoParts(a.ID)
			if err != nil {
				return err
			}
			var sum record.Cents
			for _, p := range parts {
				sum += p.Amount
			}
			if a.Live() && !a.Automatic && sum != a.Amount {
				t.Fatalf("%s holds %s, people put %s into it", a.Name, a.Amount, sum)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
