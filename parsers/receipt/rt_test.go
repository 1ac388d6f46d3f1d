package receipt_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/receipt"
	"quadra/parsers/xmlscan"
)

// rtLines are those of testdata/rt_6_2.xml.
func rtLines() []record.ReceiptLine {
	duties := record.ReceiptLine{
		Line: 46, IUV: "RF23017D0000000000123", IUR: "IUR-2", Index: 2, Amount: 3000, Total: 4600, Outcome: "2", OutcomeTag: "PAGATO",
		PaidOn: record.NewDate(2026, 10, 26), ReceiptID: "RT20261026101500001", ReceivedAt: time.Date(2026, 10, 26, 9, 15, 0, 0, time.UTC),
		Context: "CCP-1", Beneficiary: entity, PSP: "BCITITMM", PSPName: "Banca di Prova",
		PayerKind: "F", PayerCode: "PRVGNN80A41L840Y", PayerName: "PROVA GIANNA",
		Remittance: "/RFB/RF23017D0000000000123/30.00/TXT/Diritti & spese", Collection: "9/0101100IM/",
	}
	stamp := duties
	stamp.Line, stamp.IUR, stamp.Index, stamp.Amount, stamp.OutcomeTag = 55, "IUR-3", 3, 1600, ""
	stamp.Remittance, stamp.Collection, stamp.Stamp = "Marca da bollo", "9/BOLLO", true
	return []record.ReceiptLine{duties, stamp}
}

// signed is the RT of the samples in an envelope that openssl made.
func signed(t *testing.T) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "cms", "testdata", "rt_6_2.xml.p7m"))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestReadRTSaysWhatItDoesNotRelyOn takes receipts that are signed, or written with
// the partita IVA of the entity, and says so.
func TestReadRTSaysWhatItDoesNotRelyOn(t *testing.T) {
	t.Parallel()
	rt := sample(t, "rt_6_2.xml")
	const domain = ">G</pay_i:tipoIdentificativoUnivoco>\n      <pay_i:codiceIdentificativoUnivoco>"
	for _, tc := range []struct{ name, in, warning string }{
		{"signed in itself", put(t, rt, "</pay_i:RT>", "<Signature><Reference/><Reference/></Signature></pay_i:RT>"), "firmata, firma non verificata"},
		{"signed in the message that brings it", envelope("paaInviaRT", string(signed(t))), "firmata, firma non verificata"},
		{
			"for a beneficiary that is not the domain", put(t, rt, domain+entity, domain+"00998870778"),
			"l'ente beneficiario della ricevuta è 00998870778, il suo dominio " + entity + ": vale il dominio",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, _ := taken(t, receipt.ReadRT, tc.in, entity)
			if len(got.lines) != len(rtLines()) || len(got.docs) != 1 || !slices.Equal(got.docs[0].Warnings, []string{tc.warning}) {
				t.Errorf("%d lines, %+v", len(got.lines), got.docs)
			}
			for _, l := range got.lines {
				if l.Beneficiary != entity {
					t.Errorf("beneficiary %s", l.Beneficiary)
				}
			}
		})
	}
}

// moved gives all lines one line of the document.
func moved(lines []record.ReceiptLine, line int) []record.ReceiptLine {
	for i := range lines {
		lines[i].Line = line
	}
	return lines
}

