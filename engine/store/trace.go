package store

import (
	"encoding/json"
	"strings"
	"time"

	"quadra/engine/record"
)

// What a trace shows of the books: rows that say where they came from. Their
// json tags are here because a row is shown as it is.

// TracedSource is a [Source] as traces show it.
type TracedSource struct {
	File   string `json:"file"`
	SHA256 string `json:"sha256"`
	Entry  string `json:"entry"` // empty for a bare file
	Line   int    `json:"line"`
}

// String is [Source.String].
func (s TracedSource) String() string { return Source(s).String() }

// Facts are what a verdict was read from, separated by blanks: what holds, and
// name=word. In JSON they are an array.
type Facts string

// MarshalJSON writes an array of texts.
func (f Facts) MarshalJSON() ([]byte, error) { return json.Marshal(strings.Fields(string(f))) }

// TracedVerdict is how a unit is judged. All is empty while it is not.
type TracedVerdict struct {
	Status      string `json:"status"`
	Sign        int    `json:"sign"`
	Severity    int    `json:"severity"`
	Labels      Codes  `json:"labels"`
	Facts       Facts  `json:"facts"`
	RulesetHash string `json:"ruleset_hash"`
}

// TracedChange is one row of the history of a unit.
type TracedChange struct {
	Run    int64        `json:"run"`
	AsOf   record.Date  `json:"as_of"`
	Before string       `json:"before"`       // status; empty: not known so far
	After  string       `json:"after"`        // status; empty: it is no more
	Amount record.Cents `json:"amount_cents"` // of a settlement or movement its cash
	// Difference is that of the comparison the status speaks of; of a settlement
	// or movement its cash beyond what it is for, 0 without links.
	Difference record.Cents  `json:"difference_cents"`
	File       string        `json:"cause_file"` // the last of the files; empty: none
	SHA256     string        `json:"cause_sha256"`
	Causes     []TracedCause `json:"causes"` // all of them; last the file whose mark came last

	also string
}

// TracedCause is why a unit was judged anew.
type TracedCause struct {
	Kind   string `json:"kind"` // file, or [CauseCalendar], [CauseSettings], [CauseDecision]
	File   string `json:"file,omitempty"`
	SHA256 string `json:"sha256,omitempty"`
}

// CauseFile is the kind of a cause that is a file.
const CauseFile = "file"

// TracedReceipt is a receipt line, or what a later delivery replaced.
type TracedReceipt struct {
	IUV        string       `json:"iuv"`
	IUR        string       `json:"iur"`
	Index      int          `json:"index"`
	IUD        string       `json:"iud"`
	Amount     record.Cents `json:"amount_cents"`
	Total      record.Cents `json:"total_cents"`
	Outcome    string       `json:"outcome"`
	PaidOn     record.Date  `json:"paid_on"`
	DebtType   string       `json:"debt_type"`
	PSP        string       `json:"psp"`
	PSPName    string       `json:"psp_name"`
	PayerName  string       `json:"payer_name"`
	Remittance string       `json:"remittance"`
	Replaced   bool         `json:"replaced"`
	Source     TracedSource `json:"source"`
}

// TracedNotice is a notice, or what a later one replaced.
type TracedNotice struct {
	IUD        string       `json:"iud"`
	IUV        string       `json:"iuv"`
	Amount     record.Cents `json:"amount_cents"`
	PaidOn     record.Date  `json:"paid_on"`
	DebtType   string       `json:"debt_type"`
	PayerName  string       `json:"payer_name"`
	Remittance string       `json:"remittance"`
	Replaced   bool         `json:"replaced"`
	Source     TracedSource `json:"source"`
}

// TracedLine is a line of a version of a flow.
type TracedLine struct {
	FlowID       int64        `json:"flow_id"`
	SettlementID int64        `json:"settlement_id"`
	Seq          int          `json:"seq"`
	IUV          string       `json:"iuv"`
	IUR          string       `json:"iur"`
	Index        int          `json:"index"` // 0: the flow does not say
	Amount       record.Cents `json:"amount_cents"`
	Outcome      int          `json:"outcome"`
	PaidOn       record.Date  `json:"paid_on"`
	Source       TracedSource `json:"source"`
}

