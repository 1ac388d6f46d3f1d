package flow_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/flow"
	"quadra/parsers/xmlscan"
)

func FuzzRead(f *testing.F) {
	f.Add([]byte(base), entity)
	f.Add([]byte(prefixed(set(base, "codiceEsitoSingoloPagamento", "3"), "p")), "")
	f.Add([]byte(latin(base)), entity)
	f.Fuzz(func(t *testing.T, in []byte, taxCode string) {
		got, counts, err := read(string(in), taxCode)
		sound(t, got, counts, err)
	})
}

func FuzzReadSOAP(f *testing.F) {
	f.Add([]byte(soapHead+encoded(base)+soapTail), entity)
	f.Add([]byte(soapHead+wrapped(encoded(base)[:400], "&#13;\n")+soapTail), "")
	f.Add([]byte(answerHead+"<fault><faultCode>X</faultCode></fault>"+answerTail), "")
	f.Add([]byte(answerHead+"<xmlRendicontazione><!-- --><![CDATA["+encoded(base)+"]]></xmlRendicontazione>"+answerTail), "")
	f.Fuzz(func(t *testing.T, in []byte, taxCode string) {
		got, counts, err := readSOAP(string(in), taxCode, xmlscan.Limits{})
		sound(t, got, counts, err)
		if err == nil && !flow.LooksLikeSOAP(in) {
			t.Fatal("read, but not recognised")
		}
	})
}

func FuzzReadJSON(f *testing.F) {
	f.Add([]byte(jsonBase), []byte(nil), entity)
	f.Add([]byte(jsonFlowAlone), []byte(page(1, 2, jsonRow, jsonRow)+page(2, 2, jsonRow)), "")
	f.Add([]byte("["+jsonFlowAlone+","+page(1, 1, jsonRow)+"]"), []byte(jsonBase), "")
	f.Add([]byte(`{"payments": {"data": [`+jsonRow+`]}, "flow": `+jsonFlowAlone+`}`), []byte(`{"data": [{"fdr": "x"}]}`), "")
	f.Add([]byte(utf16Text(jsonBase)), []byte(nil), "")
	f.Fuzz(func(t *testing.T, first, second []byte, taxCode string) {
		parts := []flow.Part{part("first", string(first))}
		if len(second) > 0 {
			parts = append(parts, part("second", string(second)))
		}
		got, counts, err := readParts(flow.Options{TaxCode: taxCode}, parts...)
		sound(t, got, counts, err)
		flow.JSONPart(first)
		// What is taken is JSON, whatever the two readings make of it.
		if err == nil && !bytes.HasPrefix(first, []byte{0xFF}) && !bytes.HasPrefix(first, []byte{0xFE}) {
			dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(first, []byte("\xEF\xBB\xBF"))))
			for {
				var value any
				if err := dec.Decode(&value); errors.Is(err, io.EOF) {
					break
				} else if err != nil {
					t.Fatalf("taken, but %v", err)
				}
			}
		}
	})
}

// sound checks what holds for whatever is read.
func sound(t *testing.T, got *collector, counts flow.Counts, err error) {
	t.Helper()
	var fe *record.FileError
	if err != nil {
		if !errors.As(err, &fe) || fe.Message == "" {
			t.Fatalf("not a fault of the file: %v", err)
		}
		return
	}
	if counts.Accepted != len(got.lines) || counts.Rejected != len(got.rejects) || counts.Rows != counts.Accepted+counts.Rejected ||
		len(got.flows) == 0 || len(got.totals) != len(got.flows) || len(got.docs) != len(got.flows) {
		t.Fatalf("%+v for %+v", counts, got)
	}
	var plain, said record.Cents
	rows := 0
	for _, l := range got.lines {
		plain += l.Amount
		if l.Line < 1 || l.IUV == "" || l.IUR == "" || l.Index < 0 || l.Index > 5 || l.Amount == 0 || l.On == 0 {
			t.Fatalf("line %+v", l)
		}
	}
	for _, total := range got.totals {
		said += total.Plain
		rows += total.Count
	}
	if plain != said || rows != counts.Rows {
		t.Fatalf("lines add up to %s, totals say %s; rows %d, totals say %d", plain, said, counts.Rows, rows)
	}
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

func BenchmarkReadSOAP(b *testing.B) {
	in := soapHead + wrapped(encoded(head+strings.Repeat(payment, 5000)+foot), "\n") + soapTail
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		counts, err := flow.ReadSOAP(b.Context(), strings.NewReader(in), flow.Options{TaxCode: entity}, discard{})
		if err != nil || counts.Accepted != 5000 {
			b.Fatal(err, counts)
		}
	}
}

func BenchmarkReadJSON(b *testing.B) {
	in := strings.Replace(jsonBase, jsonRow, strings.Repeat(jsonRow+",\n", 4999)+jsonRow, 1)
	b.SetBytes(int64(len(in)))
	b.ReportAllocs()
	for b.Loop() {
		counts, err := flow.ReadJSONParts(b.Context(), []flow.Part{part("", in)}, flow.Options{TaxCode: entity}, discard{})
		if err != nil || counts.Accepted != 5000 {
			b.Fatal(err, counts)
		}
	}
}

// BenchmarkPlainRead is what the others are held against: the hash of the
// bytes, which every file gets anyway.
func BenchmarkPlainRead(b *testing.B) {
	in := head + strings.Repeat(payment, 5000) + foot
	b.SetBytes(int64(len(in)))
	for b.Loop() {
		if _, err := io.Copy(sha256.New(), strings.NewReader(in)); err != nil {
			b.Fatal(err)
		}
	}
}
