// Package secret reads a password or key from a file that only its owner may
// read, or else from the environment.
package secret

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// most is the longest password, in bytes; mostKey the longest key.
const (
	most    = 4096
	mostKey = 1 << 20
)

// OpenError says that others can read a secret's file.
type OpenError struct {
	Path string
	Mode os.FileMode
}

func (e *OpenError) Error() string {
	return fmt.Sprintf("secret %s is open to others (mode %04o): chmod 600 %s", e.Path, e.Mode, e.Path)
}

// Check says whether only the owner can read a file: an [*OpenError] when
// others can, an error wrapping the system's when it cannot be looked at.
func Check(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("read a secret: %w", err)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return &OpenError{Path: path, Mode: mode}
	}
	return nil
}

// Read returns the secret in a file, without the end of its line, or when no
// file is named the value of an environment variable, which may be empty. The
// error is that of [Check], or says that the file is empty or too long; it
// never quotes the secret.
func Read(path, env string) ([]byte, error) {
	if path == "" {
		return []byte(os.Getenv(env)), nil
	}
	text, err := read(path, most)
	if err != nil {
		return nil, err
	}
	if text = bytes.TrimRight(text, "\r\n"); len(text) == 0 {
		return nil, fmt.Errorf("read a secret: %s is empty", path)
	}
	return text, nil
}

// Key returns a file that holds a key, as it is. The error is that of [Check],
// or says that it is too long; it never quotes the key.
func Key(path string) ([]byte, error) { return read(path, mostKey) }

func read(path string, most int64) ([]byte, error) {
	if err := Check(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read a secret: %w", err)
	}
	text, err := io.ReadAll(io.LimitReader(f, most+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("read a secret: %w", err)
	}
	if int64(len(text)) > most {
		return nil, fmt.Errorf("read a secret: %s holds more than %d bytes", path, most)
	}
	return text, nil
}
