package flow_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/flow"
)

func ordinaryFlow() record.Flow {
	return record.Flow{
		Line: 2, SchemaVersion: "1.0", IUF: "2026-10-27BCITITMM-S001", ProducedAt: time.Date(2026, 10, 28, 9, 0, 0, 0, time.UTC),
		Regulation: "TRN1", RegulatedOn: record.NewDate(2026, 10, 27),
		SenderKind: "B", PSP: "BCITITMM", PSPName: "Banca di Prova", BIC: "BCITITMMXXX", Receiver: entity, ReceiverName: "Comune di Prova",
		DeclaredCount: 1, DeclaredTotal: 1000,
	}
}

func ordinaryLine() record.FlowLine {
	return record.FlowLine{
		Line: rowLine, Seq: 1, IUV: "01000000000000144", IUR: "IUR1", Index: 1, Amount: 1000, On: record.NewDate(2026, 10, 26),
	}
}

func TestRead(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		in       string
		flow     func(*record.Flow)
		line     func(*record.FlowLine)
		encoding string
		warnings []string
	}{
		{name: "the default namespace", in: base},
		{name: "a prefix", in: prefixed(base, "pay_i")},
		{name: "another prefix", in: prefixed(base, "ns2")},
		{name: "no namespace", in: strings.Replace(base, ` xmlns="http://www.digitpa.gov.it/schemas/2011/Pagamenti/"`, "", 1)},
		{name: "no XML declaration", in: base[strings.Index(base, "\n")+1:], flow: func(f *record.Flow) { f.Line = 1 }, line: func(l *record.FlowLine) { l.Line-- }},
		{name: "version 1.1", in: set(base, "versioneOggetto", "1.1"), flow: func(f *record.Flow) { f.SchemaVersion = "1.1" }},
		{
			name: "a revision", in: strings.Replace(base, "<dataOraFlusso>", "<revisioneFlusso>4</revisioneFlusso><dataOraFlusso>", 1),
			flow: func(f *record.Flow) { f.Revision = 4 },
		},
		{name: "no index", in: drop(base, "indiceDatiSingoloPagamento"), line: func(l *record.FlowLine) { l.Index = 0 }},
		{name: "no optional names", in: drop(base, "denominazioneMittente", "denominazioneRicevente", "codiceBicBancaDiRiversamento"), flow: func(f *record.Flow) {
			f.PSPName, f.ReceiverName, f.BIC = "", "", ""
		}},
		{name: "white space around values", in: set(base, "singoloImportoPagato", "\t10.00  ")},
		{name: "a fraction of a second", in: set(base, "dataOraFlusso", "2026-10-28T10:00:00.123"), flow: func(f *record.Flow) {
			f.ProducedAt = f.ProducedAt.Add(123 * time.Millisecond)
		}},
		{name: "an instant in UTC", in: set(base, "dataOraFlusso", "2026-10-28T10:00:00Z"), flow: func(f *record.Flow) { f.ProducedAt = f.ProducedAt.Add(time.Hour) }},
		{name: "an instant with its zone", in: set(base, "dataOraFlusso", "2026-10-28T10:00:00.000+02:00"), flow: func(f *record.Flow) { f.ProducedAt = f.ProducedAt.Add(-time.Hour) }},
		{name: "an instant in summer time", in: set(base, "dataOraFlusso", "2026-07-28T10:00:00"), flow: func(f *record.Flow) { f.ProducedAt = time.Date(2026, 7, 28, 8, 0, 0, 0, time.UTC) }},
		{name: "the hour that comes twice in autumn", in: set(base, "dataOraFlusso", "2026-10-25T02:30:00"), flow: func(f *record.Flow) { f.ProducedAt = time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC) }},
		{name: "days with a zone", in: set(set(base, "dataRegolamento", "2026-10-27+02:00"), "dataEsitoSingoloPagamento", "2026-10-26Z")},
		{name: "outcome 4", in: set(base, "codiceEsitoSingoloPagamento", "4"), line: func(l *record.FlowLine) { l.Outcome = 4 }},
		{name: "outcome 8", in: set(base, "codiceEsitoSingoloPagamento", "8"), line: func(l *record.FlowLine) { l.Outcome = 8 }},
		{name: "outcome 9", in: set(base, "codiceEsitoSingoloPagamento", "9"), line: func(l *record.FlowLine) { l.Outcome = 9 }},
		{name: "a payment revoked without sign", in: set(base, "codiceEsitoSingoloPagamento", "3"), line: func(l *record.FlowLine) { l.Outcome = 3 }},
		{
			name: "a payment revoked with a sign", in: set(set(base, "codiceEsitoSingoloPagamento", "3"), "singoloImportoPagato", "-10.00"),
			line: func(l *record.FlowLine) { l.Outcome, l.Amount = 3, -1000 },
		},
		{
			name: "a declared total of the older schema", in: set(base, "importoTotalePagamenti", "2000987689.00"),
			flow: func(f *record.Flow) { f.DeclaredTotal = 200098768900 },
		},
		{name: "a count that does not match", in: set(base, "numeroTotalePagamenti", "2"), flow: func(f *record.Flow) { f.DeclaredCount = 2 }},
		{
			name: "an IUF without a date", in: set(base, "identificativoFlusso", "70000000001-9999"), flow: func(f *record.Flow) { f.IUF = "70000000001-9999" },
			warnings: []string{"l'identificativoFlusso 70000000001-9999 non comincia con una data"},
		},
		{
			name: "an IUF of another day", in: set(base, "dataRegolamento", "2026-10-28"), flow: func(f *record.Flow) { f.RegulatedOn++ },
			warnings: []string{"la data nell'identificativoFlusso 2026-10-27BCITITMM-S001 non è la dataRegolamento 2026-10-28"},
		},
		{
			name: "an element of a newer schema", in: strings.Replace(base, "<dataRegolamento>", "<novita><x>1</x></novita><dataRegolamento>", 1),
			warnings: []string{"elemento non previsto e ignorato: novita/x"},
		},
		{name: "an element of a newer schema in a payment", in: strings.Replace(base, "<singoloImportoPagato>", "<novita><x>1</x></novita><singoloImportoPagato>", 1)},
		{name: "comments and CDATA", in: strings.Replace(base, ">10.00</singolo", "><!-- euro -->10<![CDATA[.00]]></singolo", 1)},
		{name: "ISO-8859-1", in: latin(base), encoding: "windows-1252", flow: func(f *record.Flow) { f.PSPName = "Società" }},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, counts, err := read(tc.in, entity)
			if err != nil {
				t.Fatal(err)
			}
			f, l := ordinaryFlow(), ordinaryLine()
			if tc.flow != nil {
				tc.flow(&f)
			}
			if tc.line != nil {
				tc.line(&l)
			}
			if tc.encoding == "" {
				tc.encoding = "UTF-8"
			}
			doc := record.Doc{Kind: record.KindFlows, Format: flow.Format, Version: f.SchemaVersion, Encoding: tc.encoding, Warnings: tc.warnings}
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

