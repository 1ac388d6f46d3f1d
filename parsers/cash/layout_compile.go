package cash

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"quadra/parsers/charset"
)

// compiler turns a layout as written into one to read with, and collects what
// is wrong with it.
type compiler struct {
	file     string
	in       *layoutFile
	layout   *Layout
	problems LayoutErrors
}

func (c *compiler) fail(line int, what, do string) {
	for _, near := range []int{c.in.Name.line, c.in.Description.line, c.in.Extends.line, c.in.Columns.line, 1} {
		if line == 0 {
			line = near // of a key that is missing
		}
	}
	c.problems = append(c.problems, LayoutProblem{c.file, line, c.in.Name.text, what, do})
}

var layoutName = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (c *compiler) compile() {
	in, l := c.in, c.layout
	l.Name, l.Description = in.Name.text, in.Description.text
	switch {
	case l.Name == "":
		c.fail(in.Name.line, "il tracciato non ha nome", "aggiungere name:")
	case !layoutName.MatchString(l.Name):
		c.fail(in.Name.line, "il nome ha caratteri non ammessi", "usare lettere minuscole, cifre e trattini")
	}
	l.byName = c.choice("choose", in.Choose, "content", "name") == "name"
	l.header = headerKind(c.choice("header", in.Header, string(headerNames), string(headerSkip), string(headerMaybe), string(headerNone)))
	l.skip = c.number("skip", in.Skip, layoutRows-1)
	l.footer = c.number("footer_lines", in.FooterLines, 20)
	l.width = c.number("width", in.Width, 512)
	l.ignore = uppers(in.Ignore)
	l.cents = c.choice("cents", in.Cents, "false", "true") == "true"
	l.literal = c.choice("quotes", in.Quotes, "csv", "text") == "text"
	l.keepDebits = c.choice("debits", in.Debits, "keep", "skip") == "keep"
	switch c.choice("decimal", in.Decimal, "auto", "comma", "dot") {
	case "comma":
		l.decimal = ','
	case "dot":
		l.decimal = '.'
	}
	switch mark := c.choice("separator", in.Separator, "auto", ";", ",", "tab"); mark {
	case "tab":
		l.separator = '\t'
	case ";", ",":
		l.separator = mark[0]
	}
	if name := in.Encoding.text; name != "" && name != "auto" {
		if l.encoding = charset.Canonical(name); l.encoding == "" {
			c.fail(in.Encoding.line, fmt.Sprintf("la codifica %q non è nota", name), "scrivere auto, UTF-8, windows-1252 o ISO-8859-15")
		}
	}
	l.minus, l.plus, l.yes = uppers(in.MinusTexts), uppers(in.PlusTexts), uppers(in.YesTexts)
	c.days()
	c.defaults()
	if len(in.Fixed.items) > 0 {
		c.fixed()
	} else {
		c.columns()
	}
	c.whole()
}

// choice reads one of the words a key may have; the first one is its default.
func (c *compiler) choice(key string, s scalar, words ...string) string {
	if s.text == "" {
		return words[0]
	}
	if !slices.Contains(words, s.text) {
		c.fail(s.line, fmt.Sprintf("%s non può essere %q", key, s.text), "valori ammessi: "+strings.Join(words, ", "))
		return words[0]
	}
	return s.text
}

func (c *compiler) number(key string, s scalar, most int) int {
	if s.text == "" {
		return 0
	}
	n, err := strconv.Atoi(s.text)
	if err != nil || n < 0 || n > most {
		c.fail(s.line, fmt.Sprintf("%s non può essere %q", key, s.text), fmt.Sprintf("scrivere un numero da 0 a %d", most))
		return 0
	}
	return n
}

func uppers(t texts) []string {
	var list []string
	for _, item := range t.items {
		list = append(list, upper(item.text))
	}
	return list
}

// days checks the formats of days: each part once, the rest marks.
func (c *compiler) days() {
	for _, format := range c.in.Dates.items {
		year := "YYYY"
		if !strings.Contains(format.text, year) {
			year = "YY"
		}
		rest := format.text
		for _, part := range []string{year, "MM", "DD"} {
			rest = strings.Replace(rest, part, "", 1)
		}
		if strings.Trim(rest, "-/. ") != "" || len(format.text)-len(rest) != len(year)+4 {
			c.fail(format.line, fmt.Sprintf("%q non è un formato di data", format.text), "usare YYYY (o YY), MM e DD con - / . o spazi in mezzo")
			continue
		}
		c.layout.days = append(c.layout.days, format.text)
	}
}

func (c *compiler) defaults() {
	for _, d := range c.in.Defaults.items {
		at := slices.Index(columnKeys[:], d.key)
		switch at {
		case colPayer, colAccount, colTreasurer:
			c.layout.defaults[at] = d.value.text
		default:
			c.fail(d.line, fmt.Sprintf("%q non può avere un valore fisso", d.key), "ammessi: payer, account, treasurer")
		}
	}
}

