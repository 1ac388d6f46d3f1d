package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"quadra/engine/record"
	"quadra/engine/store"
)

// paidVersions are the versions of MyPay's export of paid debts, oldest first.
var paidVersions = []string{"1.0", "1.1", "1.2", "1.3"}

// PaidVersions are the versions of MyPay's export of paid debts.
func PaidVersions() []string { return slices.Clone(paidVersions) }

// The columns of the export in MyPay's order: the base block, the receipt block
// (not in 1.0), then what a version adds.
var (
	paidBase = strings.Fields(`
		iuf numRigaFlusso codIud codIuv versioneOggetto identificativoDominio identificativoStazioneRichiedente
		identificativoMessaggioRicevuta dataOraMessaggioRicevuta riferimentoMessaggioRichiesta riferimentoDataRichiesta
		tipoIdentificativoUnivoco codiceIdentificativoUnivoco denominazioneAttestante codiceUnitOperAttestante
		denomUnitOperAttestante indirizzoAttestante civicoAttestante capAttestante localitaAttestante provinciaAttestante
		nazioneAttestante enteBenefTipoIdentificativoUnivoco enteBenefCodiceIdentificativoUnivoco denominazioneBeneficiario
		codiceUnitOperBeneficiario denomUnitOperBeneficiario indirizzoBeneficiario civicoBeneficiario capBeneficiario
		localitaBeneficiario provinciaBeneficiario nazioneBeneficiario soggVersTipoIdentificativoUnivoco
		soggVersCodiceIdentificativoUnivoco anagraficaVersante indirizzoVersante civicoVersante capVersante
		localitaVersante provinciaVersante nazioneVersante emailVersante soggPagTipoIdentificativoUnivoco
		soggPagCodiceIdentificativoUnivoco anagraficaPagatore indirizzoPagatore civicoPagatore capPagatore
		localitaPagatore provinciaPagatore nazionePagatore emailPagatore codiceEsitoPagamento importoTotalePagato
		identificativoUnivocoVersamento codiceContestoPagamento singoloImportoPagato esitoSingoloPagamento
		dataEsitoSingoloPagamento identificativoUnivocoRiscoss causaleVersamento datiSpecificiRiscossione tipoDovuto`)
	paidReceipt = strings.Fields(`tipoFirma rt indiceDatiSingoloPagamento numRtDatiPagDatiSingPagCommissioniApplicatePsp
		codRtDatiPagDatiSingPagAllegatoRicevutaTipo blbRtDatiPagDatiSingPagAllegatoRicevutaTest`)
	paidAdded = strings.Fields(`bilancio cod_fiscale_pa1 de_nome_pa1 cod_tassonomico_dovuto_pa1`)
)

// Paid says what an export of paid debts is to hold; what is empty asks for
// nothing.
type Paid struct {
	Version   string   // 1.0 to 1.3
	DebtTypes []string // as written
	PaidOn    Days
	Since     *int64 // only what changed after this number
}

// Check says what is wrong with what was asked for.
func (p *Paid) Check() error {
	if !slices.Contains(paidVersions, p.Version) {
		return fmt.Errorf("format version %q: there are %s", p.Version, strings.Join(paidVersions, ", "))
	}
	return nil
}

// debtShared is the debt type of a secondary entity's share, which only 1.3 can
// say: it has the columns of the owner.
const debtShared = "EXPORT_ENTE_SECONDARIO"

// WritePaid writes the receipts as MyPay's export of paid debts: UTF-8, every
// field in quotes, quotes doubled, LF, a header; ordered by IUV, IUR and index.
//
// What the books hold of a receipt that came in this format is read back the same
// from version 1.3. Nothing here can say: the metadata of a receipt; which of the
// two hours was meant in the night the clocks go back, of an instant that did not
// come in this format; a blank at either end of a text; a backslash followed by a
// quote and a separator or line end, which a reader of both dialects of MyPay
// takes for the end of a field (counted in the warnings). Revenue stamps are left
// out, as MyPay does, and so are the shares of secondary entities before 1.3;
// 1.0 has no index and 1.0 and 1.1 no bilancio. Columns of what the books do not
// keep (addresses, payer on behalf, the RT itself, fees) are empty.
//
// With Since, log takes whose rows they are; see [changeLog].
func WritePaid(ctx context.Context, tx *store.Tx, e Entity, p *Paid, w, log io.Writer) (Content, error) {
	content, err := writePaid(ctx, tx, e, p, w, log)
	if err != nil {
		return content, fmt.Errorf("export paid: %w", err)
	}
	return content, nil
}

