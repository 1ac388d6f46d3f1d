package night

import (
	"context"
	"io"
	"iter"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/drop"
	"quadra/jobs/outcome"
)

// writeOutcome writes what became of a file beside it: the page always, and
// first the list of rejects when there are any. Without any, the list of an
// earlier file of that name goes: it was corrected.
func (n *night) writeOutcome(ctx context.Context, d drop.Drop, f *store.File) error {
	return n.store.Read(ctx, func(tx *store.Tx) error {
		o, err := outcomeOf(tx, f)
		if err != nil {
			return err
		}
		switch {
		case len(o.Rejects) > 0:
			err := d.AnswerFrom(ctx, f.Name+outcome.RejectsSuffix, func(w io.Writer) error {
				return outcome.WriteRejects(w, rejects(tx, f.ID))
			})
			if err != nil {
				return err
			}
		case f.State != store.FileDuplicate: // whose rejects are still those of its twin
			if err := d.Retract(ctx, f.Name+outcome.RejectsSuffix); err != nil {
				return err
			}
		}
		return d.Answer(ctx, f.Name+outcome.TextSuffix, outcome.Text(o))
	})
}

func outcomeOf(tx *store.Tx, f *store.File) (outcome.Outcome, error) {
	o := outcome.Outcome{File: f.Name, SHA256: f.SHA256, Size: f.Size, SeenAt: f.SeenAt, State: outcome.State(f.State)}
	docs, err := tx.Documents(f.ID)
	if err != nil {
		return o, err
	}
	for _, d := range docs {
		o.Documents = append(o.Documents, outcome.Document{Doc: d.Doc, Rows: int(d.Rows), Accepted: int(d.Accepted),
			Rejected: int(d.Rejected), Total: d.Total})
	}
	for r, err := range rejects(tx, f.ID) {
		if err != nil {
			return o, err
		}
		if r.Part {
			o.Parts++
		}
		if len(o.Rejects) < outcome.ShownRejects {
			o.Rejects = append(o.Rejects, r)
		}
	}
	if f.State == store.FileRejected {
		o.Refusal = &record.FileError{Entry: f.Entry, Line: f.Line, Code: record.FileCode(f.Code), Message: f.Message}
	}
	if f.DuplicateOf != 0 {
		twin, err := tx.FileByID(f.DuplicateOf)
		if err != nil {
			return o, err
		}
		if twin != nil {
			o.Earlier = outcome.Earlier{File: twin.Name, SeenAt: twin.SeenAt, Accepted: int(twin.Accepted),
				Rejected: int(twin.Rejected), Total: twin.Total}
		}
	}
	return o, nil
}

// rejects streams the rejects of a file.
func rejects(tx *store.Tx, file int64) iter.Seq2[record.Reject, error] {
	return func(yield func(record.Reject, error) bool) {
		stopped := false
		err := tx.Rejects(file, func(r *record.Reject) error {
			if !stopped && !yield(*r, nil) {
				stopped = true
				return errStop
			}
			return nil
		})
		if err != nil && !stopped {
			yield(record.Reject{}, err)
		}
	}
}

type stop struct{}

func (stop) Error() string { return "enough rejects" }

var errStop error = stop{}
