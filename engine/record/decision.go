package record

// DecisionKind is what a person decides about.
type DecisionKind string

// The kinds of decisions, as files write them.
const (
	// DecideFlow: a movement pays a flow, or does not.
	DecideFlow DecisionKind = "flusso"
	// DecidePayment: a movement pays one payment, or does not.
	DecidePayment DecisionKind = "pagamento"
	// DecideReview: a version of a flow that came after its cash was looked at.
	DecideReview DecisionKind = "rivisto"
	// DecideRefund: of a payment made twice, this one is given back.
	DecideRefund DecisionKind = "rimborso"
)

// Answer is what a person says.
type Answer string

// The answers, as files write them.
const (
	AnswerNone   Answer = "" // a row nobody has answered yet
	AnswerAccept Answer = "accetta"
	AnswerRefuse Answer = "rifiuta"
	AnswerUndo   Answer = "annulla" // takes back the last answer about the same thing
)

// MovementKey is what a treasurer knows a movement by.
type MovementKey struct {
	Year    int    // esercizio
	Number  string // without leading zeros
	Account string // empty when the layout of the cash file does not say
}

// SettlementKey is the identity of a flow, whatever its version.
type SettlementKey struct {
	IUF  string // in upper case
	PSP  string
	Year int // of dataRegolamento
}

// PaymentKey names a payment that has a receipt or a flow line.
type PaymentKey struct {
	IUV   string
	IUR   string
	Index int
}

// Decision is one row of a file of decisions: what a person says of one thing.
// Which of the keys are filled depends on the kind: flow has movement and
// settlement, payment has movement and payment, review has settlement, refund
// has payment.
type Decision struct {
	Line     int
	Kind     DecisionKind
	Answer   Answer
	Proposal string // id of the proposal answered; empty when written by hand
	Movement MovementKey
	Flow     SettlementKey
	Payment  PaymentKey
	Amount   Cents  // that the movement carries; 0 when not said
	Version  string // of the flow that was looked at
	Author   string
	Note     string
}
