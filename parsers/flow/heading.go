package flow

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/xmlscan"
)

// heading holds the values written before the payments, by the path of their
// element.
type heading map[string]written

type written struct {
	text string
	line int
	bare bool // of JSON: not between quotes
}

// maxHeading is how many values a heading may have; the schemas know 16.
const maxHeading = 100

// The elements of a heading.
const (
	pathVersion      = "versioneOggetto"
	pathIUF          = "identificativoFlusso"
	pathRevision     = "revisioneFlusso"
	pathProducedAt   = "dataOraFlusso"
	pathRegulation   = "identificativoUnivocoRegolamento"
	pathRegulatedOn  = "dataRegolamento"
	pathSenderKind   = "istitutoMittente/identificativoUnivocoMittente/tipoIdentificativoUnivoco"
	pathSender       = "istitutoMittente/identificativoUnivocoMittente/codiceIdentificativoUnivoco"
	pathSenderName   = "istitutoMittente/denominazioneMittente"
	pathBIC          = "codiceBicBancaDiRiversamento"
	pathReceiverKind = "istitutoRicevente/identificativoUnivocoRicevente/tipoIdentificativoUnivoco"
	pathReceiver     = "istitutoRicevente/identificativoUnivocoRicevente/codiceIdentificativoUnivoco"
	pathReceiverName = "istitutoRicevente/denominazioneRicevente"
	pathCount        = "numeroTotalePagamenti"
	pathTotal        = "importoTotalePagamenti"
)

// collect reads the element just started and all inside it.
func (h heading) collect(x *xmlscan.Scanner, parent string) error {
	path, line := parent+string(x.Name()), x.Line()
	text, nested := "", false
	for {
		kind, err := x.Next()
		switch {
		case err != nil:
			return err
		case kind == xmlscan.Text && nested:
			return content(x.Line(), "c'è del testo fuori posto dentro "+field.Shorten(path))
		case kind == xmlscan.Text:
			text = string(x.Text())
		case kind == xmlscan.Start && text != "":
			return content(x.Line(), "c'è del testo fuori posto dentro "+field.Shorten(path))
		case kind == xmlscan.Start:
			nested = true
			if err := h.collect(x, path+"/"); err != nil {
				return err
			}
		case nested:
			return nil
		default:
			if _, twice := h[path]; twice {
				return content(line, "l'elemento "+field.Shorten(path)+" è ripetuto")
			}
			if len(h) == maxHeading {
				return content(line, fmt.Sprintf("l'intestazione ha più di %d elementi", maxHeading))
			}
			h[path] = written{text: text, line: line}
			return nil
		}
	}
}

// textField is a value of the heading that is text.
type textField struct {
	path     string
	to       *string
	most     int // characters
	optional bool
	accept   func(string) bool // nil for anything
	want     string            // what it accepts, for people
}

// texts reads values that are text; line is that of the flow.
func (h heading) texts(line int, fields []textField) error {
	for _, f := range fields {
		v, ok := h.take(f.path)
		switch {
		case !ok && f.optional:
			continue
		case !ok:
			return missing(line, f.path)
		case v.bare:
			return faulty(f.path, v, "un testo tra virgolette")
		case utf8.RuneCountInString(v.text) > f.most:
			return faulty(f.path, v, fmt.Sprintf("al massimo %d caratteri", f.most))
		case f.accept != nil && !f.accept(v.text):
			return faulty(f.path, v, f.want)
		}
		*f.to = v.text
	}
	return nil
}

// otherField is a value of the heading that is a number, a day, an amount.
type otherField struct {
	path     string
	optional bool
	read     func(text string) bool
	want     string
}

// others reads values that are not text; line is that of the flow.
func (h heading) others(line int, fields []otherField) error {
	for _, f := range fields {
		v, ok := h.take(f.path)
		switch {
		case !ok && f.optional:
		case !ok:
			return missing(line, f.path)
		case !f.read(v.text):
			return faulty(f.path, v, f.want)
		}
	}
	return nil
}

