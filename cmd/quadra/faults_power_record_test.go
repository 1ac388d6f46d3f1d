package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// recording is what a run does to the disk of a town, from the disk before it.
type recording struct {
	before  *disk // with the nodes that the run makes, which have no name yet
	after   *disk
	changes []change
}

// recorder follows a run call by call: which files are open under which number,
// and what the disk looks like, so that a path is what it was at that moment.
type recorder struct {
	recording
	root string
	open map[string]openFile // by number
}

type openFile struct {
	node, at int // at: of the next write without an offset
}

// record runs a night under strace. What it did, done again to a copy of the
// disk, must give the same files.
func (w *town) record(strace string, night int) *recording {
	w.t.Helper()
	before := readDisk(w.t, w.dir)
	r := &recorder{recording: recording{before: before, after: before.clone()}, root: w.dir, open: map[string]openFile{}}
	log := filepath.Join(w.t.TempDir(), "calls")
	out, err := w.command(w.t.Context(), night, slices.Concat([]string{strace}, straceForPower(log))...).CombinedOutput()
	var exit *exec.ExitError
	if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != exitRejected) {
		w.t.Fatalf("night %d, recorded: %v\n%s", night+1, err, out)
	}
	if err := r.read(log); err != nil {
		w.t.Fatalf("what night %d did to the disk: %v", night+1, err)
	}
	if err := os.Remove(log); err != nil {
		w.t.Fatal(err)
	}
	want, got := tree(w.t, w.dir), r.after.files()
	for path := range want {
		if got[path] != want[path] {
			w.t.Errorf("%s: recorded are %d bytes, on the disk there are %d", path, len(got[path]), len(want[path]))
		}
		delete(got, path)
	}
	for path := range got {
		w.t.Errorf("%s was recorded and is not on the disk", path)
	}
	if w.t.Failed() {
		w.t.FailNow()
	}
	return &r.recording
}

func (r *recorder) read(log string) error {
	f, err := os.Open(log)
	if err != nil {
		return err
	}
	defer f.Close()
	calls, err := readTrace(f)
	if err != nil {
		return err
	}
	for i := range calls {
		if err := r.call(&calls[i]); err != nil {
			return fmt.Errorf("line %d: %s: %w", calls[i].end, calls[i].name, err)
		}
	}
	return nil
}

var errUnknown = errors.New("the program uses a call that this test does not follow yet")

func (r *recorder) call(c *sysCall) error {
	switch c.name {
	case "openat":
		return r.openat(c)
	case "close":
		fd, _, err := c.file(0)
		delete(r.open, fd)
		return err
	case "mmap":
		if strings.Contains(c.args[3], "MAP_SHARED") && strings.Contains(c.args[2], "PROT_WRITE") && r.ours(c, 4) {
			return errUnknown // writes that no call shows
		}
		return nil
	case "mkdirat":
		return r.entry(c, 1, changeLink)
	case "unlinkat":
		return r.entry(c, 1, changeUnlink)
	case "unlink":
		return r.entry(c, 0, changeUnlink)
	case "renameat", "renameat2":
		return r.rename(c)
	case "write", "pwrite64", "ftruncate", "fchmod", "fsync", "fdatasync":
		fd, path, err := c.file(0)
		if f, ours := r.open[fd]; ours {
			return r.openCall(c, fd, f, r.rel(path))
		}
		return err
	}
	for i := range c.args {
		if _, inTown, err := r.path(c, i); err != nil || inTown || r.ours(c, i) {
			return errUnknown
		}
	}
	return nil // it is about something else
}

// openCall is a call on a file of ours that is open.
func (r *recorder) openCall(c *sysCall, fd string, f openFile, path string) error {
	did := change{node: f.node, what: c.name + " " + path}
	var err error
	switch c.name {
	case "write", "pwrite64":
		did.kind, did.off = changeWrite, int64(f.at)
		if did.data, err = c.text(1); err == nil && c.name == "pwrite64" {
			did.off, err = c.number(3)
		}
		if err != nil {
			return err
		}
		did.data = did.data[:c.result]
		if c.name == "write" {
			f.at += len(did.data)
			r.open[fd] = f
		}
		did.grow = did.off+int64(len(did.data)) > int64(len(r.after.nodes[f.node].data))
	case "ftruncate":
		did.kind = changeSize
		did.off, err = c.number(1)
	case "fchmod":
		did.kind = changeMode
		var mode uint64
		mode, err = strconv.ParseUint(c.args[1], 0, 32)
		did.mode = os.FileMode(mode).Perm()
	default:
		did.kind = changeSync
	}
	r.did(c, did)
	return err
}

