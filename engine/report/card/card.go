// Package card is the panel of one thing: its chain on a timeline, why it is
// judged so, where it is booked, what was left out of it, what people say of it,
// its history and its neighbours. Every text in it is ready to be shown.
package card

import "quadra/engine/record"

// Card is the panel of one row.
type Card struct {
	Title     string
	Why       *Why
	Line      []Step
	Chapters  []Chapter
	Rejects   []Reject
	Notes     []Note
	Proposals []Proposal
	Links     []Link
	History   []Change
}

// Why is a judgement in words.
type Why struct {
	*Verdict
	Text       string
	Difference record.Cents
}

// Verdict is what many things are judged alike.
type Verdict struct {
	Status string // code
	Name   string
	Sign   int
	Rule   string
	Labels []string
	Facts  []Fact
}

// Fact is something the judgement was read from.
type Fact struct{ Name, Value string }

// The kinds of steps.
const (
	Notice  = "notice"
	Receipt = "receipt"
	Flow    = "flow"
	Cash    = "cash"
	Booked  = "chapter"
	// Delivered is a file that came, Term a day by which something is to happen.
	Delivered = "file"
	Term      = "term"
)

// Step is one step of the chain.
type Step struct {
	On      record.Date // 0: not known
	What    string
	Title   string
	Text    string
	Cents   record.Cents
	Amount  bool // Cents says something
	Missing bool // should be there and is not
	Source  Source
	To      Place // its own panel
}

// Source is the line of a file something was read from.
type Source struct {
	File string // with the entry of a container
	Line int
}

// Place is the panel of another thing.
type Place struct{ Table, Key string }

// Chapter is where a part is booked.
type Chapter struct {
	Year         int
	Office       string
	Chapter      string // or why there is none
	Article      string
	Accertamento string
	Amount       record.Cents
	To           Place // its own panel
	Held         Place // that of the accertamento
}

// Reject is a row that was left out.
type Reject struct {
	Entry  string // of a container
	Line   int
	Column string
	Code   string
	Text   string // the reason and what to do
	To     Place  // its own panel
}

// Note is what a person says.
type Note struct {
	State  string // code
	Author string
	At     string // instant, RFC 3339
	Text   string
	Due    record.Date
}

// Proposal is a near match.
type Proposal struct {
	Score   int
	Text    string
	Reasons []string
}

// Link leads to a neighbour: its panel, or what its list shows when it is searched
// for Find or filtered.
type Link struct {
	Place
	Find  string
	Where []Filter
	Text  string
}

// Filter is a setting of a list, by the name its address has for it.
type Filter struct{ Name, Value string }

// Change is one change of the judgement.
type Change struct {
	At    record.Date
	Run   int64
	From  string
	To    string
	Cause string
}
