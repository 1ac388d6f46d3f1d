package outcome_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"flag"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/jobs/outcome"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", path, diff)
	}
}

const sha = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// seen is 02:31 of the night summer time began: the clock of Italy says 03:31.
var seen = time.Date(2026, 3, 29, 1, 31, 0, 0, time.UTC)

func giornale(rejected int) outcome.Outcome {
	o := outcome.Outcome{
		File: "giornale_2026-03-28.csv", SHA256: sha, Size: 1_234_567, SeenAt: seen, State: outcome.Loaded,
		Documents: []outcome.Document{{
			Doc:  record.Doc{Kind: record.KindMovements, Format: "cassa-csv", Encoding: "windows-1252"},
			Rows: 1200 + rejected, Accepted: 1200, Rejected: rejected, Total: 123_456_789,
		}},
	}
	for i := range rejected {
		o.Rejects = append(o.Rejects, record.Reject{Line: 997 + i, Column: "IMPORTO", Code: record.RejectAmount,
			Value: "12,5O", Reason: "non è un importo: scriverlo con la virgola e due decimali"})
	}
	return o
}

func container() outcome.Outcome {
	return outcome.Outcome{
		File: "marzo.zip", SHA256: sha, Size: 90_000, SeenAt: seen, State: outcome.Loaded,
		Documents: []outcome.Document{
			{Doc: record.Doc{Entry: "fdr/1.xml", Kind: record.KindFlows, Format: "fdr-xml", Version: "1.1"}, Rows: 2, Accepted: 2, Total: 2000},
			{Doc: record.Doc{Entry: "fdr/2.xml", Kind: record.KindFlows, Format: "fdr-xml", Version: "1.1",
				Warnings: []string{"firmato, firma non verificata"}}, Rows: 3, Accepted: 1, Rejected: 2, Total: -150},
		},
		Rejects: []record.Reject{
			{Entry: "fdr/2.xml", Line: 41, Column: "singoloImportoPagato", Code: record.RejectNotPositive, Value: "-1,50", Reason: "l'importo deve essere positivo"},
			{Entry: "fdr/2.xml", Line: 58, Code: record.RejectSyntax, Reason: "il pagamento è incompleto"},
		},
	}
}

