package main

import (
	"bufio"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"quadra/engine/listing"
	"quadra/engine/store"
)

func (p *program) listCommand() *cobra.Command {
	var f listing.Filter
	var format string
	kinds := make([]string, len(listing.Kinds))
	for i, k := range listing.Kinds {
		kinds[i] = string(k)
	}
	cmd := &cobra.Command{
		Use:   "list " + strings.Join(kinds, "|"),
		Short: "Elenchi dai libri, senza limiti e con i totali",
		Long: `Elenca pagamenti, riversamenti, movimenti, ricevute, flussi, notifiche, file, scarti o decisioni in
ordine stabile, con quantità e somma. --status filtra: per i file è lo stato, per gli scarti il codice,
per le decisioni in-force o superseded.`,
		Args:      args(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		ValidArgs: kinds,
		RunE: func(cmd *cobra.Command, given []string) error {
			if p.json {
				format = string(listing.FormatJSON)
			}
			w := bufio.NewWriter(p.out)
			err := p.readBooks(cmd.Context(), func(tx *store.Tx) error {
				_, err := listing.Write(cmd.Context(), tx, listing.Kind(given[0]), listing.Format(format), f, w)
				return err
			})
			if errors.Is(err, listing.ErrFormat) {
				return usage(fmt.Errorf("--format: %w: table, csv or json", err))
			}
			return errors.Join(err, w.Flush())
		},
	}
	cmd.Flags().StringVar(&f.Status, "status", "", "solo le righe con questo stato")
	cmd.Flags().StringVar(&format, "format", "table", "table, csv o json")
	return cmd
}
