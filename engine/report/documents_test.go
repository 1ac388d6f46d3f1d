package report_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"quadra/engine/explain/explaintest"
	"quadra/engine/record"
	"quadra/engine/report"
	"quadra/engine/report/content"
	"quadra/engine/report/paper/papertest"
	"quadra/engine/store"
)

// documentText is what a document says, line by line.
func documentText(t *testing.T, pdf string) string {
	t.Helper()
	pages, err := papertest.Read([]byte(pdf))
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) == 0 {
		t.Fatal("a document without pages")
	}
	return papertest.Text(pages)
}

func TestTheAnomaliesOnPaperAddUpToTheBooks(t *testing.T) {
	b := explaintest.Sample(t)
	files, sum := build(t, input(b))
	got := documentText(t, files[report.FileAnomaliesPDF])
	var all [2]int64
	for key, v := range anomaliesOf(t, b.File) {
		all[0] += v[0]
		all[1] += v[1]
		want := fmt.Sprintf("Tutte: %d | %s €", v[0], record.Cents(v[1]).Italian())
		if !strings.Contains(got, want) {
			t.Errorf("%s: no %q", key, want)
		}
	}
	if want := fmt.Sprintf("%d anomalie per %s €", all[0], record.Cents(all[1]).Italian()); !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
	count := int64(0)
	for _, u := range []*store.UnitTotals{&sum.Totals.Payments, &sum.Totals.Settlements, &sum.Totals.Movements} {
		n, _ := u.Anomalies()
		count += n
	}
	if count != all[0] {
		t.Errorf("%d anomalies in the summary, %d in the books", count, all[0])
	}
}

func TestTheBalanceOnPaperIsThatOfTheBooks(t *testing.T) {
	files, sum := build(t, input(explaintest.Sample(t)))
	got := documentText(t, files[report.FileBalancePDF])
	for _, r := range sum.Balance {
		if r.Code == "ROWS" {
			continue // no amounts
		}
		if want := " | " + r.Amount.Italian() + " €"; !strings.Contains(got, want) {
			t.Errorf("%s %s: no %q", r.Code, r.Part, want)
		}
	}
	if !strings.Contains(got, "I conti quadrano: tutti i residui sono zero.") {
		t.Error("it does not say that the books balance")
	}
	rows := readCSV(t, files["differenze.csv"])
	effect, total := column(t, rows[0], "effetto"), int64(0)
	for _, r := range rows[1:] {
		total += italianCents(t, r[effect])
	}
	if want := fmt.Sprintf("Tutte: %d | %s €", len(rows)-1, record.Cents(total).Italian()); !strings.Contains(got, want) {
		t.Errorf("the differences of the list come to %q, and the document does not say so", want)
	}
}

func TestTheRecordOnPaperHasEveryHash(t *testing.T) {
	b := explaintest.Sample(t)
	files, _ := build(t, input(b))
	got := strings.NewReplacer("\n", "", " ", "").Replace(documentText(t, files[report.FileRecordPDF])) // hashes may be wrapped
	var run struct {
		Files []struct{ SHA256, State string }
	}
	if err := json.Unmarshal([]byte(files[report.FileJSON]), &run); err != nil {
		t.Fatal(err)
	}
	loaded := 0
	for _, f := range run.Files {
		if f.State != "loaded" {
			continue
		}
		loaded++
		if !strings.Contains(got, f.SHA256) {
			t.Errorf("%s is not there", f.SHA256)
		}
	}
	if loaded == 0 {
		t.Error("no file loaded")
	}
	for _, want := range []string{b.Rules.Hash(), "Luogoedata", "L'organodirevisione"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q", want)
		}
	}
}

func TestDocumentsOfAMaskedPackDoNotSayWhoPaid(t *testing.T) {
	b := explaintest.Sample(t)
	open, _ := build(t, input(b))
	rows := readCSV(t, open[report.FileCSV])
	in := input(b)
	in.MaskPayers = true
	files, _ := build(t, in)
	for _, name := range []string{report.FileAnomaliesPDF, report.FileBalancePDF, report.FileRecordPDF} {
		got := documentText(t, files[name])
		if !strings.Contains(got, "senza chi ha pagato") {
			t.Errorf("%s does not say what it leaves out", name)
		}
		for _, secret := range []string{"debitore", "codice_debitore"} {
			at := column(t, rows[0], secret)
			for _, r := range rows[1:] {
				if len(r[at]) > 3 && strings.Contains(got, r[at]) {
					t.Errorf("%s says %q", name, r[at])
				}
			}
		}
	}
}

