package droptest

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"golang.org/x/crypto/ssh"

	"quadra/fixtures/opensshd" //nolint:depguard // this package is for tests only
	"quadra/fixtures/wire"     //nolint:depguard // this package is for tests only
	"quadra/jobs/drop"
)

// OpenSSH is Debian's server, serving the whole file system, and what a client
// needs to reach it.
type OpenSSH struct {
	*opensshd.Server
	Keys       map[string]opensshd.Key // accepted, by type: ed25519, ecdsa, rsa
	Identities map[string]string       // their files, without passphrase
	KnownHosts string                  // every host key
}

// userKeys are made once: making them takes longer than most tests.
var userKeys = sync.OnceValues(func() (map[string]opensshd.Key, error) {
	keys := make(map[string]opensshd.Key)
	for _, kind := range []string{"ed25519", "ecdsa", "rsa"} {
		var err error
		if keys[kind], err = opensshd.NewKey(kind); err != nil {
			return nil, err
		}
	}
	return keys, nil
})

// StartOpenSSH serves until the test ends. Where there is no sshd the test is
// skipped, or fails when QUADRA_REQUIRE is 1.
func StartOpenSSH(t testing.TB, o opensshd.Options) *OpenSSH {
	t.Helper()
	keys, err := userKeys()
	if err != nil {
		t.Fatal(err)
	}
	s := &OpenSSH{Keys: keys, Identities: make(map[string]string)}
	dir := t.TempDir()
	o.Dir = t.TempDir()
	for kind, key := range keys {
		pem, err := key.PEM("")
		if err != nil {
			t.Fatal(err)
		}
		s.Identities[kind] = write(t, dir, "id_"+kind, pem)
		o.AuthorizedKeys = append(o.AuthorizedKeys, key.Public)
	}
	if s.Server, err = opensshd.Start(o); err != nil {
		if errors.Is(err, opensshd.ErrMissing) && os.Getenv("QUADRA_REQUIRE") != "1" {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close sshd: %v", err)
		}
		if t.Failed() {
			t.Logf("sshd says:\n%s", s.Log())
		}
	})
	s.KnownHosts = write(t, dir, "known_hosts", s.Server.KnownHosts())
	return s
}

// Locked writes an accepted key under a passphrase, which is slow on purpose,
// and the passphrase.
func (s *OpenSSH) Locked(t testing.TB, kind string) (identityFile, passphraseFile string) {
	t.Helper()
	pem, err := s.Keys[kind].PEM(Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return write(t, dir, "id_locked", pem), write(t, dir, "passphrase", []byte(Passphrase+"\n"))
}

// Drop describes a folder, with key and known host, tried again without much
// waiting.
func (s *OpenSSH) Drop(dir string) drop.Options {
	return drop.Options{URL: "sftp://" + s.User + "@" + s.Addr() + filepath.ToSlash(dir), IdentityFile: s.Identities["ed25519"],
		KnownHosts: s.KnownHosts, RetryWait: retryWait}
}

// Over describes the same folder reached over a line that can break, on which
// the server is known by its fingerprint.
func (s *OpenSSH) Over(w *wire.Wire, dir string) drop.Options {
	o := s.Drop(dir)
	o.URL = "sftp://" + s.User + "@" + w.Addr() + filepath.ToSlash(dir)
	o.KnownHosts, o.Fingerprint = "", ssh.FingerprintSHA256(s.HostKeys["ed25519"])
	return o
}

// Stranger is the file of a key that no server accepts.
func Stranger(t testing.TB) string {
	t.Helper()
	return write(t, t.TempDir(), "id_stranger", newKey(t).PEM)
}

// Line opens a line to a server until the test ends.
func Line(t testing.TB, server string, f wire.Faults) *wire.Wire {
	t.Helper()
	w, err := wire.Listen(server, f)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Errorf("close line: %v", err)
		}
	})
	return w
}