func writePaid(ctx context.Context, tx *store.Tx, e Entity, p *Paid, w, log io.Writer) (Content, error) {
	c := Content{SumOf: "singoloImportoPagato di ogni riga", LeftOut: make(map[string]int)}
	if err := p.Check(); err != nil {
		return c, err
	}
	header := slices.Clone(paidBase)
	if p.Version != "1.0" {
		header = append(header, paidReceipt...)
	}
	header = append(header, paidAdded[:map[string]int{"1.2": 1, "1.3": 4}[p.Version]]...)
	q, err := newQuoted(w, '"', "\n", header)
	if err != nil {
		return c, err
	}
	hours := 0
	row := func(r *record.ReceiptLine) (rows int, err error) {
		switch {
		case len(p.DebtTypes) > 0 && !slices.Contains(p.DebtTypes, r.DebtType):
			return 0, nil
		case !p.PaidOn.empty() && !p.PaidOn.covers(r.PaidOn):
			return 0, nil
		case r.Stamp:
			c.LeftOut["marche da bollo"]++
			return 0, nil
		case r.DebtType == debtShared && p.Version != "1.3":
			c.LeftOut["quote di enti secondari"]++
			return 0, nil
		}
		c.Sum += r.Amount
		if twice(r.ReceivedAt) {
			hours++
		}
		return 1, errors.Join(paidRow(q, e, p.Version, r), ctx.Err())
	}
	if p.Since == nil {
		err = tx.Receipts(func(r *record.ReceiptLine) error {
			_, err := row(r)
			return err
		})
	} else {
		err = paidSince(tx, *p.Since, row, log)
	}
	c.Rows = q.rows
	c.warn(hours, "ricevute sono dell'ora che l'orologio ripete in autunno: rilette, quell'ora è un'altra")
	c.warn(q.ambiguous, `campi hanno una barra rovesciata, virgolette e un separatore di seguito: chi legge i due dialetti di MyPay non li distingue`)
	return c, err
}

// twice says that the clock time of an instant means another instant to a reader.
func twice(t time.Time) bool {
	if t.IsZero() {
		return false
	}
	local := t.In(record.Rome())
	y, m, d := local.Date()
	return !time.Date(y, m, d, local.Hour(), local.Minute(), local.Second(), 0, record.Rome()).Equal(t.Truncate(time.Second))
}

func paidSince(tx *store.Tx, since int64, row func(*record.ReceiptLine) (int, error), log io.Writer) error {
	changes, err := newChangeLog(log)
	if err != nil {
		return err
	}
	err = tx.ChangedReceipts(since, func(c *store.Changed) error {
		rows := 0
		if err := tx.Receipt(c, func(r *record.ReceiptLine) (err error) {
			rows, err = row(r)
			return err
		}); err != nil {
			return err
		}
		return changes.payment(c, rows)
	})
	return errors.Join(err, changes.close())
}

// paidRow writes one receipt, column by column in the order of the header.
func paidRow(q *quoted, e Entity, version string, r *record.ReceiptLine) error {
	importRow, receivedAt, kind, name := "", "", "", ""
	if r.ImportRow != 0 {
		importRow = fmt.Sprint(r.ImportRow)
	}
	if !r.ReceivedAt.IsZero() {
		receivedAt = r.ReceivedAt.In(record.Rome()).Format(localSecond)
	}
	if r.Beneficiary != "" {
		kind = "G"
	}
	if strings.EqualFold(r.Beneficiary, e.TaxCode) {
		name = e.Name
	}
	put(q, r.ImportFlow)
	put(q, importRow)
	put(q, r.IUD)
	put(q, r.IUV)
	q.blank(1)
	put(q, r.Beneficiary)
	q.blank(1)
	put(q, r.ReceiptID)
	put(q, receivedAt)
	q.blank(3)
	put(q, r.PSP)
	put(q, r.PSPName)
	q.blank(8)
	put(q, kind)
	put(q, r.Beneficiary)
	put(q, name)
	q.blank(8)
	q.blank(10)
	put(q, r.PayerKind)
	put(q, r.PayerCode)
	put(q, r.PayerName)
	q.blank(7)
	put(q, r.Outcome)
	q.cents(r.Total)
	put(q, r.IUV)
	put(q, r.Context)
	q.cents(r.Amount)
	put(q, r.OutcomeTag)
	put(q, r.PaidOn.String())
	put(q, r.IUR)
	put(q, r.Remittance)
	put(q, r.Collection)
	put(q, r.DebtType)
	if version != "1.0" {
		q.blank(2)
		q.number(int64(r.Index))
		q.blank(3)
	}
	if version == "1.2" || version == "1.3" {
		put(q, r.Bilancio)
	}
	if version == "1.3" {
		put(q, r.OwnerCode)
		put(q, r.OwnerName)
		put(q, r.OwnerTaxonomy)
	}
	return q.end()
}
