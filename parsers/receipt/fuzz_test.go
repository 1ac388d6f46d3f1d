package receipt_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/receipt"
)

func FuzzRead(f *testing.F) {
	f.Add(current(v13(), values()), entity)
	f.Add(older(base, values("singoloImportoPagato", "1,00")), "")
	f.Add(header(v12()), entity)
	f.Add(current(v12(), values("bilancio", chapters), values("bilancio", "TOTALE")), entity)
	f.Add(line(v12(), values(), quoteDoubled), entity)
	f.Fuzz(func(t *testing.T, in, taxCode string) {
		c := &collector{}
		counts, err := receipt.Read(t.Context(), strings.NewReader(in), receipt.Options{TaxCode: taxCode}, c)
		var fe *record.FileError
		if err != nil && !errors.As(err, &fe) {
			t.Fatalf("not a fault of the file: %v", err)
		}
		whole := 0
		for _, r := range c.rejects {
			if !r.Part {
				whole++
			}
		}
		if counts.Accepted != len(c.lines) || counts.Rejected != whole || err == nil && counts.Rows != counts.Accepted+counts.Rejected {
			t.Fatalf("%d lines, %d rejects, %+v", len(c.lines), len(c.rejects), counts)
		}
		for _, l := range c.lines {
			if l.IUV == "" || l.IUR == "" || l.Amount <= 0 || l.Index < 1 || l.Index > 5 || l.PaidOn == 0 || l.Line < 1 {
				t.Fatalf("line %+v", l)
			}
		}
		for _, r := range c.rejects {
			if r.Code == "" || r.Reason == "" || r.Line < 1 {
				t.Fatalf("reject %+v", r)
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	rows := make([]map[string]string, 5000)
	for i := range rows {
		rows[i] = values("identificativoUnivocoRiscoss", fmt.Sprint("IUR", i))
	}
	in := header(v12())
	var sb strings.Builder
	for _, v := range rows {
		sb.WriteString(line(v12(), v, quoteDoubled))
		sb.WriteByte('\n')
	}
	in += sb.String()
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		counts, err := receipt.Read(b.Context(), strings.NewReader(in), receipt.Options{TaxCode: entity}, discard{})
		if err != nil || counts.Accepted != len(rows) {
			b.Fatal(err, counts)
		}
	}
}
