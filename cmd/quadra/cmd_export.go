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
	"quadra/jobs/night"
)

// exports are the files for other systems, by name.
var exports = map[string]func(context.Context, *store.Tx, io.Writer) (int, error){
	"labels": export.Labels,
	"status": export.Status,
}

func (p *program) exportCommand() *cobra.Command {
	var output, format, asOf, by string
	var mark bool
	cmd := &cobra.Command{
		Use:   "export labels|status|missing-receipts",
		Short: "File per altri sistemi",
		Long: `labels: le etichette di MyPivot, una riga per riga riconciliata
        (iud;iuv;iur;indice;iuf;anno_bolletta;cod_bolletta;classificazioni).
status: lo stato di ogni pagamento, riversamento e movimento.
missing-receipts: le ricevute da chiedere a pagoPA: pagamenti rendicontati o notificati senza
        ricevuta oltre il termine, e quelli con esito 8 o 9 la cui ricevuta vera non è arrivata.
        Con --mark-asked la richiesta si annota: il prossimo elenco dice quante volte e quando.

L'ordine delle righe è stabile: gli stessi libri danno gli stessi byte.
Con --json dice quante righe ha scritto; allora serve --output. missing-receipts ha anche
--format json.`,
		Args:      args(cobra.MatchAll(cobra.ExactArgs(1), cobra.OnlyValidArgs)),
		ValidArgs: []string{"labels", "status", missingReceipts},
		RunE: func(cmd *cobra.Command, given []string) error {
			if given[0] == missingReceipts {
				return p.exportMissing(cmd.Context(), missingOptions{output, format, asOf, by, mark})
			}
			if asOf != "" || mark || by != "" {
				return usage(errors.New("--as-of, --mark-asked and --author are for missing-receipts"))
			}
			if format != "csv" {
				return usage(fmt.Errorf("--format %s: only csv exists", format))
			}
			if p.json && output == "" {
				return usage(errors.New("--json describes a file: say which one with --output"))
			}
			rows, err := p.exportTo(cmd.Context(), output, p.readBooks, exports[given[0]])
			if err != nil || !p.json {
				return err
			}
			return p.printJSON(map[string]any{"export": given[0], "file": output, "rows": rows})
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "file da scrivere (lo standard output se non indicato)")
	cmd.Flags().StringVar(&format, "format", "csv", "formato: csv, e per missing-receipts anche json")
	cmd.Flags().StringVar(&asOf, "as-of", "", "missing-receipts: ciò che mancava quel giorno, YYYY-MM-DD")
	cmd.Flags().BoolVar(&mark, "mark-asked", false, "missing-receipts: annota che le ricevute dell'elenco vengono chieste ora")
	cmd.Flags().StringVar(&by, "author", "", "missing-receipts: chi le chiede")
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

// changeBooks lets fn change the books of the one entity asked for.
func (p *program) changeBooks(ctx context.Context, command string, dry bool, fn func(*store.Tx) error) error {
	c, err := p.load()
	if err != nil {
		return err
	}
	e, err := p.entity(c)
	if err != nil {
		return err
	}
	return night.WriteBooks(ctx, c, e, command, p.now(), dry, fn)
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
