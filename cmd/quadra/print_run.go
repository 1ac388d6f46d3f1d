package main

import (
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/night"
)

// fileJSON is the promised object of an imported file.
type fileJSON struct {
	File        string    `json:"file"`
	SHA256      string    `json:"sha256"`
	Kind        string    `json:"kind"`
	State       string    `json:"state"`
	Rows        int64     `json:"rows"`
	Accepted    int64     `json:"accepted"`
	Rejected    int64     `json:"rejected"`
	TotalCents  int64     `json:"total_cents"`
	DuplicateOf int64     `json:"duplicate_of,omitempty"`
	Error       *errorDoc `json:"error"`
	Documents   []docJSON `json:"documents"`
	// Rejects are the first rows left out.
	Rejects []rejectJSON `json:"rejects,omitempty"`
}

type rejectJSON struct {
	Entry  string `json:"entry,omitempty"`
	Line   int    `json:"line"`
	Column string `json:"column,omitempty"`
	Code   string `json:"code"`
	Value  string `json:"value,omitempty"`
	Reason string `json:"reason"`
}

type errorDoc struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Entry   string `json:"entry,omitempty"`
	Line    int    `json:"line,omitempty"`
}

type docJSON struct {
	Entry    string   `json:"entry,omitempty"`
	Kind     string   `json:"kind"`
	Format   string   `json:"format"`
	Version  string   `json:"version,omitempty"`
	Encoding string   `json:"encoding,omitempty"`
	Warnings []string `json:"warnings,omitempty"`
}

func newFileJSON(f *night.FileResult) fileJSON {
	out := fileJSON{File: f.Name, SHA256: f.SHA256, State: string(f.State), Rows: f.Rows, Accepted: f.Accepted,
		Rejected: f.Rejected, TotalCents: int64(f.Total), DuplicateOf: f.DuplicateOf, Documents: []docJSON{}}
	for _, d := range f.Documents {
		if out.Kind == "" {
			out.Kind = string(d.Kind)
		}
		out.Documents = append(out.Documents, docJSON{d.Entry, string(d.Kind), d.Format, d.Version, d.Encoding, d.Warnings})
	}
	for _, r := range f.Rejects {
		out.Rejects = append(out.Rejects, rejectJSON{r.Entry, r.Line, r.Column, string(r.Code), r.Value, r.Reason})
	}
	if f.Code != "" || f.Message != "" {
		out.Error = &errorDoc{f.Code, f.Message, f.Entry, f.Line}
	}
	return out
}

// runJSON is what became of an entity, for machines.
type runJSON struct {
	Entity    string        `json:"entity"`
	AsOf      string        `json:"as_of,omitempty"`
	Run       int64         `json:"run,omitempty"`
	State     string        `json:"state"`
	DryRun    bool          `json:"dry_run,omitempty"`
	Skipped   string        `json:"skipped,omitempty"`
	Standing  string        `json:"standing,omitempty"`
	Error     string        `json:"error,omitempty"`
	Changed   bool          `json:"changed"`
	Changes   int64         `json:"changes"`
	Loaded    int64         `json:"loaded"`
	JudgedIUV int64         `json:"judged_iuv"`
	Report    string        `json:"report,omitempty"`
	Drops     []dropJSON    `json:"drops"`
	Files     []fileJSON    `json:"files"`
	Balance   []balanceJSON `json:"balance"`
	Missing   []missingJSON `json:"missing,omitempty"`
	Recovered string        `json:"recovered,omitempty"`
}

// missingJSON is a source that should have sent by now; instants in UTC.
type missingJSON struct {
	Source string `json:"source"`
	Drop   string `json:"drop"`
	Due    string `json:"due"`
	Latest string `json:"latest,omitempty"`
}

type dropJSON struct {
	Name    string   `json:"name"`
	Taken   int      `json:"taken"`
	Known   int      `json:"known"`
	Waiting []string `json:"waiting,omitempty"`
	Refused []string `json:"refused,omitempty"`
	Error   string   `json:"error,omitempty"`
}

type balanceJSON struct {
	Code     string `json:"code"`
	Part     string `json:"part,omitempty"`
	Side     string `json:"side"`
	Quantity int64  `json:"quantity"`
	Cents    int64  `json:"cents"`
}

func newRunJSON(o *outcome) runJSON {
	r := o.res
	out := runJSON{Entity: r.Entity.IPA, AsOf: r.Run.AsOf.String(), Run: r.Run.ID, State: string(r.Run.State), DryRun: r.Dry,
		Skipped: r.Skipped, Standing: r.Standing, Changed: r.Changed(), Changes: r.Run.Changes, Loaded: r.Run.Loaded, JudgedIUV: r.Judged.IUVs,
		Report: r.Report, Drops: []dropJSON{}, Files: []fileJSON{}, Balance: []balanceJSON{}}
	if o.err != nil {
		out.Error, out.State = o.err.Error(), string(store.RunFailed)
	}
	if r.Skipped != "" {
		out.State = "skipped"
	}
	for _, d := range r.Drops {
		j := dropJSON{Name: d.Name, Taken: d.Taken, Known: d.Known, Waiting: d.Waiting, Refused: d.Refused}
		if d.Err != nil {
			j.Error = d.Message
		}
		out.Drops = append(out.Drops, j)
	}
	for _, m := range r.Missing {
		j := missingJSON{Source: string(m.Source), Drop: m.Drop, Due: m.Due.UTC().Format(time.RFC3339)}
		if !m.Latest.IsZero() {
			j.Latest = m.Latest.UTC().Format(time.RFC3339)
		}
		out.Missing = append(out.Missing, j)
	}
	out.Recovered = r.Recovered
	for i := range r.Files {
		out.Files = append(out.Files, newFileJSON(&r.Files[i]))
	}
	for _, b := range r.Balance {
		out.Balance = append(out.Balance, balanceJSON{b.Code, b.Part, b.Side, b.Quantity, int64(b.Amount)})
	}
	return out
}

