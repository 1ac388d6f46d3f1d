package lock_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"quadra/jobs/lock"
)

var since = time.Date(2026, 11, 15, 2, 30, 0, 0, time.UTC)

func TestSecondRunIsToldWhoHoldsTheEntityAndForHowLong(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c_q001.lock")
	first := acquire(t, path)
	if first.Recovered() != nil {
		t.Errorf("recovered %s where there was nothing", first.Recovered())
	}
	_, err := lock.Acquire(path, "quadra import", since.Add(3*time.Hour+12*time.Minute))
	var held *lock.HeldError
	if !errors.As(err, &held) {
		t.Fatalf("second Acquire returned %v, want a HeldError", err)
	}
	if o := held.Owner; o.PID != os.Getpid() || o.Command != "quadra run" || o.User == "" || o.Host == "" || !o.Since.Equal(since) {
		t.Errorf("holder is %+v", held.Owner)
	}
	if held.Age != 3*time.Hour+12*time.Minute || held.Elsewhere || !strings.Contains(err.Error(), "quadra run, process ") || !strings.Contains(err.Error(), "(3h12m0s ago)") {
		t.Errorf("%v", err)
	}
	if err := first.Release(); err != nil {
		t.Fatal(err)
	}
	again := acquire(t, path)
	if again.Recovered() != nil {
		t.Errorf("a lock that was given back was stale: %s", again.Recovered())
	}
}

// Every lock here is free as far as the kernel goes; what counts is what the file
// says about the one who did not give it back.
func TestLockThatWasNotGivenBack(t *testing.T) {
	me := owner(t)
	other := exec.CommandContext(t.Context(), "sleep", "60")
	if err := other.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Process.Kill(); _ = other.Wait() })
	alive := me
	alive.PID = other.Process.Pid
	alive.Begun = begun(t, alive.PID)
	for _, c := range []struct {
		name   string
		change func(o *lock.Owner)
		stale  string // why; empty when it is not to be taken
	}{
		{"killed", func(o *lock.Owner) { o.PID, o.Begun = 1<<22+1, "1" }, "the process is gone"},
		{"killed, and its number given to another", func(o *lock.Owner) { o.PID, o.Begun = alive.PID, "1" }, "the process is gone"},
		{"the machine went down", func(o *lock.Owner) { o.Boot = "another" }, "the machine was started again since"},
		{"killed in a container of another name", func(o *lock.Owner) { o.Host, o.PID, o.Begun = "f00ba4", 1<<22+1, "1" }, "the process is gone"},
		{"written by an earlier quadra", func(o *lock.Owner) { o.Boot, o.Begun, o.User = "", "", "" }, "the kernel no longer holds it"},
		{"still alive, on a file system whose locks lock nothing", func(o *lock.Owner) { *o = alive }, ""},
		{"on another machine", func(o *lock.Owner) { o.Host, o.Boot = "elsewhere", "another" }, ""},
		{"on another machine, by an earlier quadra", func(o *lock.Owner) { o.Host, o.Boot, o.Begun = "elsewhere", "", "" }, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "c_q001.lock")
			o := me
			c.change(&o)
			text, err := json.Marshal(o)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, text, 0o600); err != nil {
				t.Fatal(err)
			}
			l, err := lock.Acquire(path, "quadra import", since.Add(time.Hour))
			if c.stale == "" {
				var held *lock.HeldError
				if !errors.As(err, &held) || held.Owner != o || held.Age != time.Hour {
					t.Fatalf("Acquire returned %v", err)
				}
				if elsewhere := o.Host == "elsewhere"; held.Elsewhere != elsewhere || strings.Contains(err.Error(), "delete the file") != elsewhere {
					t.Errorf("%v", err)
				}
				if kept, _ := os.ReadFile(path); string(kept) != string(text) {
					t.Errorf("the file of the holder now says %s", kept)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if s := l.Recovered(); s == nil || s.Why != c.stale || s.Owner != o || !strings.Contains(s.String(), c.stale) {
				t.Errorf("recovered %+v", s)
			}
			if err := l.Release(); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// A process killed with the lock in its hands: what a night at work looks like to
// the next one.
func TestKilledRunLeavesALockThatIsExplained(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c_q001.lock")
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHoldForever$")
	cmd.Env = append(os.Environ(), "LOCK_TO_HOLD="+path)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var held *lock.HeldError
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		l, err := lock.Acquire(path, "quadra import", since)
		if errors.As(err, &held) && held.Owner.PID == cmd.Process.Pid {
			break
		}
		if err == nil {
			if err := l.Release(); err != nil {
				t.Fatal(err)
			}
		}
		if time.Now().After(deadline) {
			t.Fatalf("the other process never took the lock: %v", err)
		}
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	l := acquire(t, path)
	if s := l.Recovered(); s == nil || s.Owner.PID != held.Owner.PID || s.Why != "the process is gone" {
		t.Errorf("recovered %+v", s)
	}
}

// TestHoldForever is the other process of the test above.
func TestHoldForever(t *testing.T) {
	path := os.Getenv("LOCK_TO_HOLD")
	if path == "" {
		t.Skip("only as another process")
	}
	for {
		if _, err := lock.Acquire(path, "quadra run", since); err == nil {
			select {}
		}
	}
}

func TestHalfWrittenFileDoesNotLock(t *testing.T) {
	for _, text := range []string{"", "{", `{"pid":1,"comm`, "\x00\x00\x00", `"text"`} {
		path := filepath.Join(t.TempDir(), "c_q001.lock")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if l := acquire(t, path); l.Recovered() != nil {
			t.Errorf("%q: recovered %s", text, l.Recovered())
		}
	}
}

func acquire(t *testing.T, path string) *lock.Lock {
	t.Helper()
	l, err := lock.Acquire(path, "quadra run", since)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Release() })
	return l
}

// owner is this process as it writes itself.
func owner(t *testing.T) lock.Owner {
	t.Helper()
	path := filepath.Join(t.TempDir(), "me.lock")
	acquire(t, path)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var o lock.Owner
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	if o.Boot == "" || o.Begun == "" {
		t.Skip("no /proc: stale locks are told by the kernel alone")
	}
	return o
}

// begun is when another process was started, as ps tells it: field 22 of stat.
func begun(t *testing.T, pid int) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "sh", "-c", "sed 's/.*) //' /proc/$1/stat | cut -d' ' -f20", "sh", strconv.Itoa(pid)).Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// TestProgramBeingStartedKeepsNoLock: between fork and exec a child has every
// descriptor of ours.
func TestProgramBeingStartedKeepsNoLock(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "entity.lock")
	held, err := lock.Acquire(path, "quadra run", time.Now())
	if err != nil {
		t.Fatal(err)
	}
	open, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	childs := 0
	for _, name := range open {
		if at, _ := os.Readlink(name); at != path {
			continue
		}
		fd, err := strconv.Atoi(filepath.Base(name))
		if err != nil {
			t.Fatal(err)
		}
		dup, err := syscall.Dup(fd)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = syscall.Close(dup) }()
		childs++
	}
	if childs == 0 {
		t.Fatal("the lock has no descriptor")
	}
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
	again, err := lock.Acquire(path, "quadra run", time.Now())
	if err != nil {
		t.Fatalf("a descriptor of a child keeps the lock: %v", err)
	}
	if err := again.Release(); err != nil {
		t.Fatal(err)
	}
}
