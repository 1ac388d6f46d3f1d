package listing

import (
	"bufio"
	"fmt"
	"io"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"quadra/engine/record"
)

const (
	// window is how many rows are measured before the first is written; later
	// rows keep those widths, so that a listing of any length streams.
	window = 200
	// cell is the longest text shown, enough for a SHA-256; the rest is cut.
	cell = 64
)

type tableWriter[T any] struct {
	out    *bufio.Writer
	at     [][]int // the fields of a row, those of embedded structs among them
	head   []string
	right  []bool
	width  []int
	held   [][]string
	opened bool
}

// NewTable writes aligned columns for a terminal: the csv tags of T as header,
// amounts and dates as Italians write them, numbers to the right, long texts
// cut, control characters blanked (what a file holds must not drive a
// terminal), and a last line with the totals.
func NewTable[T any](w io.Writer) Writer[T] {
	t := &tableWriter[T]{out: bufio.NewWriter(w)}
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		if f.Anonymous {
			continue
		}
		t.at = append(t.at, f.Index)
		name := f.Tag.Get("csv")
		t.head = append(t.head, name)
		t.width = append(t.width, utf8.RuneCountInString(name))
		t.right = append(t.right, f.Type.Kind() >= reflect.Int && f.Type.Kind() <= reflect.Int64 && f.Type != reflect.TypeFor[record.Date]())
	}
	return t
}

// Row takes a row.
func (t *tableWriter[T]) Row(row *T) error {
	v := reflect.ValueOf(row).Elem()
	cells := make([]string, len(t.at))
	for i, at := range t.at {
		cells[i] = shown(v.FieldByIndex(at).Interface())
	}
	if t.opened {
		return t.line(cells)
	}
	t.held = append(t.held, cells)
	if len(t.held) < window {
		return nil
	}
	return t.open()
}

// Close writes the totals, and before them what is still held.
func (t *tableWriter[T]) Close(sum Totals) error {
	if !t.opened {
		if err := t.open(); err != nil {
			return err
		}
	}
	rows := "righe"
	if sum.Count == 1 {
		rows = "riga"
	}
	_, _ = fmt.Fprintf(t.out, "%d %s, totale %s euro\n", sum.Count, rows, sum.Cents.Italian())
	if sum.Ignored > 0 {
		_, _ = fmt.Fprintf(t.out, "altre %d lasciate da parte da una segnalazione fino alla sua data: --ignored le mostra\n", sum.Ignored)
	}
	if err := t.out.Flush(); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

func (t *tableWriter[T]) open() error {
	t.opened = true
	for _, cells := range t.held {
		for i, c := range cells {
			t.width[i] = max(t.width[i], utf8.RuneCountInString(c))
		}
	}
	if err := t.line(t.head); err != nil {
		return err
	}
	for _, cells := range t.held {
		if err := t.line(cells); err != nil {
			return err
		}
	}
	t.held = nil
	return nil
}

func (t *tableWriter[T]) line(cells []string) error {
	var b strings.Builder
	for i, c := range cells {
		if i > 0 {
			b.WriteString("  ")
		}
		pad := strings.Repeat(" ", max(0, t.width[i]-utf8.RuneCountInString(c)))
		if t.right[i] {
			b.WriteString(pad + c)
		} else {
			b.WriteString(c + pad)
		}
	}
	if _, err := t.out.WriteString(strings.TrimRight(b.String(), " ") + "\n"); err != nil {
		return fmt.Errorf("write table: %w", err)
	}
	return nil
}

// shown is a value as people read it.
func shown(v any) string {
	switch v := v.(type) {
	case record.Cents:
		return v.Italian()
	case record.Date:
		return v.Italian()
	case time.Time:
		if v.IsZero() {
			return ""
		}
		return v.In(record.Rome()).Format("02/01/2006 15:04:05")
	}
	return cut(fmt.Sprint(v))
}

// cut blanks control characters and shortens a text to one cell.
func cut(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return ' '
	}, s)
	if utf8.RuneCountInString(s) <= cell {
		return s
	}
	return string([]rune(s)[:cell-1]) + "…"
}
