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
type heading map[string]value

type value struct {
	text string
	line int
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
			h[path] = value{text, line}
			return nil
		}
	}
}

// judge fills the flow from the heading, or refuses it.
func (h heading) judge(f *record.Flow, taxCode string, doc *record.Doc) (err error) {
	for _, text := range []struct {
		path     string
		to       *string
		most     int
		optional bool
		accept   func(string) bool
		want     string
	}{
		{path: pathVersion, to: &f.SchemaVersion, most: 16, accept: oneOf("1.0", "1.1"), want: "1.0 o 1.1"},
		{path: pathIUF, to: &f.IUF, most: 35, accept: isIUF, want: "da 1 a 35 lettere, cifre, - e _"},
		{path: pathRegulation, to: &f.Regulation, most: 35},
		{path: pathSenderKind, to: &f.SenderKind, most: 1, accept: oneOf("G", "A", "B"), want: "G, A o B"},
		{path: pathSender, to: &f.PSP, most: 35},
		{path: pathSenderName, to: &f.PSPName, most: 140, optional: true},
		{path: pathBIC, to: &f.BIC, most: 35, optional: true},
		{path: pathReceiverKind, to: new(string), most: 1, accept: oneOf("G"), want: "G"},
		{path: pathReceiver, to: &f.Receiver, most: 35},
		{path: pathReceiverName, to: &f.ReceiverName, most: 140, optional: true},
	} {
		v, ok := h.take(text.path)
		switch {
		case !ok && text.optional:
			continue
		case !ok:
			return h.missing(f, text.path)
		case utf8.RuneCountInString(v.text) > text.most:
			return faulty(text.path, v, fmt.Sprintf("al massimo %d caratteri", text.most))
		case text.accept != nil && !text.accept(v.text):
			return faulty(text.path, v, text.want)
		}
		*text.to = v.text
		if text.path == pathReceiver && taxCode != "" && !strings.EqualFold(v.text, taxCode) {
			return &record.FileError{
				Line: v.line, Code: record.FileEntity,
				Message: fmt.Sprintf("il flusso è di un altro ente: il codice dell'istitutoRicevente è %q, quello di questo ente è %s. Controllare in quale cartella va messo",
					field.Shorten(v.text), taxCode),
			}
		}
	}
	if err := h.numbers(f); err != nil {
		return err
	}
	doc.Version = f.SchemaVersion
	doc.Warnings = h.warnings(f)
	return nil
}

// numbers reads what is not text.
func (h heading) numbers(f *record.Flow) error {
	for _, v := range []struct {
		path     string
		optional bool
		read     func(text string) bool
		want     string
	}{
		{path: pathRevision, optional: true, want: "un numero da 1 in su", read: func(text string) (ok bool) {
			f.Revision, ok = positive(text, 10)
			return ok && f.Revision <= 1<<31-1
		}},
		{path: pathProducedAt, want: "data e ora, AAAA-MM-GGTHH:MM:SS", read: func(text string) (ok bool) {
			f.ProducedAt, ok = instant(text)
			return ok
		}},
		{path: pathRegulatedOn, want: "una data, AAAA-MM-GG", read: func(text string) (ok bool) {
			f.RegulatedOn, ok = date([]byte(text))
			return ok
		}},
		{path: pathCount, want: "un numero da 1 in su", read: func(text string) (ok bool) {
			f.DeclaredCount, ok = positive(text, 15)
			return ok
		}},
		{path: pathTotal, want: "un importo con il punto e due decimali", read: func(text string) bool {
			total, err := record.ParseCents(text)
			f.DeclaredTotal = total
			return err == nil && total >= 0
		}},
	} {
		found, ok := h.take(v.path)
		switch {
		case !ok && v.optional:
		case !ok:
			return h.missing(f, v.path)
		case !v.read(found.text):
			return faulty(v.path, found, v.want)
		}
	}
	return nil
}

// take removes a value from the heading; an empty one is none.
func (h heading) take(path string) (value, bool) {
	v := h[path]
	delete(h, path)
	return v, v.text != ""
}

func (h heading) missing(f *record.Flow, path string) error {
	return content(f.Line, "l'intestazione del flusso manca di "+path+": farsi mandare di nuovo il flusso")
}

func faulty(path string, v value, want string) error {
	return content(v.line, fmt.Sprintf("%s vale %q, deve essere %s", path, field.Shorten(v.text), want))
}

// warnings says what is odd about a heading that can be believed.
func (h heading) warnings(f *record.Flow) (w []string) {
	day, err := record.ParseDate(f.IUF[:min(10, len(f.IUF))])
	switch {
	case err != nil:
		w = append(w, fmt.Sprintf("l'identificativoFlusso %s non comincia con una data", f.IUF))
	case day != f.RegulatedOn:
		w = append(w, fmt.Sprintf("la data nell'identificativoFlusso %s non è la dataRegolamento %s", f.IUF, f.RegulatedOn))
	}
	for _, path := range slices.Sorted(maps.Keys(h)) {
		w = append(w, "elemento non previsto e ignorato: "+field.Shorten(path))
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
