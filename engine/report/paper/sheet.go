package paper

import (
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
)

// Millimetres of an A4 page.
const (
	margin     = 15.0
	top        = 26.0 // below the head of the page
	bottom     = 18.0 // above its foot
	lineOf9    = 4.1  // height of a line of text
	lineOf8    = 3.7
	cellInset  = 1.2
	cellLines  = 14 // of a cell at most
	signatures = 52.0
)

// The colours: text is black, the rest is for lines and bands.
type colour struct{ r, g, b int }

var (
	band = colour{233, 237, 241}
	mark = colour{253, 235, 223}
	line = colour{140, 150, 160}
)

// sheet lays text out on pages.
type sheet struct {
	pdf   *fpdf.Fpdf
	head  *Head
	title string
	pages int     // in all; 0 while they are counted
	w, h  float64 // of a page
}

func newSheet(head *Head, title string, wide bool, pages int) (*sheet, error) {
	orientation := fpdf.OrientationPortrait
	if wide {
		orientation = fpdf.OrientationLandscape
	}
	pdf := fpdf.New(orientation, fpdf.UnitMillimeter, fpdf.PageSizeA4, "")
	s := &sheet{pdf: pdf, head: head, title: title, pages: pages}
	s.w, s.h = pdf.GetPageSize()
	day := time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	if head.AsOf != 0 {
		day = head.AsOf.Time()
	}
	pdf.SetCatalogSort(true)
	pdf.SetCreationDate(day)
	pdf.SetModificationDate(day)
	pdf.SetProducer("quadra", true)
	pdf.SetCreator("quadra", true)
	pdf.SetTitle(title+" · "+printable(head.Entity)+" · "+head.day(head.AsOf), true)
	pdf.SetAuthor(printable(head.Entity), true)
	pdf.SetSubject(head.say("Situazione al ", "As of ")+head.day(head.AsOf), true)
	pdf.SetLang(head.say("it-IT", "en"))
	pdf.SetDisplayMode("fullwidth", "continuous")
	pdf.SetMargins(margin, top, margin)
	pdf.SetAutoPageBreak(false, bottom)
	pdf.SetCellMargin(0)
	pdf.SetLineWidth(.2)
	if err := addFonts(pdf); err != nil {
		return nil, err
	}
	pdf.SetHeaderFunc(s.pageHead)
	pdf.SetFooterFunc(s.pageFoot)
	pdf.AddPage()
	return s, pdf.Error()
}

func (s *sheet) bold(size float64)    { s.pdf.SetFont(family, "B", size) }
func (s *sheet) regular(size float64) { s.pdf.SetFont(family, "", size) }
func (s *sheet) inner() float64       { return s.w - 2*margin }
func (s *sheet) left() float64        { return s.h - bottom - s.pdf.GetY() }

// at writes one line, cut to the room there is.
func (s *sheet) at(x, y, room, height float64, align, text string) {
	text = printable(text)
	if s.pdf.GetStringWidth(text) > room {
		runes := []rune(text)
		for len(runes) > 0 && s.pdf.GetStringWidth(string(runes)+"…") > room {
			runes = runes[:len(runes)-1]
		}
		text = string(runes) + "…"
	}
	s.pdf.SetXY(x, y)
	s.pdf.CellFormat(room, height, text, "", 0, align, false, 0, "")
}

func (s *sheet) stroke(c colour) { s.pdf.SetDrawColor(c.r, c.g, c.b) }
func (s *sheet) fill(c colour)   { s.pdf.SetFillColor(c.r, c.g, c.b) }

func (s *sheet) pageHead() {
	s.bold(10)
	s.at(margin, 10, s.inner()*.6, 5, "L", s.head.Entity)
	s.regular(9)
	s.at(margin+s.inner()*.6, 10, s.inner()*.4, 5, "R", s.head.say("Situazione al ", "As of ")+s.head.day(s.head.AsOf))
	var codes []string
	if s.head.TaxCode != "" {
		codes = append(codes, s.head.say("codice fiscale ", "tax code ")+s.head.TaxCode)
	}
	if s.head.IPA != "" {
		codes = append(codes, s.head.say("codice IPA ", "IPA code ")+s.head.IPA)
	}
	s.regular(8)
	s.at(margin, 15, s.inner()*.6, 4, "L", strings.Join(codes, " · "))
	s.at(margin+s.inner()*.6, 15, s.inner()*.4, 4, "R", s.title)
	s.stroke(line)
	s.pdf.Line(margin, 20.5, s.w-margin, 20.5)
	s.pdf.SetXY(margin, top)
}

