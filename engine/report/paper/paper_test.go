package paper_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quadra/engine/record"
	"quadra/engine/report/paper"
	"quadra/engine/report/paper/papertest"
)

var update = flag.Bool("update", false, "write the golden files anew")

func head(language string) paper.Head {
	return paper.Head{Language: language, Entity: "Comune di Città Sant'Àngelo", TaxCode: "80000123457", IPA: "c_q001", AsOf: record.NewDate(2026, time.September, 30),
		Run: "esecuzione 12 · regole 4f1c… · quadra 1.2.0"}
}

func sum(n int64, v record.Cents) paper.Sum { return paper.Sum{Count: n, Amount: v} }

type document interface{ Write(io.Writer) error }

func balance(language string) *paper.Balance {
	return &paper.Balance{Head: head(language), Intro: "Ogni equazione confronta due letture indipendenti dei registri: quello che è entrato e dove è finito.",
		Bridge: []paper.Item{{Name: "Ricevute", Sum: sum(120, 1_234_567_89)}, {Name: "di cui non rendicontate", Sum: sum(3, 4_500_00)}, {Name: "In cassa", Sum: sum(117, 1_230_067_89), Total: true}},
		Equations: []paper.Equation{
			{Title: "Ricevute = ricevute per stato del loro pagamento", Note: "Niente è perso, niente è contato due volte.", Counts: true,
				Left: []paper.Item{{Name: "righe di ricevuta nei registri", Sum: sum(120, 1_234_567_89)}}, Right: []paper.Item{{Name: "Riconciliato", Sum: sum(117, 1_230_067_89)}, {Name: "Non rendicontato", Sum: sum(3, 4_500_00)}}},
			{Title: "Righe lette = righe tenute + righe scartate", Counts: true, NoMoney: true,
				Left: []paper.Item{{Name: "righe lette", Sum: sum(124, 0)}}, Right: []paper.Item{{Name: "righe tenute", Sum: sum(120, 0)}}, Residual: sum(4, 0)},
		},
		Differences: []paper.Difference{{Step: "Flussi riversati per un altro importo", Thing: "2026-09-15BPPIITRRXXX-S001", Amount: -10_00}},
		More:        sum(41, 12_00), MoreFile: "differenze.csv"}
}

func anomalies(language string, of int) *paper.Anomalies {
	a := &paper.Anomalies{Head: head(language), Buckets: []string{"0-2", "3-4", "5-10", "11-30", "31-60", "oltre 60"}, File: "anomalie.csv"}
	for _, name := range []string{"Non riversato", "Rendicontato senza ricevuta"} {
		g := paper.Group{Name: name, Unit: "pagamenti", Ages: make([]paper.Sum, len(a.Buckets))}
		for i := range of {
			amount := record.Cents(100_00 + i*7)
			g.All = sum(g.All.Count+1, g.All.Amount+amount)
			age := &g.Ages[i%len(g.Ages)]
			*age = sum(age.Count+1, age.Amount+amount)
			g.Shown = append(g.Shown, paper.Anomaly{Thing: fmt.Sprintf("IUV 0100000000000%04d, IUR 0c0abaed8920d17834c3978df506db44%d", i, i), What: "SANZIONE_CDS, Poste Italiane S.p.A.",
				Since: record.NewDate(2026, time.September, 1+i%28), Age: i % 70, Amount: amount, Why: "Il riversamento dovuto per 234,08 € (flusso 2026-09-10UNCRITMM-S33912927314) non è arrivato in cassa entro il 11/09/2026.",
				Note: "aperta, Anna Bianchi: chiesto al PSP"})
		}
		a.Groups = append(a.Groups, g)
	}
	return a
}

