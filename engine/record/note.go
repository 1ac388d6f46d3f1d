package record

// Note is a row of a file of notes (segnalazioni): what a person says of a
// payment, a settlement or a movement. It names the thing as far as it takes to
// tell it from the others; what is empty is left as it is.
type Note struct {
	Line int
	Unit string // payment, settlement or movement

	IUV     string
	IUR     string
	Index   int // 0: not said
	IUD     string
	IUF     string
	PSP     string
	Year    int // of the settlement (of dataRegolamento), or esercizio of the movement; 0: not said
	Number  string
	Account string

	State       string // open, explained or closed
	Text        string
	Assignee    string
	DueOn       Date
	IgnoreUntil Date
	Author      string // empty: whoever hands the file in

	// What is taken away: written - in the file.
	NoAssignee bool
	NoDue      bool
	NoIgnore   bool
}

// Blank says that the row has nothing to say about its thing: a row of a list of
// anomalies that nobody wrote on.
func (n *Note) Blank() bool {
	return n.State == "" && n.Text == "" && n.Assignee == "" && n.DueOn == 0 && n.IgnoreUntil == 0 && !n.NoAssignee && !n.NoDue && !n.NoIgnore
}
