package record

import "time"

// Flow is the header of one version of a reporting flow (FdR): what a PSP says
// it collected for an entity and will transfer with one credit. Its identity
// within an entity is PSP, IUF and the year of RegulatedOn; versions of one
// identity are ordered by Revision when both have one, else by ProducedAt.
type Flow struct {
	Line          int    // line of the root element
	SchemaVersion string // versioneOggetto
	IUF           string // as written, at most 35 characters
	Revision      int    // revisioneFlusso; 0 when the document has none
	ProducedAt    time.Time
	Regulation    string // identificativoUnivocoRegolamento (TRN of the credit)
	RegulatedOn   Date   // dataRegolamento: the day the credit is executed

	SenderKind   string // G, A (ABI) or B (BIC)
	PSP          string // codiceIdentificativoUnivoco of the sender
	PSPName      string
	BIC          string // bank that issues the credit
	Receiver     string // tax code of the entity
	ReceiverName string

	DeclaredCount int
	DeclaredTotal Cents
}

// FlowLine is one payment of a [Flow].
type FlowLine struct {
	Line    int // line of the document where the element starts
	Seq     int // position among the flow's lines, from 1, rejected ones counted
	IUV     string
	IUR     string
	Index   int   // 1..5, or 0 when the flow does not say
	Amount  Cents // as written; negative only for outcome 3
	Outcome int   // 0 paid, 3 revoked, 4 stand-in, 8 stand-in without RPT, 9 without RPT
	On      Date  // dataEsitoSingoloPagamento
}

// FlowTotals is what the lines of a flow add up to.
//
// The platform's text says that a revoked line (outcome 3) is negative while
// every schema forbids a sign, so the declared total is checked against both
// readings.
type FlowTotals struct {
	Count int
	Plain Cents // revoked lines added like the others
	Net   Cents // revoked lines subtracted, whatever sign they carry
}
