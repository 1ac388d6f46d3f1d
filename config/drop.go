package config

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"time"
)

// Source is what is expected in a drop.
type Source string

// The sources; the first four are also those an [Interruption] can name.
const (
	SourceReceipts    Source = "ricevute"
	SourceFlows       Source = "rendicontazione"
	SourceCash        Source = "cassa"
	SourceNotices     Source = "notifiche"
	SourceChapters    Source = "capitoli"
	SourceAssessments Source = "accertamenti" // and what people ask of them
	SourceDecisions   Source = "decisioni"
	SourceNotes       Source = "note"
	SourceAuto        Source = "auto" // anything: the content says what it is
)

// After is what becomes of a file that was taken.
type After string

// What can become of a file.
const (
	AfterMove   After = "move"   // to done/ beside it, or to rejected/
	AfterRename After = "rename" // to <name>.preso where it is, or <name>.rifiutato
	AfterDelete After = "delete" // gone from the drop; the archive keeps it
	AfterKeep   After = "keep"   // left where it is
)

// Drop is a folder where a source leaves files, local or reached by SFTP.
type Drop struct {
	Source Source        // auto when not given
	URL    string        // file:///absolute/path or sftp://user@host[:port]/path, never with a password
	Settle time.Duration // how long size and time of a file must not change before it is taken
	After  After         // move when not given
	Answer bool          // whether outcome files are written beside the files; true when not given

	// ExpectBy is by when, on every working day of the entity, the source should
	// have left something here: time since midnight in Rome; zero for no
	// expectation. See jobs/expect.
	ExpectBy time.Duration

	// The rest is for SFTP only. Files are absolute paths, empty when not given;
	// at least one of KnownHosts and Fingerprint is there.
	IdentityFile   string
	IdentityAgent  string // socket of an SSH agent, or SSH_AUTH_SOCK for that of the environment
	PassphraseFile string // passphrase of IdentityFile
	PasswordFile   string
	KnownHosts     string
	Fingerprint    string        // of the host key: SHA256:...
	ConnectTimeout time.Duration // to be connected and logged in
	IdleTimeout    time.Duration // without a byte from the server
	TotalTimeout   time.Duration // of one operation with all its attempts: a listing, one file, one answer
	Attempts       int           // at what a broken connection stopped, 1 to 20
	RetryWait      time.Duration // before the second attempt; it doubles each time, up to a minute

	// A host to go through, user@host:port; recognised by KnownHosts or
	// JumpFingerprint. It is shown keys only, never the password.
	Jump             string
	JumpIdentityFile string // IdentityFile when not given
	JumpFingerprint  string

	// PasswordEnv and PassphraseEnv name the environment variables read when the
	// file is not given: QUADRA_PASSWORD_<IPA> and QUADRA_PASSPHRASE_<IPA>, the
	// IPA code in upper case.
	PasswordEnv   string
	PassphraseEnv string

	key          string // where the drop is written, for warnings found later
	line, column int
}

func defaultDrop(ipa string) Drop {
	ipa = strings.ToUpper(ipa)
	return Drop{
		Source: SourceAuto, Settle: 10 * time.Second, After: AfterMove, Answer: true,
		ConnectTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, TotalTimeout: time.Hour,
		Attempts: 4, RetryWait: 2 * time.Second,
		PasswordEnv: "QUADRA_PASSWORD_" + ipa, PassphraseEnv: "QUADRA_PASSPHRASE_" + ipa,
	}
}

// Password returns the SFTP password, from PasswordFile or else from the
// environment; nil when neither has one. A file that others can read is an
// error. Read it when it is needed and do not keep it.
func (d *Drop) Password() ([]byte, error) { return secret(d.PasswordFile, d.PasswordEnv) }

// Passphrase returns the passphrase of IdentityFile, like Password.
func (d *Drop) Passphrase() ([]byte, error) { return secret(d.PassphraseFile, d.PassphraseEnv) }

