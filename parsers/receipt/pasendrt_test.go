package receipt_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/receipt"
)

// tari is the line of testdata/pasendrt_v1.xml.
func tari() record.ReceiptLine {
	const id = "c110729d258c4ab1b765fe902aae41d6"
	return record.ReceiptLine{
		Line: 23, IUV: "01000000000000144", IUR: id, Index: 1, Amount: 2000, Total: 3000, Outcome: "0",
		PaidOn: record.NewDate(2026, 10, 26), ReceiptID: id, ReceivedAt: time.Date(2026, 10, 26, 22, 30, 0, 123e6, time.UTC), Context: id,
		Beneficiary: entity, PSP: "BCITITMM", PSPName: "Banca di Prova",
		PayerKind: "F", PayerCode: "PRVGNN80A41L840Y", PayerName: "Gianna Prova",
		Remittance: "/RFB/01000000000000144/20.00/TXT/TARI 2026", Collection: "9/0101100IM/",
	}
}

// building are the lines of testdata/pasendrt_v2_soap.xml.
func building() []record.ReceiptLine {
	const id = "c110729d258c4ab1b765fe902aae41d7"
	duties := record.ReceiptLine{
		Line: 36, IUV: "01000000000000245", IUR: id, Index: 2, Amount: 5000, Total: 7600, Outcome: "0", OutcomeTag: "STAND_IN",
		PaidOn: record.NewDate(2026, 10, 26), ReceiptID: id, ReceivedAt: time.Date(2026, 10, 26, 11, 30, 0, 0, time.UTC), Context: id,
		Beneficiary: entity, PSP: "BCITITMM", PSPName: "Banca di Prova",
		PayerKind: "G", PayerCode: "90011120236", PayerName: "Società di Prova",
		Remittance: "Diritti dell'ente", Collection: "9/0101101IM/", OwnerCode: other, OwnerName: "Comune Primario",
		Metadata: "NOTIFICATION_FEE=200\nRC_CAP_1=E-3001\nRC_IMP_1=50.00\nRC_TIP_1=CORRISPETTIVO_DL118",
	}
	stamp := duties
	stamp.Line, stamp.Index, stamp.Amount, stamp.Stamp = 49, 3, 1600, true
	stamp.Remittance, stamp.Collection, stamp.Metadata = "Marca da bollo", "9/0101104TS/", "NOTIFICATION_FEE=200"
	return []record.ReceiptLine{duties, stamp}
}

