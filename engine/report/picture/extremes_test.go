package picture_test

import (
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"quadra/engine/record"
	"quadra/engine/report/picture"
)

var (
	amounts = rapid.OneOf(rapid.Just[record.Cents](0), rapid.Map(rapid.Int64Range(1, 500_00), cents), rapid.Map(rapid.Int64Range(1, 9_999_999_999_99), cents))
	names   = rapid.OneOf(rapid.StringMatching(`[A-Za-zàèìòù .]{0,90}`), rapid.StringN(0, 60, -1), rapid.Just("WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW"))
	sums    = rapid.Custom(func(t *rapid.T) picture.Sum {
		if a := amounts.Draw(t, "amount"); a > 0 {
			return sum(rapid.Int64Range(1, 3_000_000).Draw(t, "count"), a)
		}
		return picture.Sum{}
	})
	heads = rapid.Custom(func(t *rapid.T) picture.Head {
		return picture.Head{ID: "p", Language: rapid.SampledFrom([]string{"it", "en"}).Draw(t, "language"), Title: names.Draw(t, "title")}
	})
)

func cents(v int64) record.Cents { return record.Cents(v) }

func TestFlowsOfAnySize(t *testing.T) { rapid.Check(t, flowsOfAnySize) }

func flowsOfAnySize(t *rapid.T) {
	f := picture.Flow{Head: heads.Draw(t, "head")}
	columns := rapid.IntRange(1, 4).Draw(t, "columns")
	for range rapid.IntRange(0, 14).Draw(t, "nodes") {
		f.Nodes = append(f.Nodes, picture.Node{Name: names.Draw(t, "name"), Column: rapid.IntRange(0, columns-1).Draw(t, "column"), Tone: picture.Tone(rapid.IntRange(0, 2).Draw(t, "tone"))})
	}
	in, out := make([]float64, len(f.Nodes)), make([]float64, len(f.Nodes))
	for from := range f.Nodes {
		for to := range f.Nodes {
			if f.Nodes[from].Column < f.Nodes[to].Column && rapid.Bool().Draw(t, "linked") {
				s := sums.Draw(t, "sum")
				f.Links = append(f.Links, picture.Link{From: from, To: to, Sum: s})
				out[from] += float64(s.Amount)
				in[to] += float64(s.Amount)
			}
		}
	}
	p := f.Draw()
	svg := read(t, p)
	svg.check(t)
	scale := 0.0 // pixels to the cent, which every node and every link has
	height := make(map[int]float64)
	for _, r := range svg.boxes {
		if r.node >= 0 {
			height[r.node] = r.y2 - r.y1
		}
	}
	if len(height) != len(f.Nodes) {
		t.Fatalf("%d nodes drawn of %d", len(height), len(f.Nodes))
	}
	for i, h := range height {
		if most := max(in[i], out[i]); most > 0 && h > 10 {
			scale = h / most
		}
	}
	links := make(map[int]float64)
	arriving := make(map[int]float64)
	for _, l := range svg.links {
		links[l.from] += l.leaves
		arriving[l.to] += l.arrives
		if math.Abs(l.leaves-l.arrives) > .03 {
			t.Errorf("a link leaves with %v and arrives with %v", l.leaves, l.arrives)
		}
	}
	room := .02 * float64(len(f.Links)+1)
	for i, h := range height {
		if drawn := max(links[i], arriving[i]); math.Abs(drawn-h) > room {
			t.Errorf("node %d is %v high and its links %v", i, h, drawn)
		}
		if want := max(in[i], out[i]) * scale; scale > 0 && math.Abs(want-h) > max(room, want/100) {
			t.Errorf("node %d is %v high for %v cents, %v wanted", i, h, max(in[i], out[i]), want)
		}
	}
}

func TestAgeingOfAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := picture.Ageing{Head: heads.Draw(t, "head"), Buckets: []string{"0-2", "3-4", "5-10", "11-30", "31-60", "oltre 60"}[:rapid.IntRange(0, 6).Draw(t, "buckets")]}
		for range rapid.IntRange(0, 30).Draw(t, "codes") {
			a.Codes = append(a.Codes, picture.Aged{Name: names.Draw(t, "name"), Cells: rapid.SliceOfN(sums, len(a.Buckets), len(a.Buckets)).Draw(t, "cells")})
		}
		p := a.Draw()
		read(t, p).check(t)
		if len(p.Data.Rows) != len(a.Codes) {
			t.Errorf("%d rows of %d codes", len(p.Data.Rows), len(a.Codes))
		}
	})
}

func TestCreditsOfAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := picture.Credit{Head: heads.Draw(t, "head"), Term: rapid.IntRange(-1, 9).Draw(t, "term")}
		longest := rapid.SampledFrom([]int{1, 3, 10, 40, 900}).Draw(t, "longest")
		for range rapid.SampledFrom([]int{0, 1, 3, 60}).Draw(t, "psps") {
			d.PSPs = append(d.PSPs, picture.Credited{Name: names.Draw(t, "name"), Amount: amounts.Draw(t, "amount"),
				Days: rapid.SliceOfN(rapid.Int64Range(0, 200_000), 0, rapid.IntRange(0, longest).Draw(t, "days")).Draw(t, "credits")})
		}
		p := d.Draw()
		read(t, p).check(t)
		if len(p.Data.Rows) != len(d.PSPs) {
			t.Errorf("%d rows of %d PSPs", len(p.Data.Rows), len(d.PSPs))
		}
	})
}

func TestMonthsOfAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := picture.Months{Head: heads.Draw(t, "head")}
		for range rapid.IntRange(0, 30).Draw(t, "months") {
			m.Months = append(m.Months, picture.Month{Year: rapid.IntRange(2024, 2027).Draw(t, "year"), Month: time.Month(rapid.IntRange(1, 12).Draw(t, "month")),
				Paid: sums.Draw(t, "paid"), Reported: sums.Draw(t, "reported"), Cashed: sums.Draw(t, "cashed")})
		}
		read(t, m.Draw()).check(t)
	})
}

