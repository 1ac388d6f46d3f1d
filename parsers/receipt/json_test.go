package receipt_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/receipt"
)

// compact is a JSON document on one line.
func compact(t *testing.T, in string) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(in)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func noon() time.Time { return time.Date(2026, 10, 26, 11, 30, 0, 0, time.UTC) }

// service is the line of testdata/service.json.
func service() record.ReceiptLine {
	l := tari()
	l.Line, l.Amount, l.Total, l.ReceivedAt = 1, 2010, 3010, noon()
	l.Remittance, l.Metadata = "TARI 2026", "TARI-TEFA-1=L840|2026|3944"
	return l
}

// events are the lines of testdata/bizevent.json.
func events() []record.ReceiptLine {
	l := service()
	l.IUV, l.IUR = "01000000000000346", "c110729d258c4ab1b765fe902aae41d8"
	l.ReceiptID, l.Context = l.IUR, l.IUR
	l.Amount, l.Total, l.Remittance, l.Metadata = 8500, 10100, "Diritti", ""
	l.ReceivedAt = l.ReceivedAt.Add(17744 * time.Microsecond)
	stamp := l
	stamp.Index, stamp.Amount, stamp.Stamp, stamp.Remittance, stamp.Collection = 2, 1600, true, "Marca da bollo", "9/0101104TS/"
	return []record.ReceiptLine{l, stamp}
}

// secondary is the line of testdata/mypay_secondary.json.
func secondary() record.ReceiptLine {
	l := service()
	l.IUV, l.IUR = "01000000000000447", "c110729d258c4ab1b765fe902aae41d9"
	l.ReceiptID, l.Context = l.IUR, l.IUR
	l.Index, l.Amount, l.Total, l.Remittance, l.Metadata, l.Collection = 2, 1000, 3000, "TEFA", "", "9/0201133AP/"
	l.DebtType, l.OwnerCode, l.OwnerName, l.OwnerTaxonomy = "EXPORT_ENTE_SECONDARIO", other, "Comune Primario", "9/0101100IM/"
	return l
}

