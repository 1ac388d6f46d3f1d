package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/record"
	"quadra/jobs/night"
	"quadra/jobs/retention"
)

func (p *program) eraseCommand() *cobra.Command {
	var before string
	var dry bool
	cmd := &cobra.Command{
		Use:   "erase",
		Short: "Dimentica chi ha pagato, passato il termine per ricordarlo",
		Long: `Nei libri cancella chi ha pagato e i testi liberi di ricevute, notifiche e dovuti più vecchi del
termine (retention.personal_data, o prima di --before); chiavi, date e importi restano, e con loro
ogni stato e ogni somma. Toglie dall'archivio i file ricevuti prima che li contenevano: ne restano
impronta, nome e righe, e il perché. Toglie i rapporti di prima. L'atto resta nei libri e nel
giornale. Le copie di backup fatte prima non sono toccate.`,
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
			day, err := p.eraseBefore(c, before)
			if err != nil {
				return err
			}
			return p.erase(cmd.Context(), c, entities, retention.Options{Before: day, By: "quadra erase", DryRun: dry, Now: p.now})
		},
	}
	cmd.Flags().StringVar(&before, "before", "", "dimentica i pagamenti di prima di questa data, YYYY-MM-DD (almeno un anno fa)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "conta senza cancellare nulla")
	return cmd
}

// eraseBefore is the first day that is kept.
func (p *program) eraseBefore(c *config.Config, before string) (record.Date, error) {
	today := record.DateOf(p.now())
	if before == "" {
		if c.Retention.PersonalData == 0 {
			return 0, usage(errors.New("say how long to remember: retention.personal_data in the configuration, or --before"))
		}
		return retention.Before(today, c.Retention.PersonalData), nil
	}
	day, err := record.ParseDate(before)
	if err != nil {
		return 0, usage(fmt.Errorf("--before: %w: write it as YYYY-MM-DD", err))
	}
	if day > retention.Before(today, 12) {
		return 0, usage(fmt.Errorf("--before: %s is less than a year ago", before))
	}
	return day, nil
}

type eraseJSON struct {
	Entity   string   `json:"entity"`
	Before   string   `json:"before"`
	DryRun   bool     `json:"dry_run,omitempty"`
	Receipts int64    `json:"receipts"`
	Notices  int64    `json:"notices"`
	Debts    int64    `json:"debts"`
	Rejects  int64    `json:"rejects"`
	Files    []string `json:"files"`
	Reports  []string `json:"reports"`
	Copies   []string `json:"copies"`
}

func (p *program) erase(ctx context.Context, c *config.Config, entities []*config.Entity, opt retention.Options) error {
	all := []eraseJSON{}
	for _, e := range entities {
		res, err := p.eraseEntity(ctx, c, e, opt)
		if errors.Is(err, night.ErrNoBooks) && len(entities) > 1 {
			continue
		}
		if err != nil {
			return err
		}
		all = append(all, eraseJSON{e.IPA, opt.Before.String(), opt.DryRun, res.Receipts, res.Notices, res.Debts, res.Rejects,
			append([]string{}, res.Files...), append([]string{}, res.Reports...), append([]string{}, res.Copies...)})
	}
	if p.json {
		return p.printJSON(all)
	}
	out := &printer{w: p.out}
	for _, r := range all {
		what := "cancellati"
		if r.DryRun {
			what = "prova: sarebbero cancellati"
		}
		out.line("%s  prima del %s, %s: %d ricevute, %d notifiche, %d dovuti, %d scarti, %d file d'archivio, %d rapporti", r.Entity,
			opt.Before.Italian(), what, r.Receipts, r.Notices, r.Debts, r.Rejects, len(r.Files), len(r.Reports))
		for _, path := range r.Copies {
			out.line("  ricorda ancora: %s (toglierla a mano quando non serve più)", path)
		}
	}
	return out.err
}

func (p *program) eraseEntity(ctx context.Context, c *config.Config, e *config.Entity, opt retention.Options) (res *retention.Result, err error) {
	rs, err := night.Ruleset(c, e)
	if err != nil {
		return nil, err
	}
	held, err := p.hold(c, e, opt.By)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	return night.Erase(ctx, c, e, rs, opt)
}
