package judgetest

import (
	"flag"
	"os"
	"strconv"
)

// Histories sets how many random histories a property is checked on - quick, or
// long with QUADRA_LONG - unless the command line says (-rapid.checks). It returns
// how many they are.
func Histories(tb TB, quick, long int) int {
	tb.Helper()
	n := quick
	if os.Getenv("QUADRA_LONG") != "" {
		n = long
	}
	checks := flag.Lookup("rapid.checks")
	if checks.Value.String() != checks.DefValue {
		n, err := strconv.Atoi(checks.Value.String())
		if err != nil {
			tb.Fatal(err)
		}
		return n
	}
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = flag.Set("rapid.checks", checks.DefValue) })
	return n
}
