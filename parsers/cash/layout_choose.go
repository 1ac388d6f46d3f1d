package cash

import (
	"bytes"
	"errors"
	"io"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/charset"
	"quadra/parsers/csvrow"
)

// chooseLayout finds the first layout that the top rows of a table fit, then,
// failing that, the one of whose header they have most; nil when there is none.
// firstRows are at most [layoutRows], in the order of the table.
func chooseLayout(layouts []*Layout, firstRows [][]string) *Layout {
	layout, _ := choose(layouts, func(*Layout) [][]string { return firstRows })
	return layout
}

// choose also says how well the layout fits: 2 for a whole header, the share of
// it otherwise. rows are the top rows as the layout has them read.
func choose(layouts []*Layout, rows func(*Layout) [][]string) (best *Layout, score float64) {
	for _, l := range layouts {
		s := l.score(rows(l))
		if s > score {
			best, score = l, s
		}
		if score == 2 {
			break
		}
	}
	return best, score
}

// score says how well the top rows fit the layout. A positional layout asked for
// by name has nothing to prove but a row it can read.
func (l *Layout) score(rows [][]string) (score float64) {
	rows = slices.DeleteFunc(slices.Clone(rows), blank)
	if l.byName || l.spans != nil || len(rows) <= l.skip {
		return 0
	}
	below := rows[l.skip:]
	if l.byHeader() {
		for _, row := range below {
			whole, share := l.fits(row)
			if whole {
				return 2
			}
			if share > 0.5 {
				score = max(score, share)
			}
		}
		return score
	}
	if l.labelled(below[0]) || (l.asked || l.headedByIBAN(rows)) && l.reads(below) {
		return 2
	}
	return 0
}

// headedByIBAN tells whether the account the layout has above its rows is an
// IBAN, with rows of the width of the layout below.
func (l *Layout) headedByIBAN(rows [][]string) bool {
	account := l.columns[colAccount]
	if account.line == 0 || account.line > len(rows) || account.field > len(rows[account.line-1]) {
		return false
	}
	return isIBAN(rows[account.line-1][account.field-1]) &&
		slices.ContainsFunc(rows[l.skip:], func(row []string) bool { return filled(row) == l.width })
}

// reads tells whether one of the rows reads as a movement, or there is none.
func (l *Layout) reads(rows [][]string) bool {
	r := rowReader{layout: l, places: l.places()}
	if l.header == headerSkip || l.header == headerMaybe && !r.hasDay(rows[0]) {
		rows = rows[1:]
	}
	for _, row := range rows {
		var m record.Movement
		if bad, err := r.movement(1, row, &m); bad == nil && err == nil && len(row) >= r.need() {
			return true
		}
	}
	return len(rows) == 0
}

// filled is the length of a row up to its last text.
func filled(row []string) int {
	for len(row) > 0 && strings.TrimSpace(row[len(row)-1]) == "" {
		row = row[:len(row)-1]
	}
	return len(row)
}

// isIBAN tells the shape of an IBAN: country, check digits, 11 to 30 more.
func isIBAN(text string) bool {
	iban := strings.ToUpper(strings.Join(strings.Fields(text), ""))
	if len(iban) < 15 || len(iban) > 34 || strings.Trim(iban[:2], "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
		return false
	}
	return strings.Trim(iban[2:4], "0123456789") == "" && strings.Trim(iban[4:], "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// Recognise finds the layout of a text file from its first bytes, as they are in
// the file: some thousands, or all. It tries opt.Layout, or else opt.Layouts and
// the presets; nil when none fits, and when opt.Layout does not exist.
//
// A positional layout that opt.Layout asks for takes any file that has a row it
// can read: look for formats that are sure of themselves first.
func Recognise(head []byte, opt Options) *Layout {
	text := plainHead(head)
	layouts, err := opt.layouts()
	if err != nil {
		return nil
	}
	for _, l := range layouts {
		if l.spans != nil && l.looksFixed(text) {
			return l
		}
	}
	layout, _ := chooseCSV(layouts, text)
	return layout
}

// LooksLikePoste tells an account statement of Poste Italiane from its first
// bytes: an IBAN in the first row and rows of nine columns below.
func LooksLikePoste(head []byte) bool {
	layout, _ := chooseCSV([]*Layout{preset("poste")}, plainHead(head))
	return layout != nil && !bytes.HasPrefix(bytes.TrimSpace(head), []byte("<"))
}

// headBytes is how much of a file is looked at for its layout and separator.
const headBytes = 16 << 10

// plainHead is the start of a text as UTF-8, as far as headers and numbers need
// it: UTF-16 is decoded, accents are left alone. A line that the head cuts is
// left out.
func plainHead(head []byte) []byte {
	cut := len(head) >= headBytes
	if cut {
		head = head[:headBytes]
	}
	for mark, encoding := range map[string]string{"\xFF\xFE": charset.UTF16LE, "\xFE\xFF": charset.UTF16BE} {
		if rest, ok := bytes.CutPrefix(head, []byte(mark)); ok {
			r, err := charset.Decode(bytes.NewReader(rest), encoding)
			if err != nil {
				return nil
			}
			head, _ = io.ReadAll(r) // a head cut in the middle of a character is the whole text before it
		}
	}
	head = bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF"))
	if cut {
		head = wholeLines(head)
	}
	return head
}

// wholeLines is a text without its last line, which may have been cut.
func wholeLines(text []byte) []byte { return text[:bytes.LastIndexByte(text, '\n')+1] }

// chooseCSV chooses layout and separator from the start of a text: those that
// make its top rows look most like a header.
func chooseCSV(layouts []*Layout, start []byte) (best *Layout, separator byte) {
	most := 0.0
	for _, mark := range []byte(";,\t") {
		fit := slices.DeleteFunc(slices.Clone(layouts), func(l *Layout) bool { return l.separator != 0 && l.separator != mark })
		quoted, literal := topRows(start, mark, false), topRows(start, mark, true)
		rows := func(l *Layout) [][]string {
			if l.literal {
				return literal
			}
			return quoted
		}
		if layout, score := choose(fit, rows); score > most {
			best, separator, most = layout, mark, score
		}
	}
	return best, separator
}

// topRows are the first rows of a text, as far as they can be read; in literal
// ones quotes are text.
func topRows(start []byte, separator byte, literal bool) (top [][]string) {
	rows := csvrow.NewReader(bytes.NewReader(start), separator, csvrow.Limits{})
	if literal {
		rows.LiteralQuotes()
	}
	for len(top) < layoutRows {
		row, err := rows.Next()
		var broken *csvrow.RowError
		switch {
		case errors.As(err, &broken):
			continue
		case err != nil:
			return top
		}
		top = append(top, (&csvRows{}).cellsOf(row))
	}
	return top
}
