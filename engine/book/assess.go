package book

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Assess carries out what a file of accertamenti that has just been loaded asks:
// each accertamento it names is made, if it is not there, filled with its rows
// and closed; its year of account is the one its payments were made in. All of
// the file or none: when a row breaks a rule every such row is returned as a
// reject, with a [*record.FileError] CONTENT, and the transaction must be rolled
// back. A file without rows of accertamenti is left alone.
func Assess(tx *store.Tx, run, file int64, closedUntil int, at time.Time) ([]record.Reject, error) {
	rows, err := tx.AssessmentRowsOfFile(file)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	var all []record.Instruction
	var made []record.Instruction // one per accertamento
	var unpaid []Problem
	for i := range rows {
		r := &rows[i]
		in := record.Instruction{Line: r.Line, Action: record.ActionAdd, Name: r.Name, DebtType: r.DebtType, IUD: r.IUD, IUV: r.IUV, Office: r.Office,
			Chapter: r.Chapter, Assessment: r.Code, Amount: r.Amount}
		if in.Amount == 0 {
			in.Amount = -1 // here an amount is always said: nothing is not "all that is left"
		}
		if in.Year, err = yearOf(tx, r); err != nil {
			return nil, err
		}
		if in.Year == 0 {
			unpaid = append(unpaid, Problem{r.Line, "iud", "PAYMENT_NOT_FOUND", fmt.Sprintf(
				"lo IUD %s (IUV %s) non ha ricevute: si accerta ciò che è stato pagato", r.IUD, r.IUV)})
			continue
		}
		create := record.Instruction{Line: r.Line, Action: record.ActionCreate, Name: r.Name, DebtType: r.DebtType, Year: in.Year}
		same := func(m record.Instruction) bool {
			return m.Name == in.Name && m.DebtType == in.DebtType && m.Year == in.Year
		}
		if !slices.ContainsFunc(made, same) {
			made = append(made, create)
			_, found, err := tx.AccertamentoByName(in.Name, in.DebtType, in.Year)
			if err != nil {
				return nil, err
			}
			if !found {
				all = append(all, create)
			}
		}
		all = append(all, in)
	}
	for _, m := range made {
		m.Action = record.ActionClose
		all = append(all, m)
	}
	name, err := tx.FileOfDoc(rows[0].DocID)
	if err != nil {
		return nil, err
	}
	_, err = Carry(tx, all, Author{Name: "file " + name, At: at, DocID: rows[0].DocID, Run: run}, closedUntil)
	var refused *Refused
	if err != nil && !errors.As(err, &refused) || err == nil && len(unpaid) == 0 {
		return nil, err
	}
	if refused == nil {
		refused = &Refused{}
	}
	refused.Problems = append(refused.Problems, unpaid...)
	slices.SortStableFunc(refused.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return refusal(refused, rows[0].Entry)
}

// Ask carries out the instructions of a document: all of them or none. When some
// cannot be, they are returned as rejects with a [*record.FileError] CONTENT, and
// the transaction must be rolled back.
func Ask(tx *store.Tx, entry string, all []record.Instruction, by Author, closedUntil int) ([]record.Reject, error) {
	_, err := Carry(tx, all, by, closedUntil)
	var refused *Refused
	if errors.As(err, &refused) {
		return refusal(refused, entry)
	}
	return nil, err
}

func refusal(refused *Refused, entry string) ([]record.Reject, error) {
	return rejectsOf(refused, entry), &record.FileError{Code: record.FileContent, Message: fmt.Sprintf(
		"richieste che non si possono eseguire: %d. Nessun accertamento è stato toccato. Correggere le righe elencate tra gli scarti e mandare di nuovo tutto il file",
		len(refused.Problems))}
}

// yearOf is the year the payment of a row was made in; 0 when there is none,
// which adding it will say.
func yearOf(tx *store.Tx, r *store.AssessmentRow) (int, error) {
	keys, err := tx.ReceiptsWithIUD(r.IUD, r.IUV)
	if err != nil || len(keys) == 0 {
		return 0, err
	}
	l, _, err := tx.ReceiptToBook(keys[0].IUV, keys[0].IUR, keys[0].Index)
	return l.PaidOn.Year(), err
}

// rejectsOf turns problems into rejects, one for each line and rule.
func rejectsOf(refused *Refused, entry string) []record.Reject {
	var out []record.Reject
	for _, p := range refused.Problems {
		out = append(out, record.Reject{Entry: entry, Line: p.Line, Column: p.Column, Code: record.RejectValue, Value: p.Rule, Reason: p.Message})
	}
	return out
}