func verbale(language string) *paper.Record {
	r := &paper.Record{Head: head(language), Intro: "Il presente verbale dice da quali file, con quali regole e con quale esito sono stati riconciliati i pagamenti.",
		Sections: []paper.Section{
			{Title: "Esecuzione", Pairs: []paper.Pair{{"Esecuzione", "12"}, {"Regole", strings.Repeat("4f1c9e20", 8)}, {"Versione", "1.2.0"}}},
			{Title: "File letti", Table: &paper.Table{Columns: []paper.Column{{Title: "File", Share: 3}, {Title: "SHA-256", Share: 4}, {Title: "Righe", Number: true}}, All: 40, File: "file.csv"}},
		}, Signatures: []string{"Il responsabile del servizio finanziario", "L'organo di revisione"}}
	for i := range 30 {
		r.Sections[1].Table.Rows = append(r.Sections[1].Table.Rows, []string{fmt.Sprintf("ricevute_%02d.csv", i), strings.Repeat("0123456789abcdef", 4), fmt.Sprint(i * 100)})
	}
	return r
}

func documents(language string) map[string]document {
	return map[string]document{"quadratura": balance(language), "anomalie": anomalies(language, 25), "verbale": verbale(language)}
}

func write(t testing.TB, d document) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func text(t testing.TB, pdf []byte) string {
	t.Helper()
	pages, err := papertest.Read(pdf)
	if err != nil {
		t.Fatal(err)
	}
	if declared := bytes.Count(pdf, []byte("/Type /Page\n")); declared != len(pages) {
		t.Errorf("%d pages read of %d", len(pages), declared)
	}
	return papertest.Text(pages)
}

func TestDocumentsSayWhatTheyAreGiven(t *testing.T) {
	for _, language := range []string{"it", paper.English} {
		for name, d := range documents(language) {
			golden := filepath.Join("testdata", name+"."+language+".txt")
			got := text(t, write(t, d))
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is not what the golden file says; -update writes it anew\n%s", golden, got)
			}
		}
	}
}

func TestSameFiguresGiveTheSameDocument(t *testing.T) {
	for name, d := range documents("it") {
		first := write(t, d)
		for range 5 {
			if !bytes.Equal(first, write(t, documents("it")[name])) {
				t.Fatalf("%s differs when written again", name)
			}
		}
	}
}

func TestDocumentsSayWhoseTheyAreAndOfWhen(t *testing.T) {
	for name, d := range documents("it") {
		pdf := write(t, d)
		for _, want := range []string{"/Lang (it-IT)", "/CreationDate (D:20260930000000", "/ModDate (D:20260930000000", "/Title (", "/Author ("} {
			if !bytes.Contains(pdf, []byte(want)) {
				t.Errorf("%s: no %s", name, want)
			}
		}
		pages, err := papertest.Read(pdf)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range pages {
			all := strings.Join(p, "\n")
			for _, want := range []string{"Comune di Città Sant'Àngelo | Situazione al 30/09/2026", fmt.Sprintf("pagina %d di %d", i+1, len(pages))} {
				if !strings.Contains(all, want) {
					t.Errorf("%s, page %d: no %q", name, i+1, want)
				}
			}
		}
	}
}

