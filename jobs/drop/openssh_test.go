package drop_test

import (
	"crypto/sha256"
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"quadra/fixtures/opensshd"
	"quadra/jobs/drop"
	"quadra/jobs/drop/droptest"
)

// opens tells whether the drop can be opened and listed; want is empty then.
func opens(t *testing.T, o drop.Options, want drop.Kind) {
	t.Helper()
	d, err := drop.Open(t.Context(), o)
	if err == nil {
		_, err = d.List(t.Context())
		shut(t, d)
	}
	if want != "" {
		droptest.WantKind(t, err, want)
	} else if err != nil {
		t.Error(err)
	}
}

// holding starts an SSH agent that holds these keys and returns its socket.
func holding(t *testing.T, keys ...opensshd.Key) string {
	t.Helper()
	ring := agent.NewKeyring()
	for _, k := range keys {
		if err := ring.Add(agent.AddedKey{PrivateKey: k.Secret}); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("", "quadra") //nolint:usetesting // the path of a socket must be short
	if err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(dir, "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		shut(t, l)
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				_ = agent.ServeAgent(ring, c) // ends with the client
				_ = c.Close()
			}()
		}
	}()
	return socket
}

func saved(t *testing.T, name string, content []byte, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, mode); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestOpenSSHLetsUsInWithEveryKindOfKey(t *testing.T) {
	t.Parallel()
	server := droptest.StartOpenSSH(t, opensshd.Options{})
	dir := t.TempDir()
	with := func(set func(*drop.Options)) drop.Options {
		o := server.Drop(dir)
		o.IdentityFile = ""
		set(&o)
		return o
	}
	for kind := range server.Keys {
		t.Run(kind+" key", func(t *testing.T) {
			opens(t, with(func(o *drop.Options) { o.IdentityFile = server.Identities[kind] }), "")
		})
		t.Run(kind+" key under a passphrase", func(t *testing.T) {
			opens(t, with(func(o *drop.Options) { o.IdentityFile, o.PassphraseFile = server.Locked(t, kind) }), "")
		})
		t.Run(kind+" key held by an agent", func(t *testing.T) {
			opens(t, with(func(o *drop.Options) { o.IdentityAgent = holding(t, server.Keys[kind]) }), "")
		})
	}
	strangers := make([]opensshd.Key, 8)
	for i := range strangers {
		var err error
		if strangers[i], err = opensshd.NewKey("ed25519"); err != nil {
			t.Fatal(err)
		}
	}
	t.Run("one key chosen among more than the server hears out", func(t *testing.T) {
		full := holding(t, append(strangers, server.Keys["rsa"])...)
		opens(t, with(func(o *drop.Options) { o.IdentityAgent = full }), drop.KindAuth)
		public := saved(t, "id.pub", ssh.MarshalAuthorizedKey(server.Keys["rsa"].Public), 0o644)
		opens(t, with(func(o *drop.Options) { o.IdentityAgent, o.IdentityFile = full, public }), "")
	})
	t.Run("agent without our key", func(t *testing.T) {
		opens(t, with(func(o *drop.Options) { o.IdentityAgent = holding(t, strangers[0]) }), drop.KindAuth)
	})
	t.Run("agent with no key at all", func(t *testing.T) {
		opens(t, with(func(o *drop.Options) { o.IdentityAgent = holding(t) }), drop.KindAuth)
	})
}

// Not parallel: it sets the environment.
func TestAgentNamedByTheEnvironment(t *testing.T) {
	server := droptest.StartOpenSSH(t, opensshd.Options{})
	o := server.Drop(t.TempDir())
	o.IdentityFile, o.IdentityAgent = "", "SSH_AUTH_SOCK"
	t.Setenv("SSH_AUTH_SOCK", "")
	opens(t, o, drop.KindConfig)
	t.Setenv("SSH_AUTH_SOCK", holding(t, server.Keys["ed25519"]))
	opens(t, o, "")
}

// TestOpenSSHShowsTheKeyWeKnow: the server has three host keys and shows the
// one of the type asked for first; whichever is known must do.
func TestOpenSSHShowsTheKeyWeKnow(t *testing.T) {
	t.Parallel()
	server := droptest.StartOpenSSH(t, opensshd.Options{})
	other := droptest.StartOpenSSH(t, opensshd.Options{HostKeys: []string{"rsa"}})
	dir := t.TempDir()
	for kind := range server.HostKeys {
		t.Run("only the "+kind+" key is known", func(t *testing.T) {
			o := server.Drop(dir)
			o.KnownHosts = saved(t, "known_hosts", server.Server.KnownHosts(kind), 0o644)
			opens(t, o, "")
		})
		t.Run("the "+kind+" key is pinned", func(t *testing.T) {
			o := server.Drop(dir)
			o.KnownHosts, o.Fingerprint = "", ssh.FingerprintSHA256(server.HostKeys[kind])
			opens(t, o, "")
		})
	}
	t.Run("known types the server does not have", func(t *testing.T) {
		o := other.Drop(dir)
		lines := strings.ReplaceAll(string(server.Server.KnownHosts("ed25519", "ecdsa")), portOf(server.Addr()), portOf(other.Addr()))
		o.KnownHosts = saved(t, "known_hosts", []byte(lines), 0o644)
		opens(t, o, drop.KindHostKey)
	})
	t.Run("changed key", func(t *testing.T) {
		o := other.Drop(dir)
		lines := strings.ReplaceAll(string(server.Server.KnownHosts("rsa")), portOf(server.Addr()), portOf(other.Addr()))
		o.KnownHosts = saved(t, "known_hosts", []byte(lines), 0o644)
		opens(t, o, drop.KindHostKey)
	})
}

