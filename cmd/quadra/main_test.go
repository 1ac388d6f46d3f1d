package main

import (
	"encoding"
	"errors"
	"flag"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"aead.dev/minisign"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write the outputs of the scripts anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"quadra": main})
}

// TestScripts runs the commands as a person types them. Beside the usual words
// of testscript, `code N quadra ...` demands an exit code.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:           "testdata/script",
		UpdateScripts: *update,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"code": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: code N command args...")
				}
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				err = ts.Exec(args[1], args[2:]...)
				got := 0
				var exit *exec.ExitError
				if errors.As(err, &exit) {
					got = exit.ExitCode()
				} else {
					ts.Check(err)
				}
				if got != want {
					ts.Fatalf("exit code %d, want %d", got, want)
				}
			},
			// signingkey NAME makes the minisign keys NAME.key and NAME.pub.
			"signingkey": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 1 {
					ts.Fatalf("usage: signingkey name")
				}
				public, private, err := minisign.GenerateKey(nil)
				ts.Check(err)
				for suffix, key := range map[string]encoding.TextMarshaler{".pub": public, ".key": private} {
					text, err := key.MarshalText()
					ts.Check(err)
					ts.Check(os.WriteFile(ts.MkAbs(args[0]+suffix), text, 0o600))
				}
			},
			// answer FILE ANSWER fills the last columns of a CSV of proposals as Anna
			// Verdi would.
			"answer": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 2 {
					ts.Fatalf("usage: answer file answer")
				}
				lines := strings.Split(strings.TrimSuffix(ts.ReadFile(args[0]), "\r\n"), "\r\n")
				for i := range lines[1:] {
					cells := strings.Split(lines[i+1], ";")
					cells[len(cells)-3], cells[len(cells)-2] = args[1], "Anna Verdi"
					lines[i+1] = strings.Join(cells, ";")
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(strings.Join(lines, "\r\n")+"\r\n"), 0o600))
			},
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("TZ", "America/New_York") // nothing may depend on the machine's zone
			return os.MkdirAll(e.WorkDir+"/drop", 0o755)
		},
	})
}
