package report

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"

	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/content"
	"quadra/engine/store"
)

// runFile is run.json. Amounts are cents. Fields are only ever added.
type runFile struct {
	Entity      Entity      `json:"entity"`
	AsOf        record.Date `json:"as_of"`
	Run         int64       `json:"run"`
	Ruleset     string      `json:"ruleset"`
	RulesetHash string      `json:"ruleset_hash"`
	Version     string      `json:"version"`
	Payments    runUnit     `json:"payments"`
	Settlements runUnit     `json:"settlements"`
	Movements   runUnit     `json:"movements"`
	Balanced    bool        `json:"balanced"` // there is a balance and every residual is zero
	Balance     []runAddend `json:"balance"`
	Files       []runInput  `json:"files"`
	Rejects     int64       `json:"rejects"`
	Decisions   runDecided  `json:"decisions"`
	Notes       runNotes    `json:"notes"`
	Report      []File      `json:"report"`
	// NewsOnly says that of the anomalous payments only those of the run are listed.
	NewsOnly bool `json:"news_only,omitempty"`
}

// runDecided counts what people decided; decisioni.csv holds all of it.
type runDecided struct {
	Taken   int `json:"taken"`
	InForce int `json:"in_force"`
}

type runUnit struct {
	Count    int64      `json:"count"`
	Cents    int64      `json:"cents"`
	Statuses []runTotal `json:"statuses"`
	Labels   []runLabel `json:"labels"`
}

// runNotes counts the notes the reader may see, whatever they hang on.
type runNotes struct {
	Open      int64 `json:"open"`
	Explained int64 `json:"explained"`
	Closed    int64 `json:"closed"`
	Overdue   int64 `json:"overdue"`
	Ignored   int64 `json:"ignored"`
}

func (c *runNotes) add(n *note.Note) {
	switch n.State {
	case note.Open:
		c.Open++
	case note.Explained:
		c.Explained++
	case note.Closed:
		c.Closed++
	}
	if n.Overdue {
		c.Overdue++
	}
	if n.Ignored {
		c.Ignored++
	}
}

type runTotal struct {
	Code  string `json:"code"`
	Sign  int    `json:"sign"`
	Count int64  `json:"count"`
	Cents int64  `json:"cents"`
}

type runLabel struct {
	Code  string `json:"code"`
	Count int64  `json:"count"`
	Cents int64  `json:"cents"`
}

type runAddend struct {
	Equation string `json:"equation"`
	Side     string `json:"side"` // left, right or residual
	Part     string `json:"part,omitempty"`
	Quantity int64  `json:"quantity"`
	Cents    int64  `json:"cents"`
}

type runInput struct {
	File     string          `json:"file"`
	Drop     string          `json:"drop,omitempty"`
	SHA256   string          `json:"sha256"`
	Bytes    int64           `json:"bytes"`
	State    store.FileState `json:"state"`
	Rows     int64           `json:"rows"`
	Accepted int64           `json:"accepted"`
	Rejected int64           `json:"rejected"`
	Cents    int64           `json:"cents"`
	Code     string          `json:"code,omitempty"`
	Error    string          `json:"error,omitempty"`
}

// runJSON writes run.json, which names every other file of the report.
func (b *builder) runJSON() error {
	t := b.sum.Totals
	out := runFile{
		Entity: b.in.Entity, AsOf: b.in.AsOf, Run: b.in.Run.ID, Ruleset: b.in.Run.Ruleset, RulesetHash: b.in.Run.RulesetHash,
		Version: b.in.Run.Version, Payments: newRunUnit(&t.Payments), Settlements: newRunUnit(&t.Settlements),
		Movements: newRunUnit(&t.Movements), Balanced: len(b.sum.Balance) > 0 && b.sum.Residuals == 0,
		Balance: []runAddend{}, Files: []runInput{}, Rejects: b.rejects, Notes: b.notes, Report: b.sum.Files,
		Decisions: runDecided{Taken: len(b.decisions)}, NewsOnly: b.newsOnly,
	}
	for i := range b.decisions {
		if b.decisions[i].InForce {
			out.Decisions.InForce++
		}
	}
	if b.whole() {
		for _, r := range b.sum.Balance {
			out.Balance = append(out.Balance, runAddend{r.Code, r.Side, r.Part, r.Quantity, int64(r.Amount)})
		}
	}
	for _, f := range b.files.all {
		out.Files = append(out.Files, runInput{f.Name, f.Drop, f.SHA256, f.Size, f.State, f.Rows, f.Accepted, f.Rejected,
			int64(f.Total), f.Code, content.MessageOf(f)})
	}
	f, err := os.Create(b.path(FileJSON))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return errors.Join(enc.Encode(out), w.Flush(), f.Close())
}

func newRunUnit(t *store.UnitTotals) runUnit {
	u := runUnit{Count: t.Count, Cents: int64(t.Amount), Statuses: []runTotal{}, Labels: []runLabel{}}
	for _, s := range t.ByStatus {
		u.Statuses = append(u.Statuses, runTotal{s.Code, s.Sign, s.Count, int64(s.Amount)})
	}
	for _, l := range t.ByLabel {
		u.Labels = append(u.Labels, runLabel{l.Code, l.Count, int64(l.Amount)})
	}
	return u
}
