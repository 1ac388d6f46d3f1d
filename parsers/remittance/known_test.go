package remittance_test

import (
	"errors"
	"strings"
	"testing"

	"quadra/parsers/remittance"
)

// flows is the dictionary of an entity that has these flows.
type flows []string

func (f flows) WithPrefix(day string) ([]string, error) {
	var found []string
	for _, iuf := range f {
		if strings.HasPrefix(iuf, day) {
			found = append(found, iuf)
		}
	}
	return found, nil
}

func (f flows) Undated() ([]string, error) {
	var found []string
	for _, iuf := range f {
		if !strings.HasPrefix(iuf, "20") {
			found = append(found, iuf)
		}
	}
	return found, nil
}

func TestKnown(t *testing.T) {
	const ambiguous = "ambiguous"
	tests := []struct {
		name  string
		text  string
		flows flows
		want  string
	}{
		{"flow in the standard text", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1", flows{"2025-05-16X-1"}, "2025-05-16X-1"},
		{"flow without any keyword", "BONIFICO 2025-05-16X-1 DA SISAL", flows{"2025-05-16X-1"}, "2025-05-16X-1"},
		{"flow in another case keeps the entity's own", "uri 2026-09-24UNCRITMM-S0020000041", flows{"2026-09-24uncritmm-s0020000041"}, "2026-09-24uncritmm-s0020000041"},
		{"flow broken by white space anywhere", "U RI/20 25-0 5-16SENDE R-00 01\n77 TRN", flows{"2025-05-16SENDER-000177"}, "2025-05-16SENDER-000177"},
		{"flow continued behind a bank's blank, the whole one is known", "URI/2025-09-23BPPIITRRXXX-000038 102790", flows{"2025-09-23BPPIITRRXXX-000038102790"}, "2025-09-23BPPIITRRXXX-000038102790"},
		{"the longest wins", "URI/2025-05-16X-1 2 SALDO", flows{"2025-05-16X-1", "2025-05-16X-12"}, "2025-05-16X-12"},
		{"part of a longer number is not the flow", "URI/2025-05-16X-12", flows{"2025-05-16X-1"}, ""},
		{"part of a longer word is not the flow", "URI/2025-05-16X-ABC", flows{"2025-05-16X-AB"}, ""},
		{"part of a longer IUF with hyphens is not the flow", "URI/2025-05-16X-1-2", flows{"2025-05-16X-1"}, ""},
		{"part of a clock time is not the flow", "URI/2025-05-16X-10:27:27", flows{"2025-05-16X-10"}, ""},
		{"flow with a clock time", "URI/2025-05-16X-10:27:27.903 SALDO", flows{"2025-05-16X-10:27:27.903"}, "2025-05-16X-10:27:27.903"},
		{"words glued to the flow", "URI/2025-05-16X-12BONIFICO", flows{"2025-05-16X-12"}, "2025-05-16X-12"},
		{"dot after the flow", "URI.2025-05-16X-12.TXT.", flows{"2025-05-16X-12"}, "2025-05-16X-12"},
		{"two different flows", "2025-05-16X-1 E 2025-05-16X-2", flows{"2025-05-16X-1", "2025-05-16X-2"}, ambiguous},
		{"a flow and a longer one at another place", "2025-05-16X-12 E 2025-05-16X-1", flows{"2025-05-16X-1", "2025-05-16X-12"}, ambiguous},
		{"the same flow twice", "2025-05-16X-1 E 2025-05-16X- 1", flows{"2025-05-16X-1"}, "2025-05-16X-1"},
		{"one of two flows is known", "2025-05-16X-1 E 2025-05-16X-2", flows{"2025-05-16X-2"}, "2025-05-16X-2"},
		{"another day's flow", "2025-05-17X-1", flows{"2025-05-16X-1"}, ""},
		{"hyphens lost", "URI 2025 05 16 X 1", flows{"2025-05-16X-1"}, "2025-05-16X-1"},
		{"underscore for hyphen", "URI/2025-05-16X_1", flows{"2025-05-16X-1"}, "2025-05-16X-1"},
		{"dots for hyphens", "URI.2025.05.16AGID.01.1", flows{"2025-05-16AGID_01-1"}, "2025-05-16AGID_01-1"},
		{"hyphens lost, part of a longer number", "URI 20250516X12", flows{"2025-05-16X-1"}, ""},
		{"the exact flow is preferred to one that differs in hyphens", "2025-05-16X-1", flows{"2025-05-16X_1", "2025-05-16X-1"}, "2025-05-16X-1"},
		{"two flows that differ only in hyphens, text without", "20250516X1", flows{"2025-05-16X_1", "2025-05-16X-1"}, ambiguous},
		{"a day alone is not a flow", "DEL 2025-05-16", flows{"2025-05-16"}, ""},
		{"undated flow", "/PUR/LGPE-RIVERSAMENTO/URI/ABC-123456", flows{"ABC-123456"}, "ABC-123456"},
		{"short undated flow after URI", "/PUR/LGPE-RIVERSAMENTO/URI/ABC-1", flows{"ABC-1"}, "ABC-1"},
		{"short undated flow elsewhere", "FATTURA ABC-1", flows{"ABC-1"}, ""},
		{"undated flow inside a word", "RIF XABC-123456", flows{"ABC-123456"}, ""},
		{"no flows", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1", nil, ""},
		{"no text", "", flows{"2025-05-16X-1", "", "ABC123"}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, amb, err := remittance.Known(tt.text, tt.flows)
			if err != nil {
				t.Fatal(err)
			}
			if amb {
				if got != "" {
					t.Errorf("%q beside ambiguous", got)
				}
				got = ambiguous
			}
			if got != tt.want {
				t.Errorf("Known(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

// broken is a dictionary whose database has failed.
type broken struct{ dated, undated error }

func (b broken) WithPrefix(string) ([]string, error) { return nil, b.dated }
func (b broken) Undated() ([]string, error)          { return nil, b.undated }

func TestKnownReportsAFailedDictionary(t *testing.T) {
	failed := errors.New("disk")
	for _, dict := range []broken{{dated: failed}, {undated: failed}} {
		if _, _, err := remittance.Known("URI/2025-05-16X-1", dict); !errors.Is(err, failed) {
			t.Errorf("error %v, want %v", err, failed)
		}
	}
}