func TestPage(t *testing.T) {
	cases := []struct {
		file    string
		outcome outcome.Outcome
	}{
		{"taken.esito.txt", giornale(0)},
		{"taken-one-reject.esito.txt", giornale(1)},
		{"taken-more-rejects-than-shown.esito.txt", giornale(2500)},
		{"container.esito.txt", container()},
		{"duplicate.esito.txt", outcome.Outcome{File: "copia.csv", SHA256: sha, Size: 12, SeenAt: seen, State: outcome.Duplicate,
			Earlier: outcome.Earlier{File: "giornale.csv", SeenAt: seen.AddDate(0, 0, -3), Accepted: 1200, Total: 123_456_789}}},
		{"duplicate-not-corrected.esito.txt", outcome.Outcome{File: "giornale.csv", SHA256: sha, Size: 12, SeenAt: seen, State: outcome.Duplicate,
			Earlier: outcome.Earlier{File: "giornale.csv", SeenAt: seen.AddDate(0, 0, -3), Accepted: 1198, Rejected: 2, Total: 123_400_000}}},
		{"taken-without-a-part.esito.txt", outcome.Outcome{File: "dovuti.csv", SHA256: sha, Size: 12, SeenAt: seen, State: outcome.Loaded,
			Documents: []outcome.Document{{Doc: record.Doc{Kind: record.KindNotices, Format: "notices-csv", Version: "1.0"}, Rows: 3, Accepted: 3, Total: 30_000}},
			Parts:     1, Rejects: []record.Reject{{Line: 3, Column: "bilancio", Code: record.RejectQuota, Value: "<b/>", Reason: "la ripartizione non è leggibile", Part: true}}}},
		{"refused-after-rows.esito.txt", outcome.Outcome{File: "giornale.csv", SHA256: sha, Size: 12, SeenAt: seen, State: outcome.Refused,
			Rejects: []record.Reject{{Line: 3, Column: "IMPORTO", Code: record.RejectAmount, Reason: "non è un importo"}},
			Refusal: &record.FileError{Line: 90, Code: record.FileTruncated, Message: "il file finisce a metà di una riga"}}},
		{"refused.esito.txt", outcome.Outcome{File: "foto.jpg", SHA256: sha, Size: 999, SeenAt: seen, State: outcome.Refused,
			Refusal: &record.FileError{Code: record.FileUnknown, Message: "non è un formato che quadra conosce"}}},
		{"refused-entry.esito.txt", outcome.Outcome{File: "marzo.zip", SHA256: sha, Size: 999, SeenAt: seen, State: outcome.Refused,
			Documents: []outcome.Document{{Doc: record.Doc{Entry: "1.xml", Kind: record.KindFlows, Format: "fdr-xml"}}},
			Refusal: &record.FileError{Entry: "1.xml", Line: 12_345, Code: record.FileEntity,
				Message: "il flusso è dell'ente con codice fiscale 80000123457", Cause: errors.New("not for people")}}},
		{"failed.esito.txt", outcome.Outcome{File: "giornale.csv", SeenAt: seen, State: outcome.Failed}},
		{"hostile-names.esito.txt", outcome.Outcome{File: "a\r\nESITO: PRESO\u202etxt.exe\xff\x1b[2J", SHA256: sha, SeenAt: seen, State: outcome.Loaded,
			Documents: []outcome.Document{{Doc: record.Doc{Kind: "altro"}, Rows: 1, Rejected: 1}},
			Rejects:   []record.Reject{{Line: 2, Column: "x\ny", Reason: "scartata", Value: "a\nTotale preso: 1.000,00 euro"}}}},
	}
	for _, c := range cases {
		t.Run(c.file, func(t *testing.T) {
			text := outcome.Text(c.outcome)
			golden(t, c.file, text)
			if !utf8.Valid(text) {
				t.Error("not UTF-8")
			}
			if bytes.Count(text, []byte("\r\n")) != bytes.Count(text, []byte("\n")) || bytes.Count(text, []byte("\r")) != bytes.Count(text, []byte("\n")) {
				t.Error("line ends are not all CRLF")
			}
			if again := outcome.Text(c.outcome); !bytes.Equal(text, again) {
				t.Error("the same outcome gave other bytes")
			}
		})
	}
}

func TestRejectsOfABareFileAndOfAContainer(t *testing.T) {
	golden(t, "bare.scarti.csv", outcome.Rejects(giornale(3)))
	golden(t, "container.scarti.csv", outcome.Rejects(container()))
	golden(t, "none.scarti.csv", outcome.Rejects(giornale(0)))
}

