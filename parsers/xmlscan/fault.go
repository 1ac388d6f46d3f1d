package xmlscan

import (
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
)

// wrong is a reason a document is refused: for the log and for people.
type wrong struct {
	code    record.FileCode
	english string
	italian string
}

func (w *wrong) Error() string { return w.english }

var (
	// errMore asks for more of the document, errOther for another reading.
	errMore  = errors.New("more of the document is needed")
	errOther = errors.New("something else")

	errMarkup          = &wrong{record.FileSyntax, "a malformed tag", "un tag è scritto male"}
	errName            = &wrong{record.FileSyntax, "a malformed name", "il nome di un elemento o di un attributo non è valido"}
	errUnopened        = &wrong{record.FileSyntax, "an end tag without a start tag", "si chiude un elemento che non è aperto"}
	errUnbalanced      = &wrong{record.FileSyntax, "an end tag that is not the one of the open element", "si chiude un elemento diverso da quello aperto"}
	errSecondRoot      = &wrong{record.FileSyntax, "a second root element", "dopo la fine del documento ne comincia un altro"}
	errOutside         = &wrong{record.FileSyntax, "text outside the root element", "c'è del testo fuori dal documento"}
	errSameAttr        = &wrong{record.FileSyntax, "an attribute given twice", "un attributo è ripetuto"}
	errDashes          = &wrong{record.FileSyntax, "-- inside a comment", "un commento contiene --"}
	errLooseClose      = &wrong{record.FileSyntax, "]]> outside a CDATA section", "c'è ]]> fuori da una sezione CDATA"}
	errEntity          = &wrong{record.FileSyntax, "an unknown entity or a character XML does not allow", "un'entità (&...;) non è tra quelle ammesse: scrivere &amp; per la e commerciale"}
	errControl         = &wrong{record.FileSyntax, "a character XML does not allow", "c'è un carattere di controllo che XML non ammette"}
	errDoctype         = &wrong{record.FileSyntax, "a document type", "contiene una DOCTYPE, che non è ammessa"}
	errDeclaration     = &wrong{record.FileSyntax, "a malformed XML declaration", "la dichiarazione <?xml ...?> non è valida"}
	errLateDeclaration = &wrong{record.FileSyntax, "an XML declaration that is not at the start", "la dichiarazione <?xml ...?> non è all'inizio del file"}
	errEncoding        = &wrong{record.FileEncoding, "bytes that are not UTF-8", "contiene byte che non sono della codifica dichiarata: dichiarare quella giusta nella prima riga o salvare il file in UTF-8"}
	errDeep            = &wrong{record.FileLimit, "too many open elements", "gli elementi sono annidati oltre il limite"}
	errManyAttrs       = &wrong{record.FileLimit, "too many attributes", "un elemento ha troppi attributi"}
	errLongToken       = &wrong{record.FileLimit, "a token beyond the limit", "un elemento o un testo supera la lunghezza massima"}
)

// fault is the error about what is wrong at an offset of the buffer.
func (s *Scanner) fault(offset int, err error) error {
	var w *wrong
	if !errors.As(err, &w) {
		return err
	}
	message := "il file XML non è leggibile: " + w.italian
	cause := err
	if w == errUnbalanced {
		last := string(s.names[s.open[len(s.open)-1].start:])
		message += fmt.Sprintf(" (<%s>)", clip(last))
		cause = fmt.Errorf("%w, %q", err, clip(last))
	}
	return &record.FileError{Line: s.lineOf(offset), Code: w.code, Message: message, Cause: cause}
}

// atEnd says what the end of the input is: the end of the document, or a cut.
func (s *Scanner) atEnd() error {
	if s.rooted && len(s.open) == 0 && s.pos == s.end {
		return io.EOF
	}
	where := "before the root element"
	if len(s.open) > 0 {
		where = fmt.Sprintf("inside <%s>", clip(string(s.names[s.open[len(s.open)-1].start:])))
	}
	return &record.FileError{
		Line: s.lineOf(s.end), Code: record.FileTruncated,
		Message: "il file XML finisce prima della sua fine: è incompleto, farselo mandare di nuovo",
		Cause:   fmt.Errorf("%w %s", io.ErrUnexpectedEOF, where),
	}
}

func clip(s string) string {
	if len(s) > 60 {
		return s[:60] + "..."
	}
	return s
}