func TestCalendarsOfAnySize(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := day(2026, 1, 1) + record.Date(rapid.IntRange(0, 400).Draw(t, "from"))
		c := picture.Calendar{Head: heads.Draw(t, "head"), From: from, To: from + record.Date(rapid.IntRange(0, 60).Draw(t, "days")), Today: from + 3}
		for on := c.From; on <= c.To; on++ {
			c.Days = append(c.Days, picture.Day{On: on, Expected: sums.Draw(t, "expected"), Received: sums.Draw(t, "received"), Missing: sums.Draw(t, "missing"), Feast: on%9 == 0})
		}
		read(t, c.Draw()).check(t)
	})
}

// drawing is what stands where.
type drawing struct {
	width, height float64
	boxes, texts  []box
	links         []link
}

type box struct {
	x1, y1, x2, y2 float64
	node           int
	what           string
}

type link struct {
	from, to        int
	leaves, arrives float64
}

// check holds the promises every picture makes.
func (d *drawing) check(t *rapid.T) {
	t.Helper()
	const slack = .01
	for _, b := range append(append([]box{}, d.boxes...), d.texts...) {
		if b.x1 < -slack || b.y1 < -slack || b.x2 > d.width+slack || b.y2 > d.height+slack || b.x2 < b.x1 || b.y2 < b.y1 {
			t.Errorf("outside of %v x %v: %+v", d.width, d.height, b)
		}
	}
	for i, a := range d.texts {
		for _, b := range d.texts[:i] {
			if a.x1 < b.x2 && b.x1 < a.x2 && a.y1 < b.y2 && b.y1 < a.y2 {
				t.Errorf("%q covers %q", a.what, b.what)
			}
		}
	}
}

// read reads a picture as a browser would lay it out, with the widest letters.
func read(t *rapid.T, p *picture.Picture) *drawing {
	t.Helper()
	d := &drawing{}
	dec := xml.NewDecoder(strings.NewReader(p.SVG))
	hidden := 0
	for {
		token, err := dec.Token()
		if token == nil {
			break
		}
		if err != nil {
			t.Fatalf("not well formed: %v", err)
		}
		if end, ok := token.(xml.EndElement); ok && end.Name.Local == "defs" {
			hidden--
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		if e.Name.Local == "defs" {
			hidden++
		}
		if hidden > 0 {
			continue
		}
		a := attributes(t, &e)
		switch e.Name.Local {
		case "svg":
			d.width, d.height = a.n("width"), a.n("height")
			if want := fmt.Sprintf("0 0 %s %s", a.values["width"], a.values["height"]); a.values["viewBox"] != want {
				t.Errorf("view box %q, not %q", a.values["viewBox"], want)
			}
		case "rect":
			node := -1
			if a.values["data-node"] != "" {
				node = int(a.n("data-node"))
			}
			d.boxes = append(d.boxes, box{a.n("x"), a.n("y"), a.n("x") + a.n("width"), a.n("y") + a.n("height"), node, "rect"})
		case "line":
			d.boxes = append(d.boxes, box{min(a.n("x1"), a.n("x2")), min(a.n("y1"), a.n("y2")), max(a.n("x1"), a.n("x2")), max(a.n("y1"), a.n("y2")), -1, "line"})
		case "path":
			d.path(&a)
		case "text":
			var s string
			if err := dec.DecodeElement(&s, &e); err != nil {
				t.Fatal(err)
			}
			d.text(&a, s)
		}
	}
	return d
}

// path reads curves as the box of their points, which they never leave.
func (d *drawing) path(a *attribute) {
	var n []float64
	for _, f := range strings.FieldsFunc(a.values["d"], func(r rune) bool { return strings.ContainsRune("MCVZ ", r) }) {
		v, err := strconv.ParseFloat(f, 64)
		if err != nil {
			a.t.Fatalf("path %q: %v", a.values["d"], err)
		}
		n = append(n, v)
	}
	b := box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1), -1, "path"}
	point := func(x, y float64) {
		b.x1, b.x2, b.y1, b.y2 = min(b.x1, x), max(b.x2, x), min(b.y1, y), max(b.y2, y)
	}
	for i := 0; i+1 < min(len(n), 8); i += 2 {
		point(n[i], n[i+1])
	}
	if len(n) == 15 { // a ribbon: there, down, and back
		point(n[6], n[8])
		for i := 9; i+1 < len(n); i += 2 {
			point(n[i], n[i+1])
		}
		d.links = append(d.links, link{int(a.n("data-from")), int(a.n("data-to")), n[14] - n[1], n[8] - n[7]})
	}
	d.boxes = append(d.boxes, b)
}

func (d *drawing) text(a *attribute, s string) {
	w := picture.Width(s, a.values["class"] == "forte")
	x := a.n("x")
	switch a.values["text-anchor"] {
	case "middle":
		x -= w / 2
	case "end":
		x -= w
	}
	d.texts = append(d.texts, box{x, a.n("y") - 11, x + w, a.n("y") + 3, -1, s})
}

type attribute struct {
	t      *rapid.T
	values map[string]string
}

func attributes(t *rapid.T, e *xml.StartElement) attribute {
	a := attribute{t, make(map[string]string)}
	for _, at := range e.Attr {
		a.values[at.Name.Local] = at.Value
	}
	return a
}

func (a *attribute) n(name string) float64 {
	v, err := strconv.ParseFloat(a.values[name], 64)
	if err != nil {
		a.t.Fatalf("%s: %v", name, err)
	}
	return v
}
