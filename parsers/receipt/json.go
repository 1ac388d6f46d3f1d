package receipt

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
	"quadra/parsers/jsonscan"
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
	limits := jsonscan.Limits{MaxValue: opt.maxReceipt(), MaxDepth: opt.MaxDepth}
	if limits.MaxDepth <= 0 {
		limits.MaxDepth = maxDepth
	}
	r := &jsonReader{ctx: ctx, values: jsonscan.New(in, limits), taxCode: opt.TaxCode, sink: sink}
	err := r.read()
	if n := r.silent; n > 0 {
		r.Warnings = append(r.Warnings, fmt.Sprintf("e altri %d avvisi", n))
	}
	return r.Summary, err
}

// maxDepth is how deep values of a receipt may be nested unless the options say
// otherwise; the shapes need five.
const maxDepth = 32

// jsonReader reads receipts one at a time.
type jsonReader struct {
	Summary
	ctx     context.Context
	values  *jsonscan.Scanner
	taxCode string
	sink    Sink
	silent  int // warnings beyond those that are kept
}

// maxWarnings is how many warnings are kept of a file of many receipts.
const maxWarnings = 20

func (r *jsonReader) read() error {
	first, err := r.values.More()
	switch {
	case first == 0 && err == nil:
		return &record.FileError{Code: record.FileEmpty, Message: "il file è vuoto"}
	case err == nil && first != '{' && first != '[':
		return content(1, "il file non è una ricevuta in JSON: non comincia con una graffa o una parentesi quadra")
	case err != nil:
		return err
	}
	if err := r.sink.Doc(&record.Doc{Kind: record.KindReceipts, Format: FormatJSON}); err != nil {
		return err
	}
	if first == '[' {
		if err := r.values.Enter(); err != nil {
			return err
		}
	}
	for {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		raw, err := r.values.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = r.take(raw, r.values.Line())
		}
		if err != nil {
			return err
		}
	}
	if first != '[' {
		return nil
	}
	if err := r.values.Leave(); err != nil {
		return err
	}
	if more, err := r.values.More(); more == 0 || err != nil {
		return err
	}
	return content(r.values.Line(), "c'è altro dopo la fine dell'elenco di ricevute")
}

// take turns a receipt into its lines and hands them over.
func (r *jsonReader) take(raw json.RawMessage, line int) error {
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
