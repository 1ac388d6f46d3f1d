package report_test

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/explain/explaintest"
	"quadra/engine/record"
	"quadra/engine/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func input(b *explaintest.Books) report.Input {
	return report.Input{
		Store: b.Store, Entity: report.Entity{IPA: "c_q001", TaxCode: "80000123457", Name: "Comune di Prova"},
		Run: b.Run, Rules: b.Rules, Calendar: b.Calendar, Terms: b.Terms,
	}
}

// build writes a report and returns its files by name.
func build(t *testing.T, in report.Input) (map[string]string, *report.Summary) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "report")
	sum, err := report.Build(context.Background(), in, dir)
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files, sum
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (run with -update to write it)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (-want +got):\n%s", name, diff)
	}
}

// drawings have their own tests.
var drawings = regexp.MustCompile(`(?s)<svg.*?</svg>`)

func TestTheReportOfTheSample(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	// The hash of the default ruleset changes with every wording of it.
	hash := explaintest.New(t).Rules.Hash()
	for _, name := range []string{report.FileHTML, "quadratura.html", "anomalie.html", "verbale.html", report.FileCSV, report.FileRejects} {
		golden(t, name, drawings.ReplaceAllString(strings.ReplaceAll(files[name], hash, "HASH-OF-THE-RULESET"), "<svg/>"))
	}
}

func TestTheEnglishReportOfTheSample(t *testing.T) {
	in := input(explaintest.Sample(t))
	in.Language = "en"
	files, _ := build(t, in)
	html := files[report.FileHTML] + files["anomalie.html"]
	for _, want := range []string{`<html lang="en">`, "As of <time", "The books balance.", "Duplicate payment", "over 60"} {
		if !strings.Contains(html, want) {
			t.Errorf("the pages do not say %q", want)
		}
	}
}

func TestTheSameBooksGiveTheSameBytes(t *testing.T) {
	b := explaintest.Sample(t)
	first, _ := build(t, input(b))
	again, _ := build(t, input(b))
	elsewhere, _ := build(t, input(explaintest.Sample(t)))
	for name := range first {
		if again[name] != first[name] {
			t.Errorf("%s differs when written again", name)
		}
		if elsewhere[name] != first[name] {
			t.Errorf("%s differs for the same books built again", name)
		}
	}
}

func TestANightWithoutNewsChangesNothingButTheRun(t *testing.T) {
	b := explaintest.Sample(t)
	before, _ := build(t, input(b))
	first := b.Run.ID
	b.Night(explaintest.SampleAsOf)
	after, _ := build(t, input(b))
	for _, name := range []string{report.FileCSV, report.FileXLSX, report.FileRejects} {
		if before[name] != after[name] {
			t.Errorf("%s differs", name)
		}
	}
	for name := range before {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		old := strings.NewReplacer(fmt.Sprintf("<dt>Esecuzione</dt><dd>%d</dd>", first), "").Replace(before[name])
		now := strings.NewReplacer(fmt.Sprintf("<dt>Esecuzione</dt><dd>%d</dd>", b.Run.ID), "").Replace(after[name])
		if name == report.FileHTML { // what is new is of the run
			old, now = withoutNews(old), withoutNews(now)
		}
		if diff := cmp.Diff(old, now); diff != "" {
			t.Errorf("%s changed (-want +got):\n%s", name, diff)
		}
	}
}

// withoutNews is a page without what is new since the run before.
func withoutNews(page string) string {
	before, rest, _ := strings.Cut(page, "<h2>Novità")
	_, after, _ := strings.Cut(rest, "<h2>Da fare")
	return before + after
}

// TestAPackNeedsNothingFromOutside: every address in a page is a file of the
// folder, and the pages forbid the rest.
func TestAPackNeedsNothingFromOutside(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	address := regexp.MustCompile(`(?:href|src)="([^"#]*)(?:#[^"]*)?"`)
	for name, html := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, m := range address.FindAllStringSubmatch(html, -1) {
			if _, ok := files[m[1]]; m[1] != "" && !ok {
				t.Errorf("%s leads to %s, which is not there", name, m[1])
			}
		}
		if !strings.Contains(html, "default-src 'none'") {
			t.Errorf("%s does not forbid what comes from outside", name)
		}
	}
	html := strings.ReplaceAll(files[report.FileHTML], "http://www.w3.org/2000/svg", "") // a name, not an address
	for _, banned := range []string{"http://", "https://", "@import", "url(", "<img", "style="} {
		// The hostile text of the sample is shown escaped, so it has no < of its own.
		if strings.Contains(strings.ReplaceAll(html, "http://example.org", ""), banned) {
			t.Errorf("the page holds %q", banned)
		}
	}
}

