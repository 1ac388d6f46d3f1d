package drop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// maxSecret is far more than any key or password.
const maxSecret = 1 << 20

// readSecret reads a file only its owner may read.
func readSecret(setting, path string) ([]byte, error) {
	content, open, err := readPrivate(path)
	if err != nil {
		return nil, &explained{kind: KindConfig, text: "read " + setting, cause: err,
			it: fmt.Sprintf("%s: il file %s non esiste o non è leggibile dall'utente di quadra.", setting, path)}
	}
	if open != 0 {
		return nil, openToOthers(setting, path, open)
	}
	return content, nil
}

func openToOthers(setting, path string, mode os.FileMode) error {
	return configError(
		fmt.Sprintf("%s %s is open to others: mode %04o", setting, path, mode),
		fmt.Sprintf("%s: il file %s può essere letto da altri utenti. Eseguire: chmod 600 %s", setting, path, path))
}

// readPrivate reads a file; open is its mode when others have any right on it.
func readPrivate(path string) (content []byte, open os.FileMode, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, 0, err
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		open = mode
	}
	content, err = io.ReadAll(io.LimitReader(f, maxSecret))
	return content, open, err
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

// keys are the ways to authenticate, public keys first. close ends the
// connection with the agent, which is needed until both servers let us in.
type keys struct {
	methods []ssh.AuthMethod // at the server
	jump    []ssh.AuthMethod // at the jump host: never the password, which is the server's
	agent   net.Conn
}

func (k *keys) close() {
	if k.agent != nil {
		_ = k.agent.Close() // it was only asked
	}
}

func openKeys(ctx context.Context, p place) (*keys, error) {
	k := &keys{}
	own, jump, err := k.signers(ctx, p)
	if err != nil {
		k.close()
		return nil, err
	}
	// One method for all the keys: the library tries each method once.
	if len(own) > 0 {
		k.methods = append(k.methods, ssh.PublicKeys(own...))
	}
	if len(jump) > 0 {
		k.jump = append(k.jump, ssh.PublicKeys(jump...))
	}
	if p.PasswordFile != "" || len(p.Password) > 0 {
		password, err := readWord("password_file", p.PasswordFile, p.Password)
		if err != nil {
			k.close()
			return nil, err
		}
		k.methods = append(k.methods, ssh.Password(password), ssh.KeyboardInteractive(hiddenAnswers(password)))
	}
	return k, nil
}

// hiddenAnswers gives the password to every hidden question: so ask servers
// that authenticate through PAM.
func hiddenAnswers(password string) ssh.KeyboardInteractiveChallenge {
	return func(_, _ string, questions []string, shown []bool) ([]string, error) {
		answers := make([]string, len(questions))
		for i := range questions {
			if !shown[i] {
				answers[i] = password
			}
		}
		return answers, nil
	}
}

// signers are the keys for the server and those for the jump host, which are
// the same unless it has an identity file of its own.
func (k *keys) signers(ctx context.Context, p place) (own, jump []ssh.Signer, err error) {
	var held []ssh.Signer
	if p.IdentityAgent != "" {
		if held, err = k.askAgent(ctx, p.IdentityAgent); err != nil {
			return nil, nil, err
		}
	}
	if own, err = identities("identity_file", p.IdentityFile, held, p); err != nil {
		return nil, nil, err
	}
	jump = own
	if p.JumpIdentityFile != "" {
		jump, err = identities("jump_identity_file", p.JumpIdentityFile, held, p)
	}
	return own, jump, err
}

// agentVariable is how ssh_config, and so identity_agent, says: the agent that
// the environment names.
const agentVariable = "SSH_AUTH_SOCK"

func (k *keys) askAgent(ctx context.Context, socket string) ([]ssh.Signer, error) {
	if socket == agentVariable {
		if socket = os.Getenv(agentVariable); socket == "" {
			return nil, configError("SSH_AUTH_SOCK is not set",
				"identity_agent: la variabile SSH_AUTH_SOCK non c'è. Con cron e systemd scrivere il percorso del socket dell'agente.")
		}
	}
	conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
	if err == nil {
		k.agent = conn
		if deadline, ok := ctx.Deadline(); ok {
			_ = conn.SetDeadline(deadline) // a socket always can
		}
		var held []ssh.Signer
		if held, err = agent.NewClient(conn).Signers(); err == nil {
			return held, nil
		}
	}
	return nil, &explained{kind: KindConfig, text: "ask the SSH agent", cause: err,
		it: "identity_agent: l'agente SSH non risponde su " + socket + ". Verificare che sia avviato per l'utente di quadra."}
}

// identities are the key of a file and those the agent holds. A file with a
// public key chooses one of the agent's, as ssh does.
func identities(setting, path string, held []ssh.Signer, p place) ([]ssh.Signer, error) {
	if path == "" {
		return held, nil
	}
	content, open, err := readPrivate(path)
	if err == nil {
		if public, _, _, _, not := ssh.ParseAuthorizedKey(content); not == nil {
			return chosen(setting, path, public, held)
		}
		if open != 0 {
			return nil, openToOthers(setting, path, open)
		}
	}
	signer, err := readIdentity(setting, path, p)
	if err != nil {
		return nil, err
	}
	return append([]ssh.Signer{signer}, held...), nil
}

func chosen(setting, path string, public ssh.PublicKey, held []ssh.Signer) ([]ssh.Signer, error) {
	for _, s := range held {
		if bytes.Equal(s.PublicKey().Marshal(), public.Marshal()) {
			return []ssh.Signer{s}, nil
		}
	}
	return nil, configError(setting+" "+path+" is a public key that no agent holds",
		setting+": "+path+" è una chiave pubblica. Indicare la chiave privata, oppure in identity_agent l'agente SSH che la custodisce.")
}

func readIdentity(setting, path string, p place) (ssh.Signer, error) {
	key, err := readSecret(setting, path)
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
		return nil, &explained{kind: KindConfig, text: "read " + setting, cause: err,
			it: setting + ": la chiave è protetta da una passphrase: indicare passphrase_file."}
	case err != nil && bytes.HasPrefix(key, []byte("PuTTY-User-Key-File")):
		return nil, &explained{kind: KindConfig, text: "read " + setting, cause: err,
			it: setting + ": " + path + " è una chiave di PuTTY. Convertirla: puttygen " + path + " -O private-openssh -o id_quadra"}
	case err != nil:
		return nil, &explained{kind: KindConfig, text: "read " + setting, cause: err,
			it: setting + ": " + path + " non è una chiave privata leggibile, o la passphrase è sbagliata."}
	}
	return signer, nil
}
