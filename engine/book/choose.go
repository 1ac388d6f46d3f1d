package book

import (
	"quadra/engine/record"
	"quadra/engine/store"
)

// Choose makes one instruction for each payment made between two days (0: no
// limit): to add those of the accertamento's debt type of which no live
// accertamento holds anything, or to remove those it holds. of is what they have
// in common. The error is a [*Refused] when there is no such accertamento, or
// nothing to choose.
func Choose(tx *store.Tx, of record.Instruction, from, to record.Date) ([]record.Instruction, error) {
	c := carrier{tx: tx}
	a, err := c.find(&of)
	if err != nil {
		return nil, alone(err)
	}
	var keys []store.ReceiptKey
	if of.Action == record.ActionRemove {
		keys, err = tx.HeldReceipts(a.ID, from, to)
	} else {
		keys, err = tx.FreeReceipts(a.DebtType, from, to)
	}
	if err != nil {
		return nil, err
	}
	if len(keys) == 0 {
		return nil, alone(refuse("accertamento", "NOTHING_CHOSEN", "nessun pagamento di %s in quelle date da scegliere per %q", a.DebtType, a.Name))
	}
	all := make([]record.Instruction, len(keys))
	for i, k := range keys {
		all[i] = of
		all[i].IUV, all[i].IUR, all[i].Index = k.IUV, k.IUR, k.Index
	}
	return all, nil
}

// alone is the only problem there is as a [*Refused].
func alone(err error) error {
	if p, ok := err.(*problemError); ok { //nolint:errorlint // never wrapped
		return &Refused{[]Problem{p.Problem}}
	}
	return err
}
