package report_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/explain/explaintest"
	"quadra/engine/record"
	"quadra/engine/report"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var allFiles = []string{report.FileHTML, report.FileCSV, report.FileXLSX, report.FileRejects, report.FileDecisions, report.FileJSON}

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
	for _, name := range allFiles {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files[name] = string(b)
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

func TestTheReportOfTheSample(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	// The hash of the default ruleset changes with every wording of it.
	hash := explaintest.New(t).Rules.Hash()
	for _, name := range []string{report.FileHTML, report.FileCSV, report.FileRejects} {
		golden(t, name, strings.ReplaceAll(files[name], hash, "HASH-OF-THE-RULESET"))
	}
}

func TestTheEnglishReportOfTheSample(t *testing.T) {
	in := input(explaintest.Sample(t))
	in.Language = "en"
	files, _ := build(t, in)
	html := files[report.FileHTML]
	for _, want := range []string{`<html lang="en">`, "As of <strong>", "20 March 2026", "The books balance.", "Duplicate payment", "over 60"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
}

func TestTheSameBooksGiveTheSameBytes(t *testing.T) {
	b := explaintest.Sample(t)
	first, _ := build(t, input(b))
	again, _ := build(t, input(b))
	elsewhere, _ := build(t, input(explaintest.Sample(t)))
	for _, name := range allFiles {
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
	old, now := strings.Split(before[report.FileHTML], "\n"), strings.Split(after[report.FileHTML], "\n")
	var changed []string
	for i := range old {
		if old[i] != now[i] {
			changed = append(changed, old[i]+" -> "+now[i])
		}
	}
	want := []string{fmt.Sprintf("<dt>Esecuzione</dt><dd>%d</dd> -> <dt>Esecuzione</dt><dd>%d</dd>", first, b.Run.ID)}
	if diff := cmp.Diff(want, changed); diff != "" {
		t.Errorf("changed lines (-want +got):\n%s", diff)
	}
}

func TestThePageStandsAlone(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	html := files[report.FileHTML]
	for _, banned := range []string{"<script", "http://", "https://", "@import", "url(", "<link", "<img"} {
		// The hostile text of the sample is shown escaped, so it has no < of its own.
		if strings.Contains(strings.ReplaceAll(html, "http://example.org", ""), banned) {
			t.Errorf("the page holds %q", banned)
		}
	}
}

func TestHostileTextsStayText(t *testing.T) {
	files, _ := build(t, input(explaintest.Sample(t)))
	if html := files[report.FileHTML]; !strings.Contains(html, "&lt;script&gt;alert(&#34;quadra&#34;)&lt;/script&gt;") {
		t.Error("the markup in a payer's name is not shown escaped")
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
	in.RowsPerCode = 1
	files, _ := build(t, in)
	html := files[report.FileHTML]
	for _, want := range []string{
		`Qui le più vecchie: 1 di 3. Le altre 2 sono in <a href="anomalie.csv">`, // CASHED_DIFFERENT
		`Qui gli ultimi 1 di 6 file. Gli altri 5 sono in <a href="run.json">`,    // files
		`Qui gli ultimi 1 di 5 file. Gli altri 4 sono in <a href="run.json">`,    // hashes
	} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	// Of the three settled with another amount the oldest is shown.
	_, section, found := strings.Cut(html, `id="payment-cashed-different"`)
	if !found {
		t.Fatal("the page has no section of its own for CASHED_DIFFERENT")
	}
	section, _, _ = strings.Cut(section, "</table>")
	if !strings.Contains(section, explaintest.IUV(5)) || strings.Contains(section, explaintest.IUV(14)) {
		t.Error("the oldest row is not the one shown")
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
	for _, todo := range []string{`<a href="#file">File rifiutati</a>`, `<a href="#file">Righe scartate</a>`} {
		if !strings.Contains(before[report.FileHTML], todo) || strings.Contains(after[report.FileHTML], todo) {
			t.Errorf("%s: not to do before, or still to do after", todo)
		}
	}
	if !strings.Contains(after[report.FileHTML], "il contenuto non è di un formato che quadra legge") {
		t.Error("the refusal is gone from the list of files")
	}
}

func TestEmptyBooksHaveAReport(t *testing.T) {
	b := explaintest.New(t)
	b.Night(explaintest.SampleAsOf)
	files, sum := build(t, input(b))
	for _, want := range []string{"I conti quadrano.", "Niente: nessuna anomalia", "Nessun file nei registri.", "Nessun file caricato."} {
		if !strings.Contains(files[report.FileHTML], want) {
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
	if !strings.Contains(files[report.FileHTML], "23 marzo 2026") {
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
