package bundle_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quadra/jobs/bundle"
)

// tools skips a test where a program of Debian is missing, which QUADRA_REQUIRE
// forbids.
func tools(t *testing.T, names ...string) {
	t.Helper()
	for _, name := range names {
		if _, err := exec.LookPath(name); err != nil {
			if os.Getenv("QUADRA_REQUIRE") == "1" {
				t.Fatalf("%s is not installed, and QUADRA_REQUIRE forbids to go without", name)
			}
			t.Skipf("%s is not installed", name)
		}
	}
}

// run runs a program in a folder and demands that it succeeds, or fails.
func run(t *testing.T, dir string, ok bool, input string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	cmd.Dir, cmd.Stdin = dir, strings.NewReader(input)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || (err == nil) != ok {
		t.Fatalf("%q: %v\n%s", args, err, out)
	}
	return string(out)
}

// unzipped opens a bundle with unzip.
func unzipped(t *testing.T, path string) string {
	t.Helper()
	dir := t.TempDir()
	run(t, dir, true, "", "unzip", "-q", path)
	return dir
}

// byHand is what LEGGIMI.txt says to type, without what names files of the reader.
func byHand(t *testing.T, dir string) {
	t.Helper()
	readme := string(read(t, filepath.Join(dir, bundle.ReadmeName)))
	surplus := `find . -type f | sed 's|^\./||' | sort | comm -23 - <(cut -c67- SHA256SUMS | sort)`
	for _, line := range []string{"sha256sum --check --strict --quiet SHA256SUMS", surplus,
		"sha256sum giornale/sigilli/*.txt", "head -qn 2 giornale/sigilli/*.txt"} {
		if !strings.Contains(readme, "\n  "+line+"\n") {
			t.Fatalf("LEGGIMI.txt does not say %q:\n%s", line, readme)
		}
		out := run(t, dir, true, "", "bash", "-c", line)
		for _, name := range strings.Fields(out) {
			if line == surplus && !strings.HasPrefix(name, bundle.SumsName) {
				t.Errorf("%s is not in SHA256SUMS", name)
			}
		}
	}
}

