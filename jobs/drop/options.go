package drop

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path"
	"strings"
	"time"
)

// What Options.After may say.
const (
	AfterMove   = "move"   // to done/ or rejected/
	AfterRename = "rename" // to <name>.preso or <name>.rifiutato, for servers without folders
	AfterDelete = "delete"
	AfterKeep   = "keep"
)

// DefaultAttempts at what a broken connection stopped, the first included.
const DefaultAttempts = 4

// Defaults of the times in Options.
const (
	DefaultConnectTimeout = 15 * time.Second
	DefaultReadTimeout    = time.Minute
	DefaultTotalTimeout   = time.Hour
	DefaultRetryWait      = 2 * time.Second
)

// Options describe a drop. Secrets are read from files that only their owner
// may read, or were read by the caller from the environment.
type Options struct {
	// URL is a path, absolute or relative to the working folder, file:///path,
	// or sftp://user@host:port/path. The SFTP path is absolute on the server;
	// /~/path starts from the user's own folder there, and so does no path.
	URL string

	// Settle is how long size and time of a file must stand still; zero takes
	// every file at once.
	Settle time.Duration

	// After is what becomes of a file that was dealt with: AfterMove (also when
	// empty), AfterRename, AfterDelete or AfterKeep.
	After string

	// Owner tells whoever writes here from others who may do so at the same
	// time: the entity and the machine, say.
	Owner string

	// For SFTP only.

	IdentityFile   string // private key, OpenSSH or PEM; with an agent also the public one
	IdentityAgent  string // socket of an SSH agent, or "SSH_AUTH_SOCK" for the one of the environment
	PassphraseFile string // of IdentityFile
	PasswordFile   string
	Passphrase     []byte // when there is no PassphraseFile
	Password       []byte // when there is no PasswordFile

	// At least one of the two says which host key is right; if both do, it must
	// suit both.
	KnownHosts  string // known_hosts file; @cert-authority lines are not used
	Fingerprint string // "SHA256:..."

	// Jump is a host to go through, as user@host:port. It is authenticated to
	// with the keys only, or with JumpIdentityFile when given, and recognised by
	// KnownHosts or JumpFingerprint.
	Jump             string
	JumpIdentityFile string
	JumpFingerprint  string

	ConnectTimeout time.Duration // to connect, check the host key and authenticate
	ReadTimeout    time.Duration // of silence in the middle of an operation
	TotalTimeout   time.Duration // of one operation, all its attempts included: a look, one file, one answer

	Attempts  int           // at what a broken connection stopped; 1 tries nothing twice
	RetryWait time.Duration // before the second attempt; it doubles each time, up to a minute
}

// place is Options checked and completed.
type place struct {
	Options
	sftp  bool
	name  string // for people and logs: no secrets
	path  string
	user  string
	addr  string // host:port
	after string

	jumpUser string
	jumpAddr string // host:port; empty without a jump host
}

// patience of an SFTP drop. Of a local folder nothing is ever tried twice.
func (p place) patience() patience {
	if !p.sftp {
		return patience{attempts: 1}
	}
	return patience{attempts: p.Attempts, wait: p.RetryWait, total: p.TotalTimeout}
}

// resolve checks the options without touching disk or network. The place has
// a name even when there is an error.
func (o Options) resolve() (place, error) {
	p := place{Options: o, name: "?", path: o.URL, after: o.After}
	if p.after == "" {
		p.after = AfterMove
	}
	if err := p.readURL(); err != nil {
		return p, err
	}
	switch p.after {
	case AfterMove, AfterRename, AfterDelete, AfterKeep:
	default:
		return p, configError(fmt.Sprintf("after is %q", o.After),
			fmt.Sprintf("after: %q non è ammesso. Scrivere move, rename, delete oppure keep.", o.After))
	}
	if p.Attempts < 0 {
		return p, configError("attempts is negative", "attempts non può essere negativo.")
	}
	if p.Attempts == 0 {
		p.Attempts = DefaultAttempts
	}
	for _, t := range []struct {
		setting string
		value   *time.Duration
		usual   time.Duration
	}{
		{"settle", &p.Settle, 0},
		{"connect_timeout", &p.ConnectTimeout, DefaultConnectTimeout},
		{"idle_timeout", &p.ReadTimeout, DefaultReadTimeout},
		{"total_timeout", &p.TotalTimeout, DefaultTotalTimeout},
		{"retry_wait", &p.RetryWait, DefaultRetryWait},
	} {
		if *t.value < 0 {
			return p, configError(t.setting+" is negative", t.setting+" non può essere negativo.")
		}
		if *t.value == 0 {
			*t.value = t.usual
		}
	}
	if p.sftp {
		return p, p.checkSFTP()
	}
	return p, nil
}

