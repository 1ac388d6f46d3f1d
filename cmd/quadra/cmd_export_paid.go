package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
)

func (p *program) exportPaidCommand() *cobra.Command {
	x := p.newExport("paid", "Le ricevute nel tracciato dei pagati di MyPay, da 1.0 a 1.3",
		`La 1.3 riletta da quadra dà le stesse ricevute. Le marche da bollo restano fuori, come in MyPay; le quote
di enti secondari ci sono solo nella 1.3.`)
	x.incremental()
	paid := &export.Paid{}
	var days span
	flags := x.cmd.Flags()
	flags.StringVar(&paid.Version, "format-version", "1.3", "versione del tracciato: "+strings.Join(export.PaidVersions(), ", "))
	flags.StringSliceVar(&paid.DebtTypes, "debt-type", nil, "solo questi tipi dovuto")
	days.flags(x.cmd, "paid", "pagate")
	return x.command(func(_ *config.Entity, e export.Entity) (export.Job, error) {
		var err error
		if paid.PaidOn, err = days.read(); err != nil {
			return export.Job{}, err
		}
		paid.Since = x.sinceNumber()
		return export.Job{FormatVersion: paid.Version, Filters: x.filters(), Zip: true, Name: export.PaidName,
			Write: func(ctx context.Context, tx *store.Tx, w, log io.Writer) (export.Content, error) {
				return export.WritePaid(ctx, tx, e, paid, w, log)
			}}, paid.Check()
	})
}

// span is a pair of flags, --NAME-from and --NAME-to.
type span struct{ name, from, to string }

func (s *span) flags(cmd *cobra.Command, name, what string) {
	s.name = name
	cmd.Flags().StringVar(&s.from, name+"-from", "", what+" da questo giorno, AAAA-MM-GG")
	cmd.Flags().StringVar(&s.to, name+"-to", "", what+" fino a questo giorno compreso")
}

func (s *span) read() (d export.Days, err error) {
	for _, end := range []struct {
		name, text string
		to         *record.Date
	}{{"-from", s.from, &d.From}, {"-to", s.to, &d.To}} {
		if end.text == "" {
			continue
		}
		if *end.to, err = record.ParseDate(end.text); err != nil {
			return d, fmt.Errorf("--%s%s: %w: write it as YYYY-MM-DD", s.name, end.name, err)
		}
	}
	if d.To != 0 && d.To < d.From {
		return d, fmt.Errorf("--%s-to %s is before --%s-from %s", s.name, d.To, s.name, d.From)
	}
	return d, nil
}