func (r *recorder) openat(c *sysCall) error {
	path, inTown, err := r.path(c, 1)
	if err != nil || !inTown {
		return err
	}
	flags := c.args[2]
	if strings.Contains(flags, "O_APPEND") || strings.Contains(flags, "O_TMPFILE") {
		return errUnknown
	}
	folder, name, err := r.find(path)
	if err != nil {
		return err
	}
	at, there := folder, true
	if name != "" {
		at, there = r.after.nodes[folder].entries[name]
	}
	if !there {
		mode, err := strconv.ParseUint(c.args[3], 0, 32)
		if err != nil {
			return err
		}
		at = r.make(node{mode: os.FileMode(mode).Perm() &^ 0o022})
		r.did(c, change{kind: changeLink, node: at, what: "create " + path, folders: [2]int{folder, folder}, names: [2]string{name}})
	} else if strings.Contains(flags, "O_TRUNC") && len(r.after.nodes[at].data) > 0 {
		r.did(c, change{kind: changeSize, node: at, what: "open " + path})
	}
	r.open[strconv.FormatInt(c.result, 10)] = openFile{node: at}
	return nil
}

// entry is a call that makes a folder, or removes a folder or a file.
func (r *recorder) entry(c *sysCall, arg int, kind changeKind) error {
	path, inTown, err := r.path(c, arg)
	if err != nil || !inTown {
		return err
	}
	folder, name, err := r.find(path)
	if err != nil {
		return err
	}
	at := r.after.nodes[folder].entries[name]
	if kind == changeLink {
		at = r.make(node{entries: map[string]int{}, mode: 0o750})
	}
	r.did(c, change{kind: kind, node: at, what: c.name + " " + path, folders: [2]int{folder, folder}, names: [2]string{name}})
	return nil
}

func (r *recorder) rename(c *sysCall) error {
	from, fromTown, err := r.path(c, 1)
	if err != nil {
		return err
	}
	to, toTown, err := r.path(c, 3)
	if err != nil || !fromTown && !toTown {
		return err
	}
	did := change{kind: changeMove, what: "move " + from + " to " + to}
	if len(c.args) > 4 && c.args[4] == "RENAME_EXCHANGE" {
		did.kind = changeExchange
	} else if len(c.args) > 4 && c.args[4] != "0" || !fromTown || !toTown {
		return errUnknown
	}
	if did.folders[0], did.names[0], err = r.find(from); err != nil {
		return err
	}
	if did.folders[1], did.names[1], err = r.find(to); err != nil {
		return err
	}
	did.node = r.after.nodes[did.folders[0]].entries[did.names[0]]
	r.did(c, did)
	return nil
}

// make adds a node to both disks; it has no name yet.
func (r *recorder) make(n node) int {
	at := r.after.add(n)
	if n.entries != nil {
		n.entries = map[string]int{}
	}
	r.before.add(n)
	return at
}

func (r *recorder) did(c *sysCall, did change) {
	did.begin, did.end = c.begin, c.end
	r.after.apply(&did)
	r.changes = append(r.changes, did)
}

func (r *recorder) rel(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, r.root), "/")
}

// ours says whether an argument is an open file of the town.
func (r *recorder) ours(c *sysCall, arg int) bool {
	fd, _, err := c.file(arg)
	_, ours := r.open[fd]
	return err == nil && ours
}

// path is an argument that is a path, below the town if it is in it; a relative
// one begins at the folder before it.
func (r *recorder) path(c *sysCall, arg int) (path string, inTown bool, err error) {
	if arg >= len(c.args) || !strings.HasPrefix(c.args[arg], `"`) {
		return "", false, nil
	}
	name, err := c.text(arg)
	if err != nil {
		return "", false, err
	}
	full := filepath.Clean(string(name))
	if !filepath.IsAbs(full) {
		if arg == 0 {
			return "", false, errUnknown
		}
		_, folder, err := c.file(arg - 1)
		if err != nil {
			return "", false, err
		}
		full = filepath.Join(folder, full)
	}
	return r.rel(full), full == r.root || strings.HasPrefix(full, r.root+"/"), nil
}

// find is the folder a path is in, and its name there: empty for the root itself.
func (r *recorder) find(path string) (folder int, name string, err error) {
	parts := strings.Split(path, "/")
	for _, part := range parts[:len(parts)-1] {
		next, there := r.after.nodes[folder].entries[part]
		if !there {
			return 0, "", fmt.Errorf("%s: %s is not on the disk", path, part)
		}
		folder = next
	}
	return folder, parts[len(parts)-1], nil
}
