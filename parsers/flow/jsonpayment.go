package flow

// jsonForm is a payment of FdR v3.
var jsonForm = form{
	names: [elemCount]string{
		elemIUV: "iuv", elemIUR: "iur", elemIndex: "idTransfer", elemAmount: "pay", elemOutcome: "payStatus", elemOn: "payDate",
	},
	amount:      literal,
	outcome:     outcomeName,
	day:         civilDay,
	wantAmount:  "l'importo deve essere un numero con il punto e al massimo due decimali, per esempio 1234.5",
	wantOutcome: "l'esito non è tra quelli conosciuti: EXECUTED, REVOKED, STAND_IN, STAND_IN_NO_RPT, NO_RPT",
	wantDay:     "non è una data e ora che esiste, nella forma AAAA-MM-GGTHH:MM:SSZ",
}

// outcomeName gives the code the XML has for a payStatus.
func outcomeName(text []byte) (int, bool) {
	switch string(text) {
	case "EXECUTED":
		return 0, true
	case "REVOKED":
		return revoked, true
	case "STAND_IN":
		return 4, true
	case "STAND_IN_NO_RPT":
		return 8, true
	case "NO_RPT":
		return 9, true
	}
	return 0, false
}

// collectJSON takes the values of an element of an array of payments. All of
// them are on the line of the payment, as far as a reject says.
func (p *payment) collectJSON(object []byte, line int) {
	p.reset(line)
	if object[0] != '{' {
		p.broken(line, "payments", "il pagamento non è un oggetto {...}")
		return
	}
	_ = members(object, func(name, value []byte, _ int) error {
		which := p.form.elementOf(name)
		if which == elemCount || isNull(value) {
			return nil
		}
		if p.found[which].line > 0 {
			p.broken(line, p.form.names[which], "il valore è ripetuto")
			return nil
		}
		if isContainer(value) {
			p.broken(line, p.form.names[which], "il valore è un oggetto o un elenco")
			return nil
		}
		f := &p.found[which]
		var bare bool
		f.line, f.start = line, len(p.text)
		p.text, bare = appendText(p.text, value)
		f.end = len(p.text)
		if bare && (which == elemIUV || which == elemIUR) {
			// A number has lost the zeros it started with.
			p.broken(line, p.form.names[which], "il codice deve essere un testo tra virgolette, non un numero")
		} else if hasControl(p.text[f.start:]) {
			p.broken(line, p.form.names[which], "il valore contiene un carattere di controllo")
		}
		return nil
	})
}

// hasControl finds what XML could not have carried.
func hasControl(text []byte) bool {
	for _, c := range text {
		if c < ' ' {
			return true
		}
	}
	return false
}

// isListItem tells an element of the list of flows from a payment.
func isListItem(object []byte) bool {
	fdr, payment := false, false
	if object[0] == '{' {
		_ = members(object, func(name, _ []byte, _ int) error {
			fdr = fdr || string(name) == "fdr"
			payment = payment || jsonForm.elementOf(name) != elemCount
			return nil
		})
	}
	return fdr && !payment
}
