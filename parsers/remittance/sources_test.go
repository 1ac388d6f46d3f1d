package remittance_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/parsers/remittance"
)

var update = flag.Bool("update", false, "write the readings of testdata/sources.txt anew")

// TestTextsOfOthers reads every remittance text known from the tests and the
// documentation of other systems, and each damage banks do to them. The file says
// where a text is from, the text, and what is read: the step that found each
// reference, with ? when it is ambiguous, and nothing where there is none.
func TestTextsOfOthers(t *testing.T) {
	path := filepath.Join("testdata", "sources.txt")
	in, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	comment, body, _ := strings.Cut(string(in), "\n")
	out := comment + "\n"
	texts := 0
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	for i := 0; i+2 < len(lines); i += 3 {
		text := strings.TrimPrefix(lines[i+1], "\t")
		out += lines[i] + "\n\t" + text + "\n\t= " + brief(remittance.Read(text)) + "\n"
		texts++
	}
	if texts < 60 || len(lines)%3 != 0 {
		t.Fatalf("%d texts in %d lines", texts, len(lines))
	}
	if *update {
		if err := os.WriteFile(path, []byte(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff(string(in), out); diff != "" && !*update {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestSharedTextsAreAllHere finds no text beside the project that the table lacks.
func TestSharedTextsAreAllHere(t *testing.T) {
	shared, err := os.ReadFile(filepath.Join("..", "..", "..", "shared", "samples", "derived-cash", "causali.tsv"))
	if err != nil {
		t.Skip("the samples beside the project are not here")
	}
	table, err := os.ReadFile(filepath.Join("testdata", "sources.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(shared)) {
		text, _, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if strings.HasPrefix(line, "#") || text == "" {
			continue
		}
		if !strings.Contains(string(table), "\n\t"+text+"\n") {
			t.Errorf("%q is not in the table", text)
		}
	}
}
