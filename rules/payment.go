package rules

import "iter"

// PaymentFacts are what the ruleset knows of a payment: a receipt line, a flow
// line without receipt, or a notice without receipt.
//
// The first six are the axes of a payment as of the run's date. On an axis,
// waiting is within the term, late past it, missing past the day after which
// nothing will come; an axis with one term only goes from waiting to missing.
// The others are the bare comparisons labels are made of. With I notice, E
// receipt line (E.tot its whole receipt), R flow line (R.tot its flow), S cash
// settling the flow (the sum of its movements), V cash by IUV:
type PaymentFacts struct {
	// Ours: the segregation code of the IUV is the entity's, or not limited.
	Ours bool `yaml:"ours"`
	// Duplicate: the same IUV, index and amount is paid under another IUR too.
	Duplicate bool `yaml:"duplicate"`

	// Notified: not_expected (the entity sends no notices, or this payment has
	// none), waiting, missing, matched, different (another amount), alone (a
	// notice with nothing to compare).
	Notified string `yaml:"notified" oneof:"not_expected waiting missing matched different alone"`
	// Receipt: present, implied (outcome 8 or 9 in a flow), waiting, missing.
	Receipt string `yaml:"receipt" oneof:"present implied waiting missing"`
	// Reported: not_expected, waiting, late, missing, matched, different
	// (another amount), alone (flow line without receipt), revoked (outcome 3 on
	// the current flow line), twice (in two current flows).
	Reported string `yaml:"reported" oneof:"not_expected waiting late missing matched different alone revoked twice"`
	// Cashed: not_expected, waiting, late, missing, flow (its flow is settled
	// for exactly its total), iuv (cash by IUV equals the whole receipt),
	// different (either is settled for another total).
	Cashed string `yaml:"cashed" oneof:"not_expected waiting late missing flow iuv different"`

	HasNotice     bool `yaml:"has_notice"`      // I
	NoticeEqual   bool `yaml:"notice_equal"`    // I = E
	HasReceipt    bool `yaml:"has_receipt"`     // E, real or implied
	HasFlow       bool `yaml:"has_flow"`        // R; a line with outcome 3 is none
	FlowEqual     bool `yaml:"flow_equal"`      // E = R
	HasFlowCash   bool `yaml:"has_flow_cash"`   // S
	FlowCashEqual bool `yaml:"flow_cash_equal"` // S = R.tot
	HasIUVCash    bool `yaml:"has_iuv_cash"`    // V
	IUVCashEqual  bool `yaml:"iuv_cash_equal"`  // V = E.tot

	// AfterClosing: it was paid when the entity was already closed or merged.
	AfterClosing bool `yaml:"after_closing"`
	// TypeDisabled: it was paid when its type of debt could be paid no more.
	TypeDisabled bool `yaml:"type_disabled"`
}

var paymentSchema = schemaOf[PaymentFacts]()

func (f PaymentFacts) pack() key {
	words := paymentSchema.vocabulary
	return key(0).
		yes(f.Ours).
		yes(f.Duplicate).
		word(words[0], f.Notified).
		word(words[1], f.Receipt).
		word(words[2], f.Reported).
		word(words[3], f.Cashed).
		yes(f.HasNotice).
		yes(f.NoticeEqual).
		yes(f.HasReceipt).
		yes(f.HasFlow).
		yes(f.FlowEqual).
		yes(f.HasFlowCash).
		yes(f.FlowCashEqual).
		yes(f.HasIUVCash).
		yes(f.IUVCashEqual).
		yes(f.AfterClosing).
		yes(f.TypeDisabled)
}

// Impossible says, in Italian, why these facts cannot arise together; it is
// empty when they can. What it lets through a ruleset must give a status to, so
// in doubt it lets through.
func (f PaymentFacts) Impossible() string {
	if why := paymentSchema.unknown(f.pack()); why != "" {
		return why
	}
	return f.contradiction()
}

