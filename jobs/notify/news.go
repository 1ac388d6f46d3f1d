// Package notify tells people and systems what a run found: who hears of what,
// the text they read, and a queue in the books so that a message that could not
// be delivered is tried again by the next run, and none is delivered twice.
//
// There is a message only when there is something new. It names payments by
// IUV and amount; who paid is never in it.
//
// A message is first recorded as being handed over. When the program is killed
// there, or the server's answer is lost, nobody knows whether it arrived: it is
// not sent again, and the next message to the same address says that one may be
// missing and where to read what it said.
package notify

import (
	"slices"

	"quadra/engine/record"
)

// Topic is a matter one may want to hear of.
type Topic string

// The topics.
const (
	Failed    Topic = "failed"    // the run failed, or some drops could not be worked through
	Rejected  Topic = "rejected"  // files refused, rows rejected
	Anomalies Topic = "anomalies" // what became an anomaly
	Missing   Topic = "missing"   // files that should have come
	Summary   Topic = "summary"   // what the run changed
)

// News is what a run found. It is also the JSON a webhook gets: fields are only
// ever added; amounts are cents.
type News struct {
	Entity    Entity          `json:"entity"`
	AsOf      record.Date     `json:"as_of"`
	Run       int64           `json:"run"`
	Version   string          `json:"version"`
	Failure   string          `json:"failure,omitempty"` // in English, as in the logs
	Drops     []Drop          `json:"drops,omitempty"`   // those that could not be worked through
	Files     []File          `json:"files,omitempty"`   // refused, or with rejected rows
	Anomalies []Anomaly       `json:"anomalies,omitempty"`
	Missing   []MissingFile   `json:"missing,omitempty"`
	Summary   *Totals         `json:"summary,omitempty"`
	Unsure    []EarlierNotice `json:"unsure,omitempty"`
	Report    string          `json:"report,omitempty"` // folder
}

// Entity is whose books these are.
type Entity struct {
	IPA  string `json:"ipa"`
	Name string `json:"name"`
}

// Drop is a drop that could not be worked through.
type Drop struct {
	Name    string `json:"name"`
	Message string `json:"message"` // in Italian
}

// FileFailed is the state of a file that could not be read: it is a failure,
// the other states are rejections.
const FileFailed = "failed"

// File is a file that was refused or had rows rejected.
type File struct {
	Name     string `json:"name"`
	Drop     string `json:"drop,omitempty"`
	State    string `json:"state"` // loaded, rejected or failed
	Rows     int64  `json:"rows"`
	Rejected int64  `json:"rejected"`
	Code     string `json:"code,omitempty"`
	Message  string `json:"message,omitempty"`
}

// Anomaly is what became an anomaly, by unit and status.
type Anomaly struct {
	Unit     string       `json:"unit"` // payment, settlement or movement
	Code     string       `json:"code"`
	Name     string       `json:"name"`
	Severity int          `json:"severity"`
	Count    int64        `json:"count"`
	Amount   record.Cents `json:"cents"`
	Examples []Example    `json:"examples"` // the largest
}

// Example is an IUV, an IUF, or year and number of a movement.
type Example struct {
	ID     string       `json:"id"`
	Amount record.Cents `json:"cents"`
}

// MissingFile is a source that should have sent something.
type MissingFile struct {
	Source  string `json:"source"`
	Message string `json:"message"` // in Italian
}

// Totals is what the run changed.
type Totals struct {
	Loaded  int64 `json:"loaded"`  // files
	Changes int64 `json:"changes"` // of status
}

// EarlierNotice is a message that may not have arrived.
type EarlierNotice struct {
	Run     int64  `json:"run"`
	Subject string `json:"subject"`
}

// Subscription is what somebody wants to hear of.
type Subscription struct {
	About    []Topic
	Severity int      // of anomalies: this or graver
	Codes    []string // of anomalies; empty: all
	Entities []string // IPA codes; empty: all
}

// For is the part of the news somebody wants to hear of; ok is false when there
// is nothing in it.
func (n *News) For(s Subscription) (part News, ok bool) {
	part = News{Entity: n.Entity, AsOf: n.AsOf, Run: n.Run, Version: n.Version, Report: n.Report}
	if len(s.Entities) > 0 && !slices.Contains(s.Entities, n.Entity.IPA) {
		return part, false
	}
	wants := func(t Topic) bool { return slices.Contains(s.About, t) }
	if wants(Failed) {
		part.Failure, part.Drops = n.Failure, n.Drops
	}
	for _, f := range n.Files {
		if f.State == FileFailed && wants(Failed) || f.State != FileFailed && wants(Rejected) {
			part.Files = append(part.Files, f)
		}
	}
	if wants(Missing) {
		part.Missing = n.Missing
	}
	if wants(Summary) {
		part.Summary = n.Summary
	}
	if wants(Anomalies) {
		for _, a := range n.Anomalies {
			if a.Severity >= s.Severity && (len(s.Codes) == 0 || slices.Contains(s.Codes, a.Code)) {
				part.Anomalies = append(part.Anomalies, a)
			}
		}
	}
	return part, part.something()
}

func (n *News) something() bool {
	return n.Failure != "" || len(n.Drops) > 0 || len(n.Files) > 0 || len(n.Anomalies) > 0 || len(n.Missing) > 0 ||
		n.Summary != nil || len(n.Unsure) > 0
}

// merge adds what another part of the same news has and this one has not.
func (n *News) merge(other News) {
	if n.Failure == "" {
		n.Failure = other.Failure
	}
	if len(n.Drops) == 0 {
		n.Drops = other.Drops
	}
	for _, f := range other.Files {
		if !slices.Contains(n.Files, f) {
			n.Files = append(n.Files, f)
		}
	}
	if len(n.Missing) == 0 {
		n.Missing = other.Missing
	}
	if n.Summary == nil {
		n.Summary = other.Summary
	}
	for _, a := range other.Anomalies {
		same := func(b Anomaly) bool { return b.Unit == a.Unit && b.Code == a.Code }
		if !slices.ContainsFunc(n.Anomalies, same) {
			n.Anomalies = append(n.Anomalies, a)
		}
	}
}
