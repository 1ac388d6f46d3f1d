package flow

import (
	"fmt"
	"strconv"

	"quadra/engine/record"
	"quadra/parsers/field"
	"quadra/parsers/jsonscan"
)

// jsonFlow is a flow known from its heading, and where its payments are.
type jsonFlow struct {
	flow     record.Flow
	encoding string
	warnings []string
	part     int
	apart    bool // its pages are in parts of their own
	pages    []*jsonPage
}

// jsonPage is where some payments are.
type jsonPage struct {
	part   int
	rows   rowArray
	number int // metadata.pageNumber, 0 when there is none
	of     int // metadata.totPage
}

// survey finds out what is in the parts, without the payments.
type survey struct {
	parts     []Part
	opt       Options
	documents int

	flows  []*jsonFlow
	orphan []*jsonPage // pages of parts without a flow

	// The part being read.
	at       int
	encoding string
	skim     *skimmer
	values   *jsonscan.Scanner
	lines    *lines
	first    int         // of its flows
	pending  []*jsonPage // pages that no flow came before
}

// part looks through one part.
func (s *survey) part(i int) error {
	file, err := s.parts[i].Open()
	if err != nil {
		return err
	}
	err = s.read(i, file.Read)
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}

// readFunc is a reader made of its method.
type readFunc func([]byte) (int, error)

func (f readFunc) Read(p []byte) (int, error) { return f(p) }

func (s *survey) read(i int, file readFunc) error {
	text, encoding, err := decodeText(file)
	if err != nil {
		return err
	}
	lines := &lines{line: 1}
	s.at, s.encoding, s.first, s.pending = i, encoding, len(s.flows), nil
	s.skim = newSkimmer(text, lines, s.opt.JSON.MaxDocuments)
	s.lines = lines
	s.values = jsonscan.New(s.skim, s.opt.JSON.values())
	s.values.LinesBy(lines.of)
	before := s.documents
	for {
		first, err := s.values.More()
		if err != nil {
			return err
		}
		if first == 0 {
			break
		}
		if err := s.top(first); err != nil {
			return err
		}
	}
	if s.documents == before {
		return &record.FileError{Code: record.FileEmpty, Message: "il file JSON è vuoto"}
	}
	return s.adopt()
}

// top reads a value of the part: a document, or an array of them.
func (s *survey) top(first byte) error {
	if first != '[' {
		return s.document()
	}
	if err := s.values.Enter(); err != nil {
		return err
	}
	for {
		first, err := s.values.More()
		if err != nil {
			return err
		}
		if first == 0 {
			return s.values.Leave()
		}
		if err := s.document(); err != nil {
			return err
		}
	}
}

// document reads a flow, a page, or the two in one.
func (s *survey) document() error {
	object, err := s.values.Next()
	if err != nil {
		return err
	}
	start, line := s.values.Offset(), s.values.Line()
	if s.documents++; s.documents > s.opt.JSON.MaxDocuments {
		return tooMany(s.opt.JSON.MaxDocuments)
	}
	if object[0] != '{' {
		return content(line, notAFlow)
	}
	pages, err := s.pages(object)
	if err != nil {
		return err
	}
	heading, at := inner(object)
	if at > 0 {
		own, err := s.pages(heading)
		if err != nil {
			return err
		}
		pages = append(own, pages...)
	}
	switch {
	case isFlow(heading):
		return s.addFlow(heading, start+int64(at), pages)
	case len(pages) > 0:
		return s.addPages(pages)
	}
	if answer := answerOf(object); answer != "" {
		return content(line, answer)
	}
	return content(line, notAFlow)
}

// inner is the flow of {"flow": ..., "payments": ...} and its offset, or else the
// object itself.
func inner(object []byte) (flow []byte, at int) {
	flow = object
	_ = members(object, func(name, value []byte, offset int) error {
		if string(name) == "flow" && value[0] == '{' {
			flow, at = value, offset
		}
		return nil
	})
	return flow, at
}

// isFlow tells an object with the heading of a flow, whole or not.
func isFlow(object []byte) bool {
	found := 0
	_ = members(object, func(name, _ []byte, _ int) error {
		switch string(name) {
		case jsonIUF, jsonProducedAt, jsonRegulation, jsonRegulatedOn, "sender", "receiver":
			found++
		}
		return nil
	})
	return found > 1
}