func secret(file, env string) ([]byte, error) {
	if file == "" {
		if v := os.Getenv(env); v != "" {
			return []byte(v), nil
		}
		return nil, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, fmt.Errorf("reading a secret: %w", err)
	}
	const most = 4096
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	info, statErr := f.Stat()
	if err := errors.Join(err, statErr, f.Close()); err != nil {
		return nil, fmt.Errorf("reading a secret: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("reading a secret: %s can be read by others (mode %04o): run chmod 600 %s", file, mode, file)
	}
	if text = bytes.TrimRight(text, "\r\n"); len(text) == 0 || len(text) > most {
		return nil, fmt.Errorf("reading a secret: %s must hold 1 to %d bytes", file, most)
	}
	return text, nil
}

// sftpKeys have no meaning for a local folder.
var sftpKeys = []string{
	"identity_file", "identity_agent", "passphrase_file", "password_file", "known_hosts", "fingerprint",
	"jump", "jump_identity_file", "jump_fingerprint", "connect_timeout", "idle_timeout", "total_timeout", "attempts", "retry_wait",
}

func (d *Drop) read(m *mapping) {
	d.key = m.key
	d.line, d.column = m.at("url")
	choice(m, "source", &d.Source, SourceReceipts, SourceFlows, SourceCash, SourceNotices,
		SourceChapters, SourceAssessments, SourceDecisions, SourceNotes, SourceAuto)
	m.required("url", &d.URL, "aggiungere la cartella, p.e. file:///srv/drop oppure sftp://utente@host/cartella")
	m.duration("settle", &d.Settle, 0)
	choice(m, "after", &d.After, AfterMove, AfterRename, AfterDelete, AfterKeep)
	m.flag("answer", &d.Answer)
	m.read("expect_by", func(text string) {
		at, err := time.Parse("15:04", text)
		if err != nil || text == "00:00" {
			m.fail("expect_by", fmt.Sprintf("%q non è un'ora dopo la mezzanotte", text), `scrivere HH:MM fra virgolette, p.e. "09:00"`)
			return
		}
		d.ExpectBy = time.Duration(at.Hour())*time.Hour + time.Duration(at.Minute())*time.Minute
	})
	m.path("identity_file", &d.IdentityFile)
	d.readAgent(m)
	m.path("passphrase_file", &d.PassphraseFile)
	m.path("password_file", &d.PasswordFile)
	m.path("known_hosts", &d.KnownHosts)
	m.text("fingerprint", &d.Fingerprint)
	m.duration("connect_timeout", &d.ConnectTimeout, time.Second)
	m.duration("idle_timeout", &d.IdleTimeout, time.Second)
	m.duration("total_timeout", &d.TotalTimeout, time.Second)
	m.integer("attempts", &d.Attempts, 1, 20)
	m.duration("retry_wait", &d.RetryWait, 0)
	m.text("jump", &d.Jump)
	m.path("jump_identity_file", &d.JumpIdentityFile)
	m.text("jump_fingerprint", &d.JumpFingerprint)
	for key, value := range map[string]string{"fingerprint": d.Fingerprint, "jump_fingerprint": d.JumpFingerprint} {
		if value != "" && !fingerprintHolds(value) {
			m.fail(key, "non è l'impronta di una chiave", "scrivere SHA256: e i 43 caratteri mostrati da ssh-keygen -lf")
		}
	}
	if d.URL != "" {
		d.readURL(m)
	}
	m.refuseUnknown()
}

func fingerprintHolds(text string) bool {
	sum, err := base64.RawStdEncoding.DecodeString(strings.TrimPrefix(text, "SHA256:"))
	return err == nil && len(sum) == 32 && strings.HasPrefix(text, "SHA256:")
}

// readURL checks the address and rewrites it in its one form. What was written
// is never quoted: it may hold a password.
func (d *Drop) readURL(m *mapping) {
	if !strings.Contains(d.URL, ":") {
		local, ok := m.doc.absolute(d.URL)
		if !ok {
			m.fail("url", "non è un percorso ammesso", "scrivere il percorso per intero: ~ non viene espanso")
			return
		}
		d.local(m, local)
		return
	}
	u, err := url.Parse(d.URL)
	if err != nil {
		m.fail("url", "non è un indirizzo valido", "scrivere file:///cartella oppure sftp://utente@host:22/cartella")
		return
	}
	if _, has := u.User.Password(); has {
		m.fail("url", "contiene una password", "toglierla e indicare password_file, oppure la variabile d'ambiente "+d.PasswordEnv)
		return
	}
	if u.RawQuery != "" || u.Fragment != "" {
		m.fail("url", "contiene ? o #", "togliere quanto segue la cartella; nel nome si scrivono %3F e %23")
		return
	}
	switch u.Scheme {
	case "file":
		if u.Host != "" || u.User != nil || !path.IsAbs(u.Path) {
			m.fail("url", "non indica una cartella di questa macchina", "scrivere file: seguito da tre barre, p.e. file:///srv/drop")
			return
		}
		d.local(m, path.Clean(u.Path))
	case "sftp":
		d.remote(m, u)
	default:
		m.fail("url", fmt.Sprintf("schema %q non previsto", u.Scheme), "valori ammessi: file, sftp, oppure un percorso semplice")
	}
}

func (d *Drop) local(m *mapping, folder string) {
	d.URL = (&url.URL{Scheme: "file", Path: folder}).String()
	for _, key := range sftpKeys {
		if _, given := m.fields[key]; given {
			m.fail(key, "vale solo per sftp", "toglierlo da una cartella locale")
		}
	}
}

func (d *Drop) remote(m *mapping, u *url.URL) {
	switch {
	case u.Hostname() == "" || u.User.Username() == "":
		m.fail("url", "manca l'utente o il nome del server", "scrivere sftp://utente@host:22/cartella")
	case u.Path == "":
		m.fail("url", "manca la cartella", "scrivere sftp://utente@host:22/cartella")
	case d.KnownHosts == "" && d.Fingerprint == "" && !m.failed("known_hosts"):
		m.fail("url", "il server non è riconoscibile", "aggiungere known_hosts oppure fingerprint")
	case d.PassphraseFile != "" && d.IdentityFile == "" && d.JumpIdentityFile == "":
		m.fail("passphrase_file", "manca la chiave che apre", "aggiungere identity_file")
	default:
		u.Path = path.Clean(u.Path)
		u.RawPath = ""
		d.URL = u.String()
	}
	d.checkJump(m)
}

// agentVariable is how ssh_config, and so identity_agent, says: the agent that
// the environment names.
const agentVariable = "SSH_AUTH_SOCK"

func (d *Drop) readAgent(m *mapping) {
	m.text("identity_agent", &d.IdentityAgent)
	if d.IdentityAgent == "" || d.IdentityAgent == agentVariable {
		return
	}
	m.path("identity_agent", &d.IdentityAgent)
}

// jumpShape: a host is a name, an IPv4 address, or an IPv6 address in brackets.
var jumpShape = regexp.MustCompile(`^[^\s@:/]+@([^\s@:/\[\]]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)

func (d *Drop) checkJump(m *mapping) {
	switch {
	case d.Jump == "":
		for _, key := range []string{"jump_identity_file", "jump_fingerprint"} {
			if m.has(key) {
				m.fail(key, "manca il server di passaggio", "aggiungere jump: utente@server:porta, oppure togliere la chiave")
			}
		}
	case !jumpShape.MatchString(d.Jump):
		m.fail("jump", "non indica un server di passaggio", "scrivere utente@server oppure utente@server:porta")
	case d.KnownHosts == "" && d.JumpFingerprint == "" && !m.failed("known_hosts"):
		m.fail("jump", "il server di passaggio non è riconoscibile", "aggiungere known_hosts oppure jump_fingerprint")
	case d.IdentityFile == "" && d.IdentityAgent == "" && d.JumpIdentityFile == "" && !m.failed("identity_file"):
		m.fail("jump", "al server di passaggio si accede solo con una chiave", "aggiungere identity_file, identity_agent oppure jump_identity_file")
	}
}
