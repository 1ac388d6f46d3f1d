package judgetest

import (
	"flag"
	"os"
	"strconv"
)

// Histories sets how many random histories a property is checked on - quick, or
// long with QUADRA_LONG - unless the command line says (-rapid.checks).
func Histories(tb TB, quick, long int) {
	tb.Helper()
	n := quick
	if os.Getenv("QUADRA_LONG") != "" {
		n = long
	}
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() != checks.DefValue {
		return
	}
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = flag.Set("rapid.checks", checks.DefValue) })
}
