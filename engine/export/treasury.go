package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"quadra/engine/store"
)

// treasuryHeader is the complete treasury CSV 1.0 of the Piattaforma unitaria.
var treasuryHeader = strings.Fields(`
	annoBolletta codBolletta codEnteBT codIstatEnte enteIpaCode iuf iuv codConto codIdDominio codTipoMovimento codCausale causale
	importoCentesimi dataBolletta dataRicezione annoDocumento codDocumento codBollo pspCognome pspNome pspIndirizzo pspCodicePostale
	pspCitta pspCf pspPiva codAbi codCab codIban codContoAnagrafica aeProvvisorio codProvvisorio codTipoConto codProcesso
	codPgEsecuzione codPgTrasferimento numPgProcesso dataValutaRegione flgRegolarizzata dataEffettivaSospeso codGestionaleProvvisorio
	endToEndId`)

// unnamed stands for a payer the treasurer did not name: the column is mandatory.
const unnamed = "n.d."

// WriteTreasury writes the movements as the complete treasury CSV, 41 columns,
// that the Piattaforma unitaria loads: UTF-8, quotes only where a value needs
// them, ordered by year, number and account. A movement reversed in full is left
// out, one reversed in part has what is left.
//
// That platform keeps one IUF and one IUV per bolletta and seven characters of
// its number: what does not fit is written all the same, the first IUF and IUV in
// alphabetical order, and counted in the warnings.
//
// With since, only what changed after that number, and log takes whose rows they
// are; see [changeLog].
func WriteTreasury(ctx context.Context, tx *store.Tx, e Entity, since *int64, w, log io.Writer) (Content, error) {
	t := &treasury{entity: e, content: Content{SumOf: "importoCentesimi di ogni riga", LeftOut: make(map[string]int)}}
	var err error
	if t.sheet, err = newSheet(w, treasuryHeader...); err != nil {
		return t.content, fmt.Errorf("export treasury: %w", err)
	}
	row := func(m *store.TreasuryRow) error {
		_, err := t.row(m)
		return errors.Join(err, ctx.Err())
	}
	if since == nil {
		err = tx.Treasury(row)
	} else {
		err = t.since(ctx, tx, *since, log)
	}
	if err = errors.Join(err, t.close()); err != nil {
		return t.content, fmt.Errorf("export treasury: %w", err)
	}
	t.content.Rows = t.rows
	t.content.warn(t.several, "movimenti citano più di un flusso o di un IUV: è scritto il primo")
	t.content.warn(t.long, "movimenti hanno un numero di bolletta oltre i 7 caratteri previsti")
	t.content.warn(t.unnamed, "movimenti sono senza versante: è scritto "+unnamed)
	return t.content, nil
}

type treasury struct {
	*sheet
	entity  Entity
	content Content

	several, long, unnamed int
}

func (t *treasury) since(ctx context.Context, tx *store.Tx, since int64, log io.Writer) error {
	changes, err := newChangeLog(log)
	if err != nil {
		return err
	}
	err = tx.ChangedMovements(since, func(c *store.Changed) error {
		rows := 0
		if err := tx.TreasuryOf(c.Movement, func(m *store.TreasuryRow) (err error) {
			rows, err = t.row(m)
			return err
		}); err != nil {
			return err
		}
		return errors.Join(changes.movement(tx, c, rows), ctx.Err())
	})
	return errors.Join(err, changes.close())
}

func (t *treasury) row(m *store.TreasuryRow) (rows int, err error) {
	if m.Cash == 0 {
		t.content.LeftOut["movimenti stornati"]++
		return 0, nil
	}
	iuf, more, _ := strings.Cut(m.IUF, "|")
	iuv, others, _ := strings.Cut(m.IUV, "|")
	if more != "" || others != "" {
		t.several++
	}
	if len(m.Number) > 7 {
		t.long++
	}
	payer := m.Payer
	if payer == "" {
		payer = unnamed
		t.unnamed++
	}
	abi := m.Treasurer
	if len(abi) != 5 {
		abi = "" // a BIC or a name: the column has five characters
	}
	regularised := "N"
	if m.Covered >= m.Cash {
		regularised = "Y"
	}
	t.content.Sum += m.Cash
	return 1, t.write(strconv.Itoa(m.Year), m.Number, "", "", t.entity.IPA, iuf, iuv, m.Account, "", "", "", m.Remittance,
		strconv.FormatInt(int64(m.Cash), 10), m.BookedOn.String(), "", "", "", "", payer, "", "", "",
		"", "", "", abi, "", "", "", "", "", "", "",
		"", "", "", m.ValueOn.String(), regularised, "", m.Code,
		m.EndToEnd)
}
