package field_test

import (
	"errors"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/field"
)

func TestAmount(t *testing.T) {
	tests := []struct {
		name, text string
		want       record.Cents
	}{
		{"Italian with thousands and decimals", "1.234,56", 123456},
		{"English with thousands and decimals", "1,234.56", 123456},
		{"millions in Italian", "12.345.678,90", 1234567890},
		{"millions without decimals", "1.234.567", 123456700},
		{"millions in English without decimals", "1,234,567", 123456700},
		{"decimal comma", "99,90", 9990},
		{"decimal dot", "99.90", 9990},
		{"one decimal", "12,5", 1250},
		{"one decimal with a dot", "12.5", 1250},
		{"no decimals", "150", 15000},
		{"four digits without a separator", "1234", 123400},
		{"four digits and decimals without thousands", "1234,56", 123456},
		{"euro sign in front", "€ 1.010,00", 101000},
		{"euro sign behind", "1.010,00 €", 101000},
		{"currency code", "EUR 5,00", 500},
		{"minus in front", "-3,00", -300},
		{"minus behind", "3,00-", -300},
		{"minus between currency and digits", "€ -3,00", -300},
		{"minus of a word processor", "−3,00", -300},
		{"plus", "+3,00", 300},
		{"blanks around, a no-break one among them", " \u00a0150,00 ", 15000},
		{"blank as thousands separator", "1\u00a0234,50", 123450},
		{"zero", "0,00", 0},
		{"padded with zeros", "000000000150,00", 15000},
		{"the largest amount", "9.999.999.999.999,99", record.MaxAmount},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := field.Amount(tt.text)
			if err != nil || got != tt.want {
				t.Errorf("Amount(%q) = %v, %v, want %v", tt.text, got, err, tt.want)
			}
		})
	}
}

func TestAmountRefuses(t *testing.T) {
	tests := []struct {
		name, text string
		code       record.RejectCode
		reason     string // part of it
	}{
		{"nothing", "", record.RejectMissing, "manca"},
		{"blanks", "  ", record.RejectMissing, "manca"},
		{"a word", "abc", record.RejectAmount, "non è un importo"},
		{"a dot and three digits, thousands or decimals", "1.234", record.RejectAmount, "ambiguo"},
		{"a comma and three digits, thousands or decimals", "1,234", record.RejectAmount, "ambiguo"},
		{"three decimals after a zero", "0,125", record.RejectAmount, "due decimali"},
		{"three decimals after four digits", "1234,567", record.RejectAmount, "due decimali"},
		{"three decimals after thousands", "1.234,567", record.RejectAmount, "due decimali"},
		{"binary noise of a spreadsheet", "1234.5599999999999", record.RejectAmount, "due decimali"},
		{"thousands in groups of two", "12.34,56", record.RejectAmount, "gruppi di tre"},
		{"first group of four", "1234.567,89", record.RejectAmount, "gruppi di tre"},
		{"decimal sign twice", "1,23,45", record.RejectAmount, "gruppi di tre"},
		{"signs mixed", "1.234,567.89", record.RejectAmount, "non è un importo"},
		{"separator without decimals", "12,", record.RejectAmount, "non è un importo"},
		{"separator without whole part", ",50", record.RejectAmount, "non è un importo"},
		{"two signs", "--3,00", record.RejectAmount, "non è un importo"},
		{"only a sign", "-", record.RejectAmount, "non è un importo"},
		{"only a currency", "€", record.RejectAmount, "non è un importo"},
		{"another currency", "3,00 USD", record.RejectAmount, "non è un importo"},
		{"exponent", "1e3", record.RejectAmount, "non è un importo"},
		{"parentheses of an accountant", "(3,00)", record.RejectAmount, "non è un importo"},
		{"digits of another script", "١٢٣", record.RejectAmount, "non è un importo"},
		{"one cent above the largest", "10.000.000.000.000,00", record.RejectAmount, "massimo"},
		{"two numbers", "12 5", record.RejectAmount, "gruppi di tre"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := field.Amount(tt.text)
			checkError(t, err, tt.text, tt.code, tt.reason, record.ErrAmount)
			if got != 0 {
				t.Errorf("Amount(%q) = %v beside an error", tt.text, got)
			}
		})
	}
}

