package main

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/store"
	"quadra/engine/trace"
	"quadra/jobs/night"
	"quadra/rules"
)

func (p *program) showCommand() *cobra.Command {
	var asOf, whyNot string
	var history bool
	cmd := &cobra.Command{
		Use:   "show iuv|iud|iuf|movement ID",
		Short: "Tutta la catena dietro una cosa, con il perché",
		Long: `Mostra notifica, ricevuta, flusso, cassa, stato e storia di un pagamento (IUV o IUD), di un
flusso (IUF) o di un movimento (NUMERO/ANNO), ciascuno con il file e la riga da cui viene,
e le segnalazioni che lo riguardano.

Con --why-not CODICE dice invece perché uno stato o un'etichetta non vale: le parti della condizione
che mancano, i fatti, gli importi che differiscono e i file da cui vengono. Con quadra rules explain
si vedono tutte le regole.`,
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
			rs, err := night.Ruleset(c, e)
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
				if whyNot != "" {
					return p.whyNot(cmd.Context(), tx, c, e, rs, chain, strings.ToUpper(whyNot))
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
	cmd.Flags().StringVar(&whyNot, "why-not", "", "perché non vale questo stato o questa etichetta, p.e. RT_IUF_TES")
	cmd.Flags().StringVar(&asOf, "as-of", "", "data dalla quale si contano le età, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().BoolVar(&history, "history", false, "solo la storia: ogni cambiamento con esecuzione, data, importo, differenza e cause, e le segnalazioni")
	return cmd
}

// whyNot prints why a rule does not hold for what is behind the chain.
func (p *program) whyNot(ctx context.Context, tx *store.Tx, c *config.Config, e *config.Entity, rs *rules.Ruleset, chain *trace.Chain, code string) error {
	why, err := night.NewWhy(ctx, tx, c, e, rs)
	if err != nil {
		return err
	}
	trials, err := why.Not(chain, code)
	var unknown *night.UnknownRuleError
	if errors.As(err, &unknown) {
		return usage(err)
	}
	if err != nil {
		return err
	}
	if p.json {
		answers := make([]whyNotJSON, len(trials))
		for i, t := range trials {
			answer, _ := t.Answer(code)
			answers[i] = whyNotJSON{t.Unit, t.Name, t.Ruleset, t.RulesetHash, t.Status, answer}
		}
		return p.printJSON(answers)
	}
	for i, t := range trials {
		if i > 0 {
			fmt.Fprintln(p.out)
		}
		if err := t.WhyNot(p.out, code); err != nil {
			return err
		}
	}
	return nil
}

// whyNotJSON is why one rule holds or does not, for machines.
type whyNotJSON struct {
	Unit        string `json:"unit"`
	Name        string `json:"name"`
	Ruleset     string `json:"ruleset"`
	RulesetHash string `json:"ruleset_hash"`
	Status      string `json:"status"`
	Answer      any    `json:"answer"`
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
