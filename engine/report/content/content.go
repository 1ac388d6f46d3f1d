package content

import (
	"context"
	"fmt"
	"strings"

	"quadra/engine/book"
	"quadra/engine/explain"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/table"
	"quadra/engine/store"
	"quadra/rules"
)

// Settings is what the content of a pack depends on besides the books.
type Settings struct {
	explain.Settings
	MaskPayers bool
	Scope      Scope
	// Brief leaves out what only panels show.
	Brief bool
	// Aside reads the same books while the transaction of the content reads too.
	Aside func(context.Context, func(*store.Tx) error) error
}

// Content is what the tables are made from. It reads one transaction and is not
// safe for concurrent use.
type Content struct {
	ctx context.Context
	tx  *store.Tx
	set Settings

	Notes *note.Index
	why   *explain.Explainer

	flows        map[int64]string // keys of the panels of settlements
	movements    map[int64]string
	movementAt   map[record.MovementKey]string
	flowAt       map[record.SettlementKey]string
	accertamenti map[int64]*accertamentoName
	chapterKeys  map[store.ChartKey]string
	runs         map[int64]record.Date // their as-of dates
	files        files
	rejected     map[string]*card.Verdict // of rejects, by code and name
	provvisori   []book.Provvisorio
	provvisorio  map[int64]*book.Provvisorio // by movement
	regularised  chan error                  // that provvisori are read
	proposals    proposals
	counts       counts
	expecting    expecting
	bridge       bridge
	verdicts     map[*store.Verdict]*verdict
}

// Read prepares the content of a pack. The caller closes it.
func Read(ctx context.Context, tx *store.Tx, set Settings) (*Content, error) {
	c := &Content{ctx: ctx, tx: tx, set: set, why: explain.New(tx, set.Settings), flows: make(map[int64]string), movements: make(map[int64]string),
		movementAt: make(map[record.MovementKey]string), flowAt: make(map[record.SettlementKey]string),
		chapterKeys: make(map[store.ChartKey]string), verdicts: make(map[*store.Verdict]*verdict), provvisorio: make(map[int64]*book.Provvisorio)}
	var err error
	if c.Notes, err = note.Notes(tx, 0, set.AsOf); err != nil {
		return nil, err
	}
	steps := []func() error{c.readKeys}
	if !set.Brief {
		steps = append(steps, c.readBooking, c.readProposals, c.begin)
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, fmt.Errorf("read the books: %w", err)
		}
	}
	return c, nil
}

// readKeys gives every flow and movement the name its panel has: the one people
// know it by, with what tells it from another of the same name.
func (c *Content) readKeys() error {
	taken := make(map[string]bool)
	err := c.tx.EachSettlementKey(func(id int64, k record.SettlementKey) error {
		key := k.IUF
		if upper := strings.ToUpper(key); taken[upper] {
			key = fmt.Sprintf("%s/%s/%d", k.IUF, k.PSP, k.Year)
		} else {
			taken[upper] = true
		}
		c.flows[id] = key
		k.IUF = strings.ToUpper(k.IUF)
		c.flowAt[k] = key
		return nil
	})
	if err != nil {
		return err
	}
	var last record.MovementKey
	return c.tx.EachMovementKey(func(id int64, k record.MovementKey) error {
		key := movementName(k.Number, k.Year)
		if k.Year == last.Year && k.Number == last.Number {
			key += "/" + k.Account
		}
		last = k
		c.movements[id], c.movementAt[k] = key, key
		return nil
	})
}

// accertamentoName is how an accertamento is called, and its panel.
type accertamentoName struct{ name, key string }

func (c *Content) readBooking() error {
	c.accertamenti = make(map[int64]*accertamentoName)
	if err := c.tx.EachAccertamento(func(a *store.Accertamento) error {
		c.accertamenti[a.ID] = &accertamentoName{a.Name, joined("/", a.Name, a.DebtType, yearText(a.Year))}
		return nil
	}); err != nil {
		return err
	}
	// What regularising reads takes about as long as the payments, and is needed
	// after them.
	c.regularised = make(chan error, 1)
	go func() {
		c.regularised <- c.set.Aside(c.ctx, func(tx *store.Tx) (err error) {
			c.provvisori, err = book.Regularise(c.ctx, tx, c.set.AsOf)
			return err
		})
	}()
	return nil
}

// Regularising waits for what regularising proposes: movements need it.
func (c *Content) Regularising() error {
	if c.regularised == nil {
		return nil
	}
	err := <-c.regularised
	c.regularised = nil
	for i := range c.provvisori {
		c.provvisorio[c.provvisori[i].ID] = &c.provvisori[i]
	}
	return err
}

// Close waits for whatever still reads the books.
func (c *Content) Close() error { return c.Regularising() }

// movementName is how a treasurer says a movement: number/year.
func movementName(number string, year int) string { return fmt.Sprintf("%s/%d", number, year) }

// PaymentKey is the name of the panel of a payment.
func paymentKey(iuv, iur string, index int, aloneIUD string) string {
	return iuv + "/" + iur + "/" + string(rune('0'+index)) + aloneIUD
}

// say picks the text of the language.
func (c *Content) say(italian, english string) string {
	if c.set.Language == explain.English {
		return english
	}
	return italian
}

// day writes a day as people of the language do.
func (c *Content) day(d record.Date) string {
	if c.set.Language == explain.English {
		return d.String()
	}
	return d.Italian()
}

// euro writes an amount.
func (c *Content) euro(v record.Cents) string { return v.Italian() + " €" }

// payer is a name a masked pack does not say.
func (c *Content) payer(name string) string {
	if name != "" && c.set.MaskPayers {
		return Masked
	}
	return name
}

// without is a text without the texts a masked pack does not say.
func (c *Content) without(s string, secrets ...string) string {
	if !c.set.MaskPayers {
		return s
	}
	for _, secret := range secrets {
		if secret != "" {
			s = strings.ReplaceAll(s, secret, Masked)
		}
	}
	return s
}

// statuses are the values of a column of statuses.
func (c *Content) statuses(unit string) []table.Value {
	var out []table.Value
	for _, s := range c.set.Rules.Statuses(unit) {
		out = append(out, table.Value{Code: s.Code, Title: s.Name(c.set.Language), Sign: s.Sign, Signed: true})
	}
	return out
}

// StatusName is what people call a status.
func (c *Content) StatusName(unit, status string) string {
	if s, ok := c.set.Rules.Status(unit, status); ok {
		return s.Name(c.set.Language)
	}
	return status
}

// The states of notes as values of a column.
func (c *Content) noteStates() []table.Value {
	var out []table.Value
	for _, s := range note.States {
		out = append(out, table.Value{Code: s, Title: note.Name(s, c.set.Language)})
	}
	return out
}

const (
	unitPayment    = rules.UnitPayment
	unitSettlement = rules.UnitSettlement
	unitMovement   = rules.UnitMovement
)
