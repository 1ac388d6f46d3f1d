package cms_test

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"quadra/engine/record"
	"quadra/parsers/cms"
)

const signer = "PROVA TESORIERE"

// open reads an envelope to its end.
func open(in io.Reader) (content []byte, signers []string, err error) {
	c, err := cms.Open(in)
	if err != nil {
		return nil, nil, err
	}
	content, err = io.ReadAll(c)
	return content, c.Signers(), err
}

func envelope(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestEnvelopesOfOpenSSL reads what openssl cms -sign made of one document.
func TestEnvelopesOfOpenSSL(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile(filepath.Join("..", "receipt", "testdata", "rt_6_2.xml"))
	if err != nil {
		t.Fatal(err)
	}
	der := envelope(t, "rt_6_2.xml.p7m")
	for _, tc := range []struct {
		name, signer string
		in           []byte
	}{
		{"DER", signer, der},
		{"BER, of lengths that are not said", signer, envelope(t, "rt_6_2.ber.p7m")},
		{"CAdES in PEM", signer, envelope(t, "rt_6_2.pem.p7m")},
		{"base64 in one line", signer, []byte(base64.StdEncoding.EncodeToString(der))},
		{"base64 in lines of CRLF", signer, []byte(strings.ReplaceAll(base64.StdEncoding.EncodeToString(der), "A", "A\r\n"))},
		{"a line end after it", signer, append(bytes.Clone(der), '\n')},
		{"without the certificate", "", envelope(t, "no_certificate.p7m")},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			for how, in := range map[string]io.Reader{"whole": bytes.NewReader(tc.in), "byte by byte": iotest.OneByteReader(bytes.NewReader(tc.in))} {
				content, signers, err := open(in)
				if err != nil || !bytes.Equal(content, want) || strings.Join(signers, " ") != tc.signer {
					t.Errorf("%s: %d bytes of %d, signed by %q, %v", how, len(content), len(want), signers, err)
				}
			}
			if !cms.Looks(tc.in[:min(len(tc.in), 512)]) {
				t.Error("not recognised")
			}
		})
	}
}

// TestEveryCutIsFound cuts an envelope at each of its bytes.
func TestEveryCutIsFound(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"rt_6_2.xml.p7m", "rt_6_2.ber.p7m", "rt_6_2.pem.p7m"} {
		whole := bytes.TrimSpace(envelope(t, name))
		whole, _, _ = bytes.Cut(whole, []byte("\n-----END"))
		for n := range len(whole) {
			_, _, err := open(bytes.NewReader(whole[:n]))
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != record.FileTruncated {
				t.Fatalf("%s cut after %d of %d bytes: %v", name, n, len(whole), err)
			}
		}
	}
}

func TestEnvelopesThatAreRefused(t *testing.T) {
	t.Parallel()
	der := envelope(t, "rt_6_2.xml.p7m")
	broken := bytes.Clone(der)
	broken[len("30820000")/2] = 0x05 // in place of the identifier
	for _, tc := range []struct {
		name, hint string
		in         []byte
		code       record.FileCode
	}{
		{"only the signature", "detached", envelope(t, "detached.p7m"), record.FileContent},
		{"encrypted", "cifrato", envelope(t, "encrypted.p7m"), record.FileContent},
		{"no envelope", "p7m", []byte("\x30\x03\x02\x01\x01"), record.FileSyntax},
		{"an identifier that is none", "p7m", broken, record.FileSyntax},
		{"base64 that is none", "p7m", []byte("MII?AAAA"), record.FileSyntax},
		{"empty elements without end in each other", "p7m", append(der[:0:0], []byte(nested(1_000_000))...), record.FileSyntax},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := open(bytes.NewReader(tc.in))
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || !strings.Contains(fe.Message, tc.hint) {
				t.Errorf("got %v, want %s saying %q", err, tc.code, tc.hint)
			}
		})
	}
	t.Run("certificates without end", func(t *testing.T) {
		t.Parallel()
		// The head of an envelope of BER with an empty content.
		head := "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00" +
			"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x04\x00"
		_, _, err := open(io.MultiReader(strings.NewReader(head), io.LimitReader(rand.Reader, 2*cms.MaxCertificates)))
		var fe *record.FileError
		if !errors.As(err, &fe) || fe.Code != record.FileLimit {
			t.Errorf("got %v, want LIMIT", err)
		}
	})
}

// nested is an envelope whose digest algorithms are sets in sets.
func nested(deep int) string {
	return "\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01" + strings.Repeat("\x31\x80", deep)
}

func TestLooksTellsOtherDocuments(t *testing.T) {
	t.Parallel()
	for _, head := range []string{"", "0;1;2\n", "<?xml", "IUD;codIuv\n", "-----BEGIN\n", "{\"a\":1}", "PK\x03\x04", "\x30\x82", "MIIB"} {
		if cms.Looks([]byte(head)) {
			t.Errorf("%q looks like an envelope", head)
		}
	}
}

// TestAgainstOpenSSL signs with the openssl of this machine.
func TestAgainstOpenSSL(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("openssl"); err != nil {
		if os.Getenv("QUADRA_REQUIRE") == "1" {
			t.Fatal(err)
		}
		t.Skipf("openssl is not here: %v", err)
	}
	dir := t.TempDir()
	run := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "openssl", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	want := bytes.Repeat([]byte("<riga>à</riga>\n"), 100_000)
	if err := os.WriteFile(filepath.Join(dir, "in.xml"), want, 0o600); err != nil {
		t.Fatal(err)
	}
	run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=Chi firma/C=IT", "-keyout", "key.pem", "-out", "cert.pem")
	for _, form := range []string{"DER", "PEM"} {
		for _, more := range [][]string{nil, {"-stream"}, {"-cades"}} {
			run(append([]string{"cms", "-sign", "-nodetach", "-binary", "-in", "in.xml", "-signer", "cert.pem", "-inkey", "key.pem", "-outform", form, "-out", "out.p7m"}, more...)...)
			in, err := os.Open(filepath.Join(dir, "out.p7m"))
			if err != nil {
				t.Fatal(err)
			}
			content, signers, err := open(in)
			if err != nil || !bytes.Equal(content, want) || len(signers) != 1 || signers[0] != "Chi firma" {
				t.Errorf("%s %v: %d bytes of %d, signed by %q, %v", form, more, len(content), len(want), signers, err)
			}
			if err := in.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}

func FuzzOpen(f *testing.F) {
	for _, name := range []string{"rt_6_2.xml.p7m", "rt_6_2.ber.p7m", "rt_6_2.pem.p7m", "detached.p7m", "encrypted.p7m"} {
		f.Add(envelope(f, name))
	}
	f.Add([]byte(nested(20)))
	f.Fuzz(func(t *testing.T, in []byte) {
		cms.Looks(in)
		content, _, err := open(bytes.NewReader(in))
		again, _, againErr := open(iotest.HalfReader(bytes.NewReader(in)))
		if (err == nil) != (againErr == nil) || err == nil && !bytes.Equal(content, again) {
			t.Fatalf("the size of the reads changes the content: %v and %v", err, againErr)
		}
		var fe *record.FileError
		if err != nil && (!errors.As(err, &fe) || fe.Message == "") {
			t.Fatalf("not a fault of the file: %v", err)
		}
		if len(content) > len(in) {
			t.Fatal("more than there is")
		}
	})
}
