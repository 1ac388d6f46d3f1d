package main

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"quadra/config"
	"quadra/jobs/lock"
	"quadra/jobs/night"
	"quadra/rules"
)

func (p *program) runCommand() *cobra.Command {
	var asOf string
	var dry bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "La corsa notturna, una volta: dalle cartelle al rapporto",
		Long: `Per ogni ente: prende i file interi dalle cartelle, li carica, collega e giudica solo ciò che
hanno toccato, chiude con una quadratura che deve essere zero, scrive il rapporto e gli esiti
accanto ai file. Rilanciata senza novità non cambia nulla e lo dice.

Un ente che fallisce non ferma gli altri. Il codice di uscita è il più grave tra gli enti.`,
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
			return p.nights(cmd.Context(), c, entities, night.Options{AsOf: day, DryRun: dry, Command: "quadra run"})
		},
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "data alla quale si giudica, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "fa tutto su una copia: non tocca archivio, cartelle, libri e rapporti")
	return cmd
}

func (p *program) importCommand() *cobra.Command {
	var asOf string
	var dry bool
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Carica file a mano nei libri di un ente",
		Long: `Riconosce ogni file dal contenuto, lo carica tutto o per niente, poi collega e giudica ciò che
ha toccato. Il file resta dov'è; una copia sigillata va in archivio.`,
		Args: args(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
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
			return p.nights(cmd.Context(), c, []*config.Entity{e},
				night.Options{AsOf: day, DryRun: dry, Command: "quadra import", ByHand: true, Files: files})
		},
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "data alla quale si giudica, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "dice cosa accadrebbe senza toccare nulla")
	return cmd
}

// outcome is what became of one entity.
type outcome struct {
	res *night.Result
	err error
}

func (o *outcome) code() int {
	var held *lock.HeldError
	var faults rules.Errors
	switch {
	case errors.As(o.err, &held):
		return exitLocked
	case errors.As(o.err, &faults):
		return exitUsage
	case o.err != nil, o.res.Incomplete():
		return exitFailed
	case o.res.Rejections():
		return exitRejected
	}
	return exitDone
}

// gravity orders exit codes: a failure hides everything else.
func gravity(code int) int {
	switch code {
	case exitFailed:
		return 4
	case exitUsage:
		return 3
	case exitLocked:
		return 2
	case exitRejected:
		return 1
	}
	return 0
}

// nights runs the entities, several at a time, and prints what became of each
// in the order of the configuration. What day leaves out is filled in here.
func (p *program) nights(ctx context.Context, c *config.Config, entities []*config.Entity, day night.Options) error {
	parallel := c.Limits.Parallel
	if parallel == 0 {
		parallel = runtime.NumCPU()
	}
	progress := newProgress(p.errs, p.json)
	outcomes := make([]outcome, len(entities))
	var group errgroup.Group
	group.SetLimit(parallel)
	for i, e := range entities {
		group.Go(func() error {
			opt := day
			opt.Config, opt.Entity, opt.Version = c, e, version
			opt.Now, opt.Log, opt.Observe = p.now, p.logger(), progress.event
			outcomes[i] = oneNight(ctx, opt)
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	progress.end()
	return p.conclude(outcomes, day.ByHand)
}

// oneNight runs an entity under its own rules.
func oneNight(ctx context.Context, opt night.Options) (o outcome) {
	o.res = &night.Result{Entity: opt.Entity, Dry: opt.DryRun}
	if opt.Rules, o.err = night.Ruleset(opt.Config, opt.Entity); o.err == nil {
		o.res, o.err = night.Run(ctx, opt)
	}
	return o
}

// conclude prints the outcomes and turns the worst into the exit code.
func (p *program) conclude(outcomes []outcome, byHand bool) error {
	worst := exitDone
	for i := range outcomes {
		if code := outcomes[i].code(); gravity(code) > gravity(worst) {
			worst = code
		}
	}
	var err error
	switch {
	case p.json && byHand:
		err = printFilesJSON(p.out, outcomes)
	case p.json:
		all := make([]runJSON, len(outcomes))
		for i := range outcomes {
			all[i] = newRunJSON(&outcomes[i])
		}
		err = p.printJSON(all)
	default:
		for i := range outcomes {
			if err = printRun(p.out, &outcomes[i], byHand || p.verbose); err != nil {
				break
			}
		}
	}
	if err != nil {
		return fmt.Errorf("print the outcome: %w", err)
	}
	if worst != exitDone {
		return &statusError{code: worst}
	}
	return nil
}
