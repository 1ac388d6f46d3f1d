package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"quadra/engine/record"
	"quadra/jobs/night"
)

// accertamentoCommand asks for one change.
func (p *program) accertamentoCommand(name string, action record.Action, short string) *cobra.Command {
	in := record.Instruction{Action: action}
	var by, from, to, amount string
	var dry bool
	use, count := name+" NOME", 1
	if action == record.ActionRename {
		use, count = name+" NOME NUOVO_NOME", 2
	}
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  args(cobra.ExactArgs(count)),
		RunE: func(cmd *cobra.Command, given []string) error {
			who, err := author(by)
			if err != nil {
				return err
			}
			of := in
			of.Name = given[0]
			if count > 1 {
				of.NewName = given[1]
			}
			if amount != "" {
				if of.Amount, err = record.ParseCents(amount); err != nil || of.Amount <= 0 {
					return usage(fmt.Errorf("--amount %s: write euro and cents, more than nothing, e.g. 12.50", amount))
				}
			}
			ask := night.Asking{Instructions: []record.Instruction{of}, Author: who, DryRun: dry}
			if ask.Between, err = between(&of, from, to); err != nil {
				return err
			}
			out, err := p.carry(cmd.Context(), ask)
			if err != nil {
				return err
			}
			return p.printCarried("", &out, exitFailed)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&in.DebtType, "debt-type", "", "tipo dovuto")
	flags.IntVar(&in.Year, "year", 0, "esercizio")
	flags.StringVar(&by, "author", "", "chi lo chiede")
	flags.BoolVar(&dry, "dry-run", false, "dice cosa accadrebbe senza scrivere")
	switch action {
	case record.ActionCancel, record.ActionReopen:
		flags.StringVar(&in.Reason, "reason", "", "perché")
	case record.ActionAdd, record.ActionRemove:
		flags.StringVar(&in.IUV, "iuv", "", "IUV del pagamento")
		flags.StringVar(&in.IUR, "iur", "", "IUR del pagamento, se lo IUV ne ha più d'uno")
		flags.IntVar(&in.Index, "index", 0, "indice del pagamento, se lo IUR ne ha più d'uno")
		flags.StringVar(&in.IUD, "iud", "", "IUD del pagamento")
		flags.StringVar(&from, "from", "", "tutti quelli pagati da questo giorno, YYYY-MM-DD, che nessun accertamento tiene (o, per remove, che questo tiene)")
		flags.StringVar(&to, "to", "", "fino a questo giorno, YYYY-MM-DD")
	case record.ActionCreate, record.ActionRename, record.ActionClose:
	}
	if action == record.ActionAdd {
		flags.StringVar(&in.Chapter, "chapter", "", "capitolo; l'unico del tipo dovuto e dell'anno, se non indicato")
		flags.StringVar(&in.Article, "article", "", "articolo")
		flags.StringVar(&in.Office, "office", "", "ufficio")
		flags.StringVar(&in.Assessment, "code", "", "codice dell'accertamento nel piano dei capitoli")
		flags.StringVar(&amount, "amount", "", "la parte che si aggiunge; tutto ciò che resta, se non indicata")
	}
	return cmd
}

// between is the days of --from and --to; nil when neither is given.
func between(of *record.Instruction, from, to string) (*[2]record.Date, error) {
	if from == "" && to == "" {
		return nil, nil
	}
	if of.IUV != "" || of.IUD != "" || of.Amount != 0 {
		return nil, usage(errors.New("--from and --to choose payments whole: not with --iuv, --iud or --amount"))
	}
	first, err := dayFlag("--from", from)
	if err != nil {
		return nil, err
	}
	last, err := dayFlag("--to", to)
	return &[2]record.Date{first, last}, err
}

// dayFlag reads a day; 0 when none is given.
func dayFlag(flag, text string) (record.Date, error) {
	if text == "" {
		return 0, nil
	}
	d, err := record.ParseDate(text)
	if err != nil {
		return 0, usage(fmt.Errorf("%s: %w: write it as YYYY-MM-DD", flag, err))
	}
	return d, nil
}