// printFilesJSON prints one object per file, one per line.
func printFilesJSON(w io.Writer, outcomes []outcome) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	for i := range outcomes {
		for k := range outcomes[i].res.Files {
			if err := enc.Encode(newFileJSON(&outcomes[i].res.Files[k])); err != nil {
				return err
			}
		}
	}
	return nil
}

var stateWords = map[store.FileState]string{
	store.FileLoaded:    "preso",
	store.FileDuplicate: "già preso",
	store.FileRejected:  "NON PRESO",
	store.FileFailed:    "NON LETTO",
}

// printRun prints what became of an entity, for people. Files taken without a
// reject are listed only when everyFile.
func printRun(w io.Writer, o *outcome, everyFile bool) error {
	r := o.res
	p := &printer{w: w}
	p.line("%s  %s", r.Entity.IPA, r.Entity.Name)
	if r.Skipped != "" {
		p.line("  saltato: %s", r.Skipped)
		return p.err
	}
	if r.Standing != "" {
		p.line("  %s", r.Standing)
	}
	if o.err != nil {
		p.line("  FALLITA: %s", o.err)
	}
	if r.Dry {
		p.line("  prova: niente è stato scritto")
	}
	if r.Recovered != "" {
		p.line("  ripresa dopo un'interruzione: %s", r.Recovered)
	}
	for _, d := range r.Drops {
		p.line("  cartella %s: %d presi, %d già noti, %d in arrivo", d.Name, d.Taken, d.Known, len(d.Waiting))
		for _, s := range d.Waiting {
			p.line("    in arrivo   %s", s)
		}
		for _, s := range d.Refused {
			p.line("    ignorato    %s", s)
		}
		if d.Err != nil {
			p.line("    ERRORE      %s", d.Message)
		}
	}
	for i := range r.Missing {
		p.line("  MANCA        %s", r.Missing[i].Message())
	}
	for i := range r.Files {
		f := &r.Files[i]
		if f.State == store.FileLoaded && f.Rejected == 0 && !everyFile {
			continue // the count below says how many; a cron mail is for what needs a person
		}
		p.line("    %-10s  %s", stateWords[f.State], f.Name)
		switch {
		case f.Message != "":
			p.line("                %s%s", place(f.Entry, f.Line), f.Message)
		case f.State == store.FileLoaded:
			p.line("                %d righe, %d scartate, %s euro", f.Rows, f.Rejected, f.Total.Italian())
			for _, d := range f.Documents {
				for _, w := range d.Warnings {
					p.line("                %s", w)
				}
			}
		}
		printRejects(p, f.Rejects)
	}
	if r.Run.State == store.RunDone {
		if r.Changed() {
			p.line("  corsa %d al %s: %d file caricati, %d IUV giudicati, %d cambiamenti", r.Run.ID, r.Run.AsOf.Italian(),
				r.Run.Loaded, r.Judged.IUVs, r.Run.Changes)
		} else {
			p.line("  corsa %d al %s: nessuna novità, niente è cambiato", r.Run.ID, r.Run.AsOf.Italian())
		}
	}
	printBalance(p, r.Balance)
	for _, err := range r.Told.Errors {
		p.line("  messaggio non consegnato, si riproverà: %s", err)
	}
	if r.Report != "" {
		p.line("  rapporto: %s", filepath.Join(r.Report, "index.html"))
	}
	return p.err
}

func place(entry string, line int) string {
	s := ""
	if entry != "" {
		s = entry + ", "
	}
	if line > 0 {
		s += fmt.Sprintf("riga %d", line)
	}
	if s != "" {
		s += ": "
	}
	return s
}

var equationWords = map[string]string{
	"RECEIPTS": "ricevute = ricevute per stato",
	"BOOKED":   "ricevute = quote per capitolo",
	"NOTICES":  "notifiche = collegate + sole",
	"FLOWS":    "totali dei flussi = righe + differenze",
	"CASH":     "cassa = flussi + IUV + non abbinata",
	"SETTLED":  "cassa sui flussi = totali + differenze",
	"ROWS":     "righe lette = tenute + scartate",
}

// printBalance prints one line per equation: the left side and the residual.
func printBalance(p *printer, rows []store.BalanceRow) {
	left := make(map[string]record.Cents)
	quantity := make(map[string]int64)
	for _, b := range rows {
		switch b.Side {
		case "left":
			left[b.Code] += b.Amount
			quantity[b.Code] += b.Quantity
		case "residual":
			verdict := "quadra"
			if b.Amount != 0 || b.Quantity != 0 {
				verdict = fmt.Sprintf("NON QUADRA: residuo %s euro, %d record", b.Amount.Italian(), b.Quantity)
			}
			p.line("  %-40s %8d %18s  %s", equationWords[b.Code], quantity[b.Code], left[b.Code].Italian(), verdict)
		}
	}
}

// printer remembers the first error, so that printing reads as printing.
type printer struct {
	w   io.Writer
	err error
}

func (p *printer) line(format string, a ...any) {
	if p.err == nil {
		_, p.err = fmt.Fprintf(p.w, format+"\n", a...)
	}
}
