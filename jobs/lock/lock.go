// Package lock keeps two runs from working on one entity at the same time. The
// lock is the kernel's (flock), so a killed run never leaves a stale one; the
// file beside it only says who holds it.
package lock

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Owner says who holds a lock.
type Owner struct {
	PID     int       `json:"pid"`
	Host    string    `json:"host"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
}

// HeldError says that another run holds the entity.
type HeldError struct {
	Path  string
	Owner Owner // zero when the holder has not written itself yet
}

func (e *HeldError) Error() string {
	if e.Owner.PID == 0 {
		return fmt.Sprintf("another run holds %s", e.Path)
	}
	return fmt.Sprintf("another run holds %s: %s, process %d on %s, since %s", e.Path, e.Owner.Command, e.Owner.PID,
		e.Owner.Host, e.Owner.Since.Format(time.RFC3339))
}

// Lock is a lock that is held.
type Lock struct{ f *os.File }

// Acquire takes the lock at path or returns a *HeldError at once.
func Acquire(path, command string, now time.Time) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", path, err)
		}
		held := &HeldError{Path: path}
		// The holder may be writing its name at this moment: then it has none yet.
		_ = json.NewDecoder(f).Decode(&held.Owner)
		return nil, held
	}
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	text, err := json.Marshal(Owner{PID: os.Getpid(), Host: host, Command: command, Since: now.UTC()})
	if err == nil {
		if err = f.Truncate(0); err == nil {
			_, err = f.WriteAt(append(text, '\n'), 0)
		}
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", path, err), f.Close())
	}
	return &Lock{f: f}, nil
}

// Release gives the lock back. The file stays: removing it would let two runs
// hold two files of the same name.
func (l *Lock) Release() error {
	return errors.Join(l.f.Truncate(0), l.f.Close())
}
