package main

import (
	"context"
	"errors"
	"fmt"
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
	var reading night.Reading
	cmd := &cobra.Command{
		Use:   "report",
		Short: "Riscrive il rapporto dei libri come sono ora",
		Long: `Scrive reports/<ipa>/<data>/: le pagine, da aprire con un browser anche da una cartella di rete, e le
stesse tabelle in CSV, XLSX e JSON. Non legge cartelle e non giudica: le età sono viste dalla data
indicata. Per chi non può vedere tutto la cartella ha altre parole nel nome: senza chi ha pagato
(--mask-payers), o con ciò che è di certi tipi dovuto o uffici e nient'altro.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if l := reading.Language; l != "" && l != "it" && l != "en" {
				return usage(fmt.Errorf("--language %q: scrivere it oppure en", l))
			}
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
				sum, err := p.buildReport(cmd.Context(), c, e, day, reading)
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
	cmd.Flags().BoolVar(&reading.MaskPayers, "mask-payers", false, "senza chi ha pagato, in reports/<ipa>/<data>-mascherato, per chi controlla")
	cmd.Flags().StringArrayVar(&reading.DebtTypes, "debt-type", nil, "solo ciò che è di questo tipo dovuto (ripetibile)")
	cmd.Flags().StringArrayVar(&reading.Offices, "office", nil, "solo ciò che è imputato a questo ufficio (ripetibile)")
	cmd.Flags().StringVar(&reading.Language, "language", "", "it oppure en (se non indicata quella della configurazione)")
	cmd.Flags().BoolVar(&reading.Machine, "machine", false, "CSV per programmi: virgola, punto decimale, date ISO")
	return cmd
}

func (p *program) buildReport(ctx context.Context, c *config.Config, e *config.Entity, day record.Date, reading night.Reading) (sum *report.Summary, err error) {
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
	return night.Report(ctx, books, c, e, rs, day, reading)
}
