package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"quadra/jobs/bundle"
	"quadra/jobs/night"
	"quadra/jobs/secret"
)

// passphraseVariable holds the passphrase of a signing key where no file does.
const passphraseVariable = "QUADRA_SIGN_PASSPHRASE"

func (p *program) bundleCommand() *cobra.Command {
	var f bundleFlags
	cmd := &cobra.Command{
		Use:   "bundle",
		Short: "Il fascicolo di verifica: un solo zip con le prove, per chi controlla",
		Long: `Mette in uno zip il rapporto, le esportazioni, le regole in vigore, l'elenco dei file ricevuti e
delle elaborazioni coi loro sigilli, e SHA256SUMS di tutto. LEGGIMI.txt dice come si controlla con
unzip, sha256sum e minisign o gpg; quadra verify-bundle lo fa in un comando, senza i libri.

Con --sign firma SHA256SUMS con una chiave minisign, con --sign-openpgp con una chiave OpenPGP (gpg
--armor --export-secret-keys). La chiave sta in un file che solo il proprietario può leggere; la sua
frase segreta in un altro (--passphrase-file) o in QUADRA_SIGN_PASSPHRASE, mai sulla riga di comando.
Aprire una chiave minisign sotto frase segreta chiede 1 GiB di memoria per un secondo.

Gli stessi libri danno gli stessi byte; solo la firma OpenPGP dice l'ora in cui è fatta. Il fascicolo
prende il suo nome, quadra-<ipa>-<data>-<elaborazione>.zip, dopo essere stato riletto e verificato.
Contiene dati personali: con --mask-payers non dice chi ha pagato, e LEGGIMI.txt elenca ciò che resta
fuori. quadra erase non tocca i fascicoli già fatti.`,
		Args: args(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return p.bundle(cmd.Context(), f) },
	}
	flags := cmd.Flags()
	flags.StringVar(&f.asOf, "as-of", "", "data dalla quale si guarda, YYYY-MM-DD (quella dell'ultima elaborazione se non indicata)")
	flags.BoolVar(&f.mask, "mask-payers", false, "senza chi ha pagato")
	flags.StringVar(&f.minisign, "sign", "", "chiave segreta minisign con cui firmare")
	flags.StringVar(&f.openpgp, "sign-openpgp", "", "chiave segreta OpenPGP con cui firmare")
	flags.StringVar(&f.passphrase, "passphrase-file", "", "file con la frase segreta della chiave")
	flags.StringVar(&f.to, "to", ".", "cartella in cui scrivere, o file se finisce in .zip")
	flags.BoolVar(&f.dry, "dry-run", false, "fa e controlla tutto senza tenere nulla")
	return cmd
}

// bundleFlags are the flags of the bundle.
type bundleFlags struct {
	asOf, minisign, openpgp, passphrase, to string
	mask, dry                               bool
}

type bundleJSON struct {
	Entity     string          `json:"entity"`
	Path       string          `json:"path"`
	DryRun     bool            `json:"dry_run,omitempty"`
	Bytes      int64           `json:"bytes"`
	Files      int             `json:"files"`
	SumsSHA256 string          `json:"sums_sha256"`
	Signature  *signatureJSON  `json:"signature,omitempty"`
	Manifest   bundle.Manifest `json:"manifest"`
}

type signatureJSON struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
	Who  string `json:"who,omitempty"`
}

func (p *program) bundle(ctx context.Context, f bundleFlags) (err error) {
	opt := night.BundleOptions{Masked: f.mask, To: f.to, DryRun: f.dry, Now: p.now}
	if opt.Signer, err = p.signer(f); err != nil {
		return err
	}
	if f.asOf != "" {
		if opt.AsOf, err = p.asOf(f.asOf); err != nil {
			return err
		}
	}
	c, err := p.load()
	if err != nil {
		return err
	}
	e, err := p.entity(c)
	if err != nil {
		return err
	}
	rs, err := night.Ruleset(c, e)
	if err != nil {
		return err
	}
	held, err := p.hold(c, e, "quadra bundle")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, held.Release()) }()
	progress := newProgress(p.errs, p.json)
	opt.Observe = func(done, total int) { progress.count(e.IPA, "pack", int64(done), int64(total)) }
	res, err := night.Bundle(ctx, c, e, rs, opt)
	progress.end()
	if errors.Is(err, night.ErrBundleDay) {
		return usage(err)
	}
	if err != nil {
		return err
	}
	return p.printBundle(e.IPA, f.dry, res)
}

// signer opens the key asked for; nil when none is.
func (p *program) signer(f bundleFlags) (*bundle.Signer, error) {
	file := f.minisign
	switch {
	case f.minisign != "" && f.openpgp != "":
		return nil, usage(errors.New("--sign and --sign-openpgp: say one of the two"))
	case f.minisign == "" && f.openpgp == "":
		if f.passphrase != "" {
			return nil, usage(errors.New("--passphrase-file: say the key it opens with --sign or --sign-openpgp"))
		}
		return nil, nil
	case f.openpgp != "":
		file = f.openpgp
	}
	key, err := secret.Key(file)
	if err != nil {
		return nil, usage(err)
	}
	passphrase, err := secret.Read(f.passphrase, passphraseVariable)
	if err != nil {
		return nil, usage(err)
	}
	var s *bundle.Signer
	if f.openpgp != "" {
		s, err = bundle.NewOpenPGP(key, passphrase, p.now)
	} else {
		s, err = bundle.NewMinisign(key, passphrase)
	}
	if err != nil {
		return nil, usage(err)
	}
	return s, nil
}

func (p *program) printBundle(ipa string, dry bool, res *bundle.Result) error {
	if p.json {
		out := bundleJSON{Entity: ipa, Path: res.Path, DryRun: dry, Bytes: res.Bytes, Files: len(res.Files), SumsSHA256: res.SumsSHA256, Manifest: res.Manifest}
		if s := res.Signer; s != nil {
			out.Signature = &signatureJSON{s.Kind, s.Key, s.Who}
		}
		return p.printJSON(out)
	}
	out := &printer{w: p.out}
	if dry {
		out.line("%s  prova: scriverebbe %s, %d file, %d KiB", ipa, res.Path, len(res.Files), res.Bytes>>10)
	} else {
		out.line("%s  %s, %d file, %d KiB, riletto e verificato", ipa, res.Path, len(res.Files), res.Bytes>>10)
	}
	out.line("  impronta di %s: %s", bundle.SumsName, res.SumsSHA256)
	if s := res.Signer; s != nil {
		out.line("  firmato con la chiave %s %s", s.Kind, s.Key)
	} else {
		out.line("  non firmato: annotare l'impronta altrove prova poi che è quello di oggi")
	}
	for _, l := range res.Manifest.LeftOut {
		out.line("  lasciato fuori: %s: %s", l.What, l.Why)
	}
	return out.err
}
