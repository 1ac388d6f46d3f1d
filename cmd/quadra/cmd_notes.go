package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"quadra/engine/listing"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/parsers"
)

func (p *program) notesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "notes",
		Short: "Segnalazioni su pagamenti, riversamenti e movimenti",
		Long: `Una segnalazione dice di un pagamento, di un riversamento o di un movimento che cosa se ne sa e
chi se ne occupa: aperta, spiegata o chiusa, con autore, assegnatario, scadenza e una data fino
alla quale lasciarlo da parte. Segue la cosa anche quando cambia stato o classificazione. Ogni
modifica resta nella sua storia; gli stati e i totali non cambiano.

L'autore è --author, o la variabile QUADRA_AUTHOR, o l'utente del sistema.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.notesListCommand(), p.notesApplyCommand(),
		p.noteCommand("add", note.Open, "Apre una segnalazione, o ne riscrive una"),
		p.noteCommand("explain", note.Explained, "Dice perché: l'anomalia resta, ma è spiegata"),
		p.noteCommand("close", note.Closed, "Chiude una segnalazione"),
		p.noteCommand("reopen", note.Open, "Riapre una segnalazione"))
	return cmd
}

// author is who writes, never empty.
func author(given string) (string, error) {
	for _, name := range []string{given, os.Getenv("QUADRA_AUTHOR"), os.Getenv("USER")} {
		if name = strings.TrimSpace(name); name != "" {
			return name, nil
		}
	}
	return "", usage(errors.New("say who writes with --author, or set QUADRA_AUTHOR"))
}

// noted is what was written, for machines.
type noted struct {
	Applied bool `json:"applied"`
	DryRun  bool `json:"dry_run"`
	note.Summary
	Error   string       `json:"error,omitempty"`
	Rejects []noteReject `json:"rejects"`
}

// noteReject is a wrong row.
type noteReject struct {
	Line   int               `json:"line"`
	Column string            `json:"column"`
	Code   record.RejectCode `json:"code"`
	Value  string            `json:"value"`
	Reason string            `json:"reason"`
}

func noteRejects(bad []record.Reject) []noteReject {
	out := make([]noteReject, len(bad))
	for i, r := range bad {
		out[i] = noteReject{r.Line, r.Column, r.Code, r.Value, r.Reason}
	}
	return out
}

// writeNotes writes notes into the books of the one entity asked for.
func (p *program) writeNotes(ctx context.Context, by string, dry bool, rows []record.Note) (noted, error) {
	out := noted{DryRun: dry, Rejects: []noteReject{}}
	now := p.now().UTC()
	err := p.changeBooks(ctx, "quadra notes", dry, func(tx *store.Tx) error {
		sum, bad, err := note.Apply(tx, rows, note.Writing{Author: by, At: now})
		out.Summary = sum
		out.Rejects = noteRejects(bad)
		return err
	})
	out.Applied = err == nil && len(out.Rejects) == 0 && !dry
	return out, err
}

func (p *program) printNoted(out noted) error {
	if p.json {
		return p.printJSON(out)
	}
	w := &printer{w: p.out}
	w.line("segnalazioni: %d nuove, %d modificate, %d già così", out.Added, out.Changed, out.Unchanged)
	if out.Blank > 0 {
		w.line("righe senza segnalazione: %d", out.Blank)
	}
	if out.DryRun {
		w.line("prova: niente è stato scritto")
	}
	return w.err
}

func (p *program) notesApplyCommand() *cobra.Command {
	var by string
	var dry bool
	cmd := &cobra.Command{
		Use:   "apply FILE.csv",
		Short: "Segnalazioni da un CSV: tutte o nessuna",
		Long: `Le colonne sono quelle di anomalie.csv del rapporto, dove si scrive e che si può ridare così com'è:
