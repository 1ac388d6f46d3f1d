package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"quadra/fixtures/sftpserver"
)

// fault is one thing that goes wrong during a run.
type fault struct {
	kind      string
	detail    string
	killAfter time.Duration     // SIGKILL then
	strace    []string          // prefix of the command that makes a system call fail
	server    sftpserver.Faults // of the drop on SFTP
}

func (f fault) String() string { return f.kind + " " + f.detail }

// kills says whether the fault is the end of the program and nothing else.
func (f fault) kills() bool { return strings.HasPrefix(f.kind, "killed") }

// injector chooses faults. System calls fail through strace, which needs
// nothing of the program: it sees those of Go and those of SQLite alike.
type injector struct {
	t      *testing.T
	strace string
	calls  []map[string]int // by night: the most calls of a kind one thread makes
}

func newInjector(t *testing.T) *injector {
	t.Helper()
	path, err := findStrace(t)
	if err != nil {
		t.Logf("strace cannot be used (%v): the program is only killed, and its server fails", err)
	}
	return &injector{t: t, strace: path, calls: make([]map[string]int, len(nights))}
}

// findStrace finds a strace that can be used, which QUADRA_REQUIRE demands.
func findStrace(t *testing.T) (path string, err error) {
	t.Helper()
	if path, err = exec.LookPath("strace"); err == nil {
		// Some containers forbid following other processes.
		err = exec.CommandContext(t.Context(), path, "-f", "-o", os.DevNull, "true").Run()
	}
	if err == nil {
		return path, nil
	}
	if os.Getenv("QUADRA_REQUIRE") != "" {
		t.Fatalf("strace, which sees what is written and makes it fail, is needed: %v", err)
	}
	return "", err
}

const traced = "write,pwrite64,fsync,rename,renameat,renameat2,ftruncate,unlink,unlinkat,mkdirat,openat,read,pread64,fchmod,flock"

var tracedCall = regexp.MustCompile(`(?m)^([0-9]+) +([a-z0-9]+)\(`)

// learn runs an uninterrupted night and counts its system calls. strace counts
// them by thread, so a call is named by its number within one.
func (in *injector) learn(night int, cmd *exec.Cmd) {
	in.t.Helper()
	log := filepath.Join(in.t.TempDir(), "calls")
	if in.strace != "" {
		cmd.Path = in.strace
		cmd.Args = slices.Concat([]string{"strace", "-f", "--seccomp-bpf", "-qqq", "-o", log, "-e", "trace=" + traced}, cmd.Args)
	}
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitRejected) {
		in.t.Fatalf("uninterrupted night: %v\n%s", err, out)
	}
	in.calls[night] = map[string]int{}
	if in.strace == "" {
		return
	}
	text, err := os.ReadFile(log)
	if err != nil {
		in.t.Fatal(err)
	}
	byThread := map[string]int{}
	for _, m := range tracedCall.FindAllSubmatch(text, -1) {
		key := string(m[1]) + " " + string(m[2])
		byThread[key]++
		in.calls[night][string(m[2])] = max(in.calls[night][string(m[2])], byThread[key])
	}
	for _, call := range []string{"pwrite64", "fsync", "renameat"} {
		if in.calls[night][call] == 0 && in.calls[night]["renameat2"] == 0 {
			in.t.Fatalf("an uninterrupted night makes no %s: %v", call, in.calls[night])
		}
	}
}

// failing are the system calls that fail, and how.
var failing = []struct {
	kind   string
	calls  []string
	how    string
	onward bool // and every one after it, in the same thread
}{
	{"killed at a system call", []string{"write", "pwrite64", "fsync", "renameat", "ftruncate", "unlinkat", "mkdirat", "openat"}, "signal=KILL", false},
	{"write fails", []string{"write", "pwrite64"}, "error=EIO", false},
	{"disk full for a moment", []string{"write", "pwrite64"}, "error=ENOSPC", false},
	{"disk full from there on", []string{"write", "pwrite64"}, "error=ENOSPC", true},
	{"fsync fails", []string{"fsync"}, "error=EIO", false},
	{"rename fails", []string{"renameat", "renameat2"}, "error=EIO", false},
	{"truncate or unlink fails", []string{"ftruncate", "unlinkat"}, "error=EIO", false},
	{"disk read only from there on", []string{"write,pwrite64,renameat,renameat2,ftruncate,unlinkat,mkdirat"}, "error=EROFS", true},
	{"read fails", []string{"read", "pread64"}, "error=EIO", false},
}

func (in *injector) pick(random *rand.Rand, night int, took time.Duration) fault {
	switch kind := random.IntN(12); {
	case kind < 3 || in.strace == "" && kind < 8:
		after := time.Duration(random.Int64N(int64(took)) + 1)
		return fault{kind: "killed at a moment", detail: after.String(), killAfter: after}
	case kind < 4 || in.strace == "":
		n := random.Int64N(4000) + 1
		if random.IntN(2) == 0 {
			return fault{kind: "file shorter than announced", detail: fmt.Sprint(n, " bytes"), server: sftpserver.Faults{EndAfterBytes: n}}
		}
		return fault{kind: "connection cut", detail: fmt.Sprintf("after %d bytes", n), server: sftpserver.Faults{DropAfterBytes: n}}
	}
	f := failing[random.IntN(len(failing))]
	call := f.calls[random.IntN(len(f.calls))]
	most := in.calls[night][call]
	if most == 0 { // a list of calls, or one the night does not make
		most = in.calls[night]["pwrite64"]
	}
	n := 1 + random.IntN(max(most, 1))
	if random.IntN(2) == 0 { // the first calls of a kind are made in every thread
		n = 1 + random.IntN(min(n, 12))
	}
	when := fmt.Sprint(n)
	if f.onward {
		when += "+"
	}
	return fault{kind: f.kind, detail: call + " " + when, strace: []string{in.strace, "-f", "--seccomp-bpf", "-qqq", "-o", os.DevNull,
		"-e", "trace=" + call, "-e", fmt.Sprintf("inject=%s:%s:when=%s", call, f.how, when)}}
}
