package receipt

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"quadra/engine/record"
)

// ReadJSON reads receipts of paid notices in JSON: a document, an array of them,
// or one after the other (one per line). Each may be of any of three shapes:
//
//   - a receipt of pagoPA's biz-events service (organizations/{fc}/receipts/{iur});
//   - a raw biz event, whose amounts are texts such as "101.0";
//   - what MyPay sends MyPivot for the secondary entities of a notice
//     (receiptTransferExportToList): of it only the transfers with an IBAN that
//     are not the issuer's are taken, with debt type EXPORT_ENTE_SECONDARIO.
//
// Lines are as those of [ReadPaSendRT]. Amounts are read from their text, never
// as floating point numbers. Services that lost the index of a transfer write 0
// or nothing: it is then the transfer's position. A missing IBAN does not make a
// stamp here, because biz events often lack it; an attached stamp does.
//
// in is UTF-8 text without byte-order mark. One receipt is held at a time. A
// receipt that cannot be believed, unlike one alone in XML, is a reject and does
// not refuse the others; one without any transfer of this entity refuses the
// file, as does a document that is no receipt.
//
// The document comes before its lines; of the warnings found afterwards the
// [Summary] tells. Errors about the file are [*record.FileError]: EMPTY, SYNTAX,
// TRUNCATED, LIMIT, CONTENT, WRONG_ENTITY; what was emitted before one must be
// thrown away. Errors of the sink and of the context are returned as they are.
func ReadJSON(ctx context.Context, in io.Reader, opt Options, sink Sink) (Summary, error) {
	r := &jsonReader{ctx: ctx, feed: feed{r: in, most: int64(opt.maxReceipt())}, taxCode: opt.TaxCode, sink: sink}
	err := r.read()
	if n := r.silent; n > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("e altri %d avvisi", n))
	}
	return r.Summary, err
}

// maxDepth is how deep values of a receipt may be nested; the shapes need five.
const maxDepth = 32

// jsonReader reads receipts one at a time.
type jsonReader struct {
	Summary
	ctx     context.Context
	feed    feed
	dec     *json.Decoder
	taxCode string
	sink    Sink
	silent  int // warnings beyond those that are kept
}

// maxWarnings is how many warnings are kept of a file of many receipts.
const maxWarnings = 20

func (r *jsonReader) read() error {
	in := bufio.NewReader(&r.feed)
	r.feed.allow(0)
	first, err := firstByte(in)
	if err != nil {
		return r.fault(err)
	}
	if first != '{' && first != '[' {
		return content(1, "il file non è una ricevuta in JSON: non comincia con una graffa o una parentesi quadra")
	}
	if err := r.sink.Doc(&record.Doc{Kind: record.KindReceipts, Format: FormatJSON}); err != nil {
		return err
	}
	r.dec = json.NewDecoder(in)
	if first == '[' {
		return r.array()
	}
	for {
		if more, err := r.receipt(); err != nil || !more {
			return err
		}
	}
}

// array reads the receipts of an array and nothing after it.
func (r *jsonReader) array() error {
	if _, err := r.dec.Token(); err != nil {
		return r.fault(err)
	}
	for {
		r.feed.allow(r.dec.InputOffset())
		if !r.dec.More() {
			break
		}
		if _, err := r.receipt(); err != nil {
			return err
		}
	}
	if _, err := r.dec.Token(); err != nil {
		return r.fault(err)
	}
	r.feed.allow(r.dec.InputOffset())
	switch _, err := r.dec.Token(); {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return r.fault(err)
	}
	return content(r.feed.line(r.dec.InputOffset()), "c'è altro dopo la fine dell'elenco di ricevute")
}

// receipt reads the next receipt, if there is one more.
func (r *jsonReader) receipt() (more bool, err error) {
	if err := r.ctx.Err(); err != nil {
		return false, err
	}
	var raw json.RawMessage
	r.feed.allow(r.dec.InputOffset())
	if err := r.dec.Decode(&raw); errors.Is(err, io.EOF) {
		return false, nil
	} else if err != nil {
		return false, r.fault(err)
	}
	return true, r.take(raw)
}

// take turns a receipt into its lines and hands them over.
func (r *jsonReader) take(raw json.RawMessage) error {
	line := r.feed.line(r.dec.InputOffset() - int64(len(raw)))
	if int64(len(raw)) > r.feed.most {
		return r.feed.tooLong(line)
	}
	if depth(raw) > maxDepth {
		return &record.FileError{
			Line: line, Code: record.FileLimit,
			Message: fmt.Sprintf("la ricevuta ha più di %d livelli di parentesi", maxDepth),
		}
	}
	p, bad, err := parseJSON(raw, line)
	if err != nil {
		return err
	}
	var v verdict
	if bad == nil {
		if v, bad, err = p.judge(r.taxCode); err != nil {
			return err
		}
	}
	if bad != nil {
		v.rejects = append(v.rejects, bad)
	}
	for _, w := range v.warnings {
		if len(r.Warnings) == maxWarnings {
			r.silent++
		} else {
			r.Warnings = append(r.Warnings, w)
		}
	}
	return v.emit(r.sink, &r.Counts)
}

