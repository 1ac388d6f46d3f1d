package doctor

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
	"golang.org/x/sys/unix"

	"quadra/config"
	"quadra/engine/store"
)

func (d *doctor) drops(e *config.Entity) {
	if len(e.Drops) == 0 {
		d.add("drop", e.IPA, Warning, "indicare drops nella configurazione", "nessuna cartella: si carica solo a mano")
	}
	for i := range e.Drops {
		drop := &e.Drops[i]
		u, err := url.Parse(drop.URL)
		switch {
		case err != nil:
			d.add("drop", e.IPA, Problem, "correggere url", "cartella %d: indirizzo non valido", i+1)
		case u.Scheme == "file":
			d.local(e, drop, u.Path)
		default:
			d.remote(e, drop, u)
		}
	}
}

func (d *doctor) local(e *config.Entity, drop *config.Drop, dir string) {
	info, err := os.Stat(dir)
	need := uint32(unix.R_OK | unix.X_OK)
	if drop.After != config.AfterKeep {
		need |= unix.W_OK
	}
	switch {
	case err != nil || !info.IsDir():
		d.add("drop", e.IPA, Problem, "crearla, o correggere url", "%s: non è una cartella che si può leggere", dir)
	case unix.Access(dir, need) != nil:
		d.add("drop", e.IPA, Problem, "dare i permessi all'utente di quadra, o usare after: keep", "%s: mancano i permessi per leggere o spostare i file", dir)
	default:
		d.add("drop", e.IPA, OK, "", "%s", dir)
	}
}

func (d *doctor) remote(e *config.Entity, drop *config.Drop, u *url.URL) {
	for _, s := range []struct{ setting, path string }{
		{"identity_file", drop.IdentityFile}, {"passphrase_file", drop.PassphraseFile}, {"password_file", drop.PasswordFile},
	} {
		if s.path != "" {
			d.secret("key", e.IPA, s.setting, s.path)
		}
	}
	if drop.IdentityFile == "" && drop.PasswordFile == "" && os.Getenv(drop.PasswordEnv) == "" {
		d.add("key", e.IPA, Problem, "indicare identity_file, password_file o la variabile "+drop.PasswordEnv, "%s: niente con cui entrare", u.Host)
	}
	if drop.KnownHosts == "" {
		return // a fingerprint, whose shape the configuration has checked
	}
	port := u.Port()
	if port == "" {
		port = "22"
	}
	address := net.JoinHostPort(u.Hostname(), port)
	known, err := hostKnown(drop.KnownHosts, address)
	switch {
	case err != nil:
		d.add("hostkey", e.IPA, Problem, "correggere known_hosts", "%s: non si legge", drop.KnownHosts)
	case !known:
		d.add("hostkey", e.IPA, Problem, "aggiungere la sua chiave, ricevuta da chi lo gestisce (ssh-keyscan, poi confrontare l'impronta)",
			"%s: non conosce %s", drop.KnownHosts, address)
	default:
		d.add("hostkey", e.IPA, OK, "", "%s conosce %s", drop.KnownHosts, address)
	}
}

// hostKnown says whether a known_hosts file has any key of a server, by asking
// it about a key no server has.
func hostKnown(file, address string) (bool, error) {
	check, err := knownhosts.New(file)
	if err != nil {
		return false, err
	}
	nobodys, err := ssh.NewPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		return false, err
	}
	var wrong *knownhosts.KeyError
	if err := check(address, &net.TCPAddr{}, nobodys); errors.As(err, &wrong) {
		return len(wrong.Want) > 0, nil
	}
	return true, nil
}

// lately is how long ago a night may have been; two nights may be missed over a
// feast, three are a fault.
const lately = 72 * time.Hour

func (d *doctor) books(ctx context.Context, e *config.Entity) {
	file := d.Database(e)
	if _, err := os.Stat(file); err != nil {
		d.add("books", e.IPA, Warning, "quadra run li crea", "%s: non ci sono ancora", file)
		return
	}
	if err := store.Recoverable(ctx, file); err != nil {
		d.add("books", e.IPA, Problem, "quadra restore", "%s: %v", file, err)
		return
	}
	have, latest, err := store.Schema(ctx, file)
	switch {
	case err != nil:
		d.add("books", e.IPA, Problem, "se è occupata riprovare; altrimenti quadra restore", "%s: %v", file, err)
		return
	case have > latest:
		d.add("schema", e.IPA, Problem, "installare la versione di quadra che li ha scritti", "%s: schema %d, questa versione conosce il %d", file, have, latest)
		return
	case have < latest:
		d.add("schema", e.IPA, Warning, "la prossima quadra run li aggiorna, dopo averne fatto una copia", "%s: schema %d di %d", file, have, latest)
		return // opening would migrate
	}
	d.add("schema", e.IPA, OK, "", "schema %d", have)
	if info, err := os.Stat(file); err == nil && info.Mode().Perm()&0o007 != 0 {
		d.add("books", e.IPA, Warning, "chmod o-rwx "+file, "%s: altri utenti leggono i libri (%04o)", file, info.Mode().Perm())
	}
	if err := d.open(ctx, e, file); err != nil {
		d.add("books", e.IPA, Problem, "quadra restore dall'ultimo backup", "%s: %v", file, err)
	}
}

func (d *doctor) open(ctx context.Context, e *config.Entity, file string) (err error) {
	books, err := store.Open(ctx, file, e.TaxCode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	if err := books.Check(ctx, store.CheckWhole); err != nil {
		return err
	}
	d.add("books", e.IPA, OK, "", "%s: integra", file)
	var last *store.Run
	waiting := 0
	err = books.Read(ctx, func(tx *store.Tx) error {
		messages, err := tx.Notifications()
		if err != nil {
			return err
		}
		for _, m := range messages {
			if m.State == store.NotificationWaiting {
				waiting++
			}
		}
		last, err = tx.LastRun()
		return err
	})
	if err != nil {
		return fmt.Errorf("read the journal: %w", err)
	}
	if waiting > 0 {
		d.add("mail", e.IPA, Warning, "controllare il server di posta; si riprova a ogni elaborazione", "%d messaggi non ancora consegnati", waiting)
	}
	now := d.Now()
	switch {
	case last == nil:
		d.add("night", e.IPA, Warning, "quadra run", "nessuna elaborazione è ancora riuscita")
	case last.EndedAt.After(now.Add(5 * time.Minute)):
		d.add("clock", e.IPA, Problem, "sincronizzare l'orologio", "l'ultima elaborazione è finita il %s, nel futuro", last.EndedAt.Format(time.RFC3339))
	case now.Sub(last.EndedAt) > lately:
		d.add("night", e.IPA, Warning, "controllare cron o quadra serve", "l'ultima elaborazione riuscita è del %s", last.EndedAt.Format(time.RFC3339))
	default:
		d.add("night", e.IPA, OK, "", "l'ultima elaborazione riuscita è del %s", last.EndedAt.Format(time.RFC3339))
	}
	return nil
}
