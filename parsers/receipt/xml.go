package receipt

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/parsers/cms"
	"quadra/parsers/field"
	"quadra/parsers/mypay"
	"quadra/parsers/xmlscan"
)

// The names of the formats in [record.Doc], beside [Format].
const (
	FormatRT       = "rt-xml"       // its version is the versioneOggetto
	FormatPaSendRT = "pasendrt-xml" // its version is 1 or 2, empty for a bare receipt
	FormatJSON     = "receipt-json"
)

// DefaultMaxReceipt is how many bytes the document of a receipt may have: one
// with five digital stamps, packed in base64 in its envelope, has some hundred
// thousand.
const DefaultMaxReceipt = 4 << 20

// Summary says what became of the lines of a document.
type Summary struct {
	mypay.Counts
	// Warnings are those of [record.Doc], and in JSON also those that came up
	// after it.
	Warnings []string
}

// The elements a receipt can be.
const (
	elemRT   = "RT"
	elemV1   = "paSendRTReq"
	elemV2   = "paSendRTV2Request"
	elemBare = "receipt" // what MyPay stores
	elemRaw  = "rt"      // an RT in base64, in the messages that carry one
)

// envelopes are the roots a receipt can be found inside.
var envelopes = []string{"Envelope", "paaInviaRT", "nodoInviaRT", "nodoChiediCopiaRTRisposta"}

// verdict is what a receipt gives.
type verdict struct {
	version  string
	lines    []record.ReceiptLine
	rejects  []*record.Reject
	warnings []string
}

// readXML reads the receipts in a document and hands them over once all of them
// have been judged, so that a faulty one leaves nothing behind.
func readXML(ctx context.Context, in io.Reader, opt Options, what string, sink Sink) (s Summary, err error) {
	if err := ctx.Err(); err != nil {
		return s, err
	}
	x := xmlscan.New(&bounded{r: in, left: opt.maxReceipt(), most: opt.maxReceipt()}, opt.XML)
	root, err := document(x)
	if err != nil {
		return s, err
	}
	receipts, err := locate(root, opt.XML)
	if err != nil {
		return s, err
	}
	if len(receipts) == 0 {
		return s, content(root.line, "non è "+what+": comincia con l'elemento "+field.Shorten(root.name)+" e non ne contiene")
	}
	doc := &record.Doc{Kind: record.KindReceipts, Encoding: x.Encoding()}
	var all verdict
	for i, e := range receipts {
		judge := judgePaSendRT
		if e.name == elemRT {
			judge = judgeRT
		}
		v, err := judge(e, opt.TaxCode)
		if err != nil {
			return s, err
		}
		if i == 0 {
			doc.Version = v.version
			if doc.Format = FormatPaSendRT; e.name == elemRT {
				doc.Format = FormatRT
			}
		}
		all.lines = append(all.lines, v.lines...)
		all.rejects = append(all.rejects, v.rejects...)
		if e.signed || e.child("Signature") != nil {
			all.warnings = append(all.warnings, "firmata, firma non verificata")
		}
		all.warnings = append(all.warnings, v.warnings...)
	}
	doc.Warnings, s.Warnings = all.warnings, all.warnings
	if err := sink.Doc(doc); err != nil {
		return s, err
	}
	return s, all.emit(sink, &s.Counts)
}

// emit hands over the lines and the rejects, and counts them.
func (v *verdict) emit(sink Sink, counts *mypay.Counts) error {
	for i := range v.lines {
		counts.Rows++
		counts.Accepted++
		if err := sink.Receipt(&v.lines[i]); err != nil {
			return err
		}
	}
	for _, bad := range v.rejects {
		counts.Rows++
		counts.Rejected++
		if err := sink.Reject(bad); err != nil {
			return err
		}
	}
	return nil
}

// locate finds the receipts in a document: the root itself, or what its
// envelope holds, plain or in base64.
func locate(root *element, limits xmlscan.Limits) ([]*element, error) {
	if root.name == elemBare {
		return []*element{root}, nil
	}
	return search(root, limits, true)
}

