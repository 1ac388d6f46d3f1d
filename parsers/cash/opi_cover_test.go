package cash_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

func TestOPICovers(t *testing.T) {
	good := string(fixture(t, "opi_1_6.xml"))
	const written = "<sospeso><numero_provvisorio>1201</numero_provvisorio><importo_provvisorio>150.00</importo_provvisorio></sospeso>"
	cover := func(number, amount string) string {
		return "<sospeso><numero_provvisorio>" + number + "</numero_provvisorio><importo_provvisorio>" + amount + "</importo_provvisorio></sospeso>"
	}
	tests := []struct {
		name, operation, sospesi string
		want                     []record.Cover
		reject                   *record.Reject
	}{
		{name: "two provvisori in part", sospesi: cover("0001201", "100.00") + cover("1202", "50"), want: []record.Cover{{Number: "1201", Amount: 10000}, {Number: "1202", Amount: 5000}}},
		{name: "none: an order collected at the counter", sospesi: ""},
		{name: "number of zero and no amount: none", sospesi: cover("0", "0.00")},
		{name: "number without amount, as up to 1.4", sospesi: "<numero_sospeso>1201</numero_sospeso>", want: []record.Cover{{Number: "1201", Amount: 15000}}},
		{name: "number of zero up to 1.4", sospesi: "<numero_sospeso>0</numero_sospeso>"},
		{name: "cover undone with a minus", operation: "STORNATO", sospesi: cover("1201", "-150.00"), want: []record.Cover{{Number: "1201", Amount: 15000}}},
		{name: "cover undone, number in the reversed bolletta", operation: "STORNATO", sospesi: "<numero_bolletta_quietanza_storno>74</numero_bolletta_quietanza_storno>" + cover("0", "150.00"), want: []record.Cover{{Number: "74", Amount: 15000}}},
		{name: "cover restored, number in the bolletta", operation: "RIPRISTINATO", sospesi: "<numero_bolletta_quietanza>75</numero_bolletta_quietanza>" + cover("", "150.00"), want: []record.Cover{{Number: "75", Amount: 15000}}},
		{name: "amount without number", sospesi: cover("0", "150.00"), reject: &record.Reject{Column: "numero_provvisorio", Code: record.RejectMissing, Value: "0"}},
		{name: "number that is none", sospesi: cover("12A", "150.00"), reject: &record.Reject{Column: "numero_provvisorio", Code: record.RejectNumber, Value: "12A"}},
		{name: "amount that is none", sospesi: cover("1201", "abc"), reject: &record.Reject{Column: "importo_provvisorio", Code: record.RejectAmount, Value: "abc"}},
		{name: "less than nothing covered", sospesi: cover("1201", "-1.00"), reject: &record.Reject{Column: "importo_provvisorio", Code: record.RejectNotPositive, Value: "-1.00"}},
		{name: "two numbers without amounts", sospesi: "<numero_sospeso>1201</numero_sospeso><numero_sospeso>1202</numero_sospeso>", reject: &record.Reject{Column: "importo_provvisorio", Code: record.RejectMissing}},
		{name: "more provvisori than the schemas allow", sospesi: strings.Repeat(cover("1201", "1.00"), 1001), reject: &record.Reject{Column: "sospeso", Code: record.RejectTooLong}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			document := strings.Replace(good, written, tt.sospesi, 1)
			if tt.operation != "" {
				const order = "<tipo_documento>REVERSALE</tipo_documento>\n\t\t\t<tipo_operazione>"
				if !strings.Contains(document, order+"ESEGUITO") {
					t.Fatal("the fixture has no executed order")
				}
				document = strings.Replace(document, order+"ESEGUITO", order+tt.operation, 1)
			}
			got := mustRead(t, cash.ReadOPI, strings.NewReader(document), cash.Options{TaxCode: ours})
			if tt.reject != nil {
				if len(got.rejects) == 0 {
					t.Fatalf("no reject, movements %+v", got.movements)
				}
				tt.reject.Line = got.rejects[0].Line
				wantRejects(t, got.rejects, []record.Reject{*tt.reject})
				return
			}
			if len(got.rejects) > 0 {
				t.Fatalf("rejects %+v", got.rejects)
			}
			for _, m := range got.movements {
				if m.Document != record.DocReversale && m.Covers != nil {
					t.Errorf("%+v covers something", m)
				}
				if m.Document == record.DocReversale {
					if diff := cmp.Diff(tt.want, m.Covers); diff != "" {
						t.Errorf("covers (-want +got):\n%s", diff)
					}
				}
			}
		})
	}
}