// cells writes one reject and reads back its value and reason.
func cells(t testing.TB, r record.Reject) []string {
	t.Helper()
	raw := outcome.Rejects(outcome.Outcome{Rejects: []record.Reject{r}})
	text, ok := strings.CutPrefix(string(raw), "\ufeff")
	if !ok {
		t.Fatalf("no byte-order mark in %q", raw)
	}
	if strings.Count(text, "\n") != 2 || strings.Count(text, "\r\n") != 2 {
		t.Fatalf("not a header and a row: %q", text)
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma = ';'
	rows, err := reader.ReadAll()
	if err != nil || len(rows) != 2 {
		t.Fatalf("read back %q: %v", rows, err)
	}
	return rows[1]
}

func TestFormulasAreDisarmedAndNumbersAreNot(t *testing.T) {
	cases := []struct{ name, value, want string }{
		{"formula", "=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"},
		{"plus", "+39061234", "'+39061234"},
		{"at sign", "@SUM(A1)", "'@SUM(A1)"},
		{"minus and text", "-cmd|' /C calc'!A0", "'-cmd|' /C calc'!A0"},
		{"minus and a sum", "-1+1", "'-1+1"},
		{"two minus signs", "--1", "'--1"},
		{"minus alone", "-", "'-"},
		{"minus and a point", "-.5", "'-.5"},
		{"minus and an exponent", "-1e5", "'-1e5"},
		{"tab", "\t=1", "' =1"},
		{"carriage return", "\rx", "' x"},
		{"new line", "\n=1", "' =1"},
		{"blank before the formula", " =1+1", "' =1+1"},
		{"full-width equals", "＝1+1", "'＝1+1"},
		{"negative number", "-12", "-12"},
		{"negative Italian amount", "-1.234,56", "-1.234,56"},
		{"negative amount with a point", "-1234.56", "-1234.56"},
		{"negative number with two commas", "-1,,2", "'-1,,2"},
		{"negative number that ends in a comma", "-1,", "'-1,"},
		{"positive amount", "12,50", "12,50"},
		{"text with a minus inside", "a-b", "a-b"},
		{"accents, quotes and semicolons", `perché "no"; forse`, `perché "no"; forse`},
		{"lines and other controls", "a\r\nb\x00c", "a  b c"},
		{"bytes that are no text", "perch\xe9", "perch\ufffd"},
		{"nothing", "", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			row := cells(t, record.Reject{Line: 7, Column: c.value, Code: record.RejectAmount, Value: c.value, Reason: c.value})
			want := []string{"7", c.want, "AMOUNT", c.want, c.want, "scrivere l'importo in cifre con due decimali, nella forma del tracciato, senza simbolo di valuta"}
			if diff := cmp.Diff(want, row); diff != "" {
				t.Errorf("row differs (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMillionsOfRejectsAreWrittenAsTheyCome(t *testing.T) {
	const many = 200_000
	var far int // how far the writing was when the last reject was asked for
	w := &counter{}
	rejects := func(yield func(record.Reject, error) bool) {
		for i := range many {
			far = w.n
			if !yield(record.Reject{Line: i + 2, Code: record.RejectDate, Reason: "non è una data"}, nil) {
				return
			}
		}
	}
	if err := outcome.WriteRejects(w, rejects); err != nil {
		t.Fatal(err)
	}
	if w.n-far > 64<<10 {
		t.Errorf("%d of %d bytes were held back to the end", w.n-far, w.n)
	}
}

type counter struct{ n int }

func (c *counter) Write(p []byte) (int, error) {
	c.n += len(p)
	return len(p), nil
}

func TestWritingStopsAtTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	endless := func(fail error) iter.Seq2[record.Reject, error] {
		return func(yield func(record.Reject, error) bool) {
			for i := 0; yield(record.Reject{Line: i}, nil); i++ {
				if i == 10 && fail != nil {
					yield(record.Reject{}, fail)
					return
				}
			}
		}
	}
	if err := outcome.WriteRejects(io.Discard, endless(broken)); !errors.Is(err, broken) {
		t.Errorf("rejects that cannot be read: %v", err)
	}
	for _, room := range []int{0, 10, 100_000} {
		if err := outcome.WriteRejects(&full{room, broken}, endless(nil)); !errors.Is(err, broken) {
			t.Errorf("disk full after %d bytes: %v", room, err)
		}
	}
}

type full struct {
	room int
	err  error
}

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, f.err
	}
	return len(p), nil
}

func FuzzRejects(f *testing.F) {
	for _, s := range []string{"", "-1", "=1", "\t", " +", "-1,2.3", "\"", ";", "\r\n", "\u2028=1", "\xff", "\u0085="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		row := cells(t, record.Reject{Line: 1, Column: "c", Code: "X", Value: value, Reason: "r"})
		if len(row) != 6 {
			t.Fatalf("row is %q", row)
		}
		got := strings.TrimSpace(row[3])
		if got != "" && strings.ContainsAny(got[:1], "=+@") {
			t.Errorf("%q is written as the formula %q", value, got)
		}
	})
}

func ExampleText() {
	text := outcome.Text(outcome.Outcome{
		File: "giornale.csv", SHA256: "9f86d08…", Size: 2048, State: outcome.Loaded,
		SeenAt: time.Date(2026, 3, 14, 6, 30, 0, 0, time.UTC),
		Documents: []outcome.Document{{
			Doc:  record.Doc{Kind: record.KindMovements, Format: "opi-xml", Version: "1.2", Encoding: "UTF-8"},
			Rows: 12, Accepted: 12, Total: 123_456_00,
		}},
	})
	fmt.Print(strings.ReplaceAll(string(text), "\r\n", "\n"))
	// Output:
	// ESITO: PRESO
	//
	// File:              giornale.csv
	// SHA-256:           9f86d08…
	// Dimensione:        2.048 byte
	// Visto il:          14/03/2026 alle 07:30
	// Riconosciuto come: giornale di cassa (opi-xml 1.2, UTF-8)
	//
	// Righe lette:       12
	// Righe prese:       12
	// Righe scartate:    0
	// Totale preso:      123.456,00 euro
	//
	// Confrontare il totale con quello del documento di partenza.
}
