package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"quadra/config"
	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
)

func (p *program) exportPivotCommand() *cobra.Command {
	x := p.newExport("mypivot", "L'estrazione di riconciliazione di MyPivot, da 1.0 a 1.4",
		`Una riga per pagamento e classe, come nell'originale: un pagamento con quattro classi ha quattro righe, e
una in più per ogni ulteriore movimento che riversa il suo flusso. Gli importi si sommano solo dentro
una classe. Senza --class sono scritte tutte le classi che l'ente può chiedere, DOPPI esclusa.

I testi dei filtri si confrontano senza badare alle maiuscole; nomi, causali e IUF per quello che contengono.`)
	x.incremental()
	f := &pivotFlags{}
	f.define(x.cmd)
	return x.command(func(c *config.Entity, e export.Entity) (export.Job, error) {
		pivot, err := f.read(c)
		if err != nil {
			return export.Job{}, err
		}
		since := x.sinceNumber()
		layout := "without-notices"
		if pivot.Notices || pivot.Version < "1.2" {
			layout = "with-notices"
		}
		return export.Job{FormatVersion: pivot.Version, Layout: layout, Filters: x.filters(), Zip: true, Name: export.PivotName,
			Write: func(ctx context.Context, tx *store.Tx, w, log io.Writer) (export.Content, error) {
				if since != nil {
					return export.WritePivotSince(ctx, tx, e, pivot, *since, w, log)
				}
				return export.WritePivot(ctx, tx, e, pivot, w)
			}}, nil
	})
}

// pivotFlags are the flags of the reconciliation export: its layout and what a
// booking may ask for.
type pivotFlags struct {
	version       string
	with, without bool
	filter        export.PivotFilter
	cash          string

	updated, executed, outcome, regulated, booked, value span
}

func (f *pivotFlags) define(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.version, "format-version", "1.4", "versione del tracciato: "+strings.Join(export.PivotVersions(), ", "))
	flags.BoolVar(&f.with, "with-notices", false, "con il blocco delle notifiche (come dice sends_notices se non indicato)")
	flags.BoolVar(&f.without, "without-notices", false, "senza il blocco delle notifiche (dalla 1.2)")
	flags.StringSliceVar(&f.filter.Classes, "class", nil, "solo queste classi")
	flags.StringSliceVar(&f.filter.DebtTypes, "debt-type", nil, "solo questi tipi dovuto, della notifica o della ricevuta")
	flags.StringSliceVar(&f.filter.IUVs, "iuv", nil, "solo questi IUV")
	flags.StringSliceVar(&f.filter.IUFs, "iuf", nil, "solo flussi il cui IUF contiene uno di questi testi")
	flags.StringVar(&f.filter.IUD, "iud", "", "IUD della notifica o della ricevuta")
	flags.StringVar(&f.filter.IUR, "iur", "", "IUR del flusso o della ricevuta")
	f.updated.flags(cmd, "updated", "aggiornati")
	f.executed.flags(cmd, "executed", "notificati come pagati")
	f.outcome.flags(cmd, "outcome", "data esito del flusso o della ricevuta")
	f.regulated.flags(cmd, "regulated", "data regolamento")
	f.booked.flags(cmd, "booked", "data contabile")
	f.value.flags(cmd, "value", "data valuta")
	flags.StringVar(&f.filter.Payer, "payer", "", "codice fiscale del pagatore")
	flags.StringVar(&f.filter.PayerName, "payer-name", "", "nome del pagatore")
	flags.StringVar(&f.filter.PSPName, "psp-name", "", "denominazione dell'attestante")
	flags.StringVar(&f.filter.Sender, "sender", "", "ordinante del movimento")
	flags.StringVar(&f.filter.Regulation, "regulation", "", "identificativo del regolamento")
	flags.StringVar(&f.filter.Account, "account", "", "conto di tesoreria")
	flags.StringVar(&f.cash, "cash", "", "importo del movimento, 1234.56")
	flags.StringVar(&f.filter.Remittance, "remittance", "", "causale della notifica o della ricevuta")
	flags.IntVar(&f.filter.Year, "year", 0, "anno della bolletta")
	flags.StringVar(&f.filter.Number, "number", "", "numero della bolletta")
}

func (f *pivotFlags) read(e *config.Entity) (_ *export.Pivot, err error) {
	pivot := &export.Pivot{Version: f.version, Notices: e.SendsNotices, Treasury: e.LoadsTreasury, Filter: f.filter}
	switch {
	case f.with && f.without:
		return nil, errors.New("--with-notices and --without-notices: say one of the two")
	case f.without && f.version < "1.2":
		return nil, fmt.Errorf("--without-notices: version %s has no layout without them", f.version)
	case f.with, f.without:
		pivot.Notices = f.with
	}
	if f.cash != "" {
		amount, err := record.ParseCents(f.cash)
		if err != nil {
			return nil, fmt.Errorf("--cash: %w: write it as 1234.56", err)
		}
		pivot.Filter.Cash = &amount
	}
	for _, d := range []struct {
		flags *span
		to    *export.Days
	}{{&f.updated, &pivot.Filter.Updated}, {&f.executed, &pivot.Filter.Executed}, {&f.outcome, &pivot.Filter.Outcome},
		{&f.regulated, &pivot.Filter.Regulated}, {&f.booked, &pivot.Filter.Booked}, {&f.value, &pivot.Filter.Value}} {
		if *d.to, err = d.flags.read(); err != nil {
			return nil, err
		}
	}
	return pivot, pivot.Check()
}

// filters are the flags that were given and decide which rows there are, for the
// manifest.
func (x *exporting) filters() map[string]string {
	about := map[string]bool{"output": true, "out": true, "format": true, "format-version": true, "since": true, "config": true,
		"entity": true, "json": true, "verbose": true, "with-notices": true, "without-notices": true}
	given := make(map[string]string)
	x.cmd.Flags().Visit(func(f *pflag.Flag) {
		if !about[f.Name] {
			given[f.Name] = strings.Trim(f.Value.String(), "[]")
		}
	})
	return given
}