func (s *sheet) pageFoot() {
	y := s.h - bottom + 6
	s.stroke(line)
	s.pdf.Line(margin, y-1.5, s.w-margin, y-1.5)
	s.regular(8)
	s.at(margin, y, s.inner()-40, 4, "L", s.head.Run)
	s.at(s.w-margin-38, y, 38, 4, "R", s.head.say("pagina ", "page ")+strconv.Itoa(s.pdf.PageNo())+s.head.say(" di ", " of ")+strconv.Itoa(s.pages))
}

// keep begins a new page unless there is so much room left.
func (s *sheet) keep(room float64) {
	if s.left() < room && s.pdf.GetY() > top {
		s.pdf.AddPage()
		s.pdf.SetXY(margin, top)
	}
}

func (s *sheet) heading(text string) {
	s.bold(16)
	s.at(margin, s.pdf.GetY(), s.inner(), 8, "L", text)
	s.pdf.SetXY(margin, s.pdf.GetY()+10)
}

// section writes a heading, which never stands alone at the end of a page, and a
// bookmark.
func (s *sheet) section(text string, small bool) {
	if text == "" {
		return
	}
	s.keep(28)
	size, level := 12.0, 0
	if small {
		size, level = 10, 1
	}
	s.bold(size)
	s.pdf.Bookmark(printable(text), level, -1)
	y := s.pdf.GetY() + 2
	for _, l := range s.wrap(text, s.inner(), 3) {
		s.at(margin, y, s.inner(), 5.5, "L", l)
		y += 5.5
	}
	s.pdf.SetXY(margin, y+1)
}

func (s *sheet) paragraph(text string) {
	if text == "" {
		return
	}
	s.regular(9)
	for _, l := range s.wrap(text, min(s.inner(), 180), 0) {
		s.keep(lineOf9)
		s.regular(9)
		y := s.pdf.GetY()
		s.at(margin, y, s.inner(), lineOf9, "L", l)
		s.pdf.SetXY(margin, y+lineOf9)
	}
	s.pdf.SetXY(margin, s.pdf.GetY()+1.5)
}

// pairs writes names on the left and values on the right of them.
func (s *sheet) pairs(pairs []Pair) {
	const names = 55.0
	for _, p := range pairs {
		s.regular(9)
		name, value := s.wrap(p.Name, names-3, cellLines), s.wrap(p.Value, s.inner()-names, cellLines)
		height := float64(max(len(name), len(value), 1))*lineOf9 + .6
		s.keep(height)
		y := s.pdf.GetY()
		s.regular(9)
		for i, l := range name {
			s.at(margin, y+float64(i)*lineOf9, names-3, lineOf9, "L", l)
		}
		s.bold(9)
		value = s.wrap(p.Value, s.inner()-names, cellLines)
		for i, l := range value {
			s.at(margin+names, y+float64(i)*lineOf9, s.inner()-names, lineOf9, "L", l)
		}
		s.pdf.SetXY(margin, y+max(height, float64(len(value))*lineOf9+.6))
	}
	if len(pairs) > 0 {
		s.pdf.SetXY(margin, s.pdf.GetY()+2)
	}
}

// signatures writes the block people sign, whole on one page.
func (s *sheet) signatures(where string, who []string) {
	s.keep(signatures)
	y := s.pdf.GetY() + 10
	s.regular(9)
	s.at(margin, y, 30, 5, "L", where)
	s.stroke(line)
	s.pdf.Line(margin+32, y+5, margin+110, y+5)
	y += 20
	room := s.inner() / float64(len(who))
	for i, name := range who {
		x := margin + float64(i)*room
		s.regular(9)
		s.at(x, y, room-6, 5, "L", name)
		s.pdf.Line(x, y+18, x+room-8, y+18)
	}
	s.pdf.SetXY(margin, y+20)
}
