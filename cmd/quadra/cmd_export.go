package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/engine/export"
	"quadra/engine/store"
	"quadra/jobs/night"
)

func (p *program) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export",
		Short: "File per altri sistemi",
		Long: `Scrive un file per un altro sistema: sullo standard output, in un file (--output) o, con il nome
che quel sistema si aspetta e accanto un manifesto con SHA-256, righe, somma e sequenza, in una
cartella (--out).

L'ordine delle righe è stabile: gli stessi libri danno gli stessi byte. Non c'è limite di righe.

Ogni cambiamento di un pagamento o di un movimento ha un numero, senza buchi; i pagamenti del primo
carico ne hanno uno solo. --since N scrive solo ciò che è cambiato dopo il numero N, e in
NOME.modifiche.csv di chi sono le righe e che cosa è da togliere; il manifesto dice da quale a quale
numero. --since 0 è tutto.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return usage(fmt.Errorf("say what to export: see %s --help", cmd.CommandPath()))
		},
	}
	cmd.AddCommand(p.exportLabelsCommand(), p.exportStatusCommand(), p.exportPivotCommand(), p.exportPaidCommand(),
		p.exportTreasuryCommand(), p.exportAccertamentiCommand(), p.exportMissingCommand())
	return cmd
}

func (p *program) exportLabelsCommand() *cobra.Command {
	x := p.newExport("labels", "Le etichette di MyPivot, una riga per riga riconciliata", `Colonne: iud;iuv;iur;indice;iuf;anno_bolletta;cod_bolletta;classificazioni.`)
	return x.plain(export.Labels)
}

func (p *program) exportStatusCommand() *cobra.Command {
	x := p.newExport("status", "Lo stato di ogni pagamento, riversamento e movimento", `Ogni unità ha una riga, così gli importi si sommano.`)
	return x.plain(export.Status)
}

func (p *program) exportTreasuryCommand() *cobra.Command {
	x := p.newExport("treasury", "Il giornale di cassa per la Piattaforma unitaria (CSV completo, 41 colonne)",
		`Una riga per movimento non stornato, con il residuo se lo è in parte; importi in centesimi.`)
	x.incremental()
	return x.command(func(_ *config.Entity, e export.Entity) (export.Job, error) {
		return export.Job{Write: func(ctx context.Context, tx *store.Tx, w, log io.Writer) (export.Content, error) {
			return export.WriteTreasury(ctx, tx, e, x.sinceNumber(), w, log)
		}}, nil
	})
}

func (p *program) exportAccertamentiCommand() *cobra.Command {
	x := p.newExport("accertamenti", "Gli accertamenti per la Piattaforma unitaria", `Una riga per quota di pagamento; importi in centesimi.`)
	return x.command(func(_ *config.Entity, e export.Entity) (export.Job, error) {
		return export.Job{Write: func(ctx context.Context, tx *store.Tx, w, _ io.Writer) (export.Content, error) {
			return export.WriteAccertamenti(ctx, tx, e, w)
		}}, nil
	})
}

// exporting is one export on the command line.
type exporting struct {
	p      *program
	cmd    *cobra.Command
	name   string
	format string
	output string
	out    string
	since  int64
}

func (p *program) newExport(name, short, long string) *exporting {
	x := &exporting{p: p, name: name}
	x.cmd = &cobra.Command{Use: name, Short: short, Long: short + ".\n\n" + long, Args: args(cobra.NoArgs)}
	flags := x.cmd.Flags()
	flags.StringVarP(&x.output, "output", "o", "", "file da scrivere (lo standard output se non indicato)")
	flags.StringVar(&x.out, "out", "", "cartella in cui scrivere il file col suo nome e il manifesto")
	flags.StringVar(&x.format, "format", "csv", "formato")
	return x
}

func (x *exporting) incremental() {
	x.cmd.Flags().Int64Var(&x.since, "since", 0, "solo ciò che è cambiato dopo questo numero della sequenza (con --out)")
}

// sinceNumber is the number asked for, nil for a full export.
func (x *exporting) sinceNumber() *int64 {
	if f := x.cmd.Flags().Lookup("since"); f == nil || !f.Changed {
		return nil
	}
	return &x.since
}

// plain finishes a command of an export that only counts its rows.
func (x *exporting) plain(write func(context.Context, *store.Tx, io.Writer) (int, error)) *cobra.Command {
	return x.command(func(*config.Entity, export.Entity) (export.Job, error) {
		return export.Job{Write: func(ctx context.Context, tx *store.Tx, w, _ io.Writer) (export.Content, error) {
			rows, err := write(ctx, tx, w)
			return export.Content{Rows: rows}, err
		}}, nil
	})
}

// command finishes the command: job makes the export of an entity once flags are
// known; its errors are wrong usage.
func (x *exporting) command(job func(*config.Entity, export.Entity) (export.Job, error)) *cobra.Command {
	x.cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		switch {
		case x.format != "csv":
			return usage(fmt.Errorf("--format %s: only csv exists", x.format))
		case x.output != "" && x.out != "":
			return usage(errors.New("--output and --out: say one of the two"))
		case x.p.json && x.output == "" && x.out == "":
			return usage(errors.New("--json describes a file: say which one with --output, or where with --out"))
		case x.sinceNumber() != nil && x.out == "":
			return usage(errors.New("--since writes more than one file: say where with --out"))
		}
		return x.p.withBooks(cmd.Context(), func(ctx context.Context, c *config.Entity, books *store.Store) error {
			e := export.Entity{IPA: c.IPA, TaxCode: c.TaxCode, Name: c.Name}
			j, err := job(c, e)
			if err != nil {
				return usage(err)
			}
			j.Export, j.Since = x.name, x.sinceNumber()
			if j.Name == nil {
				j.Name = export.PlainName
			}
			return x.run(ctx, books, e, j)
		})
	}
	return x.cmd
}

func (x *exporting) run(ctx context.Context, books *store.Store, e export.Entity, j export.Job) error {
	if x.out != "" {
		return x.pack(ctx, books, e, j)
	}
	if x.output == "" {
		w := bufio.NewWriter(x.p.out)
		err := books.Read(ctx, func(tx *store.Tx) error {
			_, err := j.Write(ctx, tx, w, nil)
			return err
		})
		return errors.Join(err, w.Flush())
	}
	rows, err := writeWhole(x.output, func(w io.Writer) (rows int, err error) {
		err = books.Read(ctx, func(tx *store.Tx) error {
			content, err := j.Write(ctx, tx, w, nil)
			rows = content.Rows
			return err
		})
		return rows, err
	})
	if err != nil || !x.p.json {
		return err
	}
	return x.p.printJSON(map[string]any{"export": x.name, "file": x.output, "rows": rows})
}

func (x *exporting) pack(ctx context.Context, books *store.Store, e export.Entity, j export.Job) error {
	if err := os.MkdirAll(x.out, 0o750); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	var m *export.Manifest
	err := books.Read(ctx, func(tx *store.Tx) (err error) {
		m, err = export.Pack(ctx, tx, e, x.out, j)
		return err
	})
	if errors.Is(err, export.ErrSince) {
		return usage(err)
	}
	if err != nil {
		return err
	}
	if x.p.json {
		return x.p.printJSON(m)
	}
	for _, w := range m.Warnings {
		fmt.Fprintf(x.p.errs, "quadra: attenzione: %s\n", w)
	}
	fmt.Fprintf(x.p.out, "%s: %d righe, sequenza da %d a %d\n", m.Files[0].Name, m.Rows, m.Sequence.From, m.Sequence.To)
	return nil
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
func (p *program) readBooks(ctx context.Context, fn func(*store.Tx) error) error {
	return p.withBooks(ctx, func(ctx context.Context, _ *config.Entity, books *store.Store) error { return books.Read(ctx, fn) })
}

// withBooks opens the books of the one entity asked for.
func (p *program) withBooks(ctx context.Context, fn func(context.Context, *config.Entity, *store.Store) error) (err error) {
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
	return fn(ctx, e, books)
}