func (c *compiler) columns() {
	for _, item := range c.in.Columns.items {
		at := slices.Index(columnKeys[:colType], item.key)
		if at < 0 {
			c.fail(item.line, fmt.Sprintf("la colonna %q non esiste", item.key), "colonne ammesse: "+strings.Join(columnKeys[:colType], ", "))
			continue
		}
		if !item.value.none {
			c.column(at, item)
		}
	}
	for _, name := range c.in.Optional.items {
		at := slices.Index(columnKeys[:colType], name.text)
		if at < 0 || at == colBooked || at == colAmount || at == colDebit || at == colCredit || at == colSign {
			c.fail(name.line, fmt.Sprintf("%q non può essere facoltativa", name.text), "elencare colonne diverse da data e importo")
			continue
		}
		c.layout.columns[at].optional = true
	}
}

func (c *compiler) column(at int, item pair[columnFile]) {
	v, col := item.value, &c.layout.columns[at]
	for _, header := range v.header.items {
		if headerKey(header.text) == "" {
			c.fail(header.line, fmt.Sprintf("l'intestazione %q della colonna %s non ha lettere", header.text, item.key), "scriverla come nel file")
			continue
		}
		col.names = append(col.names, header.text)
	}
	col.position = c.number("position", v.position, 512)
	col.line = c.number("line", v.line, layoutRows)
	col.field = c.number("field", v.field, 512)
	byName := c.layout.header == headerNames
	switch {
	case at == colAccount && col.line > 0 && col.field > 0 && col.position == 0 && len(col.names) == 0:
	case v.line.line > 0 || v.field.line > 0:
		c.fail(item.line, "line e field vanno insieme, da soli e solo per account", "scrivere p.e. account: {line: 1, field: 2}")
	case byName && col.position > 0:
		c.fail(item.line, fmt.Sprintf("la colonna %s è indicata per posizione, ma header è names", item.key), "scrivere la sua intestazione, o header: skip")
	case byName && len(col.names) == 0:
		c.fail(item.line, fmt.Sprintf("la colonna %s non ha intestazione", item.key), "scriverla come nel file, o null per toglierla")
	case !byName && col.position == 0:
		c.fail(item.line, fmt.Sprintf("la colonna %s non ha posizione", item.key), "scrivere a che posto sta, da 1")
	case c.layout.width > 0 && col.position > c.layout.width:
		c.fail(item.line, fmt.Sprintf("la colonna %s sta oltre width", item.key), "correggere la posizione o width")
	}
}

// fixed reads the positions of a layout without separators.
func (c *compiler) fixed() {
	l := c.layout
	l.header = headerNone
	l.spans = []span{}
	if len(c.in.Columns.items) > 0 {
		c.fail(c.in.Columns.line, "columns e fixed non vanno insieme", "lasciare solo fixed")
	}
	for _, item := range c.in.Fixed.items {
		at := slices.Index(columnKeys[:], item.key)
		if at < 0 || at == colDebit || at == colCredit || at == colSign {
			c.fail(item.line, fmt.Sprintf("il campo %q non esiste", item.key), "campi ammessi: gli stessi delle colonne, senza debit, credit e sign, e type")
			continue
		}
		first, last, _ := strings.Cut(item.value.text, "-")
		from, errFrom := strconv.Atoi(first)
		to, errTo := strconv.Atoi(last)
		if errFrom != nil || errTo != nil || from < 1 || to < from || to > maxFixedLine {
			c.fail(item.line, fmt.Sprintf("%q non dice da dove a dove sta il campo %s", item.value.text, item.key), "scrivere p.e. 18-21, contando da 1")
			continue
		}
		l.spans = append(l.spans, span{from, to})
		l.columns[at].position = len(l.spans)
	}
	if len(c.problems) == 0 && l.columns[colType].position == 0 {
		c.fail(c.in.Fixed.line, "manca il campo type", "indicarne la posizione: dice se la riga è un incasso")
	}
}

// whole checks that the layout has what a movement needs.
func (c *compiler) whole() {
	if len(c.problems) > 0 {
		return
	}
	l := c.layout
	has := func(column int) bool { return l.columns[column].exists() }
	line := max(c.in.Columns.line, c.in.Fixed.line)
	if !has(colBooked) {
		c.fail(line, "manca la colonna booked", "aggiungere la data contabile")
	}
	one, two := has(colAmount), has(colDebit) || has(colCredit)
	switch {
	case one == two:
		c.fail(line, "l'importo sta in amount, oppure in debit e credit", "tenere l'uno o gli altri due")
	case two && !has(colCredit):
		c.fail(line, "manca la colonna credit", "aggiungere quella degli accrediti")
	case has(colSign) && (!one || len(l.minus) == 0):
		c.fail(line, "la colonna sign vuole amount e minus_texts", "dire quali testi indicano un addebito")
	case !has(colSign) && len(l.minus)+len(l.plus) > 0:
		c.fail(max(c.in.MinusTexts.line, c.in.PlusTexts.line), "minus_texts e plus_texts senza la colonna sign", "aggiungere la colonna, o toglierli")
	}
	labelled := slices.ContainsFunc(l.columns[:], func(col column) bool { return len(col.names) > 0 })
	if l.spans == nil && !l.byName && l.header != headerNames && !labelled && (!l.columns[colAccount].atTop() || l.width == 0) {
		c.fail(line, "un tracciato per posizione non si riconosce dal contenuto", "aggiungere choose: name, le intestazioni, o l'IBAN di account con width")
	}
	if has(colRegularised) != (len(l.yes) > 0) {
		c.fail(line, "la colonna regularised e yes_texts vanno insieme", "aggiungere quello che manca")
	}
}
