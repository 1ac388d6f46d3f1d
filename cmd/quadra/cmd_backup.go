package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/jobs/backup"
	"quadra/jobs/durable"
	"quadra/jobs/lock"
	"quadra/jobs/night"
)

func (p *program) backupCommand() *cobra.Command {
	var opt backup.Options
	var wait time.Duration
	cmd := &cobra.Command{
		Use:   "backup --to DIR",
		Short: "Una copia di tutto ciò di cui sono fatti i libri, provata",
		Long: `Per ogni ente scrive in DIR quadra-<ipa>-<istante>.tar.zst: la base dati, i file sigillati di
cui parla, la configurazione (che non ha segreti) e le somme. L'ente è fermo solo mentre si copia
la base dati. La copia prende il suo nome solo dopo essere stata riaperta e controllata per intero.

Contiene dati personali: tenerla dove li si può tenere, cifrata se esce dall'ente.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if opt.Dir == "" {
				return usage(errors.New("--to: say the folder the backups go to"))
			}
			c, err := p.load()
			if err != nil {
				return err
			}
			entities, err := p.entities(c)
			if err != nil {
				return err
			}
			return p.backups(cmd.Context(), c, entities, opt, wait)
		},
	}
	cmd.Flags().StringVar(&opt.Dir, "to", "", "cartella delle copie")
	cmd.Flags().IntVar(&opt.Keep, "keep", 0, "quante copie di ogni ente tenere in DIR (0: tutte)")
	cmd.Flags().BoolVar(&opt.DryRun, "dry-run", false, "dice cosa farebbe senza scrivere nulla")
	cmd.Flags().DurationVar(&wait, "wait", 30*time.Minute, "quanto aspettare la fine di un'elaborazione in corso")
	return cmd
}

type backupJSON struct {
	Entity   string           `json:"entity"`
	Path     string           `json:"path"`
	Bytes    int64            `json:"bytes"`
	DryRun   bool             `json:"dry_run,omitempty"`
	Manifest *backup.Manifest `json:"manifest"`
	Rotated  []string         `json:"rotated,omitempty"`
}

func (p *program) backups(ctx context.Context, c *config.Config, entities []*config.Entity, opt backup.Options, wait time.Duration) error {
	progress := newProgress(p.errs, p.json)
	all := []backupJSON{}
	incomplete := false
	for _, e := range entities {
		paths := night.PathsOf(c, e)
		if _, err := os.Stat(paths.Database()); errors.Is(err, fs.ErrNotExist) && len(entities) > 1 {
			continue // an entity that has not begun has nothing to lose
		}
		each := opt
		each.Now = p.now
		each.Hold = func() (func() error, error) { return p.waitFor(ctx, paths.Lock(), "quadra backup", wait) }
		each.Observe = func(ev backup.Event) { progress.count(e.IPA, ev.Step, ev.Done, ev.Total) }
		res, err := backup.Create(ctx, backup.Books{IPA: e.IPA, TaxCode: e.TaxCode, Database: paths.Database(), Archive: paths.Archive(),
			Config: night.BackupFiles(p.configPath, e), Version: version}, each)
		progress.end()
		if err != nil {
			return err
		}
		incomplete = incomplete || len(res.Manifest.Missing) > 0
		all = append(all, backupJSON{e.IPA, res.Path, res.Bytes, opt.DryRun, &res.Manifest, res.Rotated})
	}
	if err := p.printBackups(all); err != nil {
		return err
	}
	if incomplete {
		return &statusError{code: exitFailed, err: errors.New("some sealed files are gone or altered: see quadra verify")}
	}
	return nil
}

func (p *program) printBackups(all []backupJSON) error {
	if p.json {
		return p.printJSON(all)
	}
	out := &printer{w: p.out}
	for _, b := range all {
		if b.DryRun {
			out.line("%s  prova: scriverebbe %s, %d file sigillati", b.Entity, b.Path, b.Manifest.Files)
		} else {
			out.line("%s  %s, %d file sigillati, %d KiB, riaperta e controllata", b.Entity, b.Path, b.Manifest.Files, b.Bytes>>10)
		}
		if b.Manifest.Seal != "" {
			out.line("  sigillo del giornale: %s", b.Manifest.Seal)
		}
		for _, m := range b.Manifest.Missing {
			out.line("  MANCA %s: %s", m.SHA256, m.Why)
		}
		for _, path := range b.Rotated {
			out.line("  tolta %s", path)
		}
	}
	return out.err
}

// waitFor takes the lock of an entity, waiting for a run at work.
func (p *program) waitFor(ctx context.Context, path, command string, wait time.Duration) (release func() error, err error) {
	for deadline := p.now().Add(wait); ; {
		held, err := lock.Acquire(path, command, p.now())
		var other *lock.HeldError
		if err == nil {
			return held.Release, nil
		}
		if !errors.As(err, &other) || p.now().After(deadline) {
			return nil, err
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(time.Second):
		}
	}
}

func (p *program) restoreCommand() *cobra.Command {
	var force, dry bool
	cmd := &cobra.Command{
		Use:   "restore FILE",
		Short: "Riporta i libri di un ente da una copia",
		Long: `Controlla tutta la copia prima di toccare qualcosa, rimette in archivio i file sigillati e la
base dati al suo posto in un passo solo. Se l'ente ha già dei libri si ferma; con --force li mette da
parte accanto, col nome .before-restore-<istante>. Senza --config sul disco usa, e scrive, quella
della copia. Con --dry-run controlla la copia e non tocca nulla.`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error {
			return p.restore(cmd.Context(), files[0], force, dry)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "mette da parte i libri che ci sono")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "controlla la copia senza toccare nulla")
	return cmd
}

func (p *program) restore(ctx context.Context, file string, force, dry bool) (err error) {
	seen, err := backup.Look(file)
	if err != nil {
		return err
	}
	if _, err := os.Stat(p.configPath); errors.Is(err, fs.ErrNotExist) && !dry {
		if err := backup.WriteConfig(ctx, file, p.configPath); err != nil {
			return err
		}
		fmt.Fprintf(p.errs, "quadra: scritta %s dalla copia\n", p.configPath)
	}
	c, err := p.load()
	if err != nil {
		return err
	}
	e, ok := c.Entity(seen.IPA)
	if !ok {
		return usage(fmt.Errorf("the backup is of %s, which is not in %s", seen.IPA, p.configPath))
	}
	if err := durable.MkdirAll(c.DataDir, 0o750); err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	paths := night.PathsOf(c, e)
	held, err := lock.Acquire(paths.Lock(), "quadra restore", p.now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	progress := newProgress(p.errs, p.json)
	res, err := backup.Restore(ctx, file, backup.Books{IPA: e.IPA, TaxCode: e.TaxCode, Database: paths.Database(), Archive: paths.Archive()},
		backup.RestoreOptions{Force: force, DryRun: dry, Now: p.now,
			Observe: func(ev backup.Event) { progress.count(e.IPA, ev.Step, ev.Done, ev.Total) }})
	progress.end()
	if err != nil {
		return err
	}
	if p.json {
		return p.printJSON(struct {
			Entity   string           `json:"entity"`
			DryRun   bool             `json:"dry_run,omitempty"`
			Manifest *backup.Manifest `json:"manifest"`
			SetAside string           `json:"set_aside,omitempty"`
		}{e.IPA, dry, &res.Manifest, res.SetAside})
	}
	out := &printer{w: p.out}
	if dry {
		out.line("%s  prova: la copia del %s è intera, %d file sigillati", e.IPA, seen.Made.Format(time.RFC3339), res.Files)
		return out.err
	}
	out.line("%s  riportati i libri del %s, %d file sigillati", e.IPA, seen.Made.Format(time.RFC3339), res.Files)
	if res.SetAside != "" {
		out.line("  quelli di prima sono in %s", res.SetAside)
	}
	return out.err
}
