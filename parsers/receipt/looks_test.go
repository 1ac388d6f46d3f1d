package receipt_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/receipt"
)

func TestLooksLike(t *testing.T) {
	t.Parallel()
	rt, v1, v2 := sample(t, "rt_6_2.xml"), sample(t, "pasendrt_v1.xml"), sample(t, "pasendrt_v2_soap.xml")
	_, noProlog, _ := strings.Cut(rt, "?>")
	utf16 := "\xFF\xFE" + strings.Join(strings.Split(sample(t, "bizevent.json"), ""), "\x00") + "\x00"
	opi, err := os.ReadFile(filepath.Join("..", "cash", "testdata", "opi_1_6.xml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, in string
		want     string
	}{
		{"an RT", rt, receipt.FormatRT},
		{"the start of an RT", rt[:300], receipt.FormatRT},
		{"an RT in an envelope", "<s:Envelope><s:Body>" + noProlog + "</s:Body></s:Envelope>", receipt.FormatRT},
		{"an RT in base64", envelope("paaInviaRT", rt), receipt.FormatRT},
		{"the start of an RT in base64", envelope("nodoChiediCopiaRTRisposta", rt)[:400], receipt.FormatRT},
		{"a paSendRT", v1, receipt.FormatPaSendRT},
		{"a paSendRT in an envelope", v2, receipt.FormatPaSendRT},
		{"the start of a paSendRT in an envelope", v2[:400], receipt.FormatPaSendRT},
		{"a bare receipt", bareReceipt(v1), receipt.FormatPaSendRT},
		{"a receipt of the service", sample(t, "service.json"), receipt.FormatJSON},
		{"a biz event", sample(t, "bizevent.json"), receipt.FormatJSON},
		{"a biz event with a byte-order mark", "\xEF\xBB\xBF" + sample(t, "bizevent.json"), receipt.FormatJSON},
		{"a biz event in UTF-16", utf16, receipt.FormatJSON},
		{"what MyPay sends", sample(t, "mypay_secondary.json"), receipt.FormatJSON},
		{"an array of receipts", "[ " + sample(t, "service.json") + "]", receipt.FormatJSON},
		{"the start of a receipt", sample(t, "service.json")[:300], receipt.FormatJSON},

		{"nothing", "", ""},
		{"an RPT", `<RPT xmlns="http://www.digitpa.gov.it/schemas/2011/Pagamenti/"><versioneOggetto>6.2</versioneOggetto></RPT>`, ""},
		{"a flow", `<FlussoRiversamento xmlns="http://www.digitpa.gov.it/schemas/2011/Pagamenti/"><versioneOggetto>1.0</versioneOggetto></FlussoRiversamento>`, ""},
		{"a flow in an envelope", "<Envelope><Body><nodoChiediFlussoRendicontazioneRisposta><xmlRendicontazione>PEZsdXNzbw==</xmlRendicontazione></nodoChiediFlussoRendicontazioneRisposta></Body></Envelope>", ""},
		{"the answer to a paSendRT", "<Envelope><Body><paSendRTRes><outcome>OK</outcome></paSendRTRes></Body></Envelope>", ""},
		{"an answer without its copy", "<Envelope><Body><nodoChiediCopiaRTRisposta><rt/></nodoChiediCopiaRTRisposta></Body></Envelope>", ""},
		{"a giornale di cassa", string(opi), ""},
		{"an element RT of something else", "<RT><speed>1</speed></RT>", ""},
		{"an element receipt of something else", "<receipt><item/></receipt>", ""},
		{"an export of receipts", current(v13(), values()), ""},
		{"the payments of a flow in JSON", `{"metadata":{"pageSize":1},"count":1,"data":[{"index":1,"iuv":"1","iur":"2","idTransfer":1,"pay":1.5,"payStatus":"EXECUTED"}]}`, ""},
		{"a flow in JSON", `{"fdr":"2026-10-27BCITITMM-S001","revision":1,"sender":{"id":"x"},"receiver":{"id":"y"},"totPayments":1}`, ""},
		{"a JSON of names that are values", `{"a":["receiptId","creditorReferenceId","paymentAmount"]}`, ""},
		{"an array of numbers", "[1,2]", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			head := []byte(tc.in)
			for format, looks := range map[string]bool{
				receipt.FormatRT: receipt.LooksLikeRT(head), receipt.FormatPaSendRT: receipt.LooksLikePaSendRT(head), receipt.FormatJSON: receipt.LooksLikeReceiptJSON(head),
			} {
				if looks != (format == tc.want) {
					t.Errorf("%s: %v, it is %q", format, looks, tc.want)
				}
			}
		})
	}
}

// fuzz checks what holds of whatever a reader makes of its input.
func fuzz(f *testing.F, read face) {
	f.Fuzz(func(t *testing.T, in, taxCode string) {
		c := &collector{}
		s, err := read(t.Context(), strings.NewReader(in), receipt.Options{TaxCode: taxCode}, c)
		var fe *record.FileError
		if err != nil && (!errors.As(err, &fe) || fe.Message == "" || fe.Code == "") {
			t.Fatalf("not a fault of the file: %v", err)
		}
		if s.Accepted != len(c.lines) || s.Rejected != len(c.rejects) || s.Rows != s.Accepted+s.Rejected {
			t.Fatalf("%d lines, %d rejects, %+v", len(c.lines), len(c.rejects), s)
		}
		for _, l := range c.lines {
			if l.IUV == "" || l.IUR == "" || l.Amount <= 0 || l.Amount > l.Total || l.Index < 1 || l.Index > 5 || l.PaidOn == 0 || l.Line < 1 || l.Beneficiary == "" {
				t.Fatalf("line %+v", l)
			}
			if taxCode != "" && !strings.EqualFold(l.Beneficiary, taxCode) {
				t.Fatalf("a line of %s for %s", l.Beneficiary, taxCode)
			}
		}
		for _, r := range c.rejects {
			if r.Code == "" || r.Reason == "" || r.Line < 1 {
				t.Fatalf("reject %+v", r)
			}
		}
	})
}

func FuzzReadRT(f *testing.F) {
	rt := sample(f, "rt_6_2.xml")
	f.Add(rt, entity)
	f.Add(envelope("paaInviaRT", rt), "")
	f.Add(strings.Replace(rt, "IUR-2", "", 1), entity)
	fuzz(f, receipt.ReadRT)
}

func FuzzReadPaSendRT(f *testing.F) {
	f.Add(sample(f, "pasendrt_v1.xml"), entity)
	f.Add(sample(f, "pasendrt_v2_soap.xml"), entity)
	f.Add(bareReceipt(sample(f, "pasendrt_v1.xml")), "")
	fuzz(f, receipt.ReadPaSendRT)
}

func FuzzReadJSON(f *testing.F) {
	for _, name := range []string{"service.json", "bizevent.json", "mypay_secondary.json"} {
		f.Add(sample(f, name), entity)
		f.Add("["+sample(f, name)+"]", "")
	}
	f.Add(`{"debtorPosition":{},"paymentInfo":{}}`, "")
	fuzz(f, receipt.ReadJSON)
}
