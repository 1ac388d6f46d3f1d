package notify_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/notify"
)

var update = flag.Bool("update", false, "write the golden files anew")

var start = time.Date(2026, 11, 15, 2, 30, 0, 0, time.UTC)

func everything() notify.News {
	return notify.News{
		Entity: notify.Entity{IPA: "c_q001", Name: "Comune di <Prova>"}, AsOf: record.NewDate(2026, 11, 15), Run: 7, Version: "1.0",
		Failure: "judge: the balance has a residual",
		Drops:   []notify.Drop{{Name: "sftp://quadra@host/out", Message: "La connessione è caduta."}},
		Files: []notify.File{{Name: "giornale\n.csv", State: "loaded", Rows: 10, Rejected: 2},
			{Name: "altro.zip", State: "rejected", Code: "BROKEN", Message: "lo zip è troncato"},
			{Name: "perso.xml", State: "failed", Message: "il server non risponde"}},
		Anomalies: []notify.Anomaly{
			{Unit: "payment", Code: "NOT_CASHED", Name: "Non riversato", Severity: 3, Count: 2, Amount: 12345,
				Examples: []notify.Example{{ID: "01470000000000107", Amount: 10000}, {ID: "01470000000000208", Amount: 2345}}},
			{Unit: "movement", Code: "NO_REFERENCE", Name: "Senza riferimento", Severity: 2, Count: 1, Amount: 500,
				Examples: []notify.Example{{ID: "2026/17", Amount: 500}}}},
		Missing: []notify.MissingFile{{Source: "cassa", Message: "atteso entro le 09:00"}},
		Summary: &notify.Totals{Loaded: 4, Changes: 31},
		Unsure:  []notify.EarlierNotice{{Run: 6, Subject: "[quadra] c_q001"}},
		Report:  "/var/lib/quadra/reports/c_q001/2026-11-15",
	}
}

func TestLetterOfEverything(t *testing.T) {
	news := everything()
	text, err := news.Text()
	if err != nil {
		t.Fatal(err)
	}
	html, err := news.HTML()
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{"letter.txt": text, "letter.html": html} {
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestWhoHearsOfWhat(t *testing.T) {
	for _, c := range []struct {
		name string
		sub  notify.Subscription
		want string
	}{
		{"failures bring the drops and the files that could not be read", notify.Subscription{About: []notify.Topic{notify.Failed}}, "failure drops files=perso.xml"},
		{"rejections bring the files that were read", notify.Subscription{About: []notify.Topic{notify.Rejected}}, "files=giornale\n.csv,altro.zip"},
		{"anomalies of a severity", notify.Subscription{About: []notify.Topic{notify.Anomalies}, Severity: 3}, "NOT_CASHED"},
		{"anomalies of a code", notify.Subscription{About: []notify.Topic{notify.Anomalies}, Codes: []string{"NO_REFERENCE"}}, "NO_REFERENCE"},
		{"anomalies graver than any", notify.Subscription{About: []notify.Topic{notify.Anomalies}, Severity: 4}, ""},
		{"missing files", notify.Subscription{About: []notify.Topic{notify.Missing}}, "missing"},
		{"the summary", notify.Subscription{About: []notify.Topic{notify.Summary}}, "summary"},
		{"another entity", notify.Subscription{About: []notify.Topic{notify.Failed}, Entities: []string{"c_q002"}}, ""},
		{"nothing", notify.Subscription{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			news := everything()
			news.Unsure = nil
			part, ok := news.For(c.sub)
			var got []string
			add := func(when bool, word string) {
				if when {
					got = append(got, word)
				}
			}
			add(part.Failure != "", "failure")
			add(len(part.Drops) > 0, "drops")
			var files []string
			for _, f := range part.Files {
				files = append(files, f.Name)
			}
			add(len(files) > 0, "files="+strings.Join(files, ","))
			for _, a := range part.Anomalies {
				add(true, a.Code)
			}
			add(len(part.Missing) > 0, "missing")
			add(part.Summary != nil, "summary")
			if text := strings.Join(got, " "); text != c.want || ok != (c.want != "") {
				t.Errorf("hears of %q (%v), want %q", text, ok, c.want)
			}
		})
	}
}

// books with one run, as a queue needs.
type books struct {
	t     *testing.T
	store *store.Store
	run   int64
	now   time.Time
}

func open(t *testing.T) *books {
	t.Helper()
	st, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "books.db"), "80000123457")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { st.Close() })
	b := &books{t: t, store: st, now: start}
	b.next()
	return b
}

func (b *books) write(fn func(*store.Tx) error) {
	b.t.Helper()
	if err := b.store.Write(b.t.Context(), fn); err != nil {
		b.t.Fatal(err)
	}
}

func (b *books) next() {
	b.t.Helper()
	b.write(func(tx *store.Tx) error {
		r := &store.Run{AsOf: record.NewDate(2026, 11, 15), StartedAt: b.now}
		err := tx.StartRun(r)
		b.run = r.ID
		return err
	})
}

var readers = []notify.Reader{
	{Channel: notify.ByMail, Target: "a@example.it", Subscription: notify.Subscription{About: []notify.Topic{notify.Failed}}},
	{Channel: notify.ByMail, Target: "a@example.it", Subscription: notify.Subscription{About: []notify.Topic{notify.Anomalies}}},
	{Channel: notify.ByMail, Target: "b@example.it", Subscription: notify.Subscription{About: []notify.Topic{notify.Anomalies}}},
}

