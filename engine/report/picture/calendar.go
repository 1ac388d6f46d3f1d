package picture

import (
	"fmt"
	"strings"
	"time"

	"quadra/engine/record"
)

// Calendar is what was expected and what came, day by day, in whole weeks.
type Calendar struct {
	Head
	From, To record.Date // both within; whole weeks are drawn, six at most: the last ones
	Today    record.Date // the day the books are seen from
	Days     []Day
}

// Day is one day; those left out had nothing.
type Day struct {
	On       record.Date
	Expected Sum // due by this day
	Received Sum // credited on it
	Missing  Sum // of what was due by it, what has not come
	Feast    bool
}

const (
	weeksShown    = 6
	calendarHead  = 24.0
	calendarDay   = 68.0 // height
	calendarPitch = pageWidth / 7
)

var weekdays = [...][2]string{{"lun", "Mon"}, {"mar", "Tue"}, {"mer", "Wed"}, {"gio", "Thu"}, {"ven", "Fri"}, {"sab", "Sat"}, {"dom", "Sun"}}

// Draw draws a box for each day with what was expected, what came, and what is
// missing.
func (d *Calendar) Draw() *Picture {
	from, to := monday(d.From), monday(d.To)+6
	if first := to - weeksShown*7 + 1; from < first {
		from = first
	}
	days := make(map[record.Date]*Day, len(d.Days))
	shown := Calendar{Head: d.Head, From: from, To: to, Today: d.Today} // what is told is what is drawn
	for i := range d.Days {
		if on := d.Days[i].On; on >= from && on <= to {
			days[on] = &d.Days[i]
			shown.Days = append(shown.Days, d.Days[i])
		}
	}
	weeks := int(to-from+1) / 7
	c := newCanvas(&d.Head, calendarHead+float64(weeks)*calendarDay+lineHeight+10, shown.describe())
	for i, name := range weekdays {
		c.text(float64(i)*calendarPitch+6, 16, calendarPitch-12, left, strong, d.say(name[0], name[1]))
	}
	for on := from; on <= to; on++ {
		day := days[on]
		if day == nil {
			day = &Day{On: on}
		}
		n := int(on - from)
		d.box(c, day, float64(n%7)*calendarPitch, calendarHead+float64(n/7)*calendarDay, on == from)
	}
	c.text(6, calendarHead+float64(weeks)*calendarDay+lineHeight+2, pageWidth-12, left, pale,
		d.say("○ atteso entro il giorno · ● accreditato quel giorno · ! di quanto era atteso, manca ancora", "○ due by the day · ● credited on the day · ! of what was due, still missing"))
	return &Picture{Head: d.Head, SVG: c.end(), Data: shown.table()}
}

// monday is the first day of the week of a day.
func monday(on record.Date) record.Date {
	return on - record.Date((int(on.Time().Weekday())+6)%7)
}

func (d *Calendar) box(c *canvas, day *Day, x, y float64, first bool) {
	const inset = 2.0
	weekend := day.On.Time().Weekday() == time.Saturday || day.On.Time().Weekday() == time.Sunday
	if weekend || day.Feast {
		c.rect(x+inset, y+inset, calendarPitch-2*inset, calendarDay-2*inset, class(pale))
	}
	frame := `class="griglia"`
	if day.On == d.Today {
		frame = `class="asse" stroke-width="3"`
	}
	c.rect(x+inset, y+inset, calendarPitch-2*inset, calendarDay-2*inset, frame)
	name := fmt.Sprint(day.On.Time().Day())
	if first || day.On.Time().Day() == 1 {
		name += " " + d.month(day.On.Time().Month(), true)
	}
	style := ""
	if day.On == d.Today {
		name, style = name+d.say(" · oggi", " · today"), strong
	}
	room := calendarPitch - 16
	c.text(x+8, y+16, room, left, style, name)
	line := y + 16 + lineHeight
	for _, part := range []struct {
		sign, style string
		sum         Sum
	}{{"○ ", "", day.Expected}, {"● ", "", day.Received}, {"! ", strong, day.Missing}} {
		if part.sum == (Sum{}) {
			continue
		}
		c.text(x+8, line, room, left, part.style, part.sign+d.short(part.sum.Amount))
		line += lineHeight
	}
	if day.Missing != (Sum{}) {
		c.rect(x+inset, y+inset, 4, calendarDay-2*inset, class(bad))
	}
}

func (d *Calendar) describe() string {
	var expected, received, missing Sum
	late := 0
	for i := range d.Days {
		expected.add(d.Days[i].Expected)
		received.add(d.Days[i].Received)
		missing.add(d.Days[i].Missing)
		if d.Days[i].Missing != (Sum{}) && d.Days[i].On < d.Today {
			late++
		}
	}
	s := fmt.Sprintf(d.say("Dal %s al %s. Attesi %s, accreditati %s, mancano %s.", "From %s to %s. Expected %s, credited %s, missing %s."),
		d.day(d.From), d.day(d.To), euro(expected.Amount), euro(received.Amount), euro(missing.Amount))
	if late > 0 {
		s += fmt.Sprintf(d.say(" Giorni passati in cui manca qualcosa: %d.", " Days gone by with something missing: %d."), late)
	}
	return s
}

func (d *Calendar) table() Table {
	t := Table{Columns: []Column{{Title: d.say("Giorno", "Day")}}}
	for _, name := range []string{d.say("Attesi", "Expected"), d.say("Accreditati", "Credited"), d.say("Mancano", "Missing")} {
		t.Columns = append(t.Columns, Column{name, true}, Column{strings.ToLower(name) + ", €", true})
	}
	var sum Day
	row := func(name string, day *Day) []string {
		return []string{name, count(day.Expected.Count), euro(day.Expected.Amount), count(day.Received.Count), euro(day.Received.Amount), count(day.Missing.Count), euro(day.Missing.Amount)}
	}
	for i := range d.Days {
		day := &d.Days[i]
		if day.Expected == (Sum{}) && day.Received == (Sum{}) && day.Missing == (Sum{}) {
			continue
		}
		t.Rows = append(t.Rows, row(d.day(day.On), day))
		sum.Expected.add(day.Expected)
		sum.Received.add(day.Received)
		sum.Missing.add(day.Missing)
	}
	t.Total = row(d.say("Totale", "Total"), &sum)
	return t
}
