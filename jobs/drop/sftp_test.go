package drop_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"

	"quadra/fixtures/sftpserver"
	"quadra/jobs/archive"
	"quadra/jobs/drop"
	"quadra/jobs/drop/droptest"
)

// content is longer than what the server and the client keep in flight.
var content = bytes.Repeat([]byte("giornale di cassa\n"), 300_000)

// short is a silence that a healthy server of the same machine never reaches.
const short = 400 * time.Millisecond

func TestWaysToAuthenticate(t *testing.T) {
	t.Parallel()
	server := droptest.Start(t, t.TempDir(), droptest.Options{})
	locked, passphrase := server.LockedIdentity(t)
	base := drop.Options{KnownHosts: server.KnownHosts}
	cases := []struct {
		name string
		set  func(*drop.Options)
		want drop.Kind // empty: let in
	}{
		{"key", func(o *drop.Options) { o.IdentityFile = server.IdentityFile }, ""},
		{"key with passphrase", func(o *drop.Options) { o.IdentityFile, o.PassphraseFile = locked, passphrase }, ""},
		{"password", func(o *drop.Options) { o.PasswordFile = server.PasswordFile }, ""},
		{"password from the environment", func(o *drop.Options) { o.Password = []byte(droptest.Password) }, ""},
		{"key with passphrase from the environment", func(o *drop.Options) {
			o.IdentityFile, o.Passphrase = locked, []byte(droptest.Passphrase)
		}, ""},
		{"key that needs no passphrase and is given one", func(o *drop.Options) {
			o.IdentityFile, o.Passphrase = server.IdentityFile, []byte(droptest.Passphrase)
		}, ""},
		{"password when the key is refused", func(o *drop.Options) {
			o.IdentityFile, o.PasswordFile = server.StrangeIdentity, server.PasswordFile
		}, ""},
		{"key the server does not know", func(o *drop.Options) { o.IdentityFile = server.StrangeIdentity }, drop.KindAuth},
		{"wrong password", func(o *drop.Options) { o.PasswordFile = passphrase }, drop.KindAuth},
		{"locked key without its passphrase", func(o *drop.Options) { o.IdentityFile = locked }, drop.KindConfig},
		{"locked key with a wrong passphrase", func(o *drop.Options) { o.IdentityFile, o.PassphraseFile = locked, server.PasswordFile }, drop.KindConfig},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			for _, path := range []string{"/", "", "/~/", "/~"} {
				o := base
				o.URL = server.URL(path)
				c.set(&o)
				d, err := drop.Open(t.Context(), o)
				if err == nil {
					_, err = d.List(t.Context())
					shut(t, d)
				}
				if c.want == "" && err != nil {
					t.Errorf("path %q: %v", path, err)
				}
				if c.want != "" {
					droptest.WantKind(t, err, c.want)
				}
			}
		})
	}
	t.Run("password asked for by keyboard-interactive", func(t *testing.T) {
		asking := droptest.Start(t, t.TempDir(), droptest.Options{Questions: true})
		for file, want := range map[string]drop.Kind{asking.PasswordFile: "", passphrase: drop.KindAuth} {
			o := drop.Options{URL: asking.URL("/"), KnownHosts: asking.KnownHosts, PasswordFile: file}
			d, err := drop.Open(t.Context(), o)
			if want != "" {
				droptest.WantKind(t, err, want)
			} else if err != nil {
				t.Error(err)
			}
			if err == nil {
				shut(t, d)
			}
		}
	})
	t.Run("key the server no longer wants", func(t *testing.T) {
		server.RefuseKey()
		_, err := drop.Open(t.Context(), server.Drop("/"))
		droptest.WantKind(t, err, drop.KindAuth)
	})
}

func ecdsaKey(t *testing.T) ssh.Signer {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return signer(t, key)
}

func rsaKey(t *testing.T) ssh.Signer {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return signer(t, key)
}