// fault is an error of the decoder as a fault of the file.
func (r *jsonReader) fault(err error) error {
	var syntax *json.SyntaxError
	var fe *record.FileError
	switch {
	case errors.As(err, &fe):
		return err
	case errors.As(err, &syntax):
		return &record.FileError{
			Line: r.feed.line(syntax.Offset), Code: record.FileSyntax, Cause: err,
			Message: "il JSON non è ben formato: farsi mandare di nuovo il file",
		}
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &record.FileError{
			Line: r.feed.line(r.feed.read), Code: record.FileTruncated, Cause: io.ErrUnexpectedEOF,
			Message: "il file finisce a metà di una ricevuta: è stato tagliato, farselo mandare di nuovo",
		}
	}
	return err
}

// firstByte is the first byte that is not white space, left where it is.
func firstByte(in *bufio.Reader) (byte, error) {
	const most = 1024
	for n := 1; n <= most; n++ {
		head, err := in.Peek(n)
		if len(head) < n {
			if errors.Is(err, io.EOF) {
				err = &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
			}
			return 0, err
		}
		if strings.IndexByte(" \t\r\n", head[n-1]) < 0 {
			return head[n-1], nil
		}
	}
	return 0, nil
}

// depth is how deep brackets are nested in a JSON value.
func depth(raw []byte) (deepest int) {
	open, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			open++
			deepest = max(deepest, open)
		case c == '}' || c == ']':
			open--
		}
	}
	return deepest
}

// feed gives a decoder its bytes: it knows on which line each is, and stops when
// one value takes too many.
type feed struct {
	r     io.Reader
	most  int64 // bytes of one value
	read  int64
	until int64   // the decoder may read as far as here
	ends  []int64 // where the line ends are that have not been passed
	lines int     // line ends passed
}

// readAhead is how much more than it needs the decoder may ask for: the buffer
// in front of it.
const readAhead = 4 << 10

// allow lets the decoder read one more value from an offset on.
func (f *feed) allow(offset int64) { f.until = offset + f.most + readAhead }

func (f *feed) Read(p []byte) (int, error) {
	if f.read >= f.until {
		return 0, f.tooLong(f.lines + 1)
	}
	n, err := f.r.Read(p[:min(int64(len(p)), f.until-f.read)])
	for i, c := range p[:n] {
		if c == '\n' {
			f.ends = append(f.ends, f.read+int64(i))
		}
	}
	f.read += int64(n)
	return n, err
}

func (f *feed) tooLong(line int) error {
	return &record.FileError{
		Line: line, Code: record.FileLimit,
		Message: fmt.Sprintf("una ricevuta supera il limite di %d byte", f.most),
	}
}

// line is the line of an offset; offsets only grow.
func (f *feed) line(offset int64) int {
	passed := 0
	for passed < len(f.ends) && f.ends[passed] < offset {
		passed++
	}
	f.ends = f.ends[passed:]
	f.lines += passed
	return f.lines + 1
}

// LooksLikeReceiptJSON tells from the first bytes of a document, as they are on
// disk, whether it is a receipt in JSON, or several: it looks at the names of
// the first object.
func LooksLikeReceiptJSON(head []byte) bool {
	for _, mark := range []string{"\xEF\xBB\xBF", "\xFF\xFE", "\xFE\xFF"} {
		head = bytes.TrimPrefix(head, []byte(mark))
	}
	dec := json.NewDecoder(bytes.NewReader(bytes.ReplaceAll(head, []byte{0}, nil)))
	open, err := dec.Token()
	if open == json.Delim('[') {
		open, err = dec.Token()
	}
	if err != nil || open != json.Delim('{') {
		return false
	}
	names := map[string]bool{}
	for level := 1; level > 0; {
		token, err := dec.Token()
		if err != nil {
			break // the head ends here
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			level++
		case json.Delim('}'), json.Delim(']'):
			level--
		default:
			if name, ok := token.(string); ok && level == 1 {
				names[name] = true
			}
		}
	}
	return names["debtorPosition"] && names["paymentInfo"] ||
		names["receiptTransferExportToList"] && names["creditorReferenceId"] ||
		names["receiptId"] && names["creditorReferenceId"] && names["paymentAmount"]
}
