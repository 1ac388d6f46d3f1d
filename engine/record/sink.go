package record

import "fmt"

// Sink takes what a parser reads, in the order of the document. The first
// error a Sink returns ends the reading and is returned by the parser as it
// is. Pointers are only valid during the call.
type Sink interface {
	// Doc opens a document; what follows belongs to it.
	Doc(*Doc) error
	Receipt(*ReceiptLine) error
	// Flow opens a flow; the FlowLines that follow belong to it, until FlowEnd.
	Flow(*Flow) error
	FlowLine(*FlowLine) error
	FlowEnd(FlowTotals) error
	Movement(*Movement) error
	Notice(*Notice) error
	Debt(*Debt) error
	Chapter(*Chapter) error
	Assessment(*Assessment) error
	// Decision takes every row of a file of decisions, answered or not.
	Decision(*Decision) error
	// Reject reports a row that could not be taken. It is not a failure.
	Reject(*Reject) error
}

// Reject is a row that could not be taken.
type Reject struct {
	Entry  string // entry of the container; empty for a bare file
	Line   int    // line of the document, from 1 (the header is line 1)
	Column string // name of the column or element
	Code   RejectCode
	Value  string // what was written there, at most 80 characters
	Reason string // for people, in Italian: what is wrong and what to do

	// Part says that only a part of the row was left out (its chapter split);
	// the row itself was taken and counts as accepted.
	Part bool
}

// RejectCode is the stable name of a reason to leave a row out.
type RejectCode string

// Reasons to leave a row out.
const (
	RejectMissing     RejectCode = "MISSING"      // a mandatory field is empty
	RejectAmount      RejectCode = "AMOUNT"       // not an amount of this format
	RejectDate        RejectCode = "DATE"         // not a date, or no such day
	RejectTooLong     RejectCode = "TOO_LONG"     // longer than the format allows
	RejectColumns     RejectCode = "COLUMNS"      // too few or too many fields
	RejectIndex       RejectCode = "INDEX"        // transfer index outside 1..5
	RejectOutcome     RejectCode = "OUTCOME"      // unknown outcome code
	RejectNotPositive RejectCode = "NOT_POSITIVE" // zero or negative where money must have moved
	RejectDuplicate   RejectCode = "DUPLICATE"    // same key twice in one document
	RejectNumber      RejectCode = "NUMBER"       // not a number
	RejectOperation   RejectCode = "OPERATION"    // an operation quadra does not know
	RejectEntity      RejectCode = "ENTITY"       // the row belongs to another entity
	RejectSyntax      RejectCode = "SYNTAX"       // quoting or structure of the row is broken
	RejectValue       RejectCode = "VALUE"        // not one of the values the format allows
	RejectQuota       RejectCode = "QUOTA"        // the chapter split cannot be used
	RejectUnknown     RejectCode = "NOT_FOUND"    // names something the books do not hold
	RejectAmbiguous   RejectCode = "AMBIGUOUS"    // names more than one thing of the books
	RejectConflict    RejectCode = "CONFLICT"     // contradicts what is there
)

// FileCode is the stable name of a reason to refuse a whole file.
type FileCode string

// Reasons to refuse a whole file.
const (
	FileUnknown   FileCode = "UNKNOWN_FORMAT" // nothing quadra reads
	FileEmpty     FileCode = "EMPTY"          // no bytes, or no rows
	FileTruncated FileCode = "TRUNCATED"      // ends before its end
	FileContainer FileCode = "CONTAINER"      // broken or unsafe zip
	FileEncoding  FileCode = "ENCODING"       // bytes that are not text of any accepted encoding
	FileHeader    FileCode = "HEADER"         // mandatory columns are missing
	FileSyntax    FileCode = "SYNTAX"         // not well formed
	FileEntity    FileCode = "WRONG_ENTITY"   // belongs to another entity
	FileContent   FileCode = "CONTENT"        // well formed, but not what it says it is
	FileLimit     FileCode = "LIMIT"          // beyond a limit of the configuration
)

// FileError says that a file as a whole cannot be taken, and why. It is about
// the file; a failure of disk or memory is any other error.
type FileError struct {
	Entry   string // entry of the container; empty for a bare file
	Line    int    // 0 when no line can be named
	Code    FileCode
	Message string // for people, in Italian: what is wrong and what to do
	Cause   error  // for the log; may be nil
}

func (e *FileError) Error() string {
	at := ""
	if e.Entry != "" {
		at = e.Entry + ": "
	}
	if e.Line > 0 {
		at += fmt.Sprintf("line %d: ", e.Line)
	}
	s := fmt.Sprintf("%s%s: %s", at, e.Code, e.Message)
	if e.Cause != nil {
		s += " (" + e.Cause.Error() + ")"
	}
	return s
}

func (e *FileError) Unwrap() error { return e.Cause }
