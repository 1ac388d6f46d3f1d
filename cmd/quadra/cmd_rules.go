package main

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/store"
	"quadra/jobs/night"
	"quadra/rules"
)

func (p *program) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Le regole con cui si giudica",
		Args:  args(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.rulesShowCommand(), p.rulesCheckCommand(), p.rulesExplainCommand())
	return cmd
}

func (p *program) rulesCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check [FILE]",
		Short: "Prova che ogni combinazione possibile di fatti ha esattamente uno stato",
		Long: `Prova le regole di base e quelle di ogni ente della configurazione (di uno con --entity), oppure un
FILE di regole prima di metterlo in configurazione: che ogni combinazione possibile di fatti abbia
esattamente uno stato, che gli esempi tornino, e nomina ciò che non può mai valere.

EXIT STATUS
  0  nothing is wrong; rules that never hold are only named
  1  some ruleset would be refused`,
		Args: args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			checked, err := p.checkRules(cmd, given)
			if err != nil {
				return err
			}
			bad := false
			for i := range checked {
				bad = bad || len(checked[i].Problems) > 0
			}
			if p.json {
				err = p.printJSON(checked)
			} else {
				err = p.printChecked(checked)
			}
			if err == nil && bad {
				err = &statusError{code: exitFailed}
			}
			return err
		},
	}
}

// checkedJSON is what became of one ruleset, for machines.
type checkedJSON struct {
	Entity   string   `json:"entity,omitempty"`
	File     string   `json:"file,omitempty"`
	Ruleset  string   `json:"ruleset,omitempty"` // empty: it would be refused
	Hash     string   `json:"hash,omitempty"`
	Problems []string `json:"problems"`
	Never    []string `json:"never_hold"`
}

func newChecked(entity, file string, rs *rules.Ruleset, err error) (checkedJSON, error) {
	c := checkedJSON{Entity: entity, File: file, Problems: []string{}, Never: []string{}}
	var refused rules.Errors
	switch {
	case errors.As(err, &refused):
		for _, problem := range refused {
			c.Problems = append(c.Problems, problem.String())
		}
		return c, nil
	case err != nil:
		return c, err
	}
	c.Ruleset, c.Hash = rs.Title(), rs.Hash()
	for _, problem := range rs.Check() {
		c.Problems = append(c.Problems, problem.String())
	}
	for _, problem := range rs.Shadowed() {
		c.Never = append(c.Never, problem.String())
	}
	return c, nil
}

func (p *program) checkRules(cmd *cobra.Command, given []string) ([]checkedJSON, error) {
	c, err := p.optionalConfig(cmd)
	if err != nil {
		return nil, err
	}
	if len(given) == 1 {
		base, err := night.Ruleset(c, &config.Entity{})
		if err != nil {
			return nil, err
		}
		below := []*rules.Ruleset{base}
		if standard, err := rules.Default(); err == nil && base.ID() != standard.ID() {
			below = append(below, standard)
		}
		rs, err := night.RulesetFile(given[0], below...)
		one, err := newChecked("", given[0], rs, err)
		return []checkedJSON{one}, err
	}
	var checked []checkedJSON
	add := func(entity, file string, rs *rules.Ruleset, err error) error {
		one, err := newChecked(entity, file, rs, err)
		checked = append(checked, one)
		return err
	}
	if p.entityIPA == "" {
		rs, err := rules.Default()
		if err := add("", "", rs, err); err != nil || len(c.Entities) == 0 {
			return checked, err
		}
	}
	entities, err := p.entities(c)
	if err != nil {
		return nil, err
	}
	for _, e := range entities {
		if p.entityIPA == "" && c.Ruleset == "" && e.Ruleset == "" {
			continue // the default ones, checked once
		}
		rs, err := night.Ruleset(c, e)
		if err := add(e.IPA, e.Ruleset, rs, err); err != nil {
			return nil, err
		}
	}
	return checked, nil
}

// optionalConfig reads the configuration; where none was asked for and there is
// none, it is empty: the default rules need no configuration.
func (p *program) optionalConfig(cmd *cobra.Command) (*config.Config, error) {
	c, err := p.load()
	if errors.Is(err, fs.ErrNotExist) && !cmd.Flags().Changed("config") && p.entityIPA == "" {
		return &config.Config{Language: "it"}, nil
	}
	return c, err
}