func TestReadPaSendRT(t *testing.T) {
	t.Parallel()
	v1, v2 := sample(t, "pasendrt_v1.xml"), sample(t, "pasendrt_v2_soap.xml")
	withoutIBAN := put(t, v2, "<MBDAttachment>PG1hcmNhRGFCb2xsby8+</MBDAttachment>", "")
	change := func(l record.ReceiptLine, to func(*record.ReceiptLine)) []record.ReceiptLine {
		to(&l)
		return []record.ReceiptLine{l}
	}
	for _, tc := range []struct {
		name, in string
		version  string
		want     []record.ReceiptLine
	}{
		{"of one entity with the share of another", v1, "1", []record.ReceiptLine{tari()}},
		{"of another entity's notice, with a stamp, in an envelope", v2, "2", building()},
		{"bare, as MyPay stores it", strings.Repeat("\n", 5) + bareReceipt(v1), "", []record.ReceiptLine{tari()}},
		{"with a prefix on every element", strings.NewReplacer("</", "</q:", "<", "<q:").Replace(strings.Repeat("\n", 5) + bareReceipt(v1)), "", []record.ReceiptLine{tari()}},
		{"in base64 in an envelope", envelope("paaInviaRT", bareReceipt(v1)), "", change(tari(), func(l *record.ReceiptLine) { l.Line = 2 })},
		{"with neither IBAN nor stamp", withoutIBAN, "2", building()},
		{"with neither IBAN nor stamp in the first version", without(t, v1, "IBAN"), "1", []record.ReceiptLine{tari()}},
		{"with stand-in as the examples write it", strings.ReplaceAll(v2, "standIn", "standin"), "2", building()},
		{"with stand-in beside the receipt", put(t, put(t, v2, "<standIn>true</standIn>", ""), "<receipt>", "<standin>1</standin><receipt>"), "2", building()},
		{"without the instant of the payment: the day the PSP booked it", without(t, v1, "paymentDateTime"), "1", change(tari(), func(l *record.ReceiptLine) {
			l.ReceivedAt, l.PaidOn = time.Time{}, record.NewDate(2026, 10, 27)
		})},
		{"without that either: the day of the credit", without(t, without(t, v1, "paymentDateTime"), "applicationDate"), "1", change(tari(), func(l *record.ReceiptLine) {
			l.ReceivedAt, l.PaidOn = time.Time{}, record.NewDate(2026, 10, 28)
		})},
		{"paid before midnight in UTC and after it in Rome", put(t, v1, "2026-10-26T23:30:00.123", "2026-10-26T23:30:00.123Z"), "1", change(tari(), func(l *record.ReceiptLine) {
			l.ReceivedAt, l.PaidOn = l.ReceivedAt.Add(time.Hour), record.NewDate(2026, 10, 27)
		})},
		{"without a text of its own for the transfer", put(t, v1, "<remittanceInformation>/RFB/01000000000000144/20.00/TXT/TARI 2026</remittanceInformation>", ""), "1", change(tari(), func(l *record.ReceiptLine) {
			l.Remittance = "TARI 2026"
		})},
		{"with a category of an older form", put(t, v1, ">0101100IM<", ">1/abc<"), "1", change(tari(), func(l *record.ReceiptLine) { l.Collection = "1/abc" })},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, _ := taken(t, receipt.ReadPaSendRT, tc.in, entity)
			want := tc.want
			if strings.Contains(tc.name, "without") || strings.Contains(tc.name, "beside") {
				moved(got.lines, want[0].Line) // elements before it are gone or added
				want = moved(append([]record.ReceiptLine{}, want...), want[0].Line)
			}
			if diff := cmp.Diff(want, got.lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if d := got.docs[0]; d.Version != tc.version || d.Format != receipt.FormatPaSendRT || d.Kind != record.KindReceipts {
				t.Errorf("document %+v, want version %q", d, tc.version)
			}
		})
	}
}

func TestReadPaSendRTForAnyEntity(t *testing.T) {
	t.Parallel()
	got, _ := taken(t, receipt.ReadPaSendRT, sample(t, "pasendrt_v1.xml"), "")
	if len(got.lines) != 2 || got.lines[1].Beneficiary != other || got.lines[1].OwnerCode != entity || got.lines[0].OwnerCode != "" {
		t.Errorf("lines %+v", got.lines)
	}
}

func TestReadPaSendRTOfAFailedPayment(t *testing.T) {
	t.Parallel()
	got, s := taken(t, receipt.ReadPaSendRT, put(t, sample(t, "pasendrt_v1.xml"), ">OK<", ">KO<"), entity)
	if len(got.lines) != 0 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "KO") {
		t.Errorf("%d lines, warnings %q", len(got.lines), s.Warnings)
	}
}

func TestReadPaSendRTKeepsTheMetadataOfTheTransferFirst(t *testing.T) {
	t.Parallel()
	entries := func(prefix string, n int) string {
		s := "<metadata>"
		for i := range n {
			s += fmt.Sprintf("<mapEntry><key>%s%02d</key><value>a\nb</value></mapEntry>", prefix, i)
		}
		return s + "</metadata>"
	}
	in := put(t, sample(t, "pasendrt_v1.xml"), "<transferCategory>0101100IM</transferCategory>", "<transferCategory>0101100IM</transferCategory>"+entries("T", 14))
	in = put(t, in, "</receipt>", entries("R", 3)+"</receipt>")
	got, s := taken(t, receipt.ReadPaSendRT, in, entity)
	pairs := strings.Split(got.lines[0].Metadata, "\n")
	if len(pairs) != 15 || pairs[0] != "R00=a b" || pairs[1] != "T00=a b" || pairs[14] != "T13=a b" {
		t.Errorf("metadata %q", pairs)
	}
	if len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "2 metadati") {
		t.Errorf("warnings %q", s.Warnings)
	}
}

