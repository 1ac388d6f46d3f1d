package store

import (
	"fmt"

	"quadra/engine/record"
)

// Source says where a record stands: the file as it was delivered, the entry
// when the file is a container, and the line.
type Source struct {
	File   string // empty: the record does not exist
	SHA256 string
	Entry  string // empty for a bare file
	Line   int
}

// Known says that there is a record at all.
func (s Source) Known() bool { return s.File != "" }

// String is how a person finds the line: file, entry and line.
func (s Source) String() string {
	switch {
	case !s.Known():
		return ""
	case s.Entry != "":
		return fmt.Sprintf("%s/%s:%d", s.File, s.Entry, s.Line)
	}
	return fmt.Sprintf("%s:%d", s.File, s.Line)
}

// ViewFilter narrows a view. Empty fields do not narrow.
type ViewFilter struct {
	Anomalies bool   // only units whose status has a negative sign
	Status    string // only this status
}

// viewer resolves what many rows of one view share: documents and verdicts
// are few, units are millions.
type viewer struct {
	tx       *Tx
	docs     map[int64]Source
	verdicts map[int64]*Verdict
}

func (tx *Tx) viewer() *viewer {
	return &viewer{tx: tx, docs: make(map[int64]Source), verdicts: make(map[int64]*Verdict)}
}

// source names the file behind a document; no document gives no source.
func (v *viewer) source(doc int64, line int) (Source, error) {
	if doc == 0 {
		return Source{}, nil
	}
	s, ok := v.docs[doc]
	if !ok {
		found, err := v.tx.one("ViewSource", []any{doc}, &s.File, &s.SHA256, &s.Entry)
		if err != nil {
			return s, err
		}
		if !found {
			return s, fmt.Errorf("document %d is not in the books", doc)
		}
		v.docs[doc] = s
	}
	s.Line = line
	return s, nil
}

func (v *viewer) verdict(id int64) (*Verdict, error) {
	if have, ok := v.verdicts[id]; ok {
		return have, nil
	}
	var got Verdict
	found, err := v.tx.one("ViewVerdict", []any{id}, &got.Unit, &got.RulesetHash, &got.Status, &got.Sign, &got.Severity,
		&got.Labels, &got.Facts)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fmt.Errorf("verdict %d is not in the books", id)
	}
	v.verdicts[id] = &got
	return &got, nil
}

// lastText is above every identifier: one ordered range serves both a whole
// scan and a single key.
const lastText = "\U0010FFFF"

// textRange is the range of keys a filter asks for.
func textRange(key string) (low, high string) {
	if key == "" {
		return "", lastText
	}
	return key, key
}

// parseDates reads ISO dates scanned as text, in pairs of text and place.
func parseDates(pairs ...datePair) error {
	for _, p := range pairs {
		if err := p.into.UnmarshalText([]byte(p.text)); err != nil {
			return err
		}
	}
	return nil
}

type datePair struct {
	text string
	into *record.Date
}
