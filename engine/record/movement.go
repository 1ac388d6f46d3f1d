package record

// Document of a cash movement: which kind of paper the treasurer wrote.
// The values are those of the OPI schemas (tipo_documento); layouts that hold
// nothing but provisional receipts produce DocSospeso.
type Document string

// The documents quadra tells apart.
const (
	DocSospeso   Document = "SOSPESO ENTRATA"
	DocReversale Document = "REVERSALE"
)

// Operation is what happened to a document (tipo_operazione in OPI).
type Operation string

// The operations of table 4.1 of the treasury reference. Only OpExecuted
// brings cash and only OpReversed takes it back; the other two change whether
// a receipt is covered by an order, never the cash.
const (
	OpExecuted    Operation = "ESEGUITO"
	OpReversed    Operation = "STORNATO"
	OpRegularised Operation = "REGOLARIZZATO"
	OpRestored    Operation = "RIPRISTINATO"
)

// Movement is one line of the giornale di cassa about income. Its key within
// an entity is Account, Year and Number; a reversal carries the key of what it
// reverses.
type Movement struct {
	Line      int
	Treasurer string // ABI code of the treasurer bank, when the document says it
	Account   string // conto_evidenza or IBAN, when the document says it
	Year      int    // esercizio
	Number    string // provvisorio, without leading zeros; see [Line] where the layout has none
	Receipt   string // numero_bolletta_quietanza, without leading zeros

	Document  Document
	Operation Operation
	Amount    Cents // always positive for OPI; sign as written elsewhere
	BookedOn  Date  // data_movimento
	ValueOn   Date  // data_valuta_ente, or BookedOn when absent

	Payer      string // who sent the money
	Remittance string // causale
	EndToEnd   string // end-to-end id of the credit
	Code       string // codice_gestionale_provvisorio

	// IUF and IUV when the layout gives them apart from the remittance text.
	IUF, IUV string

	// SameRow says that the row the movement before comes from gave this one too:
	// it is one row to count.
	SameRow bool

	Covers []Cover // of an order (DocReversale): the provvisori it covers
}

// Cover is the part of a provvisorio that an order of collection covers.
type Cover struct {
	Number string // of the provvisorio, without leading zeros
	Amount Cents
}
