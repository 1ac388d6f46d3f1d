package parsers_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/parsers"
)

// TestTheTableOfFormatsIsTheSameEverywhere holds the table of the package
// documentation and that of the README to what quadra formats prints; -update
// writes both anew.
func TestTheTableOfFormatsIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	var doc, readme strings.Builder
	readme.WriteString("| format | versions | recognised by | what leaves a row out | what refuses the file |\n|---|---|---|---|---|\n")
	for _, f := range parsers.Formats() {
		versions := f.Versions
		if versions == "" {
			versions = "-"
		}
		for _, text := range []string{f.Name, f.Title, f.Recognised, f.Rejected, f.Refused} {
			if text == "" || strings.ContainsAny(text, "|\n") {
				t.Errorf("%s: %q", f.Name, text)
			}
		}
		fmt.Fprintf(&doc, "//\t%s (%s), versions %s\n//\t    recognised  %s\n//\t    row out     %s\n//\t    file out    %s\n",
			f.Name, f.Kind, versions, f.Recognised, f.Rejected, f.Refused)
		fmt.Fprintf(&readme, "| `%s` | %s | %s | %s | %s |\n", f.Name, versions, f.Recognised, f.Rejected, f.Refused)
	}
	between(t, "doc.go", "// # Formats\n//\n", "package parsers\n", doc.String())
	between(t, filepath.Join("..", "README.md"), "<!-- formats: written by go test ./parsers -update -->\n", "<!-- /formats -->\n", readme.String())
}

// between holds what stands in a file between two marks to a text.
func between(t *testing.T, path, start, end, want string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, found := strings.Cut(string(text), start)
	got, tail, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s: %q and %q are not in it", path, start, end)
	}
	if *update && got != want {
		if err := os.WriteFile(path, []byte(head+start+want+end+tail), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestEveryFormatOfASampleIsInTheTable finds no document of a format the table does
// not have, and none of the table without a sample document.
func TestEveryFormatOfASampleIsInTheTable(t *testing.T) {
	t.Parallel()
	golden, err := os.ReadFile(filepath.Join("testdata", "families.golden"))
	if err != nil {
		t.Fatal(err)
	}
	inSamples := map[string]bool{}
	for line := range strings.Lines(string(golden)) {
		_, found, _ := strings.Cut(line, ": ")
		for document := range strings.SplitSeq(found, " + ") {
			if words := strings.Fields(document); len(words) > 1 {
				inSamples[strings.TrimSuffix(words[1], ",")] = true
			}
		}
	}
	// Tables in a workbook are told by their layout: any stands for all. Those made
	// by the tests have no file.
	elsewhere := map[string]string{
		"provvisori-xlsx": "TestParseWorkbook", "quadra-decisions-csv": "package decision", "notes-csv": "package note", "accertamenti-instructions-csv": "package instruction", "quadra-chapters-csv": "package chapter", "provvisori-ods": "TestSheets", "provvisori-xls": "conto-bancario-xls", "cbi-rh": "cash/testdata/cbi_rh.txt", "conto-bancario-html": "provvisori-html",
	}
	for _, f := range parsers.Formats() {
		if !inSamples[f.Name] && elsewhere[f.Name] == "" {
			t.Errorf("no sample of %s", f.Name)
		}
	}
}
