package outcome

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"

	"quadra/engine/record"
)

// Text is the page a clerk reads: UTF-8 text with CRLF line ends, so that any
// editor of any Windows shows it.
func Text(o Outcome) []byte {
	var p page
	p.line("ESITO: %s", o.title())
	p.line("")
	p.field("File", o.File)
	if o.SHA256 != "" {
		p.field("SHA-256", o.SHA256)
		p.field("Dimensione", count(o.Size)+" byte")
	}
	p.field("Visto il", instant(o.SeenAt))
	switch o.State {
	case Loaded:
		p.loaded(o)
	case Duplicate:
		p.duplicate(o)
	case Refused:
		p.refused(o)
	case Failed:
		p.line("")
		p.line("Il file non è stato preso per un problema di quadra, non del file.")
		p.line("Cosa fare: niente. Si riproverà alla prossima esecuzione; se accade ancora, avvisare")
		p.line("chi gestisce quadra.")
	}
	return []byte(strings.ReplaceAll(p.String(), "\n", "\r\n"))
}

func (o Outcome) title() string {
	all := o.sum()
	switch {
	case o.State == Duplicate:
		return "GIÀ PRESO"
	case o.State == Refused:
		return "NON PRESO"
	case o.State == Failed:
		return "NON ANCORA PRESO"
	case all.Rejected > 0 && all.Accepted == 0:
		return "NESSUNA RIGA PRESA"
	case all.Rejected > 0:
		return "PRESO, CON RIGHE SCARTATE"
	case o.Parts > 0:
		return "PRESO, CON RIGHE INCOMPLETE"
	}
	return "PRESO"
}

// sum adds up the documents.
func (o Outcome) sum() Document {
	var all Document
	for _, d := range o.Documents {
		all.Rows += d.Rows
		all.Accepted += d.Accepted
		all.Rejected += d.Rejected
		all.Total += d.Total
	}
	return all
}

type page struct{ strings.Builder }

func (p *page) line(format string, args ...any) {
	p.WriteString(fmt.Sprintf(format, args...) + "\n")
}

func (p *page) field(name, value string) { p.line("%-18s %s", name+":", oneLine(value)) }

func (p *page) loaded(o Outcome) {
	if len(o.Documents) == 1 {
		p.field("Riconosciuto come", recognised(o.Documents[0].Doc))
		p.line("")
		p.figures(o.Documents[0])
	} else {
		p.field("Contiene", count(int64(len(o.Documents)))+" documenti")
		for _, d := range o.Documents {
			p.line("")
			p.field("Documento", d.Entry)
			p.field("Riconosciuto come", recognised(d.Doc))
			p.figures(d)
		}
		p.line("")
		p.line("In tutto")
		p.figures(o.sum())
	}
	p.line("")
	p.line("Confrontare il totale con quello del documento di partenza.")
	if n := o.sum().Rejected; n > 0 {
		p.line("Il totale non comprende %s.", plural(n, "la riga scartata", "le %s righe scartate"))
	}
	p.rejects(o)
}

func (p *page) figures(d Document) {
	p.field("Righe lette", count(int64(d.Rows)))
	p.field("Righe prese", count(int64(d.Accepted)))
	p.field("Righe scartate", count(int64(d.Rejected)))
	p.field("Totale preso", d.Total.Italian()+" euro")
	for _, w := range d.Warnings {
		if said, ok := strings.CutPrefix(w, "decisioni: "); ok {
			p.field("Decisioni", said)
			continue
		}
		p.field("Attenzione", w)
	}
}

func (p *page) rejects(o Outcome) {
	total := o.sum().Rejected + o.Parts
	if total == 0 {
		return
	}
	heading := "Righe scartate, e perché"
	if o.sum().Rejected == 0 {
		heading = "Righe incomplete, e perché"
	}
	p.list(heading, o.Rejects, total)
	p.line("L'elenco completo, riga per riga, è in %s", oneLine(o.File+RejectsSuffix))
	p.line("(si apre con Excel o LibreOffice).")
	p.line("")
	p.line("Cosa fare: correggere nel sistema di origine e depositare di nuovo il file intero, con lo stesso")
	p.line("nome o con un altro. Ciò che è già preso non viene contato due volte; una riga cambiata")
	p.line("sostituisce quella presa prima.")
}

// list shows the first rejects, how many more there are, and what to correct.
func (p *page) list(heading string, rejects []record.Reject, total int) {
	shown := rejects[:min(len(rejects), ShownRejects)]
	p.line("")
	p.line("%s", heading)
	for _, r := range shown {
		p.line("- %s", rejectLine(r))
	}
	if more := total - len(shown); more > 0 {
		p.line("e %s.", plural(more, "un'altra", "altre %s"))
	}
	p.line("")
	p.line("Cosa correggere")
	told := make(map[string]bool)
	for _, r := range shown {
		if todo := columnOf(r) + correction(r.Code); !told[todo] {
			told[todo] = true
			p.line("- %s.", todo)
		}
	}
	p.line("")
}

// columnOf says which column a correction is about, as long as it is one.
func columnOf(r record.Reject) string {
	if r.Column == "" {
		return ""
	}
	return "colonna " + oneLine(r.Column) + ": "
}

