// Package papertest reads the text of the documents of paper back, without a
// program from outside.
package papertest

import (
	"bytes"
	"cmp"
	"compress/zlib"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
)

// Page is the lines of a page from top to bottom; what stands side by side on a
// line is parted by " | ".
type Page []string

var (
	streams = regexp.MustCompile(`(?s)<<[^>]*/Length (\d+)[^>]*>>\nstream\n`)
	texts   = regexp.MustCompile(`(?s)BT ([0-9.]+) ([0-9.]+) Td \(((?:\\.|[^\\)])*)\) ?Tj ET`)
)

// Read returns the pages of a document.
func Read(pdf []byte) ([]Page, error) {
	var pages []Page
	for _, at := range streams.FindAllSubmatchIndex(pdf, -1) {
		n, err := strconv.Atoi(string(pdf[at[2]:at[3]]))
		if err != nil || at[1]+n > len(pdf) {
			return nil, fmt.Errorf("stream at %d: length %q", at[0], pdf[at[2]:at[3]])
		}
		z, err := zlib.NewReader(bytes.NewReader(pdf[at[1] : at[1]+n]))
		if err != nil {
			continue // a map of letters, not a page
		}
		content, err := io.ReadAll(z)
		if err != nil {
			return nil, fmt.Errorf("stream at %d: %w", at[0], err)
		}
		if p := page(content); len(p) > 0 {
			pages = append(pages, p)
		}
	}
	return pages, nil
}

type word struct {
	x, y float64
	text string
}

func page(content []byte) Page {
	var words []word
	for _, m := range texts.FindAllSubmatch(content, -1) {
		x, errX := strconv.ParseFloat(string(m[1]), 64)
		y, errY := strconv.ParseFloat(string(m[2]), 64)
		if errX != nil || errY != nil {
			return nil
		}
		words = append(words, word{x, y, decode(m[3])})
	}
	slices.SortStableFunc(words, func(a, b word) int { return cmp.Compare(b.y, a.y) })
	var p Page
	for len(words) > 0 {
		n := 1 // words of one line, whose base differs with their size
		for n < len(words) && words[n-1].y-words[n].y < 1 {
			n++
		}
		line := words[:n]
		words = words[n:]
		slices.SortStableFunc(line, func(a, b word) int { return cmp.Compare(a.x, b.x) })
		parts := make([]string, n)
		for i, w := range line {
			parts[i] = w.text
		}
		p = append(p, strings.Join(parts, " | "))
	}
	return p
}

var escapes = strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r", `\n`, "\n")

// decode reads UTF-16 as a PDF string escapes it.
func decode(b []byte) string {
	s := escapes.Replace(string(b))
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}

// Text is the whole document, pages parted by a line.
func Text(pages []Page) string {
	var b strings.Builder
	for i, p := range pages {
		fmt.Fprintf(&b, "--- %d\n", i+1)
		for _, l := range p {
			b.WriteString(l + "\n")
		}
	}
	return b.String()
}
