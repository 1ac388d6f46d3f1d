package export

import (
	"context"
	"fmt"
	"io"
	"strconv"

	"quadra/engine/store"
)

// The units a row of [Status] can be about, as its first column names them.
const (
	UnitMovement   = "movimento"
	UnitPayment    = "pagamento"
	UnitSettlement = "riversamento"
)

// Status writes every judged unit once, with its status code and sign, so that
// the amounts of one unit add up. Columns: unita, the key columns of [Labels],
// importo (euro, dot and two decimals), stato, segno (1, 0 or -1),
// classificazioni (empty when no label holds).
//
// Movements come first, then payments, then settlements, each in a stable
// order. A payment shows the IUF of its flow line, revoked or not, and no
// movement; a settlement its IUF and declared total; a movement year, number,
// its cash and what it names.
func Status(ctx context.Context, tx *store.Tx, w io.Writer) (rows int, err error) {
	s, err := newSheet(w, "unita", "iud", "iuv", "iur", "indice", "iuf", "anno_bolletta", "cod_bolletta",
		"importo", "stato", "segno", "classificazioni")
	if err != nil {
		return 0, fmt.Errorf("export status: %w", err)
	}
	for _, unit := range []struct {
		name string
		each func(func(*store.StatusRow) error) error
	}{
		{UnitMovement, tx.ExportMovements},
		{UnitPayment, tx.ExportPayments},
		{UnitSettlement, tx.ExportSettlements},
	} {
		err := unit.each(func(r *store.StatusRow) error {
			if err := s.write(unit.name, r.IUD, r.IUV, r.IUR, r.Index, r.IUF, r.Year, r.Number,
				r.Amount.String(), r.Status, strconv.Itoa(r.Sign), r.Labels); err != nil {
				return err
			}
			return ctx.Err()
		})
		if err != nil {
			return s.rows, fmt.Errorf("export status: %w", err)
		}
	}
	if err := s.close(); err != nil {
		return s.rows, fmt.Errorf("export status: %w", err)
	}
	return s.rows, nil
}
