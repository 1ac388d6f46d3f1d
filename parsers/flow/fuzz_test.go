package flow_test

import (
	"errors"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/flow"
)

func FuzzRead(f *testing.F) {
	f.Add([]byte(base), entity)
	f.Add([]byte(prefixed(set(base, "codiceEsitoSingoloPagamento", "3"), "p")), "")
	f.Add([]byte(latin(base)), entity)
	f.Fuzz(func(t *testing.T, in []byte, taxCode string) {
		got, counts, err := read(string(in), taxCode)
		var fe *record.FileError
		if err != nil {
			if !errors.As(err, &fe) || fe.Message == "" {
				t.Fatalf("not a fault of the file: %v", err)
			}
			return
		}
		if counts.Accepted != len(got.lines) || counts.Rejected != len(got.rejects) || counts.Rows != counts.Accepted+counts.Rejected ||
			len(got.flows) != 1 || len(got.totals) != 1 || got.totals[0].Count != counts.Rows {
			t.Fatalf("%+v for %+v", counts, got)
		}
		var plain record.Cents
		for _, l := range got.lines {
			plain += l.Amount
			if l.IUV == "" || l.IUR == "" || l.Index < 0 || l.Index > 5 || l.Amount == 0 || l.On == 0 {
				t.Fatalf("line %+v", l)
			}
		}
		if plain != got.totals[0].Plain {
			t.Fatalf("lines add up to %s, totals say %s", plain, got.totals[0].Plain)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	in := head + strings.Repeat(payment, 5000) + foot
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		counts, err := flow.Read(b.Context(), strings.NewReader(in), flow.Options{TaxCode: entity}, discard{})
		if err != nil || counts.Accepted != 5000 {
			b.Fatal(err, counts)
		}
	}
}
