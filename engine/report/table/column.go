package table

// Kind is what the values of a column are.
type Kind string

// The kinds of columns.
const (
	KindText  Kind = "text"
	KindCode  Kind = "code" // one of the Values of its column, which may grow while rows come
	KindCents Kind = "cents"
	KindDate  Kind = "date"
	KindInt   Kind = "int"
)

// Where says which forms have a column.
type Where int

// The places of a column.
const (
	Everywhere Where = iota
	Screen           // what the browser loads
	Files            // CSV, JSON and spreadsheet
)

// Text is a title in the languages of a pack.
type Text struct{ It, En string }

// In is the text in a language; Italian where there is no other.
func (t Text) In(language string) string {
	if language == "en" && t.En != "" {
		return t.En
	}
	return t.It
}

// Value is one value of a column of codes.
type Value struct {
	Code  string
	Title string // in the language of the pack; empty: the code itself
	Sign  int    // of a status: good, bad or neither
	// Signed says that Sign is one: other codes are neither good nor bad.
	Signed bool
}

// Column is one column of a table, in every form.
type Column struct {
	// Key is its name in files and addresses. It is stable and the same in every
	// language: people build on it.
	Key   string
	Title Text
	Kind  Kind
	// Values of a column of codes that are known beforehand, in their order.
	Values []Value
	// Link names the table whose key the value is.
	Link   string
	Filter bool // asks for a filter above the list
	Search bool // the search box looks there
	Payer  bool // says who pays: masked packs leave it out
	Total  bool // adds up to a total
	// Bucket gives the ranges of a filter by their lower bounds.
	Bucket []int64
	Hidden bool // not shown in the list of the browser; files and panels have it
	Aside  bool // not shown there at first: the reader may ask for it
	// Where the column is: keys of rows and of their neighbours serve the browser
	// alone, details of every row the files alone.
	Where Where
	Width float64 // in characters, of the spreadsheet
}

// Definition is a table: what it is called and what its columns are.
type Definition struct {
	Name    string // of its files and its address
	Title   Text
	Page    string // the page that shows it
	Columns []Column
	// Key names the column that identifies a row.
	Key string
	// Cards is how many panels stand in one file; 0: rows have no panels of their
	// own.
	Cards int
	// Panels names the table whose panels its rows open, under the same key.
	Panels string
}

// PanelsOf names the table whose panels the rows open; empty: none.
func (d *Definition) PanelsOf() string {
	if d.Cards > 0 {
		return d.Name
	}
	return d.Panels
}

// chunk is how many rows stand in one file of the browser's.
const chunk = 5000

// columnsIn are the places of the columns that one of the two has.
func (d *Definition) columnsIn(where Where) []int {
	var at []int
	for i := range d.Columns {
		if w := d.Columns[i].Where; w == Everywhere || w == where {
			at = append(at, i)
		}
	}
	return at
}
