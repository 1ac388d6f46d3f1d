package flow_test

import (
	"context"
	"fmt"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/flow"
)

const entity = "80000123457"

// head and foot stand around the payments of an ordinary flow of one payment.
const (
	head = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<FlussoRiversamento xmlns="http://www.digitpa.gov.it/schemas/2011/Pagamenti/">
<versioneOggetto>1.0</versioneOggetto>
<identificativoFlusso>2026-10-27BCITITMM-S001</identificativoFlusso>
<dataOraFlusso>2026-10-28T10:00:00</dataOraFlusso>
<identificativoUnivocoRegolamento>TRN1</identificativoUnivocoRegolamento>
<dataRegolamento>2026-10-27</dataRegolamento>
<istitutoMittente>
<identificativoUnivocoMittente><tipoIdentificativoUnivoco>B</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>BCITITMM</codiceIdentificativoUnivoco></identificativoUnivocoMittente>
<denominazioneMittente>Banca di Prova</denominazioneMittente>
</istitutoMittente>
<codiceBicBancaDiRiversamento>BCITITMMXXX</codiceBicBancaDiRiversamento>
<istitutoRicevente>
<identificativoUnivocoRicevente><tipoIdentificativoUnivoco>G</tipoIdentificativoUnivoco><codiceIdentificativoUnivoco>80000123457</codiceIdentificativoUnivoco></identificativoUnivocoRicevente>
<denominazioneRicevente>Comune di Prova</denominazioneRicevente>
</istitutoRicevente>
<numeroTotalePagamenti>1</numeroTotalePagamenti>
<importoTotalePagamenti>10.00</importoTotalePagamenti>
`
	payment = `<datiSingoliPagamenti>
<identificativoUnivocoVersamento>01000000000000144</identificativoUnivocoVersamento>
<identificativoUnivocoRiscossione>IUR1</identificativoUnivocoRiscossione>
<indiceDatiSingoloPagamento>1</indiceDatiSingoloPagamento>
<singoloImportoPagato>10.00</singoloImportoPagato>
<codiceEsitoSingoloPagamento>0</codiceEsitoSingoloPagamento>
<dataEsitoSingoloPagamento>2026-10-26</dataEsitoSingoloPagamento>
</datiSingoliPagamenti>
`
	foot = "</FlussoRiversamento>\n"

	base = head + payment + foot
	// rowLine is the line of the first payment.
	rowLine = 19
)

type discard struct{}

func (discard) Doc(*record.Doc) error           { return nil }
func (discard) Flow(*record.Flow) error         { return nil }
func (discard) FlowLine(*record.FlowLine) error { return nil }
func (discard) FlowEnd(record.FlowTotals) error { return nil }
func (discard) Reject(*record.Reject) error     { return nil }

// collector keeps what a flow gives.
type collector struct {
	docs    []record.Doc
	flows   []record.Flow
	lines   []record.FlowLine
	totals  []record.FlowTotals
	rejects []record.Reject
	fail    string
	err     error
}

func (c *collector) Doc(d *record.Doc) error {
	c.docs = append(c.docs, *d)
	return c.at("doc")
}

func (c *collector) Flow(f *record.Flow) error {
	c.flows = append(c.flows, *f)
	return c.at("flow")
}

func (c *collector) FlowLine(l *record.FlowLine) error {
	c.lines = append(c.lines, *l)
	return c.at("line")
}

func (c *collector) FlowEnd(totals record.FlowTotals) error {
	c.totals = append(c.totals, totals)
	return c.at("end")
}

func (c *collector) Reject(r *record.Reject) error {
	c.rejects = append(c.rejects, *r)
	return c.at("reject")
}

func (c *collector) at(stage string) error {
	if c.fail == stage {
		return c.err
	}
	return nil
}

func read(in, taxCode string) (*collector, flow.Counts, error) {
	c := &collector{}
	counts, err := flow.Read(context.Background(), strings.NewReader(in), flow.Options{TaxCode: taxCode}, c)
	return c, counts, err
}

// set replaces the content of the first element of a name.
func set(doc, element, content string) string {
	start := strings.Index(doc, "<"+element+">") + len(element) + 2
	end := strings.Index(doc, "</"+element+">")
	return doc[:start] + content + doc[end:]
}

func between(doc, element string) string {
	start := strings.Index(doc, "<"+element+">") + len(element) + 2
	return doc[start:strings.Index(doc, "</"+element+">")]
}

// drop takes the first element of each name out.
func drop(doc string, elements ...string) string {
	for _, element := range elements {
		start := strings.Index(doc, "<"+element+">")
		end := strings.Index(doc, "</"+element+">") + len(element) + 3
		doc = doc[:start] + doc[end:]
	}
	return doc
}

// prefixed writes every element with a namespace prefix.
func prefixed(doc, prefix string) string {
	doc = strings.Replace(doc, "xmlns=", "xmlns:"+prefix+"=", 1)
	doc = strings.ReplaceAll(doc, "</", "\x00")
	doc = strings.ReplaceAll(doc, "<", "<"+prefix+":")
	doc = strings.ReplaceAll(doc, "\x00", "</"+prefix+":")
	return strings.Replace(doc, "<"+prefix+":?xml", "<?xml", 1)
}

// latin declares ISO-8859-1 and uses it.
func latin(doc string) string {
	doc = strings.Replace(doc, "UTF-8", "ISO-8859-1", 1)
	return set(doc, "denominazioneMittente", "Societ\xE0")
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "<a%d>1</a%d>", i, i)
	}
	return b.String()
}
