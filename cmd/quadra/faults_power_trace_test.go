package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"testing"
)

// sysCall is a system call that succeeded, as strace wrote it.
type sysCall struct {
	begin, end int // lines of the log: what ended before another began was done before it
	name       string
	args       []string // as written: strings and paths in hexadecimal
	result     int64
}

// tracedForPower are the calls that change what is on a disk, and those needed to
// know which file a number stands for. Of mmap only shared mappings matter, of
// which there must be none.
const tracedForPower = "openat,open,creat,close,dup,dup2,dup3,mmap,write,pwrite64,writev,pwritev,pwritev2,ftruncate,truncate,fallocate," +
	"copy_file_range,sendfile,splice,fsync,fdatasync,sync,syncfs,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat," +
	"link,linkat,symlink,symlinkat,fchmod"

// straceForPower are the arguments of strace for [readTrace]. A page of SQLite
// and a block of a sealed file are written whole into the log.
func straceForPower(log string) []string {
	return []string{"-f", "--seccomp-bpf", "-qqq", "-y", "-xx", "-s", strconv.Itoa(64 << 20), "-o", log, "-e", "trace=" + tracedForPower}
}

// readTrace reads a log of strace, the calls in the order in which they ended. A
// close is told where it begins: another thread may be given its number before
// strace sees the end of it.
func readTrace(r io.Reader) ([]sysCall, error) {
	type unfinished struct {
		line int
		text string
	}
	var calls []sysCall
	waiting := map[string]unfinished{} // by thread
	in := bufio.NewReaderSize(r, 1<<20)
	for line := 1; ; line++ {
		text, err := in.ReadString('\n')
		switch {
		case errors.Is(err, io.EOF) && text == "":
			return calls, nil
		case err != nil && !errors.Is(err, io.EOF):
			return nil, err
		}
		thread, text, _ := strings.Cut(strings.TrimSuffix(text, "\n"), " ")
		text = strings.TrimLeft(text, " ")
		begin := line
		switch {
		case strings.HasPrefix(text, "---"), strings.HasPrefix(text, "+++"): // a signal, or the end of a thread
			continue
		case strings.HasSuffix(text, "<unfinished ...>"):
			text = strings.TrimSuffix(text, " <unfinished ...>")
			if file, ok := strings.CutPrefix(text, "close("); ok {
				calls = append(calls, sysCall{begin: line, end: line, name: "close", args: []string{file}})
				text = ""
			}
			waiting[thread] = unfinished{line, text}
			continue
		case strings.HasPrefix(text, "<... "):
			first, there := waiting[thread]
			if !there {
				return nil, fmt.Errorf("line %d: the end of a call that did not begin", line)
			}
			delete(waiting, thread)
			if first.text == "" {
				continue
			}
			_, rest, _ := strings.Cut(text, "resumed>")
			begin, text = first.line, first.text+rest
		}
		c, ok, err := parseCall(text)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", line, err)
		}
		if ok {
			c.begin, c.end = begin, line
			calls = append(calls, c)
		}
	}
}

// parseCall reads `name(args) = result`; ok is false for a call that failed, or
// that the end of the program left without a result.
func parseCall(text string) (c sysCall, ok bool, err error) {
	name, rest, open := strings.Cut(text, "(")
	at := strings.LastIndex(rest, " = ") // nothing but the result has one: the rest is in hexadecimal
	if !open || at < 0 {
		return c, false, fmt.Errorf("not a call: %.80q", text)
	}
	result, _, _ := strings.Cut(rest[at+3:], " ")
	result, _, _ = strings.Cut(result, "<")
	if result == "?" || strings.HasPrefix(result, "-") {
		return c, false, nil
	}
	if c.result, err = strconv.ParseInt(result, 0, 64); err != nil {
		return c, false, fmt.Errorf("result %q: %w", result, err)
	}
	c.name = name
	c.args = strings.Split(strings.TrimSuffix(strings.TrimRight(rest[:at], " "), ")"), ", ")
	return c, true, nil
}

