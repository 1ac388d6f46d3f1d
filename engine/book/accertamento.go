package book

import (
	"cmp"
	"errors"
	"fmt"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Author says who asks, and when.
type Author struct {
	Name  string // for the instructions that do not name their own
	At    time.Time
	DocID int64 // of the document that asks; 0 when a person typed
	Run   int64
}

// Problem is an instruction that cannot be carried out.
type Problem struct {
	Line    int
	Column  string // of the instruction file
	Rule    string // stable name of what it breaks
	Message string // for people, in Italian: what is wrong and what to do
}

// Refused is the error of instructions of which some cannot be carried out:
// none was.
type Refused struct{ Problems []Problem }

func (r *Refused) Error() string {
	return fmt.Sprintf("%d instructions cannot be carried out: none was", len(r.Problems))
}

// Done is one instruction carried out, in words.
type Done struct {
	Line int
	Text string
}

// Carry carries out instructions in their order, all or none. The error is a
// [*Refused] that lists everything wrong, after which the transaction must be
// rolled back; a plan is a transaction that is rolled back anyway.
func Carry(tx *store.Tx, all []record.Instruction, by Author, closedUntil int) ([]Done, error) {
	chart, err := ReadChart(tx)
	if err != nil {
		return nil, err
	}
	c := carrier{tx: tx, chart: chart, by: by, closedUntil: closedUntil}
	var bad []Problem
	for i := range all {
		text, err := c.carry(&all[i])
		var p *problemError
		switch {
		case errors.As(err, &p):
			p.Line = all[i].Line
			bad = append(bad, p.Problem)
		case err != nil:
			return nil, err
		default:
			c.done = append(c.done, Done{all[i].Line, text})
		}
	}
	if len(bad) > 0 {
		return nil, &Refused{bad}
	}
	return c.done, nil
}

type problemError struct{ Problem }

func (p *problemError) Error() string { return p.Rule + ": " + p.Message }

func refuse(column, rule, message string, a ...any) error {
	return &problemError{Problem{Column: column, Rule: rule, Message: fmt.Sprintf(message, a...)}}
}

type carrier struct {
	tx          *store.Tx
	chart       *Chart
	by          Author
	closedUntil int
	done        []Done
}

func (c *carrier) carry(in *record.Instruction) (string, error) {
	if in.Author == "" && c.by.Name == "" {
		return "", refuse("autore", "AUTHOR_MISSING", "dire chi lo chiede")
	}
	if in.Name == "" {
		return "", refuse("accertamento", "NAME_MISSING", "manca il nome dell'accertamento")
	}
	if in.Action == record.ActionCreate {
		return c.create(in)
	}
	a, err := c.find(in)
	if err != nil {
		return "", err
	}
	if err := c.openYear(a.Year); err != nil {
		return "", err
	}
	switch in.Action {
	case record.ActionRename:
		return c.rename(&a, in)
	case record.ActionAdd:
		return c.add(&a, in)
	case record.ActionRemove:
		return c.remove(&a, in)
	case record.ActionClose:
		return c.close(&a, in)
	case record.ActionCancel:
		return c.cancel(&a, in)
	case record.ActionReopen:
		return c.reopen(&a, in)
	case record.ActionCreate:
	}
	return "", refuse("azione", "ACTION_UNKNOWN", "l'azione %q non esiste: scrivere crea, rinomina, aggiungi, togli, chiudi, annulla o riapri", in.Action)
}

func (c *carrier) openYear(year int) error {
	if year <= c.closedUntil {
		return refuse("anno", "YEAR_CLOSED", "l'esercizio %d è chiuso (booking.closed_until): i suoi accertamenti non si toccano", year)
	}
	return nil
}

// find finds the accertamento an instruction means.
func (c *carrier) find(in *record.Instruction) (store.Accertamento, error) {
	all, err := c.tx.AccertamentiNamed(in.Name)
	if err != nil {
		return store.Accertamento{}, err
	}
	var found []store.Accertamento
	for _, a := range all {
		if (in.DebtType == "" || a.DebtType == in.DebtType) && (in.Year == 0 || a.Year == in.Year) {
			found = append(found, a)
		}
	}
	switch len(found) {
	case 0:
		return store.Accertamento{}, refuse("accertamento", "NOT_FOUND", "l'accertamento %q non c'è%s: crearlo prima", in.Name, among(all))
	case 1:
		return found[0], nil
	}
	return store.Accertamento{}, refuse("accertamento", "AMBIGUOUS", "%q è il nome di più accertamenti%s: indicare tipo dovuto e anno", in.Name, among(found))
}

func among(all []store.Accertamento) string {
	text := ""
	for i, a := range all {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%s %d", a.DebtType, a.Year)
	}
	if text == "" {
		return ""
	}
	return " (c'è per " + text + ")"
}

func (c *carrier) event(a *store.Accertamento, in *record.Instruction, action, detail string) error {
	author := cmp.Or(in.Author, c.by.Name)
	return c.tx.AddAccertamentoEvent(a.ID, &store.AccertamentoEvent{Action: action, Author: author, At: c.by.At, Reason: in.Reason,
		Detail: detail, Run: c.by.Run, DocID: c.by.DocID, Source: store.TracedSource{Line: in.Line}})
}

func (c *carrier) create(in *record.Instruction) (string, error) {
	switch {
	case in.DebtType == "":
		return "", refuse("tipo_dovuto", "DEBT_TYPE_MISSING", "un accertamento è di un tipo dovuto: indicarlo")
	case in.Year < 1900 || in.Year > 2199:
		return "", refuse("anno", "YEAR_MISSING", "un accertamento è di un esercizio: indicare l'anno con quattro cifre")
	}
	if err := c.openYear(in.Year); err != nil {
		return "", err
	}
	a := store.Accertamento{Name: in.Name, DebtType: in.DebtType, Year: in.Year, State: store.AccertamentoOpen}
	if _, found, err := c.tx.AccertamentoByName(a.Name, a.DebtType, a.Year); err != nil || found {
		if err != nil {
			return "", err
		}
		return "", refuse("accertamento", "EXISTS", "l'accertamento %q di %s %d c'è già", a.Name, a.DebtType, a.Year)
	}
	if err := c.tx.NewAccertamento(&a); err != nil {
		return "", err
	}
	return fmt.Sprintf("creato %s (%s %d)", a.Name, a.DebtType, a.Year), c.event(&a, in, "created", "")
}

func (c *carrier) rename(a *store.Accertamento, in *record.Instruction) (string, error) {
	if in.NewName == "" {
		return "", refuse("nuovo_nome", "NAME_MISSING", "manca il nuovo nome di %q", a.Name)
	}
	if a.State == store.AccertamentoCancelled {
		return "", refuse("accertamento", "STATE", "%q è annullato: riaprirlo prima di rinominarlo", a.Name)
	}
	if _, found, err := c.tx.AccertamentoByName(in.NewName, a.DebtType, a.Year); err != nil || found {
		if err != nil {
			return "", err
		}
		return "", refuse("nuovo_nome", "EXISTS", "%q di %s %d c'è già: scegliere un altro nome", in.NewName, a.DebtType, a.Year)
	}
	if a.Automatic { // its name is how booking finds it
		if err := c.adopt(a); err != nil {
			return "", err
		}
	}
	if err := c.tx.RenameAccertamento(a.ID, in.NewName); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s rinominato in %s", a.Name, in.NewName), c.event(a, in, "renamed", fmt.Sprintf("prima %s, ora %s", a.Name, in.NewName))
}

func (c *carrier) close(a *store.Accertamento, in *record.Instruction) (string, error) {
	if a.State != store.AccertamentoOpen {
		return "", refuse("accertamento", "STATE", "%q è %s: si chiude un accertamento aperto", a.Name, stateWord(a.State))
	}
	parts, err := c.tx.AccertamentoParts(a.ID)
	if err != nil {
		return "", err
	}
	if len(parts) == 0 {
		return "", refuse("accertamento", "EMPTY", "%q non ha pagamenti: aggiungerne prima di chiuderlo, o annullarlo", a.Name)
	}
	if err := c.tx.SetAccertamentoState(a.ID, store.AccertamentoClosed); err != nil {
		return "", err
	}
	return fmt.Sprintf("chiuso %s", a.Name), c.event(a, in, "closed", "")
}

func (c *carrier) cancel(a *store.Accertamento, in *record.Instruction) (string, error) {
	switch {
	case a.State == store.AccertamentoCancelled:
		return "", refuse("accertamento", "STATE", "%q è già annullato", a.Name)
	case in.Reason == "":
		return "", refuse("motivo", "REASON_MISSING", "dire perché %q si annulla", a.Name)
	}
	if err := c.tx.SetAccertamentoState(a.ID, store.AccertamentoCancelled); err != nil {
		return "", err
	}
	return fmt.Sprintf("annullato %s", a.Name), c.event(a, in, "cancelled", "")
}

// reopen opens again an accertamento that was closed or cancelled. What a
// cancelled one held may be elsewhere by now: then it is refused. One that was
// made from a file becomes people's, with what it holds.
func (c *carrier) reopen(a *store.Accertamento, in *record.Instruction) (string, error) {
	switch {
	case a.State == store.AccertamentoOpen:
		return "", refuse("accertamento", "STATE", "%q è già aperto", a.Name)
	case in.Reason == "":
		return "", refuse("motivo", "REASON_MISSING", "dire perché %q si riapre", a.Name)
	}
	if a.State == store.AccertamentoCancelled {
		if err := c.stillFree(a); err != nil {
			return "", err
		}
	}
	if a.Automatic {
		if err := c.adopt(a); err != nil {
			return "", err
		}
	}
	if err := c.tx.SetAccertamentoState(a.ID, store.AccertamentoOpen); err != nil {
		return "", err
	}
	return fmt.Sprintf("riaperto %s", a.Name), c.event(a, in, "reopened", "era "+stateWord(a.State))
}

// stillFree refuses to reopen an accertamento when what it held is held by
// others.
func (c *carrier) stillFree(a *store.Accertamento) error {
	parts, err := c.held(a)
	if err != nil {
		return err
	}
	wanted := map[store.ReceiptKey]record.Cents{}
	for _, p := range parts {
		wanted[store.ReceiptKey{IUV: p.IUV, IUR: p.IUR, Index: p.Index}] += p.Amount
	}
	for _, p := range parts {
		key := store.ReceiptKey{IUV: p.IUV, IUR: p.IUR, Index: p.Index}
		free, holder, err := c.free(key)
		if err != nil {
			return err
		}
		if wanted[key] > free {
			return refuse("accertamento", "TAKEN", "l'IUV %s di %q è intanto in %s: toglierlo di lì prima di riaprire", p.IUV, a.Name, holder)
		}
	}
	return nil
}

// adopt turns what a file's accertamento holds into parts, as if people had put
// them there.
func (c *carrier) adopt(a *store.Accertamento) error {
	parts, err := c.held(a)
	if err != nil {
		return err
	}
	for i := range parts {
		if err := c.tx.PutAccertamentoPart(a.ID, &parts[i]); err != nil {
			return err
		}
	}
	return c.tx.AdoptAccertamento(a.ID)
}

// held is what people put into an accertamento, or booking did. A cancelled one
// of a file has its shares until they are booked again.
func (c *carrier) held(a *store.Accertamento) ([]store.AccertamentoPart, error) {
	if !a.Automatic {
		return c.tx.AccertamentoParts(a.ID)
	}
	shares, err := c.tx.AccertamentoShares(a.ID)
	parts := make([]store.AccertamentoPart, len(shares))
	for i, s := range shares {
		parts[i] = store.AccertamentoPart{IUV: s.IUV, IUR: s.IUR, Index: s.Index, Office: s.Office, Chapter: s.Chapter, Article: s.Article,
			Assessment: s.Assessment, Amount: s.Amount}
	}
	return parts, err
}

func stateWord(s store.AccertamentoState) string {
	return map[store.AccertamentoState]string{store.AccertamentoOpen: "aperto", store.AccertamentoClosed: "chiuso",
		store.AccertamentoCancelled: "annullato"}[s]
}
