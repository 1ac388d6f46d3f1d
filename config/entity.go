package config

import (
	"fmt"
	"regexp"
	"strings"

	"quadra/engine/cron"
	"quadra/engine/record"
)

// State of an entity in its life with MyPay.
type State string

// The states of an entity.
const (
	StateInserted      State = "inserted"
	StatePreProduction State = "pre-production"
	StateProduction    State = "production"
	StateClosed        State = "closed"
	StateMerged        State = "merged"
)

// Entity is a creditor body (ente). Flags default to true: a check that is not
// wanted is seen at once in the report, one that is missing is never noticed.
type Entity struct {
	IPA     string // IPA code; names the entity's files, so letters, digits and _ only
	TaxCode string // pagoPA domain: 11 digits, or 16 letters and digits
	Name    string // for people; the IPA code when not given
	State   State  // production when not given

	// StateSince is the last day the entity took payments, of an entity that is
	// closed or merged; zero in any other state.
	StateSince record.Date
	// MergedInto is the IPA code of the entity that took over a merged one.
	MergedInto string

	SendsNotices  bool // a payment without notice is an anomaly
	LoadsTreasury bool // a flow without cash is an anomaly

	SegregationCodes []string   // two digits each; empty: every IUV is ours
	Accounts         []Account  // it may be credited on; empty: any
	DebtTypes        []DebtType // those there is something to say of
	Booking          Booking
	PatronDay        string // local feast, MM-DD; empty: none
	Terms            Terms
	Interruptions    []Interruption

	// Ruleset is the file with the entity's own rules; empty when those of every
	// entity are enough.
	Ruleset string
	// Tolerance is the difference, in cents, up to which two amounts count as
	// equal when they are judged.
	Tolerance int
	// Schedule is when the nights are run by quadra serve: the entity's own or
	// that of the configuration; nil when it never runs them (schedule: never).
	Schedule *cron.Expression
	// Blackouts are windows in which quadra serve begins no night of this entity.
	Blackouts []Blackout

	// IgnoreRemittances tells movements that are not pagoPA by their remittance
	// text; see IgnoredRemittances.
	IgnoreRemittances []string

	// Layouts is the file with the entity's own layouts of cash tables; empty
	// when the presets are enough.
	Layouts string
	// CashLayout names the layout of tables no layout recognises by content, such
	// as MyPivot's, whose columns have no names of their own; empty for none.
	CashLayout string

	// Report is how much a night writes; see [ReportSize].
	Report ReportSize

	Drops []Drop
}

// ReportSize is how much a night writes of an entity's books.
type ReportSize string

// The sizes of a report.
const (
	ReportPack  ReportSize = "pack"  // every page and every record
	ReportBrief ReportSize = "brief" // what a night needs on very large books: no lists of every record
)

// Terms are counted in Italian working days; defaults as in Default terms of
// the rules: a flow is due on D+2 and will not come after D+10, cash on D+1.
type Terms struct {
	FlowLate             int // receipt without flow
	FlowMissing          int
	CashLate             int // flow without cash, from dataRegolamento
	CashMissing          int
	UnmatchedCashLate    int // cash without flow
	UnmatchedCashMissing int
	Receipt              int // flow line or notice without receipt
	Notice               int // receipt without notice
}

// Interruption is an announced shutdown of a source, both days included: the
// clock of that source stands still.
type Interruption struct {
	From, To record.Date
	Source   Source // empty: every source
	Reason   string
}

// DefaultTerms are those of an entity that sets none.
func DefaultTerms() Terms {
	return Terms{
		FlowLate: 2, FlowMissing: 10, CashLate: 1, CashMissing: 5,
		UnmatchedCashLate: 2, UnmatchedCashMissing: 4, Receipt: 2, Notice: 10,
	}
}

func defaultEntity() Entity {
	return Entity{
		Report: ReportPack, State: StateProduction, SendsNotices: true, LoadsTreasury: true, Booking: Booking{Automatic: true},
		Terms: DefaultTerms(),
	}
}

// mostTolerance is ten euro: beyond it a difference is a mistake, not rounding.
const mostTolerance = 1000 // cents

var ipaShape = regexp.MustCompile(`^[A-Za-z0-9_]{1,80}$`)

