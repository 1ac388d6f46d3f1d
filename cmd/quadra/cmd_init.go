package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/jobs/durable"
)

func (p *program) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Scrive una configurazione commentata e le cartelle",
		Long: `Scrive il file indicato da --config (quadra.yaml) con ogni impostazione spiegata, e la
cartella dei dati accanto. Non sovrascrive mai un file che esiste.`,
		Args: args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			f, err := os.OpenFile(p.configPath, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
			if errors.Is(err, fs.ErrExist) {
				return usage(fmt.Errorf("%s exists already: remove it, or choose another name with --config", p.configPath))
			}
			if err != nil {
				return fmt.Errorf("write the configuration: %w", err)
			}
			_, err = f.Write(config.Example())
			if err := errors.Join(err, f.Close()); err != nil {
				return fmt.Errorf("write the configuration: %w", err)
			}
			c, err := config.Load(p.configPath)
			if err != nil {
				return err
			}
			if err := durable.MkdirAll(c.DataDir, 0o750); err != nil {
				return fmt.Errorf("data folder: %w", err)
			}
			if p.json {
				path, err := filepath.Abs(p.configPath)
				if err != nil {
					return err
				}
				return p.printJSON(map[string]string{"config": path, "data_dir": c.DataDir})
			}
			_, err = fmt.Fprintf(p.out, "Scritti %s e %s.\nOra: indicare gli enti e le cartelle in %s, poi `quadra run`.\n",
				p.configPath, c.DataDir, p.configPath)
			return err
		},
	}
}
