package night

import (
	"bufio"
	"context"
	"errors"
	"fmt"

	"github.com/google/renameio/v2"

	"quadra/config"
	"quadra/engine/book"
	"quadra/engine/record"
	"quadra/engine/reversale"
	"quadra/engine/store"
)

// ErrNoOrders says that the configuration has no heading for orders.
var ErrNoOrders = errors.New("the configuration has no booking.orders: it is the heading of the orders")

// DraftOptions say which orders to draft, and where.
type DraftOptions struct {
	File      string // written whole or not at all
	Esercizio int
	First     int // number of the first order
	On        record.Date
}

// Drafted is what was drafted.
type Drafted struct {
	File   string           `json:"file"` // empty when there was nothing to order
	Orders int              `json:"orders"`
	Amount record.Cents     `json:"amount_cents"`
	Left   []reversale.Left `json:"left"`
}

// DraftOrders writes the draft orders of collection of an entity. Nothing is
// written when there is nothing to order.
func DraftOrders(ctx context.Context, c *config.Config, e *config.Entity, opt DraftOptions) (d Drafted, err error) {
	if e.Booking.Orders == nil {
		return d, fmt.Errorf("%s: %w", e.IPA, ErrNoOrders)
	}
	books, err := OpenBooks(ctx, c, e)
	if err != nil {
		return d, err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	var all []book.Provvisorio
	err = books.Read(ctx, func(tx *store.Tx) (err error) {
		all, err = book.Regularise(ctx, tx, opt.On)
		return err
	})
	if err != nil {
		return d, err
	}
	orders, left := reversale.Draft(all, opt.Esercizio, opt.First, opt.On)
	d.Left = append([]reversale.Left{}, left...)
	for i := range orders {
		d.Amount += orders[i].Amount
	}
	if d.Orders = len(orders); d.Orders == 0 {
		return d, nil
	}
	d.File = opt.File
	file, err := renameio.NewPendingFile(opt.File, renameio.WithPermissions(0o640))
	if err != nil {
		return d, fmt.Errorf("draft orders: %w", err)
	}
	defer func() { err = errors.Join(err, file.Cleanup()) }()
	w := bufio.NewWriter(file)
	o := e.Booking.Orders
	if err := reversale.Write(w, &reversale.Heading{ABI: o.ABI, EntityCode: o.EntityCode, EntityName: e.Name, ISTAT: o.ISTAT, TaxCode: e.TaxCode,
		SenderA2A: o.SenderA2A, ReceiverA2A: o.ReceiverA2A, BankCode: o.BankCode}, opt.Esercizio, opt.On, orders); err != nil {
		return d, err
	}
	if err := w.Flush(); err != nil {
		return d, fmt.Errorf("draft orders: %w", err)
	}
	return d, file.CloseAtomicallyReplace()
}