unita e i codici che indicano la cosa, poi segnalazione (il testo), segnalazione_stato (aperta,
spiegata, chiusa), segnalazione_assegnata_a, segnalazione_scadenza, segnalazione_ignora_fino_al,
segnalazione_autore. Una cella vuota lascia ciò che c'era, un trattino lo toglie; una riga senza
niente di suo è saltata. Prima si controllano tutte le righe: se una è sbagliata non si scrive
niente, e si esce con 3. Lo stesso file applicato due volte non cambia nulla.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			name, err := author(by)
			if err != nil {
				return err
			}
			rows, bad, err := parsers.ReadNotes(cmd.Context(), given[0], parsers.Options{})
			out := noted{DryRun: dry, Rejects: noteRejects(bad)}
			var refused *record.FileError
			switch {
			case errors.As(err, &refused):
				out.Error = refused.Message
			case err != nil:
				return err
			default:
				if out, err = p.writeNotes(cmd.Context(), name, dry, rows); err != nil {
					return err
				}
			}
			if out.Error == "" && len(out.Rejects) == 0 {
				return p.printNoted(out)
			}
			return p.refuseNotes(given[0], out, refused)
		},
	}
	cmd.Flags().StringVar(&by, "author", "", "chi scrive, per le righe che non lo dicono")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "controlla e conta senza scrivere")
	return cmd
}

// refuseNotes says what is wrong with a file of notes, row by row.
func (p *program) refuseNotes(file string, out noted, refused *record.FileError) error {
	if p.json {
		return errors.Join(p.printJSON(out), &statusError{code: exitRejected})
	}
	w := &printer{w: p.errs}
	for i := range out.Rejects {
		r := &out.Rejects[i]
		column, value := "", ""
		if r.Column != "" {
			column = ", colonna " + r.Column
		}
		if r.Value != "" {
			value = fmt.Sprintf(" (valore: %s)", r.Value)
		}
		w.line("%s:%d%s: %s%s", file, r.Line, column, r.Reason, value)
	}
	if refused != nil && len(out.Rejects) == 0 {
		w.line("%s: %s", file, refused.Error())
	}
	w.line("quadra: nessuna segnalazione è stata scritta")
	return errors.Join(w.err, &statusError{code: exitRejected})
}

// noteCommand writes one note.
func (p *program) noteCommand(name, state, short string) *cobra.Command {
	n := record.Note{State: state}
	var by, due, ignore string
	var dry bool
	cmd := &cobra.Command{
		Use:   name + " iuv|iud|iuf|movement ID",
		Short: short,
		Long: short + `.

La cosa si indica come in show: un pagamento con IUV o IUD, un riversamento con IUF, un movimento
con NUMERO/ANNO. Se sono più d'una si aggiungono --iur e --index, --psp e --year, o --account.
Ciò che non si dice resta com'era; un trattino toglie assegnatario o data.`,
		Args: args(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, given []string) error {
			row := n
			if err := address(&row, given[0], given[1]); err != nil {
				return err
			}
			if name == "explain" && row.Text == "" {
				return usage(errors.New("say why with --text"))
			}
			var err error
			if row.DueOn, row.NoDue, err = noteDay("--due", due); err != nil {
				return err
			}
			if row.IgnoreUntil, row.NoIgnore, err = noteDay("--ignore-until", ignore); err != nil {
				return err
			}
			if row.Assignee == "-" {
				row.Assignee, row.NoAssignee = "", true
			}
			who, err := author(by)
			if err != nil {
				return err
			}
			out, err := p.writeNotes(cmd.Context(), who, dry, []record.Note{row})
			if err != nil {
				return err
			}
			if len(out.Rejects) == 0 {
				return p.printNoted(out)
			}
			err = fmt.Errorf("%s %s: %s", given[0], given[1], out.Rejects[0].Reason)
			if out.Rejects[0].Code == record.RejectUnknown {
				return err
			}
			return usage(err)
		},
	}
	flags := cmd.Flags()
	flags.StringVarP(&n.Text, "text", "t", "", "che cosa se ne sa")
	flags.StringVar(&n.Assignee, "assignee", "", "chi se ne occupa")
	flags.StringVar(&due, "due", "", "entro quando, YYYY-MM-DD")
	flags.StringVar(&ignore, "ignore-until", "", "il giorno in cui tornarci sopra, YYYY-MM-DD: fino ad allora list lo lascia da parte")
	flags.StringVar(&n.IUR, "iur", "", "IUR del pagamento")
	flags.IntVar(&n.Index, "index", 0, "indice del pagamento")
	flags.StringVar(&n.PSP, "psp", "", "PSP del riversamento")
	flags.IntVar(&n.Year, "year", 0, "anno di regolamento del riversamento")
	flags.StringVar(&n.Account, "account", "", "conto del movimento")
	flags.StringVar(&by, "author", "", "chi scrive")
	flags.BoolVar(&dry, "dry-run", false, "controlla senza scrivere")
	return cmd
}

