package main

import (
	"io"

	"github.com/spf13/cobra"

	"quadra/engine/listing"
	"quadra/engine/store"
)

func (p *program) regulariseCommand() *cobra.Command {
	var format, asOf, state string
	cmd := &cobra.Command{
		Use:   "regularise",
		Short: "Come regolarizzare ogni provvisorio: le quote per capitolo e i giorni rimasti",
		Long: `Per ogni movimento che ha portato denaro di pagoPA propone le quote per anno, ufficio, capitolo,
articolo e accertamento, con piano dei conti, SIOPE e vincolo, gli IUV che le compongono e ciò che
manca. Le quote di un movimento danno sempre il movimento. Un flusso pagato da più movimenti si
divide nell'ordine delle sue righe. Quando il tesoriere dice che una reversale lo copre, lo stato
passa da proposto a ordinato e a regolarizzato, con ciò che resta da coprire.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			return p.listRows(cmd.Context(), format, func(tx *store.Tx, f listing.Format, w io.Writer) error {
				_, err := listing.WriteFiltered(cmd.Context(), tx, listing.RegulariseParts(day), f, listing.Filter{Status: state}, w)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, csv o json")
	cmd.Flags().StringVar(&asOf, "as-of", "", "data dalla quale si contano i giorni, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().StringVar(&state, "status", "", "solo proposed, ordered o regularised")
	return cmd
}
