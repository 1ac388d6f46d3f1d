// Package doctor looks at everything a night depends on and says what is wrong
// before the night does: configuration, folders and space, time zone and clock,
// keys and who can read them, host keys, databases. It changes nothing and
// speaks to nobody.
package doctor

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"quadra/config"
	"quadra/jobs/secret"
)

// State of a check.
type State string

// The states of a check.
const (
	OK      State = "ok"
	Warning State = "warning" // works, and should not stay so
	Problem State = "problem" // a night fails, or cannot be trusted
)

// Check is one thing that was looked at.
type Check struct {
	Name   string `json:"check"`
	Entity string `json:"entity,omitempty"` // IPA code, when it is about one
	State  State  `json:"state"`
	What   string `json:"what"`         // in Italian
	Do     string `json:"do,omitempty"` // what to do, in Italian
}

// Options of [Look].
type Options struct {
	Config   *config.Config
	Path     string // of the configuration
	Entities []*config.Entity
	Database func(*config.Entity) string // its file
	Now      func() time.Time
	// Space is the free and total bytes of the file system of a folder; nil asks
	// the system.
	Space func(dir string) (free, total uint64, err error)
}

// Worst is the gravest state of some checks.
func Worst(checks []Check) State {
	worst := OK
	for _, c := range checks {
		if c.State == Problem || c.State == Warning && worst == OK {
			worst = c.State
		}
	}
	return worst
}

type doctor struct {
	Options
	checks []Check
}

func (d *doctor) add(name, entity string, state State, do, format string, args ...any) {
	d.checks = append(d.checks, Check{name, entity, state, fmt.Sprintf(format, args...), do})
}

// Look looks at everything. The configuration has been read already: what could
// not be read of it is the error of [config.Load].
func Look(ctx context.Context, opt Options) []Check {
	if opt.Space == nil {
		opt.Space = space
	}
	d := &doctor{Options: opt}
	d.configuration()
	d.clock()
	d.folder()
	d.notifications()
	for _, e := range opt.Entities {
		d.drops(e)
		d.books(ctx, e)
	}
	return d.checks
}

func (d *doctor) configuration() {
	if len(d.Config.Warnings) == 0 {
		d.add("config", "", OK, "", "%s: letta, %d enti", d.Path, len(d.Config.Entities))
	}
	for _, w := range d.Config.Warnings {
		d.add("config", "", Warning, w.Do, "%s:%d: %s: %s", filepath.Base(w.File), w.Line, w.Key, w.What)
	}
	info, err := os.Stat(d.Path)
	if err == nil && info.Mode().Perm()&0o022 != 0 {
		d.add("config", "", Problem, "chmod go-w "+d.Path, "%s: può essere cambiata da altri utenti (%04o)", d.Path, info.Mode().Perm())
	}
}

// clock compares the clock with things that cannot be in the future.
func (d *doctor) clock() {
	if _, err := time.LoadLocation("Europe/Rome"); err != nil {
		d.add("zone", "", Problem, "installare il pacchetto tzdata", "il fuso Europe/Rome non si carica: %v", err)
	} else {
		d.add("zone", "", OK, "", "il fuso Europe/Rome è noto")
	}
	now := d.Now()
	var newest time.Time
	what := ""
	if info, err := os.Stat(d.Path); err == nil {
		newest, what = info.ModTime(), d.Path
	}
	const leeway = 5 * time.Minute
	switch {
	case now.Year() < 2026:
		d.add("clock", "", Problem, "sincronizzare l'orologio (systemd-timesyncd, chrony)", "l'orologio dice %s", now.Format(time.RFC3339))
	case newest.After(now.Add(leeway)):
		d.add("clock", "", Problem, "sincronizzare l'orologio (systemd-timesyncd, chrony)",
			"l'orologio dice %s, ma %s è del %s", now.Format(time.RFC3339), what, newest.Format(time.RFC3339))
	default:
		d.add("clock", "", OK, "", "l'orologio dice %s", now.Format(time.RFC3339))
	}
}

const (
	leastFree = 256 << 20 // bytes: less does not hold a night
	littleOf  = 10        // percent: less is worth a warning
)

func (d *doctor) folder() {
	dir := d.Config.DataDir
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, os.ErrNotExist):
		d.add("data", "", Warning, "quadra init la crea, o la prima quadra run", "%s non esiste ancora", dir)
		return
	case err != nil:
		d.add("data", "", Problem, "controllare i permessi", "%s: %v", dir, err)
		return
	case !info.IsDir():
		d.add("data", "", Problem, "correggere data_dir", "%s non è una cartella", dir)
		return
	case unix.Access(dir, unix.W_OK|unix.X_OK) != nil:
		d.add("data", "", Problem, "darla all'utente di quadra (chown), o rimontare il disco in scrittura", "%s: non ci si può scrivere", dir)
	case info.Mode().Perm()&0o007 != 0:
		d.add("data", "", Warning, "chmod o-rwx "+dir, "%s contiene dati personali e altri utenti ci entrano (%04o)", dir, info.Mode().Perm())
	default:
		d.add("data", "", OK, "", "%s: scrivibile", dir)
	}
	free, total, err := d.Space(dir)
	if err != nil {
		d.add("space", "", Problem, "controllare il disco", "%s: %v", dir, err)
		return
	}
	text := fmt.Sprintf("%s: liberi %d MiB su %d", dir, free>>20, total>>20)
	switch {
	case free < leastFree:
		d.add("space", "", Problem, "liberare spazio prima della prossima elaborazione", "%s", text)
	case free*100/max(total, 1) < littleOf:
		d.add("space", "", Warning, "liberare spazio o ingrandire il disco", "%s", text)
	default:
		d.add("space", "", OK, "", "%s", text)
	}
}

func space(dir string) (free, total uint64, err error) {
	var s unix.Statfs_t
	if err := unix.Statfs(dir, &s); err != nil {
		return 0, 0, err
	}
	size := uint64(s.Bsize)
	return s.Bavail * size, s.Blocks * size, nil
}

// secret looks at a file only its owner may read.
func (d *doctor) secret(name, entity, setting, path string) {
	err := secret.Check(path)
	var open *secret.OpenError
	switch {
	case errors.As(err, &open):
		d.add(name, entity, Problem, "chmod 600 "+path, "%s %s può essere letto da altri utenti (%04o)", setting, path, open.Mode)
	case err != nil:
		d.add(name, entity, Problem, "creare il file, leggibile dal solo utente di quadra", "%s %s: non si legge", setting, path)
	default:
		d.add(name, entity, OK, "", "%s %s: lo legge solo il suo utente", setting, path)
	}
}

func (d *doctor) notifications() {
	if m := d.Config.Mail; m != nil {
		switch {
		case m.PasswordFile != "":
			d.secret("mail", "", "password_file", m.PasswordFile)
		case m.User != "" && os.Getenv(m.PasswordEnv) == "":
			d.add("mail", "", Problem, "indicare password_file o la variabile "+m.PasswordEnv, "manca la password di %s", m.User)
		default:
			d.add("mail", "", OK, "", "%s, %s", m.Address(), m.TLS)
		}
	}
	for i := range d.Config.Webhooks {
		w := &d.Config.Webhooks[i]
		switch {
		case w.SecretFile != "":
			d.secret("webhook", "", "secret_file", w.SecretFile)
		case os.Getenv(w.SecretEnv) == "":
			d.add("webhook", "", Problem, "indicare secret_file o la variabile "+w.SecretEnv, "manca il segreto con cui firmare")
		}
	}
}
