package explain

import (
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/rules"
)

// Trial is one unit put to every rule of its kind: which hold, which do not and
// because of what.
type Trial struct {
	Unit        string    `json:"unit"`
	Name        string    `json:"name"` // what a person calls it
	Ruleset     string    `json:"ruleset"`
	RulesetHash string    `json:"ruleset_hash"`
	Status      string    `json:"status"`
	StatusName  string    `json:"status_name"`
	Why         string    `json:"why"`
	Labels      []string  `json:"labels"`
	Facts       []Reading `json:"facts"`
	Rules       []Answer  `json:"rules"` // statuses in the order they are tried, then labels by code
	Records     []Found   `json:"records"`
	// Recorded is the status in the books when it is another: rules or settings
	// changed since they were last judged.
	Recorded string `json:"recorded_status,omitempty"`
	// Plain is what the default rules, terms and tolerance would say, when that is
	// something else.
	Plain *Plain `json:"default,omitempty"`

	language string
}

// Reading is a fact with what it means.
type Reading struct {
	Fact    string `json:"fact"`
	Value   string `json:"value"` // its word, or yes or no
	Meaning string `json:"meaning"`
}

// Answer is what became of one rule.
type Answer struct {
	Rule      string   `json:"rule"` // e.g. "payment NOT_CASHED", "label RT_IUF"
	Code      string   `json:"code"`
	Name      string   `json:"name"`
	Label     bool     `json:"label"`
	Holds     bool     `json:"holds"`
	Wins      bool     `json:"wins"` // a status that holds and comes first, a label that holds
	Condition string   `json:"condition"`
	Why       string   `json:"why,omitempty"` // of one that wins
	Because   []Reason `json:"because"`       // parts of the condition it fails by, or rests on
}

// Reason is a part of a condition with what it looks at.
type Reason struct {
	Part    string      `json:"part"`
	Holds   bool        `json:"holds"`
	Facts   []Reading   `json:"facts"`
	Amounts *Comparison `json:"amounts,omitempty"`
	Records []Found     `json:"records"`
}

// Comparison is two amounts that were compared.
type Comparison struct {
	Left       string       `json:"left"`
	LeftCents  record.Cents `json:"left_cents"`
	Right      string       `json:"right"`
	RightCents record.Cents `json:"right_cents"`
	Difference record.Cents `json:"difference_cents"` // left less right
	Tolerated  bool         `json:"tolerated"`        // it differs, and counts as equal
}

// Found is a record with where it stands.
type Found struct {
	Kind   string `json:"kind"`
	Name   string `json:"name"`
	Source string `json:"source"` // file and line
}

// Plain is a verdict under the default rules and settings.
type Plain struct {
	Ruleset    string    `json:"ruleset"`
	Status     string    `json:"status"`
	StatusName string    `json:"status_name"`
	Labels     []string  `json:"labels"`
	Facts      []Reading `json:"facts"`   // those that differ
	Settings   []string  `json:"differs"` // what the entity has of its own
}

// evidence is what the books hold behind the facts of a unit.
type evidence struct {
	amounts map[string]*Comparison // by fact
	records map[string][]Record    // by fact
}

