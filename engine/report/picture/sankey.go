package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
)

// Tone is how good the place is where euro end.
type Tone int

// The tones.
const (
	Neutral Tone = iota
	Good
	Bad
)

func (t Tone) class() string { return [...]string{neutral, good, bad}[t] }

// sign stands beside the colour.
func (t Tone) sign() string { return [...]string{"•", "✓", "!"}[t] }

// Flow is euro on their way: from left to right through nodes in columns.
type Flow struct {
	Head
	Nodes []Node
	Links []Link
}

// Node is a place euro pass.
type Node struct {
	Name   string
	Column int // 0 is the first
	Tone   Tone
}

// Link is what goes from a node to one of a later column.
type Link struct {
	From, To int // of Nodes
	Sum
}

const (
	flowScale  = 220.0 // height of what the fullest column carries
	flowNode   = 14.0  // width
	flowLabel  = 2*lineHeight + 4
	flowGap    = 10.0
	flowInset  = 6.0 // between a node and its label
	flowMargin = 6.0
)

// place is a node on the paper.
type place struct {
	Node
	in, out Sum
	x, y, h float64
	slot    float64 // top of what it and its label take
	usedIn  float64 // of its height, by links drawn
	usedOut float64
	room    float64
}

func (p *place) carries() Sum {
	if p.in.Amount > p.out.Amount {
		return p.in
	}
	return p.out
}

// Draw draws the flow. The width of a link and the height of a node are its
// amount; links that carry nothing are only in the table.
func (f *Flow) Draw() *Picture {
	places, columns := f.places()
	scale, height := layFlow(places, columns)
	c := newCanvas(&f.Head, height, f.describe(places))
	for _, l := range f.ordered() {
		drawLink(c, &places[l.From], &places[l.To], l, scale)
	}
	for i := range places {
		f.drawNode(c, &places[i], i)
	}
	return &Picture{Head: f.Head, SVG: c.end(), Data: f.table()}
}

func (f *Flow) places() (places []place, columns int) {
	places = make([]place, len(f.Nodes))
	for i, n := range f.Nodes {
		places[i].Node = n
		columns = max(columns, n.Column+1)
	}
	for _, l := range f.Links {
		if l.Amount > 0 {
			places[l.From].out.add(l.Sum)
			places[l.To].in.add(l.Sum)
		}
	}
	return places, columns
}

// layFlow gives every node its place: under each other within a column, each
// with room for its label, so that labels never meet.
func layFlow(places []place, columns int) (scale, height float64) {
	var fullest record.Cents
	for column := range columns {
		var sum record.Cents
		for i := range places {
			if places[i].Column == column {
				sum += places[i].carries().Amount
			}
		}
		fullest = max(fullest, sum)
	}
	if fullest > 0 {
		scale = flowScale / float64(fullest)
	}
	height = flowLabel + 2*flowMargin
	for column := range columns {
		y := flowMargin
		for i := range places {
			p := &places[i]
			if p.Column != column {
				continue
			}
			p.h = float64(p.carries().Amount) * scale
			tall := max(p.h, flowLabel)
			p.slot, p.y = y, y+(tall-p.h)/2
			pitch := (pageWidth - 2*flowMargin) / float64(columns)
			p.x = flowMargin + float64(column)*pitch
			p.room = pitch - flowNode - 2*flowInset
			y += tall + flowGap
		}
		height = max(height, y-flowGap+flowMargin)
	}
	return scale, height
}

// ordered are the links that are drawn, so that those of a node leave and arrive
// in the order of where they go and come from.
func (f *Flow) ordered() []Link {
	drawn := slices.DeleteFunc(slices.Clone(f.Links), func(l Link) bool { return l.Amount <= 0 })
	slices.SortStableFunc(drawn, func(a, b Link) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To)) })
	return drawn
}

func drawLink(c *canvas, from, to *place, l Link, scale float64) {
	w := float64(l.Amount) * scale
	x1, x2 := from.x+flowNode, to.x
	y1, y2 := from.y+from.usedOut, to.y+to.usedIn
	from.usedOut += w
	to.usedIn += w
	bend := (x1 + x2) / 2
	d := fmt.Sprintf("M%s %sC%s %s %s %s %s %sV%sC%s %s %s %s %s %sZ",
		num(x1), num(y1), num(bend), num(y1), num(bend), num(y2), num(x2), num(y2),
		num(y2+w), num(bend), num(y2+w), num(bend), num(y1+w), num(x1), num(y1+w))
	tone := to.Tone
	if from.Tone == Bad { // what comes from a wrong place is not good yet
		tone = Bad
	}
	c.path(d, fmt.Sprintf(`class="%s" fill-opacity=".26" data-from="%d" data-to="%d"`, tone.class(), l.From, l.To))
	if w < 1 { // a hair, to be seen at all
		c.path(fmt.Sprintf("M%s %sC%s %s %s %s %s %s", num(x1), num(y1+w/2), num(bend), num(y1+w/2), num(bend), num(y2+w/2), num(x2), num(y2+w/2)), class(axis))
	}
}

func (f *Flow) drawNode(c *canvas, p *place, i int) {
	carries := p.carries()
	c.rect(p.x, p.y, flowNode, p.h, fmt.Sprintf(`class="%s" data-node="%d"`, p.Tone.class(), i))
	if p.h < 1 {
		c.line(p.x, p.y+p.h/2, p.x+flowNode, p.y+p.h/2, class(axis))
	}
	x, y := p.x+flowNode+flowInset, p.slot+max(p.h, flowLabel)/2
	c.halo = p.h < flowLabel // its label stands where links pass
	c.text(x, y-3, p.room, left, strong, p.Tone.sign()+" "+p.Name)
	c.text(x, y-3+lineHeight, p.room, left, "", euro(carries.Amount))
	c.halo = false
}

func (f *Flow) describe(places []place) string {
	var b strings.Builder
	for i := range places {
		p := &places[i]
		sum := p.carries()
		fmt.Fprintf(&b, "%s: %s, %s. ", p.Name, euro(sum.Amount), count(sum.Count))
	}
	return strings.TrimSpace(b.String())
}

func (f *Flow) table() Table {
	t := Table{Columns: []Column{{Title: f.say("Da", "From")}, {Title: f.say("A", "To")}, {f.say("Numero", "Number"), true}, {f.say("Importo", "Amount"), true}}}
	for _, l := range f.Links {
		t.Rows = append(t.Rows, []string{f.Nodes[l.From].Name, f.Nodes[l.To].Name, count(l.Count), euro(l.Amount)})
	}
	return t
}
