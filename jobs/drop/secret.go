package drop

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
)

// readSecret reads a file only its owner may read.
func readSecret(setting, path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		return nil, configError(
			fmt.Sprintf("%s %s is open to others: mode %04o", setting, path, info.Mode().Perm()),
			fmt.Sprintf("%s: il file %s può essere letto da altri utenti. Eseguire: chmod 600 %s", setting, path, path))
	}
	var content []byte
	if err == nil {
		content, err = os.ReadFile(path)
	}
	if err != nil {
		return nil, &explained{kind: KindConfig, text: "read " + setting, cause: err,
			it: fmt.Sprintf("%s: il file %s non esiste o non è leggibile dall'utente di quadra.", setting, path)}
	}
	return content, nil
}

// readWord reads a password or passphrase, without the end of its line; without
// a file it is the one given.
func readWord(setting, path string, given []byte) (string, error) {
	if path == "" {
		return string(given), nil
	}
	content, err := readSecret(setting, path)
	if err != nil {
		return "", err
	}
	word := strings.TrimSuffix(strings.TrimSuffix(string(content), "\n"), "\r")
	if word == "" {
		return "", configError(setting+" is empty", setting+": il file "+path+" è vuoto.")
	}
	return word, nil
}

// credentials are the ways to authenticate, keys first.
func credentials(p place) ([]ssh.AuthMethod, error) {
	var methods []ssh.AuthMethod
	if p.IdentityFile != "" {
		signer, err := readIdentity(p)
		if err != nil {
			return nil, err
		}
		methods = append(methods, ssh.PublicKeys(signer))
	}
	if p.PasswordFile != "" || len(p.Password) > 0 {
		password, err := readWord("password_file", p.PasswordFile, p.Password)
		if err != nil {
			return nil, err
		}
		// Servers that authenticate through PAM ask for the password as the
		// answer to a hidden question.
		answer := func(_, _ string, questions []string, shown []bool) ([]string, error) {
			answers := make([]string, len(questions))
			for i := range questions {
				if !shown[i] {
					answers[i] = password
				}
			}
			return answers, nil
		}
		methods = append(methods, ssh.Password(password), ssh.KeyboardInteractive(answer))
	}
	return methods, nil
}

func readIdentity(p place) (ssh.Signer, error) {
	key, err := readSecret("identity_file", p.IdentityFile)
	if err != nil {
		return nil, err
	}
	passphrase, err := readWord("passphrase_file", p.PassphraseFile, p.Passphrase)
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(key)
	var missing *ssh.PassphraseMissingError
	if errors.As(err, &missing) && passphrase != "" {
		signer, err = ssh.ParsePrivateKeyWithPassphrase(key, []byte(passphrase))
	}
	switch {
	case errors.As(err, &missing):
		return nil, &explained{kind: KindConfig, text: "read identity_file", cause: err,
			it: "identity_file: la chiave è protetta da una passphrase: indicare passphrase_file."}
	case err != nil:
		return nil, &explained{kind: KindConfig, text: "read identity_file", cause: err,
			it: "identity_file: " + p.IdentityFile + " non è una chiave privata leggibile, o la passphrase è sbagliata."}
	}
	return signer, nil
}
