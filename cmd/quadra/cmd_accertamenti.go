package main

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/listing"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/night"
	"quadra/parsers"
)

func (p *program) accertamentiCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "accertamenti",
		Short: "Accertamenti: crearli, riempirli, chiuderli, annullarli, e che cosa tengono",
		Long: `Un accertamento raccoglie pagamenti, o parti di essi, di un tipo dovuto e di un esercizio, e dice su
quale capitolo vanno. Un pagamento non è mai in due accertamenti vivi. Chiuso, non cambia; annullato
(con il motivo) lascia liberi i suoi pagamenti; si può riaprire (con il motivo). Niente è
cancellato: history dice chi ha fatto cosa e quando.

L'autore è --author, o la variabile QUADRA_AUTHOR, o l'utente del sistema.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		chaptersList(p, "list", "Gli accertamenti, con quanto tengono", listing.Accertamenti),
		accertamentiOf(p, "show", "I pagamenti che un accertamento tiene, e su quale capitolo", listing.AccertamentoShares),
		accertamentiOf(p, "history", "Ogni cambiamento: chi, quando, perché, da quale riga di quale file", listing.AccertamentoChanges),
		p.accertamentiPlan(), p.accertamentiApply(),
		p.accertamentoCommand("create", record.ActionCreate, "Crea un accertamento"),
		p.accertamentoCommand("rename", record.ActionRename, "Cambia il nome di un accertamento"),
		p.accertamentoCommand("add", record.ActionAdd, "Aggiunge un pagamento, una sua parte, o tutti quelli di un periodo"),
		p.accertamentoCommand("remove", record.ActionRemove, "Toglie un pagamento, o tutti quelli di un periodo"),
		p.accertamentoCommand("close", record.ActionClose, "Chiude un accertamento"),
		p.accertamentoCommand("cancel", record.ActionCancel, "Annulla un accertamento: i suoi pagamenti tornano liberi"),
		p.accertamentoCommand("reopen", record.ActionReopen, "Riapre un accertamento chiuso o annullato"))
	return cmd
}

// accertamentiOf is a subcommand that lists something of the accertamenti with a
// name, or of all.
func accertamentiOf[T any](p *program, name, short string, rows func(string) listing.Iterator[T]) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   name + " [NOME]",
		Short: short,
		Args:  args(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			of := ""
			if len(given) > 0 {
				of = given[0]
			}
			return p.listRows(cmd.Context(), format, func(tx *store.Tx, f listing.Format, w io.Writer) error {
				_, err := listing.WriteRows(cmd.Context(), tx, rows(of), f, w)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, csv, json o xlsx")
	return cmd
}

// carried is what was done, for machines.
type carried struct {
	Applied  bool             `json:"applied"`
	DryRun   bool             `json:"dry_run"`
	Done     []carriedOut     `json:"done"`
	Error    string           `json:"error,omitempty"`
	Problems []carriedProblem `json:"problems"`
}

type carriedOut struct {
	Line int    `json:"line"`
	Text string `json:"text"`
}

type carriedProblem struct {
	Line    int    `json:"line"`
	Column  string `json:"column"`
	Rule    string `json:"rule"`
	Message string `json:"message"`
}

// carry asks for changes of accertamenti of the one entity asked for.
func (p *program) carry(ctx context.Context, ask night.Asking) (carried, error) {
	out := carried{DryRun: ask.DryRun, Done: []carriedOut{}, Problems: []carriedProblem{}}
	c, err := p.load()
	if err != nil {
		return out, err
	}
	e, err := p.entity(c)
	if err != nil {
		return out, err
	}
	done, problems, err := night.Carry(ctx, c, e, p.now().UTC(), ask)
	for _, d := range done {
		out.Done = append(out.Done, carriedOut(d))
	}
	for _, r := range problems {
		out.Problems = append(out.Problems, carriedProblem(r))
	}
	out.Applied = err == nil && len(problems) == 0 && !ask.DryRun
	return out, err
}

// printCarried says what was done, or, row by row, what is wrong.
func (p *program) printCarried(file string, out *carried, fault int) error {
	wrong := out.Error != "" || len(out.Problems) > 0
	var status error
	if wrong {
		status = &statusError{code: fault}
	}
	if p.json {
		return errors.Join(p.printJSON(out), status)
	}
	w := &printer{w: p.out}
	if wrong {
		w.w = p.errs
	}
	for _, d := range out.Done {
		w.line("%s", d.Text)
	}
	for _, r := range out.Problems {
		switch {
		case file == "":
			w.line("quadra: %s", r.Message)
		case r.Column != "":
			w.line("%s:%d, colonna %s: %s", file, r.Line, r.Column, r.Message)
		default:
			w.line("%s:%d: %s", file, r.Line, r.Message)
		}
	}
	switch {
	case len(out.Problems) == 0 && wrong:
		w.line("%s: %s", file, out.Error)
	case wrong:
		w.line("quadra: nessun accertamento è stato toccato")
	case out.DryRun:
		w.line("prova: niente è stato scritto")
	}
	return errors.Join(w.err, status)
}

const instructionColumns = `Il CSV ha le colonne azione (crea, rinomina, aggiungi, togli, chiudi, annulla, riapri) e accertamento,
e secondo l'azione tipo_dovuto, anno, iuv, iur, indice o iud, ufficio, capitolo, articolo,
codice_accertamento, importo (vuoto: tutto ciò che resta del pagamento), nuovo_nome, motivo, autore.`

func (p *program) accertamentiPlan() *cobra.Command {
	var by string
	cmd := &cobra.Command{
		Use:   "plan FILE.csv",
		Short: "Che cosa farebbe apply, riga per riga, senza fare niente",
		Long:  instructionColumns,
		Args:  args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			name, err := author(by)
			if err != nil {
				return err
			}
			rows, bad, err := parsers.ReadInstructions(cmd.Context(), given[0], parsers.Options{})
			out := carried{DryRun: true, Done: []carriedOut{}, Problems: []carriedProblem{}}
			var refused *record.FileError
			switch {
			case errors.As(err, &refused):
				out.Error = refused.Message
				for _, r := range bad {
					out.Problems = append(out.Problems, carriedProblem{r.Line, r.Column, string(r.Code), r.Reason})
				}
			case err != nil:
				return err
			default:
				if out, err = p.carry(cmd.Context(), night.Asking{Instructions: rows, Author: name, DryRun: true}); err != nil {
					return err
				}
			}
			return p.printCarried(given[0], &out, exitRejected)
		},
	}
	cmd.Flags().StringVar(&by, "author", "", "chi lo chiede, per le righe che non lo dicono")
	return cmd
}

func (p *program) accertamentiApply() *cobra.Command {
	var by, asOf string
	var dry bool
	cmd := &cobra.Command{
		Use:   "apply FILE.csv",
		Short: "Esegue le richieste di un CSV: tutte o nessuna",
		Long: instructionColumns + `

Il file è conservato, e ogni cambiamento dice da quale sua riga viene. Lo stesso file mandato due
volte non cambia nulla. Vale anche lasciato in una cartella con source: accertamenti, dove ogni riga
dice il suo autore.`,
		Args: args(cobra.ExactArgs(1)),
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
			name, err := author(by)
			if err != nil {
				return err
			}
			return p.nights(cmd.Context(), c, []*config.Entity{e}, night.Options{AsOf: day, DryRun: dry, Command: "quadra accertamenti apply",
				ByHand: true, Files: files, Source: config.SourceAssessments, Author: name})
		},
	}
	cmd.Flags().StringVar(&by, "author", "", "chi lo chiede, per le righe che non lo dicono")
	cmd.Flags().StringVar(&asOf, "as-of", "", "data alla quale si giudica, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "dice cosa accadrebbe senza toccare nulla")
	return cmd
}
