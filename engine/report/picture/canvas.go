package picture

import (
	"html"
	"strconv"
	"strings"
	"unicode"
)

// canvas writes SVG. Coordinates have two decimals, which is finer than any
// printer.
type canvas struct {
	b    strings.Builder
	id   string
	halo bool // texts are kept clear of what is behind them
}

// The classes of quadra.css pictures use.
const (
	good    = "bene"
	bad     = "male"
	neutral = "neutro"
	pale    = "debole"
	axis    = "asse"
	grid    = "griglia"
	strong  = "forte"
)

// pageWidth is that of every picture.
const pageWidth = 960.0

// newCanvas begins a drawing that says what it shows to who cannot see it.
func newCanvas(h *Head, height float64, description string) *canvas {
	c := &canvas{id: h.ID}
	c.b.WriteString(`<svg id="` + h.ID + `" role="img" aria-labelledby="` + h.ID + `-titolo ` + h.ID + `-testo" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ` +
		num(pageWidth) + ` ` + num(height) + `" width="` + num(pageWidth) + `" height="` + num(height) + `">` + "\n")
	c.b.WriteString(`<title id="` + h.ID + `-titolo">` + escape(h.Title) + "</title>\n")
	c.b.WriteString(`<desc id="` + h.ID + `-testo">` + escape(description) + "</desc>\n")
	return c
}

// patterns defines fills that tell apart without colour: see hatched, dotted.
func (c *canvas) patterns() {
	c.b.WriteString(`<defs><pattern id="` + c.id + `-righe" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">` +
		`<path class="tratto-2" d="M1.5 0V6M4.5 0V6"/></pattern>` +
		`<pattern id="` + c.id + `-punti" width="5" height="5" patternUnits="userSpaceOnUse"><circle class="tinta-3" cx="2.5" cy="2.5" r="1.6"/></pattern></defs>` + "\n")
}

func (c *canvas) hatched() string { return `fill="url(#` + c.id + `-righe)"` }
func (c *canvas) dotted() string  { return `fill="url(#` + c.id + `-punti)"` }

func (c *canvas) end() string {
	c.b.WriteString("</svg>\n")
	return c.b.String()
}

func class(name string) string { return `class="` + name + `"` }

// rect draws a box; how is its class or its fill.
func (c *canvas) rect(x, y, w, h float64, how string) {
	c.b.WriteString(`<rect ` + how + ` x="` + num(x) + `" y="` + num(y) + `" width="` + num(w) + `" height="` + num(h) + `"/>` + "\n")
}

func (c *canvas) line(x1, y1, x2, y2 float64, how string) {
	c.b.WriteString(`<line ` + how + ` x1="` + num(x1) + `" y1="` + num(y1) + `" x2="` + num(x2) + `" y2="` + num(y2) + `"/>` + "\n")
}

func (c *canvas) path(d, how string) {
	c.b.WriteString(`<path ` + how + ` d="` + d + `"/>` + "\n")
}

// Where a text begins.
const (
	left   = ""
	middle = "middle"
	right  = "end"
)

// text writes on one line, cut to the room there is.
func (c *canvas) text(x, y, room float64, anchor, style, s string) {
	s = fit(s, room, style == strong)
	if s == "" {
		return
	}
	c.b.WriteString(`<text`)
	if style != "" {
		c.b.WriteString(` class="` + style + `"`)
	}
	if c.halo {
		c.b.WriteString(` paint-order="stroke" stroke="var(--carta,#fff)" stroke-width="4" stroke-linejoin="round"`)
	}
	if anchor != left {
		c.b.WriteString(` text-anchor="` + anchor + `"`)
	}
	c.b.WriteString(` x="` + num(x) + `" y="` + num(y) + `">` + escape(s) + "</text>\n")
}

// num writes a coordinate.
func num(v float64) string {
	s := strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// escape makes a text safe in SVG; what XML does not allow becomes a space.
func escape(s string) string { return html.EscapeString(clean(s)) }

// clean makes one line of a text.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == 0xFFFE || r == 0xFFFF {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}