// text is a string argument.
func (c *sysCall) text(i int) ([]byte, error) {
	if i >= len(c.args) {
		return nil, fmt.Errorf("%s has no argument %d", c.name, i+1)
	}
	quoted, begins := strings.CutPrefix(c.args[i], `"`)
	quoted, ends := strings.CutSuffix(quoted, `"`) // what was too long for the log ends in dots
	if !begins || !ends {
		return nil, fmt.Errorf("argument %d of %s is not a whole string: %.80s", i+1, c.name, c.args[i])
	}
	return unhex(quoted)
}

// number is an argument that is a number in any notation.
func (c *sysCall) number(i int) (int64, error) {
	if i >= len(c.args) {
		return 0, fmt.Errorf("%s has no argument %d", c.name, i+1)
	}
	return strconv.ParseInt(c.args[i], 0, 64)
}

// file is an argument that is the number of an open file, and the path of it.
func (c *sysCall) file(i int) (fd, path string, err error) {
	if i >= len(c.args) {
		return "", "", fmt.Errorf("%s has no argument %d", c.name, i+1)
	}
	fd, rest, _ := strings.Cut(c.args[i], "<")
	rest, _, _ = strings.Cut(rest, ">")
	if !strings.HasPrefix(rest, `\x2f`) {
		return fd, "", nil // a pipe, a socket
	}
	at, err := unhex(rest)
	return fd, string(at), err
}

// unhex reads \x2f\x74...
func unhex(s string) ([]byte, error) {
	const width = len(`\x00`)
	out := make([]byte, 0, len(s)/width)
	for ; len(s) >= width && s[:2] == `\x`; s = s[width:] {
		b, err := strconv.ParseUint(s[2:width], 16, 8)
		if err != nil {
			return nil, err
		}
		out = append(out, byte(b))
	}
	if s != "" {
		return nil, fmt.Errorf("not in hexadecimal: %.80q", s)
	}
	return out, nil
}

func TestTraceIsReadInTheOrderInWhichCallsEnded(t *testing.T) {
	calls, err := readTrace(strings.NewReader(strings.Join([]string{
		`10 openat(AT_FDCWD<\x2f\x61>, "\x62", O_RDWR|O_CREAT, 0644) = 3<\x2f\x61\x2f\x62>`,
		`10 pwrite64(3<\x2f\x61\x2f\x62>, "\x2c\x20\x22\x29", 4, 512 <unfinished ...>`,
		`11 close(4<\x2f\x63> <unfinished ...>`,
		`12 openat(AT_FDCWD<\x2f\x61>, "\x64", O_RDONLY) = -1 ENOENT (No such file or directory)`,
		`12 --- SIGURG {si_signo=SIGURG, si_code=SI_TKILL, si_pid=1, si_uid=0} ---`,
		`10 <... pwrite64 resumed>)             = 4`,
		`11 <... close resumed>)              = 0`,
		`12 fsync(3<\x2f\x61\x2f\x62>)             = 0`,
		`12 +++ exited with 0 +++`,
	}, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range calls {
		got = append(got, fmt.Sprintf("%s %d-%d %d", c.name, c.begin, c.end, c.result))
	}
	if want := "openat 1-1 3|close 3-3 0|pwrite64 2-6 4|fsync 8-8 0"; strings.Join(got, "|") != want {
		t.Errorf("got %s\nwant %s", strings.Join(got, "|"), want)
	}
	if fd, path, err := calls[0].file(0); fd != "AT_FDCWD" || path != "/a" || err != nil {
		t.Errorf("folder is %s %s, %v", fd, path, err)
	}
	if data, err := calls[2].text(1); string(data) != `, ")` || err != nil {
		t.Errorf("written is %q, %v", data, err)
	}
	if off, err := calls[2].number(3); off != 512 || err != nil {
		t.Errorf("offset is %d, %v", off, err)
	}
}
