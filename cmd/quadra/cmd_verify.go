package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/jobs/night"
	"quadra/jobs/verify"
)

func (p *program) verifyCommand() *cobra.Command {
	var seal string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Prova che i libri sono quelli che devono essere",
		Long: `Controlla, senza cambiare nulla: la base dati, l'impronta di ogni file in archivio, i sigilli del
giornale delle elaborazioni, la quadratura, e che giudicare tutto da capo, su una copia, dia lo stesso
risultato dell'aver giudicato notte per notte. Con --seal prova che il giornale contiene ancora
un'elaborazione di cui si è conservato altrove il sigillo (quadra backup lo scrive).

Il codice di uscita è 1 se qualcosa non torna.`,
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
			if seal != "" && len(entities) != 1 {
				return usage(errors.New("--seal: a seal is of one entity: say which with --entity"))
			}
			return p.verify(cmd.Context(), c, entities, seal)
		},
	}
	cmd.Flags().StringVar(&seal, "seal", "", "sigillo conservato altrove che il giornale deve ancora avere")
	return cmd
}

type verifyJSON struct {
	Entity string      `json:"entity"`
	OK     bool        `json:"ok"`
	Checks []checkJSON `json:"checks"`
}

type checkJSON struct {
	Name    verify.Name `json:"check"`
	Looked  int64       `json:"looked"`
	Removed int64       `json:"removed,omitempty"`
	Faults  int64       `json:"faults"`
	Told    []string    `json:"told,omitempty"`
	Notes   []string    `json:"notes,omitempty"`
}

func (p *program) verify(ctx context.Context, c *config.Config, entities []*config.Entity, seal string) error {
	progress := newProgress(p.errs, p.json)
	all := []verifyJSON{}
	whole := true
	for _, e := range entities {
		checks, err := p.verifyEntity(ctx, c, e, seal, progress)
		progress.end()
		if errors.Is(err, night.ErrNoBooks) && len(entities) > 1 {
			continue
		}
		if err != nil {
			return err
		}
		v := verifyJSON{Entity: e.IPA, OK: true}
		for _, check := range checks {
			v.OK = v.OK && check.Faults == 0
			v.Checks = append(v.Checks, checkJSON(check))
		}
		whole = whole && v.OK
		all = append(all, v)
	}
	if err := p.printVerify(all); err != nil {
		return err
	}
	if !whole {
		return &statusError{code: exitFailed}
	}
	return nil
}

func (p *program) verifyEntity(ctx context.Context, c *config.Config, e *config.Entity, seal string, progress *progress) (checks []verify.Check, err error) {
	rs, err := night.Ruleset(c, e)
	if err != nil {
		return nil, err
	}
	held, err := p.hold(c, e, "quadra verify")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	return night.Verify(ctx, c, e, rs, seal, func(name verify.Name, done, total int64) { progress.count(e.IPA, string(name), done, total) })
}

var verifyWords = map[verify.Name]string{
	verify.Database: "base dati integra", verify.Archive: "file sigillati", verify.Journal: "sigilli delle elaborazioni",
	verify.Balance: "equazioni della quadratura", verify.Full: "righe uguali giudicando da capo",
}

func (p *program) printVerify(all []verifyJSON) error {
	if p.json {
		return p.printJSON(all)
	}
	out := &printer{w: p.out}
	for _, v := range all {
		out.line("%s", v.Entity)
		for _, c := range v.Checks {
			word := "ok    "
			if c.Faults > 0 {
				word = "ERRORE"
			}
			out.line("  %s  %-34s %d", word, verifyWords[c.Name], c.Looked)
			if c.Removed > 0 {
				out.line("          %d cancellati per scadenza dei termini, con la loro impronta nei libri", c.Removed)
			}
			for _, text := range c.Told {
				out.line("          %s", text)
			}
			if more := c.Faults - int64(len(c.Told)); more > 0 {
				out.line("          e altri %d", more)
			}
			for _, text := range c.Notes {
				out.line("          nota: %s", text)
			}
		}
	}
	return out.err
}
