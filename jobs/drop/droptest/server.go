// Package droptest helps the tests of whoever uses a drop: an SFTP server that
// can misbehave, with the files a client needs, and the suite that every kind
// of drop must pass.
package droptest

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"quadra/fixtures/sftpserver" //nolint:depguard // this package is for tests only
	"quadra/jobs/drop"
)

// What every server accepts, and the passphrase of [Server.LockedIdentity].
const (
	User       = "quadra"
	Password   = "lasciapassare"
	Passphrase = "frase segreta"
)

// Options of a server; the zero value is a well behaved one.
type Options struct {
	HostKey      ssh.Signer   // a new one when nil
	MoreHostKeys []ssh.Signer // of other types
	Questions    bool         // passwords are asked for by keyboard-interactive only
	Faults       sftpserver.Faults
}

// Server is a server over a folder and what a client needs to reach it.
type Server struct {
	*sftpserver.Server
	key             sftpserver.Key
	IdentityFile    string // accepted by the server
	PasswordFile    string
	StrangeIdentity string // not accepted
	KnownHosts      string // holds the server's host key
}

// Start serves dir until the test ends.
func Start(t testing.TB, dir string, o Options) *Server {
	t.Helper()
	key, strange := newKey(t), newKey(t)
	server, err := sftpserver.Start(sftpserver.Options{
		Root:           dir,
		HostKey:        o.HostKey,
		MoreHostKeys:   o.MoreHostKeys,
		AuthorizedKeys: []ssh.PublicKey{key.Signer.PublicKey()},
		Passwords:      map[string]string{User: Password},
		Questions:      o.Questions,
		Faults:         o.Faults,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Errorf("close SFTP server: %v", err)
		}
	})
	secrets := t.TempDir()
	return &Server{
		Server:          server,
		key:             key,
		IdentityFile:    write(t, secrets, "id_ed25519", key.PEM),
		PasswordFile:    write(t, secrets, "password", []byte(Password+"\r\n")),
		StrangeIdentity: write(t, secrets, "id_strange", strange.PEM),
		KnownHosts:      write(t, secrets, "known_hosts", []byte(server.KnownHostsLine()+"\n")),
	}
}

// URL is the address of a folder of the server; path starts with a slash.
func (s *Server) URL(path string) string { return "sftp://" + User + "@" + s.Addr() + path }

// Drop describes a folder of the server, with key and known host, tried again
// without much waiting.
func (s *Server) Drop(path string) drop.Options {
	return drop.Options{URL: s.URL(path), IdentityFile: s.IdentityFile, KnownHosts: s.KnownHosts, RetryWait: retryWait}
}

// retryWait is short: a server of the same machine is back at once.
const retryWait = 5 * time.Millisecond

// LockedIdentity writes the accepted key under a passphrase, which is slow on
// purpose, and the passphrase.
func (s *Server) LockedIdentity(t testing.TB) (identityFile, passphraseFile string) {
	t.Helper()
	locked, err := s.key.EncryptedPEM(Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	return write(t, dir, "id_locked", locked), write(t, dir, "passphrase", []byte(Passphrase+"\n"))
}

// DropAfterBytes cuts each connection after n bytes of file content.
func (s *Server) DropAfterBytes(n int64) { s.SetFaults(sftpserver.Faults{DropAfterBytes: n}) }

// HangAfterBytes stops answering reads after n bytes of file content.
func (s *Server) HangAfterBytes(n int64) { s.SetFaults(sftpserver.Faults{HangAfterBytes: n}) }

// RefuseKey refuses every key from now on.
func (s *Server) RefuseKey() { s.SetFaults(sftpserver.Faults{RefuseKeys: true}) }

func newKey(t testing.TB) sftpserver.Key {
	t.Helper()
	key, err := sftpserver.NewKey()
	if err != nil {
		t.Fatal(err)
	}
	return key
}

func write(t testing.TB, dir, name string, content []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
