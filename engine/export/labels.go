package export

import (
	"context"
	"fmt"
	"io"

	"quadra/engine/store"
)

// NoLabel stands in the labels column of a row for which no label holds. Such
// a row still has a status (RULES section 5: the older conditions have holes).
const NoLabel = "OTHERS"

// Labels writes the labels of every joined row, the file procedures built on
// the older systems read. Columns: iud, iuv, iur, indice, iuf, anno_bolletta,
// cod_bolletta, classificazioni (sorted, joined by |). Rows are ordered by all
// columns byte by byte; rows counts them without the header.
//
//   - A payment with a receipt, real or implied by its flow, or with a flow
//     line that is not revoked: its key, the IUD of its receipt, the IUF of its
//     flow line unless revoked, and the movement that settles the flow - or,
//     when the flow has no cash, that cashes the payment by IUV. One row per
//     such movement, one when there is none.
//   - A notice alone: its IUD and IUV.
//   - A movement no payment above shows, not reversed in full: what it names.
//     It stands for cash nobody knows about, cash for flows whose every line is
//     revoked, and cash for a flow that reports only what another one did.
//
// A payment that is nothing but a revoked flow line has no row.
func Labels(ctx context.Context, tx *store.Tx, w io.Writer) (rows int, err error) {
	s, err := newSheet(w, "iud", "iuv", "iur", "indice", "iuf", "anno_bolletta", "cod_bolletta", "classificazioni")
	if err != nil {
		return 0, fmt.Errorf("export labels: %w", err)
	}
	err = tx.ExportLabels(func(r *store.LabelRow) error {
		labels := r.Labels
		if labels == "" {
			labels = NoLabel
		}
		if err := s.write(r.IUD, r.IUV, r.IUR, r.Index, r.IUF, r.Year, r.Number, labels); err != nil {
			return err
		}
		return ctx.Err()
	})
	if err == nil {
		err = s.close()
	}
	if err != nil {
		return s.rows, fmt.Errorf("export labels: %w", err)
	}
	return s.rows, nil
}
