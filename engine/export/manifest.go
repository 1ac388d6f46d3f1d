package export

import (
	"errors"
	"fmt"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Entity is whose books are exported.
type Entity struct {
	IPA     string
	TaxCode string
	Name    string
}

// Content says what an export holds.
type Content struct {
	Rows     int            // without the header
	Sum      record.Cents   // of what SumOf says
	SumOf    string         // for people
	LeftOut  map[string]int // what the format cannot hold, by what it is
	Warnings []string       // for people
}

func (c *Content) warn(n int, what string) {
	if n > 0 {
		c.Warnings = append(c.Warnings, fmt.Sprintf("%d %s", n, what))
	}
}

// Manifest stands beside an export and says what it is, so that whoever takes it
// can prove that it is whole and that none was missed: sequence.from of an
// incremental export is sequence.to of the one before, plus 1.
type Manifest struct {
	Export        string            `json:"export"`
	FormatVersion string            `json:"format_version,omitempty"`
	Layout        string            `json:"layout,omitempty"`
	Entity        string            `json:"entity"`
	TaxCode       string            `json:"tax_code"`
	AsOf          record.Date       `json:"as_of"`
	Run           int64             `json:"run"`
	Ruleset       string            `json:"ruleset"`
	RulesetHash   string            `json:"ruleset_hash"`
	Quadra        string            `json:"quadra"` // version that judged
	Sequence      Sequence          `json:"sequence"`
	Filters       map[string]string `json:"filters,omitempty"`
	Files         []ManifestFile    `json:"files"`
	Rows          int               `json:"rows"`
	SumCents      int64             `json:"sum_cents"`
	SumOf         string            `json:"sum_of,omitempty"`
	LeftOut       map[string]int    `json:"left_out,omitempty"`
	Warnings      []string          `json:"warnings,omitempty"`
}

// Sequence is the span of changes an export holds. A full export holds the
// outcome of all of them.
type Sequence struct {
	Incremental bool  `json:"incremental"`
	From        int64 `json:"from"`
	To          int64 `json:"to"` // From-1 when nothing changed
}

// ManifestFile is a file of an export, with what is inside when it is a zip.
type ManifestFile struct {
	Name   string        `json:"name"`
	SHA256 string        `json:"sha256"`
	Bytes  int64         `json:"bytes"`
	Inside *ManifestFile `json:"inside,omitempty"`
}

// ErrNotJudged says that there is nothing to export yet.
var ErrNotJudged = errors.New("the books have not been judged yet: run quadra run first")

// ErrSince says that the books have not come so far.
var ErrSince = errors.New("the sequence has not come so far")

// NewManifest begins the manifest of an export of the books as they were last
// judged; since is nil for a full one. Errors wrap [ErrNotJudged] and [ErrSince].
func NewManifest(tx *store.Tx, export string, e Entity, since *int64) (*Manifest, error) {
	run, err := tx.LastRun()
	if err != nil {
		return nil, err
	}
	if run == nil {
		return nil, ErrNotJudged
	}
	last, err := tx.LastChangeNumber()
	if err != nil {
		return nil, err
	}
	m := &Manifest{Export: export, Entity: e.IPA, TaxCode: e.TaxCode, AsOf: run.AsOf, Run: run.ID, Ruleset: run.Ruleset,
		RulesetHash: run.RulesetHash, Quadra: run.Version, Sequence: Sequence{From: 1, To: last}}
	if since != nil {
		if *since < 0 || *since > last {
			return nil, fmt.Errorf("since %d: %w: its last number is %d", *since, ErrSince, last)
		}
		m.Sequence.Incremental, m.Sequence.From = true, *since+1
	}
	return m, nil
}
