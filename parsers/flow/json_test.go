package flow_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/flow"
)

// The flow of base, as FdR v3 gives it.
const (
	jsonHeading = `"status": "PUBLISHED",
  "revision": 4,
  "created": "2026-10-28T09:00:01.5Z",
  "fdr": "2026-10-27BCITITMM-S001",
  "fdrDate": "2026-10-28T09:00:00Z",
  "regulation": "TRN1",
  "regulationDate": "2026-10-27",
  "bicCodePouringBank": "BCITITMMXXX",
  "sender": {"type": "BIC_CODE", "id": "BCITITMM", "pspId": "BCITITMM", "pspName": "Banca di Prova", "password": "x"},
  "receiver": {
    "id": "80000123457", "organizationId": "80000123457", "organizationName": "Comune di Prova"
  },
  "totPayments": 1, "sumPayments": 10.00,
  "computedTotPayments": 1, "computedSumPayments": 10`
	jsonHeadingLines = 14

	jsonRow = `{"index": 1, "iuv": "01000000000000144", "iur": "IUR1", "idTransfer": 1,
     "pay": 10, "payStatus": "EXECUTED", "payDate": "2026-10-26T22:30:00+02:00"}`

	jsonFlowAlone = "{" + jsonHeading + "}\n"
	jsonBase      = "{" + jsonHeading + ",\n  \"payments\": [\n    " + jsonRow + "\n  ]\n}\n"
	jsonRowLine   = jsonHeadingLines + 2
)

func page(number, of int, rows ...string) string {
	return fmt.Sprintf(`{"metadata": {"pageSize": 1, "pageNumber": %d, "totPage": %d}, "count": %d, "data": [%s]}`+"\n", number, of, of, strings.Join(rows, ","))
}

func part(name, text string) flow.Part {
	return flow.Part{Name: name, Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }}
}

func readJSON(in, taxCode string) (*collector, flow.Counts, error) {
	return readParts(flow.Options{TaxCode: taxCode}, part("", in))
}

func readParts(opt flow.Options, parts ...flow.Part) (*collector, flow.Counts, error) {
	c := &collector{}
	counts, err := flow.ReadJSONParts(context.Background(), parts, opt, c)
	return c, counts, err
}

// iur gives a row of its own.
func iur(row string, n int) string {
	return strings.Replace(row, `"IUR1"`, fmt.Sprintf(`"IUR%d"`, n), 1)
}

func jsonFlow() record.Flow {
	f := ordinaryFlow()
	f.SchemaVersion, f.Line, f.Revision = "", 1, 4
	return f
}

func jsonLine() record.FlowLine {
	l := ordinaryLine()
	l.Line = jsonRowLine
	return l
}

