package bundle_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ProtonMail/go-crypto/openpgp"
	"github.com/ProtonMail/go-crypto/openpgp/packet"

	"quadra/jobs/bundle"
)

// signatures of a verdict, by kind: their states.
func states(v *bundle.Verdict) map[string]bundle.SignatureState {
	all := make(map[string]bundle.SignatureState)
	for _, s := range v.Signatures {
		all[s.Kind] = s.State
	}
	return all
}

func TestOpenPGPSignaturesSayByWhom(t *testing.T) {
	signer, key := pgpKeys(t)
	_, other := pgpKeys(t)
	_, minisignKey := minisignKeys(t)
	path, _ := made(t, signer)
	text := read(t, path)

	v := verify(t, text, key)
	told(t, v, "")
	if s := v.Signatures[0]; s.State != bundle.SignatureGood || s.Key != signer.Key || s.Who != "Comune di Prova <ragioneria@example.it>" || !s.Made.Equal(now) {
		t.Errorf("it says %+v, signed by %s", s, signer.Key)
	}
	told(t, verify(t, text, nil), "")
	told(t, verify(t, text, other), bundle.FaultSignature)
	told(t, verify(t, text, minisignKey), bundle.FaultSignature) // of its kind there is none
	for name, tamper := range map[string]func([]piece) []piece{
		"sums replaced":     both(change(page, "Oggi", "Ieri"), sumAgain),
		"signature emptied": func(all []piece) []piece { all[at(all, bundle.OpenPGPName)].text = ""; return all },
		"another armor":     change(bundle.OpenPGPName, "PGP SIGNATURE", "PGP MESSAGE"),
		"removed":           remove(bundle.OpenPGPName),
	} {
		t.Run(name, func(t *testing.T) {
			told(t, verify(t, zipped(t, tamper(pieces(t, text))), key), bundle.FaultSignature)
		})
	}
}

// TestASignatureAddedByHandCounts: two signatures may stand beside each other, and
// each key finds its own.
func TestASignatureAddedByHandCounts(t *testing.T) {
	first, minisignKey := minisignKeys(t)
	path, _ := made(t, first)
	e := pgp(t, now.AddDate(0, -1, 0), 0)
	var signature bytes.Buffer
	err := openpgp.ArmoredDetachSign(&signature, e, strings.NewReader(entry(t, path, bundle.SumsName)), &packet.Config{Time: clock})
	if err != nil {
		t.Fatal(err)
	}
	text := zipped(t, add(piece{name: bundle.OpenPGPName, text: signature.String()})(pieces(t, read(t, path))))
	for key, want := range map[*bundle.PublicKey]map[string]bundle.SignatureState{
		nil:                            {bundle.Minisign: bundle.SignatureUnchecked, bundle.OpenPGP: bundle.SignatureUnchecked},
		minisignKey:                    {bundle.Minisign: bundle.SignatureGood, bundle.OpenPGP: bundle.SignatureUnchecked},
		publicKey(t, publicText(t, e)): {bundle.Minisign: bundle.SignatureUnchecked, bundle.OpenPGP: bundle.SignatureGood},
	} {
		v := verify(t, text, key)
		told(t, v, "")
		for kind, state := range states(v) {
			if state != want[kind] {
				t.Errorf("%s is %s, want %s", kind, state, want[kind])
			}
		}
	}
}

// TestASignatureOutlivesItsKey: one made while the key was valid holds after it
// has expired, one of a key revoked since does not.
func TestASignatureOutlivesItsKey(t *testing.T) {
	made0 := now.AddDate(0, -1, 0)
	e := pgp(t, made0, uint32((60 * 24 * time.Hour).Seconds()))
	signer, err := bundle.NewOpenPGP(secretText(t, e, ""), nil, clock)
	if err != nil {
		t.Fatal(err)
	}
	path, _ := made(t, signer)
	text := read(t, path)
	later := bundle.VerifyOptions{Key: publicKey(t, publicText(t, e)), Now: now.AddDate(3, 0, 0)}
	v, err := bundle.Verify(t.Context(), bytes.NewReader(text), int64(len(text)), later)
	if err != nil {
		t.Fatal(err)
	}
	told(t, v, "")
	if !strings.Contains(v.Signatures[0].Text, "scaduta dopo") {
		t.Errorf("it says %q", v.Signatures[0].Text)
	}
	if _, err := bundle.NewOpenPGP(secretText(t, e, ""), nil, func() time.Time { return later.Now }); err == nil {
		t.Error("an expired key signs")
	}
	if err := e.RevokeKey(packet.KeyCompromised, "", &packet.Config{Time: clock}); err != nil {
		t.Fatal(err)
	}
	told(t, verify(t, text, publicKey(t, publicText(t, e))), bundle.FaultSignature)
}

func TestKeysAreOpenedOnlyWithTheirPassphrase(t *testing.T) {
	e := pgp(t, now.AddDate(0, -1, 0), 0)
	locked := secretText(t, e, "segreta")
	for passphrase, want := range map[string]error{"": bundle.ErrPassphrase, "altra": bundle.ErrPassphrase, "segreta": nil} {
		if _, err := bundle.NewOpenPGP(locked, []byte(passphrase), clock); !errors.Is(err, want) {
			t.Errorf("OpenPGP with %q: %v", passphrase, err)
		}
	}
	// Made by minisign -G under a passphrase: the key is told to be locked at once.
	const encrypted = "untrusted comment: minisign encrypted secret key\n" +
		"RWRTY0IyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAACAAAAAAAAAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n"
	if _, err := bundle.NewMinisign([]byte(encrypted), nil); !errors.Is(err, bundle.ErrPassphrase) {
		t.Errorf("minisign without a passphrase: %v", err)
	}
	for name, text := range map[string][]byte{"nothing": nil, "a text": []byte("chiave"), "a public OpenPGP key": publicText(t, e)} {
		if _, err := bundle.NewMinisign(text, nil); err == nil {
			t.Errorf("minisign signs with %s", name)
		}
		if _, err := bundle.NewOpenPGP(text, nil, clock); err == nil {
			t.Errorf("OpenPGP signs with %s", name)
		}
	}
}

func TestASecretKeyIsRefusedWhereAPublicOneBelongs(t *testing.T) {
	e := pgp(t, now, 0)
	for name, text := range map[string]string{
		"minisign": "untrusted comment: minisign encrypted secret key\nRWRTY0Iy\n", "OpenPGP": string(secretText(t, e, ""))} {
		if _, err := bundle.ParsePublicKey([]byte(text)); !errors.Is(err, bundle.ErrSecretKey) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := bundle.ParsePublicKey([]byte("chiave")); err == nil || errors.Is(err, bundle.ErrSecretKey) {
		t.Errorf("a text: %v", err)
	}
}

// FuzzSignature: whatever stands in the place of a signature, there is a verdict,
// and it is good only where it is of this key and these sums.
func FuzzSignature(f *testing.F) {
	signer, key := pgpKeys(f)
	path, _ := made(f, signer)
	whole := pieces(f, read(f, path))
	f.Add(entry(f, path, bundle.OpenPGPName))
	f.Add("-----BEGIN PGP SIGNATURE-----\n\nwsBzBAABCgAnBQJn\n-----END PGP SIGNATURE-----\n")
	f.Fuzz(func(t *testing.T, signature string) {
		all := slices.Clone(whole)
		all[at(all, bundle.OpenPGPName)].text = signature
		v := verify(t, zipped(t, all), key)
		if len(v.Signatures) != 1 || v.OK != (v.Signatures[0].State == bundle.SignatureGood) {
			t.Fatalf("%+v", v)
		}
	})
}
