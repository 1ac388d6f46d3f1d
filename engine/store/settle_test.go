package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// arrivals are books that files are loaded into without judging them.
type arrivals struct {
	*testing.T
	path  string
	store *store.Store
	files int
}

func newArrivals(t *testing.T) *arrivals {
	a := &arrivals{T: t, path: filepath.Join(t.TempDir(), "books.db")}
	a.open()
	t.Cleanup(func() { a.store.Close() })
	a.write(func(tx *store.Tx) error {
		return tx.StartRun(&store.Run{AsOf: day(t, "2026-09-30"), StartedAt: time.Unix(0, 0)})
	})
	return a
}

func (a *arrivals) open() {
	a.Helper()
	var err error
	if a.store, err = store.Open(a.Context(), a.path, taxCode); err != nil {
		a.Fatal(err)
	}
}

func (a *arrivals) write(fn func(*store.Tx) error) {
	a.Helper()
	if err := a.store.Write(a.Context(), fn); err != nil {
		a.Fatal(err)
	}
}

// load loads a file of one document and returns it.
func (a *arrivals) load(kind record.Kind, fill func(*store.Loader) error) *store.File {
	a.Helper()
	a.files++
	f := &store.File{RunID: 1, SHA256: fmt.Sprint(a.files), Name: fmt.Sprint(a.files)}
	a.write(func(tx *store.Tx) error {
		if err := tx.AddFile(f); err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := l.Doc(&record.Doc{Kind: kind}); err != nil {
			return err
		}
		if err := fill(l); err != nil {
			return err
		}
		f.State = store.FileLoaded
		return firstError(l.Close(), tx.SetOutcome(f))
	})
	return f
}

var errStop = errors.New("stop")

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// groups are the marked IUVs, what they hold and why they are marked.
func (a *arrivals) groups() (out []string) {
	a.Helper()
	err := a.store.Read(a.Context(), func(tx *store.Tx) error {
		return tx.Groups(false, func(g *store.Group) error {
			text := fmt.Sprintf("%s because of %d%s:", g.IUV, g.Cause, g.Also)
			for i := range g.Receipts {
				text += fmt.Sprintf(" receipt %s %d", g.Receipts[i].IUR, g.Receipts[i].Amount)
			}
			for i := range g.Notices {
				text += fmt.Sprintf(" notice %s %d", g.Notices[i].IUD, g.Notices[i].Amount)
			}
			out = append(out, text)
			return nil
		})
	})
	if err != nil {
		a.Fatal(err)
	}
	return out
}

// want asks twice: the first reading finds what arrived not in its place, and
// the second what the first left in the database.
func (a *arrivals) want(want ...string) {
	a.Helper()
	for range 2 {
		if got := a.groups(); !slices.Equal(got, want) {
			a.Errorf("the books hold\n%q, want\n%q", got, want)
		}
	}
}

func day(t *testing.T, text string) record.Date {
	t.Helper()
	d, err := record.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func receipts(t *testing.T, lines ...record.ReceiptLine) func(*store.Loader) error {
	return func(l *store.Loader) error {
		for i := range lines {
			r := lines[i]
			r.Index, r.PaidOn, r.Line = 1, day(t, "2026-09-14"), i+2
			if err := l.Receipt(&r); err != nil {
				return err
			}
		}
		return nil
	}
}

func notices(t *testing.T, all ...record.Notice) func(*store.Loader) error {
	return func(l *store.Loader) error {
		for i := range all {
			n := all[i]
			n.PaidOn, n.Line = day(t, "2026-09-14"), i+2
			if err := l.Notice(&n); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestLastDeliveryOfAReceiptHolds(t *testing.T) {
	a := newArrivals(t)
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "2", IUR: "R", Amount: 100}, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 100}))
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 200}, record.ReceiptLine{IUV: "2", IUR: "R", Amount: 100}))
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 300}))
	a.want("1 because of 3,1,2: receipt R 300", "2 because of 1: receipt R 100")
	// Again, upon what is in its place.
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "2", IUR: "R", Amount: 50}))
	a.want("1 because of 3,1,2: receipt R 300", "2 because of 4,1: receipt R 50")
}