func TestEnglishDocuments(t *testing.T) {
	in := input(explaintest.Sample(t))
	in.Language = "en"
	files, _ := build(t, in)
	for name, want := range map[string]string{report.FileAnomaliesPDF: "Ages are in working days", report.FileBalancePDF: "The books balance", report.FileRecordPDF: "Place and date"} {
		if !bytes.Contains([]byte(files[name]), []byte("/Lang (en)")) {
			t.Errorf("%s is not in English", name)
		}
		if got := documentText(t, files[name]); !strings.Contains(got, want) {
			t.Errorf("%s: no %q", name, want)
		}
	}
}

var (
	element = regexp.MustCompile(` id="([^"]+)"`)
	svgOf   = regexp.MustCompile(`(?s)<svg id="([^"]+)".*?</svg>`)
)

func TestPagesHaveTheirPictures(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	for page, want := range map[string][]string{"index.html": {"calendario", "anzianita"}, "quadratura.html": {"euro"}, "anomalie.html": {"anzianita"},
		"flussi.html": {"accredito"}, "statistiche.html": {"mesi", "accredito"}, "attese.html": {"calendario"}} {
		var got []string
		for _, m := range svgOf.FindAllStringSubmatch(files[page], -1) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("%s shows %v, not %v", page, got, want)
		}
	}
	for name, content := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		seen := make(map[string]bool)
		for _, m := range element.FindAllStringSubmatch(content, -1) {
			if seen[m[1]] {
				t.Errorf("%s has two elements %q", name, m[1])
			}
			seen[m[1]] = true
		}
	}
}

// TestTheFlowOfEuroIsTheBridge: what the nodes of the picture carry is what the
// table below it says.
func TestTheFlowOfEuroIsTheBridge(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	page := files["quadratura.html"]
	svg := svgOf.FindString(page)
	for _, pillar := range []string{"Ricevute", "Totali dichiarati dai flussi", "Incassato, tolti gli storni"} {
		m := regexp.MustCompile(`<tr class="totale"><th scope="row">` + pillar + `</th><td class="n">[^<]*</td><td class="n">([^<]+)</td>`).FindStringSubmatch(page)
		if m == nil {
			t.Fatalf("no line %s", pillar)
		}
		if !strings.Contains(svg, ">"+m[1]+" €</text>") {
			t.Errorf("%s is %s in the table and not in the picture", pillar, m[1])
		}
	}
}

func TestDocumentsOfAPartSayNothingOfOthers(t *testing.T) {
	in := input(explaintest.Sample(t))
	in.Scope = content.Scope{DebtTypes: []string{"TARI"}}
	files, sum := build(t, in)
	for _, name := range []string{report.FileAnomaliesPDF, report.FileBalancePDF, report.FileRecordPDF} {
		got := documentText(t, files[name])
		if !strings.Contains(got, "solo tipo dovuto TARI") {
			t.Errorf("%s does not say what it is of", name)
		}
		for _, others := range []string{"Residuo: zero", "SHA-256", "I conti quadrano"} {
			if strings.Contains(got, others) {
				t.Errorf("%s says %q, which is about all the books", name, others)
			}
		}
	}
	var count int64
	var amount record.Cents
	for _, u := range []*store.UnitTotals{&sum.Totals.Payments, &sum.Totals.Settlements, &sum.Totals.Movements} {
		n, v := u.Anomalies()
		count += n
		amount += v
	}
	if want := fmt.Sprintf("%d anomalie per %s €", count, amount.Italian()); count == 0 || !strings.Contains(documentText(t, files[report.FileAnomaliesPDF]), want) {
		t.Errorf("the anomalies do not come to %q", want)
	}
}

func TestABriefPackHasTheDocuments(t *testing.T) {
	in := input(explaintest.Sample(t))
	whole, _ := build(t, in)
	in.Brief = true
	files, _ := build(t, in)
	if files[report.FileAnomaliesPDF] != whole[report.FileAnomaliesPDF] || files[report.FileRecordPDF] != whole[report.FileRecordPDF] {
		t.Error("the anomalies or the record of a brief pack differ from those of a whole one")
	}
	if got := documentText(t, files[report.FileBalancePDF]); !strings.Contains(got, "I conti quadrano: tutti i residui sono zero.") {
		t.Error("the balance of a brief pack does not say that the books balance")
	}
}
