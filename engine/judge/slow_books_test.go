package judge_test

import (
	"errors"
	"maps"
	"slices"
	"strings"

	"quadra/engine/record"
)

// slowBooks are the books of an entity as RULES describes them, in maps and
// slices: no database, no marks, nothing carried from one night to the next.
// They take files as the store does and everything is worked out again from
// them, in the most obvious way, whenever it is asked for.
type slowBooks struct {
	slowHeld
	accounts record.Accounts
	doc      int
	leftOut  bool         // the row of the movement before
	open     *slowVersion // the flow being read
}

// slowHeld is what is in the books; a refused file leaves it as it was.
type slowHeld struct {
	receipts  map[slowKey]slowReceipt
	notices   map[string]slowNotice
	flows     map[slowFlowKey][]*slowVersion // in the order they came
	movements []*slowMovement
	versions  int // that came, to number them
	rows      int
	kept      int
	rejected  int
}

type slowKey struct {
	iuv, iur string
	index    int
}

type slowReceipt struct {
	record.ReceiptLine
	doc int
}

type slowNotice struct {
	record.Notice
	doc int
}

type slowFlowKey struct {
	iuf, psp string // IUF in upper case
	year     int
}

// slowVersion is a version of a flow.
type slowVersion struct {
	record.Flow
	key    slowFlowKey
	came   int
	lines  []record.FlowLine
	totals record.FlowTotals
	// current says that it is the newest; replaced, that it was when it came.
	current, replaced bool
}

type slowMovement struct {
	record.Movement
	doc       int
	reversals []slowReversal
}

type slowReversal struct {
	on     record.Date
	amount record.Cents
	doc    int
}

func newSlowBooks(accounts record.Accounts) *slowBooks {
	return &slowBooks{accounts: accounts, slowHeld: slowHeld{receipts: map[slowKey]slowReceipt{}, notices: map[string]slowNotice{},
		flows: map[slowFlowKey][]*slowVersion{}}}
}

var errNotSlow = errors.New("the slow books hold payments, flows and cash only")

// load takes one file, all of it or nothing.
func (b *slowBooks) load(t tb, d delivery) {
	t.Helper()
	before := b.copy()
	err := b.Doc(nil)
	if err == nil {
		err = d(b)
	}
	var refused *record.FileError
	switch {
	case errors.As(err, &refused):
		b.slowHeld = before
	case err != nil:
		t.Fatal(err)
	}
}

func (h *slowHeld) copy() slowHeld {
	c := *h
	c.receipts, c.notices, c.flows = maps.Clone(h.receipts), maps.Clone(h.notices), make(map[slowFlowKey][]*slowVersion)
	for key, versions := range h.flows {
		for _, v := range versions {
			same := *v
			c.flows[key] = append(c.flows[key], &same)
		}
	}
	c.movements = nil
	for _, m := range h.movements {
		same := *m
		same.reversals = slices.Clone(m.reversals)
		c.movements = append(c.movements, &same)
	}
	return c
}

func (b *slowBooks) keep()   { b.rows++; b.kept++ }
func (b *slowBooks) refuse() { b.rows++; b.rejected++ }

func (b *slowBooks) Doc(*record.Doc) error {
	b.doc++
	return nil
}

func (b *slowBooks) Reject(r *record.Reject) error {
	if !r.Part {
		b.refuse()
	}
	return nil
}

// Receipt: a later line of a key takes the place of the former; two different
// ones of a document are a reject. RULES does not say what a third is: as in the
// engine, one that repeats what the books held leaves it to its first document,
// and another line of the key after it takes its place.
func (b *slowBooks) Receipt(r *record.ReceiptLine) error {
	key := slowKey{r.IUV, r.IUR, r.Index}
	old, there := b.receipts[key]
	was, is := old.ReceiptLine, *r
	was.Line, is.Line = 0, 0
	if there && was != is && old.doc == b.doc {
		b.refuse()
		return nil
	}
	if !there || was != is {
		b.receipts[key] = slowReceipt{*r, b.doc}
	}
	b.keep()
	return nil
}

// Notice: as receipts, by IUD.
func (b *slowBooks) Notice(n *record.Notice) error {
	old, there := b.notices[n.IUD]
	was, is := old.Notice, *n
	was.Line, is.Line = 0, 0
	if there && was != is && old.doc == b.doc {
		b.refuse()
		return nil
	}
	if !there || was != is {
		b.notices[n.IUD] = slowNotice{*n, b.doc}
	}
	b.keep()
	return nil
}

func (b *slowBooks) Flow(f *record.Flow) error {
	b.open = &slowVersion{Flow: *f, key: slowFlowKey{strings.ToUpper(f.IUF), f.PSP, f.RegulatedOn.Year()}}
	return nil
}

func (b *slowBooks) FlowLine(l *record.FlowLine) error {
	b.open.lines = append(b.open.lines, *l)
	b.keep()
	return nil
}

