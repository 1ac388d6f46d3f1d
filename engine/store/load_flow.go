package store

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"quadra/engine/record"
)

// Flow opens a version of a flow. Whether it becomes the current one is known
// at its end, so it starts as late: older than one already there.
func (l *Loader) Flow(f *record.Flow) error {
	key := strings.ToUpper(f.IUF)
	var current int64
	found, err := l.tx.one("SettlementFind", []any{key, f.PSP, f.RegulatedOn.Year()}, &l.settlement, &current)
	if err != nil {
		return err
	}
	if !found {
		if l.settlement, err = l.tx.insert("SettlementInsert", f.PSP, f.IUF, key, f.RegulatedOn.Year()); err != nil {
			return err
		}
	}
	l.flow = *f
	lines := l.tx.arrives(flowLines)
	lines.open, l.blocks, l.settles = len(lines.at), l.blocks[:0], l.tx.settles
	l.digest.Reset()
	// The revision number is left out: the XML of a flow has none, its JSON has.
	fmt.Fprintf(l.digest, "%s|%s|%s|%s|%d|%d\n", f.IUF, instant(f.ProducedAt), f.Regulation, f.RegulatedOn,
		f.DeclaredCount, f.DeclaredTotal)
	l.flowID, err = l.tx.insert("FlowInsert", l.settlement, l.docID, f.Line, f.IUF, f.Revision, instant(f.ProducedAt),
		f.Regulation, f.RegulatedOn.String(), f.PSP, f.SenderKind, f.PSPName, f.BIC, f.DeclaredCount, int64(f.DeclaredTotal))
	return err
}

// FlowLine stores a line of the open flow.
func (l *Loader) FlowLine(f *record.FlowLine) error {
	b := l.line[:0]
	b = append(append(b, f.IUV...), '|')
	b = append(append(b, f.IUR...), '|')
	b = append(strconv.AppendInt(b, int64(f.Index), 10), '|')
	b = append(strconv.AppendInt(b, int64(f.Amount), 10), '|')
	b = append(strconv.AppendInt(b, int64(f.Outcome), 10), '|')
	b = append(strconv.AppendInt(b, int64(f.On), 10), '\n')
	l.line = b
	l.digest.Write(b)
	if f.Index < 0 || f.Index > 5 || !slices.Contains(outcomes, f.Outcome) {
		return fmt.Errorf("line %d: a flow line with index %d and outcome %d is none", f.Line, f.Index, f.Outcome)
	}
	row := l.tx.arrives(flowLines)
	row.Text(f.IUV)
	row.Text(f.IUR)
	row.Int(l.flowID)
	row.Int(int64(f.Seq))
	row.Int(int64(f.Index))
	row.Int(int64(f.Amount))
	row.Int(int64(f.Outcome))
	row.Text(l.tx.day(f.On))
	row.Int(int64(f.Line))
	l.accept(0)
	if err := l.tx.arrived(flowLines, 0); err != nil || row.Len() < blockBytes {
		return err
	}
	return l.spill(row)
}

// spill writes a block: the lines of the flows before the open one or, when there
// are none, of the open one, which can be dropped with its blocks.
func (l *Loader) spill(lines *arriving) error {
	if lines.open > 0 {
		_, err := l.tx.writeBlock(flowLines, lines.open)
		return err
	}
	number, err := l.tx.writeBlock(flowLines, len(lines.at))
	l.blocks = append(l.blocks, number)
	return err
}

// outcomes are those a flow line may have (codiceEsitoSingoloPagamento).
var outcomes = []int{0, 3, 4, 8, 9}

type flowVersion struct {
	id         int64
	revision   int
	producedAt time.Time
	digest     string
	state      string
}

// newer orders versions of one identity: by revision when both have one, else
// by the instant of dataOraFlusso (compared as instants: the same flow can show
// other zones in other carriers).
func (v flowVersion) newer(w flowVersion) bool {
	if v.revision > 0 && w.revision > 0 {
		return v.revision > w.revision
	}
	return v.producedAt.After(w.producedAt)
}

