package reversale_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/reversale"
	"quadra/engine/store"
)

var theHeading = reversale.Heading{ABI: "02008", EntityCode: "UFABCD", EntityName: "Comune di Prova", ISTAT: "000123456", TaxCode: "80000123457",
	SenderA2A: "A2A-00000001", ReceiverA2A: "A2A-00000002", BankCode: "77"}

func provvisorio(number string, parts ...book.RegPart) book.Provvisorio {
	p := book.Provvisorio{RegMovement: store.RegMovement{Year: 2026, Number: number, Payer: "BANCA  DI PROVA", BookedOn: record.NewDate(2026, 1, 7)},
		Parts: parts, State: book.Proposed}
	for _, part := range parts {
		p.Cash += part.Amount
	}
	return p
}

func part(chapter string, year int, cents record.Cents) book.RegPart {
	return book.RegPart{Place: book.Place{Year: year, DebtType: "TARI", Chapter: chapter, SIOPE: "1010151001"}, Amount: cents}
}

func draft(all ...book.Provvisorio) ([]reversale.Order, []reversale.Left) {
	return reversale.Draft(all, 2026, 1, record.NewDate(2026, 1, 31))
}

func TestAnOrderCarriesBothYearsAndBothDestinations(t *testing.T) {
	restricted := part("20", 2026, 300)
	restricted.Restricted, restricted.SIOPE, restricted.Article = true, "3010201001", "2"
	got, left := draft(provvisorio("12", part("10", 2026, 1000), part("10", 2025, 500), part("10", 2026, 200), restricted))
	if len(left) != 0 {
		t.Fatalf("left %+v", left)
	}
	reason := "Regolarizzazione provvisorio 12/2026 incassi pagoPA del 07/01/2026"
	want := []reversale.Order{{Number: 1, On: record.NewDate(2026, 1, 31), Amount: 2000,
		Chapters: []reversale.Chapter{{Code: 10, Amount: 1200}, {Code: 10, Residual: 2025, Amount: 500}, {Code: 20, Article: "2", Amount: 300}},
		Payers: []reversale.Payer{
			{Name: "BANCA DI PROVA", Reason: reason, Amount: 1700, Number: "12", Classes: []reversale.Class{{Code: "1010151001", Amount: 1700}}},
			{Name: "BANCA DI PROVA", Reason: reason, Restricted: true, Amount: 300, Number: "12", Classes: []reversale.Class{{Code: "3010201001", Amount: 300}}}}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("orders (-want +got):\n%s", diff)
	}
}

func TestProvvisoriNoOrderCanBeDraftedFor(t *testing.T) {
	change := func(f func(*book.RegPart)) book.RegPart {
		p := part("10", 2026, 100)
		f(&p)
		return p
	}
	for _, c := range []struct {
		name string
		p    book.Provvisorio
		want string
	}{
		{"a part nobody assigned", provvisorio("1", change(func(p *book.RegPart) { p.Chapter, p.Why = "", book.WhyUnassigned })), "da assegnare"},
		{"a chapter that is no number", provvisorio("1", part("E-3001", 2026, 100)), "non è un numero da 1 a 9999999"},
		{"a chapter without SIOPE", provvisorio("1", change(func(p *book.RegPart) { p.SIOPE = "" })), "codice SIOPE"},
		{"a chapter of next year", provvisorio("1", part("10", 2027, 100)), "dopo quello della reversale"},
		{"an article of four digits", provvisorio("1", change(func(p *book.RegPart) { p.Article = "1000" })), "tre cifre"},
		{"a movement without a number of its own", provvisorio("Rabc-1", part("10", 2026, 100)), "tracciato di cassa"},
	} {
		t.Run(c.name, func(t *testing.T) {
			orders, left := draft(c.p)
			if len(orders) != 0 || len(left) != 1 || !strings.Contains(left[0].Why, c.want) {
				t.Errorf("orders %+v, left %+v, want %q", orders, left, c.want)
			}
		})
	}
	ordered := provvisorio("1", part("10", 2026, 100))
	ordered.State = book.Ordered
	other := provvisorio("2", part("10", 2025, 100))
	other.Year = 2025
	if orders, left := draft(ordered, other); len(orders)+len(left) != 0 {
		t.Errorf("ordered already, or of another esercizio: %+v %+v", orders, left)
	}
}

// written reads back what was written.
type written struct {
	Esercizio int `xml:"esercizio"`
	Orders    []struct {
		Number   int    `xml:"numero_reversale"`
		Amount   string `xml:"importo_reversale"`
		Chapters []struct {
			Amount string `xml:"importo_bilancio"`
		} `xml:"bilancio"`
		Payers []struct {
			Amount  string `xml:"importo_versante"`
			Classes []struct {
				Amount string `xml:"importo"`
			} `xml:"classificazione"`
			Provisional []struct {
				Number string `xml:"numero_provvisorio"`
				Amount string `xml:"importo_provvisorio"`
			} `xml:"sospeso"`
		} `xml:"informazioni_versante"`
	} `xml:"reversale"`
}

// failing is a test, or one case of a property.
type failing interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

func cents(t failing, text string) record.Cents {
	c, err := record.ParseCents(text)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// validator validates a document with xmllint; nil where the schema, which is not
// part of this source, or the tool is not there.
func validator(t *testing.T) func(t failing, document []byte) {
	t.Helper()
	schema := filepath.Join("..", "..", "..", "shared", "xsd", "OPI_FLUSSO_ORDINATIVI_V_1_7_1.xsd")
	if _, err := os.Stat(schema); err != nil {
		t.Log("the OPI schema is not there: sums are checked, validity is not")
		return nil
	}
	xmllint, err := exec.LookPath("xmllint")
	if err != nil {
		if os.Getenv("QUADRA_REQUIRE") != "" {
			t.Fatal("xmllint is required: install libxml2-utils")
		}
		t.Log("xmllint is not there: sums are checked, validity is not")
		return nil
	}
	return func(t failing, document []byte) {
		t.Helper()
		command := exec.Command(xmllint, "--noout", "--schema", schema, "-")
		command.Stdin = bytes.NewReader(document)
		if text, err := command.CombinedOutput(); err != nil {
			t.Fatalf("xmllint: %v\n%s", err, text)
		}
	}
}

// sums holds what was written to the arithmetic of its orders, and returns what
// they cover of each provvisorio.
func sums(t failing, document []byte) (covered map[string]record.Cents) {
	t.Helper()
	var doc written
	if err := xml.Unmarshal(document, &doc); err != nil {
		t.Fatalf("%v", err)
	}
	covered = map[string]record.Cents{}
	for i, o := range doc.Orders {
		var chapters, payers record.Cents
		for _, c := range o.Chapters {
			chapters += cents(t, c.Amount)
		}
		for _, p := range o.Payers {
			payers += cents(t, p.Amount)
			var classes, provisional record.Cents
			for _, c := range p.Classes {
				classes += cents(t, c.Amount)
			}
			for _, s := range p.Provisional {
				provisional += cents(t, s.Amount)
				covered[s.Number] += cents(t, s.Amount)
			}
			if classes != cents(t, p.Amount) || provisional != cents(t, p.Amount) {
				t.Fatalf("order %d: payer %s, classes %s, provvisori %s", o.Number, p.Amount, classes, provisional)
			}
		}
		if total := cents(t, o.Amount); chapters != total || payers != total || len(o.Chapters) > 10 || o.Number != i+1 {
			t.Fatalf("order %d of %s: chapters %s (%d), payers %s", o.Number, total, chapters, len(o.Chapters), payers)
		}
	}
	return covered
}

// TestDraftsSatisfyTheSchemaAndItsSums draws years of provvisori, writes their
// orders, checks the sums on what was written, and validates it with xmllint
// when the schema is there.
func TestDraftsSatisfyTheSchemaAndItsSums(t *testing.T) {
	validate := validator(t)
	files := 0
	rapid.Check(t, func(rt *rapid.T) {
		var all []book.Provvisorio
		cash := map[string]record.Cents{}
		for i := range rapid.IntRange(1, 12).Draw(rt, "provvisori") {
			var parts []book.RegPart
			for range rapid.IntRange(1, 25).Draw(rt, "parts") {
				p := part(fmt.Sprint(rapid.IntRange(1, 30).Draw(rt, "chapter")), rapid.SampledFrom([]int{2026, 2026, 2025}).Draw(rt, "year"),
					record.Cents(rapid.Int64Range(1, 1_000_000).Draw(rt, "cents")))
				p.Restricted = rapid.Bool().Draw(rt, "restricted")
				p.SIOPE = rapid.SampledFrom([]string{"1010151001", "3010201001", "9998"}).Draw(rt, "siope")
				p.Article = rapid.SampledFrom([]string{"", "1", "012"}).Draw(rt, "article")
				parts = append(parts, p)
			}
			all = append(all, provvisorio(fmt.Sprint(i+1), parts...))
			cash[fmt.Sprint(i+1)] = all[i].Cash
		}
		orders, left := draft(all...)
		if len(left) > 0 {
			rt.Fatalf("left %+v", left)
		}
		var out bytes.Buffer
		if err := reversale.Write(&out, &theHeading, 2026, record.NewDate(2026, 1, 31), orders); err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(cash, sums(rt, out.Bytes())); diff != "" {
			rt.Fatalf("cash of the provvisori (-) and what the orders cover (+):\n%s", diff)
		}
		if validate != nil && files < 20 {
			validate(rt, out.Bytes())
			files++
		}
	})
	if validate != nil && files == 0 {
		t.Error("nothing was validated")
	}
}

func TestADraftWithoutOrdersIsRefused(t *testing.T) {
	if err := reversale.Write(&bytes.Buffer{}, &theHeading, 2026, record.NewDate(2026, 1, 31), nil); err == nil {
		t.Error("an empty flow was written")
	}
}
