package main

import (
	"bufio"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"quadra/engine/listing"
	"quadra/engine/store"
)

func (p *program) listCommand() *cobra.Command {
	var f listing.Filter
	var format, asOf string
	kinds := make([]string, len(listing.Kinds))
	for i, k := range listing.Kinds {
		kinds[i] = string(k)
	}
	cmd := &cobra.Command{
		Use:   "list " + strings.Join(kinds, "|"),
		Short: "Elenchi dai libri, senza limiti e con i totali",
		Long: `Elenca pagamenti, riversamenti, movimenti, ricevute, flussi, notifiche, file, scarti o decisioni in
ordine stabile, con quantità e somma. --status filtra: per i file è lo stato, per gli scarti il codice,
per le decisioni in-force o superseded.

Con --as-of pagamenti, riversamenti e movimenti sono quelli che l'elenco diceva dopo l'ultima
corsa fatta per quel giorno o, se non ce n'è una, per il giorno più vicino prima, anche se poi
sono stati corretti. Le segnalazioni scadute e da ignorare si contano da quel giorno, o da quello
dell'ultima corsa. Ciò che una segnalazione dice di ignorare resta fuori fino alla sua data.`,
		Args:      args(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		ValidArgs: kinds,
		RunE: func(cmd *cobra.Command, given []string) (err error) {
			if p.json {
				format = string(listing.FormatJSON)
			}
			if f.AsOf, err = asOfDay(asOf); err != nil {
				return err
			}
			w := bufio.NewWriter(p.out)
			err = p.readBooks(cmd.Context(), func(tx *store.Tx) error {
				_, err := listing.Write(cmd.Context(), tx, listing.Kind(given[0]), listing.Format(format), f, w)
				return err
			})
			return errors.Join(listingUsage(err), w.Flush())
		},
	}
	cmd.Flags().StringVar(&f.Status, "status", "", "solo le righe con questo stato")
	cmd.Flags().StringVar(&asOf, "as-of", "", "ciò che si sapeva quel giorno, YYYY-MM-DD (pagamenti, riversamenti, movimenti)")
	cmd.Flags().StringVar(&f.Note, "note", "", "solo con una segnalazione open, explained o closed, oppure none")
	cmd.Flags().StringVar(&f.Assignee, "assignee", "", "solo con una segnalazione assegnata a questa persona")
	cmd.Flags().BoolVar(&f.Overdue, "overdue", false, "solo con una segnalazione aperta oltre la sua scadenza")
	cmd.Flags().BoolVar(&f.Ignored, "ignored", false, "anche ciò che una segnalazione dice di ignorare ancora")
	cmd.Flags().StringVar(&format, "format", "table", "table, csv, json o xlsx")
	return cmd
}