// judge fills the flow from the heading, or refuses it.
func (h heading) judge(f *record.Flow, taxCode string) error {
	receiver := h[pathReceiver]
	err := h.texts(f.Line, []textField{
		{path: pathVersion, to: &f.SchemaVersion, most: 16, accept: oneOf("1.0", "1.1"), want: "1.0 o 1.1"},
		{path: pathIUF, to: &f.IUF, most: 35, accept: isIUF, want: wantIUF},
		{path: pathRegulation, to: &f.Regulation, most: 35},
		{path: pathSenderKind, to: &f.SenderKind, most: 1, accept: oneOf("G", "A", "B"), want: "G, A o B"},
		{path: pathSender, to: &f.PSP, most: 35},
		{path: pathSenderName, to: &f.PSPName, most: 140, optional: true},
		{path: pathBIC, to: &f.BIC, most: 35, optional: true},
		{path: pathReceiverKind, to: new(string), most: 1, accept: oneOf("G"), want: "G"},
		{path: pathReceiver, to: &f.Receiver, most: 35},
		{path: pathReceiverName, to: &f.ReceiverName, most: 140, optional: true},
	})
	if err != nil {
		return err
	}
	if !ours(receiver.text, taxCode) {
		return stranger(receiver, "il codice dell'istitutoRicevente", taxCode)
	}
	return h.others(f.Line, []otherField{
		{path: pathRevision, optional: true, want: wantCount, read: revisionOf(f)},
		{path: pathProducedAt, want: "data e ora, AAAA-MM-GGTHH:MM:SS", read: func(text string) (ok bool) {
			f.ProducedAt, ok = instant(text)
			return ok
		}},
		{path: pathRegulatedOn, want: "una data, AAAA-MM-GG", read: func(text string) (ok bool) {
			f.RegulatedOn, ok = date([]byte(text))
			return ok
		}},
		{path: pathCount, want: wantCount, read: func(text string) (ok bool) {
			f.DeclaredCount, ok = positive(text, 15)
			return ok
		}},
		{path: pathTotal, want: "un importo con il punto e due decimali", read: func(text string) bool {
			total, err := record.ParseCents(text)
			f.DeclaredTotal = total
			return err == nil && total >= 0
		}},
	})
}

// What is said of values that XML and JSON write alike.
const (
	wantIUF   = "da 1 a 35 lettere, cifre, - e _"
	wantCount = "un numero da 1 in su"
)

func revisionOf(f *record.Flow) func(string) bool {
	return func(text string) (ok bool) {
		f.Revision, ok = positive(text, 10)
		return ok && f.Revision <= 1<<31-1
	}
}

// ours tells whether a code is the one of the entity asked for, if any is.
func ours(code, taxCode string) bool { return taxCode == "" || strings.EqualFold(code, taxCode) }

// stranger refuses a flow of another entity; what names where its code is.
func stranger(v written, what, taxCode string) error {
	return &record.FileError{
		Line: v.line, Code: record.FileEntity,
		Message: fmt.Sprintf("il flusso è di un altro ente: %s è %q, quello di questo ente è %s. Controllare in quale cartella va messo",
			what, field.Shorten(v.text), taxCode),
	}
}

// take removes a value from the heading; an empty one is none.
func (h heading) take(path string) (written, bool) {
	v := h[path]
	delete(h, path)
	return v, v.text != ""
}

func missing(line int, path string) error {
	return content(line, "l'intestazione del flusso manca di "+path+": farsi mandare di nuovo il flusso")
}

func faulty(path string, v written, want string) error {
	return content(v.line, fmt.Sprintf("%s vale %q, deve essere %s", path, field.Shorten(v.text), want))
}

// unknown says which values of the heading nobody took; what is what they are
// called.
func (h heading) unknown(what string) (w []string) {
	for _, path := range slices.Sorted(maps.Keys(h)) {
		w = append(w, what+" non previsto e ignorato: "+field.Shorten(path))
	}
	return w
}

func oneOf(values ...string) func(string) bool {
	return func(text string) bool { return slices.Contains(values, text) }
}

// isIUF is the pattern of the current schemas, [a-zA-Z0-9\-_]{1,35}.
func isIUF(text string) bool {
	for _, c := range []byte(text) {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}

// positive reads a whole number from 1 of at most so many digits.
func positive(text string, digits int) (int, bool) {
	if len(text) > digits || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.Atoi(text)
	return n, err == nil && n > 0
}
