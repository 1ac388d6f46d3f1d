package main

import (
	"github.com/spf13/cobra"

	"quadra/config"
	"quadra/jobs/doctor"
	"quadra/jobs/night"
)

func (p *program) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Cerca che cosa impedirebbe la prossima elaborazione, e dice che fare",
		Long: `Guarda configurazione, cartelle, spazio su disco, fuso orario e orologio, chiavi e chi può
leggerle, chiavi dei server, basi dati e schema, messaggi in attesa. Non cambia nulla e non si
collega a nessuno. Il codice di uscita è 1 se c'è un problema, 0 se ci sono solo avvertimenti.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := config.Load(p.configPath) // its warnings are checks here
			if err != nil {
				return usage(err)
			}
			entities, err := p.entities(c)
			if err != nil {
				return err
			}
			checks := doctor.Look(cmd.Context(), doctor.Options{Config: c, Path: p.configPath, Entities: entities, Now: p.now,
				Database: func(e *config.Entity) string { return night.PathsOf(c, e).Database() }})
			if p.json {
				err = p.printJSON(checks)
			} else {
				err = printChecks(&printer{w: p.out}, checks)
			}
			if err == nil && doctor.Worst(checks) == doctor.Problem {
				return &statusError{code: exitFailed}
			}
			return err
		},
	}
}

func printChecks(out *printer, checks []doctor.Check) error {
	words := map[doctor.State]string{doctor.OK: "ok", doctor.Warning: "attenzione", doctor.Problem: "PROBLEMA"}
	for _, c := range checks {
		out.line("%-10s  %-8s %-8s %s", words[c.State], c.Name, c.Entity, c.What)
		if c.Do != "" {
			out.line("%-30s che fare: %s", "", c.Do)
		}
	}
	return out.err
}
