package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"time"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/record"
	"quadra/jobs/lock"
	"quadra/jobs/night"
	"quadra/rules"
)

// Exit codes, for every command.
const (
	exitDone     = 0
	exitFailed   = 1
	exitUsage    = 2
	exitRejected = 3
	exitLocked   = 4
)

// program is one run of the command line, with what it talks to.
type program struct {
	in   io.Reader
	out  io.Writer // results
	errs io.Writer // progress, logs, errors
	now  func() time.Time

	configPath string
	entityIPA  string
	json       bool
	verbose    bool
}

// statusError ends the program with a code other than 1. Its message is printed
// when there is one.
type statusError struct {
	code int
	err  error
}

func (e *statusError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *statusError) Unwrap() error { return e.err }

// usage marks an error of the person who typed the command or wrote the
// configuration.
func usage(err error) error { return &statusError{exitUsage, err} }

// run executes the command line and returns the exit code.
func (p *program) run(ctx context.Context, args []string) int {
	root := p.root()
	root.SetArgs(args)
	root.SetIn(p.in)
	root.SetOut(p.out)
	root.SetErr(p.errs)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitDone
	}
	code := exitFailed
	var status *statusError
	var held *lock.HeldError
	var faults config.Errors
	var ruleFaults rules.Errors
	switch {
	case errors.As(err, &status):
		code = status.code
	case errors.As(err, &held):
		code = exitLocked
	case errors.As(err, &faults), errors.As(err, &ruleFaults):
		code = exitUsage
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(p.errs, "quadra: %s\n", text)
	}
	return code
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "quadra",
		Short: "Fa quadrare i conti tra pagoPA, MyPay e tesoreria",
		Long: `quadra riconcilia ricevute, flussi di rendicontazione e giornale di cassa di un ente
e dice per ogni euro se i tre concordano, perché no, e da quale riga di quale file viene.

EXIT STATUS
  0  done
  1  failed: something could not be worked through
  2  wrong usage or configuration
  3  done, but some files or rows were rejected
  4  another run holds the entity`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          args(cobra.NoArgs),
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	flags := root.PersistentFlags()
	flags.StringVarP(&p.configPath, "config", "c", "quadra.yaml", "file di configurazione")
	flags.StringVarP(&p.entityIPA, "entity", "e", "", "codice IPA dell'ente (tutti se non indicato, dove ha senso)")
	flags.BoolVar(&p.json, "json", false, "risultato in JSON")
	flags.BoolVarP(&p.verbose, "verbose", "v", false, "log dettagliato su stderr")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	root.AddCommand(p.initCommand(), p.runCommand(), p.importCommand(), p.showCommand(), p.listCommand(),
		p.matchCommand(), p.exportCommand(), p.reportCommand(), p.notesCommand(), p.chaptersCommand(), p.accertamentiCommand(), p.statsCommand(),
		p.regulariseCommand(), p.rulesCommand(), p.formatsCommand(), p.verifyCommand(), p.bundleCommand(), p.verifyBundleCommand(), p.doctorCommand(), p.backupCommand(),
		p.restoreCommand(), p.eraseCommand(), p.versionCommand())
	root.AddCommand(p.serveCommand(), p.manCommand())
	return root
}

// args wraps a cobra argument check so that its failure is wrong usage.
func args(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, given []string) error {
		if err := check(cmd, given); err != nil {
			return usage(fmt.Errorf("%w: see %s --help", err, cmd.CommandPath()))
		}
		return nil
	}
}

func (p *program) load() (*config.Config, error) {
	c, err := config.Load(p.configPath)
	if err != nil {
		return nil, usage(err)
	}
	for _, w := range c.Warnings {
		fmt.Fprintf(p.errs, "quadra: attenzione: %s\n", w)
	}
	return c, nil
}

// entities returns the entity asked for, or all of them.
func (p *program) entities(c *config.Config) ([]*config.Entity, error) {
	if p.entityIPA != "" {
		e, ok := c.Entity(p.entityIPA)
		if !ok {
			return nil, usage(fmt.Errorf("no entity %q in %s", p.entityIPA, p.configPath))
		}
		return []*config.Entity{e}, nil
	}
	all := make([]*config.Entity, len(c.Entities))
	for i := range c.Entities {
		all[i] = &c.Entities[i]
	}
	return all, nil
}

// entity returns the one entity a command works on.
func (p *program) entity(c *config.Config) (*config.Entity, error) {
	all, err := p.entities(c)
	if err != nil {
		return nil, err
	}
	if len(all) != 1 {
		return nil, usage(fmt.Errorf("the configuration has %d entities: say which one with --entity", len(all)))
	}
	return all[0], nil
}

// hold takes the lock of an entity that has books.
func (p *program) hold(c *config.Config, e *config.Entity, command string) (*lock.Lock, error) {
	paths := night.PathsOf(c, e)
	if _, err := os.Stat(paths.Database()); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", e.IPA, night.ErrNoBooks)
	}
	return lock.Acquire(paths.Lock(), command, p.now())
}

func (p *program) asOf(text string) (record.Date, error) {
	if text == "" {
		return record.DateOf(p.now()), nil
	}
	d, err := record.ParseDate(text)
	if err != nil {
		return 0, usage(fmt.Errorf("--as-of: %w: write it as YYYY-MM-DD", err))
	}
	return d, nil
}

func (p *program) logger() *slog.Logger {
	level := slog.LevelError + 1 // the result says what happened; logs are for who asks
	if p.verbose {
		level = slog.LevelInfo
	}
	return slog.New(slog.NewTextHandler(p.errs, &slog.HandlerOptions{Level: level}))
}

func (p *program) printJSON(v any) error {
	enc := json.NewEncoder(p.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
