package note

import (
	"fmt"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// The columns a row is refused for, as files of notes name them.
const (
	columnUnit    = "unita"
	columnIUV     = "iuv"
	columnIUD     = "iud"
	columnIUF     = "iuf"
	columnNumber  = "numero_bolletta"
	ColumnText    = "segnalazione"
	ColumnAuthor  = "segnalazione_autore"
	unknownReason = "non è nei libri: controllare il codice; una cosa nuova si può segnalare dopo la prima corsa che la vede"
)

// thing is what a row is about.
type thing struct {
	key   store.NoteKey
	payed *store.NotedPayment
}

// notes finds the notes the thing has already, under whichever of its keys.
func (t *thing) notes(x *Index) ([]*Note, error) {
	switch t.key.Unit {
	case UnitPayment:
		iud := t.payed.NoticeIUD
		if t.payed.AloneIUD != "" {
			iud = t.payed.AloneIUD
		}
		return x.Payment(t.payed.IUV, t.payed.IUR, t.payed.Index, iud)
	case UnitSettlement:
		return x.Settlement(t.key.IUF, t.key.PSP, t.key.Year)
	}
	return x.Movement(t.key.Year, t.key.Number, t.key.Account)
}

// thing finds the one thing a row names.
func (a *applier) thing(n *record.Note) (thing, error) {
	switch n.Unit {
	case UnitPayment:
		p, err := a.payment(n)
		if err != nil {
			return thing{}, err
		}
		key := store.NoteKey{Unit: UnitPayment, IUV: p.IUV, IUR: p.IUR, Index: p.Index}
		if p.AloneIUD != "" {
			key = store.NoteKey{Unit: UnitPayment, IUD: p.AloneIUD}
		}
		return thing{key: key, payed: p}, nil
	case UnitSettlement:
		key, err := a.settlement(n)
		return thing{key: key}, err
	case UnitMovement:
		key, err := a.movement(n)
		return thing{key: key}, err
	}
	return thing{}, refuse(n, columnUnit, record.RejectValue, n.Unit, "il valore deve essere pagamento, riversamento o movimento")
}

func (a *applier) payment(n *record.Note) (*store.NotedPayment, error) {
	iuvs := []string{n.IUV}
	column, value := columnIUV, n.IUV
	if n.IUV == "" {
		if n.IUD == "" {
			return nil, refuse(n, columnIUV, record.RejectMissing, "", "un pagamento si indica con lo IUV, o con lo IUD")
		}
		column, value = columnIUD, n.IUD
		var err error
		if iuvs, err = a.tx.IUVsOfIUD(n.IUD); err != nil {
			return nil, err
		}
	}
	var live, gone []store.NotedPayment
	for _, iuv := range iuvs {
		all, err := a.tx.NotedPayments(iuv)
		if err != nil {
			return nil, err
		}
		for _, p := range all {
			switch {
			case n.IUR != "" && p.IUR != n.IUR, n.Index != 0 && p.Index != n.Index:
			case n.IUR == "" && n.IUD != "" && p.IUD != n.IUD && p.NoticeIUD != n.IUD:
			case p.Gone:
				gone = append(gone, p)
			default:
				live = append(live, p)
			}
		}
	}
	if len(live) == 0 {
		live = gone
	}
	switch len(live) {
	case 0:
		return nil, refuse(n, column, record.RejectUnknown, value, "il pagamento "+unknownReason)
	case 1:
		return &live[0], nil
	}
	var names []string
	for _, p := range live {
		if p.AloneIUD != "" {
			names = append(names, "IUD "+p.AloneIUD)
			continue
		}
		names = append(names, fmt.Sprintf("IUR %s indice %d", p.IUR, p.Index))
	}
	return nil, refuse(n, column, record.RejectAmbiguous, value, "i pagamenti sono più di uno: indicare anche iur e indice, o iud ("+strings.Join(names, "; ")+")")
}

func (a *applier) settlement(n *record.Note) (store.NoteKey, error) {
	key := store.NoteKey{Unit: UnitSettlement, IUF: strings.ToUpper(n.IUF)}
	if n.IUF == "" {
		return key, refuse(n, columnIUF, record.RejectMissing, "", "un riversamento si indica con lo IUF")
	}
	all, err := a.tx.SettlementsByIUF(key.IUF)
	if err != nil {
		return key, err
	}
	var names []string
	for _, s := range all {
		if n.PSP != "" && n.PSP != s.PSP || n.Year != 0 && n.Year != s.Year {
			continue
		}
		key.PSP, key.Year = s.PSP, s.Year
		names = append(names, fmt.Sprintf("PSP %s anno %d", s.PSP, s.Year))
	}
	switch len(names) {
	case 0:
		return key, refuse(n, columnIUF, record.RejectUnknown, n.IUF, "il riversamento "+unknownReason)
	case 1:
		return key, nil
	}
	return key, refuse(n, columnIUF, record.RejectAmbiguous, n.IUF, "i riversamenti sono più di uno: indicare anche psp e anno ("+strings.Join(names, "; ")+")")
}

func (a *applier) movement(n *record.Note) (store.NoteKey, error) {
	key := store.NoteKey{Unit: UnitMovement, Year: n.Year, Number: strings.TrimLeft(n.Number, "0")}
	if key.Number == "" || n.Year == 0 {
		return key, refuse(n, columnNumber, record.RejectMissing, n.Number, "un movimento si indica con numero e anno")
	}
	value := key.Number + "/" + strconv.Itoa(n.Year)
	accounts, err := a.tx.AccountsOfMovement(n.Year, key.Number)
	if err != nil {
		return key, err
	}
	found := 0
	for _, account := range accounts {
		if n.Account == "" || n.Account == account {
			key.Account = account
			found++
		}
	}
	switch found {
	case 0:
		return key, refuse(n, columnNumber, record.RejectUnknown, value, "il movimento "+unknownReason)
	case 1:
		return key, nil
	}
	return key, refuse(n, columnNumber, record.RejectAmbiguous, value, "i movimenti sono più di uno: indicare anche conto ("+strings.Join(accounts, "; ")+")")
}
