package reversale

import (
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"io"
	"strconv"

	"quadra/engine/record"
)

// Heading is what a flusso_ordinativi says of who sends it to whom. The codes
// are agreed with the treasurer and SIOPE+.
type Heading struct {
	ABI         string // of the treasurer: 5 digits
	EntityCode  string // IPA office code: 6 letters and digits
	EntityName  string
	ISTAT       string // 9 to 15 digits
	TaxCode     string
	SenderA2A   string // A2A- and 8 digits: who speaks to SIOPE+ for the entity
	ReceiverA2A string // likewise for the treasurer
	BankCode    string // the treasurer's own code of the entity
}

// Placeholder is what stands in the signature of a draft. It verifies for nobody.
const Placeholder = "BOZZA NON FIRMATA"

// Write writes the orders as one flusso_ordinativi 1.7.1, dated on the day at
// midnight so that the same books give the same bytes. There must be at least
// one order: the schema has no empty flow.
func Write(w io.Writer, h *Heading, esercizio int, on record.Date, orders []Order) error {
	if len(orders) == 0 {
		return fmt.Errorf("write the draft orders of %d: there are none", esercizio)
	}
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write the draft orders: %w", err)
	}
	doc := flow{Signature: placeholder(), Heading: heading{
		ABI: h.ABI, ID: fmt.Sprintf("BOZZA-%d-%s-%d", esercizio, on, orders[0].Number), At: on.String() + "T00:00:00",
		Entity: h.EntityCode, Name: h.EntityName, ISTAT: h.ISTAT, TaxCode: h.TaxCode, Sender: h.SenderA2A, Receiver: h.ReceiverA2A, BankCode: h.BankCode,
	}, Esercizio: esercizio}
	for i := range orders {
		doc.Orders = append(doc.Orders, orderXML(&orders[i]))
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", " ")
	if err := enc.Encode(doc); err != nil {
		return fmt.Errorf("write the draft orders: %w", err)
	}
	_, err := io.WriteString(w, "\n")
	return err
}

func orderXML(o *Order) reversale {
	r := reversale{Operation: "INSERIMENTO", Number: o.Number, On: o.On.String(), Amount: o.Amount.String()}
	for _, c := range o.Chapters {
		b := bilancio{Code: c.Code, Management: "COMPETENZA", Article: c.Article, Amount: c.Amount.String()}
		if c.Residual != 0 {
			b.Management, b.Residual = "RESIDUO", strconv.Itoa(c.Residual)
		}
		r.Chapters = append(r.Chapters, b)
	}
	for i := range o.Payers {
		p := &o.Payers[i]
		v := versante{Progressive: i + 1, Amount: p.Amount.String(), Kind: "REGOLARIZZAZIONE", Destination: "LIBERA", Stamp: "ESENTE BOLLO",
			Name: p.Name, Reason: p.Reason, Number: p.Number, Provisional: p.Amount.String()}
		if p.Restricted {
			v.Destination = "VINCOLATA"
		}
		for _, c := range p.Classes {
			v.Classes = append(v.Classes, classe{Code: c.Code, Amount: c.Amount.String(), Debt: "NON_COMMERCIALE"})
		}
		r.Payers = append(r.Payers, v)
	}
	return r
}

// The shapes of the document, in the order of the schema.
type (
	flow struct {
		XMLName   xml.Name    `xml:"flusso_ordinativi"`
		Signature signature   `xml:"http://www.w3.org/2000/09/xmldsig# Signature"`
		Heading   heading     `xml:"testata_flusso"`
		Esercizio int         `xml:"esercizio"`
		Orders    []reversale `xml:"reversale"`
	}
	heading struct {
		ABI      string `xml:"codice_ABI_BT"`
		ID       string `xml:"identificativo_flusso"`
		At       string `xml:"data_ora_creazione_flusso"`
		Entity   string `xml:"codice_ente"`
		Name     string `xml:"descrizione_ente"`
		ISTAT    string `xml:"codice_istat_ente"`
		TaxCode  string `xml:"codice_fiscale_ente"`
		Sender   string `xml:"codice_tramite_ente"`
		Receiver string `xml:"codice_tramite_BT"`
		BankCode string `xml:"codice_ente_BT"`
	}
	reversale struct {
		Operation string     `xml:"tipo_operazione"`
		Number    int        `xml:"numero_reversale"`
		On        string     `xml:"data_reversale"`
		Amount    string     `xml:"importo_reversale"`
		Chapters  []bilancio `xml:"bilancio"`
		Payers    []versante `xml:"informazioni_versante"`
	}
	bilancio struct {
		Code       int    `xml:"codifica_bilancio"`
		Management string `xml:"gestione"`
		Residual   string `xml:"anno_residuo,omitempty"`
		Article    string `xml:"numero_articolo,omitempty"`
		Amount     string `xml:"importo_bilancio"`
	}
	versante struct {
		Progressive int      `xml:"progressivo_versante"`
		Amount      string   `xml:"importo_versante"`
		Kind        string   `xml:"tipo_riscossione"`
		Destination string   `xml:"destinazione"`
		Classes     []classe `xml:"classificazione"`
		Stamp       string   `xml:"bollo>assoggettamento_bollo"`
		Name        string   `xml:"versante>anagrafica_versante"`
		Reason      string   `xml:"causale"`
		Number      string   `xml:"sospeso>numero_provvisorio"`
		Provisional string   `xml:"sospeso>importo_provvisorio"`
	}
	classe struct {
		Code   string `xml:"codice_cge"`
		Amount string `xml:"importo"`
		Debt   string `xml:"classificazione_dati_siope_entrate>tipo_debito_siope_nc"`
	}
	algorithm struct {
		Algorithm string `xml:"Algorithm,attr"`
	}
	signature struct {
		Canonicalization algorithm `xml:"SignedInfo>CanonicalizationMethod"`
		Method           algorithm `xml:"SignedInfo>SignatureMethod"`
		Reference        reference `xml:"SignedInfo>Reference"`
		Value            string    `xml:"SignatureValue"`
	}
	reference struct {
		URI    string    `xml:"URI,attr"`
		Method algorithm `xml:"DigestMethod"`
		Value  string    `xml:"DigestValue"`
	}
)

// placeholder is a signature the schema asks for and no verifier takes.
func placeholder() signature {
	void := base64.StdEncoding.EncodeToString([]byte(Placeholder))
	return signature{
		Canonicalization: algorithm{"http://www.w3.org/2001/10/xml-exc-c14n#"},
		Method:           algorithm{"http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"},
		Reference:        reference{Method: algorithm{"http://www.w3.org/2001/04/xmlenc#sha256"}, Value: void},
		Value:            void,
	}
}
