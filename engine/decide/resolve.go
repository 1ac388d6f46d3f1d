package decide

import (
	"fmt"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// resolve finds what a row names and completes its keys, or says what is wrong
// with them.
func (a *applier) resolve(d *record.Decision, at *place) (wrong *fault, err error) {
	switch d.Kind {
	case record.DecideFlow, record.DecidePayment:
		if wrong, err = a.movement(d, at); wrong != nil || err != nil {
			return wrong, err
		}
	}
	switch d.Kind {
	case record.DecideFlow:
		d.Payment, d.Version = record.PaymentKey{}, ""
		return a.settlement(d, at)
	case record.DecidePayment:
		d.Flow, d.Version = record.SettlementKey{}, ""
		return a.payment(d, at)
	case record.DecideReview:
		d.Movement, d.Payment, d.Amount = record.MovementKey{}, record.PaymentKey{}, 0
		return a.settlement(d, at)
	default:
		d.Movement, d.Flow, d.Version, d.Amount = record.MovementKey{}, record.SettlementKey{}, "", 0
		return nil, nil
	}
}

func (a *applier) movement(d *record.Decision, at *place) (*fault, error) {
	k := &d.Movement
	all, err := a.tx.DecidableMovements(k.Year, k.Number)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return &fault{"numero_bolletta", record.RejectUnknown, k.Number, fmt.Sprintf(
			"nei libri non c'è il movimento %s/%d: controllare anno e numero, o caricare prima il giornale di cassa", k.Number, k.Year)}, nil
	}
	var accounts []string
	chosen := -1
	for i := range all {
		accounts = append(accounts, orNone(all[i].Account))
		if same := a.loader.Accounts.Name(all[i].Account) == a.loader.Accounts.Name(k.Account); same || withoutZeros(all[i].Account) == withoutZeros(k.Account) {
			chosen = i
		}
	}
	switch {
	case chosen < 0 && k.Account == "" && len(all) == 1:
		chosen = 0
	case chosen < 0 && k.Account == "":
		return &fault{"conto", record.RejectMissing, "", fmt.Sprintf(
			"ci sono più movimenti %s/%d: indicare il conto (%s)", k.Number, k.Year, listed(accounts))}, nil
	case chosen < 0:
		return &fault{"conto", record.RejectUnknown, k.Account, fmt.Sprintf(
			"il movimento %s/%d non è su questo conto, ma su: %s", k.Number, k.Year, listed(accounts))}, nil
	}
	at.movement = all[chosen]
	k.Account = all[chosen].Account
	return nil, a.keepKey(d, at)
}

// keepKey makes a decision about a movement that had no account when it was
// first decided about keep the key of then.
func (a *applier) keepKey(d *record.Decision, at *place) error {
	before, err := a.tx.DecisionsOnMovement(d.Movement.Year, d.Movement.Number)
	if err != nil {
		return err
	}
	line := store.CashLine{ID: at.movement.ID, MovementKey: d.Movement}
	for i := range before {
		mine, err := a.tx.Decides(before[i].Movement, &line)
		if err != nil {
			return err
		}
		if mine {
			at.known = &before[i].Movement
		}
	}
	return nil
}

// withoutZeros is an account as a spreadsheet leaves it.
func withoutZeros(account string) string { return strings.TrimLeft(account, "0") }

func orNone(account string) string {
	if account == "" {
		return "nessuno"
	}
	return account
}

func (a *applier) settlement(d *record.Decision, at *place) (*fault, error) {
	k := &d.Flow
	all, err := a.tx.DecidableSettlements(k.IUF)
	if err != nil {
		return nil, err
	}
	var fit []store.DecidableSettlement
	var names []string
	for _, s := range all {
		names = append(names, fmt.Sprintf("PSP %s anno %d", s.PSP, s.Year))
		if (k.PSP == "" || strings.EqualFold(k.PSP, s.PSP)) && (k.Year == 0 || k.Year == s.Year) {
			fit = append(fit, s)
		}
	}
	switch {
	case len(all) == 0:
		return &fault{"iuf", record.RejectUnknown, k.IUF, "nei libri non c'è il flusso " + k.IUF + ": controllare lo IUF, o caricare prima il flusso"}, nil
	case len(fit) == 0:
		return &fault{"psp", record.RejectUnknown, k.PSP, "il flusso " + k.IUF + " è di: " + listed(names)}, nil
	case len(fit) > 1:
		return &fault{"psp", record.RejectMissing, k.PSP, "ci sono più flussi " + k.IUF + ": indicare psp e anno_flusso (" + listed(names) + ")"}, nil
	}
	at.settlement = fit[0]
	k.PSP, k.Year = fit[0].PSP, fit[0].Year
	return nil, nil
}

// payment finds the receipt a movement is said to pay: cash of a single payment
// is compared with its receipt, so there must be one.
func (a *applier) payment(d *record.Decision, at *place) (*fault, error) {
	k := &d.Payment
	all, err := a.tx.DecidableReceipts(k.IUV)
	if err != nil {
		return nil, err
	}
	var fit []record.PaymentKey
	var iurs []string
	for _, p := range all {
		if (k.IUR == "" || k.IUR == p.IUR) && (k.Index == 0 || k.Index == p.Index) {
			if len(fit) == 0 || fit[len(fit)-1].IUR != p.IUR {
				iurs = append(iurs, p.IUR)
			}
			fit = append(fit, p)
		}
	}
	switch {
	case len(fit) == 0:
		return &fault{"iuv", record.RejectUnknown, k.IUV, "nei libri non c'è una ricevuta con questo IUV, IUR e indice: controllarli, o caricare prima la ricevuta"}, nil
	case len(iurs) > 1:
		return &fault{"iur", record.RejectMissing, "", "ci sono più ricevute con questo IUV: indicare lo iur (" + listed(iurs) + ")"}, nil
	}
	*k = fit[0]
	cash := at.movement.Cash
	switch {
	case d.Amount == 0:
		d.Amount = cash
	case d.Answer == record.AnswerAccept && d.Amount != cash:
		return &fault{"importo", record.RejectConflict, d.Amount.DecimalComma(),
			"un movimento incassa un solo pagamento con tutto il suo importo, " + cash.Italian() + " euro: lasciare vuota la colonna"}, nil
	}
	return nil, nil
}
