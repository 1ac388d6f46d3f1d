package config

import (
	"fmt"
	"regexp"
	"strconv"

	"quadra/engine/record"
)

// Booking is what booking income depends on besides the chart.
type Booking struct {
	// ClosedUntil is the last year of account that is closed: its chart and its
	// accertamenti are not touched any more; zero: none.
	ClosedUntil int
	// Automatic makes a closed accertamento of each file of receipts and debt
	// type; true when not given.
	Automatic bool
	Taxonomy  []TaxonomyTarget
	Orders    *Orders // nil when not given: draft orders cannot be written
}

// Orders is the heading of draft orders of collection (OPI), agreed with the
// treasurer and SIOPE+.
type Orders struct {
	ABI         string // of the treasurer: 5 digits
	EntityCode  string // of the entity's office for orders: 6 letters and digits
	ISTAT       string // 9 to 15 digits
	SenderA2A   string // A2A- and 8 digits
	ReceiverA2A string
	BankCode    string // the treasurer's own code of the entity
}

// Target is a place of the chart.
type Target struct {
	Office, Chapter, Article, Assessment string
}

// TaxonomyTarget says where income of a taxonomy code goes when nothing else
// does.
type TaxonomyTarget struct {
	Code string // with or without prefix and slashes: 9/0101100IM/ or 0101100IM
	Target
}

// SplitPart is a share of the income of a debt type: exactly one of a fixed
// amount, a percentage of what the fixed amounts leave, and the remainder.
type SplitPart struct {
	Target
	Fixed      record.Cents
	PerMillion int64 // 125000 is 12.5 %
	Remainder  bool
}

func (b *Booking) read(m *mapping) {
	m.integer("closed_until", &b.ClosedUntil, 1900, 2199)
	m.flag("automatic", &b.Automatic)
	seen := map[string]int{}
	m.each("taxonomy", func(tm *mapping) {
		var t TaxonomyTarget
		tm.required("code", &t.Code, "aggiungere il codice tassonomico, p.e. 0101100IM")
		if line := firstUse(seen, t.Code, tm.line("code")); line > 0 {
			tm.fail("code", fmt.Sprintf("già usato alla riga %d", line), "tenere una sola voce per codice")
		}
		t.read(tm)
		tm.refuseUnknown()
		b.Taxonomy = append(b.Taxonomy, t)
	})
	if o := m.section("orders"); o != nil {
		b.Orders = &Orders{}
		b.Orders.read(o)
	}
	m.refuseUnknown()
}

func (o *Orders) read(m *mapping) {
	for _, f := range []struct {
		key   string
		to    *string
		shape string
		do    string
	}{
		{"abi", &o.ABI, `^[0-9]{5}$`, "scrivere le 5 cifre del codice ABI del tesoriere"},
		{"entity_code", &o.EntityCode, `^[A-Z0-9]{6}$`, "scrivere il codice univoco dell'ufficio ordinativi: 6 lettere maiuscole e cifre"},
		{"istat", &o.ISTAT, `^[0-9]{9,15}$`, "scrivere il codice ISTAT (SIOPE) dell'ente: da 9 a 15 cifre"},
		{"sender_a2a", &o.SenderA2A, `^A2A-[0-9]{8}$`, "scrivere A2A- e otto cifre"},
		{"receiver_a2a", &o.ReceiverA2A, `^A2A-[0-9]{8}$`, "scrivere A2A- e otto cifre"},
		{"bank_code", &o.BankCode, `.`, "scrivere il codice con cui il tesoriere conosce l'ente"},
	} {
		m.required(f.key, f.to, f.do)
		if *f.to != "" && !regexp.MustCompile(f.shape).MatchString(*f.to) {
			m.fail(f.key, fmt.Sprintf("%q non va bene", *f.to), f.do)
		}
	}
	m.refuseUnknown()
}

func (t *Target) read(m *mapping) {
	m.required("chapter", &t.Chapter, "aggiungere il codice del capitolo")
	m.text("office", &t.Office)
	m.text("article", &t.Article)
	m.text("accertamento", &t.Assessment)
}

const wholeMillion = 1_000_000

// readSplit reads the default split of a debt type. Percentages above a hundred,
// amounts of nothing and two remainders are refused here: no payment would tell.
func (d *DebtType) readSplit(m *mapping) {
	sum, remainders := int64(0), 0
	m.each("split", func(pm *mapping) {
		var p SplitPart
		p.read(pm)
		p.readShare(pm)
		sum += p.PerMillion
		if p.Remainder {
			remainders++
		}
		pm.refuseUnknown()
		d.Split = append(d.Split, p)
	})
	if sum > wholeMillion {
		m.fail("split", fmt.Sprintf("le percentuali di %s superano il 100%%", d.Code), "abbassarle: insieme fanno al massimo 100")
	}
	if remainders > 1 {
		m.fail("split", fmt.Sprintf("%s ha più parti con remainder: true", d.Code), "lasciarlo a una sola parte: il resto è uno")
	}
}

func (p *SplitPart) readShare(m *mapping) {
	said := 0
	m.read("fixed", func(text string) {
		said++
		cents, err := record.ParseCents(text)
		if err != nil || cents <= 0 {
			m.fail("fixed", fmt.Sprintf("%q non è un importo maggiore di zero", text), `scrivere euro e centesimi con il punto, p.e. "5.00"`)
			return
		}
		p.Fixed = cents
	})
	m.read("percent", func(text string) {
		said++
		perMillion, ok := parsePercent(text)
		if !ok {
			m.fail("percent", fmt.Sprintf("%q non è una percentuale tra 0 e 100", text), `scriverla con al massimo quattro decimali, p.e. "12.5"`)
			return
		}
		p.PerMillion = perMillion
	})
	if m.flag("remainder", &p.Remainder); p.Remainder {
		said++
	}
	if said != 1 {
		m.fail("chapter", "la parte non dice quanto, o lo dice in più modi", "scrivere una sola tra fixed, percent e remainder: true")
	}
}

var percentShape = regexp.MustCompile(`^([0-9]{1,3})(?:\.([0-9]{1,4}))?$`)

// parsePercent reads a percentage as a whole number of millionths, exactly.
func parsePercent(text string) (perMillion int64, ok bool) {
	parts := percentShape.FindStringSubmatch(text)
	if parts == nil {
		return 0, false
	}
	decimals := (parts[2] + "0000")[:4]
	n, err := strconv.ParseInt(parts[1]+decimals, 10, 64)
	return n, err == nil && n > 0 && n <= wholeMillion
}