func portOf(addr string) string { return addr[strings.LastIndex(addr, ":"):][1:] }

func TestServerBehindAJumpHost(t *testing.T) {
	t.Parallel()
	jump, server := droptest.StartOpenSSH(t, opensshd.Options{}), droptest.StartOpenSSH(t, opensshd.Options{})
	closed := droptest.StartOpenSSH(t, opensshd.Options{Config: []string{"AllowTcpForwarding no"}})
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f.csv"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	known := saved(t, "known_hosts", append(append(jump.Server.KnownHosts(), server.Server.KnownHosts()...), closed.Server.KnownHosts()...), 0o644)
	o := server.Drop(dir)
	o.KnownHosts, o.Jump, o.JumpIdentityFile = known, jump.User+"@"+jump.Addr(), jump.Identities["rsa"]

	t.Run("file comes through it", func(t *testing.T) {
		d, err := drop.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		defer shut(t, d)
		l, err := d.List(t.Context())
		if err != nil || len(l.Ready) != 1 {
			t.Fatalf("listing is %+v, %v", l, err)
		}
		wantSum(t, d, l.Ready[0])
	})
	stranger := droptest.Stranger(t)
	cases := []struct {
		name string
		set  func(*drop.Options)
		want drop.Kind
	}{
		{"recognised by its fingerprint", func(o *drop.Options) {
			o.KnownHosts, o.Fingerprint = "", ssh.FingerprintSHA256(server.HostKeys["ed25519"])
			o.JumpFingerprint = ssh.FingerprintSHA256(jump.HostKeys["ecdsa"])
		}, ""},
		{"not recognised", func(o *drop.Options) { o.KnownHosts = server.KnownHosts }, drop.KindHostKey},
		{"fingerprint of another", func(o *drop.Options) { o.JumpFingerprint = ssh.FingerprintSHA256(server.HostKeys["rsa"]) }, drop.KindHostKey},
		{"key it does not know", func(o *drop.Options) { o.JumpIdentityFile = stranger }, drop.KindAuth},
		{"nobody there", func(o *drop.Options) { o.Jump = "io@127.0.0.1:1" }, drop.KindConnect},
		{"it leads nowhere", func(o *drop.Options) {
			o.Jump, o.JumpIdentityFile = closed.User+"@"+closed.Addr(), closed.Identities["rsa"]
		}, drop.KindConnect},
		{"server behind it not recognised", func(o *drop.Options) { o.KnownHosts = jump.KnownHosts }, drop.KindHostKey},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			changed := o
			c.set(&changed)
			opens(t, changed, c.want)
			if c.want == "" || c.name == "it leads nowhere" || strings.HasPrefix(c.name, "server behind") {
				return
			}
			_, err := drop.Open(t.Context(), changed)
			var e *drop.Error
			if !errors.As(err, &e) || !strings.Contains(e.Message(), "jump") {
				t.Errorf("the message does not say that it is about the jump host: %v", err)
			}
		})
	}
}

// wantSum reads an entry to its end and compares its hash with that of content.
func wantSum(t *testing.T, d drop.Drop, e drop.Entry) {
	t.Helper()
	r, err := d.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, r)
	sum := sha256.New()
	if _, err := io.Copy(sum, r); err != nil {
		t.Fatal(err)
	}
	if want := sha256.Sum256(content); string(sum.Sum(nil)) != string(want[:]) {
		t.Error("what arrived is not what the server holds")
	}
}

func TestServerOnWhichNothingMayBeChanged(t *testing.T) {
	t.Parallel()
	server := droptest.StartOpenSSH(t, opensshd.Options{ReadOnly: true})
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f.csv"), content, 0o600); err != nil {
		t.Fatal(err)
	}
	for after, want := range map[string]drop.Kind{drop.AfterKeep: "", drop.AfterMove: drop.KindPermission, drop.AfterRename: drop.KindPermission, drop.AfterDelete: drop.KindPermission} {
		o := server.Drop(dir)
		o.After = after
		d, err := drop.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		l, err := d.List(t.Context())
		if err != nil || len(l.Ready) != 1 {
			t.Fatalf("listing is %+v, %v", l, err)
		}
		wantSum(t, d, l.Ready[0])
		droptest.WantKind(t, d.Answer(t.Context(), "f.csv.esito.txt", []byte("x")), drop.KindPermission)
		err = d.Dispose(t.Context(), l.Ready[0], drop.Taken)
		if want != "" {
			droptest.WantKind(t, err, want)
		} else if err != nil {
			t.Error(err)
		}
		shut(t, d)
	}
}