func TestReadRT(t *testing.T) {
	t.Parallel()
	rt := sample(t, "rt_6_2.xml")
	_, noProlog, _ := strings.Cut(rt, "?>")
	withoutPrefix := strings.NewReplacer("pay_i:", "", "xmlns:pay_i", "xmlns").Replace(rt)
	for _, tc := range []struct {
		name, in string
		want     []record.ReceiptLine
	}{
		{"paid in part: one payment of nothing, one of money, one stamp", rt, rtLines()},
		{"in the default namespace", withoutPrefix, rtLines()},
		{"with another prefix", strings.ReplaceAll(rt, "pay_i", "ns2"), rtLines()},
		{"in an envelope", "<s:Envelope><s:Body>" + noProlog + "</s:Body></s:Envelope>", moved(rtLines(), 0)},
		{"in base64 in the message that brings it", envelope("paaInviaRT", rt), moved(rtLines(), 2)},
		{"in base64 in the answer to a request for a copy", envelope("nodoChiediCopiaRTRisposta", withoutPrefix), moved(rtLines(), 2)},
		{"with the context in lower case", strings.ReplaceAll(rt, "CodiceContesto", "codiceContesto"), rtLines()},
		{"with the instant in another zone", put(t, rt, "2026-10-26T10:15:00", "2026-10-26T11:15:00.5+02:00"), func() []record.ReceiptLine {
			lines := rtLines()
			for i := range lines {
				lines[i].ReceivedAt = lines[i].ReceivedAt.Add(500 * time.Millisecond)
			}
			return lines
		}()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, s := taken(t, receipt.ReadRT, tc.in, entity)
			if tc.want[0].Line == 0 {
				moved(got.lines, 0)
			}
			if diff := cmp.Diff(tc.want, got.lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			want := record.Doc{Kind: record.KindReceipts, Format: receipt.FormatRT, Version: "6.2.0", Encoding: "UTF-8"}
			if diff := cmp.Diff([]record.Doc{want}, got.docs); diff != "" || len(s.Warnings) > 0 {
				t.Errorf("document (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRTOfNothingPaid(t *testing.T) {
	t.Parallel()
	rt := without(t, sample(t, "rt_6_2.xml"), "pay_i:datiSingoloPagamento")
	rt = put(t, rt, "46.00", "0.00")
	for _, outcome := range []string{"1", "3"} {
		got, s := taken(t, receipt.ReadRT, put(t, rt, "codiceEsitoPagamento>2", "codiceEsitoPagamento>"+outcome), entity)
		if len(got.lines) != 0 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "esito "+outcome) {
			t.Errorf("outcome %s: %d lines, warnings %q", outcome, len(got.lines), s.Warnings)
		}
		if diff := cmp.Diff(s.Warnings, got.docs[0].Warnings); diff != "" {
			t.Errorf("the document has other warnings:\n%s", diff)
		}
	}
}

func TestReadRTForAnyEntity(t *testing.T) {
	t.Parallel()
	if got, _ := taken(t, receipt.ReadRT, sample(t, "rt_6_2.xml"), ""); len(got.lines) != 2 {
		t.Errorf("%d lines", len(got.lines))
	}
}

func TestReadRTRefusesTheFile(t *testing.T) {
	t.Parallel()
	rt := sample(t, "rt_6_2.xml")
	bare := strings.ReplaceAll(rt, "pay_i:", "")
	base := receipt.Options{TaxCode: entity}
	for _, tc := range []struct {
		name, in string
		opt      receipt.Options
		code     record.FileCode
		hint     string
	}{
		{"of another domain", strings.ReplaceAll(rt, entity, other), base, record.FileEntity, other},
		{"whose total is not the sum", put(t, rt, "46.00", "46.01"), base, record.FileContent, "importoTotalePagato è 46,01, ma i pagamenti della ricevuta sommano 46,00"},
		{"with an amount of one decimal", put(t, rt, "30.00", "30.0"), base, record.FileContent, "singoloImportoPagato"},
		{"with a negative amount", put(t, rt, "30.00", "-30.00"), base, record.FileContent, "negativo"},
		{"without a total", without(t, rt, "pay_i:importoTotalePagato"), base, record.FileContent, "importoTotalePagato"},
		{"of an unknown outcome", put(t, rt, "codiceEsitoPagamento>2", "codiceEsitoPagamento>5"), base, record.FileContent, "codiceEsitoPagamento"},
		{"that says nothing was paid and has payments", put(t, rt, "codiceEsitoPagamento>2", "codiceEsitoPagamento>1"), base, record.FileContent, "non è stato pagato niente"},
		{"without IUV", without(t, rt, "pay_i:identificativoUnivocoVersamento"), base, record.FileContent, "identificativoUnivocoVersamento"},
		{"without domain", without(t, rt, "pay_i:dominio"), base, record.FileContent, "identificativoDominio"},
		{"with an IUV of 36 characters", put(t, rt, ">RF23017D0000000000123<", ">"+strings.Repeat("1", 36)+"<"), base, record.FileContent, "35 caratteri"},
		{"at an instant that is none", put(t, rt, "2026-10-26T10:15:00", "2026-10-26"), base, record.FileContent, "dataOraMessaggioRicevuta"},
		{"with a total twice", put(t, bare, "<importoTotalePagato>", "<importoTotalePagato>1.00</importoTotalePagato><importoTotalePagato>"), base, record.FileContent, "ripetuto"},
		{"with text between its elements", put(t, bare, "<dominio>", "x<dominio>"), base, record.FileContent, "fuori posto"},
		{"that is another document", "<FlussoRiversamento/>", base, record.FileContent, "FlussoRiversamento"},
		{"that is an envelope of nothing", "<Envelope><Body/></Envelope>", base, record.FileContent, "Envelope"},
		{"that is cut", rt[:900], base, record.FileTruncated, ""},
		{"with a bare ampersand", put(t, rt, "&amp;", "&"), base, record.FileSyntax, ""},
		{"in base64 that is none", "<Envelope><rt>????</rt></Envelope>", base, record.FileContent, "base64"},
		{"in base64 that is cut", envelope("paaInviaRT", rt[:900]), base, record.FileTruncated, "base64"},
		{"in base64 and signed", envelope("paaInviaRT", string(signed(t)[:3000])), base, record.FileTruncated, "p7m"},
		{"in base64 in base64", envelope("paaInviaRT", envelope("paaInviaRT", rt)), base, record.FileContent, "Envelope"},
		{"larger than a receipt may be", rt, receipt.Options{TaxCode: entity, MaxReceipt: len(rt) - 1}, record.FileLimit, "byte"},
		{"with too many elements", "<RT>" + strings.Repeat("<a/>", 5000) + "</RT>", base, record.FileLimit, "5000"},
		{"nested too deep", rt, receipt.Options{TaxCode: entity, XML: xmlscan.Limits{MaxDepth: 2}}, record.FileLimit, ""},
		{"that is empty", "", base, record.FileEmpty, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			refused(t, receipt.ReadRT, tc.in, tc.opt, tc.code, tc.hint)
		})
	}
}

func TestReadRTTakesTheLargestReceipt(t *testing.T) {
	t.Parallel()
	rt := sample(t, "rt_6_2.xml")
	c := &collector{}
	if _, err := receipt.ReadRT(t.Context(), strings.NewReader(rt), receipt.Options{TaxCode: entity, MaxReceipt: len(rt)}, c); err != nil || len(c.lines) != 2 {
		t.Errorf("%v, %d lines", err, len(c.lines))
	}
}

func TestReadRTRejectsAPayment(t *testing.T) {
	t.Parallel()
	rt := sample(t, "rt_6_2.xml")
	start, end := strings.Index(rt, "<pay_i:datiSingoloPagamento>"), strings.Index(rt, "</pay_i:datiSingoloPagamento>")
	const paidOn = "2026-10-26</pay_i:dataEsitoSingoloPagamento>\n      <pay_i:identificativoUnivocoRiscossione>IUR-2"
	nothing := rt[start : end+len("</pay_i:datiSingoloPagamento>")]
	for _, tc := range []struct {
		name, in     string
		code         record.RejectCode
		column, hint string
	}{
		{"without IUR", put(t, rt, "IUR-2", ""), record.RejectMissing, "identificativoUnivocoRiscossione", "obbligatorio"},
		{"with an IUR of 36 characters", put(t, rt, "IUR-2", strings.Repeat("1", 36)), record.RejectTooLong, "identificativoUnivocoRiscossione", "35"},
		{"with a remittance text of 1025 characters", put(t, rt, "Marca da bollo", strings.Repeat("à", 1025)), record.RejectTooLong, "causaleVersamento", "1024"},
		{"on a day that does not exist", put(t, rt, paidOn, strings.Replace(paidOn, "-26", "-32", 1)), record.RejectDate, "dataEsitoSingoloPagamento", "AAAA-MM-GG"},
		{"that is the sixth", put(t, rt, nothing, strings.Repeat(nothing, 4)), record.RejectIndex, "datiSingoloPagamento", "cinque"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := rejected(t, receipt.ReadRT, tc.in, tc.code, tc.column, tc.hint); len(got.lines) != 1 {
				t.Errorf("%d lines, want the other payment", len(got.lines))
			}
		})
	}
}

func TestReadRTUnpacksWhatMyPayPuts(t *testing.T) {
	t.Parallel()
	// In its field rt MyPay puts the element receipt of newer payments.
	in := "<Envelope><rt>\n" + base64.StdEncoding.EncodeToString([]byte(bareReceipt(sample(t, "pasendrt_v1.xml")))) + "\n</rt></Envelope>"
	got, _ := taken(t, receipt.ReadRT, in, entity)
	if len(got.lines) != 1 || got.docs[0].Format != receipt.FormatPaSendRT {
		t.Errorf("%d lines of %+v", len(got.lines), got.docs)
	}
}

func TestReadRTStopsWithTheSink(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	in := put(t, sample(t, "rt_6_2.xml"), "IUR-2", "")
	for _, stage := range []string{"doc", "receipt", "reject"} {
		if _, err := receipt.ReadRT(t.Context(), strings.NewReader(in), receipt.Options{}, &collector{fail: stage, err: full}); !errors.Is(err, full) {
			t.Errorf("at %s: got %v, want the error of the sink", stage, err)
		}
	}
}