// TracedFlow is one version of a flow.
type TracedFlow struct {
	ID            int64        `json:"flow_id"`
	SettlementID  int64        `json:"settlement_id"`
	Current       bool         `json:"current"`
	IUF           string       `json:"iuf"`
	Revision      int          `json:"revision"`
	ProducedAt    time.Time    `json:"produced_at"`
	Regulation    string       `json:"regulation"`
	RegulatedOn   record.Date  `json:"regulated_on"`
	PSP           string       `json:"psp"`
	PSPName       string       `json:"psp_name"`
	BIC           string       `json:"bic"`
	DeclaredCount int          `json:"declared_count"`
	DeclaredTotal record.Cents `json:"declared_total_cents"`
	LineCount     int          `json:"line_count"`
	TotalPlain    record.Cents `json:"total_plain_cents"`
	TotalNet      record.Cents `json:"total_net_cents"`
	Source        TracedSource `json:"source"`
}

// TracedSettlement is the identity of a flow and the cash it got.
type TracedSettlement struct {
	ID      int64        `json:"settlement_id"`
	IUF     string       `json:"iuf"`
	PSP     string       `json:"psp"`
	Year    int          `json:"year"`
	Cash    record.Cents `json:"cash_cents"`
	Parts   int          `json:"parts"`
	Revised bool         `json:"revised"` // a version came after the cash
	TracedVerdict
}

// TracedLink ties a movement to a settlement it pays.
type TracedLink struct {
	SettlementID int64        `json:"settlement_id"`
	IUF          string       `json:"iuf"`
	MovementID   int64        `json:"movement_id"`
	Account      string       `json:"account"`
	Year         int          `json:"year"`
	Number       string       `json:"number"`
	BookedOn     record.Date  `json:"booked_on"`
	Amount       record.Cents `json:"amount_cents"`
	Reason       string       `json:"reason"`
}

// TracedMovement is a movement.
type TracedMovement struct {
	ID         int64        `json:"movement_id"`
	Account    string       `json:"account"`
	Year       int          `json:"year"`
	Number     string       `json:"number"`
	Amount     record.Cents `json:"amount_cents"`
	Reversed   record.Cents `json:"reversed_cents"`
	Cash       record.Cents `json:"cash_cents"`
	Covered    record.Cents `json:"covered_cents"`
	BookedOn   record.Date  `json:"booked_on"`
	ValueOn    record.Date  `json:"value_on"`
	Payer      string       `json:"payer"`
	Remittance string       `json:"remittance"`
	EndToEnd   string       `json:"end_to_end"`
	Treasurer  string       `json:"treasurer"`
	Code       string       `json:"code"`
	Ambiguous  bool         `json:"ambiguous"`
	Source     TracedSource `json:"source"`
	TracedVerdict
}

// TracedRef is what a remittance text names.
type TracedRef struct {
	Kind string `json:"kind"` // iuf or iuv
	ID   string `json:"id"`
	Step string `json:"step"` // of the reading that found it
	Used bool   `json:"used"` // an IUV that a payment is cashed by
	// Barred: a person decided that the movement does not pay what it names.
	Barred bool `json:"barred"`
}

// TracedEvent is a row of a giornale di cassa about a movement.
type TracedEvent struct {
	Document  string       `json:"document"`
	Operation string       `json:"operation"`
	Amount    record.Cents `json:"amount_cents"`
	BookedOn  record.Date  `json:"booked_on"`
	Source    TracedSource `json:"source"`
}

// TracedFormer is what a later delivery replaced of a movement.
type TracedFormer struct {
	Amount     record.Cents `json:"amount_cents"`
	BookedOn   record.Date  `json:"booked_on"`
	ValueOn    record.Date  `json:"value_on"`
	Payer      string       `json:"payer"`
	Remittance string       `json:"remittance"`
	Source     TracedSource `json:"source"`
}

// TracedPayment is a judged payment.
type TracedPayment struct {
	IUV        string       `json:"iuv"`
	IUR        string       `json:"iur"`
	Index      int          `json:"index"`
	AloneIUD   string       `json:"alone_iud"` // the IUD of a notice alone
	Amount     record.Cents `json:"amount_cents"`
	HasReceipt bool         `json:"has_receipt"`
	NoticeIUD  string       `json:"notice_iud"` // the notice linked to it
	FlowID     int64        `json:"flow_id"`    // the flow line linked to it, 0 when none
	FlowSeq    int          `json:"flow_seq"`
	IUF        string       `json:"iuf"`
	Difference record.Cents `json:"difference_cents"`
	DueFrom    record.Date  `json:"due_from"`
	SinceRun   int64        `json:"since_run"`
	ReviewOn   record.Date  `json:"review_on"` // the calendar changes it by then; empty: never
	TracedVerdict
}

// TracedPaymentChange is a row of the history of a payment of one IUV.
type TracedPaymentChange struct {
	PaymentKey
	TracedChange
}