// plural is one, or many with the number where it has %s.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return fmt.Sprintf(many, count(int64(n)))
}

func rejectLine(r record.Reject) string {
	var b strings.Builder
	if r.Entry != "" {
		b.WriteString(r.Entry + ", ")
	}
	fmt.Fprintf(&b, "riga %d", r.Line)
	if r.Column != "" {
		b.WriteString(", colonna " + r.Column)
	}
	b.WriteString(": " + r.Reason)
	if r.Value != "" {
		b.WriteString(" (c'è scritto: " + r.Value + ")")
	}
	if r.Part {
		b.WriteString("; il resto della riga è preso")
	}
	return oneLine(b.String())
}

func (p *page) duplicate(o Outcome) {
	p.line("")
	p.line("Questo file, identico byte per byte, è già stato preso:")
	p.field("  come", o.Earlier.File)
	p.field("  il", instant(o.Earlier.SeenAt))
	p.field("  righe prese", count(int64(o.Earlier.Accepted)))
	p.field("  righe scartate", count(int64(o.Earlier.Rejected)))
	p.field("  totale preso", o.Earlier.Total.Italian()+" euro")
	p.line("Nulla è stato preso una seconda volta.")
	if n := o.Earlier.Rejected; n > 0 {
		p.line("Attenzione: il file non è stato corretto, e %s.",
			plural(n, "la riga scartata allora resta scartata", "le %s righe scartate allora restano scartate"))
		p.line("Cosa fare: correggere le righe elencate allora in %s", oneLine(o.Earlier.File+RejectsSuffix))
		p.line("e depositare il file corretto.")
		return
	}
	p.line("Cosa fare: niente. Se doveva essere un file diverso, depositare quello giusto.")
}

func (p *page) refused(o Outcome) {
	for _, d := range o.Documents {
		p.field("Riconosciuto come", recognised(d.Doc))
	}
	p.line("")
	p.line("Nulla di questo file è stato preso.")
	if o.Refusal == nil {
		return
	}
	where := ""
	if o.Refusal.Entry != "" {
		where = "nel documento " + o.Refusal.Entry
	}
	if o.Refusal.Line > 0 {
		where = strings.TrimPrefix(where+", alla riga "+strconv.Itoa(o.Refusal.Line), ", ")
	}
	if where != "" {
		p.field("Dove", where)
	}
	p.field("Perché", o.Refusal.Message)
	if todo := advice[o.Refusal.Code]; todo != "" {
		p.field("Cosa fare", todo)
	}
	if len(o.Rejects) > 0 { // found before giving up, or of a file that is applied whole or not at all
		p.list("Righe errate", o.Rejects, 0)
		p.line("L'elenco completo, riga per riga, è in %s", oneLine(o.File+RejectsSuffix))
	}
}

// advice is what to do with a file that was refused, by reason.
var advice = map[record.FileCode]string{
	record.FileUnknown:   "verificare di aver depositato il file giusto, nel formato prodotto dal sistema di origine.",
	record.FileEmpty:     "estrarre di nuovo il file dal sistema di origine e depositarlo.",
	record.FileTruncated: "depositare di nuovo il file intero.",
	record.FileContainer: "creare di nuovo l'archivio zip, senza password, e depositarlo.",
	record.FileEncoding:  "esportare di nuovo il file in UTF-8 e depositarlo.",
	record.FileHeader:    "esportare di nuovo il file con tutte le colonne, intestazione compresa, e depositarlo.",
	record.FileSyntax:    "non modificare il file a mano: esportarlo di nuovo dal sistema di origine e depositarlo.",
	record.FileEntity:    "depositare il file nella cartella dell'ente a cui appartiene.",
	record.FileContent:   "verificare con chi ha prodotto il file e depositare quello corretto.",
	record.FileLimit:     "dividere il file in parti più piccole, oppure chiedere a chi gestisce quadra di alzare il limite.",
}

var kinds = map[record.Kind]string{
	record.KindReceipts:  "ricevute telematiche",
	record.KindFlows:     "flusso di rendicontazione",
	record.KindMovements: "giornale di cassa",
	record.KindNotices:   "pagamenti notificati",
	record.KindDecisions: "decisioni sugli abbinamenti",
	record.KindNotes:     "segnalazioni",

	record.KindInstructions: "richieste sugli accertamenti",
}

func recognised(d record.Doc) string {
	kind := kinds[d.Kind]
	if kind == "" {
		kind = string(d.Kind)
	}
	format := strings.TrimSpace(d.Format + " " + d.Version)
	if d.Encoding != "" {
		format += ", " + d.Encoding
	}
	if format == "" {
		return kind
	}
	return fmt.Sprintf("%s (%s)", kind, strings.TrimPrefix(format, ", "))
}

// instant is a day and time of Italy.
func instant(t time.Time) string {
	return t.In(record.Rome()).Format("02/01/2006 alle 15:04")
}

// count is a whole number with Italian thousands separators.
func count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return digits
}

// oneLine makes what comes from a file safe to show: valid text on one line,
// with nothing invisible that would change how the rest reads.
func oneLine(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return '?'
		}
		return r
	}, strings.ToValidUTF8(s, "?")))
}
