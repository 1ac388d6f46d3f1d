package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/google/renameio/v2"
	"github.com/spf13/cobra"

	"quadra/engine/export"
	"quadra/engine/store"
)

func (p *program) exportMissingCommand() *cobra.Command {
	var o missingOptions
	cmd := &cobra.Command{
		Use:   missingReceipts,
		Short: "Le ricevute da chiedere a pagoPA",
		Long: `Elenca le ricevute da chiedere a pagoPA: pagamenti rendicontati o notificati senza ricevuta oltre il
termine, e quelli con esito 8 o 9 la cui ricevuta vera non è arrivata. Con --mark-asked la richiesta si
annota: il prossimo elenco dice quante volte e quando.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.exportMissing(cmd.Context(), o) },
	}
	cmd.Flags().StringVarP(&o.output, "output", "o", "", "file da scrivere (lo standard output se non indicato)")
	cmd.Flags().StringVar(&o.format, "format", "csv", "formato: csv o json")
	cmd.Flags().StringVar(&o.asOf, "as-of", "", "ciò che mancava quel giorno, YYYY-MM-DD")
	cmd.Flags().BoolVar(&o.mark, "mark-asked", false, "annota che le ricevute dell'elenco vengono chieste ora")
	cmd.Flags().StringVar(&o.author, "author", "", "chi le chiede")
	return cmd
}

// missingReceipts is the export that can also write in the books.
const missingReceipts = "missing-receipts"

type missingOptions struct {
	output, format, asOf, author string
	mark                         bool
}

func (p *program) exportMissing(ctx context.Context, o missingOptions) (err error) {
	opt := export.MissingOptions{JSON: o.format == "json", At: p.now().UTC()}
	switch {
	case o.format != "csv" && o.format != "json":
		return usage(fmt.Errorf("--format %s: csv or json", o.format))
	case p.json && o.output == "":
		return usage(errors.New("--json describes a file: say which one with --output, or ask for --format json"))
	case o.mark && o.asOf != "":
		return usage(export.ErrMarkAsOf)
	case o.author != "" && !o.mark:
		return usage(errors.New("--author is who asks: it goes with --mark-asked"))
	}
	if opt.AsOf, err = asOfDay(o.asOf); err != nil {
		return err
	}
	books := p.readBooks
	if o.mark {
		if opt.MarkedBy, err = author(o.author); err != nil {
			return err
		}
		books = func(ctx context.Context, fn func(*store.Tx) error) error {
			return p.changeBooks(ctx, "quadra export --mark-asked", false, fn)
		}
	}
	rows, err := p.exportTo(ctx, o.output, books, func(ctx context.Context, tx *store.Tx, w io.Writer) (int, error) {
		return export.MissingReceipts(ctx, tx, opt, w)
	})
	if err != nil || !p.json {
		return err
	}
	return p.printJSON(map[string]any{"export": missingReceipts, "file": o.output, "rows": rows, "marked": o.mark})
}

// exportTo writes an export to a file or to the standard output, before the
// transaction it is read in ends: what is recorded of it was handed over.
func (p *program) exportTo(ctx context.Context, output string, books func(context.Context, func(*store.Tx) error) error,
	write func(context.Context, *store.Tx, io.Writer) (int, error),
) (rows int, err error) {
	if output == "" {
		err = books(ctx, func(tx *store.Tx) error {
			w := bufio.NewWriter(p.out)
			rows, err = write(ctx, tx, w)
			return errors.Join(err, w.Flush())
		})
		return rows, err
	}
	// Whole or not at all: a reader of the file never sees half of it.
	file, err := renameio.NewPendingFile(output, renameio.WithPermissions(0o640))
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	defer func() { err = errors.Join(err, file.Cleanup()) }()
	err = books(ctx, func(tx *store.Tx) error {
		w := bufio.NewWriter(file)
		if rows, err = write(ctx, tx, w); err != nil {
			return err
		}
		if err := w.Flush(); err != nil {
			return err
		}
		return file.CloseAtomicallyReplace()
	})
	return rows, err
}