func TestOfManyAnomaliesAPartIsPrintedAndAllAreCounted(t *testing.T) {
	start := time.Now()
	a := anomalies("it", 6000)
	pdf := write(t, a)
	got := text(t, pdf)
	t.Logf("%d bytes, %d pages, %v with reading back", len(pdf), strings.Count(got, "--- "), time.Since(start))
	if n := strings.Count(got, "IUV 01000"); n < paper.MaxAnomalies*9/10 || n > paper.MaxAnomalies {
		t.Errorf("%d anomalies printed", n)
	}
	all := a.Groups[0].All.Amount + a.Groups[1].All.Amount
	for _, want := range []string{"12.000 anomalie per " + all.Italian() + " €", "Stampate 600 su 6.000; i totali sono di tutte. L'elenco completo è in anomalie.csv.",
		"Tutte: 6.000 | " + a.Groups[0].All.Amount.Italian() + " €"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestTitlesStandOnEveryPageOfATable(t *testing.T) {
	pages, err := papertest.Read(write(t, anomalies("it", 200)))
	if err != nil {
		t.Fatal(err)
	}
	for i, p := range pages {
		if all := strings.Join(p, "\n"); strings.Contains(all, "IUV") && !strings.Contains(all, "Che cosa | Tipo dovuto, PSP | Dal | Giorni | Importo") {
			t.Errorf("page %d has lines without titles", i+1)
		}
	}
}

func TestNothingToSayIsSaid(t *testing.T) {
	for want, d := range map[string]document{"Nessuna anomalia.": &paper.Anomalies{Head: head("it")}, "I conti quadrano": &paper.Balance{Head: head("it"), Outcome: []paper.Item{{Name: "Residuo"}}}, "Verbale": &paper.Record{}} {
		if got := text(t, write(t, d)); !strings.Contains(got, want) {
			t.Errorf("no %q in %s", want, got)
		}
	}
}

// TestTextsFromFilesOfAnyKind puts many texts into few documents: the fonts are
// what takes time.
func TestTextsFromFilesOfAnyKind(t *testing.T) {
	texts := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9àè€()\\ ]{0,400}`), rapid.Just("😀\x00\xff(\\)\u202e")), 80, 80)
	for seed := range 8 {
		drawn := texts.Example(seed)
		r := paper.Record{Head: paper.Head{Entity: drawn[0]}}
		for ; len(drawn) >= 8; drawn = drawn[8:] {
			r.Sections = append(r.Sections, paper.Section{Title: drawn[0], Text: drawn[1], Pairs: []paper.Pair{{drawn[2], drawn[3]}},
				Table: &paper.Table{Columns: []paper.Column{{Title: drawn[4]}, {Title: drawn[5], Number: true, Share: .1}}, Rows: [][]string{{drawn[6], drawn[7]}}}})
		}
		text(t, write(t, &r))
	}
}

func TestAnotherProgramReadsTheSame(t *testing.T) {
	program, err := exec.LookPath("pdftotext")
	if err != nil {
		if os.Getenv("QUADRA_REQUIRE") == "1" {
			t.Fatal("pdftotext (poppler-utils) is not installed, and QUADRA_REQUIRE forbids to go without")
		}
		t.Skip("pdftotext (poppler-utils) is not installed")
	}
	for name, d := range documents("it") {
		file := filepath.Join(t.TempDir(), name+".pdf")
		pdf := write(t, d)
		if err := os.WriteFile(file, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), program, "-layout", file, "-").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		read := make(map[string]int)
		for _, w := range strings.Fields(string(out)) {
			read[w]++
		}
		for _, w := range strings.Fields(strings.ReplaceAll(text(t, pdf), " | ", " ")) {
			if w != "---" && read[w] == 0 {
				if len(w) > 3 { // a page number stands after "---"
					t.Errorf("%s: %q is not there", name, w)
				}
			}
		}
	}
}

func BenchmarkAnomalies(b *testing.B) {
	a := anomalies("it", 6000)
	b.ReportAllocs()
	for b.Loop() {
		if err := a.Write(io.Discard); err != nil {
			b.Fatal(err)
		}
	}
}

func TestShortListsArePrintedWhole(t *testing.T) {
	a := anomalies("it", 3000)
	a.Groups[1].Shown = a.Groups[1].Shown[:7]
	a.Groups[1].All = sum(7, 1)
	got := text(t, write(t, a))
	if n := strings.Count(got, "IUV 01000"); n != paper.MaxAnomalies {
		t.Errorf("%d anomalies printed", n)
	}
	if strings.Contains(got, "su 7;") || !strings.Contains(got, fmt.Sprintf("Stampate 1.193 su %s", "3.000")) {
		t.Error("the short list gave up lines")
	}
}