func TestTwinsInOneDocumentAreTakenOnceOrRejected(t *testing.T) {
	a := newArrivals(t)
	f := a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 100},
		record.ReceiptLine{IUV: "1", IUR: "R", Amount: 100}, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 200}, record.ReceiptLine{IUV: "2", IUR: "R", Amount: 5}))
	if f.Accepted != 3 || f.Rejected != 1 {
		t.Errorf("%d rows accepted, %d rejected", f.Accepted, f.Rejected)
	}
	f = a.load(record.KindNotices, notices(t, record.Notice{IUV: "1", IUD: "D", Amount: 100}, record.Notice{IUV: "3", IUD: "D", Amount: 100}))
	if f.Accepted != 1 || f.Rejected != 1 {
		t.Errorf("%d notices accepted, %d rejected", f.Accepted, f.Rejected)
	}
	a.want("1 because of 2,1: receipt R 100 notice D 100", "2 because of 1: receipt R 5")
}

// The first of the IUVs in order is not the first that came.
func TestLastDeliveryOfANoticeHoldsWhateverItsIUV(t *testing.T) {
	a := newArrivals(t)
	a.load(record.KindNotices, notices(t, record.Notice{IUV: "9", IUD: "D", Amount: 1}, record.Notice{IUV: "9", IUD: "E", Amount: 1}))
	a.load(record.KindNotices, notices(t, record.Notice{IUV: "1", IUD: "D", Amount: 2}))
	a.load(record.KindNotices, notices(t, record.Notice{IUV: "5", IUD: "D", Amount: 3}, record.Notice{IUV: "9", IUD: "E", Amount: 1}))
	a.want("1 because of 3,2:", "5 because of 3: notice D 3", "9 because of 2,1: notice E 1")
}

func TestDebtOfTwoIUVsIsLookedAtUnderBoth(t *testing.T) {
	for _, noticeFirst := range []bool{true, false} {
		a := newArrivals(t)
		r := receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", IUD: "D", Amount: 100})
		n := notices(t, record.Notice{IUV: "2", IUD: "D", Amount: 100})
		if noticeFirst {
			a.load(record.KindNotices, n)
			a.load(record.KindReceipts, r)
			a.want("1 because of 2: receipt R 100", "2 because of 2,1: notice D 100")
			continue
		}
		a.load(record.KindReceipts, r)
		a.load(record.KindNotices, n)
		a.want("1 because of 2,1: receipt R 100", "2 because of 2: notice D 100")
	}
}

func TestFlowThatTookThePlaceOfAnotherIsACauseWithIt(t *testing.T) {
	a := newArrivals(t)
	version := func(at int, iuvs ...string) func(*store.Loader) error {
		return func(l *store.Loader) error {
			f := record.Flow{IUF: "F", PSP: "P", ProducedAt: time.Unix(int64(at), 0), RegulatedOn: day(t, "2026-09-15")}
			if err := l.Flow(&f); err != nil {
				return err
			}
			for i, iuv := range iuvs {
				if err := l.FlowLine(&record.FlowLine{IUV: iuv, IUR: "R", Seq: i + 1, Amount: 100, On: day(t, "2026-09-14")}); err != nil {
					return err
				}
			}
			return l.FlowEnd(record.FlowTotals{Count: len(iuvs)})
		}
	}
	a.load(record.KindFlows, version(1, "1"))
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 100}))
	a.load(record.KindFlows, version(2, "1", "3"))
	a.want("1 because of 3,1,2: receipt R 100", "3 because of 3:")
}

// A run killed before it judged leaves what it loaded to the next one, and to
// whoever reads meanwhile.
func TestWhatAKilledRunLoadedIsFound(t *testing.T) {
	a := newArrivals(t)
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 100}))
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	if n := value(t, a.path, "SELECT count(*) FROM arrival"); n != "1" {
		t.Fatalf("%s blocks have arrived", n)
	}
	a.open()
	a.want("1 because of 1: receipt R 100")
	if n := value(t, a.path, "SELECT count(*) FROM arrival"); n != "0" {
		t.Errorf("%s blocks are still to be put in their place", n)
	}
	a.want("1 because of 1: receipt R 100")
}

func TestLoadThatFailsLeavesNothing(t *testing.T) {
	a := newArrivals(t)
	f := &store.File{RunID: 1, SHA256: "x", Name: "x"}
	err := a.store.Write(t.Context(), func(tx *store.Tx) error {
		if err := tx.AddFile(f); err != nil {
			return err
		}
		l, err := tx.NewLoader(f)
		if err != nil {
			return err
		}
		if err := l.Doc(&record.Doc{Kind: record.KindReceipts}); err != nil {
			return err
		}
		if err := receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 100})(l); err != nil {
			return err
		}
		return errStop
	})
	if err == nil {
		t.Fatal("no error")
	}
	a.want()
}

