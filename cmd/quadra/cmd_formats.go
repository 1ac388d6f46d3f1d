package main

import (
	"github.com/spf13/cobra"

	"quadra/parsers"
)

// formatJSON is a format for machines.
type formatJSON struct {
	Kind       string `json:"kind"`
	Format     string `json:"format"`
	Versions   string `json:"versions"`
	Title      string `json:"title"`
	Recognised string `json:"recognised"`
	Rejected   string `json:"rejected"`
	Refused    string `json:"refused"`
}

func (p *program) formatsCommand() *cobra.Command {
	var layouts bool
	cmd := &cobra.Command{
		Use:   "formats",
		Short: "I formati che quadra legge: versioni, come sono riconosciuti, cosa è rifiutato",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if layouts {
				_, err := p.out.Write(parsers.PresetLayouts())
				return err
			}
			formats := parsers.Formats()
			if p.json {
				all := make([]formatJSON, len(formats))
				for i, f := range formats {
					all[i] = formatJSON{string(f.Kind), f.Name, f.Versions, f.Title, f.Recognised, f.Rejected, f.Refused}
				}
				return p.printJSON(all)
			}
			out := &printer{w: p.out}
			for _, f := range formats {
				out.line("%s  %s  %s", f.Name, f.Versions, f.Title)
				out.line("    recognised  %s", f.Recognised)
				out.line("    row out     %s", f.Rejected)
				out.line("    file out    %s", f.Refused)
			}
			return out.err
		},
	}
	cmd.Flags().BoolVar(&layouts, "layouts", false, "scrive i tracciati di cassa predefiniti, da copiare e cambiare")
	return cmd
}
