package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"quadra/config"
)

func TestSecretsComeFromAFileOrTheEnvironment(t *testing.T) {
	dir := t.TempDir()
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	opened := func(name string, mode os.FileMode) string {
		path := write(name, "seen by others")
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	t.Setenv("QUADRA_PASSWORD_C_Q001", "from the environment")
	for _, tt := range []struct {
		name, file, env, want string
		err                   bool
	}{
		{name: "a file, without the newline editors add", file: write("a", " two words \r\n"), want: " two words "},
		{name: "a file wins over the environment", file: write("b", "from the file"), env: "QUADRA_PASSWORD_C_Q001", want: "from the file"},
		{name: "the environment when no file is given", env: "QUADRA_PASSWORD_C_Q001", want: "from the environment"},
		{name: "neither", env: "QUADRA_PASSWORD_C_Q002", want: ""},
		{name: "an empty file is a mistake", file: write("c", "\n"), env: "QUADRA_PASSWORD_C_Q001", err: true},
		{name: "a file the group can read is refused", file: opened("e", 0o640), err: true},
		{name: "a file everybody can read is refused", file: opened("f", 0o644), err: true},
		{name: "a file larger than any secret is a mistake", file: write("d", string(make([]byte, 5000))), err: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := config.Drop{
				PasswordFile: tt.file, PasswordEnv: tt.env,
				PassphraseFile: tt.file, PassphraseEnv: tt.env,
			}
			for what, read := range map[string]func() ([]byte, error){"password": d.Password, "passphrase": d.Passphrase} {
				got, err := read()
				if string(got) != tt.want || (err != nil) != tt.err {
					t.Errorf("%s %q, error %v; want %q, error %v", what, got, err, tt.want, tt.err)
				}
			}
		})
	}
	missing := config.Drop{PasswordFile: filepath.Join(dir, "none")}
	if _, err := missing.Password(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
