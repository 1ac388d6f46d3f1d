package store

import (
	"encoding/binary"

	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// What receipts say in the same few words stands in rows that they share, and a
// receipt has the ids of its rows: who attests it (receipt_psp), what is paid
// (receipt_kind), and the texts that may say where it is booked (receipt_text),
// which can be of one payment only and so stand apart from the others.
//
// A row is sought among the last rows written of its table, which are remembered. It
// is not sought in the database: what was forgotten is written again, and one text
// may be in several rows. The rows remembered are those of the last ids, whoever
// wrote them, so that ids do not depend on when a program began.

// rememberedRows is how many rows of a table are remembered.
const rememberedRows = 4096

// repeated is what is remembered of the rows that receipts share.
type repeated struct {
	known bool // it is that of the database and of the open transaction
	added bool // the open transaction added rows
	psps  repeatedRows
	kinds repeatedRows
	texts repeatedRows
}

// receiptRows are the ids of the rows a receipt shares with others.
type receiptRows struct {
	psp, kind          int64
	bilancio, metadata int64 // 0: it has none
}

func (rows receiptRows) pack(b *packed.Rows) {
	for _, id := range []int64{rows.psp, rows.kind, rows.bilancio, rows.metadata} {
		b.Int(id)
	}
}

// sharedRows are the rows of a receipt line, found or written.
func (tx *Tx) sharedRows(r *record.ReceiptLine) (ids receiptRows, err error) {
	m := tx.repeated
	if !m.known {
		if err := m.read(tx); err != nil {
			return ids, err
		}
	}
	if ids.psp, err = m.psps.id(tx, r.PSP, r.PSPName, r.OutcomeTag); err != nil {
		return ids, err
	}
	if ids.kind, err = m.kinds.id(tx, r.Beneficiary, r.Collection, r.ImportFlow, r.OwnerCode, r.OwnerName, r.OwnerTaxonomy); err != nil {
		return ids, err
	}
	if r.Bilancio != "" {
		if ids.bilancio, err = m.texts.id(tx, r.Bilancio); err != nil {
			return ids, err
		}
	}
	if r.Metadata != "" {
		ids.metadata, err = m.texts.id(tx, r.Metadata)
	}
	return ids, err
}

// read remembers the last rows of the database.
func (m *repeated) read(tx *Tx) error {
	for _, of := range []struct {
		rows      *repeatedRows
		add, last string
		columns   int
	}{
		{&m.psps, "ReceiptPSPInsert", "ReceiptPSPLast", 3},
		{&m.kinds, "ReceiptKindInsert", "ReceiptKindLast", 6},
		{&m.texts, "ReceiptTextInsert", "ReceiptTextLast", 1},
	} {
		*of.rows = repeatedRows{add: of.add, next: 1, ids: make(map[string]int64), keys: make([]string, rememberedRows)}
		var count packed.Rows
		count.Int(rememberedRows)
		texts := make([]string, of.columns)
		err := tx.streamOf(of.last, &count, func(r *packed.Reader) error {
			of.rows.next = r.Int()
			for i := range texts {
				texts[i] = r.Text()
			}
			of.rows.remember(string(of.rows.keyOf(texts)))
			return nil
		})
		if err != nil {
			return err
		}
	}
	m.known = true
	return nil
}

// forget makes that the database is read again: rows of it have changed.
func (m *repeated) forget() { m.known = false }

// ended says that the transaction has ended. What it added is not in the database
// when that was not to stay.
func (m *repeated) ended(committed bool) {
	if m.added && !committed {
		m.forget()
	}
	m.added = false
}

// repeatedRows are the last rows of one table.
type repeatedRows struct {
	add  string // the statement that inserts one
	next int64
	ids  map[string]int64
	keys []string // by id, to know which is forgotten for another
	key  []byte
}

// id is the id of the row with these texts, which is written when it is not
// remembered.
func (rows *repeatedRows) id(tx *Tx, texts ...string) (int64, error) {
	key := rows.keyOf(texts)
	if id, known := rows.ids[string(key)]; known {
		return id, nil
	}
	b, err := tx.bulk(rows.add)
	if err != nil {
		return 0, err
	}
	id := rows.next
	b.Int(id)
	for _, text := range texts {
		b.Text(text)
	}
	rows.remember(string(key))
	tx.repeated.added = true
	return id, tx.added(b)
}

// keyOf tells texts from all others: each follows its length.
func (rows *repeatedRows) keyOf(texts []string) []byte {
	rows.key = rows.key[:0]
	for _, text := range texts {
		rows.key = append(binary.AppendUvarint(rows.key, uint64(len(text))), text...)
	}
	return rows.key
}

// remember takes in the row of the next id, in the place of the one that many
// before it.
func (rows *repeatedRows) remember(key string) {
	id := rows.next
	place := &rows.keys[id%rememberedRows]
	if rows.ids[*place] <= id-rememberedRows { // else it has come again since
		delete(rows.ids, *place)
	}
	*place = key
	rows.ids[key] = id
	rows.next++
}
