package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"quadra/engine/listing"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/night"
)

func (p *program) regulariseCommand() *cobra.Command {
	var format, asOf, state, opi string
	var first, esercizio int
	cmd := &cobra.Command{
		Use:   "regularise",
		Short: "Come regolarizzare ogni provvisorio: le quote per capitolo e i giorni rimasti",
		Long: `Per ogni movimento che ha portato denaro di pagoPA propone le quote per anno, ufficio, capitolo,
articolo e accertamento, con piano dei conti, SIOPE e vincolo, gli IUV che le compongono e ciò che
manca. Le quote di un movimento danno sempre il movimento. Un flusso pagato da più movimenti si
divide nell'ordine delle sue righe. Quando il tesoriere dice che una reversale lo copre, lo stato
passa da proposto a ordinato e a regolarizzato, con ciò che resta da coprire.

--opi FILE scrive in bozza le reversali dei provvisori che si possono ordinare (flusso_ordinativi
OPI 1.7.1, non firmato: lo prende la contabilità dell'ente) e dice quali no e perché. Serve
booking.orders nella configurazione. Non cambia i libri.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			if opi != "" {
				return p.draftOrders(cmd.Context(), opi, esercizio, first, day)
			}
			return p.listRows(cmd.Context(), format, func(tx *store.Tx, f listing.Format, w io.Writer) error {
				_, err := listing.WriteFiltered(cmd.Context(), tx, listing.RegulariseParts(day), f, listing.Filter{Status: state}, w)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, csv, json o xlsx")
	cmd.Flags().StringVar(&asOf, "as-of", "", "data dalla quale si contano i giorni, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().StringVar(&state, "status", "", "solo proposed, ordered o regularised")
	cmd.Flags().StringVar(&opi, "opi", "", "scrive le reversali in bozza in questo file")
	cmd.Flags().IntVar(&esercizio, "esercizio", 0, "esercizio delle reversali (quello della data se non indicato)")
	cmd.Flags().IntVar(&first, "first-number", 1, "numero della prima reversale")
	return cmd
}

// draftOrders writes the draft orders of an esercizio and says what was left.
func (p *program) draftOrders(ctx context.Context, file string, esercizio, first int, day record.Date) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	e, err := p.entity(c)
	if err != nil {
		return err
	}
	if esercizio == 0 {
		esercizio = day.Year()
	}
	drafted, err := night.DraftOrders(ctx, c, e, night.DraftOptions{File: file, Esercizio: esercizio, First: first, On: day})
	if errors.Is(err, night.ErrNoOrders) {
		return usage(err)
	}
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(drafted)
	}
	out := &printer{w: p.out}
	out.line("%d reversali in bozza per %s euro in %s", drafted.Orders, drafted.Amount.Italian(), file)
	for _, l := range drafted.Left {
		out.line("  non ordinato  provvisorio %s/%d di %s euro: %s", l.Number, l.Year, l.Cash.Italian(), l.Why)
	}
	return out.err
}
