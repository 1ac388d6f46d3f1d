package flow

import (
	"context"
	"errors"
	"fmt"
	"io"

	"quadra/engine/record"
	"quadra/parsers/jsonscan"
)

// Part is one of the files a flow in JSON is made of: the platform gives the
// flow and its payments apart, and these a page at a time.
type Part struct {
	Name string // of the entry; empty for a bare file
	// Open gives the bytes from their start, each time it is called.
	Open func() (io.ReadCloser, error)
}

// ReadJSON reads the flows of one JSON file; see [ReadJSONParts]. It calls open
// more than once.
func ReadJSON(ctx context.Context, open func() (io.ReadCloser, error), opt Options, sink Sink) (Counts, error) {
	return ReadJSONParts(ctx, []Part{{Open: open}}, opt, sink)
}

// ReadJSONParts reads the flows that several JSON files make together, each as a
// document of its own, in the order they come. A file holds one JSON value or
// several one after the other (a line each, or anyhow), each a flow, a page of
// payments or an array of these. A flow is the object of the platform's service
// for single flows, alone, with its "payments" in it (an array, or a page), or as
// {"flow": ..., "payments": ...}; a page is {"metadata", "count", "data"}.
//
// Pages belong to the flow before them in their file. Those in files without a
// flow belong to the only flow that has no payments; of several such flows, to
// the one in the same folder whose name they share the start of, and then their
// number must be the one the flow declares. Pages are put in order by
// metadata.pageNumber and must all be there.
//
// The files are read twice: what they are, without the payments, and then the
// payments, since nothing says that the heading of a flow is written before them.
// Memory stays flat in the number of payments.
//
// The document of a flow is the part its heading is in; payments in others give
// their line there, and a warning says which they are. The line of a payment is
// the one its object starts on. Rejects name their part themselves.
//
// Errors about the file are [*record.FileError] and name the part: SYNTAX,
// TRUNCATED, ENCODING and LIMIT as in any format; WRONG_ENTITY when a flow is for
// another entity, CONTENT when a heading is faulty, when a flow or its pages are
// missing, or when it is an answer of the platform that holds no flow. What was
// emitted before one must be thrown away. Errors of the sink and of the context
// are returned as they are.
func ReadJSONParts(ctx context.Context, parts []Part, opt Options, sink Sink) (Counts, error) {
	opt.JSON = opt.JSON.withDefaults()
	s := &survey{parts: parts, opt: opt}
	for i := range parts {
		if err := ctx.Err(); err != nil {
			return Counts{}, err
		}
		if err := s.part(i); err != nil {
			return Counts{}, named(err, parts[i].Name)
		}
	}
	if err := s.assemble(); err != nil {
		return Counts{}, err
	}
	r := &rowReader{
		delivery: delivery{ctx: ctx, sink: sink},
		parts:    parts, limits: opt.JSON,
		row: payment{form: &jsonForm},
	}
	err := r.read(s.flows)
	if closed := r.close(); err == nil {
		err = closed
	}
	return r.Counts, err
}

// named says which part an error is about.
func named(err error, part string) error {
	var fe *record.FileError
	if errors.As(err, &fe) && fe.Entry == "" {
		fe.Entry = part
	}
	return err
}

// rowReader reads the payments of flows that are known already.
type rowReader struct {
	delivery
	parts  []Part
	limits JSONLimits
	row    payment

	at     int // part that is open
	file   io.Closer
	text   io.Reader
	offset int64 // read so far
}

func (r *rowReader) read(flows []*jsonFlow) error {
	for _, f := range flows {
		if err := r.one(f); err != nil {
			return named(err, r.parts[f.part].Name)
		}
	}
	return nil
}

func (r *rowReader) one(f *jsonFlow) error {
	r.flow = f.flow
	doc := &record.Doc{
		Entry: r.parts[f.part].Name, Kind: record.KindFlows, Format: FormatJSON, Version: jsonVersion, Encoding: f.encoding,
		Warnings: append(f.warnings, f.whereabouts(r.parts)...),
	}
	if err := r.begin(doc); err != nil {
		return err
	}
	for _, p := range f.pages {
		if err := r.page(p); err != nil {
			return named(err, r.parts[p.part].Name)
		}
	}
	if r.rows == 0 {
		return content(f.flow.Line, "il flusso non contiene nessun pagamento (payments)")
	}
	return r.finish()
}

// page reads the payments of a page.
func (r *rowReader) page(p *jsonPage) error {
	r.entry = r.parts[p.part].Name
	return r.elements(p, func(object []byte, line int) error {
		if r.rows == 0 && isListItem(object) {
			return content(line, listMessage)
		}
		r.row.collectJSON(object, line)
		return r.take(&r.row, line)
	})
}

// elements gives the elements of a page, each with its line.
func (r *rowReader) elements(p *jsonPage, visit func(object []byte, line int) error) error {
	if err := r.seek(p); err != nil {
		return err
	}
	size := p.rows.end - p.rows.start
	v := jsonscan.New(io.LimitReader(r.text, size), r.limits.values())
	v.StartAt(p.rows.line)
	if err := v.Enter(); err != nil {
		return err
	}
	for {
		object, err := v.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = visit(object, v.Line())
		}
		if err != nil {
			return err
		}
	}
	if err := v.Leave(); err != nil {
		return err
	}
	r.offset += size
	return nil
}

// seek goes to the payments of a page, on from where it is or from the start of
// the part.
func (r *rowReader) seek(p *jsonPage) error {
	if r.file == nil || r.at != p.part || r.offset > p.rows.start {
		if err := r.close(); err != nil {
			return err
		}
		file, err := r.parts[p.part].Open()
		if err != nil {
			return err
		}
		r.file, r.at, r.offset = file, p.part, 0
		if r.text, _, err = decodeText(file); err != nil {
			return err
		}
	}
	n, err := io.CopyN(io.Discard, r.text, p.rows.start-r.offset)
	r.offset += n
	if err != nil {
		return fmt.Errorf("going to the payments of line %d: %w", p.rows.line, err)
	}
	return nil
}

func (r *rowReader) close() error {
	if r.file == nil {
		return nil
	}
	file := r.file
	r.file = nil
	return file.Close()
}
