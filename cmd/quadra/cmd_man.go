package main

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// manCommand writes the manual the package brings; nobody else needs it.
func (p *program) manCommand() *cobra.Command {
	return &cobra.Command{
		Use:    "man DIR",
		Short:  "Scrive le pagine di manuale in una cartella",
		Hidden: true,
		Args:   args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, given []string) error {
			date := p.now()
			if text := os.Getenv("SOURCE_DATE_EPOCH"); text != "" {
				seconds, err := strconv.ParseInt(text, 10, 64)
				if err != nil {
					return usage(fmt.Errorf("SOURCE_DATE_EPOCH: %w", err))
				}
				date = time.Unix(seconds, 0)
			}
			date = date.UTC()
			root := cmd.Root()
			root.DisableAutoGenTag = true
			verbatim(root)
			return doc.GenManTree(root, &doc.GenManHeader{Section: "1", Date: &date, Source: "quadra " + version, Manual: "quadra"}, given[0])
		},
	}
}

// verbatim keeps the lines of the long texts as they were written: the generator
// takes them for Markdown and would join them.
func verbatim(cmd *cobra.Command) {
	if cmd.Long != "" {
		cmd.Long = "    " + strings.ReplaceAll(cmd.Long, "\n", "\n    ")
	}
	for _, c := range cmd.Commands() {
		verbatim(c)
	}
}
