package store_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
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
	if n := value(t, a.path, "SELECT count(*) FROM receipt_arrived"); n != "1" {
		t.Fatalf("%s receipts have arrived", n)
	}
	a.open()
	a.want("1 because of 1: receipt R 100")
	if n := value(t, a.path, "SELECT count(*) FROM receipt_arrived"); n != "0" {
		t.Errorf("%s receipts are still to be put in their place", n)
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
