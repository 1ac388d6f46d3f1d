package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"quadra/jobs/bundle"
)

func (p *program) verifyBundleCommand() *cobra.Command {
	var key string
	cmd := &cobra.Command{
		Use:   "verify-bundle FILE",
		Short: "Controlla un fascicolo di verifica, senza configurazione né libri",
		Long: `Controlla lo zip scritto da quadra bundle senza aprirlo sul disco: l'impronta di ogni file, che non ne
manchi e non ce ne sia uno di troppo, che nessun nome esca dalla cartella o ci sia due volte, che aperto
non superi i limiti, la catena dei sigilli, e la firma. Dice che cosa è provato e che cosa no.

Con --key (chiave pubblica minisign od OpenPGP, avuta per altra via) la firma di quella chiave deve
esserci ed essere buona. Senza, una firma è solo nominata.

EXIT STATUS
  0  everything holds
  1  something does not, or the signature asked for is not there
  2  wrong usage, or the key is none`,
		Args: args(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, files []string) error { return p.verifyBundle(cmd.Context(), files[0], key) },
	}
	cmd.Flags().StringVar(&key, "key", "", "chiave pubblica della firma: minisign (.pub) od OpenPGP (.asc)")
	return cmd
}

// maxPublicKey is the largest public key read.
const maxPublicKey = 1 << 20

func (p *program) verifyBundle(ctx context.Context, file, keyFile string) error {
	opt := bundle.VerifyOptions{Now: p.now()}
	if keyFile != "" {
		text, err := readAtMost(keyFile, maxPublicKey)
		if err == nil {
			opt.Key, err = bundle.ParsePublicKey(text)
		}
		if err != nil {
			return usage(fmt.Errorf("--key %s: %w", keyFile, err))
		}
	}
	f, err := os.Open(file)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%s is not a file", file)
	}
	v, err := bundle.Verify(ctx, f, info.Size(), opt)
	if err != nil {
		return err
	}
	if p.json {
		err = p.printJSON(struct {
			File string `json:"file"`
			*bundle.Verdict
		}{file, v})
	} else {
		err = p.printVerdict(file, v)
	}
	if err == nil && !v.OK {
		err = &statusError{code: exitFailed}
	}
	return err
}

// readAtMost reads a file that is not longer than most.
func readAtMost(path string, most int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err == nil && int64(len(text)) > most {
		err = errors.New("it is too long")
	}
	return text, err
}

// maxFaults is how many faults are shown to people.
const maxFaults = 50

func (p *program) printVerdict(file string, v *bundle.Verdict) error {
	out := &printer{w: p.out}
	word := "intero"
	if !v.OK {
		word = "NON INTERO"
	}
	out.line("%s: %s", file, word)
	if m := v.Manifest; m != nil {
		masked := ""
		if m.Masked {
			masked = ", mascherato"
		}
		out.line("  ente      %q (%q), visto dal %s, elaborazione %d%s", m.Entity, m.Name, m.AsOf.Italian(), m.Run, masked)
	}
	out.line("  file      %d con l'impronta che devono avere, %d KiB", v.Files, v.Bytes>>10)
	if v.SumsSHA256 != "" {
		out.line("  impronta  %s di %s", v.SumsSHA256, bundle.SumsName)
	}
	for _, s := range v.Signatures {
		if s.State == bundle.SignatureGood || s.State == bundle.SignatureUnchecked { // others are among the faults
			out.line("  firma     %s", s.Text)
		}
	}
	if len(v.Signatures) == 0 {
		out.line("  firma     nessuna")
	}
	for i, f := range v.Faults {
		if i == maxFaults {
			out.line("  ERRORE    e altri %d", len(v.Faults)-maxFaults)
			break
		}
		out.line("  ERRORE    %s", f.Text)
	}
	for _, text := range v.Proved {
		out.line("Provato: %s.", text)
	}
	for _, text := range v.NotProved {
		out.line("Non provato: %s.", text)
	}
	return out.err
}