func TestReadJSON(t *testing.T) {
	t.Parallel()
	receiptJSON, event, mypayJSON := sample(t, "service.json"), sample(t, "bizevent.json"), sample(t, "mypay_secondary.json")
	amounts := func(total, ours string) string {
		in := put(t, put(t, receiptJSON, `"paymentAmount": 30.1`, `"paymentAmount": `+total), `"transferAmount": 20.1`, `"transferAmount": `+ours)
		return put(t, in, `"transferAmount": 10,`, `"transferAmount": 0.50,`)
	}
	with := func(to func(*record.ReceiptLine)) []record.ReceiptLine {
		l := service()
		to(&l)
		return []record.ReceiptLine{l}
	}
	for _, tc := range []struct {
		name, in string
		want     []record.ReceiptLine
	}{
		{"a receipt of the service", receiptJSON, []record.ReceiptLine{service()}},
		{"a biz event", event, events()},
		{"what MyPay sends for a secondary entity", mypayJSON, []record.ReceiptLine{secondary()}},
		{
			"an array of all of them", "[\n" + compact(t, receiptJSON) + ",\n\n" + compact(t, event) + " ,\n" + compact(t, mypayJSON) + "]\n",
			[]record.ReceiptLine{moved([]record.ReceiptLine{service()}, 2)[0], moved(events(), 4)[0], moved(events(), 4)[1], moved([]record.ReceiptLine{secondary()}, 5)[0]},
		},
		{"one per line", compact(t, receiptJSON) + "\n" + compact(t, mypayJSON), []record.ReceiptLine{service(), moved([]record.ReceiptLine{secondary()}, 2)[0]}},
		{"an empty array", " []", nil},
		{"without the indices of its transfers", strings.ReplaceAll(put(t, receiptJSON, `"idTransfer": 1,`, ""), `"idTransfer": 2`, `"idTransfer": 0`), []record.ReceiptLine{service()}},
		{"with the day alone", put(t, receiptJSON, `"2026-10-26T12:30:00"`, "null"), with(func(l *record.ReceiptLine) { l.ReceivedAt = time.Time{} })},
		{"of a stamp", put(t, receiptJSON, `"mbdAttachment": null`, `"mbdAttachment": "PG1hcmNhLz4="`), with(func(l *record.ReceiptLine) { l.Stamp = true })},
		{"of stand-in", put(t, receiptJSON, `"metadata": []`, `"standin": true`), with(func(l *record.ReceiptLine) { l.OutcomeTag = "STAND_IN" })},
		{"of amounts no floating point number holds", amounts("9007199254740.99", "9007199254740.49"), with(func(l *record.ReceiptLine) { l.Amount, l.Total = 900719925474049, 900719925474099 })},
		{"of amounts as Java writes large ones", amounts("1.00000005E+7", "1.0E+7"), with(func(l *record.ReceiptLine) { l.Amount, l.Total = 1000000000, 1000000050 })},
		{"of amounts in text", amounts(`"20.5"`, `"20"`), with(func(l *record.ReceiptLine) { l.Amount, l.Total = 2000, 2050 })},
		{"an event with the IUR of the older model", put(t, event, `"iuv": "`, `"iur": "IUR-1", "iuv": "`), func() []record.ReceiptLine {
			lines := events()
			lines[0].IUR, lines[1].IUR = "IUR-1", "IUR-1"
			return lines
		}()},
		{"an event from before receipts had an id", put(t, event, `"receiptId": "c110729d258c4ab1b765fe902aae41d8",`, ""), events()},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, _ := taken(t, receipt.ReadJSON, tc.in, entity)
			if diff := cmp.Diff(tc.want, got.lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]record.Doc{{Kind: record.KindReceipts, Format: receipt.FormatJSON}}, got.docs); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadJSONLeavesOutWhatMyPayHasElsewhere(t *testing.T) {
	t.Parallel()
	in := sample(t, "mypay_secondary.json")
	for name, in := range map[string]string{
		"the issuer's own": strings.Replace(in, `"fiscalCodePA": "00998870778"`, `"fiscalCodePA": "`+entity+`"`, 1),
		"without IBAN":     in,
	} {
		doc := strings.Replace(in, `"IT86X0200812345000000111111"`, "null", 1)
		if name == "the issuer's own" {
			doc = strings.Replace(in, `"fiscalCode": "00998870778"`, `"fiscalCode": "`+entity+`"`, 1)
		}
		got, s := taken(t, receipt.ReadJSON, doc, entity)
		if len(got.lines) != 0 || len(s.Warnings) == 0 {
			t.Errorf("%s: %d lines, warnings %q", name, len(got.lines), s.Warnings)
		}
	}
}

func TestReadJSONTakesMyPaysPartOfTheTransfers(t *testing.T) {
	t.Parallel()
	got, s := taken(t, receipt.ReadJSON, put(t, sample(t, "mypay_secondary.json"), `"paymentAmount": 30.00`, `"paymentAmount": 46.00`), entity)
	if len(got.lines) != 1 || got.lines[0].Total != 4600 || len(s.Warnings) != 1 || !strings.Contains(s.Warnings[0], "sommano 30,00") {
		t.Errorf("lines %+v, warnings %q", got.lines, s.Warnings)
	}
}

func TestReadJSONRejectsAReceipt(t *testing.T) {
	t.Parallel()
	in := sample(t, "service.json")
	for _, tc := range []struct {
		name, in     string
		code         record.RejectCode
		column, hint string
	}{
		{"whose total is not the sum", put(t, in, "30.1,", "30.2,"), record.RejectAmount, "paymentAmount", "sommano 30,10"},
		{"with an amount of three decimals", put(t, in, "20.1,", "20.105,"), record.RejectAmount, "transferAmount", "due decimali"},
		{"with an amount with a comma", put(t, in, "20.1,", `"20,10",`), record.RejectAmount, "transferAmount", "due decimali"},
		{"with an amount of fractions of a cent", put(t, in, "20.1,", "2.01005E1,"), record.RejectAmount, "transferAmount", "due decimali"},
		{"with an amount of astronomers", put(t, in, "20.1,", "1E99,"), record.RejectAmount, "transferAmount", "due decimali"},
		{"with an amount that would fill the memory", put(t, in, "20.1,", "1E999999999,"), record.RejectAmount, "transferAmount", "due decimali"},
		{"with an amount that is true", put(t, in, "20.1,", "true,"), record.RejectAmount, "transferAmount", "due decimali"},
		{"without an amount", put(t, in, "20.1,", "null,"), record.RejectMissing, "transferAmount", "obbligatorio"},
		{"without IUV", put(t, in, `"01000000000000144"`, "null"), record.RejectMissing, "creditorReferenceId", "obbligatorio"},
		{"whose transfers are no list", put(t, put(t, in, `"transferList": [`, `"transferList": {"a": [`), "],\n  \"idPSP\"", "]},\n  \"idPSP\""), record.RejectSyntax, "transferList", "forma prevista"},
		{"whose IUV is a list", put(t, in, `"01000000000000144"`, "[]"), record.RejectSyntax, "", "forma prevista"},
		{"with index seven", put(t, in, `"idTransfer": 1`, `"idTransfer": 7`), record.RejectIndex, "idTransfer", "da 1 a 5"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			// The one after it is taken.
			got := rejected(t, receipt.ReadJSON, compact(t, tc.in)+"\n"+compact(t, in), tc.code, tc.column, tc.hint)
			if len(got.lines) != 1 || got.lines[0].Line != 2 {
				t.Errorf("lines %+v, want that of the next receipt", got.lines)
			}
		})
	}
}