func TestReadPaSendRTRefusesTheFile(t *testing.T) {
	t.Parallel()
	v1 := sample(t, "pasendrt_v1.xml")
	first := v1[strings.Index(v1, "<transfer>") : strings.Index(v1, "</transfer>")+len("</transfer>")]
	for _, tc := range []struct {
		name, in string
		taxCode  string
		code     record.FileCode
		hint     string
	}{
		{"of which nothing is ours", v1, "90011120236", record.FileEntity, entity + ", " + other},
		{"whose total is not the sum", put(t, v1, ">30.00<", ">30.01<"), entity, record.FileContent, "sommano 30,00, il totale pagato è 30,01"},
		{"with another's amount that is none", put(t, v1, ">10.00<", ">10<"), entity, record.FileContent, "transferAmount"},
		{"of no money", put(t, v1, ">30.00<", ">0.00<"), entity, record.FileContent, "paymentAmount"},
		{"of an unknown outcome", put(t, v1, ">OK<", ">NO<"), entity, record.FileContent, "outcome"},
		{"without id", without(t, v1, "receiptId"), entity, record.FileContent, "receiptId"},
		{"without IUV", without(t, v1, "creditorReferenceId"), entity, record.FileContent, "creditorReferenceId"},
		{"with an id of 36 characters", put(t, v1, "c110729d258c4ab1b765fe902aae41d6", strings.Repeat("c", 36)), entity, record.FileContent, "35 caratteri"},
		{"without transfers", without(t, v1, "transferList"), entity, record.FileContent, "transferList"},
		{"of six transfers", put(t, v1, first, strings.Repeat(first, 5)), entity, record.FileContent, "cinque"},
		{"with a total twice", put(t, v1, "<paymentAmount>", "<paymentAmount>1.00</paymentAmount><paymentAmount>"), entity, record.FileContent, "ripetuto"},
		{"without its receipt", `<paSendRTReq><idPA>1</idPA></paSendRTReq>`, entity, record.FileContent, "receipt"},
		{"that is an answer", `<Envelope><Body><paSendRTRes><outcome>OK</outcome></paSendRTRes></Body></Envelope>`, entity, record.FileContent, "Envelope"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			refused(t, receipt.ReadPaSendRT, tc.in, receipt.Options{TaxCode: tc.taxCode}, tc.code, tc.hint)
		})
	}
}

func TestReadPaSendRTRejectsATransfer(t *testing.T) {
	t.Parallel()
	v1 := sample(t, "pasendrt_v1.xml")
	v2 := sample(t, "pasendrt_v2_soap.xml")
	undated := without(t, without(t, without(t, v1, "paymentDateTime"), "applicationDate"), "transferDate")
	for _, tc := range []struct {
		name, in     string
		code         record.RejectCode
		column, hint string
	}{
		{"that nobody dates", undated, record.RejectMissing, "paymentDateTime", "transferDate"},
		{"on a day that does not exist", put(t, v1, "2026-10-26T23", "2026-02-30T23"), record.RejectDate, "paymentDateTime", "AAAA-MM-GG"},
		{"at 25 o'clock", put(t, v1, "T23:30:00.123", "T25:30:00"), record.RejectDate, "paymentDateTime", "AAAA-MM-GG"},
		{"with index six", put(t, v1, "<idTransfer>1", "<idTransfer>6"), record.RejectIndex, "idTransfer", "da 1 a 5"},
		{"with the index of another", put(t, v2, "<idTransfer>3", "<idTransfer>2"), record.RejectDuplicate, "idTransfer", "stesso indice"},
		{"of nothing", put(t, put(t, v1, ">20.00<", ">0.00<"), ">30.00<", ">10.00<"), record.RejectNotPositive, "transferAmount", "maggiore di zero"},
		{"with a category of 141 characters", put(t, v1, ">0101100IM<", ">"+strings.Repeat("1", 141)+"<"), record.RejectTooLong, "transferCategory", "140"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			rejected(t, receipt.ReadPaSendRT, tc.in, tc.code, tc.column, tc.hint)
		})
	}
}

func TestReadPaSendRTStopsWithTheSink(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	in := put(t, sample(t, "pasendrt_v2_soap.xml"), "<idTransfer>3", "<idTransfer>7")
	for _, stage := range []string{"doc", "receipt", "reject"} {
		if _, err := receipt.ReadPaSendRT(t.Context(), strings.NewReader(in), receipt.Options{TaxCode: entity}, &collector{fail: stage, err: full}); !errors.Is(err, full) {
			t.Errorf("at %s: got %v, want the error of the sink", stage, err)
		}
	}
}
