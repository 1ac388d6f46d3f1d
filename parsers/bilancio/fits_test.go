package bilancio_test

import (
	"reflect"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/bilancio"
)

// asAnyXML is a split that says the same and has to be read as any XML is.
func asAnyXML(text string) string { return strings.Replace(text, "<bilancio>", "<bilancio >", 1) }

// fits is what Fits must say.
func fits(text string, total record.Cents) error {
	quotas, err := bilancio.Read(text)
	if err == nil && quotas != nil {
		err = bilancio.Check(quotas, total)
	}
	return err
}

func FuzzPlainSplitSaysWhatAnyXMLSays(f *testing.F) {
	plain := split(share("A", "1.00"))
	for _, text := range []string{
		"", plain, composed, notice("A", "1.00"), " " + plain + "\n",
		split(share("A", "1.00"), share("B", "99.00")),
		split(share("A", "1.00") + share("A&amp;B", "99.00")),
		split(share("A", "-1.00"), share("B", "101.00")), split(share("A", "0.00")), split(share("A", "TOTALE")), split(),
		split(share(" ", "100.00")), split(share(strings.Repeat("à", 64), "100.00")), split(share(strings.Repeat("1", 65), "100.00")),
		split(share("A]]>", "100.00")), split(share("A\x00", "100.00")), plain[:40], plain + "x", plain + plain,
		strings.Replace(plain, "<acc", "<codUfficio/><acc", 1), strings.Replace(plain, "<acc", "<codUfficio></codUfficio><acc", 1),
		strings.Replace(plain, "<acc", "<codCapitolo>B</codCapitolo><acc", 1),
		strings.Replace(plain, "</acc", "<importo>1.00</importo></acc", 1),
		strings.Replace(plain, "<bilancio", "<Bilancio", 1),
		split(strings.Repeat(share("A", "1.00"), 100)),
	} {
		f.Add(text, int64(10000))
		f.Add(text, int64(100))
	}
	f.Fuzz(func(t *testing.T, text string, total int64) {
		got, want := bilancio.Fits(text, record.Cents(total)), fits(text, record.Cents(total))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%q for %d: %v, read it is %v", text, total, got, want)
		}
		if len(text) >= bilancio.MaxLength {
			return // the blank would make it too long
		}
		quotas, err := bilancio.Read(text)
		same, errAny := bilancio.Read(asAnyXML(text))
		if !reflect.DeepEqual(quotas, same) || (err == nil) != (errAny == nil) {
			t.Errorf("%q: %v %v, as any XML %v %v", text, quotas, err, same, errAny)
		}
	})
}

func BenchmarkFits(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if err := bilancio.Fits(composed, 10000); err != nil {
			b.Fatal(err)
		}
	}
}
