package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"quadra/engine/listing"
	"quadra/engine/record"
	"quadra/engine/stats"
	"quadra/engine/store"
)

func (p *program) statsCommand() *cobra.Command {
	var by, only []string
	var from, to, format, receipts string
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Quanto è pagato, rendicontato e incassato",
		Long: `Somma il pagato (alla data del pagamento), il rendicontato (alla data di regolamento del flusso) e
l'incassato (alla data valuta dell'ultimo movimento) per giorno, mese, anno, ufficio, tipo dovuto,
capitolo, accertamento o PSP. Ogni misura ha la sua data: nello stesso periodo non sono un imbuto.
I totali sono gli stessi comunque si raggruppi.

--only month=2026-09 tiene una sola cella (ripetibile); --receipts paid|reported|cashed elenca le
ricevute che le stanno dietro.`,
		Example: `  quadra stats -e c_q001 --by month,debt-type
  quadra stats -e c_q001 --by month --only month=2026-09 --receipts cashed`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			opt, err := statsOptions(by, only, from, to)
			if err != nil {
				return usage(err)
			}
			if p.json {
				format = "json"
			}
			w := bufio.NewWriter(p.out)
			err = p.readBooks(cmd.Context(), func(tx *store.Tx) error {
				if receipts != "" {
					return statsReceipts(cmd.Context(), tx, opt, stats.Measure(receipts), listing.Format(format), w)
				}
				return p.writeStats(cmd.Context(), tx, opt, format, w)
			})
			if errors.Is(err, stats.ErrDimension) || errors.Is(err, listing.ErrFormat) {
				return usage(err)
			}
			return errors.Join(err, w.Flush())
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&by, "by", []string{"month"}, "raggruppa per "+dimensions())
	f.StringArrayVar(&only, "only", nil, "solo le celle con questo valore, dimensione=valore")
	f.StringVar(&from, "from", "", "dal giorno, YYYY-MM-DD")
	f.StringVar(&to, "to", "", "al giorno, YYYY-MM-DD")
	f.StringVar(&format, "format", "table", "table, csv, json o xlsx")
	f.StringVar(&receipts, "receipts", "", "elenca le ricevute di una misura: paid, reported o cashed")
	return cmd
}

func dimensions() string {
	names := make([]string, len(stats.Dimensions))
	for i, d := range stats.Dimensions {
		names[i] = string(d)
	}
	return strings.Join(names, ", ")
}

func statsOptions(by, only []string, from, to string) (opt stats.Options, err error) {
	for _, d := range by {
		opt.By = append(opt.By, stats.Dimension(d))
	}
	for _, o := range only {
		d, v, ok := strings.Cut(o, "=")
		if !ok {
			return opt, fmt.Errorf("--only %q: write it as dimension=value", o)
		}
		if opt.Only == nil {
			opt.Only = make(map[stats.Dimension]string)
		}
		opt.Only[stats.Dimension(d)] = v
	}
	for _, day := range []struct {
		flag, text string
		to         *record.Date
	}{{"--from", from, &opt.From}, {"--to", to, &opt.To}} {
		if day.text == "" {
			continue
		}
		if *day.to, err = record.ParseDate(day.text); err != nil {
			return opt, fmt.Errorf("%s: %w: write it as YYYY-MM-DD", day.flag, err)
		}
	}
	return opt, nil
}

func (p *program) writeStats(ctx context.Context, tx *store.Tx, opt stats.Options, format string, w io.Writer) error {
	t, err := stats.Build(ctx, tx, opt)
	if err != nil {
		return err
	}
	switch format {
	case "table":
		return t.WriteText(w)
	case "csv":
		return t.WriteCSV(w, record.Cents.String)
	case "json":
		return t.WriteJSON(w)
	case "xlsx":
		run, err := tx.LastRun()
		if err != nil {
			return err
		}
		day := record.DateOf(p.now())
		if run != nil {
			day = run.AsOf
		}
		return t.WriteXLSX(w, day)
	}
	return fmt.Errorf("%w: %q is not table, csv, json or xlsx", listing.ErrFormat, format)
}

// statsReceipts lists the shares behind a cell.
func statsReceipts(ctx context.Context, tx *store.Tx, opt stats.Options, m stats.Measure, format listing.Format, w io.Writer) error {
	if m != stats.Paid && m != stats.Reported && m != stats.Cashed {
		return usage(fmt.Errorf("--receipts %q: it is paid, reported or cashed", m))
	}
	rows := func(ctx context.Context, tx *store.Tx, _ listing.Filter, fn func(*listing.Counted) error) (listing.Totals, error) {
		var t listing.Totals
		err := stats.Receipts(ctx, tx, opt, m, func(r *store.StatRow) error {
			t.Count++
			t.Cents += r.Amount
			return fn(listing.NewCounted(r))
		})
		return t, err
	}
	_, err := listing.WriteRows(ctx, tx, rows, format, w)
	return err
}
