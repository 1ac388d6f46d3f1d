package report

import (
	"quadra/engine/record"
	"quadra/engine/report/content"
)

// bridgePage is the way from receipts to cash.
type bridgePage struct {
	Lines    []bridgeLine
	Residual record.Cents
	drawn
}

type bridgeLine struct {
	content.BridgeLine
	Link string
}

// balancePages writes the page Quadratura.
func (b *builder) balancePages() error {
	var tables []string
	if !b.in.Brief {
		tables = append(tables, "differenze")
	}
	s := b.shell("quadratura.html", "Dalle ricevute alla cassa, con ogni differenza elencata; e le equazioni che devono dare zero.", tables...)
	p := struct {
		balancePage
		Bridge *bridgePage
		Whole  bool
	}{b.balance(), nil, b.whole()}
	if !b.in.Brief {
		p.Bridge = &bridgePage{Residual: b.residual, drawn: drawn{b.euroFlow()}}
		for _, l := range b.bridge {
			line := bridgeLine{BridgeLine: l}
			if !l.Pillar {
				line.Link = filtered("differenze", "voce", l.Code)
			}
			p.Bridge.Lines = append(p.Bridge.Lines, line)
		}
	}
	s.Page = p
	return b.write("quadratura.html", s)
}