func TestHostileTextsStayText(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	if html := files["ricevute.html"]; !strings.Contains(html, "&lt;script&gt;alert(&#34;quadra&#34;)&lt;/script&gt;") {
		t.Error("the markup in a payer's name is not shown escaped")
	}
	for name, content := range files {
		if strings.HasPrefix(name, "dati/") && strings.Contains(content, "<script") {
			t.Errorf("%s holds markup", name)
		}
	}
	csv := files[report.FileCSV]
	for _, want := range []string{`;"'=HYPERLINK(""http://example.org"";""clic"")";`, `;'@SUM(1);`} {
		if !strings.Contains(csv, want) {
			t.Errorf("the CSV does not hold %s", want)
		}
	}
	if want := ";-2,00;"; !strings.Contains(csv, want) {
		t.Errorf("a negative amount is no longer a number: %s is not in the CSV", want)
	}
	if !strings.Contains(files[report.FileRejects], ";'=1+1;") {
		t.Error("the value of a reject would run as a formula")
	}
}

func TestWhatThePageHasNoRoomForIsSaid(t *testing.T) {
	in := input(explaintest.Sample(t))
	in.Shown = 1
	files, _ := build(t, in)
	for name, want := range map[string]string{
		"pagamenti.html": `Altre 20 righe: <a href="pagamenti.csv" download>CSV</a>`,
		"file.html":      `Altre 5 righe: <a href="file.csv" download>CSV</a>`,
	} {
		if !strings.Contains(files[name], want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
	if n := strings.Count(files[report.FileCSV], ";CASHED_DIFFERENT;"); n != 3 {
		t.Errorf("the CSV holds %d of 3", n)
	}
}

func TestAFileDeliveredAgainIsNoLongerToDo(t *testing.T) {
	b := explaintest.Sample(t)
	before, _ := build(t, input(b))
	b.Load("giornale_marzo.pdf", record.Doc{Kind: record.KindMovements, Format: "opi-xml"}, func(record.Sink) error { return nil })
	b.Load("pagati_20260302.csv", record.Doc{Kind: record.KindReceipts, Format: "mypay-paid-csv"}, func(record.Sink) error { return nil })
	b.Night(explaintest.SampleAsOf)
	after, _ := build(t, input(b))
	for _, todo := range []string{`<a href="file.html">File rifiutati</a>`, `<a href="file.html">Righe scartate</a>`} {
		if !strings.Contains(before[report.FileHTML], todo) || strings.Contains(after[report.FileHTML], todo) {
			t.Errorf("%s: not to do before, or still to do after", todo)
		}
	}
	if !strings.Contains(after["file.html"], "il contenuto non è di un formato che quadra legge") {
		t.Error("the refusal is gone from the list of files")
	}
}

func TestEmptyBooksHaveAReport(t *testing.T) {
	b := explaintest.New(t)
	b.Night(explaintest.SampleAsOf)
	files, sum := build(t, input(b))
	for _, want := range []string{"I conti quadrano.", "Niente: nessuna anomalia", "Niente da mostrare.", "Nessun file caricato."} {
		if !strings.Contains(files[report.FileHTML]+files["file.html"]+files["verbale.html"], want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if n := strings.Count(files[report.FileCSV], "\r\n"); n != 1 {
		t.Errorf("the CSV has %d lines, want the header alone", n)
	}
	if sum.Totals.Payments.Count != 0 || sum.Residuals != 0 {
		t.Errorf("summary %+v", sum)
	}
}

func TestARunWithoutBalanceIsSaid(t *testing.T) {
	b := explaintest.Sample(t)
	run := *b.Run
	run.ID++
	in := input(b)
	in.Run = &run
	files, _ := build(t, in)
	if !strings.Contains(files[report.FileHTML], "La quadratura di questa esecuzione non è nei registri.") {
		t.Error("the page does not say that there is no balance")
	}
	if !strings.Contains(files[report.FileJSON], `"balanced": false`) {
		t.Error("run.json calls it balanced")
	}
}

func TestAgesAreSeenFromTheAsOfDate(t *testing.T) {
	in := input(explaintest.Sample(t))
	in.AsOf = explaintest.Day("2026-03-23")
	files, _ := build(t, in)
	if !strings.Contains(files[report.FileHTML], "23/03/2026") {
		t.Error("the page is not dated as asked")
	}
	if !strings.Contains(files[report.FileCSV], ";12/01/2026;14/01/2026;50;31-60;") {
		t.Error("the oldest payment is not a working day older")
	}
}

func TestACancelledReportLeavesTheFormer(t *testing.T) {
	b := explaintest.Sample(t)
	dir := filepath.Join(t.TempDir(), "report")
	if _, err := report.Build(context.Background(), input(b), dir); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := report.Build(ctx, input(b), dir); err == nil {
		t.Error("a cancelled report is no error")
	}
	if _, err := os.Stat(filepath.Join(dir, report.FileHTML)); err != nil {
		t.Errorf("the former report is gone: %v", err)
	}
}
