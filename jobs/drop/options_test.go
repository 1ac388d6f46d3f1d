package drop_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/jobs/drop"
	"quadra/jobs/drop/droptest"
)

func TestWrongOptionsAreConfigurationErrors(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	secret := file("password", "segreto\n", 0o600)
	sftp := drop.Options{URL: "sftp://u@127.0.0.1:1/x", PasswordFile: secret, KnownHosts: file("known_hosts", "", 0o644)}
	with := func(change func(*drop.Options)) drop.Options {
		o := sftp
		change(&o)
		return o
	}
	cases := []struct {
		name    string
		options drop.Options
		says    string // in the message
	}{
		{"no address", drop.Options{}, "url"},
		{"address that cannot be read", drop.Options{URL: "sftp://u:segreto@h:port/x"}, "url"},
		{"unknown scheme", drop.Options{URL: "ftp://h/x"}, "sftp://"},
		{"file address with two bars", drop.Options{URL: "file://srv/drop"}, "tre barre"},
		{"file address without bars", drop.Options{URL: "file:srv/drop"}, "tre barre"},
		{"address with a query", drop.Options{URL: "file:///srv/drop?x=1"}, "?"},
		{"password in the address", drop.Options{URL: "sftp://u:segreto@h/x"}, "password_file"},
		{"no user", drop.Options{URL: "sftp://h/x"}, "utente"},
		{"no server", drop.Options{URL: "sftp://u@/x"}, "server"},
		{"unknown after", drop.Options{URL: dir, After: "burn"}, "after"},
		{"negative settle", drop.Options{URL: dir, Settle: -1}, "settle"},
		{"negative timeout", drop.Options{URL: dir, ReadTimeout: -1}, "idle_timeout"},
		{"negative attempts", drop.Options{URL: dir, Attempts: -1}, "attempts"},
		{"jump host without a user", with(func(o *drop.Options) { o.Jump = "bastion" }), "utente@server"},
		{"jump host with a password only", with(func(o *drop.Options) { o.Jump = "io@bastion" }), "chiave"},
		{"jump host that nothing recognises", with(func(o *drop.Options) {
			o.Jump, o.IdentityFile, o.KnownHosts, o.Fingerprint = "io@bastion", secret, "", "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
		}), "jump_fingerprint"},
		{"key for no jump host", with(func(o *drop.Options) { o.JumpIdentityFile = secret }), "jump"},
		{"agent that is not there", with(func(o *drop.Options) { o.IdentityAgent = dir + "/none.sock" }), "identity_agent"},
		{"key of PuTTY", with(func(o *drop.Options) { o.IdentityFile = file("id.ppk", "PuTTY-User-Key-File-3: ssh-ed25519\n", 0o600) }), "puttygen"},
		{"public key without an agent", with(func(o *drop.Options) {
			o.IdentityFile = file("id.pub", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA x\n", 0o644)
		}), "pubblica"},
		{"no credentials", with(func(o *drop.Options) { o.PasswordFile = "" }), "identity_file"},
		{"passphrase for no key", with(func(o *drop.Options) { o.PassphraseFile = secret }), "identity_file"},
		{"neither known_hosts nor fingerprint", with(func(o *drop.Options) { o.KnownHosts = "" }), "known_hosts"},
		{"fingerprint of another form", with(func(o *drop.Options) { o.KnownHosts, o.Fingerprint = "", "MD5:aa:bb" }), "SHA256"},
		{"known_hosts that is not there", with(func(o *drop.Options) { o.KnownHosts = dir + "/none" }), "known_hosts"},
		{"known_hosts that is none", with(func(o *drop.Options) { o.KnownHosts = file("broken", "not a line\n", 0o644) }), "known_hosts"},
		{"password readable by the group", with(func(o *drop.Options) { o.PasswordFile = file("open", "x", 0o640) }), "chmod 600"},
		{"password readable by others", with(func(o *drop.Options) { o.PasswordFile = file("opener", "x", 0o604) }), "chmod 600"},
		{"empty password", with(func(o *drop.Options) { o.PasswordFile = file("empty", "\n", 0o600) }), "vuoto"},
		{"password file that is not there", with(func(o *drop.Options) { o.PasswordFile = dir + "/none" }), "password_file"},
		{"key readable by others", with(func(o *drop.Options) { o.IdentityFile = file("id_open", "x", 0o644) }), "chmod 600"},
		{"key that is none", with(func(o *drop.Options) { o.IdentityFile = file("id_none", "x", 0o600) }), "chiave privata"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			d, err := drop.Open(t.Context(), c.options)
			if err == nil {
				shut(t, d)
			}
			droptest.WantKind(t, err, drop.KindConfig)
			var e *drop.Error
			if !errors.As(err, &e) {
				return
			}
			if !strings.Contains(e.Message(), c.says) {
				t.Errorf("message %q does not speak of %q", e.Message(), c.says)
			}
			if strings.Contains(e.Message()+e.Error(), "segreto") {
				t.Errorf("the password is in %q or %q", e.Message(), e.Error())
			}
		})
	}
}

func TestLocalAddresses(t *testing.T) {
	dir := t.TempDir()
	spaced := filepath.Join(dir, "con spazi è")
	if err := os.Mkdir(spaced, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for name, url := range map[string]string{
		"absolute path":          spaced,
		"relative path":          "con spazi è",
		"relative path with dot": "./con spazi è",
		"file address":           "file://" + spaced,
		"escaped file address":   "file://" + dir + "/con%20spazi%20%C3%A8",
		"file address one bar":   "file:" + spaced,
	} {
		t.Run(name, func(t *testing.T) {
			d, err := drop.Open(t.Context(), drop.Options{URL: url})
			if err != nil {
				t.Fatal(err)
			}
			shut(t, d)
		})
	}
}

func TestFolderThatIsNotThere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	server := droptest.Start(t, dir, droptest.Options{})
	for name, o := range map[string]drop.Options{
		"local, nothing": {URL: dir + "/none"},
		"local, a file":  {URL: dir + "/file"},
		"SFTP, nothing":  server.Drop("/none"),
		"SFTP, a file":   server.Drop("/file"),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := drop.Open(t.Context(), o)
			droptest.WantKind(t, err, drop.KindMissing)
		})
	}
}

func FuzzMD5Companion(f *testing.F) {
	for _, s := range []string{"", "d41d8cd98f00b204e9800998ecf8427e", "d41d8cd98f00b204e9800998ecf8427e *f.csv\n",
		"MD5 (f.csv) = d41d8cd98f00b204e9800998ecf8427e", "MD5 ()", "\ufeff\r\n \n", "x  f.csv"} {
		f.Add(s)
	}
	dir := f.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f.csv"), nil, 0o600); err != nil {
		f.Fatal(err)
	}
	d, err := drop.Open(f.Context(), drop.Options{URL: dir})
	if err != nil {
		f.Fatal(err)
	}
	defer shut(f, d)
	f.Fuzz(func(t *testing.T, content string) {
		if err := os.WriteFile(filepath.Join(dir, "f.md5"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := d.List(t.Context())
		if err != nil || len(l.Ready)+len(l.Waiting) != 1 {
			t.Fatalf("listing is %+v, %v", l, err)
		}
		for _, e := range l.Ready {
			if e.MD5 != "" && (len(e.MD5) != 32 || !strings.Contains(strings.ToLower(content), e.MD5)) {
				t.Errorf("MD5 %q does not come from %q", e.MD5, content)
			}
		}
	})
}
