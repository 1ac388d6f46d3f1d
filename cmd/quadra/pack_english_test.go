package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"quadra/engine/report/web/webtest"
)

// sameWords are words of the pages that are the same in both languages: the field's
// own word for what has no other, and names of files, formats and units.
var sameWords = []string{"accertamenti", "accertamento", "all", "anomalie", "byte", "comune", "decile", "dev", "euro", "file", "ipa", "json", "mypivot", "pdf", "prova", "quadratura", "run", "sha", "verbale", "zero"}

// noItalianLeft reads every page and a panel of every list in both languages: a
// word that stands in both is data, which the files for machines have too, or it
// was not translated.
func noItalianLeft(t *testing.T, italian, english *monthPack) {
	data, delivered := wordsOfFiles(t, english.dir, "*.csv"), wordsOfFiles(t, english.dir, "file.csv", "scarti.csv")
	for _, w := range sameWords {
		data[w] = true
	}
	it, en := browse(t, italian), browse(t, english)
	for _, name := range packPages {
		if name == "guida" { // the guide is in Italian, and says so
			continue
		}
		for _, address := range addressesOf(t, en, english, name) {
			said := wordsOfPage(it, italian, name, address)
			var left []string
			for w := range wordsOfPage(en, english, name, address) {
				if said[w] && !data[w] && (name != "file" && name != "verbale" || !delivered[w]) {
					left = append(left, w)
				}
			}
			slices.Sort(left)
			if len(left) > 0 {
				t.Errorf("%s%s has words of the Italian page: %q", name, address, left)
			}
		}
	}
}

// addressesOf are the page alone and, for each of its lists, with its first panel
// open.
func addressesOf(t *testing.T, b *webtest.Browser, m *monthPack, name string) []string {
	t.Helper()
	b.Visit(m.dir, name+".html", "")
	b.Complete()
	return append([]string{""}, webtest.Eval[[]string](b, `Array.from(document.querySelectorAll("section.elenco"), s => s.querySelector("tbody:not(.vano) th a[href^='#scheda=']"))
		.filter(a => a).map(a => a.getAttribute("href"))`)...)
}

// wordsOfPage are the words people see or hear on a page, everything opened.
func wordsOfPage(b *webtest.Browser, m *monthPack, name, address string) map[string]bool {
	b.Visit(m.dir, name+".html", address)
	b.Complete()
	if address != "" {
		b.Wait(`document.querySelector("dialog[open] .corpo dl")`)
	}
	return wordsOf(webtest.Eval[string](b, `(() => {
		document.querySelectorAll("details").forEach(d => { d.open = true });
		document.querySelectorAll("code, .perche dl dt").forEach(e => e.remove()); // names of rules and facts
		const said = [document.title, document.body.innerText];
		document.querySelectorAll("*").forEach(e => {
			for (const a of ["title", "aria-label", "placeholder", "alt"]) if (e.hasAttribute(a)) said.push(e.getAttribute(a));
			if (e.namespaceURI.endsWith("svg") && !e.children.length) said.push(e.textContent);
		});
		return new Promise(kept => setTimeout(() => kept(said.join(" ") + document.body.innerText), 300));
	})()`))
}

// wordsOfFiles are the words of the data: of all lists but those of files and
// rejects, whose reasons are Italian sentences, or of these.
func wordsOfFiles(t *testing.T, dir string, patterns ...string) map[string]bool {
	t.Helper()
	all := make(map[string]bool)
	for _, pattern := range patterns {
		names, err := filepath.Glob(filepath.Join(dir, pattern))
		if err != nil || len(names) == 0 {
			t.Fatalf("the pack has no %s: %v", pattern, err)
		}
		for _, name := range names {
			if base := filepath.Base(name); pattern == "*.csv" && (base == "file.csv" || base == "scarti.csv") {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			_, rows, _ := strings.Cut(string(text), "\n") // keys of columns are no data
			for w := range wordsOf(rows) {
				all[w] = true
			}
		}
	}
	delete(all, "movimento") // a code in the files, a word on the pages
	return all
}

// wordsOf are words of three letters or more, in small letters.
func wordsOf(text string) map[string]bool {
	out := make(map[string]bool)
	for w := range strings.FieldsFuncSeq(text, func(r rune) bool { return !unicode.IsLetter(r) }) {
		if len([]rune(w)) > 2 {
			out[strings.ToLower(w)] = true
		}
	}
	return out
}