func TestReadJSON(t *testing.T) {
	t.Parallel()
	replace := func(old, new string) string {
		if !strings.Contains(jsonBase, old) {
			t.Fatalf("%q is not in the flow", old)
		}
		return strings.Replace(jsonBase, old, new, 1)
	}
	noTotals := strings.Replace(replace(`"totPayments": 1, "sumPayments": 10.00,`, ""), "\n  \n", "\n\n", 1)
	for _, tc := range []struct {
		name     string
		in       string
		flow     func(*record.Flow)
		line     func(*record.FlowLine)
		encoding string
		warnings []string
	}{
		{name: "a flow with its payments", in: jsonBase},
		{name: "payments in a page of their own", in: strings.Replace(replace(`"payments": [`, `"payments": {"data": [`), "  ]\n}", "  ]}\n}", 1)},
		{name: "a flow and its payments side by side", in: `{"flow": {` + jsonHeading + `}, "payments": {"count": 1, "data": [` + "\n\n" + jsonRow + `]}}`},
		{name: "payments written before their flow", in: `{"payments": {"data": [` + jsonRow + `]}, "flow":` + strings.Repeat("\n", 3) + `{` + jsonHeading + `}}`, flow: func(f *record.Flow) { f.Line = 5 }, line: func(l *record.FlowLine) { l.Line = 1 }},
		{name: "an array of the flow and a page", in: "[{" + jsonHeading + "},\n\n" + page(1, 1, jsonRow) + "]"},
		{name: "the flow and a page one after the other", in: jsonFlowAlone + "\n" + page(1, 1, jsonRow)},
		{name: "a page before the flow", in: page(1, 1, jsonRow) + jsonFlowAlone, flow: func(f *record.Flow) { f.Line = 3 }, line: func(l *record.FlowLine) { l.Line = 1 }},
		{name: "metadata after the payments", in: jsonFlowAlone + "\n" + `{"data": [` + jsonRow + `], "metadata": {"pageNumber": 1, "totPage": 1}}`},
		{name: "an empty place for the payments and a page", in: replace("[\n    "+jsonRow+"\n  ]", "[]\n") + page(1, 1, jsonRow), line: func(l *record.FlowLine) { l.Line += 2 }},
		{name: "a byte-order mark", in: "\uFEFF" + jsonBase},
		{name: "UTF-16", in: utf16Text(jsonBase), encoding: "UTF-16LE"},
		{name: "an amount of one decimal", in: replace(`"pay": 10,`, `"pay": 10.0,`)},
		{name: "an amount as text", in: replace(`"pay": 10,`, `"pay": "10.00",`)},
		{name: "a number of transfer as text", in: replace(`"idTransfer": 1,`, `"idTransfer": "1",`)},
		{name: "no number of transfer", in: replace(`"idTransfer": 1,`, `"idTransfer": null,`), line: func(l *record.FlowLine) { l.Index = 0 }},
		{name: "escapes in a text", in: replace(`"iur": "IUR1"`, `"iur": "\u0049UR\u0031"`)},
		{name: "brackets and quotes in a text", in: replace(`"regulation": "TRN1"`, `"regulation": "[\"data\": {]}"`), flow: func(f *record.Flow) { f.Regulation = `["data": {]}` }},
		{name: "brackets and quotes in a payment", in: replace(`"iur": "IUR1"`, `"iur": "]}\"{\\"`), line: func(l *record.FlowLine) { l.IUR = `]}"{\` }},
		{name: "a payment at midnight of the platform", in: replace("2026-10-26T22:30:00+02:00", "2026-10-25T23:30:00Z")},
		{name: "a day of payment without a time", in: replace("2026-10-26T22:30:00+02:00", "2026-10-26")},
		{name: "a time of payment without a zone", in: replace("2026-10-26T22:30:00+02:00", "2026-10-26T23:59:59")},
		{name: "a revoked payment", in: replace("EXECUTED", "REVOKED"), line: func(l *record.FlowLine) { l.Outcome = 3 }},
		{name: "a stand-in", in: replace("EXECUTED", "STAND_IN"), line: func(l *record.FlowLine) { l.Outcome = 4 }},
		{name: "a stand-in without RPT", in: replace("EXECUTED", "STAND_IN_NO_RPT"), line: func(l *record.FlowLine) { l.Outcome = 8 }},
		{name: "a payment without RPT", in: replace("EXECUTED", "NO_RPT"), line: func(l *record.FlowLine) { l.Outcome = 9 }},
		{name: "a sender by its tax code", in: replace("BIC_CODE", "LEGAL_PERSON"), flow: func(f *record.Flow) { f.SenderKind = "G" }},
		{name: "a sender by its ABI", in: replace("BIC_CODE", "ABI_CODE"), flow: func(f *record.Flow) { f.SenderKind = "A" }},
		{name: "the settlement as an instant", in: replace(`"regulationDate": "2026-10-27"`, `"regulationDate": "2026-10-26T23:00:00Z"`)},
		{name: "produced at a clock time in Italy", in: replace("2026-10-28T09:00:00Z", "2026-10-28T10:00:00")},
		{name: "produced at a whole minute", in: replace("2026-10-28T09:00:00Z", "2026-10-28T09:00Z")},
		{name: "produced as seconds since 1970", in: replace(`"2026-10-28T09:00:00Z"`, "1793178000.250000000"), flow: func(f *record.Flow) { f.ProducedAt = f.ProducedAt.Add(250 * time.Millisecond) }},
		{name: "no revision", in: replace(`"revision": 4,`, ""), flow: func(f *record.Flow) { f.Revision = 0 }},
		{
			name: "a flow not published", in: replace("PUBLISHED", "INSERTED"),
			warnings: []string{"il flusso non risulta pubblicato: status è INSERTED"},
		},
		{
			name: "totals the platform counts otherwise", in: replace(`"totPayments": 1, "sumPayments": 10.00`, `"totPayments": 2, "sumPayments": 10.5`),
			flow:     func(f *record.Flow) { f.DeclaredCount, f.DeclaredTotal = 2, 1050 },
			warnings: []string{"totPayments è 2, computedTotPayments è 1", "sumPayments è 10,50, computedSumPayments è 10,00"},
		},
		{
			name: "only the totals of the platform", in: noTotals,
			warnings: []string{"manca totPayments, vale computedTotPayments: 1", "manca sumPayments, vale computedSumPayments: 10,00"},
		},
		{
			name: "another code of the receiver", in: replace(`"id": "80000123457"`, `"id": "COMUNE"`), flow: func(f *record.Flow) { f.Receiver = "COMUNE" },
			warnings: []string{"receiver.id è COMUNE mentre receiver.organizationId è 80000123457: vale il secondo"},
		},
		{
			name: "an IUF of another sender", in: replace("2026-10-27BCITITMM-S001", "2026-10-27UNCRITMM-S001"), flow: func(f *record.Flow) { f.IUF = "2026-10-27UNCRITMM-S001" },
			warnings: []string{"nell'identificativoFlusso 2026-10-27UNCRITMM-S001 non c'è il mittente BCITITMM"},
		},
		{name: "a field nobody knows", in: replace(`"revision"`, `"news": [{"a": 1}], "revision"`), warnings: []string{"campo non previsto e ignorato: news"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, counts, err := readJSON(tc.in, entity)
			if err != nil {
				t.Fatal(err)
			}
			f, l := jsonFlow(), jsonLine()
			if tc.flow != nil {
				tc.flow(&f)
			}
			if tc.line != nil {
				tc.line(&l)
			}
			if tc.encoding == "" {
				tc.encoding = "UTF-8"
			}
			doc := record.Doc{Kind: record.KindFlows, Format: flow.FormatJSON, Version: "3", Encoding: tc.encoding, Warnings: tc.warnings}
			if diff := cmp.Diff([]record.Doc{doc}, got.docs); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]record.Flow{f}, got.flows); diff != "" {
				t.Errorf("flow (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]record.FlowLine{l}, got.lines); diff != "" {
				t.Errorf("lines (-want +got):\n%s", diff)
			}
			if counts != (flow.Counts{Rows: 1, Accepted: 1}) || len(got.rejects) > 0 {
				t.Errorf("counts %+v, rejects %v", counts, got.rejects)
			}
		})
	}
}

func TestReadJSONRejects(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		old, new string // in the row
		column   string
		code     record.RejectCode
		value    string
	}{
		{"an unknown outcome", "EXECUTED", "PAID", "payStatus", record.RejectOutcome, "PAID"},
		{"an outcome as a number", `"EXECUTED"`, "0", "payStatus", record.RejectOutcome, "0"},
		{"an exponent", `"pay": 10`, `"pay": 1e2`, "pay", record.RejectAmount, "1e2"},
		{"three decimals", `"pay": 10`, `"pay": 10.001`, "pay", record.RejectAmount, "10.001"},
		{"three decimals that are zeros", `"pay": 10`, `"pay": 10.000`, "pay", record.RejectAmount, "10.000"},
		{"a comma in the amount", `"pay": 10`, `"pay": "10,00"`, "pay", record.RejectAmount, "10,00"},
		{"an amount that is true", `"pay": 10`, `"pay": true`, "pay", record.RejectAmount, "true"},
		{"an amount that ends with its dot", `"pay": 10`, `"pay": "10."`, "pay", record.RejectAmount, "10."},
		{"an amount beyond the largest", `"pay": 10`, `"pay": 10000000000`, "pay", record.RejectAmount, "10000000000"},
		{"an amount beyond any", `"pay": 10`, `"pay": 100000000000000000000000`, "pay", record.RejectAmount, "100000000000000000000000"},
		{"nothing paid", `"pay": 10`, `"pay": 0`, "pay", record.RejectNotPositive, "0"},
		{"a negative payment that is not revoked", `"pay": 10`, `"pay": -10`, "pay", record.RejectNotPositive, "-10"},
		{"no amount", `"pay": 10`, `"pay": null`, "pay", record.RejectMissing, ""},
		{"an amount twice", `"pay": 10`, `"pay": 10, "pay": 10`, "pay", record.RejectSyntax, ""},
		{"an amount that is an object", `"pay": 10`, `"pay": {"value": 10}`, "pay", record.RejectSyntax, ""},
		{"an IUV that lost its zeros", `"01000000000000144"`, "1000000000000144", "iuv", record.RejectSyntax, ""},
		{"an empty IUV", `"01000000000000144"`, `" "`, "iuv", record.RejectMissing, ""},
		{"a control character", `"IUR1"`, `"IUR\u0000"`, "iur", record.RejectSyntax, ""},
		{"an IUR of 36 characters", `"IUR1"`, `"` + strings.Repeat("à", 36) + `"`, "iur", record.RejectTooLong, strings.Repeat("à", 36)},
		{"transfer six", `"idTransfer": 1`, `"idTransfer": 6`, "idTransfer", record.RejectIndex, "6"},
		{"a day that does not exist", "2026-10-26T", "2026-02-30T", "payDate", record.RejectDate, "2026-02-30T22:30:00+02:00"},
		{"no object at all", jsonRow, "17", "payments", record.RejectSyntax, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			bad := strings.Replace(jsonRow, tc.old, tc.new, 1)
			if bad == jsonRow {
				t.Fatalf("%q is not in the row", tc.old)
			}
			got, counts, err := readJSON(strings.Replace(jsonBase, jsonRow, bad+",\n"+jsonRow, 1), entity)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.rejects) != 1 || counts != (flow.Counts{Rows: 2, Accepted: 1, Rejected: 1}) {
				t.Fatalf("rejects %+v, counts %+v", got.rejects, counts)
			}
			r := got.rejects[0]
			if r.Code != tc.code || r.Column != tc.column || r.Value != tc.value || r.Line != jsonRowLine || r.Reason == "" {
				t.Errorf("got %+v, want %s of %s, %q, on line %d", r, tc.code, tc.column, tc.value, jsonRowLine)
			}
			if got.lines[0].Seq != 2 {
				t.Errorf("position %d of the payment taken, want 2: rejected ones count", got.lines[0].Seq)
			}
		})
	}
}

func TestReadJSONRefusesTheFile(t *testing.T) {
	t.Parallel()
	replace := func(old, new string) string { return strings.Replace(jsonBase, old, new, 1) }
	for _, tc := range []struct {
		name, in string
		code     record.FileCode
		line     int
		hint     string
	}{
		{"that is empty", "", record.FileEmpty, 0, "vuoto"},
		{"that is an empty array", "[]", record.FileEmpty, 0, "vuoto"},
		{"of another entity by the domain", replace(`"organizationId": "80000123457"`, `"organizationId": "00998870778"`), record.FileEntity, 11, "00998870778"},
		{"of another entity by the receiver", replace(`"id": "80000123457", "organizationId": "80000123457"`, `"id": "00998870778"`), record.FileEntity, 11, "00998870778"},
		{"with a flow alone", jsonFlowAlone, record.FileContent, 1, "mancano le sue pagine"},
		{"with a flow that says it has no payments", replace("[\n    "+jsonRow+"\n  ]", "[]"), record.FileContent, 1, "mancano le sue pagine"},
		{"with a page alone", page(1, 1, jsonRow), record.FileContent, 1, "senza il suo flusso"},
		{"with a page missing", jsonFlowAlone + page(1, 3, jsonRow) + page(3, 3, jsonRow), record.FileContent, 1, "manca la 2"},
		{"with the same page twice", jsonFlowAlone + page(1, 2, jsonRow) + page(1, 2, jsonRow), record.FileContent, 1, "due volte"},
		{"with pages of two downloads", jsonFlowAlone + page(1, 2, jsonRow) + page(2, 3, jsonRow), record.FileContent, 1, "di essere 2 e 3"},
		{"with a page that is empty", jsonFlowAlone + page(1, 1), record.FileContent, 1, "nessun pagamento"},
		{"with a page of no number", jsonFlowAlone + strings.Replace(page(1, 1, jsonRow), `"pageNumber": 1`, `"pageNumber": 0`, 1), record.FileContent, 15, "pageNumber"},
		{"with pages before several flows", page(1, 1, jsonRow) + jsonBase + jsonBase, record.FileContent, 1, "prima delle sue pagine"},
		{"that lists flows", `{"metadata": {"totPage": 1}, "count": 1, "data": [{"fdr": "2026-10-27X-1", "pspId": "X", "revision": 1}]}`, record.FileContent, 1, "elenco di flussi"},
		{"that is an error", `{"httpStatusCode": 400, "appErrorCode": "FDR-0702", "errors": []}`, record.FileContent, 1, "FDR-0702"},
		{"that is something else", `{"payload": "H4sI"}`, record.FileContent, 1, "non contiene"},
		{"that is a number", `17`, record.FileContent, 1, "non contiene"},
		{"without an IUF", replace(`"fdr"`, `"x"`), record.FileContent, 1, "fdr"},
		{"with an IUF that is a number", replace(`"2026-10-27BCITITMM-S001"`, "17"), record.FileContent, 4, "virgolette"},
		{"with a sender of no kind", replace("BIC_CODE", "BANK"), record.FileContent, 9, "sender.type"},
		{"with no sender", replace(`"sender"`, `"x"`), record.FileContent, 1, "sender.type"},
		{"with a count of zero", replace(`"totPayments": 1`, `"totPayments": 0`), record.FileContent, 13, "totPayments"},
		{"with no count", strings.ReplaceAll(jsonBase, "otPayments", "x"), record.FileContent, 1, "totPayments"},
		{"with a total of three decimals", replace(`"sumPayments": 10.00`, `"sumPayments": 10.001`), record.FileContent, 13, "sumPayments"},
		{"with a negative total", replace(`"sumPayments": 10.00`, `"sumPayments": -10`), record.FileContent, 13, "sumPayments"},
		{"with revision zero", replace(`"revision": 4`, `"revision": 0`), record.FileContent, 2, "revision"},
		{"produced on a day that does not exist", replace(`"fdrDate": "2026-10-28`, `"fdrDate": "2026-02-30`), record.FileContent, 5, "fdrDate"},
		{"settled on a day that does not exist", replace(`"regulationDate": "2026-10-27"`, `"regulationDate": "2026-02-30"`), record.FileContent, 7, "regulationDate"},
		{"with a field twice", replace(`"regulation":`, `"fdr": "x", "regulation":`), record.FileContent, 6, "ripetuto"},
		{"with payments that are text", replace("[\n    "+jsonRow+"\n  ]", `"x"`), record.FileContent, 0, "payments"},
		{"with payments named in disguise", replace(`"payments"`, `"p\u0061yments"`), record.FileContent, 1, "mancano le sue pagine"},
		{"cut in its heading", jsonBase[:100], record.FileTruncated, 4, "incompleto"},
		{"cut in its payments", jsonBase[:len(jsonBase)-20], record.FileTruncated, 0, "incompleto"},
		{"cut before its end", strings.TrimSpace(jsonBase)[:len(jsonBase)-3], record.FileTruncated, 0, "incompleto"},
		{"cut between two documents", "[" + jsonBase + ",", record.FileTruncated, 0, "incompleto"},
		{"with a comma too many", replace("\n  ]\n}", ",\n  ]\n}"), record.FileSyntax, 0, "non è leggibile"},
		{"with brackets that do not match", replace(`"pay": 10`, `"pay": [10}`), record.FileSyntax, 0, ""},
		{"with a word that is nothing", replace(`"pay": 10`, `"pay": ten`), record.FileSyntax, jsonRowLine + 1, "non è leggibile"},
		{"with something after its end", jsonBase + "}", record.FileSyntax, jsonRowLine + 4, "non è leggibile"},
		{"that is not UTF-8", replace("Banca di Prova", "Societ\xE0 di Prova"), record.FileEncoding, 9, "UTF-8"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readJSON(tc.in, entity)
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || !strings.Contains(fe.Message, tc.hint) || tc.line > 0 && fe.Line != tc.line {
				t.Errorf("got %v, want %s on line %d saying %q", err, tc.code, tc.line, tc.hint)
			}
		})
	}
}
