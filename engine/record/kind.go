package record

// Kind is a family of documents.
type Kind string

// The kinds a file can turn out to be.
const (
	KindReceipts  Kind = "ricevute"
	KindFlows     Kind = "rendicontazione"
	KindMovements Kind = "cassa"
	KindNotices   Kind = "notifiche"

	KindDebts       Kind = "dovuti"
	KindChapters    Kind = "capitoli"
	KindAssessments Kind = "accertamenti"

	KindDecisions    Kind = "decisioni"
	KindNotes        Kind = "note"       // segnalazioni of people
	KindInstructions Kind = "istruzioni" // changes of accertamenti that people ask for
)

// Doc is what a parser found inside a file: the file itself when it is bare,
// or one entry of a zip.
type Doc struct {
	Entry    string // name inside the container; empty for a bare file
	Kind     Kind
	Format   string // e.g. "mypay-paid-csv", "fdr-xml", "opi-xml"
	Version  string // e.g. "1.2"; empty when the format has none
	Encoding string // e.g. "UTF-8", "windows-1252"
	Warnings []string
}