func (b *books) queue(news notify.News) {
	b.t.Helper()
	news.Run = b.run
	b.write(func(tx *store.Tx) error { return notify.Queue(tx, &news, readers, b.now) })
}

// courier notes what it hands over.
type courier struct {
	handed []string
	fails  error
}

func (c *courier) Hand(_ context.Context, l notify.Letter) error {
	if c.fails != nil {
		return c.fails
	}
	c.handed = append(c.handed, fmt.Sprintf("%s: %s", l.Target, l.Subject))
	return nil
}

func (b *books) deliver(c *courier) notify.Delivery {
	b.t.Helper()
	couriers := notify.Couriers{}
	for _, r := range readers {
		couriers.Add(r.Channel, r.Target, c)
	}
	d, err := notify.Deliver(b.t.Context(), b.store, couriers, func() time.Time { return b.now })
	if err != nil {
		b.t.Fatal(err)
	}
	return d
}

type unsure struct{ error }

func (unsure) Unsure() bool { return true }

func TestEachAddressGetsOneMessageWithAllItAskedFor(t *testing.T) {
	b, c := open(t), &courier{}
	b.queue(everything())
	b.queue(everything()) // a run queues once, however often it is asked
	if d := b.deliver(c); d.Sent != 2 || len(d.Errors) != 0 {
		t.Errorf("delivery %+v", d)
	}
	want := []string{"a@example.it: [quadra] c_q001 al 15/11/2026: elaborazione FALLITA, cartelle non lette: 1, file con scarti: 1, nuove anomalie: 3",
		"b@example.it: [quadra] c_q001 al 15/11/2026: nuove anomalie: 3"}
	if diff := cmp.Diff(want, c.handed); diff != "" {
		t.Errorf("handed over (-want +got):\n%s", diff)
	}
	if d := b.deliver(c); d.Sent != 0 || len(c.handed) != 2 {
		t.Errorf("again: %+v", d)
	}
}

func TestNothingNewNobodyIsTold(t *testing.T) {
	b, c := open(t), &courier{}
	b.queue(notify.News{Entity: notify.Entity{IPA: "c_q001"}})
	b.deliver(c)
	if len(c.handed) != 0 {
		t.Errorf("handed over %q", c.handed)
	}
}

func TestNotDeliveredIsTriedByTheNextRunAndSentOnce(t *testing.T) {
	b, c := open(t), &courier{fails: errors.New("connection refused")}
	b.queue(everything())
	if d := b.deliver(c); d.Waiting != 2 || len(d.Errors) != 2 {
		t.Errorf("delivery %+v", d)
	}
	c.fails = nil
	b.next()
	b.queue(notify.News{Entity: notify.Entity{IPA: "c_q001"}})
	b.deliver(c)
	b.next()
	b.deliver(c)
	if len(c.handed) != 2 {
		t.Errorf("handed over %q", c.handed)
	}
}

// TestPerhapsDeliveredIsNotSentAgainAndIsTold covers both ways of not knowing:
// the server's answer lost, and the program killed while handing over.
func TestPerhapsDeliveredIsNotSentAgainAndIsTold(t *testing.T) {
	for _, killed := range []bool{false, true} {
		t.Run(fmt.Sprintf("killed %v", killed), func(t *testing.T) {
			b, c := open(t), &courier{fails: unsure{errors.New("the answer was lost")}}
			b.queue(everything())
			if killed {
				b.write(func(tx *store.Tx) error {
					return errors.Join(tx.TryNotification(1, b.now), tx.TryNotification(2, b.now))
				})
			} else if d := b.deliver(c); d.Unsure != 2 {
				t.Errorf("delivery %+v", d)
			}
			c.fails = nil
			b.next()
			b.queue(notify.News{Entity: notify.Entity{IPA: "c_q001"}, AsOf: record.NewDate(2026, 11, 16)})
			b.deliver(c)
			want := []string{"a@example.it: [quadra] c_q001 al 16/11/2026: messaggio forse non arrivato",
				"b@example.it: [quadra] c_q001 al 16/11/2026: messaggio forse non arrivato"}
			if diff := cmp.Diff(want, c.handed); diff != "" {
				t.Errorf("handed over (-want +got):\n%s", diff)
			}
			b.next()
			b.queue(notify.News{Entity: notify.Entity{IPA: "c_q001"}})
			b.deliver(c)
			if len(c.handed) != 2 {
				t.Errorf("told again: %q", c.handed)
			}
		})
	}
}

func TestOldAndUnwantedMessagesAreDroppedWithTheReason(t *testing.T) {
	b, c := open(t), &courier{fails: errors.New("connection refused")}
	b.queue(everything())
	b.deliver(c)
	b.now = b.now.Add(15 * 24 * time.Hour)
	if d := b.deliver(c); d.Dropped != 2 {
		t.Errorf("after two weeks: %+v", d)
	}
	b.next()
	b.queue(everything())
	if d, err := notify.Deliver(t.Context(), b.store, notify.Couriers{}, func() time.Time { return b.now }); err != nil || d.Dropped != 2 {
		t.Errorf("addresses taken out of the configuration: %+v, %v", d, err)
	}
	var problems []string
	b.write(func(tx *store.Tx) error {
		all, err := tx.Notifications()
		for _, n := range all {
			problems = append(problems, string(n.State)+" "+n.Problem)
		}
		return err
	})
	if len(problems) != 4 || !strings.HasPrefix(problems[0], "dropped not delivered in two weeks: connection refused") {
		t.Errorf("kept %q", problems)
	}
}
