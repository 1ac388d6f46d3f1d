package paper

import (
	"fmt"
	"strings"
	"sync"
	"unicode"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

const family = "Go"

func addFonts(pdf *fpdf.Fpdf) error {
	pdf.AddUTF8FontFromBytes(family, "", goregular.TTF)
	pdf.AddUTF8FontFromBytes(family, "B", gobold.TTF)
	if err := pdf.Error(); err != nil {
		return fmt.Errorf("fonts: %w", err)
	}
	return nil
}

// letters are what the font has, of the plane the PDF can name.
var letters = sync.OnceValue(func() *unicode.RangeTable {
	f, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		panic(err) // the font is compiled in
	}
	var table unicode.RangeTable
	var buf sfnt.Buffer
	for r := rune(' '); r < 0xFFFE; r++ {
		if g, err := f.GlyphIndex(&buf, r); err == nil && g != 0 {
			c := uint16(r)
			if n := len(table.R16); n > 0 && table.R16[n-1].Hi+1 == c {
				table.R16[n-1].Hi = c
			} else {
				table.R16 = append(table.R16, unicode.Range16{Lo: c, Hi: c, Stride: 1})
			}
		}
	}
	return &table
})

// printable is a text with what the font has.
func printable(s string) string {
	known := letters()
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		case r == 0x2212 || r == 0x2011: // minus, hyphen that does not break
			return '-'
		case r < 0x7F || unicode.Is(known, r):
			return r
		}
		return '?'
	}, s)
}
