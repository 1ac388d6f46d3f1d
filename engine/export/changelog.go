package export

import (
	"io"
	"strconv"

	"quadra/engine/store"
)

// changeLog stands beside an incremental export and says whose its rows are: one
// line per changed unit, in the order of the rows, with how many of them are its
// own. To bring a copy up to date, take each line in turn: drop what the copy has
// of the unit, then take the next so many rows of the export.
//
// Columns: sequenza (the last number of the unit), operazione (aggiorna, or
// cancella when there are no rows), unita (pagamento or movimento), the key of a
// payment (iuv, iur, indice, and iud of a notice alone), the key of a movement
// (movimento, which never changes), and for people its year, number and account;
// righe.
type changeLog struct{ *sheet }

func newChangeLog(w io.Writer) (*changeLog, error) {
	s, err := newSheet(w, "sequenza", "operazione", "unita", "iuv", "iur", "indice", "iud", "movimento",
		"anno_bolletta", "cod_bolletta", "conto", "righe")
	return &changeLog{s}, err
}

// The operations of a change log.
const (
	opUpdate = "aggiorna"
	opDelete = "cancella"
)

func operation(rows int) string {
	if rows == 0 {
		return opDelete
	}
	return opUpdate
}

func (l *changeLog) payment(c *store.Changed, rows int) error {
	index := ""
	if c.Index != 0 {
		index = strconv.Itoa(c.Index)
	}
	return l.write(strconv.FormatInt(c.Number, 10), operation(rows), UnitPayment, c.IUV, c.IUR, index, c.AloneIUD, "", "", "", "", strconv.Itoa(rows))
}

func (l *changeLog) movement(tx *store.Tx, c *store.Changed, rows int) error {
	account, year, number, err := tx.MovementKey(c.Movement)
	if err != nil {
		return err
	}
	return l.write(strconv.FormatInt(c.Number, 10), operation(rows), UnitMovement, "", "", "", "", strconv.FormatInt(c.Movement, 10),
		strconv.Itoa(year), number, account, strconv.Itoa(rows))
}