// TryPayment puts a payment to the rules.
func (e *Explainer) TryPayment(p *store.PaymentView) (*Trial, error) {
	judged := *p
	c, err := e.tried(&judged.Verdict)
	if err != nil {
		return nil, fmt.Errorf("payment %s %s: %w", p.IUV, p.IUR, err)
	}
	x, err := e.Payment(&judged)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("IUV %s, IUR %s, %s %d", p.IUV, p.IUR, e.say("indice", "index"), p.Index)
	if p.AloneIUD != "" {
		name = fmt.Sprintf("IUV %s, IUD %s", p.IUV, p.AloneIUD)
	}
	var receipt, line, notice, movements []Record
	for _, r := range x.Records {
		switch r.Kind {
		case record.KindReceipts:
			receipt = append(receipt, r)
		case record.KindFlows:
			line = append(line, r)
		case record.KindNotices:
			notice = append(notice, r)
		default:
			movements = append(movements, r)
		}
	}
	ev := evidence{amounts: map[string]*Comparison{}, records: map[string][]Record{
		"has_receipt": receipt, "receipt": receipt, "has_notice": notice, "has_flow": line, "duplicate": receipt,
		"reported": slices.Concat(receipt, line), "flow_equal": slices.Concat(receipt, line),
		"notified": slices.Concat(notice, receipt), "notice_equal": slices.Concat(notice, receipt),
		"cashed": slices.Concat(line, movements),
	}}
	words := map[string]string{"receipt": e.say("ricevuta", "receipt"), "line": e.say("riga di flusso", "flow line"),
		"notice": e.say("notifica", "notice"), "flow": e.say("totale del flusso", "flow total"), "cash": e.say("incasso", "cash"),
		"whole": e.say("totale della ricevuta", "receipt total")}
	if len(receipt) > 0 && len(line) > 0 {
		ev.amounts["flow_equal"] = e.comparison(words["line"], p.Flow.Amount, words["receipt"], p.Receipt.Amount)
		ev.amounts["reported"] = ev.amounts["flow_equal"]
	}
	if len(receipt) > 0 && len(notice) > 0 {
		ev.amounts["notice_equal"] = e.comparison(words["notice"], p.Notice.Amount, words["receipt"], p.Receipt.Amount)
		ev.amounts["notified"] = ev.amounts["notice_equal"]
	}
	switch {
	case c.Value("has_flow_cash") == "yes":
		ev.records["has_flow_cash"], ev.records["flow_cash_equal"] = movements, slices.Concat(line, movements)
		ev.amounts["flow_cash_equal"] = e.comparison(words["cash"], p.Flow.Cash, words["flow"], p.Flow.Total)
		ev.amounts["cashed"] = ev.amounts["flow_cash_equal"]
	case c.Value("has_iuv_cash") == "yes":
		ev.records["has_iuv_cash"], ev.records["iuv_cash_equal"] = movements, slices.Concat(receipt, movements)
		if len(receipt) > 0 {
			ev.amounts["iuv_cash_equal"] = e.comparison(words["cash"], x.Cash, words["whole"], p.Receipt.Total)
			ev.amounts["cashed"] = ev.amounts["iuv_cash_equal"]
		}
	}
	return e.trial(c, p.Verdict, name, &x, ev), nil
}

// TrySettlement puts a settlement to the rules.
func (e *Explainer) TrySettlement(s *store.SettlementView) (*Trial, error) {
	judged := *s
	c, err := e.tried(&judged.Verdict)
	if err != nil {
		return nil, fmt.Errorf("settlement %s: %w", s.IUF, err)
	}
	x, err := e.Settlement(&judged)
	if err != nil {
		return nil, err
	}
	flow := x.Records[:1]
	ev := evidence{
		amounts: map[string]*Comparison{
			"consistent": e.comparison(e.say("totale dichiarato", "declared total"), s.DeclaredTotal, e.say("somma delle righe", "sum of the lines"), s.TotalPlain),
		},
		records: map[string][]Record{"consistent": flow, "revised": flow, "clock": flow, "cash": x.Records, "parts": x.Records[1:]},
	}
	if s.Parts > 0 {
		ev.amounts["cash"] = e.comparison(e.say("incasso", "cash"), s.Cash, e.say("totale del flusso", "flow total"), s.DeclaredTotal)
	}
	return e.trial(c, s.Verdict, "IUF "+s.IUF, &x, ev), nil
}

// TryMovement puts a movement to the rules.
func (e *Explainer) TryMovement(m *store.MovementView) (*Trial, error) {
	judged := *m
	c, err := e.tried(&judged.Verdict)
	if err != nil {
		return nil, fmt.Errorf("movement %s: %w", movementName(m.Number, m.Year), err)
	}
	x, err := e.Movement(&judged)
	if err != nil {
		return nil, err
	}
	ev := evidence{amounts: map[string]*Comparison{}, records: map[string][]Record{}}
	for _, f := range rules.Facts(rules.UnitMovement) {
		ev.records[f.Name] = x.Records
	}
	if len(m.Links) > 0 {
		ev.amounts["match"] = e.comparison(e.say("incasso", "cash"), m.Cash, e.say("abbinato", "matched"), m.Linked())
		ev.amounts["match"].Tolerated = false // what is matched is never rounded
	}
	name := e.say("movimento ", "movement ") + movementName(m.Number, m.Year)
	if m.Account != "" {
		name += e.say(", conto ", ", account ") + m.Account
	}
	return e.trial(c, m.Verdict, name, &x, ev), nil
}

// tried reads the facts of a verdict and puts in its place the one that the
// rules in force give them.
func (e *Explainer) tried(v **store.Verdict) (rules.Case, error) {
	c, err := rules.ParseCase((*v).Unit, (*v).Facts)
	if err != nil {
		return c, fmt.Errorf("%w: judge again with this version", err)
	}
	got := e.set.Rules.Judge(c)
	if got.Status == nil {
		return c, fmt.Errorf("the ruleset %s gives no status to %s", e.set.Rules.ID(), got.Facts)
	}
	*v = &store.Verdict{Unit: c.Unit(), RulesetHash: e.set.Rules.Hash(), Status: got.Status.Code, Sign: got.Status.Sign,
		Severity: got.Status.Severity, Labels: strings.Join(got.Labels, "|"), Facts: got.Facts}
	return c, nil
}