func TestReadTotals(t *testing.T) {
	t.Parallel()
	row := func(amount, outcome string) string {
		return set(set(payment, "singoloImportoPagato", amount), "codiceEsitoSingoloPagamento", outcome)
	}
	for _, tc := range []struct {
		name string
		rows string
		want record.FlowTotals
	}{
		{"payments are added", row("10.00", "0") + row("2.50", "9"), record.FlowTotals{Count: 2, Plain: 1250, Net: 1250}},
		{"a revoked payment without sign is subtracted in the net", row("10.00", "0") + row("2.50", "3"), record.FlowTotals{Count: 2, Plain: 1250, Net: 750}},
		{"a revoked payment with a sign is subtracted in both", row("10.00", "0") + row("-2.50", "3"), record.FlowTotals{Count: 2, Plain: 750, Net: 750}},
		{"rejected payments are counted and not added", row("10.00", "0") + row("x", "0"), record.FlowTotals{Count: 2, Plain: 1000, Net: 1000}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := read(head+tc.rows+foot, entity)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]record.FlowTotals{tc.want}, got.totals); diff != "" {
				t.Errorf("totals (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRejects(t *testing.T) {
	t.Parallel()
	const amount, on = "singoloImportoPagato", "dataEsitoSingoloPagamento"
	for _, tc := range []struct {
		name    string
		element string
		value   string
		code    record.RejectCode
		line    int // after that of the payment
	}{
		{"an unknown outcome", "codiceEsitoSingoloPagamento", "1", record.RejectOutcome, 5},
		{"an outcome of two digits", "codiceEsitoSingoloPagamento", "10", record.RejectOutcome, 5},
		{"index ten", "indiceDatiSingoloPagamento", "10", record.RejectIndex, 3},
		{"index zero", "indiceDatiSingoloPagamento", "0", record.RejectIndex, 3},
		{"an empty index", "indiceDatiSingoloPagamento", "", record.RejectMissing, 3},
		{"a comma in the amount", amount, "1,00", record.RejectAmount, 4},
		{"an amount of one decimal", amount, "1.0", record.RejectAmount, 4},
		{"an amount of three decimals", amount, "1.000", record.RejectAmount, 4},
		{"an amount beyond the largest", amount, "10000000000.00", record.RejectAmount, 4},
		{"nothing paid", amount, "0.00", record.RejectNotPositive, 4},
		{"a negative payment that is not revoked", amount, "-10.00", record.RejectNotPositive, 4},
		{"a day with a time", on, "2026-10-26T11:02:53", record.RejectDate, 6},
		{"a day that does not exist", on, "2026-02-30", record.RejectDate, 6},
		{"a day with a zone that does not exist", on, "2026-10-26+99:00", record.RejectDate, 6},
		{"no IUV", "identificativoUnivocoVersamento", "", record.RejectMissing, 1},
		{"an IUR of 36 characters", "identificativoUnivocoRiscossione", strings.Repeat("1", 36), record.RejectTooLong, 2},
		{"an amount that contains an element", amount, "<x>1</x>", record.RejectSyntax, 4},
		{"a value given twice", on, "2026-10-26</dataEsitoSingoloPagamento><dataEsitoSingoloPagamento>2026-10-26", record.RejectSyntax, 6},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, counts, err := read(head+set(payment, tc.element, tc.value)+payment+foot, entity)
			if err != nil {
				t.Fatal(err)
			}
			if len(got.rejects) != 1 || counts != (flow.Counts{Rows: 2, Accepted: 1, Rejected: 1}) {
				t.Fatalf("rejects %+v, counts %+v", got.rejects, counts)
			}
			r := got.rejects[0]
			if r.Code != tc.code || r.Column != tc.element || r.Line != rowLine+tc.line || r.Reason == "" {
				t.Errorf("got %+v, want %s on line %d, element %s", r, tc.code, rowLine+tc.line, tc.element)
			}
			if r.Code != record.RejectSyntax && r.Value != tc.value {
				t.Errorf("value %q, want %q", r.Value, tc.value)
			}
			if got.lines[0].Seq != 2 {
				t.Errorf("position %d of the payment taken, want 2: rejected ones count", got.lines[0].Seq)
			}
		})
	}
	for _, element := range []string{"identificativoUnivocoVersamento", "identificativoUnivocoRiscossione", amount, "codiceEsitoSingoloPagamento", on} {
		t.Run("missing "+element, func(t *testing.T) {
			t.Parallel()
			got, _, err := read(head+drop(payment, element)+foot, entity)
			if err != nil {
				t.Fatal(err)
			}
			want := []record.Reject{{Line: rowLine, Column: element, Code: record.RejectMissing, Reason: "il valore è obbligatorio"}}
			if diff := cmp.Diff(want, got.rejects); diff != "" {
				t.Errorf("rejects (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("text between the values", func(t *testing.T) {
		t.Parallel()
		got, _, err := read(strings.Replace(base, "<singoloImportoPagato>", "x<singoloImportoPagato>", 1), entity)
		if err != nil || len(got.rejects) != 1 || got.rejects[0].Code != record.RejectSyntax {
			t.Errorf("%v, rejects %+v", err, got.rejects)
		}
	})
}

func TestReadRefusesTheFlow(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name, in string
		code     record.FileCode
		hint     string
	}{
		{"of another entity", set(base, "istitutoRicevente", strings.Replace(between(base, "istitutoRicevente"), entity, "00998870778", 1)), record.FileEntity, "00998870778"},
		{"of another version", set(base, "versioneOggetto", "2"), record.FileContent, "versioneOggetto"},
		{"of a version that looks right", set(base, "versioneOggetto", "1.00"), record.FileContent, "versioneOggetto"},
		{"with an empty IUF", set(base, "identificativoFlusso", ""), record.FileContent, "identificativoFlusso"},
		{"with an IUF of 36 characters", set(base, "identificativoFlusso", strings.Repeat("1", 36)), record.FileContent, "35"},
		{"with a blank in the IUF", set(base, "identificativoFlusso", "2026-10-27 BCITITMM"), record.FileContent, "identificativoFlusso"},
		{"produced at no time of the day", set(base, "dataOraFlusso", "2026-10-28"), record.FileContent, "dataOraFlusso"},
		{"produced on a day that does not exist", set(base, "dataOraFlusso", "2026-02-30T10:00:00"), record.FileContent, "dataOraFlusso"},
		{"produced at 25 o'clock", set(base, "dataOraFlusso", "2026-10-28T25:00:00"), record.FileContent, "dataOraFlusso"},
		{"produced in an unknown zone", set(base, "dataOraFlusso", "2026-10-28T10:00:00CET"), record.FileContent, "dataOraFlusso"},
		{"settled at a time of the day", set(base, "dataRegolamento", "2026-10-27T11:02:53"), record.FileContent, "dataRegolamento"},
		{"settled on a day that does not exist", set(base, "dataRegolamento", "2026-02-29"), record.FileContent, "dataRegolamento"},
		{"with a long regulation", set(base, "identificativoUnivocoRegolamento", strings.Repeat("a", 36)), record.FileContent, "identificativoUnivocoRegolamento"},
		{"with a count that is none", set(base, "numeroTotalePagamenti", "aaaa"), record.FileContent, "numeroTotalePagamenti"},
		{"with a count of zero", set(base, "numeroTotalePagamenti", "0"), record.FileContent, "numeroTotalePagamenti"},
		{"with a total of one decimal", set(base, "importoTotalePagamenti", "20.0"), record.FileContent, "importoTotalePagamenti"},
		{"with a total of three decimals", set(base, "importoTotalePagamenti", "20.000"), record.FileContent, "importoTotalePagamenti"},
		{"with a comma in the total", set(base, "importoTotalePagamenti", "1,00"), record.FileContent, "importoTotalePagamenti"},
		{"with a negative total", set(base, "importoTotalePagamenti", "-1.00"), record.FileContent, "importoTotalePagamenti"},
		{"with revision zero", strings.Replace(base, "<dataOraFlusso>", "<revisioneFlusso>0</revisioneFlusso><dataOraFlusso>", 1), record.FileContent, "revisioneFlusso"},
		{"with a sender of no kind", strings.Replace(base, ">B<", ">Z<", 1), record.FileContent, "tipoIdentificativoUnivoco"},
		{"with a receiver that is a bank", strings.Replace(base, ">G<", ">B<", 1), record.FileContent, "tipoIdentificativoUnivoco"},
		{"with a heading element twice", strings.Replace(base, "<dataOraFlusso>", "<versioneOggetto>1.0</versioneOggetto><dataOraFlusso>", 1), record.FileContent, "ripetuto"},
		{"with text in its heading", strings.Replace(base, "<dataOraFlusso>", "x<dataOraFlusso>", 1), record.FileContent, "fuori posto"},
		{"with text in an institute", strings.Replace(base, "<denominazioneMittente>", "x<denominazioneMittente>", 1), record.FileContent, "fuori posto"},
		{"with a heading after the payments", head + payment + "<revisioneFlusso>1</revisioneFlusso>" + foot, record.FileContent, "revisioneFlusso"},
		{"with an endless heading", "<FlussoRiversamento>" + many(200) + foot, record.FileContent, "100"},
		{"without payments", head + foot, record.FileContent, "datiSingoliPagamenti"},
		{"that is another document", "<flusso_giornale_di_cassa/>", record.FileContent, "flusso_giornale_di_cassa"},
		{"cut in half", base[:len(base)/2], record.FileTruncated, "incompleto"},
		{"cut before its last tag", base[:len(base)-len(foot)], record.FileTruncated, "incompleto"},
		{"that is not well formed", strings.Replace(base, "</istitutoMittente>", "", 1), record.FileSyntax, "istitutoMittente"},
		{"with something after its end", base + "<x/>", record.FileSyntax, ""},
		{"that says UTF-8 and is not", strings.Replace(base, "Banca di Prova", "Societ\xE0 ", 1), record.FileEncoding, ""},
		{"that is empty", "", record.FileEmpty, ""},
	}
	for _, element := range []string{
		"versioneOggetto", "identificativoFlusso", "dataOraFlusso", "identificativoUnivocoRegolamento", "dataRegolamento",
		"istitutoMittente", "identificativoUnivocoMittente", "istitutoRicevente", "identificativoUnivocoRicevente",
		"numeroTotalePagamenti", "importoTotalePagamenti",
	} {
		cases = append(cases, struct {
			name, in string
			code     record.FileCode
			hint     string
		}{"without " + element, drop(base, element), record.FileContent, element})
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(tc.in, entity)
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || !strings.Contains(fe.Message, tc.hint) {
				t.Errorf("got %v, want %s saying %q", err, tc.code, tc.hint)
			}
		})
	}
}

func TestReadAsksForNoEntity(t *testing.T) {
	t.Parallel()
	if _, _, err := read(base, ""); err != nil {
		t.Error(err)
	}
}

func TestReadStops(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	in := head + payment + set(payment, "singoloImportoPagato", "x") + foot
	for _, stage := range []string{"doc", "flow", "line", "reject", "end"} {
		if _, err := flow.Read(t.Context(), strings.NewReader(in), flow.Options{}, &collector{fail: stage, err: full}); !errors.Is(err, full) {
			t.Errorf("at %s: got %v, want the error of the sink", stage, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	long := head + strings.Repeat(payment, 2000) + foot
	if _, err := flow.Read(ctx, strings.NewReader(long), flow.Options{}, &collector{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