func signer(t *testing.T, key any) ssh.Signer {
	t.Helper()
	s, err := ssh.NewSignerFromKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestHostKeys(t *testing.T) {
	t.Parallel()
	ec, rs, stranger := ecdsaKey(t), rsaKey(t), ecdsaKey(t)
	server := droptest.Start(t, t.TempDir(), droptest.Options{MoreHostKeys: []ssh.Signer{ec, rs}})
	ed := server.HostPublicKey()
	line := func(key ssh.PublicKey) string { return knownhosts.Line([]string{server.Addr()}, key) + "\n" }
	hashed := knownhosts.HashHostname(knownhosts.Normalize(server.Addr()))
	cases := []struct {
		name       string
		knownHosts string
		pinned     string
		refused    bool
		says       []string
	}{
		{name: "known", knownHosts: line(ed)},
		{name: "known under a hashed name", knownHosts: strings.Replace(line(ed), knownhosts.Normalize(server.Addr()), hashed, 1)},
		{name: "only the ECDSA key is known", knownHosts: line(ec.PublicKey())},
		{name: "only the RSA key is known", knownHosts: line(rs.PublicKey())},
		{name: "known among the keys of other servers", knownHosts: "example.it " + string(ssh.MarshalAuthorizedKey(stranger.PublicKey())) + line(ed)},
		{name: "two keys known, both right", knownHosts: line(ec.PublicKey()) + line(ed)},
		{name: "two keys known, one of them changed", knownHosts: line(stranger.PublicKey()) + line(ed), refused: true},
		{name: "unknown host", knownHosts: "", refused: true, says: []string{"known_hosts", "SHA256:"}},
		{name: "known on another port only", knownHosts: "127.0.0.1 " + string(ssh.MarshalAuthorizedKey(ed)), refused: true},
		{name: "changed key", knownHosts: line(stranger.PublicKey()), refused: true,
			says: []string{"cambiata", ssh.FingerprintSHA256(ec.PublicKey()), ssh.FingerprintSHA256(stranger.PublicKey())}},
		{name: "revoked key", knownHosts: line(ed) + "@revoked * " + string(ssh.MarshalAuthorizedKey(ed)), refused: true, says: []string{"revocata"}},
		{name: "pinned Ed25519", pinned: ssh.FingerprintSHA256(ed)},
		{name: "pinned ECDSA", pinned: ssh.FingerprintSHA256(ec.PublicKey())},
		{name: "pinned RSA", pinned: ssh.FingerprintSHA256(rs.PublicKey())},
		{name: "known and pinned", knownHosts: line(rs.PublicKey()), pinned: ssh.FingerprintSHA256(rs.PublicKey())},
		{name: "known but pinned otherwise", knownHosts: line(rs.PublicKey()), pinned: ssh.FingerprintSHA256(ed), refused: true},
		{name: "pinned but unknown", knownHosts: "example.it " + string(ssh.MarshalAuthorizedKey(ed)),
			pinned: ssh.FingerprintSHA256(ec.PublicKey()), refused: true, says: []string{"known_hosts"}},
		{name: "wrong fingerprint", pinned: ssh.FingerprintSHA256(stranger.PublicKey()), refused: true,
			says: []string{"Impronta attesa: " + ssh.FingerprintSHA256(stranger.PublicKey())}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			o := server.Drop("/")
			o.KnownHosts, o.Fingerprint = "", c.pinned
			if c.pinned == "" || c.knownHosts != "" {
				o.KnownHosts = filepath.Join(t.TempDir(), "known_hosts")
				if err := os.WriteFile(o.KnownHosts, []byte(c.knownHosts), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			d, err := drop.Open(t.Context(), o)
			if err == nil {
				shut(t, d)
			}
			if !c.refused {
				if err != nil {
					t.Error(err)
				}
				return
			}
			droptest.WantKind(t, err, drop.KindHostKey)
			var e *drop.Error
			var key *drop.HostKeyError
			if !errors.As(err, &e) || !errors.As(err, &key) {
				t.Fatalf("error is %v", err)
			}
			for _, s := range c.says {
				if !strings.Contains(e.Message(), s) {
					t.Errorf("message %q does not say %q", e.Message(), s)
				}
			}
		})
	}
	t.Run("server without a key of the known type", func(t *testing.T) {
		server := droptest.Start(t, t.TempDir(), droptest.Options{})
		for _, set := range []func(*drop.Options){
			func(o *drop.Options) {
				o.KnownHosts = filepath.Join(t.TempDir(), "known_hosts")
				line := knownhosts.Line([]string{server.Addr()}, rs.PublicKey())
				if err := os.WriteFile(o.KnownHosts, []byte(line+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
			},
			func(o *drop.Options) { o.KnownHosts, o.Fingerprint = "", ssh.FingerprintSHA256(rs.PublicKey()) },
		} {
			o := server.Drop("/")
			set(&o)
			_, err := drop.Open(t.Context(), o)
			droptest.WantKind(t, err, drop.KindHostKey)
		}
	})
}

func TestServerThatCannotBeReached(t *testing.T) {
	t.Parallel()
	t.Run("nobody listens", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		shut(t, l)
		server := droptest.Start(t, t.TempDir(), droptest.Options{})
		o := server.Drop("/")
		o.URL = "sftp://u@" + l.Addr().String() + "/"
		_, err = drop.Open(t.Context(), o)
		droptest.WantKind(t, err, drop.KindConnect)
	})
	t.Run("server that accepts and says nothing", func(t *testing.T) {
		server := droptest.Start(t, t.TempDir(), droptest.Options{Faults: sftpserver.Faults{Silent: true}})
		o := server.Drop("/")
		o.ConnectTimeout, o.Attempts = short, 2
		_, err := drop.Open(t.Context(), o)
		droptest.WantKind(t, err, drop.KindTimeout)
	})
	t.Run("run stopped while connecting", func(t *testing.T) {
		server := droptest.Start(t, t.TempDir(), droptest.Options{Faults: sftpserver.Faults{Silent: true}})
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*time.Millisecond, cancel)
		_, err := drop.Open(ctx, server.Drop("/"))
		droptest.WantKind(t, err, drop.KindInterrupted)
	})
}

// night is a server with one file, the drop on it, and its entry.
type night struct {
	server *droptest.Server
	dir    string
	drop   drop.Drop
	entry  drop.Entry
}

func begin(t *testing.T, set func(*drop.Options)) night {
	t.Helper()
	n := night{dir: t.TempDir()}
	if err := os.WriteFile(filepath.Join(n.dir, "f.csv"), content, 0o644); err != nil {
		t.Fatal(err)
	}
	n.server = droptest.Start(t, n.dir, droptest.Options{})
	o := n.server.Drop("/")
	if set != nil {
		set(&o)
	}
	var err error
	if n.drop, err = drop.Open(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { shut(t, n.drop) })
	l, err := n.drop.List(t.Context())
	if err != nil || len(l.Ready) != 1 {
		t.Fatalf("listing is %+v, %v", l, err)
	}
	n.entry = l.Ready[0]
	return n
}

// ways are the two ways to read a file to its end.
var ways = map[string]func(io.Reader) (int64, error){
	"by WriteTo": func(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) },
	"by Read":    func(r io.Reader) (int64, error) { return io.Copy(io.Discard, struct{ io.Reader }{r}) },
}

func TestServerThatFailsInTheMiddleOfAFile(t *testing.T) {
	t.Parallel()
	const half = 2_000_000
	cases := []struct {
		name   string
		faults sftpserver.Faults
		set    func(*drop.Options)
		want   drop.Kind
	}{
		{"connection dropped", sftpserver.Faults{DropAfterBytes: half}, nil, drop.KindLost},
		{"file that ends early without an error", sftpserver.Faults{EndAfterBytes: half}, nil, drop.KindLost},
		{"server that falls silent", sftpserver.Faults{HangAfterBytes: half},
			func(o *drop.Options) { o.ReadTimeout = short }, drop.KindTimeout},
		{"transfer that lasts too long in all", sftpserver.Faults{HangAfterBytes: half},
			func(o *drop.Options) { o.TotalTimeout = short }, drop.KindTooLong},
	}
	for _, c := range cases {
		for way, read := range ways {
			t.Run(c.name+", read "+way, func(t *testing.T) {
				n := begin(t, func(o *drop.Options) {
					o.Attempts = 1
					if c.set != nil {
						c.set(o)
					}
				})
				n.server.SetFaults(c.faults)
				r, err := n.drop.Open(t.Context(), n.entry)
				if err != nil {
					t.Fatal(err)
				}
				size, err := read(r)
				droptest.WantKind(t, err, c.want)
				if size > half {
					t.Errorf("%d bytes were read", size)
				}
				r.Close()
				if _, err := n.drop.List(t.Context()); err != nil {
					t.Errorf("listing afterwards, on a new connection: %v", err)
				}
			})
		}
	}
	t.Run("nothing of it is sealed", func(t *testing.T) {
		n := begin(t, func(o *drop.Options) { o.Attempts = 1 })
		n.server.DropAfterBytes(half)
		dir := t.TempDir()
		a, err := archive.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		r, err := n.drop.Open(t.Context(), n.entry)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		_, err = a.Seal(t.Context(), r, 0)
		droptest.WantKind(t, err, drop.KindLost)
		left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
		if err != nil || len(left) != 0 {
			t.Errorf("archive holds %q, %v", left, err)
		}
	})
}

func TestWholeFileIsSealed(t *testing.T) {
	t.Parallel()
	n := begin(t, nil)
	a, err := archive.Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r, err := n.drop.Open(t.Context(), n.entry)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := a.Seal(t.Context(), r, 0)
	if err != nil || s.Size != int64(len(content)) {
		t.Fatalf("sealed %+v, %v", s, err)
	}
	if err := a.Verify(t.Context(), s.SHA256); err != nil {
		t.Error(err)
	}
}

func TestServerThatNeverAnswersAListing(t *testing.T) {
	t.Parallel()
	n := begin(t, func(o *drop.Options) { o.ReadTimeout, o.Attempts = short, 2 })
	n.server.SetFaults(sftpserver.Faults{HangListing: true})
	_, err := n.drop.List(t.Context())
	droptest.WantKind(t, err, drop.KindTimeout)
}

func TestRunStoppedWhileTheServerIsSilent(t *testing.T) {
	t.Parallel()
	n := begin(t, nil)
	n.server.HangAfterBytes(1)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := n.drop.Open(ctx, n.entry)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	time.AfterFunc(50*time.Millisecond, cancel)
	_, err = io.Copy(io.Discard, r)
	droptest.WantKind(t, err, drop.KindInterrupted)
}

func TestOurOwnSlownessIsNoSilenceOfTheServer(t *testing.T) {
	t.Parallel()
	n := begin(t, func(o *drop.Options) { o.ReadTimeout = 2 * short })
	r, err := n.drop.Open(t.Context(), n.entry)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := io.Copy(&slowOnce{}, r); err != nil {
		t.Errorf("slow disk: %v", err)
	}
	err = n.drop.AnswerFrom(t.Context(), "f.csv.scarti.csv", func(w io.Writer) error {
		time.Sleep(3 * short)
		_, err := w.Write(content)
		return err
	})
	if err != nil {
		t.Errorf("slow answer: %v", err)
	}
}

// slowOnce is a disk that stalls at its first block.
type slowOnce struct{ stalled bool }

func (s *slowOnce) Write(p []byte) (int, error) {
	if !s.stalled {
		time.Sleep(3 * short)
	}
	s.stalled = true
	return len(p), nil
}

func TestPermissionDeniedByTheServer(t *testing.T) {
	t.Parallel()
	n := begin(t, nil)
	n.server.SetFaults(sftpserver.Faults{Denied: []string{"f.csv"}})
	_, err := n.drop.Open(t.Context(), n.entry)
	droptest.WantKind(t, err, drop.KindPermission)
	droptest.WantKind(t, n.drop.Dispose(t.Context(), n.entry, drop.Taken), drop.KindPermission)
	if _, err := os.Stat(filepath.Join(n.dir, "f.csv")); err != nil {
		t.Error(err)
	}
}

func TestAnswerIsReplacedWithoutPosixRename(t *testing.T) {
	t.Parallel()
	n := begin(t, nil)
	n.server.SetFaults(sftpserver.Faults{NoPosixRename: true})
	for _, text := range []string{"first", "second"} {
		if err := n.drop.Answer(t.Context(), "f.csv.esito.txt", []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(filepath.Join(n.dir, "f.csv.esito.txt")); err != nil || string(got) != "second" {
		t.Errorf("answer is %q, %v", got, err)
	}
}

func TestNamesOfAHostileServerStayInTheFolder(t *testing.T) {
	t.Parallel()
	n := begin(t, nil)
	n.server.SetFaults(sftpserver.Faults{ListAlso: []string{"../../etc/passwd", "..", "/", `..\..\boot.ini`, "a\x00b", "\x1b[2J"}})
	l, err := n.drop.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range l.Ready {
		if strings.ContainsAny(e.Name, "/\\\x00\x1b") || e.Name == ".." {
			t.Errorf("%q is offered", e.Name)
		}
		if e.Name == "passwd" { // what is left of the first; it is not in the folder
			_, err := n.drop.Open(t.Context(), e)
			droptest.WantKind(t, err, drop.KindMissing)
		}
	}
	for _, r := range l.Refused {
		if strings.ContainsAny(r.Name, "\x00\x1b") {
			t.Errorf("%q would upset a terminal", r.Name)
		}
	}
	if len(l.Refused) != 4 {
		t.Errorf("refused: %+v", l.Refused)
	}
}

func TestNameTellsUserAndServerOnly(t *testing.T) {
	t.Parallel()
	n := begin(t, nil)
	if got, want := n.drop.Name(), n.server.URL("/"); got != want {
		t.Errorf("name is %s, want %s", got, want)
	}
}
