package flow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"quadra/engine/record"
)

// delivery hands flows over to a sink, one after the other.
type delivery struct {
	Counts
	ctx  context.Context
	sink Sink

	entry   string // part the payments are in, empty when the sink's owner knows
	doc     record.Doc
	flow    record.Flow
	rows    int // of the open flow
	line    record.FlowLine
	totals  record.FlowTotals
	repeats repeats
	late    []string // warnings that came up after the document was handed over
}

// begin opens a document and its flow.
func (d *delivery) begin(doc *record.Doc) error {
	d.doc = *doc
	d.rows, d.totals, d.late = 0, record.FlowTotals{}, nil
	d.repeats.clear()
	if err := d.sink.Doc(doc); err != nil {
		return err
	}
	return d.sink.Flow(&d.flow)
}

// take judges a payment that starts on a line and hands it over, or says why
// not.
func (d *delivery) take(p *payment, line int) error {
	d.rows++
	d.Rows++
	if d.Rows%1024 == 0 && d.ctx.Err() != nil {
		return d.ctx.Err()
	}
	if bad := p.judge(&d.line); bad != nil {
		d.Rejected++
		bad.Entry = d.entry
		return d.sink.Reject(bad)
	}
	d.Accepted++
	d.line.Line, d.line.Seq = line, d.rows
	d.totals.Plain += d.line.Amount
	if d.line.Outcome == revoked {
		d.totals.Net -= max(d.line.Amount, -d.line.Amount)
	} else {
		d.totals.Net += d.line.Amount
	}
	d.repeats.see(&d.line)
	return d.sink.FlowLine(&d.line)
}

// finish closes the open flow.
func (d *delivery) finish() error {
	d.totals.Count = d.rows
	if err := d.sink.FlowEnd(d.totals); err != nil {
		return err
	}
	late := slices.Concat(d.late, d.repeats.warnings())
	if w, ok := d.sink.(Warner); ok && len(late) > 0 {
		w.Warn(append(d.doc.Warnings, late...))
	}
	return nil
}

// oddities says what is odd about the identity of a flow that can be believed.
// The IUF is to be the dataRegolamento, the sender's id on the platform, a
// hyphen and whatever the sender likes; psp is that id where the carrier says it,
// as the code in the flow need not be the same.
func oddities(f *record.Flow, psp string) (w []string) {
	day, err := record.ParseDate(f.IUF[:min(10, len(f.IUF))])
	if err != nil {
		return []string{fmt.Sprintf("l'identificativoFlusso %s non comincia con una data", f.IUF)}
	}
	if day != f.RegulatedOn {
		w = append(w, fmt.Sprintf("la data nell'identificativoFlusso %s non è la dataRegolamento %s", f.IUF, f.RegulatedOn))
	}
	if rest := strings.ToUpper(f.IUF[10:]); !names(rest, psp) && !names(rest, f.PSP) && !names(rest, f.BIC) {
		w = append(w, fmt.Sprintf("nell'identificativoFlusso %s non c'è il mittente %s", f.IUF, f.PSP))
	}
	return w
}

// names tells whether the part of an IUF after its date names a sender: its id,
// or a BIC shortened to the eight characters that make it.
func names(rest, id string) bool {
	id = strings.ToUpper(id)
	return id != "" && (strings.Contains(rest, id) || len(id) == 11 && strings.HasPrefix(rest, id[:8]+"-"))
}