func TestReadJSONRefusesTheFile(t *testing.T) {
	t.Parallel()
	in := compact(t, sample(t, "service.json"))
	base := receipt.Options{TaxCode: entity}
	for _, tc := range []struct {
		name, in string
		opt      receipt.Options
		code     record.FileCode
		hint     string
	}{
		{"of which nothing is ours", in, receipt.Options{TaxCode: "90011120236"}, record.FileEntity, entity + ", " + other},
		{"that is empty", "", base, record.FileEmpty, ""},
		{"of white space", " \n", base, record.FileEmpty, ""},
		{"that is no JSON", "IUD;codIuv", base, record.FileContent, "graffa"},
		{"that is an error of the service", `{"title":"Not Found","status":404}`, base, record.FileContent, "non è una ricevuta"},
		{"of numbers", "[1]", base, record.FileContent, "non è una ricevuta"},
		{"of nothing", "[null]", base, record.FileContent, "non è una ricevuta"},
		{"that is cut", in[:200], base, record.FileTruncated, "incompleto"},
		{"that is an array cut", "[" + in[:200], base, record.FileTruncated, "incompleto"},
		{"that is an array without end", "[", base, record.FileTruncated, "incompleto"},
		{"that is badly formed", "{\n" + strings.Replace(in[1:], ":", ";", 1), base, record.FileSyntax, "non è leggibile"},
		{"with a comma after the last receipt", "[],", base, record.FileContent, "dopo la fine"},
		{"with more after its array", "[] {}", base, record.FileContent, "dopo la fine"},
		{"nested too deep", `{"a":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + "}", base, record.FileLimit, "32"},
		{"with a receipt larger than one may be", "[" + in + "]", receipt.Options{MaxReceipt: len(in) - 1}, record.FileLimit, "byte"},
		{"with a receipt that does not end", `{"description":"` + strings.Repeat("x", 20000), receipt.Options{MaxReceipt: 5000}, record.FileLimit, "5000 byte"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			refused(t, receipt.ReadJSON, tc.in, tc.opt, tc.code, tc.hint)
		})
	}
}

// TestReadJSONTakesManyReceipts shows that the limit is that of one receipt.
func TestReadJSONTakesManyReceipts(t *testing.T) {
	t.Parallel()
	in := compact(t, sample(t, "service.json"))
	c := &collector{}
	s, err := receipt.ReadJSON(t.Context(), strings.NewReader("["+strings.Repeat(in+",\n", 99)+in+"]"), receipt.Options{MaxReceipt: len(in)}, c)
	if err != nil || s.Accepted != 200 || c.lines[199].Line != 100 {
		t.Errorf("%v, %+v", err, s)
	}
	// Each of many failed payments deserves a warning; a file of them does not.
	failed := strings.Repeat(strings.Replace(in, `"OK"`, `"KO"`, 1)+"\n", 50)
	_, s = taken(t, receipt.ReadJSON, failed, entity)
	if len(s.Warnings) != 21 || !strings.Contains(s.Warnings[20], "altri 30") {
		t.Errorf("%d warnings: %q", len(s.Warnings), s.Warnings)
	}
}

func TestReadJSONStops(t *testing.T) {
	t.Parallel()
	in := compact(t, sample(t, "bizevent.json"))
	in = strings.Replace(in, `"idTransfer":"2"`, `"idTransfer":"9"`, 1)
	for _, full := range []error{errors.New("full"), io.EOF} {
		for _, stage := range []string{"doc", "receipt", "reject"} {
			for _, in := range []string{in, "[" + in + "]"} {
				if _, err := receipt.ReadJSON(t.Context(), strings.NewReader(in), receipt.Options{TaxCode: entity}, &collector{fail: stage, err: full}); !errors.Is(err, full) {
					t.Errorf("at %s: got %v, want the error of the sink", stage, err)
				}
			}
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, read := range map[string]face{"rt": receipt.ReadRT, "json": receipt.ReadJSON} {
		if _, err := read(ctx, strings.NewReader(in), receipt.Options{}, &collector{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want the context's error", name, err)
		}
	}
}
