package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"quadra/engine/store"
	"quadra/engine/trace"
	"quadra/jobs/night"
)

func (p *program) showCommand() *cobra.Command {
	var asOf string
	var history bool
	cmd := &cobra.Command{
		Use:   "show iuv|iud|iuf|movement ID",
		Short: "Tutta la catena dietro una cosa, con il perché",
		Long: `Mostra notifica, ricevuta, flusso, cassa, stato e storia di un pagamento (IUV o IUD), di un
flusso (IUF) o di un movimento (NUMERO/ANNO), ciascuno con il file e la riga da cui viene,
e le segnalazioni che lo riguardano.`,
		Args:      args(cobra.ExactArgs(2)),
		ValidArgs: []string{"iuv", "iud", "iuf", "movement"},
		RunE: func(cmd *cobra.Command, given []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			e, err := p.entity(c)
			if err != nil {
				return err
			}
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			rs, err := p.ruleset()
			if err != nil {
				return err
			}
			books, err := night.OpenBooks(cmd.Context(), c, e)
			if err != nil {
				return err
			}
			err = books.Read(cmd.Context(), func(tx *store.Tx) error {
				chain, err := chainOf(cmd.Context(), tx, given[0], given[1])
				if err != nil {
					return err
				}
				if err := chain.Explain(cmd.Context(), tx, night.Explaining(c, e, rs, day)); err != nil {
					return err
				}
				seenFrom, err := asOfDay(asOf) // or from the last run: a note is not overdue because today is late
				if err != nil {
					return err
				}
				if err := chain.AddNotes(tx, seenFrom); err != nil {
					return err
				}
				switch {
				case history && p.json:
					return p.printJSON(map[string]any{"kind": chain.Kind, "id": chain.ID, "units": chain.Histories()})
				case history:
					return trace.HistoryText(p.out, chain, c.Language)
				case p.json:
					return p.printJSON(chain)
				}
				return trace.Text(p.out, chain, c.Language)
			})
			return errors.Join(err, books.Close())
		},
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "data dalla quale si contano le età, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().BoolVar(&history, "history", false, "solo la storia: ogni cambiamento con esecuzione, data, importo, differenza e cause, e le segnalazioni")
	return cmd
}

func chainOf(ctx context.Context, tx *store.Tx, what, id string) (*trace.Chain, error) {
	switch what {
	case "iuv":
		return trace.IUV(ctx, tx, id)
	case "iud":
		return trace.IUD(ctx, tx, id)
	case "iuf":
		return trace.IUF(ctx, tx, id)
	case "movement":
		number, year, ok := strings.Cut(id, "/")
		y, err := strconv.Atoi(year)
		if !ok || err != nil {
			return nil, usage(fmt.Errorf("movement %q: write it as NUMBER/YEAR, e.g. 1201/2026", id))
		}
		return trace.Movement(ctx, tx, y, strings.TrimLeft(number, "0"))
	}
	return nil, usage(fmt.Errorf("show %q: iuv, iud, iuf or movement", what))
}
