package drop

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/knownhosts"
)

// HostKeyError says why the key a server showed is not good enough. Nothing
// secret was sent to that server.
type HostKeyError struct {
	Why       string // in English
	Presented string // SHA256:... of the key shown; empty when none was
	Expected  string // SHA256:... of the keys expected; empty for an unknown host
	it        string
}

func (e *HostKeyError) Error() string {
	s := "host key refused: " + e.Why
	if e.Presented != "" {
		s += ", server presents " + e.Presented
	}
	if e.Expected != "" {
		s += ", expected " + e.Expected
	}
	return s
}

func (e *HostKeyError) italian() string {
	s := e.it
	if e.Presented != "" {
		s += " Impronta presentata: " + e.Presented + "."
	}
	if e.Expected != "" {
		s += " Impronta attesa: " + e.Expected + "."
	}
	return s + " Non è stato inviato nulla."
}

const (
	itUnknown = "il server non è in known_hosts. Verificare l'impronta con chi lo gestisce, poi aggiungere la riga."
	itChanged = "la chiave del server è cambiata: può essere un server diverso o un'intrusione. " +
		"Sentire chi lo gestisce prima di aggiornare la chiave attesa."
	itRevoked = "la chiave del server è revocata in known_hosts. Sentire chi lo gestisce."
)

// keyFamilies are the algorithms under which one host key can be asked for, in
// the order tried. A server shows a single key per connection, of the first
// type the client names: to be shown the right one, only its type is named.
var keyFamilies = [][]string{
	{ssh.KeyAlgoED25519},
	{ssh.KeyAlgoECDSA256, ssh.KeyAlgoECDSA384, ssh.KeyAlgoECDSA521},
	{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256},
}

// hostCheck is one way of asking for and judging a host key.
type hostCheck struct {
	algorithms []string // nil: whatever the server prefers
	judge      ssh.HostKeyCallback
}

// hostChecks are the ways to try, in order, each with a connection of its own,
// until the server shows the expected key.
func hostChecks(knownHosts, fingerprint, addr string) ([]hostCheck, error) {
	if knownHosts == "" {
		checks := make([]hostCheck, len(keyFamilies))
		for i, algorithms := range keyFamilies {
			checks[i] = hostCheck{algorithms, pinned(fingerprint)}
		}
		return checks, nil
	}
	known, err := knownhosts.New(knownHosts)
	if err != nil {
		return nil, &explained{kind: KindConfig, text: "read known_hosts", cause: err,
			it: "il file known_hosts non esiste o non è leggibile: " + knownHosts + "."}
	}
	algorithms, err := knownAlgorithms(known, addr)
	if err != nil {
		return nil, err
	}
	judge := judgeKnown(known)
	if fingerprint != "" {
		judge = both(judge, pinned(fingerprint))
	}
	return []hostCheck{{algorithms, judge}}, nil
}

func isFingerprint(s string) bool {
	sum, ok := strings.CutPrefix(s, "SHA256:")
	raw, err := base64.RawStdEncoding.DecodeString(sum)
	return ok && err == nil && len(raw) == 32
}

func pinned(fingerprint string) ssh.HostKeyCallback {
	return func(_ string, _ net.Addr, key ssh.PublicKey) error {
		if shown := ssh.FingerprintSHA256(key); shown != fingerprint {
			return &HostKeyError{Why: "key differs from the pinned fingerprint", Presented: shown, Expected: fingerprint, it: itChanged}
		}
		return nil
	}
}

func both(a, b ssh.HostKeyCallback) ssh.HostKeyCallback {
	return func(host string, remote net.Addr, key ssh.PublicKey) error {
		if err := a(host, remote, key); err != nil {
			return err
		}
		return b(host, remote, key)
	}
}

func judgeKnown(known ssh.HostKeyCallback) ssh.HostKeyCallback {
	return func(host string, remote net.Addr, key ssh.PublicKey) error {
		err := known(host, remote, key)
		shown := ssh.FingerprintSHA256(key)
		var unexpected *knownhosts.KeyError
		var revoked *knownhosts.RevokedError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &revoked):
			return &HostKeyError{Why: "key is revoked", Presented: shown, it: itRevoked}
		case errors.As(err, &unexpected) && len(unexpected.Want) == 0:
			return &HostKeyError{Why: "host is not in known_hosts", Presented: shown, it: itUnknown}
		case errors.As(err, &unexpected):
			return &HostKeyError{Why: "key has changed", Presented: shown, Expected: fingerprints(unexpected.Want), it: itChanged}
		}
		return fmt.Errorf("check host key: %w", err)
	}
}

func fingerprints(keys []knownhosts.KnownKey) string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = ssh.FingerprintSHA256(k.Key)
	}
	return strings.Join(all, ", ")
}

// knownAlgorithms are those of the keys known for addr, or nil when it has
// none. It finds them by showing a key that nobody has.
func knownAlgorithms(known ssh.HostKeyCallback, addr string) ([]string, error) {
	nobody, err := ssh.NewPublicKey(ed25519.PublicKey(make([]byte, ed25519.PublicKeySize)))
	if err != nil {
		return nil, fmt.Errorf("look up known_hosts: %w", err)
	}
	var unexpected *knownhosts.KeyError
	if !errors.As(known(addr, noAddr{addr}, nobody), &unexpected) {
		return nil, nil
	}
	var algorithms []string
	for _, k := range unexpected.Want {
		family := []string{k.Key.Type()}
		if k.Key.Type() == ssh.KeyAlgoRSA {
			family = []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
		}
		for _, a := range family {
			if !slices.Contains(algorithms, a) {
				algorithms = append(algorithms, a)
			}
		}
	}
	return algorithms, nil
}

// noAddr stands for the remote address before there is a connection.
type noAddr struct{ addr string }

func (noAddr) Network() string  { return "tcp" }
func (a noAddr) String() string { return a.addr }
