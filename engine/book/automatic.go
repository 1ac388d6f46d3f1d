package book

import (
	"time"

	"quadra/engine/store"
)

// AutomaticAuthor is who makes the accertamenti of files.
const AutomaticAuthor = "quadra"

// automatic makes an accertamento of each file of receipts, debt type and year.
type automatic struct {
	tx    *store.Tx
	on    bool
	now   time.Time
	known map[autoKey]int64 // 0: people took it over or cancelled it
	files map[int64]string  // name of the file of each document
}

type autoKey struct {
	file     string
	debtType string
	year     int
}

// hold puts the shares of a line that its bilancio or the only chapter says into
// the accertamento of its file.
func (a *automatic) hold(l *store.BookLine, shares []store.Share) error {
	if !a.on || l.DebtType == "" {
		return nil
	}
	for i := range shares {
		if s := &shares[i]; s.Source == SourceBilancio || s.Source == SourceOnly {
			id, err := a.of(l, s.Year)
			if err != nil {
				return err
			}
			s.Accertamento = id
		}
	}
	return nil
}

func (a *automatic) of(l *store.BookLine, year int) (id int64, err error) {
	file, ok := a.files[l.DocID]
	if !ok {
		if file, err = a.tx.FileOfDoc(l.DocID); err != nil {
			return 0, err
		}
		a.files[l.DocID] = file
	}
	key := autoKey{file, l.DebtType, year}
	if id, ok := a.known[key]; ok {
		return id, nil
	}
	name := file + "_" + l.DebtType
	held, found, err := a.tx.AccertamentoByName(name, l.DebtType, year)
	if err != nil {
		return 0, err
	}
	if !found {
		held = store.Accertamento{Name: name, DebtType: l.DebtType, Year: year, State: store.AccertamentoClosed, Automatic: true}
		if err := a.tx.NewAccertamento(&held); err != nil {
			return 0, err
		}
		if err := a.tx.AddAccertamentoEvent(held.ID, &store.AccertamentoEvent{Action: "created", Author: AutomaticAuthor, At: a.now,
			Detail: "dal file " + file}); err != nil {
			return 0, err
		}
	}
	if !held.Automatic || !held.Live() {
		held.ID = 0
	}
	a.known[key] = held.ID
	return held.ID, nil
}