// FlowEnd: a version that is there already leaves no second copy, one of the
// same age that says something else refuses the file, the newest is current.
func (b *slowBooks) FlowEnd(t record.FlowTotals) error {
	this := b.open
	this.totals = t
	var current *slowVersion
	for _, v := range b.flows[this.key] {
		switch {
		case v.says(this):
			return nil
		case !v.newer(this) && !this.newer(v):
			return &record.FileError{Code: record.FileContent}
		case v.current:
			current = v
		}
	}
	b.versions++
	this.came = b.versions
	b.flows[this.key] = append(b.flows[this.key], this)
	if current != nil && current.newer(this) {
		return nil
	}
	this.current = true
	if current != nil {
		current.current, current.replaced = false, true
	}
	return nil
}

// newer orders versions by revision when both have one, else by instant.
func (v *slowVersion) newer(w *slowVersion) bool {
	if v.Revision > 0 && w.Revision > 0 {
		return v.Revision > w.Revision
	}
	return v.ProducedAt.After(w.ProducedAt)
}

// says compares what two versions say; only the JSON of a flow has a revision.
func (v *slowVersion) says(w *slowVersion) bool {
	return v.IUF == w.IUF && v.ProducedAt.Equal(w.ProducedAt) && v.Regulation == w.Regulation && v.RegulatedOn == w.RegulatedOn &&
		v.DeclaredCount == w.DeclaredCount && v.DeclaredTotal == w.DeclaredTotal &&
		slices.EqualFunc(v.lines, w.lines, func(a, b record.FlowLine) bool {
			a.Line, a.Seq, b.Line, b.Seq = 0, 0, 0, 0
			return a == b
		})
}

// Movement: the row of a provvisorio of the key takes the place of the former,
// reversals add up; only a provvisorio brings cash.
func (b *slowBooks) Movement(m *record.Movement) error {
	if m.SameRow && b.leftOut {
		return nil
	}
	b.leftOut = false
	if m.Document != record.DocSospeso {
		b.keep()
		return nil
	}
	old := b.provvisorio(m)
	if old == nil {
		old = &slowMovement{Movement: *m, doc: b.doc}
		if m.Operation != record.OpExecuted {
			old.Amount = 0 // it is heard of, its credit has not come
		}
		b.movements = append(b.movements, old)
	} else if m.Operation == record.OpExecuted && !old.says(m) {
		if old.doc == b.doc && old.Amount != 0 {
			b.leftOut = true
			b.refuse()
			return nil
		}
		account := old.Account
		old.Movement, old.doc = *m, b.doc
		if account != "" {
			old.Account = account
		}
	}
	if m.Operation == record.OpReversed {
		old.reverse(slowReversal{m.BookedOn, m.Amount, b.doc})
	}
	if !m.SameRow { // counted with the movement before
		b.keep()
	}
	return nil
}

// reverse adds a reversal. The same one in another document was sent again; in
// one document it happened twice.
func (m *slowMovement) reverse(r slowReversal) {
	alike, here := 0, 0
	for _, o := range m.reversals {
		if o.on == r.on && o.amount == r.amount {
			alike++
			if o.doc == r.doc {
				here++
			}
		}
	}
	if alike == here {
		m.reversals = append(m.reversals, r)
	}
}

func (m *slowMovement) says(n *record.Movement) bool {
	return m.Amount == n.Amount && m.BookedOn == n.BookedOn && m.ValueOn == n.ValueOn && m.Payer == n.Payer &&
		m.Remittance == n.Remittance && m.EndToEnd == n.EndToEnd && m.IUF == n.IUF && m.IUV == n.IUV
}

// provvisorio is the one a row speaks of: of the year, number and account, or of
// the year and number when only one is known and either does not say the account.
func (b *slowBooks) provvisorio(m *record.Movement) *slowMovement {
	var numbered []*slowMovement
	for _, o := range b.movements {
		if o.Year == m.Year && o.Number == m.Number {
			if b.accounts.Name(o.Account) == b.accounts.Name(m.Account) {
				return o
			}
			numbered = append(numbered, o)
		}
	}
	if len(numbered) == 1 && (m.Account == "" || numbered[0].Account == "") {
		return numbered[0]
	}
	return nil
}

// reversed is what was taken back of the credit the books hold; RULES does not
// say it, but a reversal of before that credit is of another.
func (m *slowMovement) reversed() (sum record.Cents) {
	for _, r := range m.reversals {
		if r.on >= m.BookedOn {
			sum += r.amount
		}
	}
	return sum
}

func (m *slowMovement) cash() record.Cents { return m.Amount - m.reversed() }

func (b *slowBooks) Debt(*record.Debt) error             { return errNotSlow }
func (b *slowBooks) Chapter(*record.Chapter) error       { return errNotSlow }
func (b *slowBooks) Assessment(*record.Assessment) error { return errNotSlow }
func (b *slowBooks) Decision(*record.Decision) error     { return errNotSlow }
