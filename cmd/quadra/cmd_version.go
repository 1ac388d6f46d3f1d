package main

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

func (p *program) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Versione del programma",
		Args:  args(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			info := struct {
				Version  string `json:"version"`
				Go       string `json:"go"`
				Platform string `json:"platform"`
				Revision string `json:"revision,omitempty"`
			}{version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, revision}
			if build, ok := debug.ReadBuildInfo(); ok && revision == "" {
				for _, s := range build.Settings {
					if s.Key == "vcs.revision" {
						info.Revision = s.Value
					}
				}
			}
			if p.json {
				return p.printJSON(info)
			}
			_, err := fmt.Fprintf(p.out, "quadra %s (%s, %s)\n", info.Version, info.Go, info.Platform)
			return err
		},
	}
}
