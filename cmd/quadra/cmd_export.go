package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"quadra/engine/export"
	"quadra/engine/store"
	"quadra/jobs/night"
)

// exports are the files for other systems, by name.
var exports = map[string]func(context.Context, *store.Tx, io.Writer) (int, error){
	"labels": export.Labels,
	"status": export.Status,
}

func (p *program) exportCommand() *cobra.Command {
	var output, format string
	cmd := &cobra.Command{
		Use:   "export labels|status",
		Short: "File per altri sistemi",
		Long: `labels: le etichette di MyPivot, una riga per riga riconciliata
        (iud;iuv;iur;indice;iuf;anno_bolletta;cod_bolletta;classificazioni).
status: lo stato di ogni pagamento, riversamento e movimento.

L'ordine delle righe è stabile: gli stessi libri danno gli stessi byte.
Con --json dice quante righe ha scritto; allora serve --output.`,
		Args:      args(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		ValidArgs: []string{"labels", "status"},
		RunE: func(cmd *cobra.Command, given []string) error {
			if format != "csv" {
				return usage(fmt.Errorf("--format %s: only csv exists", format))
			}
			if p.json && output == "" {
				return usage(errors.New("--json describes a file: say which one with --output"))
			}
			rows, err := p.exportTo(cmd.Context(), given[0], output)
			if err != nil || !p.json {
				return err
			}
			return p.printJSON(map[string]any{"export": given[0], "file": output, "rows": rows})
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "file da scrivere (lo standard output se non indicato)")
	cmd.Flags().StringVar(&format, "format", "csv", "formato")
	return cmd
}

func (p *program) exportTo(ctx context.Context, name, output string) (rows int, err error) {
	if output == "" {
		w := bufio.NewWriter(p.out)
		err = p.readBooks(ctx, func(tx *store.Tx) error {
			rows, err = exports[name](ctx, tx, w)
			return err
		})
		return rows, errors.Join(err, w.Flush())
	}
	return writeWhole(output, func(w io.Writer) (rows int, err error) {
		err = p.readBooks(ctx, func(tx *store.Tx) error {
			rows, err = exports[name](ctx, tx, w)
			return err
		})
		return rows, err
	})
}

// readBooks opens the books of the one entity asked for and reads them.
func (p *program) readBooks(ctx context.Context, fn func(*store.Tx) error) (err error) {
	c, err := p.load()
	if err != nil {
		return err
	}
	e, err := p.entity(c)
	if err != nil {
		return err
	}
	books, err := night.OpenBooks(ctx, c, e)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	return books.Read(ctx, fn)
}
