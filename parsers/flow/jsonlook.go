package flow

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
)

// JSONKind is what a JSON file of FdR v3 holds, told from its start.
type JSONKind string

// The kinds of a part.
const (
	JSONNone  JSONKind = ""      // nothing of FdR v3
	JSONFlow  JSONKind = "flow"  // a flow without its payments
	JSONPage  JSONKind = "page"  // payments without their flow
	JSONBoth  JSONKind = "both"  // flows with payments
	JSONOther JSONKind = "other" // an answer of the platform that is neither: a list of flows, an error
)

// LooksLikeJSON tells from its start whether a document is JSON of FdR v3, in
// which case [ReadJSON] says what is missing or wrong.
func LooksLikeJSON(head []byte) bool { return JSONPart(head) != JSONNone }

// JSONPart tells what a document holds from its start, the first few thousand
// bytes or all. Flows are small next to that; where one is cut before its
// payments it is taken for a flow alone, which [ReadJSONParts] puts right.
func JSONPart(head []byte) JSONKind {
	text, _, err := decodeText(bytes.NewReader(head))
	if err != nil {
		return JSONNone
	}
	l := looker{dec: json.NewDecoder(cutText{text})}
	for l.read("", 0) {
	}
	switch {
	case l.flow >= 3 && l.named && l.rows:
		return JSONBoth
	case l.flow >= 3 && l.named:
		return JSONFlow
	case l.payment >= 3, l.paged && l.empty:
		return JSONPage
	case l.listed >= 3, l.failed:
		return JSONOther
	}
	return JSONNone
}

// cutText ends where its text is cut in the middle of a character.
type cutText struct{ r io.Reader }

func (c cutText) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if err != nil {
		err = io.EOF
	}
	return n, err
}

// looker counts the names that tell documents apart.
type looker struct {
	dec *json.Decoder

	flow, payment, listed int  // names of a flow, of a payment, of an entry of the list
	named                 bool // the flow has its name
	rows                  bool // there are payments, or a place for them
	paged, empty          bool // a page, without an element
	failed                bool // an error of the service
}

// read goes through a value to its end, or to where the text is cut; in is the
// name of the nearest member it lies in. It returns whether to go on.
func (l *looker) read(in string, deep int) bool {
	token, err := l.dec.Token()
	if err != nil || deep > DefaultJSONLimits().MaxDepth {
		return false
	}
	switch token {
	case json.Delim('['):
		l.empty = l.empty || in == "data" && !l.dec.More()
		for l.dec.More() {
			if !l.read(in, deep+1) {
				return false
			}
		}
	case json.Delim('{'):
		for l.dec.More() {
			name, err := l.dec.Token()
			if err != nil {
				return false
			}
			text, _ := name.(string)
			l.see(in, text)
			if !l.read(text, deep+1) {
				return false
			}
		}
	default:
		text, isText := token.(string)
		l.failed = l.failed || in == "appErrorCode" && isText && strings.HasPrefix(text, "FDR-")
		return true
	}
	_, err = l.dec.Token()
	return err == nil
}

// see looks at a name in an object that is the value of another, or an element
// of it.
func (l *looker) see(in, name string) {
	switch in {
	case "", "flow":
		switch name {
		case jsonIUF:
			l.named = true
			l.flow++
		case jsonProducedAt, jsonRegulation, jsonRegulatedOn, jsonBIC, jsonCount, jsonTotal, jsonComputed, jsonComputedSum, "sender", "receiver":
			l.flow++
		case "payments":
			l.rows = true
		}
	case "metadata":
		l.paged = l.paged || name == "totPage"
	case "data", "payments":
		switch {
		case jsonForm.elementOf([]byte(name)) < elemCount:
			l.payment++
			l.rows = true
		case name == jsonIUF, name == "pspId", name == "flowDate", name == jsonRevision:
			l.listed++
		}
	}
}
