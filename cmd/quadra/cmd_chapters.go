package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/listing"
	"quadra/engine/store"
	"quadra/jobs/night"
)

func (p *program) chaptersCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "chapters",
		Short: "Il piano dei capitoli: elenco, caricamento, storia, proposte",
		Long: `Il piano dei capitoli dice, per tipo dovuto ed esercizio, su quale ufficio, capitolo, articolo e
accertamento va l'incasso. Si carica dal CSV di MyPivot, della piattaforma unitaria o di quadra, a
mano o da una cartella (source: capitoli): tutto il file o niente, con tutti gli errori elencati.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(
		chaptersList(p, "list", "Il piano com'è; con --format csv si può ricaricare", listing.Chapters),
		chaptersList(p, "history", "Ogni cambiamento del piano, con il file e la riga che l'ha chiesto", listing.ChapterChanges),
		chaptersList(p, "proposals", "I capitoli su cui si è incassato e che il piano non ha", listing.ChapterProposals),
		p.chaptersUnassigned(), p.chaptersImport())
	return cmd
}

// chaptersList is a subcommand that lists the rows of an iterator.
func chaptersList[T any](p *program, name, short string, rows listing.Iterator[T]) *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   name,
		Short: short,
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return p.listRows(cmd.Context(), format, func(tx *store.Tx, f listing.Format, w io.Writer) error {
				_, err := listing.WriteRows(cmd.Context(), tx, rows, f, w)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, csv, json o xlsx")
	return cmd
}

func (p *program) chaptersUnassigned() *cobra.Command {
	var format, asOf string
	cmd := &cobra.Command{
		Use:   "unassigned",
		Short: "Le quote da assegnare, con i giorni rimasti dei 60 per regolarizzare",
		Args:  args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			day, err := p.asOf(asOf)
			if err != nil {
				return err
			}
			return p.listRows(cmd.Context(), format, func(tx *store.Tx, f listing.Format, w io.Writer) error {
				_, err := listing.WriteRows(cmd.Context(), tx, listing.Iterator[listing.Unassigned](listing.UnassignedShares(day)), f, w)
				return err
			})
		},
	}
	cmd.Flags().StringVar(&format, "format", "table", "table, csv, json o xlsx")
	cmd.Flags().StringVar(&asOf, "as-of", "", "data dalla quale si contano i giorni, YYYY-MM-DD (oggi se non indicata)")
	return cmd
}

// listRows opens the books and writes a listing in the format asked for.
func (p *program) listRows(ctx context.Context, format string, write func(*store.Tx, listing.Format, io.Writer) error) error {
	if p.json {
		format = string(listing.FormatJSON)
	}
	w := bufio.NewWriter(p.out)
	err := p.readBooks(ctx, func(tx *store.Tx) error { return write(tx, listing.Format(format), w) })
	if errors.Is(err, listing.ErrFormat) {
		return usage(fmt.Errorf("--format: %w: table, csv, json or xlsx", err))
	}
	return errors.Join(err, w.Flush())
}

func (p *program) chaptersImport() *cobra.Command {
	var asOf string
	var dry bool
	cmd := &cobra.Command{
		Use:   "import FILE...",
		Short: "Carica il piano: tutto il file o niente",
		Args:  args(cobra.MinimumNArgs(1)),
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
			return p.nights(cmd.Context(), c, []*config.Entity{e},
				night.Options{AsOf: day, DryRun: dry, Command: "quadra chapters import", ByHand: true, Files: files})
		},
	}
	cmd.Flags().StringVar(&asOf, "as-of", "", "data alla quale si giudica, YYYY-MM-DD (oggi se non indicata)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "dice cosa accadrebbe senza toccare nulla")
	return cmd
}
