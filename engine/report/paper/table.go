package paper

import "strings"

// table writes a table: its titles again on every page, its rows whole, its
// total never alone.
func (s *sheet) table(t *table) {
	widths := s.widths(t)
	s.pdf.SetXY(margin, s.pdf.GetY()+.5)
	s.keep(20)
	s.titles(t, widths)
	for i, row := range t.rows {
		cells, height := s.cells(row, widths, t.sums[i])
		room := height
		if i == len(t.rows)-1 && t.total != nil {
			room += 2 * lineOf8 // the total goes with the last row
		}
		if s.left() < room {
			s.pdf.AddPage()
			s.pdf.SetXY(margin, top)
			s.titles(t, widths)
		}
		if t.sums[i] {
			s.fill(band)
			s.pdf.Rect(margin, s.pdf.GetY(), s.inner(), height, "F")
		}
		s.row(t, cells, widths, height, t.sums[i])
	}
	if t.total != nil {
		cells, height := s.cells(t.total, widths, true)
		s.keep(height)
		s.fill(band)
		if t.alarm {
			s.fill(mark)
		}
		s.pdf.Rect(margin, s.pdf.GetY(), s.inner(), height, "F")
		s.row(t, cells, widths, height, true)
	}
	s.pdf.SetXY(margin, s.pdf.GetY()+3)
}

func (s *sheet) widths(t *table) []float64 {
	all := 0.0
	for _, c := range t.columns {
		all += c.share
	}
	widths := make([]float64, len(t.columns))
	for i, c := range t.columns {
		widths[i] = c.share / all * s.inner()
	}
	return widths
}

func (s *sheet) titles(t *table, widths []float64) {
	titles := make([]string, len(t.columns))
	for i, c := range t.columns {
		titles[i] = c.title
	}
	cells, height := s.cells(titles, widths, true)
	s.fill(band)
	s.pdf.Rect(margin, s.pdf.GetY(), s.inner(), height, "F")
	s.row(t, cells, widths, height, true)
}

// cells wraps a row and tells how high it is. A cell may have lines of its own.
func (s *sheet) cells(row []string, widths []float64, bold bool) (cells [][]string, height float64) {
	s.font(bold)
	cells = make([][]string, len(row))
	lines := 1
	for i, text := range row {
		for line := range strings.SplitSeq(text, "\n") {
			cells[i] = append(cells[i], s.wrap(line, widths[i]-2*cellInset, cellLines)...)
		}
		cells[i] = cells[i][:min(len(cells[i]), cellLines)]
		lines = max(lines, len(cells[i]))
	}
	return cells, float64(lines)*lineOf8 + 1.4
}

func (s *sheet) font(bold bool) {
	if bold {
		s.bold(8)
	} else {
		s.regular(8)
	}
}

func (s *sheet) row(t *table, cells [][]string, widths []float64, height float64, bold bool) {
	s.font(bold)
	x, y := margin, s.pdf.GetY()
	for i, lines := range cells {
		align := "L"
		if t.columns[i].number {
			align = "R"
		}
		for k, l := range lines {
			s.at(x+cellInset, y+.7+float64(k)*lineOf8, widths[i]-2*cellInset, lineOf8, align, l)
		}
		x += widths[i]
	}
	s.stroke(line)
	s.pdf.Line(margin, y+height, margin+s.inner(), y+height)
	s.pdf.SetXY(margin, y+height)
}

// wrap breaks a text into lines of the room there is: between words, and within
// a word that is longer than a line. Beyond so many lines it is cut; 0 does not
// cut.
func (s *sheet) wrap(text string, room float64, most int) []string {
	var lines []string
	var l strings.Builder
	wide := 0.0
	space := s.pdf.GetStringWidth(" ")
	end := func() {
		lines = append(lines, l.String())
		l.Reset()
		wide = 0
	}
	for _, word := range strings.Fields(printable(text)) {
		w := s.pdf.GetStringWidth(word)
		if wide > 0 && wide+space+w <= room {
			l.WriteString(" " + word)
			wide += space + w
			continue
		}
		if wide > 0 {
			end()
		}
		if w <= room {
			l.WriteString(word)
			wide = w
			continue
		}
		for _, r := range word {
			w := s.pdf.GetStringWidth(string(r))
			if wide > 0 && wide+w > room {
				end()
			}
			l.WriteRune(r)
			wide += w
		}
	}
	if wide > 0 {
		end()
	}
	if most > 0 && len(lines) > most {
		lines = lines[:most]
		lines[most-1] += "…" // at cuts it to the room again
		lines[most-1] = strings.TrimRight(lines[most-1], "…") + "…"
	}
	return lines
}