func TestDate(t *testing.T) {
	for _, text := range []string{
		"2026-03-12", "12/03/2026", "12-03-2026", "12.03.2026", "20260312",
		" 2026-03-12 ", "2026-03-12T10:30:00", "2026-03-12 10:30", "12/03/2026 10:30:00", "12/03/2026 10.30",
		"20260312103000", "2026-03-12T10:30:00.000", "2026-03-12T10:30:00+01:00", "2026-03-12T10:30:00Z",
		"2026-03-12+01:00", "2026-03-12Z", "2026-03-11T23:00:00Z", "2026-03-11 23:00:00.0Z",
	} {
		t.Run(text, func(t *testing.T) {
			got, err := field.Date(text)
			if err != nil || got.String() != "2026-03-12" {
				t.Errorf("Date(%q) = %v, %v, want 2026-03-12", text, got, err)
			}
		})
	}
}

func TestDateRefuses(t *testing.T) {
	tests := []struct {
		name, text string
		code       record.RejectCode
		reason     string
	}{
		{"nothing", " ", record.RejectMissing, "manca"},
		{"29 February of a common year", "2026-02-29", record.RejectDate, "non esiste"},
		{"31 April", "31/04/2026", record.RejectDate, "non esiste"},
		{"month 13, as in an American date", "03/13/2026", record.RejectDate, "non esiste"},
		{"day zero", "20260300", record.RejectDate, "non esiste"},
		{"hour 25", "2026-03-12T25:00:00", record.RejectDate, "non esiste"},
		{"year of two digits", "12/03/26", record.RejectDate, "non è una data"},
		{"day of one digit", "1/3/2026", record.RejectDate, "non è una data"},
		{"mixed marks", "12/03-2026", record.RejectDate, "non è una data"},
		{"text after the day", "2026-03-12xyz", record.RejectDate, "non è un'ora"},
		{"year out of range", "0001-01-01", record.RejectDate, "periodo"},
		{"a word", "data", record.RejectDate, "non è una data"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := field.Date(tt.text)
			checkError(t, err, tt.text, tt.code, tt.reason, record.ErrDate)
		})
	}
}

func TestNumberDropsLeadingZeros(t *testing.T) {
	for text, want := range map[string]string{
		"0001201": "1201", "0": "", "0000000": "", "": "", "P000001": "P000001", "10": "10",
	} {
		if got := field.Number(text); got != want {
			t.Errorf("Number(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestErrorBecomesReject(t *testing.T) {
	_, err := field.Amount(strings.Repeat("è", 200))
	var bad *field.Error
	if !errors.As(err, &bad) {
		t.Fatalf("error %v is not a field.Error", err)
	}
	got := bad.Reject(7, "IMPORTO")
	if got.Line != 7 || got.Column != "IMPORTO" || got.Code != record.RejectAmount || got.Reason == "" {
		t.Errorf("reject %+v", got)
	}
	if want := strings.Repeat("è", field.MaxValue); got.Value != want {
		t.Errorf("value %q is not cut to %d characters", got.Value, field.MaxValue)
	}
}

func checkError(t *testing.T, err error, text string, code record.RejectCode, reason string, cause error) {
	t.Helper()
	var bad *field.Error
	switch {
	case !errors.As(err, &bad):
		t.Fatalf("%q: error %v is not a field.Error", text, err)
	case bad.Code != code || !strings.Contains(bad.Reason, reason) || bad.Value != text:
		t.Errorf("%q: code %s, value %q, reason %q, want %s and %q", text, bad.Code, bad.Value, bad.Reason, code, reason)
	case !errors.Is(err, cause):
		t.Errorf("%q: %v does not wrap %v", text, err, cause)
	}
}

// An amount that was taken means the same in every form quadra writes.
func FuzzAmount(f *testing.F) {
	for _, seed := range []string{"1.234,56", "1,234.56", "12,5", "150", "-€ 3,00", "1.234", "1 234 567,8", "9.999.999.999.999,99"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := field.Amount(text)
		if err != nil {
			return
		}
		if got > record.MaxAmount || got < -record.MaxAmount {
			t.Fatalf("Amount(%q) = %v is beyond the largest", text, got)
		}
		for _, again := range []string{got.String(), got.Italian(), got.DecimalComma(), got.Italian() + " €"} {
			if back, err := field.Amount(again); err != nil || back != got {
				t.Fatalf("Amount(%q) = %v, but Amount(%q) = %v, %v", text, got, again, back, err)
			}
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, seed := range []string{"2026-03-12", "12/03/2026 10:30", "20260312103000", "2026-03-11T23:00:00.5Z", "29.02.2024"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got, err := field.Date(text)
		if err != nil {
			return
		}
		if back, err := field.Date(got.Italian()); err != nil || back != got {
			t.Fatalf("Date(%q) = %v, but in Italian it is %v, %v", text, got, back, err)
		}
	})
}
