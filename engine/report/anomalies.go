package report

import (
	"cmp"
	"slices"

	"quadra/engine/calendar"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/content"
	"quadra/engine/report/table"
	"quadra/engine/store"
	"quadra/rules"
)

// group is every anomaly of one status.
type group struct {
	Unit     string // as the column unita names it
	Code     string
	Severity int
	Count    int64
	Amount   record.Cents
	Ages     [buckets]ageing
	MaxAge   int
	oldest   oldest
}

type ageing struct {
	Count  int64
	Amount record.Cents
}

const buckets = int(calendar.AgeOver60) + 1

// anomalies adds up the anomalies as they come: by status, and by what else
// people look for.
type anomalies struct {
	groups    []*group
	byType    map[string]*ageing
	byPSP     map[string]*ageing
	byAmount  []ageing
	byPerson  map[string]*ageing
	byState   map[string]*ageing
	bounds    []int64
	Count     int64
	Amount    record.Cents
	wholeAges [buckets]ageing
}

func newAnomalies() *anomalies {
	bounds := content.AmountBuckets()
	return &anomalies{byType: make(map[string]*ageing), byPSP: make(map[string]*ageing), byPerson: make(map[string]*ageing),
		byState: make(map[string]*ageing), bounds: bounds, byAmount: make([]ageing, len(bounds))}
}

func (s *ageing) add(amount record.Cents) {
	s.Count++
	s.Amount += amount
}

// count adds some anomalies of one verdict and age, whatever else they are.
func (as *anomalies) count(unit string, v *store.Verdict, age int, sum ageing) {
	as.Count += sum.Count
	as.Amount += sum.Amount
	g := as.group(unit, v.Status, v.Severity)
	g.Count += sum.Count
	g.Amount += sum.Amount
	bucket := calendar.Bucket(age)
	for _, into := range []*ageing{&g.Ages[bucket], &as.wholeAges[bucket]} {
		into.Count += sum.Count
		into.Amount += sum.Amount
	}
	g.MaxAge = max(g.MaxAge, age)
}

// list keeps an anomaly that is counted for where some are shown.
func (as *anomalies) list(a *content.Anomaly) { as.group(a.Unit, a.Code, a.Severity).oldest.add(a) }

func (as *anomalies) add(a *content.Anomaly) {
	as.count(a.Unit, &store.Verdict{Status: a.Code, Severity: a.Severity}, a.Age, ageing{1, a.Amount})
	as.list(a)
	addTo(as.byType, a.DebtType(), a.Amount)
	addTo(as.byPSP, a.PSP(), a.Amount)
	size := int64(max(a.Amount, -a.Amount))
	at := len(as.bounds) - 1
	for at > 0 && size < as.bounds[at] {
		at--
	}
	as.byAmount[at].add(a.Amount)
	person, state := "", ""
	if a.Note != nil {
		person, state = a.Assignee, a.Note.State
	}
	addTo(as.byPerson, person, a.Amount)
	addTo(as.byState, state, a.Amount)
}

func addTo(sums map[string]*ageing, key string, amount record.Cents) {
	s := sums[key]
	if s == nil {
		s = new(ageing)
		sums[key] = s
	}
	s.add(amount)
}

func (as *anomalies) group(unit, code string, severity int) *group {
	for _, g := range as.groups {
		if g.Unit == unit && g.Code == code {
			return g
		}
	}
	g := &group{Unit: unit, Code: code, Severity: severity, oldest: oldest{room: printedOfCode}}
	as.groups = append(as.groups, g)
	return g
}

// byGravity lists the groups, the gravest first, then the largest.
func (as *anomalies) byGravity() []*group {
	groups := slices.Clone(as.groups)
	slices.SortStableFunc(groups, func(a, b *group) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Amount, a.Amount), cmp.Compare(a.Code, b.Code))
	})
	return groups
}

// anomaliesPage is the page Anomalie.
type anomaliesPage struct {
	Count   int64
	Amount  record.Cents
	Buckets []string
	Groups  []groupPage
	Ages    [buckets]ageing
	By      []breakdown
}

// groupPage is one status on the page.
type groupPage struct {
	*group
	Name, Unit, Advice, Link string
}

// breakdown is the anomalies by something, the largest first.
type breakdown struct {
	Title string
	Rows  []breakdownRow
}

type breakdownRow struct {
	Name, Link string
	ageing
}

// brokenDown is how many rows a breakdown has; the rest is together.
const brokenDown = 12

func (b *builder) anomaliesPage() anomaliesPage {
	as := b.anomalies
	p := anomaliesPage{Count: as.Count, Amount: as.Amount, Ages: as.wholeAges}
	for _, a := range calendar.Ageings() {
		p.Buckets = append(p.Buckets, b.say(a.String()))
	}
	for _, g := range as.byGravity() {
		u := unitOf(g.Unit)
		p.Groups = append(p.Groups, groupPage{group: g, Name: b.in.statusName(u.unit, g.Code), Unit: b.say(u.title),
			Advice: b.say(advice[u.unit][g.Code]), Link: filtered("anomalie", "anomalia", g.Code)})
	}
	if b.newsOnly { // what is not listed has a status and an age
		return p
	}
	p.By = []breakdown{b.breakdown("Per tipo dovuto", "tipo_dovuto", as.byType), b.breakdown("Per PSP", "chi_incassa", as.byPSP), b.byAmount(),
		b.breakdown("Per assegnatario", "segnalazione_assegnata_a", as.byPerson), b.byState()}
	return p
}

