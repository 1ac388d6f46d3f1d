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
	AfterMove   = "move"
	AfterDelete = "delete"
	AfterKeep   = "keep"
)

// Defaults of the times in Options.
const (
	DefaultConnectTimeout = 15 * time.Second
	DefaultReadTimeout    = time.Minute
	DefaultTotalTimeout   = time.Hour
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
	// empty), AfterDelete or AfterKeep.
	After string

	// For SFTP only.

	IdentityFile   string // private key, OpenSSH or PEM
	PassphraseFile string // of IdentityFile
	PasswordFile   string
	Passphrase     []byte // when there is no PassphraseFile
	Password       []byte // when there is no PasswordFile

	// At least one of the two says which host key is right; if both do, it must
	// suit both.
	KnownHosts  string // known_hosts file; @cert-authority lines are not used
	Fingerprint string // "SHA256:..."

	ConnectTimeout time.Duration // to connect, check the host key and authenticate
	ReadTimeout    time.Duration // of silence in the middle of an operation
	TotalTimeout   time.Duration // of one operation: a look, one file, one answer
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
	if p.after != AfterMove && p.after != AfterDelete && p.after != AfterKeep {
		return p, configError(fmt.Sprintf("after is %q", o.After),
			fmt.Sprintf("after: %q non è ammesso. Scrivere move, delete oppure keep.", o.After))
	}
	for _, t := range []struct {
		setting string
		value   *time.Duration
		usual   time.Duration
	}{
		{"settle", &p.Settle, 0},
		{"connect_timeout", &p.ConnectTimeout, DefaultConnectTimeout},
		{"read_timeout", &p.ReadTimeout, DefaultReadTimeout},
		{"total_timeout", &p.TotalTimeout, DefaultTotalTimeout},
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
	case p.IdentityFile == "" && p.PasswordFile == "" && len(p.Password) == 0:
		return configError("no identity file and no password",
			"manca la credenziale: indicare identity_file o password_file.")
	case p.PassphraseFile != "" && p.IdentityFile == "":
		return configError("passphrase file without identity file",
			"passphrase_file serve solo insieme a identity_file.")
	case p.KnownHosts == "" && p.Fingerprint == "":
		return configError("no known_hosts and no fingerprint: the server could not be recognised",
			"manca come riconoscere il server: indicare known_hosts o fingerprint. Senza, quadra non si collega.")
	case p.Fingerprint != "" && !isFingerprint(p.Fingerprint):
		return configError(fmt.Sprintf("fingerprint %q is not SHA256:...", p.Fingerprint),
			"fingerprint deve avere la forma SHA256:... (43 caratteri), come la stampa ssh-keygen -l.")
	}
	return nil
}