func (p *place) readURL() error {
	if p.URL == "" {
		return configError("no URL", "manca l'indirizzo (url) della cartella.")
	}
	if !strings.HasPrefix(p.URL, "file:") && !strings.Contains(p.URL, "://") {
		p.name = p.URL
		return nil
	}
	u, err := url.Parse(p.URL)
	if err != nil {
		// The text of a *url.Error repeats the URL, password included.
		var bad *url.Error
		if errors.As(err, &bad) {
			err = bad.Err
		}
		return &explained{kind: KindConfig, text: "URL cannot be read", cause: err,
			it: "l'indirizzo (url) della cartella non è scritto correttamente."}
	}
	if _, secret := u.User.Password(); secret {
		u.User = url.User(u.User.Username())
		p.name = u.String()
		return configError("URL contains a password",
			"la password non va scritta nell'indirizzo: metterla in un file e indicarlo in password_file.")
	}
	p.name = u.String()
	switch {
	case u.RawQuery != "" || u.Fragment != "":
		return configError("URL has a query or a fragment", "l'indirizzo (url) non può contenere ? o #.")
	case u.Scheme == "file" && u.Host == "" && path.IsAbs(u.Path):
		p.path = u.Path
	case u.Scheme == "file":
		return configError("file URL is not absolute",
			"dopo file: serve un percorso assoluto, con tre barre: file:///srv/cartella. Per un percorso relativo scriverlo senza file:.")
	case u.Scheme == "sftp":
		p.sftp = true
		return p.readSFTPURL(u)
	default:
		return configError(fmt.Sprintf("scheme %q is not known", u.Scheme),
			"l'indirizzo (url) deve iniziare con file:// o sftp://, oppure essere un percorso.")
	}
	return nil
}

func (p *place) readSFTPURL(u *url.URL) error {
	if u.Hostname() == "" || u.User.Username() == "" {
		return configError("SFTP URL without host or user",
			"l'indirizzo SFTP deve avere utente e server: sftp://utente@server:porta/percorso.")
	}
	port := u.Port()
	if port == "" {
		port = "22"
	}
	p.user = u.User.Username()
	p.addr = net.JoinHostPort(u.Hostname(), port)
	p.path = path.Clean(u.Path)
	if u.Path == "" {
		p.path = "."
	} else if home, ok := strings.CutPrefix(u.Path, "/~"); ok && (home == "" || home[0] == '/') {
		p.path = path.Join(".", home)
	}
	return nil
}

func (p *place) checkSFTP() error {
	switch {
	case p.IdentityFile == "" && p.IdentityAgent == "" && p.PasswordFile == "" && len(p.Password) == 0:
		return configError("no identity file, no agent and no password",
			"manca la credenziale: indicare identity_file, identity_agent o password_file.")
	case p.PassphraseFile != "" && p.IdentityFile == "" && p.JumpIdentityFile == "":
		return configError("passphrase file without identity file",
			"passphrase_file serve solo insieme a identity_file.")
	case p.KnownHosts == "" && p.Fingerprint == "":
		return configError("no known_hosts and no fingerprint: the server could not be recognised",
			"manca come riconoscere il server: indicare known_hosts o fingerprint. Senza, quadra non si collega.")
	case p.Fingerprint != "" && !isFingerprint(p.Fingerprint):
		return fingerprintError("fingerprint", p.Fingerprint)
	}
	return p.checkJump()
}

func fingerprintError(setting, value string) error {
	return configError(fmt.Sprintf("%s %q is not SHA256:...", setting, value),
		setting+" deve avere la forma SHA256:... (43 caratteri), come la stampa ssh-keygen -l.")
}

func (p *place) checkJump() error {
	if p.Jump == "" {
		if p.JumpIdentityFile != "" || p.JumpFingerprint != "" {
			return configError("settings of a jump host without jump", "jump_identity_file e jump_fingerprint servono solo insieme a jump.")
		}
		return nil
	}
	user, host, ok := strings.Cut(p.Jump, "@")
	u := &url.URL{Host: host}
	if !ok || user == "" || u.Hostname() == "" || strings.ContainsAny(user, "/: ") || strings.ContainsAny(host, "/@ ") {
		return configError(fmt.Sprintf("jump %q is not user@host:port", p.Jump), "jump deve avere la forma utente@server:porta.")
	}
	port := u.Port()
	if port == "" {
		port = "22"
	}
	p.jumpUser, p.jumpAddr = user, net.JoinHostPort(u.Hostname(), port)
	switch {
	case p.IdentityFile == "" && p.IdentityAgent == "" && p.JumpIdentityFile == "":
		return configError("no key for the jump host",
			"al server di passaggio (jump) si accede solo con una chiave: indicare identity_file, identity_agent o jump_identity_file.")
	case p.KnownHosts == "" && p.JumpFingerprint == "":
		return configError("no known_hosts and no jump_fingerprint: the jump host could not be recognised",
			"manca come riconoscere il server di passaggio (jump): indicare known_hosts o jump_fingerprint.")
	case p.JumpFingerprint != "" && !isFingerprint(p.JumpFingerprint):
		return fingerprintError("jump_fingerprint", p.JumpFingerprint)
	}
	return nil
}
