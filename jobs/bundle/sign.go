package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"time"

	"aead.dev/minisign"
	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// The kinds of signature.
const (
	Minisign = "minisign"
	OpenPGP  = "openpgp"
)

// Signer signs a SHA256SUMS.
type Signer struct {
	Kind string // Minisign or OpenPGP
	Key  string // identifier of a minisign key, fingerprint of an OpenPGP one
	Who  string // the name an OpenPGP key gives itself; of itself it proves nothing

	sign func(sums []byte, comment string) ([]byte, error)
}

// FileName is the entry the signature stands in.
func (s *Signer) FileName() string {
	if s.Kind == Minisign {
		return MinisignName
	}
	return OpenPGPName
}

// ErrPassphrase says that a key is under a passphrase nobody gave, or another one.
var ErrPassphrase = errors.New("the signing key is under a passphrase, and it is not the one given")

// NewMinisign signs with a minisign secret key. Where it is under a passphrase,
// opening it takes a second and, as minisign wants it, 1 GiB of memory: a key
// made with `minisign -G -W` in a file only its owner can read takes neither.
func NewMinisign(text, passphrase []byte) (*Signer, error) {
	text = bytes.TrimSpace(text)
	var key minisign.PrivateKey
	if minisign.IsEncrypted(text) {
		if len(passphrase) == 0 {
			return nil, ErrPassphrase
		}
		var err error
		if key, err = minisign.DecryptKey(string(passphrase), text); err != nil {
			return nil, ErrPassphrase
		}
	} else if err := key.UnmarshalText(text); err != nil {
		return nil, fmt.Errorf("this is no minisign secret key: %w", err)
	}
	return &Signer{Kind: Minisign, Key: minisignID(key.ID()), sign: func(sums []byte, comment string) ([]byte, error) {
		r := minisign.NewReader(bytes.NewReader(sums))
		if _, err := readAll(r); err != nil {
			return nil, err
		}
		return r.SignWithComments(key, comment, "signature from minisign secret key"), nil
	}}, nil
}

// minisignID is the identifier of a key as minisign shows it.
func minisignID(id uint64) string { return fmt.Sprintf("%016X", id) }

// NewOpenPGP signs with the only secret key of an armored file, as `gpg --armor
// --export-secret-keys` writes it. now is when signatures are made.
func NewOpenPGP(text, passphrase []byte, now func() time.Time) (*Signer, error) {
	ring, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("this is no armored OpenPGP key: %w", err)
	}
	if len(ring) != 1 || ring[0].PrivateKey == nil {
		return nil, fmt.Errorf("the file must hold one OpenPGP secret key, and holds %d keys", len(ring))
	}
	config := &packet.Config{Time: now}
	key, ok := ring[0].SigningKey(now())
	if !ok || key.PrivateKey == nil || key.PrivateKey.Dummy() {
		return nil, errors.New("the OpenPGP key may not sign, or no longer: it has no valid signing key")
	}
	if key.PrivateKey.Encrypted {
		if err := key.PrivateKey.Decrypt(passphrase); err != nil {
			return nil, ErrPassphrase
		}
	}
	return &Signer{Kind: OpenPGP, Key: fingerprint(ring[0]), Who: identity(ring[0]), sign: func(sums []byte, _ string) ([]byte, error) {
		var out bytes.Buffer
		if err := openpgp.ArmoredDetachSign(&out, ring[0], bytes.NewReader(sums), config); err != nil {
			return nil, err
		}
		return append(bytes.TrimRight(out.Bytes(), "\n"), '\n'), nil
	}}, nil
}

// fingerprint names an OpenPGP key.
func fingerprint(e *openpgp.Entity) string { return fmt.Sprintf("%X", e.PrimaryKey.Fingerprint) }

// identity is the name an OpenPGP key gives itself.
func identity(e *openpgp.Entity) string {
	if id := e.PrimaryIdentity(); id != nil {
		return id.Name
	}
	return ""
}
