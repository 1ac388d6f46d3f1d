package bundle

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"time"

	"aead.dev/minisign"
	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	pgperrors "github.com/ProtonMail/go-crypto/openpgp/errors"
	"github.com/ProtonMail/go-crypto/openpgp/packet"
)

// SignatureState is what became of checking a signature.
type SignatureState string

// The states of a signature.
const (
	SignatureGood      SignatureState = "good"
	SignatureUnchecked SignatureState = "unchecked" // no key of its kind was given
	SignatureOther     SignatureState = "other-key"
	SignatureBad       SignatureState = "bad" // of something else, by a revoked key, or unreadable
)

// Verified is one signature of a bundle.
type Verified struct {
	Kind    string         `json:"kind"`
	State   SignatureState `json:"state"`
	Key     string         `json:"key"`               // that it says it is of
	Who     string         `json:"who,omitempty"`     // the name the given OpenPGP key gives itself
	Comment string         `json:"comment,omitempty"` // signed along, by minisign
	Made    *time.Time     `json:"made,omitempty"`    // as an OpenPGP signature says
	Text    string         `json:"text"`              // for people, in Italian
}

// PublicKey is a key signatures are checked with.
type PublicKey struct {
	minisign *minisign.PublicKey
	ring     openpgp.EntityList
}

// maxSignature is the largest signature read.
const maxSignature = 1 << 20

// ErrSecretKey says that a secret key was given where a public one belongs.
var ErrSecretKey = errors.New("this is a secret key: give the public one, and tell nobody this one")

// ParsePublicKey reads a minisign public key or an OpenPGP one, armored or not.
func ParsePublicKey(text []byte) (*PublicKey, error) {
	var key minisign.PublicKey
	if err := key.UnmarshalText(bytes.TrimSpace(text)); err == nil {
		return &PublicKey{minisign: &key}, nil
	}
	if bytes.Contains(text, []byte("secret key\n")) || bytes.Contains(text, []byte("BEGIN PGP PRIVATE KEY")) {
		return nil, ErrSecretKey
	}
	ring, err := openpgp.ReadArmoredKeyRing(bytes.NewReader(text))
	if err != nil {
		ring, err = openpgp.ReadKeyRing(bytes.NewReader(text))
	}
	if err != nil || len(ring) == 0 {
		return nil, errors.New("this is neither a minisign public key nor an OpenPGP one")
	}
	for _, e := range ring {
		if e.PrivateKey != nil {
			return nil, ErrSecretKey
		}
	}
	return &PublicKey{ring: ring}, nil
}

// signatures checks every signature of the bundle, and that the one asked for is
// there.
func (v *verifier) signatures() error {
	good := false
	for _, s := range []struct {
		name  string
		check func(text []byte, key *PublicKey) Verified
	}{{MinisignName, v.minisign}, {OpenPGPName, v.openpgp}} {
		f := v.entries[s.name]
		if f == nil {
			continue
		}
		var got Verified
		if text, err := v.small(f, maxSignature); err != nil {
			if v.ctx.Err() != nil {
				return err
			}
			got = Verified{State: SignatureBad, Text: fmt.Sprintf("%s %v", s.name, err)}
		} else {
			key := v.opt.Key
			if key == nil {
				key = &PublicKey{}
			}
			got = s.check(text, key)
		}
		if got.State == SignatureBad || got.State == SignatureOther {
			v.fault(FaultSignature, s.name, "firma: "+got.Text)
		}
		good = good || got.State == SignatureGood
		v.verdict.Signatures = append(v.verdict.Signatures, got)
	}
	if v.opt.Key != nil && !good && len(v.verdict.Faults) == 0 {
		v.fault(FaultSignature, "", "non c'è una firma della chiave indicata: è stata tolta, o non c'è mai stata")
	}
	return nil
}

