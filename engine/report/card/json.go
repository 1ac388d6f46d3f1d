package card

import (
	"strconv"

	"quadra/engine/record"
	"quadra/engine/report/table"
)

// AppendJSON appends the panel as the browser reads it; what is empty is left
// out. There is one for every row of the books, so it is written by hand.
func (c *Card) AppendJSON(to []byte, shared *table.Shared) []byte {
	o := object{out: append(to, '{'), shared: shared}
	o.text("title", c.Title)
	if c.Why != nil {
		o.raw("why", c.Why.append)
	}
	list(&o, "line", c.Line, (*Step).append)
	list(&o, "chapters", c.Chapters, (*Chapter).append)
	list(&o, "rejects", c.Rejects, (*Reject).append)
	list(&o, "notes", c.Notes, (*Note).append)
	list(&o, "proposals", c.Proposals, (*Proposal).append)
	list(&o, "links", c.Links, (*Link).append)
	list(&o, "history", c.History, (*Change).append)
	return append(o.out, '}')
}

// object is a JSON object being written.
type object struct {
	out    []byte
	shared *table.Shared
	begun  bool
}

func (o *object) name(name string) {
	if o.begun {
		o.out = append(o.out, ',')
	}
	o.begun = true
	o.out = append(append(append(o.out, '"'), name...), `":`...)
}

func (o *object) text(name, value string) {
	if value != "" {
		o.name(name)
		o.out = table.AppendString(o.out, value)
	}
}

func (o *object) number(name string, value int64) {
	o.name(name)
	o.out = strconv.AppendInt(o.out, value, 10)
}

func (o *object) numberIf(name string, value int64) {
	if value != 0 {
		o.number(name, value)
	}
}

func (o *object) day(name string, d record.Date) {
	if d != 0 {
		o.number(name, int64(table.YMD(d)))
	}
}

func (o *object) texts(name string, all []string) {
	list(o, name, all, func(s *string, o *object) { o.out = table.AppendString(o.out, *s) })
}

func (o *object) raw(name string, content func(*object)) {
	o.name(name)
	o.nested(content)
}

// nested writes an object inside this one.
func (o *object) nested(content func(*object)) {
	in := object{out: append(o.out, '{'), shared: o.shared}
	content(&in)
	in.out = append(in.out, '}')
	o.out = in.out
}

func list[T any](o *object, name string, all []T, item func(*T, *object)) {
	if len(all) == 0 {
		return
	}
	o.name(name)
	o.out = append(o.out, '[')
	for i := range all {
		if i > 0 {
			o.out = append(o.out, ',')
		}
		item(&all[i], o)
	}
	o.out = append(o.out, ']')
}

// alike writes what many panels of a file say alike by its number.
func (o *object) alike(content func(*object)) {
	before := len(o.out)
	of := object{out: append(o.out, '{'), shared: o.shared}
	content(&of)
	of.out = append(of.out, '}')
	n := o.shared.Part(of.out[before:])
	o.out = of.out[:before]
	o.number("w", int64(n))
}

func (w *Why) append(o *object) {
	o.number("w", int64(o.shared.Thing(w.Verdict, func(to []byte) []byte {
		of := object{out: append(to, '{')}
		w.Verdict.append(&of)
		return append(of.out, '}')
	})))
	o.text("text", w.Text)
	o.numberIf("difference", int64(w.Difference))
}

func (v *Verdict) append(o *object) {
	o.text("status", v.Status)
	o.text("name", v.Name)
	o.number("sign", int64(v.Sign))
	o.text("rule", v.Rule)
	o.texts("labels", v.Labels)
	list(o, "facts", v.Facts, func(f *Fact, o *object) {
		o.out = table.AppendString(append(o.out, '['), f.Name)
		o.out = append(table.AppendString(append(o.out, ','), f.Value), ']')
	})
}

func (s *Step) append(o *object) {
	o.nested(func(o *object) {
		o.day("on", s.On)
		// A leg is called alike in every panel; its text is its own, but for those
		// that say where the panel got to.
		head := stepHead{what: s.What, title: s.Title}
		if s.What == Cash || s.What == Booked {
			head.text, head.to = s.Text, s.To
		} else {
			o.text("text", s.Text)
		}
		o.alike(head.append)
		if s.Amount {
			o.number("cents", int64(s.Cents))
		}
		if s.Missing {
			o.name("missing")
			o.out = append(o.out, "true"...)
		}
		s.Source.append(o)
		if s.To != head.to {
			o.place("to", s.To)
		}
	})
}

// stepHead is what steps of many panels have alike.
type stepHead struct {
	what, title, text string
	to                Place
}

func (h *stepHead) append(o *object) {
	o.text("what", h.what)
	o.text("title", h.title)
	o.text("text", h.text)
	o.place("to", h.to)
}

func (s *Source) append(o *object) {
	if s.File == "" {
		return
	}
	o.raw("source", func(o *object) {
		o.number("f", int64(o.shared.Text(s.File)))
		o.numberIf("line", int64(s.Line))
	})
}

func (o *object) place(name string, p Place) {
	if p.Key != "" {
		o.raw(name, p.append)
	}
}

func (p *Place) append(o *object) {
	o.text("table", p.Table)
	o.text("key", p.Key)
}

func (c *Chapter) append(o *object) {
	o.nested(func(o *object) {
		o.alike(func(o *object) {
			o.numberIf("year", int64(c.Year))
			o.text("office", c.Office)
			o.text("chapter", c.Chapter)
			o.text("article", c.Article)
			o.text("accertamento", c.Accertamento)
			o.place("to", c.To)
			o.place("held", c.Held)
		})
		o.number("cents", int64(c.Amount))
	})
}

func (r *Reject) append(o *object) {
	o.nested(func(o *object) {
		o.text("entry", r.Entry)
		o.number("line", int64(r.Line))
		o.text("column", r.Column)
		o.text("code", r.Code)
		o.text("text", r.Text)
		o.place("to", r.To)
	})
}

func (n *Note) append(o *object) {
	o.nested(func(o *object) {
		o.text("state", n.State)
		o.text("author", n.Author)
		o.text("at", n.At)
		o.text("text", n.Text)
		o.day("due", n.Due)
	})
}

func (p *Proposal) append(o *object) {
	o.nested(func(o *object) {
		o.number("score", int64(p.Score))
		o.text("text", p.Text)
		o.texts("reasons", p.Reasons)
	})
}

func (l *Link) append(o *object) {
	o.nested(func(o *object) {
		l.Place.append(o)
		o.text("find", l.Find)
		list(o, "where", l.Where, func(f *Filter, o *object) {
			o.out = table.AppendString(append(o.out, '['), f.Name)
			o.out = append(table.AppendString(append(o.out, ','), f.Value), ']')
		})
		o.text("text", l.Text)
	})
}

func (c *Change) append(o *object) {
	o.nested(func(o *object) {
		o.alike(func(o *object) {
			o.text("at", c.At.String())
			o.numberIf("run", c.Run)
			o.text("from", c.From)
			o.text("to", c.To)
			o.text("cause", c.Cause)
		})
	})
}
