// Package outcome writes what a clerk reads beside the file that was left in a
// drop: <name>.esito.txt, a page saying what became of it, and
// <name>.scarti.csv, every row that could not be taken.
//
// Both are in Italian and depend on nothing but their input: the same outcome
// gives the same bytes.
package outcome

import (
	"time"

	"quadra/engine/record"
)

// TextSuffix and RejectsSuffix follow the whole name of the file answered.
const (
	TextSuffix    = ".esito.txt"
	RejectsSuffix = ".scarti.csv"
)

// State is what became of a file.
type State string

// The states of a file, as in the output of the import command.
const (
	Loaded    State = "loaded"    // taken, with or without rejected rows
	Duplicate State = "duplicate" // the same bytes were taken before
	Refused   State = "rejected"  // cannot be taken as a whole
	Failed    State = "failed"    // a fault of ours: it will be tried again
)

// Outcome is what became of one file.
type Outcome struct {
	File   string // name in the drop
	SHA256 string // empty when the file could not be read
	Size   int64  // bytes
	SeenAt time.Time
	State  State

	Documents []Document // what was found inside; one when the file is bare

	// Rejects are the rows left out, in the order of the file. Text needs the
	// first ShownRejects only; how many there are comes from Documents and Parts.
	Rejects []record.Reject
	Parts   int // rows that were taken without a part of theirs, listed among the Rejects

	Earlier Earlier           // of a Duplicate: the file taken before
	Refusal *record.FileError // of a Refused file: why
}

// Document is a file, or one entry of a container, and what was taken of it.
type Document struct {
	record.Doc
	Rows     int // read, rejected ones included
	Accepted int
	Rejected int
	Total    record.Cents // of the accepted rows
}

// Earlier is a file with the same bytes that was taken before.
type Earlier struct {
	File     string
	SeenAt   time.Time
	Accepted int
	Rejected int
	Total    record.Cents // of the accepted rows
}

// ShownRejects is how many rejects the page lists; all are in the CSV.
const ShownRejects = 20