// contradiction is Impossible for facts that are all words it knows.
func (f PaymentFacts) contradiction() string {
	line := f.Reported == "matched" || f.Reported == "different" || f.Reported == "alone" || f.Reported == "twice"
	revoked := f.Reported == "revoked"
	open := f.Cashed == "not_expected" || f.Cashed == "waiting" || f.Cashed == "late" || f.Cashed == "missing"
	switch {
	case f.HasReceipt != (f.Receipt == "present" || f.Receipt == "implied"):
		return "has_receipt vale quando receipt è present o implied, e solo allora"
	case f.HasNotice != (f.Notified == "matched" || f.Notified == "different" || f.Notified == "alone"):
		return "has_notice vale quando notified è matched, different o alone, e solo allora"
	case f.NoticeEqual != (f.Notified == "matched"):
		return "notice_equal vale quando notified è matched, e solo allora"
	case f.HasNotice && f.HasReceipt == (f.Notified == "alone"):
		return "notified è alone quando c'è la notifica e non la ricevuta, e solo allora"

	// A payment may be reported by one flow and revoked by a later one: then
	// there is a flow line beside the revocation. Otherwise there is none.
	case !revoked && f.HasFlow != line:
		return "has_flow vale quando reported è matched, different, alone o twice, e solo allora (con revoked può valere)"
	case f.FlowEqual && (!f.HasFlow || !f.HasReceipt):
		return "flow_equal richiede has_flow e has_receipt"
	case f.Reported == "matched" && !f.FlowEqual:
		return "reported è matched solo con flow_equal"
	case f.Reported == "different" && (!f.HasReceipt || f.FlowEqual):
		return "reported è different solo con has_receipt e senza flow_equal"
	case f.Reported == "alone" && f.HasReceipt:
		return "reported è alone solo senza ricevuta"
	case f.Receipt == "implied" && !f.FlowEqual:
		return "una ricevuta implied viene da una riga di flusso e ha il suo importo: richiede flow_equal"
	case f.Notified == "alone" && (f.HasFlow || revoked || f.Duplicate):
		return "una notifica alone non ha righe di flusso né doppi"
	case !f.HasReceipt && !f.HasFlow && !revoked && f.Notified != "alone":
		return "non c'è niente da giudicare: né ricevuta, né riga di flusso, né notifica"

	case f.HasFlowCash && !f.HasFlow:
		return "has_flow_cash richiede has_flow"
	case f.FlowCashEqual && !f.HasFlowCash:
		return "flow_cash_equal richiede has_flow_cash"
	case f.HasIUVCash && !f.HasReceipt && !f.HasFlow:
		return "has_iuv_cash richiede has_receipt o has_flow"
	case f.IUVCashEqual && (!f.HasIUVCash || !f.HasReceipt):
		return "iuv_cash_equal richiede has_iuv_cash e has_receipt"
	case f.FlowCashEqual != (f.Cashed == "flow"):
		return "cashed è flow quando vale flow_cash_equal, e solo allora"
	case f.Cashed == "iuv" && !f.IUVCashEqual:
		return "cashed è iuv solo con iuv_cash_equal"
	case f.Cashed == "different" && !f.HasFlowCash && (!f.HasIUVCash || f.IUVCashEqual):
		return "cashed è different solo con un incasso di importo diverso"
	// Cash by IUV without a receipt has nothing to be compared with.
	case open && (f.HasFlowCash || f.HasIUVCash && f.HasReceipt):
		return "con un incasso da confrontare cashed è flow, iuv o different"
	}
	return ""
}

// PossiblePayments yields every combination of facts a payment can have.
func PossiblePayments() iter.Seq[PaymentFacts] {
	return func(yield func(PaymentFacts) bool) {
		values := func(name string) []string { return paymentSchema.byName[name].Values }
		for _, notified := range values("notified") {
			for _, receipt := range values("receipt") {
				for _, reported := range values("reported") {
					for _, cashed := range values("cashed") {
						if !yieldPayments(notified, receipt, reported, cashed, yield) {
							return
						}
					}
				}
			}
		}
	}
}

// yieldPayments yields the possible payments with these axes. Three facts
// follow from the axes and are not varied; three say nothing against any other,
// so that what is possible without them is so with them.
func yieldPayments(notified, receipt, reported, cashed string, yield func(PaymentFacts) bool) bool {
	facts := func(bits int) PaymentFacts {
		bit := func(n int) bool { return bits>>n&1 == 1 }
		return PaymentFacts{
			Ours: bit(7), Duplicate: bit(6),
			Notified: notified, Receipt: receipt, Reported: reported, Cashed: cashed,
			AfterClosing: bit(9), TypeDisabled: bit(8),
			HasNotice:   notified == "matched" || notified == "different" || notified == "alone",
			NoticeEqual: notified == "matched",
			HasReceipt:  receipt == "present" || receipt == "implied",
			HasFlow:     bit(5), FlowEqual: bit(4),
			HasFlowCash: bit(3), FlowCashEqual: bit(2), HasIUVCash: bit(1), IUVCashEqual: bit(0),
		}
	}
	var possible []int
	for bits := range 1 << 7 {
		if facts(bits).contradiction() == "" {
			possible = append(possible, bits)
		}
	}
	for free := range 1 << 3 {
		for _, bits := range possible {
			if !yield(facts(free<<7 | bits)) {
				return false
			}
		}
	}
	return true
}