// address names the thing of a note as show does.
func address(n *record.Note, what, id string) error {
	switch what {
	case "iuv":
		n.Unit, n.IUV = note.UnitPayment, id
	case "iud":
		n.Unit, n.IUD = note.UnitPayment, id
	case "iuf":
		n.Unit, n.IUF = note.UnitSettlement, id
	case "movement":
		number, year, ok := strings.Cut(id, "/")
		y, err := strconv.Atoi(year)
		if !ok || err != nil {
			return usage(fmt.Errorf("movement %q: write it as NUMBER/YEAR, e.g. 1201/2026", id))
		}
		n.Unit, n.Number, n.Year = note.UnitMovement, number, y
	default:
		return usage(fmt.Errorf("notes on %q: iuv, iud, iuf or movement", what))
	}
	return nil
}

// noteDay reads a day, or a - that takes it away.
func noteDay(flag, text string) (record.Date, bool, error) {
	if text == "" || text == "-" {
		return 0, text == "-", nil
	}
	d, err := record.ParseDate(text)
	if err != nil {
		return 0, false, usage(fmt.Errorf("%s: %w: write it as YYYY-MM-DD", flag, err))
	}
	return d, false, nil
}

func (p *program) notesListCommand() *cobra.Command {
	var f listing.NoteFilter
	var format, asOf string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "Le segnalazioni, nell'ordine in cui sono nate",
		Long: `Scadute e da ignorare si contano dal giorno --as-of, che senza indicazioni è quello dell'ultima
corsa. Il CSV ha le colonne che notes apply legge.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) (err error) {
			if p.json {
				format = string(listing.FormatJSON)
			}
			if f.AsOf, err = asOfDay(asOf); err != nil {
				return err
			}
			w := bufio.NewWriter(p.out)
			err = p.readBooks(cmd.Context(), func(tx *store.Tx) error {
				_, err := listing.Notes(cmd.Context(), tx, listing.Format(format), f, w)
				return err
			})
			return errors.Join(listingUsage(err), w.Flush())
		},
	}
	cmd.Flags().StringVar(&f.State, "state", "", "open, explained o closed")
	cmd.Flags().StringVar(&f.Assignee, "assignee", "", "solo quelle di chi se ne occupa")
	cmd.Flags().BoolVar(&f.Overdue, "overdue", false, "solo le aperte oltre la loro scadenza")
	cmd.Flags().BoolVar(&f.Ignored, "ignored", false, "solo quelle da lasciare da parte fino alla loro data")
	cmd.Flags().BoolVar(&f.History, "history", false, "ogni modifica, non solo l'ultima")
	cmd.Flags().StringVar(&asOf, "as-of", "", "le segnalazioni com'erano quel giorno, YYYY-MM-DD")
	cmd.Flags().StringVar(&format, "format", "table", "table, csv, json o xlsx")
	return cmd
}

// asOfDay reads the day a listing is asked as of; 0 when none is.
func asOfDay(text string) (record.Date, error) {
	if text == "" {
		return 0, nil
	}
	d, err := record.ParseDate(text)
	if err != nil {
		return 0, usage(fmt.Errorf("--as-of: %w: write it as YYYY-MM-DD", err))
	}
	return d, nil
}

// listingUsage tells wrong usage of a listing from what went wrong.
func listingUsage(err error) error {
	switch {
	case errors.Is(err, listing.ErrFormat):
		return usage(fmt.Errorf("--format: %w: table, csv, json or xlsx", err))
	case errors.Is(err, listing.ErrNote):
		return usage(fmt.Errorf("%w: open, explained or closed, and for payments, settlements and movements none", err))
	case errors.Is(err, listing.ErrUnits):
		return usage(err)
	}
	return err
}
