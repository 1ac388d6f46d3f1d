package trace

import (
	"fmt"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Kind is what a chain was asked for.
type Kind string

// What can be traced.
const (
	KindIUV      Kind = "iuv"
	KindIUD      Kind = "iud"
	KindIUF      Kind = "iuf"
	KindMovement Kind = "movement"
)

// MovementName is how a treasurer says a movement: number/year.
func MovementName(year int, number string) string { return fmt.Sprintf("%s/%d", number, year) }

// Chain is everything behind one thing. The parts refer to each other by IUV,
// IUR, index and IUD, and by the ids of flow, settlement and movement, which
// are stable within one database.
type Chain struct {
	Kind        Kind                  `json:"kind"`
	ID          string                `json:"id"` // as asked; of a movement its [MovementName]
	Payments    []PaymentPart         `json:"payments"`
	Notices     []store.TracedNotice  `json:"notices"`
	Receipts    []store.TracedReceipt `json:"receipts"`
	Settlements []SettlementPart      `json:"settlements"`
	Movements   []MovementPart        `json:"movements"`
	Decisions   []DecisionPart        `json:"decisions"` // of people, about any of these, in their order
}

// DecisionPart is what a person decided; it is never forgotten, even when it
// holds no more.
type DecisionPart struct {
	ID        int64               `json:"id"`
	Kind      record.DecisionKind `json:"kind"`
	Answer    record.Answer       `json:"answer"`
	InForce   bool                `json:"in_force"`
	Movement  string              `json:"movement"` // number/year; empty when it is about none
	Account   string              `json:"account"`
	IUF       string              `json:"iuf"`
	PSP       string              `json:"psp"`
	Year      int                 `json:"year"` // of the flow
	IUV       string              `json:"iuv"`
	IUR       string              `json:"iur"`
	Index     int                 `json:"index"`
	Amount    record.Cents        `json:"amount_cents"`
	Version   string              `json:"version"`
	Proposal  string              `json:"proposal"`
	Author    string              `json:"author"`
	Note      string              `json:"note"`
	DecidedAt time.Time           `json:"decided_at"`
	Source    store.TracedSource  `json:"source"`

	decision store.Decision
}

// Reading is a verdict put into words; empty until [Chain.Explain].
type Reading struct {
	Rule    string         `json:"rule"` // that gave the status, e.g. "payment NOT_CASHED"
	Name    string         `json:"status_name"`
	Why     string         `json:"why"`
	Age     int            `json:"age_days"` // working days
	DueBy   record.Date    `json:"due_by"`   // empty: it waits for nothing
	Labels  []LabelReading `json:"label_readings"`
	Records []FoundRecord  `json:"read_from"` // the records the verdict rests on
}

// LabelReading is a label put into words.
type LabelReading struct {
	Rule string `json:"rule"` // e.g. "label RT_IUF"
	Code string `json:"code"`
	Name string `json:"name"`
	Why  string `json:"why"`
}

// FoundRecord is a record with where it stands.
type FoundRecord struct {
	Kind   record.Kind        `json:"kind"`
	Name   string             `json:"name"` // IUV, IUF, IUD, or number and year
	Source store.TracedSource `json:"source"`
}

// PaymentPart is a payment and how its status came about. Gone says that it is no
// more (its notice found a receipt, its only flow line went with a revision):
// then only its key and history are filled.
type PaymentPart struct {
	store.TracedPayment
	Reading
	Gone    bool                 `json:"gone"`
	History []store.TracedChange `json:"history"`
	Notes   []NotePart           `json:"notes"`
}

// SettlementPart is a flow with all its versions and the movements that pay it.
type SettlementPart struct {
	store.TracedSettlement
	Reading
	Flows   []FlowPart           `json:"flows"`
	PaidBy  []store.TracedLink   `json:"paid_by"`
	History []store.TracedChange `json:"history"`
	Notes   []NotePart           `json:"notes"`
}

// FlowPart is one version of a flow. Of a flow reached through an IUV only the
// lines about that IUV are listed.
type FlowPart struct {
	store.TracedFlow
	Lines []store.TracedLine `json:"lines"`
}

// MovementPart is a movement, what its text names and what it pays.
type MovementPart struct {
	store.TracedMovement
	Reading
	Names   []store.TracedRef    `json:"names"`
	Pays    []store.TracedLink   `json:"pays"`
	Rows    []store.TracedEvent  `json:"rows"` // of the giornale di cassa
	Former  []store.TracedFormer `json:"former"`
	History []store.TracedChange `json:"history"`
	Notes   []NotePart           `json:"notes"`
}