func (e *Entity) read(m *mapping) {
	m.required("ipa", &e.IPA, "aggiungere il codice IPA dell'ente")
	if e.IPA != "" && !ipaShape.MatchString(e.IPA) {
		m.fail("ipa", fmt.Sprintf("%q non è un codice IPA", e.IPA), "usare da 1 a 80 lettere, cifre e _: dà il nome ai file dell'ente")
		e.IPA = ""
	}
	e.readTaxCode(m)
	e.Name = e.IPA
	m.text("name", &e.Name)
	e.readState(m)
	m.flag("sends_notices", &e.SendsNotices)
	m.flag("loads_treasury", &e.LoadsTreasury)
	m.texts("segregation_codes", &e.SegregationCodes, checkSegregation)
	e.readAccounts(m)
	e.readDebtTypes(m)
	if b := m.section("booking"); b != nil {
		e.Booking.read(b)
	}
	m.read("patron_day", func(text string) {
		// Any common year will do: a feast on 29 February would not be one.
		if _, err := record.ParseDate("2023-" + text); err != nil {
			m.fail("patron_day", fmt.Sprintf("%q non è un giorno dell'anno", text), `scrivere MM-GG, p.e. "06-24"`)
			return
		}
		e.PatronDay = text
	})
	if t := m.section("terms"); t != nil {
		e.Terms.read(t)
	}
	m.path("ruleset", &e.Ruleset)
	m.integer("tolerance", &e.Tolerance, 0, mostTolerance)
	m.each("interruptions", func(im *mapping) {
		var i Interruption
		i.read(im)
		e.Interruptions = append(e.Interruptions, i)
	})
	m.schedule("schedule", &e.Schedule)
	m.blackouts(&e.Blackouts)
	m.texts("ignore_remittances", &e.IgnoreRemittances, checkIgnored)
	m.path("layouts", &e.Layouts)
	m.text("cash_layout", &e.CashLayout)
	m.read("report", func(text string) {
		switch size := ReportSize(text); size {
		case ReportPack, ReportBrief:
			e.Report = size
		default:
			m.fail("report", fmt.Sprintf("%q non è un rapporto", text), "scrivere pack (tutte le pagine) oppure brief (solo quelle della notte)")
		}
	})
	m.each("drops", func(dm *mapping) {
		d := defaultDrop(e.IPA)
		d.read(dm)
		e.Drops = append(e.Drops, d)
	})
	m.refuseUnknown()
}

func (e *Entity) readTaxCode(m *mapping) {
	m.required("tax_code", &e.TaxCode, "aggiungere il codice fiscale dell'ente (dominio pagoPA)")
	e.TaxCode = strings.ToUpper(e.TaxCode)
	switch {
	case e.TaxCode == "":
	case !taxCodeShape.MatchString(e.TaxCode):
		m.fail("tax_code", fmt.Sprintf("%q non è un codice fiscale", e.TaxCode), "scrivere 11 cifre, oppure 16 lettere e cifre")
		e.TaxCode = ""
	case len(e.TaxCode) == 11 && !checkDigitHolds(e.TaxCode):
		m.warn("tax_code", "la cifra di controllo non torna", "ricontrollare il codice fiscale")
	}
}

func (t *Terms) read(m *mapping) {
	const year = 250 // working days
	for _, term := range []struct {
		key  string
		days *int
	}{
		{"flow_late", &t.FlowLate}, {"flow_missing", &t.FlowMissing},
		{"cash_late", &t.CashLate}, {"cash_missing", &t.CashMissing},
		{"unmatched_cash_late", &t.UnmatchedCashLate}, {"unmatched_cash_missing", &t.UnmatchedCashMissing},
		{"receipt", &t.Receipt}, {"notice", &t.Notice},
	} {
		m.integer(term.key, term.days, 0, year)
	}
	for _, pair := range []struct {
		name          string
		late, missing int
	}{
		{"flow", t.FlowLate, t.FlowMissing},
		{"cash", t.CashLate, t.CashMissing},
		{"unmatched_cash", t.UnmatchedCashLate, t.UnmatchedCashMissing},
	} {
		if pair.late > pair.missing {
			m.fail(pair.name+"_late", fmt.Sprintf("%d giorni superano i %d di %s_missing", pair.late, pair.missing, pair.name),
				"prima si è in ritardo, poi si manca: abbassare l'uno o alzare l'altro")
		}
	}
	m.refuseUnknown()
}

func (i *Interruption) read(m *mapping) {
	m.date("from", &i.From)
	m.date("to", &i.To)
	if i.From > i.To && i.To != 0 {
		m.fail("to", fmt.Sprintf("%s viene prima di %s (from)", i.To, i.From), "scambiare le due date")
	}
	choice(m, "source", &i.Source, SourceReceipts, SourceFlows, SourceCash, SourceNotices)
	m.text("reason", &i.Reason)
	m.refuseUnknown()
}

// IgnoredRemittances compiles IgnoreRemittances. An item between slashes
// ("/^F24 /") is a regular expression (RE2), any other is a text to be found
// anywhere; neither minds the case. It cannot fail on what Parse returned.
func (e *Entity) IgnoredRemittances() ([]*regexp.Regexp, error) {
	patterns := make([]*regexp.Regexp, len(e.IgnoreRemittances))
	for i, item := range e.IgnoreRemittances {
		re, err := compileIgnored(item)
		if err != nil {
			return nil, fmt.Errorf("compiling ignore_remittances %q of %s: %w", item, e.IPA, err)
		}
		patterns[i] = re
	}
	return patterns, nil
}

func compileIgnored(item string) (*regexp.Regexp, error) {
	if len(item) > 2 && item[0] == '/' && item[len(item)-1] == '/' {
		return regexp.Compile("(?i:" + item[1:len(item)-1] + ")")
	}
	return regexp.Compile("(?i:" + regexp.QuoteMeta(item) + ")")
}

func checkIgnored(text string) (kept, what, do string) {
	if _, err := compileIgnored(text); err != nil {
		return "", fmt.Sprintf("%s non è un'espressione regolare", text), "correggerla, o togliere le barre per cercare il testo com'è"
	}
	return text, "", ""
}

var segregationShape = regexp.MustCompile(`^[0-9]{2}$`)

func checkSegregation(text string) (kept, what, do string) {
	if !segregationShape.MatchString(text) {
		return "", fmt.Sprintf("%q non è un codice di segregazione", text), `scrivere due cifre, p.e. "01"`
	}
	return text, "", ""
}