func (b *builder) breakdown(title, column string, sums map[string]*ageing) breakdown {
	out := breakdown{Title: title}
	for key, s := range sums {
		r := breakdownRow{Name: key, ageing: *s}
		if key == "" {
			r.Name = b.say("non indicato")
		} else {
			r.Link = filtered("anomalie", column, key)
		}
		out.Rows = append(out.Rows, r)
	}
	slices.SortFunc(out.Rows, func(x, y breakdownRow) int {
		return cmp.Or(cmp.Compare(y.Amount, x.Amount), cmp.Compare(y.Count, x.Count), cmp.Compare(x.Name, y.Name))
	})
	if len(out.Rows) > brokenDown+1 {
		rest := breakdownRow{Name: b.say("altri")}
		for _, r := range out.Rows[brokenDown:] {
			rest.Count += r.Count
			rest.Amount += r.Amount
		}
		out.Rows = append(out.Rows[:brokenDown], rest)
	}
	return out
}

func (b *builder) byAmount() breakdown {
	out := breakdown{Title: "Per importo"}
	for i, s := range b.anomalies.byAmount {
		from := record.Cents(b.anomalies.bounds[i])
		r := breakdownRow{ageing: s, Name: b.say("da") + " " + from.Italian() + " €"}
		link := filtered("anomalie", "importo.da", from.String())
		if i+1 < len(b.anomalies.bounds) {
			to := record.Cents(b.anomalies.bounds[i+1]) - 1
			r.Name += " " + b.say("a") + " " + to.Italian() + " €"
			link += "&importo.a=" + to.String()
		}
		r.Link = link
		out.Rows = append(out.Rows, r)
	}
	return out
}

func (b *builder) byState() breakdown {
	out := breakdown{Title: "Per segnalazione"}
	for _, state := range append(slices.Clone(note.States), "") {
		s := b.anomalies.byState[state]
		if s == nil {
			continue
		}
		r := breakdownRow{Name: note.Name(state, b.in.Language), ageing: *s, Link: filtered("anomalie", "segnalazione_e", state)}
		if state == "" {
			r.Name, r.Link = b.say("senza segnalazione"), ""
		}
		out.Rows = append(out.Rows, r)
	}
	return out
}

// sheets are the small sheets of anomalie.xlsx.
func (b *builder) sheets() table.Sheets {
	first := "Riepilogo"
	return table.Sheets{First: first, Fill: func(left int64) []table.Sheet {
		sheets := []table.Sheet{{Name: first, Lines: b.sheetSummary(left)}}
		if len(b.decisions) > 0 {
			sheets = append(sheets, table.Sheet{Name: "Decisioni", Lines: b.sheetDecisions()})
		}
		return sheets
	}}
}

// sheetDecisions is what people decided, on a sheet beside the anomalies.
func (b *builder) sheetDecisions() [][]any {
	lines := [][]any{{"deciso_il", "autore", "tipo", "risposta", "in_vigore", "anno_bolletta", "numero_bolletta", "iuf", "psp", "iuv", "iur", "importo", "nota", "fonte"}}
	for i := range b.decisions {
		d := &b.decisions[i]
		force, year, amount, source := "no", any(nil), any(nil), d.Source
		if d.InForce {
			force = "sì"
		}
		if d.Movement.Year != 0 {
			year = d.Movement.Year
		}
		if d.Amount != 0 {
			amount = d.Amount
		}
		source.Line = d.Line
		lines = append(lines, []any{record.DateOf(d.DecidedAt).Italian(), d.Author, string(d.Kind), string(d.Answer), force, year, d.Movement.Number,
			d.Flow.IUF, d.Flow.PSP, d.Payment.IUV, d.Payment.IUR, amount, d.Note, source.String()})
	}
	return lines
}

// unitText are the words of a unit.
type unitText struct {
	unit  string // of the rules
	name  string // of the rows
	title string
	page  string // that has all of them
	list  string // table
}

var unitTexts = []unitText{
	{rules.UnitPayment, content.NamePayment, "Pagamenti", "pagamenti.html", "pagamenti"},
	{rules.UnitSettlement, content.NameSettlement, "Riversamenti", "flussi.html", "flussi"},
	{rules.UnitMovement, content.NameMovement, "Movimenti di cassa", "cassa.html", "cassa"},
}

// unitOf finds the words of the unit the rows call so.
func unitOf(name string) unitText {
	for _, u := range unitTexts {
		if u.name == name {
			return u
		}
	}
	return unitText{unit: name, name: name, title: name}
}