func (p *program) printChecked(checked []checkedJSON) error {
	out := &printer{w: p.out}
	for i := range checked {
		c := &checked[i]
		for _, problem := range c.Problems {
			out.line("%s", problem)
		}
		for _, never := range c.Never {
			out.line("attenzione: %s", never)
		}
		name := c.Entity
		if name == "" {
			name = c.File
		}
		if name != "" {
			name += ": "
		}
		if c.Ruleset == "" {
			out.line("%srifiutate, %d problemi", name, len(c.Problems))
			continue
		}
		out.line("%s%s (%s): %d problemi; ha uno stato ciascuna delle combinazioni: %d di pagamento, %d di riversamento, %d di movimento",
			name, c.Ruleset, c.Hash, len(c.Problems), rules.Combinations(rules.UnitPayment),
			rules.Combinations(rules.UnitSettlement), rules.Combinations(rules.UnitMovement))
	}
	return out.err
}

// ruleJSON is a rule for machines.
type ruleJSON struct {
	Unit     string `json:"unit"`
	Kind     string `json:"kind"` // status or label
	Code     string `json:"code"`
	Sign     int    `json:"sign"`
	Severity int    `json:"severity,omitempty"`
	Italian  string `json:"it"`
	English  string `json:"en"`
	When     string `json:"when"`
	File     string `json:"file"` // that brought or last changed it
	Line     int    `json:"line"`
}

func newRuleJSON(kind string, r *rules.Rule, severity int) ruleJSON {
	return ruleJSON{r.Unit, kind, r.Code, r.Sign, severity, r.Name("it"), r.Name("en"), r.When, r.File, r.Line}
}

func (p *program) rulesShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Stati ed etichette, con le loro condizioni, nell'ordine in cui valgono",
		Long: `Le regole di base; con --entity quelle con cui si giudica l'ente, e accanto a ciò che viene dal suo
file o da quello di tutti gli enti il file e la riga.`,
		Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			rs, err := p.shownRules()
			if err != nil {
				return err
			}
			var all []ruleJSON
			for _, unit := range []string{rules.UnitPayment, rules.UnitSettlement, rules.UnitMovement} {
				for _, s := range rs.Statuses(unit) {
					all = append(all, newRuleJSON("status", &s.Rule, s.Severity))
				}
			}
			for _, l := range rs.Labels() {
				all = append(all, newRuleJSON("label", &l.Rule, 0))
			}
			if p.json {
				return p.printJSON(map[string]any{"ruleset": rs.ID(), "version": rs.Version(), "title": rs.Title(), "hash": rs.Hash(), "rules": all})
			}
			out := &printer{w: p.out}
			out.line("%s, hash %s", rs.Title(), rs.Hash())
			section := ""
			for _, r := range all {
				if s := fmt.Sprintf("%s %s", r.Unit, r.Kind); s != section {
					section = s
					out.line("\n%s", section)
				}
				from := ""
				if rs.Extends() && r.File != defaultRules {
					from = fmt.Sprintf("  [%s:%d]", r.File, r.Line)
				}
				out.line("  %-26s %s  %s%s", r.Code, map[int]string{1: "+", 0: " ", -1: "-"}[r.Sign], r.Italian, from)
				out.line("  %-26s    %s", "", r.When)
			}
			return out.err
		},
	}
}

// defaultRules is what the default ruleset calls its file.
const defaultRules = "default.yaml"

// shownRules are those of the entity asked for, or the default ones.
func (p *program) shownRules() (*rules.Ruleset, error) {
	if p.entityIPA == "" {
		return rules.Default()
	}
	c, err := p.load()
	if err != nil {
		return nil, err
	}
	e, err := p.entity(c)
	if err != nil {
		return nil, err
	}
	return night.Ruleset(c, e)
}

func (p *program) rulesExplainCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "explain IUV|IUF|NUMERO/ANNO",
		Short: "Tutte le regole su un pagamento, un riversamento o un movimento",
		Long: `Per un pagamento (IUV), un riversamento (IUF) o un movimento (NUMERO/ANNO): i fatti e che cosa
significano, ogni stato nell'ordine in cui si prova e perché non vale, le etichette, e che cosa
direbbero le regole, i termini e la tolleranza di base quando direbbero altro.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) (err error) {
			c, err := p.load()
			if err != nil {
				return err
			}
			e, err := p.entity(c)
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
			defer func() { err = errors.Join(err, books.Close()) }()
			return books.Read(cmd.Context(), func(tx *store.Tx) error {
				why, err := night.NewWhy(cmd.Context(), tx, c, e, rs)
				if err != nil {
					return err
				}
				trials, err := why.Of(given[0])
				if err != nil {
					return err
				}
				if p.json {
					return p.printJSON(trials)
				}
				for i, t := range trials {
					if i > 0 {
						fmt.Fprintln(p.out)
					}
					if err := t.Text(p.out); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
}
