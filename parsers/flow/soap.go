package flow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// What a message that carries a flow, or should, holds: the one a PSP sends it
// with and the answers of the platform to who asks for it.
var operations = []string{
	"nodoInviaFlussoRendicontazione",
	"nodoChiediFlussoRendicontazioneRisposta",
	listOperation,
}

const listOperation = "nodoChiediElencoFlussiRendicontazioneRisposta"

// ReadSOAP reads the flow a SOAP message carries in base64 in its
// xmlRendicontazione, with any prefixes and white space, in an encoding that has
// ASCII in it. The message may be without its envelope. Memory stays flat: the
// content is decoded as it is read.
//
// Lines of records, rejects and errors about the flow are those of the decoded
// document, which a warning says. Errors are those of [Read], for the message as
// for the flow; WRONG_ENTITY also when the identificativoDominio of the message
// is not ours, CONTENT when there is no flow in it but a fault, whose code is
// quoted, or a list of flows.
func ReadSOAP(ctx context.Context, in io.Reader, opt Options, sink Sink) (Counts, error) {
	limits := opt.XML
	if limits.MaxToken <= 0 {
		limits.MaxToken = xmlscan.DefaultLimits().MaxToken
	}
	m := message{ctx: ctx, cut: newSplitter(in, limits.MaxToken), opt: opt, sink: sink}
	return m.read()
}

// message is a SOAP message being read.
type message struct {
	ctx  context.Context
	cut  *splitter
	opt  Options
	sink Sink
}

func (m *message) read() (Counts, error) {
	head, found, err := m.cut.head()
	if err != nil {
		return Counts{}, err
	}
	// What comes before the content is looked at first: it says whose the flow is.
	e, err := readEnvelope(bytes.NewReader(head), m.opt.XML)
	if cut := truncated(err); err != nil && (!cut || !found) {
		return Counts{}, err
	}
	if err := e.check(m.opt.TaxCode); err != nil {
		return Counts{}, err
	}
	if !found {
		return Counts{}, e.noFlow()
	}
	counts, err := m.content(e)
	if err != nil {
		return counts, err
	}
	tail, err := m.cut.tail()
	if err != nil {
		return counts, err
	}
	// The rest must make a whole message; the lines of the content count.
	whole := io.MultiReader(bytes.NewReader(head), &newlines{m.cut.content.lines}, bytes.NewReader(tail))
	if e, err = readEnvelope(whole, m.opt.XML); err != nil {
		return counts, err
	}
	return counts, e.check(m.opt.TaxCode)
}

func truncated(err error) bool {
	var fe *record.FileError
	return errors.As(err, &fe) && fe.Code == record.FileTruncated
}

// content reads the flow.
func (m *message) content(e *envelope) (Counts, error) {
	d := newDocument(m.ctx, decodeBase64(&m.cut.content), m.opt, m.sink)
	d.carrier = carrier{
		format: FormatSOAP, psp: e.values["identificativoPSP"], iuf: e.values["identificativoFlusso"],
		warnings: []string{"le righe sono quelle del documento decodificato dalla busta SOAP, non della busta"},
	}
	err := d.read()
	var fe *record.FileError
	if !errors.As(err, &fe) || m.cut.content.err != nil {
		return d.Counts, err
	}
	if fe.Code == record.FileEmpty {
		return d.Counts, content(e.line, "la busta SOAP non contiene il flusso: xmlRendicontazione è vuoto")
	}
	fe.Message = "nel documento dentro la busta SOAP: " + fe.Message
	return d.Counts, err
}

// envelope is what a message says around its content.
type envelope struct {
	operation string            // the element in the body
	values    map[string]string // by local name, the first of each
	line      int               // of the operation
}

// asked are the values wanted of an envelope.
var asked = []string{
	"identificativoDominio", "identificativoPSP", "identificativoFlusso",
	"faultCode", "faultcode", "faultString", "faultstring", "Value", "description",
}

// readEnvelope reads a message as far as it goes; what was found is returned
// with an error too.
func readEnvelope(in io.Reader, limits xmlscan.Limits) (*envelope, error) {
	x := xmlscan.New(in, limits)
	e := &envelope{values: map[string]string{}}
	body := 0 // depth of what is in the body
	for name := ""; ; {
		kind, err := x.Next()
		switch {
		case errors.Is(err, io.EOF):
			return e, nil
		case err != nil:
			return e, err
		case kind == xmlscan.End:
			name = ""
		case kind == xmlscan.Text:
			if _, twice := e.values[name]; !twice && slices.Contains(asked, name) {
				e.values[name] = string(x.Text())
			}
		default:
			name = string(x.Name())
			if x.Depth() == 1 && name != "Envelope" {
				body = 1
				if !slices.Contains(operations, name) {
					return e, content(x.Line(), "non è una busta SOAP con un flusso di rendicontazione: comincia con l'elemento "+field.Shorten(name))
				}
			}
			if x.Depth() == 2 && name == "Body" {
				body = 3
			}
			if x.Depth() == body && e.operation == "" {
				e.operation, e.line = name, x.Line()
			}
		}
	}
}

// check refuses a message about another entity.
func (e *envelope) check(taxCode string) error {
	if domain := e.values["identificativoDominio"]; domain != "" && !ours(domain, taxCode) {
		return stranger(written{text: domain, line: e.line}, "l'identificativoDominio della busta SOAP", taxCode)
	}
	return nil
}

// noFlow says why there is no flow in a message.
func (e *envelope) noFlow() error {
	code := firstOf(e.values["faultCode"], e.values["faultcode"], e.values["Value"])
	switch {
	case code != "":
		said := firstOf(e.values["description"], e.values["faultString"], e.values["faultstring"])
		if said != "" {
			said = " (" + field.Shorten(said) + ")"
		}
		return content(e.line, fmt.Sprintf("la busta SOAP è una risposta di errore, %s%s: non contiene un flusso", field.Shorten(code), said))
	case e.operation == listOperation:
		return content(e.line, "è un elenco di flussi, non un flusso: richiedere ciascun flusso")
	}
	return content(e.line, "la busta SOAP non contiene un flusso di rendicontazione: manca xmlRendicontazione")
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// LooksLikeSOAP tells from its start whether a document is a SOAP message that
// carries a flow, or one of the answers that should: [ReadSOAP] says why there is
// none.
func LooksLikeSOAP(head []byte) bool {
	e, err := readEnvelope(bytes.NewReader(head), xmlscan.Limits{})
	var fe *record.FileError
	if err != nil && (!errors.As(err, &fe) || fe.Code != record.FileTruncated && e.operation == "") {
		return false
	}
	if e.operation == "Fault" {
		return strings.HasPrefix(firstOf(e.values["faultcode"], e.values["faultCode"], e.values["Value"]), "PPT_")
	}
	return slices.Contains(operations, e.operation)
}
