package main

import (
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"quadra/jobs/serve"
)

func (p *program) serveCommand() *cobra.Command {
	var format string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "Resta in servizio e fa correre le notti quando è la loro ora",
		Long: `Fa correre la notte di ogni ente secondo schedule, ora di Roma, al massimo limits.parallel
insieme e mai due dello stesso ente. Che cosa è dovuto lo dice il giornale dell'ente: una notte
persa (macchina spenta, blackout) si recupera una volta, e il cambio d'ora non ne salta né raddoppia.

SIGHUP   rilegge la configurazione; se è sbagliata lo dice e tiene quella che ha
SIGTERM  smette di cominciare notti, aspetta quelle in corso (serve.stop_within), poi le disfa

Su serve.listen, solo da questa macchina: /healthz, /readyz, /metrics (Prometheus). I log vanno
su stderr e non contengono dati personali.

EXIT STATUS
  0  stopped as it was told to
  1  failed, or a night at work had to be left behind
  2  wrong usage or configuration
  4  another quadra serve works on the same data folder`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			log, err := p.serverLog(format)
			if err != nil {
				return err
			}
			reload := make(chan os.Signal, 1)
			signal.Notify(reload, syscall.SIGHUP)
			defer signal.Stop(reload)
			return serve.Run(cmd.Context(), serve.Options{Config: p.configPath, Version: version, Now: p.now, Log: log, Reload: reload})
		},
	}
	cmd.Flags().StringVar(&format, "log", "text", "forma dei log: text oppure json")
	return cmd
}

// serverLog is the log of a command nobody watches: on, and for machines if asked.
func (p *program) serverLog(format string) (*slog.Logger, error) {
	options := &slog.HandlerOptions{Level: slog.LevelInfo}
	switch format {
	case "text":
		return slog.New(slog.NewTextHandler(p.errs, options)), nil
	case "json":
		return slog.New(slog.NewJSONHandler(p.errs, options)), nil
	}
	return nil, usage(fmt.Errorf("--log: %q is neither text nor json", format))
}