func TestABundleIsCheckedByHand(t *testing.T) {
	tools(t, "unzip", "sha256sum")
	path, _ := made(t, nil)
	dir := unzipped(t, path)
	byHand(t, dir)
	if err := os.WriteFile(filepath.Join(dir, "rapporto", "index.html"), []byte("altro"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, dir, false, "", "sha256sum", "--check", "--strict", "--quiet", bundle.SumsName)
}

// TestMinisignAndWeAgree: keys and signatures of each are taken by the other.
func TestMinisignAndWeAgree(t *testing.T) {
	tools(t, "minisign", "unzip", "sha256sum")
	keys := t.TempDir()
	run(t, keys, true, "", "minisign", "-G", "-W", "-p", "chiave.pub", "-s", "chiave.key")
	signer, err := bundle.NewMinisign(read(t, filepath.Join(keys, "chiave.key")), nil)
	if err != nil {
		t.Fatal(err)
	}
	key := publicKey(t, read(t, filepath.Join(keys, "chiave.pub")))
	path, _ := made(t, signer)
	told(t, verify(t, read(t, path), key), "")
	dir := unzipped(t, path)
	byHand(t, dir)
	out := run(t, dir, true, "", "minisign", "-V", "-p", filepath.Join(keys, "chiave.pub"), "-m", bundle.SumsName)
	if !strings.Contains(out, "quadra c_q001 as-of:2026-11-15 run:2 masked:false") {
		t.Errorf("minisign says %s", out)
	}
	if public := string(read(t, filepath.Join(keys, "chiave.pub"))); !strings.Contains(public, signer.Key) {
		t.Errorf("minisign calls the key %s, we %s", public, signer.Key)
	}

	run(t, dir, true, "", "minisign", "-S", "-s", filepath.Join(keys, "chiave.key"), "-m", bundle.SumsName, "-t", "a mano")
	theirs := string(read(t, filepath.Join(dir, bundle.MinisignName)))
	v := verify(t, zipped(t, func(all []piece) []piece { all[at(all, bundle.MinisignName)].text = theirs; return all }(pieces(t, read(t, path)))), key)
	told(t, v, "")
	if v.Signatures[0].Comment != "a mano" {
		t.Errorf("its comment is %q", v.Signatures[0].Comment)
	}
	if err := os.WriteFile(filepath.Join(dir, bundle.SumsName), []byte("altro\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, dir, false, "", "minisign", "-V", "-p", filepath.Join(keys, "chiave.pub"), "-m", bundle.SumsName)
}

// TestAMinisignKeyUnderAPassphraseIsOpened takes 1 GiB of memory twice.
func TestAMinisignKeyUnderAPassphraseIsOpened(t *testing.T) {
	if os.Getenv("QUADRA_LONG") != "1" {
		t.Skip("QUADRA_LONG=1 runs it")
	}
	tools(t, "minisign")
	keys := t.TempDir()
	run(t, keys, true, "segreta\nsegreta\n", "minisign", "-G", "-p", "chiave.pub", "-s", "chiave.key")
	text := read(t, filepath.Join(keys, "chiave.key"))
	if _, err := bundle.NewMinisign(text, []byte("altra")); !errors.Is(err, bundle.ErrPassphrase) {
		t.Errorf("with another passphrase: %v", err)
	}
	signer, err := bundle.NewMinisign(text, []byte("segreta"))
	if err != nil {
		t.Fatal(err)
	}
	path, _ := made(t, signer)
	told(t, verify(t, read(t, path), publicKey(t, read(t, filepath.Join(keys, "chiave.pub")))), "")
}

// TestGPGAndWeAgree: a key that gpg made and exported signs, gpg takes the
// signature, and we take one of gpg's.
func TestGPGAndWeAgree(t *testing.T) {
	tools(t, "gpg", "gpgconf", "unzip", "sha256sum")
	home, err := os.MkdirTemp("", "gpg") //nolint:usetesting // its sockets want a short path, and go when its agent does
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("GNUPGHOME", home)
	t.Cleanup(func() {
		_ = exec.Command("gpgconf", "--homedir", home, "--kill", "all").Run()
		_ = os.RemoveAll(home)
	})
	gpg := func(args ...string) string {
		return run(t, home, true, "", append([]string{"gpg", "--batch", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "segreta"}, args...)...)
	}
	gpg("--quick-gen-key", "Comune di Prova <ragioneria@example.it>", "ed25519", "sign", "1y")
	gpg("--armor", "--output", "segreta.asc", "--export-secret-keys")
	gpg("--armor", "--output", "chiave.asc", "--export")
	gpg("--output", "chiave.gpg", "--export")
	secretKey := read(t, filepath.Join(home, "segreta.asc"))
	if _, err := bundle.NewOpenPGP(secretKey, []byte("altra"), time.Now); !errors.Is(err, bundle.ErrPassphrase) {
		t.Errorf("with another passphrase: %v", err)
	}
	signer, err := bundle.NewOpenPGP(secretKey, []byte("segreta"), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	path, _ := made(t, signer)
	dir := unzipped(t, path)
	byHand(t, dir)
	if out := run(t, dir, true, "", "gpg", "--verify", bundle.OpenPGPName, bundle.SumsName); !strings.Contains(out, signer.Key) || !strings.Contains(out, signer.Who) {
		t.Errorf("gpg says %s, we %s %s", out, signer.Key, signer.Who)
	}

	later := func(text []byte, file string) *bundle.Verdict {
		v, err := bundle.Verify(t.Context(), bytes.NewReader(text), int64(len(text)),
			bundle.VerifyOptions{Key: publicKey(t, read(t, filepath.Join(home, file))), Now: time.Now().Add(time.Second)})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	told(t, later(read(t, path), "chiave.asc"), "")
	told(t, later(read(t, path), "chiave.gpg"), "")
	gpg("--armor", "--output", "mano.asc", "--detach-sign", filepath.Join(dir, bundle.SumsName))
	theirs := string(read(t, filepath.Join(home, "mano.asc")))
	told(t, later(zipped(t, func(all []piece) []piece { all[at(all, bundle.OpenPGPName)].text = theirs; return all }(pieces(t, read(t, path)))), "chiave.asc"), "")

	if err := os.WriteFile(filepath.Join(dir, bundle.SumsName), []byte("altro\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	run(t, dir, false, "", "gpg", "--verify", bundle.OpenPGPName, bundle.SumsName)
}