// search finds the receipts at an element and below. Only what is not packed
// itself is unpacked.
func search(e *element, limits xmlscan.Limits, unpack bool) (found []*element, err error) {
	switch {
	case e.name == elemRT, e.name == elemV1, e.name == elemV2:
		return []*element{e}, nil
	case e.name == elemRaw && e.text != "" && unpack:
		return unpacked(e, limits)
	}
	for _, c := range e.children {
		more, err := search(c, limits, unpack)
		if err != nil {
			return nil, err
		}
		found = append(found, more...)
	}
	return found, nil
}

// unpacked reads the document an element holds in base64.
func unpacked(e *element, limits xmlscan.Limits) ([]*element, error) {
	packed := strings.Join(strings.Fields(e.text), "")
	inner, err := base64.StdEncoding.DecodeString(packed)
	if err != nil {
		return nil, content(e.line, "l'elemento "+e.name+" dovrebbe contenere la ricevuta in base64, ma non è base64")
	}
	var fe *record.FileError
	signed := cms.Looks(inner)
	if signed {
		inner, err = cms.Document(inner)
		if errors.As(err, &fe) {
			fe.Line, fe.Message = e.line, fmt.Sprintf("nell'elemento %s: %s", e.name, fe.Message)
		}
		if err != nil {
			return nil, err
		}
	}
	root, err := document(xmlscan.New(bytes.NewReader(inner), limits))
	if errors.As(err, &fe) {
		fe.Line, fe.Message = e.line, fmt.Sprintf("la ricevuta in base64 nell'elemento %s: %s", e.name, fe.Message)
	}
	if err != nil {
		return nil, err
	}
	root.move(e.line)
	root.signed = signed
	if root.name == elemBare {
		return []*element{root}, nil
	}
	return search(root, limits, false)
}

// bounded reads at most so many bytes.
type bounded struct {
	r          io.Reader
	left, most int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left == 0 {
		// The document may end here.
		if n, err := b.r.Read(make([]byte, 1)); n == 0 {
			return 0, err
		}
		return 0, &record.FileError{
			Code:    record.FileLimit,
			Message: fmt.Sprintf("la ricevuta supera il limite di %d byte", b.most),
		}
	}
	n, err := b.r.Read(p[:min(len(p), b.left)])
	b.left -= n
	return n, err
}

// LooksLikeRT tells from the first bytes of a document, as they are on disk,
// whether it is an RT, plain or in an envelope, or carries one in base64.
func LooksLikeRT(head []byte) bool { return sniffXML(head) == FormatRT }

// LooksLikePaSendRT tells from the first bytes of a document, as they are on
// disk, whether it is the receipt of a paid notice.
func LooksLikePaSendRT(head []byte) bool { return sniffXML(head) == FormatPaSendRT }

// sniffXML is the format of the receipt that the start of a document is, empty
// when it is none. It looks for the elements only a receipt has below those that
// other documents may have too.
func sniffXML(head []byte) string {
	x := xmlscan.New(bytes.NewReader(head), xmlscan.Limits{})
	var open []string
	for {
		kind, err := x.Next()
		packed := len(open) > 1 && open[len(open)-1] == elemRaw && slices.Contains(envelopes, open[0])
		switch {
		case packed && (kind == xmlscan.Text || errors.Is(err, io.ErrUnexpectedEOF)):
			return FormatRT // its text may end beyond the head
		case err != nil:
			return ""
		case kind == xmlscan.End:
			open = open[:x.Depth()]
			continue
		case kind == xmlscan.Text:
			continue
		}
		name, parent := string(x.Name()), ""
		if len(open) > 0 {
			parent = open[len(open)-1]
		}
		open = append(open, name)
		switch {
		case len(open) == 1 && !slices.Contains(envelopes, name) && name != elemRT && name != elemV1 && name != elemV2 && name != elemBare:
			return ""
		case name == elemV1, name == elemV2:
			return FormatPaSendRT
		case parent == elemRT && (name == "versioneOggetto" || name == "dominio"):
			return FormatRT
		case parent == elemBare && len(open) == 2 && (name == "receiptId" || name == "noticeNumber" || name == "creditorReferenceId"):
			return FormatPaSendRT
		}
	}
}