const notAFlow = "il file JSON non contiene un flusso di rendicontazione né una pagina di pagamenti"

// addFlow takes a flow and what pages came with it.
func (s *survey) addFlow(object []byte, offset int64, pages []*jsonPage) error {
	h := heading{}
	f := &jsonFlow{encoding: s.encoding, part: s.at}
	f.flow.Line = s.lines.of(offset)
	err := h.collectJSON(object, "", func(at int) int { return s.lines.of(offset + int64(at)) })
	if err != nil {
		return err
	}
	if f.warnings, err = h.judgeJSON(&f.flow, s.opt.TaxCode); err != nil {
		return err
	}
	s.flows = append(s.flows, f)
	f.pages = pages
	return nil
}

// addPages gives pages to the flow before them in their part.
func (s *survey) addPages(pages []*jsonPage) error {
	if len(s.flows) == s.first {
		s.pending = append(s.pending, pages...)
		return nil
	}
	f := s.flows[len(s.flows)-1]
	f.pages = append(f.pages, pages...)
	return nil
}

// adopt deals with the pages that came before any flow in the part just read.
func (s *survey) adopt() error {
	switch flows := s.flows[s.first:]; {
	case len(s.pending) == 0:
	case len(flows) == 0:
		s.orphan = append(s.orphan, s.pending...)
	case len(flows) == 1:
		flows[0].pages = append(s.pending, flows[0].pages...)
	default:
		return content(s.pending[0].rows.line,
			"non si capisce di quale flusso siano i pagamenti che precedono il primo: mettere ogni flusso prima delle sue pagine")
	}
	return nil
}

// pages finds the payments of a document: its own {"metadata", "data"} and what
// is in its "payments".
func (s *survey) pages(object []byte) (pages []*jsonPage, err error) {
	var metadata []byte
	var own *jsonPage // the one metadata is about
	err = members(object, func(name, value []byte, _ int) error {
		switch string(name) {
		case "metadata":
			metadata = value
		case "data", "payments":
			if isNull(value) {
				return nil
			}
			found, err := s.payments(string(name), value)
			pages = append(pages, found...)
			if string(name) == "data" && len(found) == 1 {
				own = found[0]
			}
			return err
		}
		return nil
	})
	if err == nil && own != nil && metadata != nil {
		err = own.numbered(metadata)
	}
	return pages, err
}

// payments reads the value of "payments" or "data": what is left of an array is
// its place, see [skimmer]; "payments" may be a page too.
func (s *survey) payments(name string, value []byte) ([]*jsonPage, error) {
	switch value[0] {
	case '{':
		if name == "payments" {
			return s.pages(value)
		}
	case '[':
		place, err := strconv.Atoi(string(value[1 : len(value)-1]))
		if err == nil && place >= 0 && place < len(s.skim.arrays) {
			rows := s.skim.arrays[place]
			if rows.rows == 0 && name == "payments" {
				return nil, nil // the pages are elsewhere, or nowhere
			}
			return []*jsonPage{{part: s.at, rows: rows}}, nil
		}
	}
	return nil, content(s.lines.of(0), strconv.Quote(name)+" non è un elenco di pagamenti")
}

// numbered takes the number of a page from its metadata.
func (p *jsonPage) numbered(metadata []byte) error {
	if metadata[0] != '{' {
		return nil
	}
	return members(metadata, func(name, value []byte, _ int) error {
		to := &p.number
		switch string(name) {
		case "pageNumber":
		case "totPage":
			to = &p.of
		default:
			return nil
		}
		var ok bool
		if *to, ok = positive(string(value), 9); !ok && !isNull(value) {
			return content(p.rows.line, fmt.Sprintf("metadata.%s di una pagina vale %s, deve essere %s", name, field.Shorten(string(value)), wantCount))
		}
		return nil
	})
}

// answerOf says what an object of the platform's service is that holds no flow,
// empty when it is not known.
func answerOf(object []byte) (answer string) {
	_ = members(object, func(name, value []byte, _ int) error {
		if string(name) == "appErrorCode" && !isContainer(value) {
			text, _ := appendText(nil, value)
			answer = fmt.Sprintf("è una risposta di errore della piattaforma (%s), non un flusso: richiedere di nuovo il flusso", field.Shorten(string(text)))
		}
		return nil
	})
	return answer
}
