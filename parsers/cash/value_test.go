package cash_test

import (
	"io"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"quadra/engine/record"
	"quadra/parsers/cash"
	"quadra/parsers/charset"
)

// one reads a single row of provvisori with a layout that extends them.
func one(t *testing.T, setting, day, amount string) taken {
	t.Helper()
	l := layouts(t, "layouts:\n  - name: prova\n    extends: provvisori\n    separator: \";\"\n    "+setting+"\n")
	return mustRead(t, cash.ReadCSV, strings.NewReader(csvHeader+"2026;1;"+day+";P;C;"+amount+";\n"), cash.Options{Layouts: l})
}

func TestAmountsAsTheLayoutSays(t *testing.T) {
	for _, tt := range []struct {
		setting, text string
		want          record.Cents // 0: reject
	}{
		{"decimal: comma", "1.234", 123400},
		{"decimal: comma", "12.345.678", 1234567800},
		{"decimal: comma", "1.234,5", 123450},
		{"decimal: comma", "-1234,56", -123456},
		{"decimal: comma", "€ 3,00-", -300},
		{"decimal: comma", "1.00", 0},
		{"decimal: comma", "1,234", 0},
		{"decimal: comma", "1,234.00", 0},
		{"decimal: comma", "12.34.567", 0},
		{"decimal: comma", "1 234,00", 123400},
		{"decimal: comma", "1\u00a0234 567", 123456700},
		{"decimal: comma", "12 34,00", 0},
		{"decimal: comma", "abc", 0},
		{"decimal: comma", "12,00x", 0},
		{"decimal: dot", "1,234", 123400},
		{"decimal: dot", "1,234.56 EUR", 123456},
		{"decimal: dot", "1.234", 0},
		{"decimal: dot", "1,5", 0},
		{"decimal: dot", "99999999999999.00", 0},
		{"decimal: auto", "1.234", 0},
		{"decimal: auto", "1.234,56", 123456},
		{"cents: true", "+0150", 150},
		{"cents: true", "999999999999999", record.MaxAmount},
		{"cents: true", "1000000000000000", 0},
		{"cents: true", "1.50", 0},
		{"cents: true", "--5", 0},
	} {
		got := one(t, tt.setting, "2026-03-12", tt.text)
		switch {
		case tt.want == 0 && (len(got.rejects) != 1 || got.rejects[0].Code != record.RejectAmount || got.rejects[0].Value != tt.text):
			t.Errorf("%s, %q: %+v %+v, want a reject", tt.setting, tt.text, got.movements, got.rejects)
		case tt.want != 0 && (len(got.movements) != 1 || got.movements[0].Amount != tt.want):
			t.Errorf("%s, %q: %+v %+v, want %v", tt.setting, tt.text, got.movements, got.rejects, tt.want)
		}
	}
}

func TestDaysAsTheLayoutSays(t *testing.T) {
	for _, tt := range []struct {
		setting, text, want string // empty: reject
	}{
		{"dates: MM/DD/YYYY", "03/12/2026", "2026-03-12"},
		{"dates: MM/DD/YYYY", "13/03/2026", ""},
		{"dates: DD.MM.YY", "12.03.26", "2026-03-12"},
		{"dates: DDMMYYYY", "12032026", "2026-03-12"},
		{"dates: [YYYY-MM-DD, DD/MM/YYYY]", "12/03/2026 10:30", "2026-03-12"},
		{"dates: YYYY-MM-DD", "2026-03-12T23:30:00Z", "2026-03-13"},
		{"dates: YYYY-MM-DD", "2026-03-12xyz", ""},
		{"dates: YYYY-MM-DD", "2026-02-29", ""},
		{"dates: YYYY-MM-DD", "12/03/2026", ""},
		{"dates: YYYY-MM-DD", "0026-03-12", ""},
		{"dates: DD/MM/YYYY", "1/3/2026", ""},
	} {
		got := one(t, tt.setting, tt.text, "1,00")
		switch {
		case tt.want == "" && (len(got.rejects) != 1 || got.rejects[0].Code != record.RejectDate || got.rejects[0].Value != tt.text):
			t.Errorf("%s, %q: %+v %+v, want a reject", tt.setting, tt.text, got.movements, got.rejects)
		case tt.want != "" && (len(got.movements) != 1 || got.movements[0].BookedOn.String() != tt.want):
			t.Errorf("%s, %q: %+v %+v, want %s", tt.setting, tt.text, got.movements, got.rejects, tt.want)
		}
	}
}

func TestEveryLayoutInTheEncodingsOfTreasurers(t *testing.T) {
	for name, text := range documents() {
		if name == "esiti" {
			continue
		}
		header := strings.LastIndex(strings.TrimSpace(text), "\n") + 1
		text = text[:header] + strings.NewReplacer("POSTE;", "SOCIETÀ;", "CAUSALE", "CITTÀ", "/URI/X", "/URI/À").Replace(text[header:])
		for _, e := range []*charmap.Charmap{charmap.Windows1252, charmap.ISO8859_15} {
			encoded, err := e.NewEncoder().String(text)
			if err != nil {
				t.Fatal(err)
			}
			in, _, err := charset.NewReader(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(encoded)), nil })
			if err != nil {
				t.Fatal(err)
			}
			got := mustRead(t, cash.ReadCSV, in, cash.Options{})
			want := mustRead(t, cash.ReadCSV, strings.NewReader(text), cash.Options{})
			if len(got.movements) != len(want.movements) || len(want.movements) == 0 {
				t.Fatalf("%s: %+v, want %+v", name, got.summary, want.summary)
			}
			g, w := got.movements[len(got.movements)-1], want.movements[len(want.movements)-1]
			if g.Number != w.Number || g.Payer != w.Payer || g.Remittance != w.Remittance || !strings.Contains(w.Remittance, "À") {
				t.Errorf("%s: %+v, want %+v", name, g, w)
			}
		}
	}
}
