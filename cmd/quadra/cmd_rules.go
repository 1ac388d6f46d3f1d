package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"quadra/rules"
)

func (p *program) rulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "Le regole con cui si giudica",
		Args:  args(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.rulesShowCommand(), p.rulesCheckCommand())
	return cmd
}

func (p *program) rulesCheckCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "check",
		Short: "Prova che ogni combinazione possibile di fatti ha esattamente uno stato",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			rs, err := p.ruleset()
			if err != nil {
				return err
			}
			problems := rs.Check()
			if p.json {
				texts := make([]string, len(problems))
				for i := range problems {
					texts[i] = problems[i].String()
				}
				err = p.printJSON(map[string]any{"ruleset": rs.ID(), "version": rs.Version(), "hash": rs.Hash(), "problems": texts})
			} else {
				out := &printer{w: p.out}
				for i := range problems {
					out.line("%s", problems[i].String())
				}
				out.line("%s %s (%s): %d problemi", rs.ID(), rs.Version(), rs.Hash(), len(problems))
				err = out.err
			}
			if err == nil && len(problems) > 0 {
				err = &statusError{code: exitFailed}
			}
			return err
		},
	}
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
	Line     int    `json:"line"`
}

func (p *program) rulesShowCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "show",
		Short: "Stati ed etichette, con le loro condizioni, nell'ordine in cui valgono",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			rs, err := p.ruleset()
			if err != nil {
				return err
			}
			var all []ruleJSON
			for _, unit := range []string{rules.UnitPayment, rules.UnitSettlement, rules.UnitMovement} {
				for _, s := range rs.Statuses(unit) {
					all = append(all, ruleJSON{unit, "status", s.Code, s.Sign, s.Severity, s.Name("it"), s.Name("en"), s.When, s.Line})
				}
			}
			for _, l := range rs.Labels() {
				all = append(all, ruleJSON{l.Unit, "label", l.Code, l.Sign, 0, l.Name("it"), l.Name("en"), l.When, l.Line})
			}
			if p.json {
				return p.printJSON(map[string]any{"ruleset": rs.ID(), "version": rs.Version(), "hash": rs.Hash(), "rules": all})
			}
			out := &printer{w: p.out}
			out.line("%s %s, hash %s", rs.ID(), rs.Version(), rs.Hash())
			section := ""
			for _, r := range all {
				if s := fmt.Sprintf("%s %s", r.Unit, r.Kind); s != section {
					section = s
					out.line("\n%s", section)
				}
				out.line("  %-26s %s  %s", r.Code, map[int]string{1: "+", 0: " ", -1: "-"}[r.Sign], r.Italian)
				out.line("  %-26s    %s", "", r.When)
			}
			return out.err
		},
	}
}
