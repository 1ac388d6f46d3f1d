package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/propose"
	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/night"
)

func (p *program) matchCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "match",
		Short: "Proposte di abbinamento, e le decisioni di chi le guarda",
		Args:  args(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(p.matchSuggestCommand(), p.matchApplyCommand())
	return cmd
}

func (p *program) matchSuggestCommand() *cobra.Command {
	var asOf, file string
	cmd := &cobra.Command{
		Use:   "suggest",
		Short: "Abbinamenti probabili tra cassa, flussi e ricevute: mai collegati da soli",
		Long: `Cerca tra ciò che è rimasto aperto: stesso importo e data vicina; IUF tagliato o rovinato nella
causale; somma esatta di due, tre o quattro movimenti per un flusso, o di flussi per un movimento;
PSP nella causale e data vicina; importo e data di una ricevuta con lo IUV rovinato. Ogni proposta
ha un punteggio da 0 a 100 e i motivi. Chiede anche dei flussi sostituiti dopo il riversamento e
di quale tra due pagamenti doppi è il rimborso. Ciò che è stato rifiutato non torna.

Punti: importo uguale 40 (somma di due, tre, quattro: 35, 30, 25); giorni dal regolamento, o dal
pagamento, all'accredito: fino a 1 20, fino a 3 15, fino a 5 10, fino a 10 5; parte dello IUF o
dello IUV che si legge, fino a 30; BIC o ABI del PSP 15, nome del PSP o di chi ha pagato 10;
nessuna alternativa 10; la causale nomina un altro flusso -25; somma senza altro in comune -10.

Con --csv scrive il file su cui rispondere: colonna risposta (accetta, rifiuta, annulla), autore,
nota; poi quadra match apply, o la cartella delle decisioni.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			var found *propose.Result
			err = p.readBooks(cmd.Context(), func(tx *store.Tx) (err error) {
				found, err = propose.Find(cmd.Context(), tx, day)
				return err
			})
			if err != nil {
				return err
			}
			rows := 0
			if file != "" {
				if rows, err = writeWhole(file, func(w io.Writer) (int, error) { return propose.CSV(w, found.Proposals) }); err != nil {
					return err
				}
			}
			switch {
			case p.json:
				return p.printJSON(found)
			case file != "":
				_, err = fmt.Fprintf(p.out, "%s: proposte %d, righe %d\n", file, len(found.Proposals), rows)
				return err
			}
			return propose.Text(p.out, found)
		},
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "data dalla quale si guarda, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().StringVar(&file, "csv", "", "scrive le proposte in questo file, per rispondere")
	return cmd
}

func (p *program) matchApplyCommand() *cobra.Command {
	var asOf string
	var dry bool
	cmd := &cobra.Command{
		Use:   "apply FILE",
		Short: "Applica le risposte date alle proposte, tutte o nessuna",
		Long: `Controlla ogni riga con una risposta e dice di ciascuna errata riga, colonna, cosa non va e cosa
fare; se una sola è errata non applica niente. Poi ricollega e rigiudica ciò che è toccato.

accetta  il movimento paga il flusso (o il pagamento) per l'importo scritto; per i tipi rivisto e
         rimborso: la nuova versione è stata guardata, il pagamento è quello rimborsato
rifiuta  non va più proposto, e la causale da sola non basta a collegarlo
annulla  toglie l'ultima risposta; niente è cancellato

Lo stesso file mandato due volte non cambia nulla.`,
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
			return p.nights(cmd.Context(), c, []*config.Entity{e}, night.Options{AsOf: day, DryRun: dry, Command: "quadra match apply",
				ByHand: true, Files: files, Source: config.SourceDecisions})
		},
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "data alla quale si giudica, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "dice cosa accadrebbe senza toccare nulla")
	return cmd
}

// writeWhole writes a file whole or not at all: a reader of it never sees half.
func writeWhole(name string, fill func(io.Writer) (int, error)) (rows int, err error) {
	file, err := renameio.NewPendingFile(name, renameio.WithPermissions(0o640))
	if err != nil {
		return 0, fmt.Errorf("write %s: %w", name, err)
	}
	defer func() { err = errors.Join(err, file.Cleanup()) }()
	w := bufio.NewWriter(file)
	rows, err = fill(w)
	if err = errors.Join(err, w.Flush()); err != nil {
		return rows, err
	}
	return rows, file.CloseAtomicallyReplace()
}

// printRejects lists the rows of a file that were left out.
func printRejects(p *printer, rows []record.Reject) {
	for i := range rows {
		r := &rows[i]
		column := ""
		if r.Column != "" {
			column = ", colonna " + r.Column
		}
		value := ""
		if r.Value != "" {
			value = fmt.Sprintf(" (%q)", r.Value)
		}
		p.line("                riga %d%s%s: %s", r.Line, column, value, r.Reason)
	}
}