func (v *verifier) minisign(text []byte, key *PublicKey) Verified {
	out := Verified{Kind: Minisign}
	var sig minisign.Signature
	if err := sig.UnmarshalText(text); err != nil {
		out.State, out.Text = SignatureBad, "la firma minisign non si legge"
		return out
	}
	out.Key = minisignID(sig.KeyID)
	switch {
	case key.minisign == nil:
		out.State, out.Text = SignatureUnchecked, fmt.Sprintf("dice di essere della chiave minisign %s; non controllata: indicare --key", out.Key)
	case key.minisign.ID() != sig.KeyID:
		out.State, out.Text = SignatureOther, fmt.Sprintf("dice di essere della chiave minisign %s, e quella indicata è %s", out.Key, minisignID(key.minisign.ID()))
	case !minisign.Verify(*key.minisign, v.text, text):
		out.State, out.Text = SignatureBad, fmt.Sprintf("la chiave minisign %s non ha firmato questo SHA256SUMS", out.Key)
	default:
		out.State, out.Comment = SignatureGood, sig.TrustedComment
		out.Text = fmt.Sprintf("buona, della chiave minisign %s (%q)", out.Key, sig.TrustedComment)
	}
	return out
}

func (v *verifier) openpgp(text []byte, key *PublicKey) Verified {
	out := Verified{Kind: OpenPGP}
	raw, err := dearmor(text)
	var sig *packet.Signature
	if err == nil {
		sig, err = firstSignature(raw)
	}
	if err != nil {
		out.State, out.Text = SignatureBad, "la firma OpenPGP non si legge"
		return out
	}
	made := sig.CreationTime.UTC()
	out.Key, out.Made = issuer(sig), &made
	if key.ring == nil {
		out.State, out.Text = SignatureUnchecked, fmt.Sprintf("dice di essere della chiave OpenPGP %s; non controllata: indicare --key", out.Key)
		return out
	}
	check := func(at time.Time) (*openpgp.Entity, error) {
		_, by, err := openpgp.VerifyDetachedSignature(key.ring, bytes.NewReader(v.text), bytes.NewReader(raw),
			&packet.Config{Time: func() time.Time { return at }})
		return by, err
	}
	by, err := check(v.opt.Now)
	expired := errors.Is(err, pgperrors.ErrKeyExpired)
	if expired { // a signature outlives its key: what counts is the day it was made
		by, err = check(made)
	}
	switch {
	case errors.Is(err, pgperrors.ErrUnknownIssuer):
		out.State, out.Text = SignatureOther, fmt.Sprintf("dice di essere della chiave OpenPGP %s, che non è quella indicata", out.Key)
	case errors.Is(err, pgperrors.ErrKeyRevoked):
		out.State, out.Text = SignatureBad, fmt.Sprintf("la chiave OpenPGP %s è stata revocata", out.Key)
	case err != nil:
		out.State, out.Text = SignatureBad, fmt.Sprintf("la chiave OpenPGP %s non ha firmato questo SHA256SUMS, o non poteva", out.Key)
	default:
		out.State, out.Key, out.Who = SignatureGood, fingerprint(by), identity(by)
		out.Text = fmt.Sprintf("buona, della chiave OpenPGP %s (%q), che dice di averla fatta il %s", out.Key, out.Who, made.Format(time.RFC3339))
		if expired {
			out.Text += "; la chiave è scaduta dopo"
		}
	}
	return out
}

// dearmor unpacks an armored signature.
func dearmor(text []byte) ([]byte, error) {
	block, err := armor.Decode(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	if block.Type != openpgp.SignatureType {
		return nil, fmt.Errorf("%s is no signature", block.Type)
	}
	return io.ReadAll(io.LimitReader(block.Body, maxSignature))
}

// firstSignature is the first packet of a signature.
func firstSignature(raw []byte) (*packet.Signature, error) {
	p, err := packet.NewReader(bytes.NewReader(raw)).Next()
	if err != nil {
		return nil, err
	}
	sig, ok := p.(*packet.Signature)
	if !ok || sig.IssuerKeyId == nil {
		return nil, errors.New("it begins with something else")
	}
	return sig, nil
}

// issuer is the key a signature says it is of.
func issuer(sig *packet.Signature) string {
	if len(sig.IssuerFingerprint) > 0 {
		return fmt.Sprintf("%X", sig.IssuerFingerprint)
	}
	return fmt.Sprintf("%016X", *sig.IssuerKeyId)
}
