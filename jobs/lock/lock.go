// Package lock keeps two runs from working on one entity at the same time.
//
// The lock is the kernel's (flock), which ends with the process that took it: a
// killed run locks nothing. The file says who holds it, and what it says after a
// crash is explained and then overwritten. Two cases are left alone although the
// kernel would grant the lock, because some file systems grant it to everyone: a
// holder on this machine that is still alive, and a holder on another machine.
package lock

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"syscall"
	"time"
)

// Owner says who holds a lock.
type Owner struct {
	Host    string    `json:"host"`
	PID     int       `json:"pid"`
	User    string    `json:"user"`
	Command string    `json:"command"`
	Since   time.Time `json:"since"`
	// Boot tells the starts of the machine apart, and Begun the processes that had
	// the same number (see proc(5)): empty where they cannot be told.
	Boot  string `json:"boot,omitempty"`
	Begun string `json:"begun,omitempty"`
}

// String is for the log: the owner without the age.
func (o Owner) String() string {
	return fmt.Sprintf("%s, process %d of %s on %s", o.Command, o.PID, o.User, o.Host)
}

// HeldError says that another run holds the entity.
type HeldError struct {
	Path  string
	Owner Owner         // zero when the holder has not written itself yet
	Age   time.Duration // since when it is held
	// Elsewhere says that the holder is on another machine, which the kernel here
	// knows nothing about.
	Elsewhere bool
}

func (e *HeldError) Error() string {
	if e.Owner == (Owner{}) {
		return fmt.Sprintf("another run holds %s", e.Path)
	}
	text := fmt.Sprintf("another run holds %s: %s, since %s (%s ago)", e.Path, e.Owner, e.Owner.Since.Format(time.RFC3339), e.Age)
	if e.Elsewhere {
		text += fmt.Sprintf("; whether it still runs cannot be told from here: if nothing runs on %s, delete the file", e.Owner.Host)
	}
	return text
}

// Stale is a lock whose holder did not give it back.
type Stale struct {
	Owner Owner
	Why   string // the holder can no longer be at work
}

// String says whose lock it was and why it no longer counts.
func (s Stale) String() string {
	return fmt.Sprintf("the lock of %s, taken at %s, was never given back: %s", s.Owner, s.Owner.Since.Format(time.RFC3339), s.Why)
}

// Lock is a lock that is held.
type Lock struct {
	f     *os.File
	stale *Stale
}

// Recovered returns the lock that was found in its place, left by a run that was
// killed or by a machine that went down; nil when there was none.
func (l *Lock) Recovered() *Stale { return l.stale }

// Acquire takes the lock at path or returns a *HeldError at once. A stale lock is
// taken over, see [Lock.Recovered].
func Acquire(path, command string, now time.Time) (*Lock, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock: %w", err)
	}
	l := &Lock{f: f}
	if err := l.acquire(path, command, now); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

func (l *Lock) acquire(path, command string, now time.Time) error {
	granted := syscall.Flock(int(l.f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if granted != nil && !errors.Is(granted, syscall.EWOULDBLOCK) {
		return fmt.Errorf("lock %s: %w", path, granted)
	}
	us := self(command, now)
	before, err := read(l.f)
	if err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	held := &HeldError{Path: path, Owner: before, Age: now.Sub(before.Since).Round(time.Second)}
	if granted != nil {
		return held
	}
	if before != (Owner{}) {
		why, elsewhere := before.gone(us)
		if why == "" {
			held.Elsewhere = elsewhere
			return held
		}
		l.stale = &Stale{Owner: before, Why: why}
	}
	if err := us.write(l.f); err != nil {
		return fmt.Errorf("lock %s: %w", path, err)
	}
	return nil
}

// Release gives the lock back. The file stays: removing it would let two runs
// hold two files of the same name. Closing it would not be enough: a program
// that is just being started holds the descriptor too, until it runs.
func (l *Lock) Release() error {
	return errors.Join(l.f.Truncate(0), syscall.Flock(int(l.f.Fd()), syscall.LOCK_UN), l.f.Close())
}

// gone says why the holder can no longer be at work, seen from us who were granted
// the lock; empty when it may be.
func (o Owner) gone(us Owner) (why string, elsewhere bool) {
	switch {
	case o.Boot != "" && o.Boot == us.Boot:
		// One kernel, whatever the host is called (containers).
		if o.Begun != "" && o.Begun == begun(o.PID) && o.PID != us.PID {
			return "", false
		}
		return "the process is gone", false
	case o.Host == us.Host && o.Boot != "" && us.Boot != "":
		return "the machine was started again since", false
	case o.Host == us.Host:
		return "the kernel no longer holds it", false
	}
	return "", true
}

// read returns what the file says about its holder: zero when nothing, or what
// a holder is writing or was stopped from writing.
func read(f *os.File) (Owner, error) {
	const most = 4096
	text, err := io.ReadAll(io.NewSectionReader(f, 0, most))
	if err != nil {
		return Owner{}, err
	}
	var o Owner
	if json.Unmarshal(text, &o) != nil {
		return Owner{}, nil //nolint:nilerr // half written: whoever holds it has not said who they are
	}
	return o, nil
}

func (o Owner) write(f *os.File) error {
	text, err := json.Marshal(o)
	if err != nil {
		return err
	}
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err = f.WriteAt(append(text, '\n'), 0)
	return err
}

func self(command string, now time.Time) Owner {
	o := Owner{Host: "unknown", PID: os.Getpid(), User: "unknown", Command: command, Since: now.UTC(), Boot: boot(), Begun: begun(os.Getpid())}
	if host, err := os.Hostname(); err == nil {
		o.Host = host
	}
	if u, err := user.Current(); err == nil {
		o.User = u.Username
	}
	return o
}