func (v flowVersion) sameAge(w flowVersion) bool { return !v.newer(w) && !w.newer(v) }

// FlowEnd closes the open flow and decides which version is current. A version
// older than the current one is kept and changes nothing; a re-delivery of a
// known version leaves no second copy; the same version with other content is
// refused, for a person to look at.
func (l *Loader) FlowEnd(t record.FlowTotals) error {
	this := flowVersion{id: l.flowID, revision: l.flow.Revision, producedAt: l.flow.ProducedAt,
		digest: hex.EncodeToString(l.digest.Sum(nil))}
	if _, err := l.tx.exec("FlowClose", t.Count, int64(t.Plain), int64(t.Net), this.digest, l.flowID); err != nil {
		return err
	}
	versions, err := l.tx.flowVersions(l.settlement, l.flowID)
	if err != nil {
		return err
	}
	var current *flowVersion
	for i, v := range versions {
		if v.digest == this.digest {
			l.declare()
			return l.dropFlow()
		}
		if v.sameAge(this) {
			return &record.FileError{
				Entry: l.doc.Entry, Line: l.flow.Line, Code: record.FileContent,
				Message: fmt.Sprintf("il flusso %s è già stato caricato con la stessa versione (%s) ma con contenuto diverso: "+
					"chiedere al PSP %s quale dei due vale", l.flow.IUF, l.flow.ProducedAt.In(record.Rome()).Format("02/01/2006 15:04:05"), l.flow.PSP),
			}
		}
		if v.state == "current" {
			current = &versions[i]
		}
	}
	l.declare()
	if current != nil && current.newer(this) {
		return nil
	}
	return l.makeCurrent(current)
}

// dropFlow forgets the open flow: it is in the books already.
func (l *Loader) dropFlow() error {
	l.tx.arrives(flowLines).drop()
	for _, number := range l.blocks {
		if err := l.tx.dropBlock(flowLines, number); err != nil {
			return err
		}
	}
	if l.settles != l.tx.settles { // something has put lines in their place meanwhile
		if _, err := l.tx.exec("FlowDropLines", l.flowID); err != nil {
			return err
		}
	}
	_, err := l.tx.exec("FlowDrop", l.flowID)
	return err
}

// declare counts the open flow in the total people compare with the paper.
func (l *Loader) declare() {
	l.file.Total += l.flow.DeclaredTotal
	l.doc.Total += l.flow.DeclaredTotal
}

func (l *Loader) makeCurrent(former *flowVersion) error {
	if former != nil {
		if _, err := l.tx.exec("FlowState", "replaced", former.id); err != nil {
			return err
		}
		if err := l.markFlow(former.id); err != nil {
			return err
		}
	}
	if _, err := l.tx.exec("FlowState", "current", l.flowID); err != nil {
		return err
	}
	if _, err := l.tx.exec("SettlementCurrent", l.flowID, l.flow.IUF, l.settlement); err != nil {
		return err
	}
	if err := l.markFlow(l.flowID); err != nil {
		return err
	}
	_, err := l.tx.exec("DirtySettlement", l.settlement, l.file.ID, "")
	return err
}

// markFlow marks the IUVs of a flow, when what has arrived is settled.
func (l *Loader) markFlow(id int64) error {
	l.tx.unsettled = true
	_, err := l.tx.exec("FlowArrive", id, l.file.ID, "")
	return err
}

func (tx *Tx) flowVersions(settlement, except int64) ([]flowVersion, error) {
	var out []flowVersion
	err := tx.each("FlowVersions", []any{settlement, except}, func(scan func(...any) error) error {
		var v flowVersion
		var at string
		if err := scan(&v.id, &v.revision, &at, &v.digest, &v.state); err != nil {
			return err
		}
		t, err := parseInstant(at)
		v.producedAt = t
		out = append(out, v)
		return err
	})
	return out, err
}