// Blocks are several when there is much, and more than are merged at once when there
// are many files: what comes out is the same.
func TestManyBlocksAreOneOrder(t *testing.T) {
	if testing.Short() {
		t.Skip("loads 1,100 files")
	}
	a := newArrivals(t)
	const files, of = 1100, 3
	var want []string
	for i := range files {
		var lines []record.ReceiptLine
		for k := range of {
			lines = append(lines, record.ReceiptLine{IUV: fmt.Sprintf("%05d", (i*of+k)*7%(files*of)), IUR: "R", Amount: 100})
		}
		lines = append(lines, record.ReceiptLine{IUV: "again", IUR: "R", Amount: record.Cents(i + 1)})
		a.load(record.KindReceipts, receipts(t, lines...))
		for k := range of {
			want = append(want, fmt.Sprintf("%s because of %d: receipt R 100", lines[k].IUV, i+1))
		}
	}
	slices.Sort(want)
	got := a.groups()
	last := got[len(got)-1]
	if !slices.Equal(got[:len(got)-1], want) {
		t.Errorf("%d groups, want %d", len(got), len(want)+1)
	}
	if !strings.HasPrefix(last, "again because of 1100,1,2,3,") || !strings.HasSuffix(last, ": receipt R 1100") {
		t.Errorf("of the receipt that came in every file there is %.60s...", last)
	}
}

// What a program without blocks left is settled beside what comes in blocks.
func TestArrivalsOfTheSchemaBeforeBlocksAreSettled(t *testing.T) {
	a := newArrivals(t)
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 100}))
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 250}))
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	// As it would have been written: the rows themselves.
	exec(t, a.path, `DELETE FROM arrival;
		INSERT INTO receipt_arrived (iuv, iur, idx, id, iud, amount, total, outcome, paid_on, after_cutoff, shared, stamp, debt_type, doc_id, line,
			psp_id, kind_id, bilancio_id, metadata_id)
		VALUES ('1', 'R', 1, 1, '', 100, 0, '', '2026-09-14', 0, 0, 0, '', 1, 0, 1, 1, 0, 0),
			('1', 'R', 1, 2, '', 250, 0, '', '2026-09-14', 0, 0, 0, '', 2, 0, 1, 1, 0, 0)`)
	a.open()
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "2", IUR: "R", Amount: 300}))
	a.want("1 because of 2,1: receipt R 250", "2 because of 3: receipt R 300")
}

func TestBlocksOfAnotherLayoutAreRefused(t *testing.T) {
	a := newArrivals(t)
	a.load(record.KindReceipts, receipts(t, record.ReceiptLine{IUV: "1", IUR: "R", Amount: 100}))
	if err := a.store.Close(); err != nil {
		t.Fatal(err)
	}
	exec(t, a.path, "UPDATE arrival SET layout = layout + 1")
	a.open()
	err := a.store.Read(t.Context(), func(tx *store.Tx) error { return tx.Groups(false, func(*store.Group) error { return nil }) })
	if err == nil || !strings.Contains(err.Error(), "what wrote it must settle it") {
		t.Errorf("error is %v", err)
	}
	if n := value(t, a.path, "SELECT count(*) FROM arrival"); n != "1" {
		t.Errorf("%s blocks are left", n)
	}
}

// A flow longer than a block that is already in the books leaves nothing, nor takes
// anything from the flow before it in the same file.
func TestLongFlowThatCameBeforeIsDropped(t *testing.T) {
	const long = 40_000
	a := newArrivals(t)
	flow := func(l *store.Loader, iuf string, lines int) error {
		f := record.Flow{IUF: iuf, PSP: "P", ProducedAt: time.Unix(1, 0), RegulatedOn: day(t, "2026-09-15")}
		if err := l.Flow(&f); err != nil {
			return err
		}
		for i := range lines {
			if err := l.FlowLine(&record.FlowLine{IUV: fmt.Sprintf("%s%06d", iuf, i), IUR: "R-which-is-as-long-as-they-are-00", Seq: i + 1, Amount: 100, On: day(t, "2026-09-14")}); err != nil {
				return err
			}
		}
		return l.FlowEnd(record.FlowTotals{Count: lines})
	}
	a.load(record.KindFlows, func(l *store.Loader) error { return flow(l, "LONG", long) })
	a.load(record.KindFlows, func(l *store.Loader) error {
		return firstError(flow(l, "FIRST", 5), flow(l, "LONG", long), flow(l, "LAST", 5))
	})
	if got := len(a.groups()); got != long+10 {
		t.Errorf("%d IUVs are marked, want %d", got, long+10)
	}
	if n := value(t, a.path, "SELECT count(*) FROM flow_line"); n != fmt.Sprint(long+10) {
		t.Errorf("%s lines are in the books", n)
	}
}
