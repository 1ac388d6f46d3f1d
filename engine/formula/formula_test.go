package formula_test

import (
	"testing"

	"quadra/engine/formula"
)

func TestDisarm(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"plain text", "Tari 2026", "Tari 2026"},
		{"empty", "", ""},
		{"formula", "=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")"},
		{"formula that begins with a plus", "+1+cmd|' /C calc'!A0", "'+1+cmd|' /C calc'!A0"},
		{"formula that begins with a minus", "-2+3+cmd|' /C calc'!A0", "'-2+3+cmd|' /C calc'!A0"},
		{"formula that begins with an at", "@SUM(1)", "'@SUM(1)"},
		{"formula after blanks", "  =1", "'  =1"},
		{"formula after a tab", "\t=1", "' =1"},
		{"formula after a line break", "\n=1", "' =1"},
		{"full-width formula", "＝1", "'＝1"},
		{"negative number", "-12.345,67", "-12.345,67"},
		{"minus alone", "-", "'-"},
		{"minus twice", "--1", "'--1"},
		{"number with a separator at its end", "-1,", "'-1,"},
		{"line break inside", "a\nb", "a b"},
		{"not UTF-8", "a\xff", "a\ufffd"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := formula.Disarm(c.text); got != c.want {
				t.Errorf("%q became %q, want %q", c.text, got, c.want)
			}
		})
	}
}
