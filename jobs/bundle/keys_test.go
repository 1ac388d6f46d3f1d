package bundle_test

import (
	"bytes"
	"runtime"
	"testing"
	"time"

	"aead.dev/minisign"
	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/armor"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"quadra/jobs/bundle"
)

// allocated is how much memory a function takes in all, freed or not.
func allocated(fn func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	fn()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// minisignKeys is a new pair of keys.
func minisignKeys(t testing.TB) (*bundle.Signer, *bundle.PublicKey) {
	t.Helper()
	public, private, err := minisign.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	secretText, err := private.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	signer, err := bundle.NewMinisign(secretText, nil)
	if err != nil {
		t.Fatal(err)
	}
	text, err := public.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	return signer, publicKey(t, text)
}

func publicKey(t testing.TB, text []byte) *bundle.PublicKey {
	t.Helper()
	key, err := bundle.ParsePublicKey(text)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// pgp is an OpenPGP key, made at a moment and valid for some seconds (0: always).
func pgp(t testing.TB, at time.Time, valid uint32) *openpgp.Entity {
	t.Helper()
	e, err := openpgp.NewEntity("Comune di Prova", "", "ragioneria@example.it",
		&packet.Config{Algorithm: packet.PubKeyAlgoEdDSA, Time: func() time.Time { return at }, KeyLifetimeSecs: valid})
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// secretText is an OpenPGP key as gpg exports it, under a passphrase if there is
// one.
func secretText(t testing.TB, e *openpgp.Entity, passphrase string) []byte {
	t.Helper()
	if passphrase != "" {
		if err := e.EncryptPrivateKeys([]byte(passphrase), nil); err != nil {
			t.Fatal(err)
		}
	}
	return armored(t, openpgp.PrivateKeyType, func(w *bytes.Buffer) error { return e.SerializePrivateWithoutSigning(w, nil) })
}

func publicText(t testing.TB, e *openpgp.Entity) []byte {
	t.Helper()
	return armored(t, openpgp.PublicKeyType, func(w *bytes.Buffer) error { return e.Serialize(w) })
}

func armored(t testing.TB, kind string, fill func(*bytes.Buffer) error) []byte {
	t.Helper()
	var raw, out bytes.Buffer
	if err := fill(&raw); err != nil {
		t.Fatal(err)
	}
	w, err := armor.Encode(&out, kind, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(raw.Bytes()); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// pgpKeys is a new pair of OpenPGP keys.
func pgpKeys(t testing.TB) (*bundle.Signer, *bundle.PublicKey) {
	t.Helper()
	e := pgp(t, now.AddDate(0, -1, 0), 0)
	signer, err := bundle.NewOpenPGP(secretText(t, e, ""), nil, clock)
	if err != nil {
		t.Fatal(err)
	}
	return signer, publicKey(t, publicText(t, e))
}
