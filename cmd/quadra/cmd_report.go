package main

import (
	"context"
	"errors"
	"path/filepath"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/record"
	"quadra/engine/report"
	"quadra/jobs/lock"
	"quadra/jobs/night"
)

func (p *program) reportCommand() *cobra.Command {
	var asOf string
	var mask bool
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Riscrive il rapporto dei libri come sono ora",
		Long: `Scrive reports/<ipa>/<data>/: index.html, anomalie.csv, anomalie.xlsx e run.json. Non legge
cartelle e non giudica: le età sono viste dalla data indicata.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := p.load()
			if err != nil {
				return err
			}
			entities, err := p.entities(c)
			if err != nil {
				return err
			}
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			type done struct {
				Entity string        `json:"entity"`
				Dir    string        `json:"dir"`
				Files  []report.File `json:"files"`
			}
			var all []done
			for _, e := range entities {
				sum, err := p.buildReport(cmd.Context(), c, e, day, mask)
				if err != nil {
					return err
				}
				all = append(all, done{e.IPA, sum.Dir, sum.Files})
			}
			if p.json {
				return p.printJSON(all)
			}
			out := &printer{w: p.out}
			for _, d := range all {
				out.line("%s  %s", d.Entity, filepath.Join(d.Dir, "index.html"))
			}
			return out.err
		},
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "data dalla quale si guarda, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().BoolVar(&mask, "mask-payers", false, "senza chi ha pagato, in reports/<ipa>/<data>-mascherato, per chi controlla")
	return cmd
}

func (p *program) buildReport(ctx context.Context, c *config.Config, e *config.Entity, day record.Date, mask bool) (sum *report.Summary, err error) {
	rs, err := night.Ruleset(c, e)
	if err != nil {
		return nil, err
	}
	books, err := night.OpenBooks(ctx, c, e)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	held, err := lock.Acquire(night.PathsOf(c, e).Lock(), "quadra report", p.now())
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	if mask {
		return night.MaskedReport(ctx, books, c, e, rs, day)
	}
	return night.Report(ctx, books, c, e, rs, day)
}
