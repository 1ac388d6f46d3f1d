package report

import (
	"strings"

	"quadra/engine/store"
	"quadra/rules"
)

// balancePage is the section Quadratura.
type balancePage struct {
	Missing   bool // the run left none in the books
	Residuals int
	Equations []equation
}

type equation struct {
	Code        string
	Title       string
	Note        string
	Counts      bool // the quantities must be equal too
	NoMoney     bool // only the quantities are compared
	Left, Right []addend
	Residual    store.BalanceRow
	Zero        bool
}

type addend struct {
	Name string
	store.BalanceRow
}

// equations says in words what each equation of the balance compares.
var equations = map[string]equation{
	"RECEIPTS": {Title: "Ricevute = ricevute per stato del loro pagamento", Counts: true,
		Note: "Ogni riga di ricevuta è un pagamento, con uno stato solo: niente è perso, niente è contato due volte."},
	"BOOKED": {Title: "Ricevute = quote per capitolo",
		Note: "Le quote di una riga di ricevuta danno sempre la riga, al centesimo; quelle ancora senza capitolo sono da assegnare. A sinistra si contano le righe, a destra le quote: si confrontano solo gli importi."},
	"NOTICES": {Title: "Notifiche = agganciate a una ricevuta + rimaste sole", Counts: true},
	"FLOWS": {Title: "Totali dichiarati dai flussi = somma delle loro righe + differenze dichiarate",
		Note: "Le righe revocate (esito 3) sono sommate o sottratte secondo la lettura con cui il totale del flusso torna. A sinistra si contano i flussi, a destra le righe: si confrontano solo gli importi."},
	"CASH": {Title: "Incassato = portato ai flussi + eccedenze + per IUV + non abbinato",
		Note: "Un movimento che paga un flusso per meno del suo importo compare due volte, con le due parti: si confrontano solo gli importi."},
	"SETTLED": {Title: "Incassato portato ai flussi = totali dei flussi incassati + differenze elencate",
		Note: "A sinistra si contano i movimenti, a destra i flussi: si confrontano solo gli importi."},
	"ROWS": {Title: "Righe lette dai file = righe tenute + righe scartate", Counts: true, NoMoney: true},
}

// addends names every figure of the balance; the part after the colon, a status
// or a reading, is named apart.
var addends = map[string]string{
	"Receipts":           "righe di ricevuta nei registri",
	"ReceiptsByStatus":   "ricevute",
	"Shares":             "quote",
	"Notices":            "notifiche nei registri",
	"NoticesLinked":      "notifiche agganciate a una ricevuta",
	"NoticesAlone":       "notifiche senza ricevuta",
	"Declared":           "totali dichiarati dai flussi vigenti",
	"FlowLines":          "righe di flusso",
	"FlowDifferences":    "differenze tra totale dichiarato e righe",
	"Cash":               "incassato, tolti gli storni",
	"CashLinked":         "incassato portato ai flussi",
	"CashBeyondFlows":    "incassato oltre i flussi pagati",
	"CashByIUV":          "incassato abbinato a una ricevuta per IUV",
	"CashUnmatched":      "incassato non abbinato",
	"SettledTotals":      "totali dei flussi incassati",
	"SettledDifferences": "incassato in più o in meno del flusso",
	"Rows":               "righe lette dai file caricati",
	"RowsKept":           "righe tenute",
	"RowsRejected":       "righe scartate",
}

var readings = map[string]string{
	"bilancio":      "dal bilancio della ricevuta",
	"metadata":      "dai metadati della ricevuta",
	"debt":          "dal dovuto",
	"default":       "dal tipo dovuto",
	"only":          "sull'unico capitolo attivo",
	"taxonomy":      "dal codice tassonomico",
	"unassigned":    "da assegnare",
	"paid":          "pagate",
	"revoked-plain": "revocate, sommate",
	"revoked-net":   "revocate, sottratte",
}

// unitOfAddend says whose statuses split a figure.
var unitOfAddend = map[string]string{
	"ReceiptsByStatus":   rules.UnitPayment,
	"CashUnmatched":      rules.UnitMovement,
	"SettledDifferences": rules.UnitSettlement,
}

func (b *builder) balance() balancePage {
	p := balancePage{Missing: len(b.sum.Balance) == 0, Residuals: b.sum.Residuals}
	for _, r := range b.sum.Balance {
		if len(p.Equations) == 0 || p.Equations[len(p.Equations)-1].Code != r.Code {
			e := equations[r.Code]
			e.Code = r.Code
			if e.Title == "" {
				e.Title = r.Code
			}
			p.Equations = append(p.Equations, e)
		}
		e := &p.Equations[len(p.Equations)-1]
		switch r.Side {
		case "left":
			e.Left = append(e.Left, addend{b.addend(r.Part), r})
		case "right":
			e.Right = append(e.Right, addend{b.addend(r.Part), r})
		default:
			e.Residual, e.Zero = r, r.Amount == 0 && r.Quantity == 0
		}
	}
	return p
}

// addend names one addend, the status or reading it is split by included.
func (b *builder) addend(part string) string {
	figure, split, _ := strings.Cut(part, ":")
	name := addends[figure]
	if name == "" {
		return part
	}
	name = translate(b.in.Language, name)
	if split == "" {
		return name
	}
	if unit := unitOfAddend[figure]; unit != "" {
		return name + ": " + b.in.statusName(unit, split)
	}
	if reading := readings[split]; reading != "" {
		split = translate(b.in.Language, reading)
	}
	return name + ": " + split
}

// residuals counts the equations that are not zero.
func residuals(rows []store.BalanceRow) int {
	n := 0
	for _, r := range rows {
		if r.Side == "residual" && (r.Amount != 0 || r.Quantity != 0) {
			n++
		}
	}
	return n
}