func (e *Explainer) trial(c rules.Case, recorded *store.Verdict, name string, x *Explanation, ev evidence) *Trial {
	tried := e.set.Rules.Try(c)
	t := &Trial{
		Unit: c.Unit(), Name: name, Ruleset: e.set.Rules.Title(), RulesetHash: e.set.Rules.Hash(),
		Status: tried.Verdict.Status.Code, StatusName: tried.Verdict.Status.Name(e.set.Language), Why: x.Why,
		Labels: append([]string{}, tried.Verdict.Labels...), Facts: e.readings(c, nil), Records: found(x.Records),
		language: e.set.Language,
	}
	if recorded.Status != t.Status {
		t.Recorded = recorded.Status
	}
	for i, of := range [][]rules.Tried{tried.Statuses, tried.Labels} {
		for k := range of {
			t.Rules = append(t.Rules, e.answer(c, &of[k], i == 1, x, ev))
		}
	}
	return t
}

func (e *Explainer) answer(c rules.Case, r *rules.Tried, label bool, x *Explanation, ev evidence) Answer {
	a := Answer{Rule: r.Unit + " " + r.Code, Code: r.Code, Name: r.Name(e.set.Language), Label: label, Holds: r.Holds, Wins: r.Wins, Condition: r.When}
	if label {
		a.Rule = "label " + r.Code
	}
	if r.Wins {
		a.Why = r.Explain(e.set.Language, x.values)
	}
	for _, p := range r.Condition.Because() {
		reason := Reason{Part: p.Text, Holds: p.Holds, Facts: e.readings(c, p.Facts), Records: []Found{}}
		for _, f := range p.Facts {
			if reason.Amounts == nil {
				reason.Amounts = ev.amounts[f]
			}
			reason.Records = append(reason.Records, found(ev.records[f])...)
		}
		a.Because = append(a.Because, reason)
	}
	return a
}

// readings puts facts into words; all of them when none is named.
func (e *Explainer) readings(c rules.Case, names []string) []Reading {
	out := []Reading{}
	for _, f := range rules.Facts(c.Unit()) {
		if names != nil && !slices.Contains(names, f.Name) {
			continue
		}
		value := c.Value(f.Name)
		out = append(out, Reading{f.Name, value, rules.Meaning(c.Unit(), f.Name, value, e.set.Language)})
	}
	return out
}

func (e *Explainer) comparison(left string, l record.Cents, right string, r record.Cents) *Comparison {
	return &Comparison{left, l, right, r, l - r, e.tolerates(l, r)}
}

func found(records []Record) []Found {
	out := make([]Found, len(records))
	for i, r := range records {
		out[i] = Found{string(r.Kind), r.Name, r.Source.String()}
	}
	return out
}

// Compare adds what the default rules and settings would say of the unit, when
// it is something else. settings name what the entity has of its own.
func (e *Explainer) Compare(t *Trial, own, plain rules.Case, by *rules.Ruleset, settings []string) error {
	v := by.Judge(plain)
	if v.Status == nil {
		return fmt.Errorf("the ruleset %s gives no status to %s", by.ID(), v.Facts)
	}
	if v.Status.Code == t.Status && slices.Equal(v.Labels, t.Labels) {
		return nil
	}
	t.Plain = &Plain{Ruleset: by.Title(), Status: v.Status.Code, StatusName: v.Status.Name(e.set.Language),
		Labels: append([]string{}, v.Labels...), Facts: []Reading{}, Settings: settings}
	for _, r := range e.readings(plain, nil) {
		if own.Value(r.Fact) != r.Value {
			t.Plain.Facts = append(t.Plain.Facts, r)
		}
	}
	return nil
}

// Answer is what became of a rule, by its code.
func (t *Trial) Answer(code string) (*Answer, bool) {
	i := slices.IndexFunc(t.Rules, func(a Answer) bool { return a.Code == code })
	if i < 0 {
		return nil, false
	}
	return &t.Rules[i], true
}

// Winner is the status the unit has.
func (t *Trial) Winner() *Answer {
	i := slices.IndexFunc(t.Rules, func(a Answer) bool { return a.Wins && !a.Label })
	return &t.Rules[i]
}
