package flow_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quadra/engine/record"
	"quadra/parsers/flow"
)

// flowOf is a flow without payments of another name, that declares some.
func flowOf(name string, count int) string {
	text := strings.Replace(jsonFlowAlone, "S001", name, 1)
	return strings.Replace(text, `"totPayments": 1`, fmt.Sprintf(`"totPayments": %d`, count), 1)
}

// places tells each payment by its flow, position and IUR.
func places(c *collector) (out []string) {
	at := 0
	for i, f := range c.flows {
		for range c.totals[i].Count {
			l := c.lines[at]
			out = append(out, fmt.Sprintf("%s %d %s", f.IUF[len("2026-10-27BCITITMM-"):], l.Seq, l.IUR))
			at++
		}
	}
	return out
}

func TestReadJSONPartsFindsThePagesOfAFlow(t *testing.T) {
	t.Parallel()
	row := func(n int) string { return iur(jsonRow, n) }
	for _, tc := range []struct {
		name  string
		parts []flow.Part
		want  []string
	}{
		{
			"pages in any order",
			[]flow.Part{part("p10.json", page(2, 3, row(2))), part("p2.json", page(3, 3, row(3))), part("p9.json", page(1, 3, row(1))), part("x.json", flowOf("A", 3))},
			[]string{"A 1 IUR1", "A 2 IUR2", "A 3 IUR3"},
		},
		{
			"the first page with the flow and others apart",
			[]flow.Part{part("a.json", flowOf("A", 2)+page(1, 2, row(1))+page(2, 2, row(2))), part("b.json", jsonBase)},
			[]string{"A 1 IUR1", "A 2 IUR2", "S001 1 IUR1"},
		},
		{
			"several flows in one file, each before its pages",
			[]flow.Part{part("a.json", "["+flowOf("A", 2)+","+page(1, 2, row(1))+","+page(2, 2, row(2))+","+flowOf("B", 1)+","+page(1, 1, row(3))+"]")},
			[]string{"A 1 IUR1", "A 2 IUR2", "B 1 IUR3"},
		},
		{
			"several flows by their folder",
			[]flow.Part{part("a/flow.json", flowOf("A", 1)), part("a/pages.json", page(1, 1, row(1))), part("b/flow.json", flowOf("B", 1)), part("b/pages.json", page(1, 1, row(2)))},
			[]string{"A 1 IUR1", "B 1 IUR2"},
		},
		{
			"several flows by the start of their names",
			[]flow.Part{
				part("z-1.json", flowOf("A", 1)), part("z-1_p1.json", page(1, 1, row(1))),
				part("z-11.json", flowOf("B", 2)), part("z-11_p1.json", page(1, 2, row(2))), part("z-11_p2.json", page(2, 2, row(3))),
			},
			[]string{"A 1 IUR1", "B 1 IUR2", "B 2 IUR3"},
		},
		{
			"one flow with its payments and one without",
			[]flow.Part{part("a.json", jsonBase), part("b.json", flowOf("B", 1)), part("c.json", page(1, 1, row(2)))},
			[]string{"S001 1 IUR1", "B 1 IUR2"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := readParts(flow.Options{TaxCode: entity}, tc.parts...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, places(got)); diff != "" {
				t.Errorf("payments (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadJSONPartsSaysWhereThePaymentsAre(t *testing.T) {
	t.Parallel()
	bad := strings.Replace(jsonRow, "EXECUTED", "?", 1)
	got, _, err := readParts(flow.Options{TaxCode: entity},
		part("flow.json", flowOf("A", 3)), part("p1.json", page(1, 2, iur(jsonRow, 1), iur(jsonRow, 2))), part("p2.json", "\n"+page(2, 2, bad)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"totPayments è 3, computedTotPayments è 1",
		"i pagamenti sono in altri file, e le loro righe sono di quelli: 1-2 in p1.json, 3-3 in p2.json",
	}
	if diff := cmp.Diff(want, got.docs[0].Warnings); diff != "" || got.docs[0].Entry != "flow.json" {
		t.Errorf("document %q, warnings (-want +got):\n%s", got.docs[0].Entry, diff)
	}
	if len(got.rejects) != 1 || got.rejects[0].Entry != "p2.json" || got.rejects[0].Line != 2 {
		t.Errorf("rejects %+v, want one on line 2 of p2.json", got.rejects)
	}
}

func TestReadJSONPartsRefusesWhatDoesNotFit(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name  string
		parts []flow.Part
		entry string
		hint  string
	}{
		{"a page whose flow could be either", []flow.Part{part("a.json", flowOf("A", 1)), part("b.json", flowOf("B", 1)), part("c.json", page(1, 1, jsonRow))}, "c.json", "non si capisce"},
		{"pages that share the start of two names alike", []flow.Part{part("f-a.json", flowOf("A", 1)), part("f-b.json", flowOf("B", 1)), part("f-p.json", page(1, 1, jsonRow))}, "f-p.json", "non si capisce"},
		{
			"as many payments as the flow they seem of does not declare",
			[]flow.Part{part("a.json", flowOf("A", 2)), part("a1.json", page(1, 1, jsonRow)), part("b.json", flowOf("B", 1)), part("b1.json", page(1, 1, jsonRow))},
			"a.json", "dichiara 2 pagamenti",
		},
		{"a flow without pages beside one that has them", []flow.Part{part("a.json", jsonBase), part("b.json", flowOf("B", 1))}, "b.json", "mancano le sue pagine"},
		{"a page beside a flow that has its payments", []flow.Part{part("a.json", jsonBase), part("b.json", page(1, 1, jsonRow))}, "b.json", "senza il suo flusso"},
		{"a page that is missing", []flow.Part{part("a.json", flowOf("A", 2)), part("b.json", page(2, 2, jsonRow))}, "a.json", "manca la 1"},
		{"a part that is broken", []flow.Part{part("a.json", jsonBase), part("b.json", jsonBase[:200])}, "b.json", "incompleto"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readParts(flow.Options{TaxCode: entity}, tc.parts...)
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Entry != tc.entry || !strings.Contains(fe.Message, tc.hint) {
				t.Errorf("got %v (%+v), want one of %s saying %q", err, fe, tc.entry, tc.hint)
			}
		})
	}
}

// TestXMLAndJSONGiveTheSame reads one flow of many payments in both forms.
func TestXMLAndJSONGiveTheSame(t *testing.T) {
	t.Parallel()
	names := map[string]string{"0": "EXECUTED", "3": "REVOKED", "4": "STAND_IN", "8": "STAND_IN_NO_RPT", "9": "NO_RPT"}
	var xml, js strings.Builder
	n := 0
	for _, outcome := range []string{"0", "3", "4", "8", "9"} {
		for _, amount := range []string{"0.01", "10.00", "10.50", "9999999999.99"} {
			n++
			row := set(set(payment, "singoloImportoPagato", amount), "codiceEsitoSingoloPagamento", outcome)
			row = set(set(row, "identificativoUnivocoRiscossione", fmt.Sprintf("IUR%d", n)), "indiceDatiSingoloPagamento", fmt.Sprint(1+n%5))
			xml.WriteString(row)
			if n > 1 {
				js.WriteString(",")
			}
			number := strings.TrimSuffix(strings.TrimSuffix(amount, "0"), ".0")
			fmt.Fprintf(&js, `{"payDate":"2026-10-25T23:00:00.000Z","payStatus":%q,"pay":%s,"idTransfer":%d,"iur":"IUR%d","iuv":"01000000000000144"}`,
				names[outcome], number, 1+n%5, n)
		}
	}
	revised := strings.Replace(head, "<dataOraFlusso>", "<revisioneFlusso>4</revisioneFlusso><dataOraFlusso>", 1)
	fromXML, xmlCounts, err := read(revised+xml.String()+foot, entity)
	if err != nil {
		t.Fatal(err)
	}
	fromSOAP, _, err := readSOAP(soapHead+encoded(revised+xml.String()+foot)+soapTail, entity, flow.Options{}.XML)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, jsonCounts, err := readJSON(strings.Replace(jsonBase, jsonRow, js.String(), 1), entity)
	if err != nil {
		t.Fatal(err)
	}
	same := []cmp.Option{
		cmp.AllowUnexported(collector{}), cmpopts.IgnoreFields(collector{}, "docs"),
		cmpopts.IgnoreFields(record.Flow{}, "Line", "SchemaVersion"), cmpopts.IgnoreFields(record.FlowLine{}, "Line"),
	}
	if diff := cmp.Diff(fromXML, fromJSON, same...); diff != "" || xmlCounts != jsonCounts {
		t.Errorf("the JSON gives %+v and not %+v (-XML +JSON):\n%s", jsonCounts, xmlCounts, diff)
	}
	if diff := cmp.Diff(fromXML, fromSOAP, same...); diff != "" {
		t.Errorf("the message is not as its content (-XML +SOAP):\n%s", diff)
	}
	if len(fromXML.lines) != n {
		t.Errorf("%d payments, want %d", len(fromXML.lines), n)
	}
}

// warned is a sink that takes warnings at the end.
type warned struct {
	collector
	warnings [][]string
}

func (w *warned) Warn(warnings []string) { w.warnings = append(w.warnings, warnings) }

func TestRepeatedPaymentsAreWarnedOf(t *testing.T) {
	t.Parallel()
	other := set(payment, "identificativoUnivocoRiscossione", "IUR2")
	index := set(payment, "indiceDatiSingoloPagamento", "2")
	w := &warned{}
	if _, err := flow.Read(t.Context(), strings.NewReader(head+payment+other+index+other+payment+foot), flow.Options{}, w); err != nil {
		t.Fatal(err)
	}
	want := [][]string{{
		"pagamenti ripetuti nel flusso (stessi IUV, IUR e indice): 2, il primo è IUV 01000000000000144, IUR IUR2, indice 1, alla riga 43",
	}}
	if diff := cmp.Diff(want, w.warnings); diff != "" {
		t.Errorf("warnings (-want +got):\n%s", diff)
	}
	w = &warned{}
	twice := strings.Replace(jsonBase, jsonRow, jsonRow+",\n"+jsonRow, 1)
	if _, err := flow.ReadJSONParts(t.Context(), []flow.Part{part("a", twice), part("b", jsonBase)}, flow.Options{}, w); err != nil {
		t.Fatal(err)
	}
	if len(w.warnings) != 1 || !strings.Contains(w.warnings[0][0], fmt.Sprintf("alla riga %d", jsonRowLine+2)) {
		t.Errorf("warnings %q, want one of the first flow only", w.warnings)
	}
}

func TestRepeatedPaymentsAreLookedForWithinALimit(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("a million payments")
	}
	w := &late{}
	text := &manyRows{n: 1<<20 + 2}
	if _, err := flow.Read(t.Context(), io.MultiReader(strings.NewReader(head), text, strings.NewReader(foot)), flow.Options{}, w); err != nil {
		t.Fatal(err)
	}
	if want := "i pagamenti ripetuti sono stati cercati solo nei primi 1048576"; len(w.warnings) != 1 || w.warnings[0] != want {
		t.Errorf("warnings %q, want %q", w.warnings, want)
	}
}

// late is a sink that keeps nothing but the warnings given at the end.
type late struct {
	discard
	warnings []string
}

func (l *late) Warn(warnings []string) { l.warnings = warnings }

// counter is a sink that keeps nothing but the memory in use at its worst.
type counter struct {
	discard
	lines int
	peak  uint64
}

func (c *counter) FlowLine(*record.FlowLine) error {
	if c.lines++; c.lines%10_000 == 0 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		c.peak = max(c.peak, m.HeapAlloc)
	}
	return nil
}

var beforeIUR, afterIUR, _ = strings.Cut(payment, "IUR1")

// manyRows reads as payments, each with an IUR of its own.
type manyRows struct {
	n, at int
	json  bool
	left  []byte
}

func (m *manyRows) Read(p []byte) (int, error) {
	if len(m.left) == 0 {
		if m.at == m.n {
			return 0, io.EOF
		}
		m.at++
		m.left = []byte(beforeIUR + "IUR" + strconv.Itoa(m.at) + afterIUR)
		if m.json {
			m.left = []byte(iur(jsonRow, m.at))
			if m.at < m.n {
				m.left = append(m.left, ",\n"...)
			}
		}
	}
	n := copy(p, m.left)
	m.left = m.left[n:]
	return n, nil
}

func TestMemoryStaysFlat(t *testing.T) {
	before, after, _ := strings.Cut(jsonBase, jsonRow)
	most := func(n int) uint64 {
		open := func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(before), &manyRows{n: n, json: true}, strings.NewReader(after))), nil
		}
		c := &counter{}
		counts, err := flow.ReadJSON(context.Background(), open, flow.Options{TaxCode: entity}, c)
		if err != nil || counts.Accepted != n {
			t.Fatal(counts, err)
		}
		return c.peak
	}
	small, large := most(10_000), most(100_000)
	// The hashes of the payments are what grows: 8 bytes each, half the table free.
	if allowed := small + 4<<20; large > allowed {
		t.Errorf("%d bytes for ten times the payments, %d for one: more than the hashes", large, small)
	}
}

func TestReadJSONLimits(t *testing.T) {
	t.Parallel()
	limits := flow.JSONLimits{MaxValue: 2000, MaxDepth: 4, MaxDocuments: 3}
	long := strings.Repeat("x", 5000)
	for _, tc := range []struct{ name, in string }{
		{"a long payment", strings.Replace(jsonBase, "IUR1", long, 1)},
		{"a payment a little too long", strings.Replace(jsonBase, "IUR1", long[:2000], 1)},
		{"a long flow", strings.Replace(jsonBase, "TRN1", long, 1)},
		{"a payment nested deep", strings.Replace(jsonBase, `"index": 1`, `"x": [[[[1]]]]`, 1)},
		{"a flow nested deep", strings.Replace(jsonBase, `"revision": 4`, `"x": [[[[1]]]]`, 1)},
		{"many documents", strings.Repeat(jsonBase, 4)},
		{"many arrays", `{"data": ` + strings.Repeat(`[[1]],"data":`, 5) + `[]}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readParts(flow.Options{JSON: limits}, part("", tc.in))
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != record.FileLimit {
				t.Errorf("got %v, want LIMIT", err)
			}
		})
	}
	if _, _, err := readParts(flow.Options{JSON: limits}, part("", jsonBase+jsonBase+jsonBase)); err != nil {
		t.Errorf("three flows are within the limit: %v", err)
	}
}

func TestReadJSONStops(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	in := strings.Replace(jsonBase, jsonRow, jsonRow+","+strings.Replace(jsonRow, "EXECUTED", "?", 1), 1)
	for _, stage := range []string{"doc", "flow", "line", "reject", "end"} {
		if _, err := flow.ReadJSONParts(t.Context(), []flow.Part{part("", in)}, flow.Options{}, &collector{fail: stage, err: full}); !errors.Is(err, full) {
			t.Errorf("at %s: got %v, want the error of the sink", stage, err)
		}
	}
	broken := flow.Part{Open: func() (io.ReadCloser, error) { return nil, full }}
	if _, _, err := readParts(flow.Options{}, broken); !errors.Is(err, full) {
		t.Errorf("got %v, want the error of the disk", err)
	}
	failing := flow.Part{Open: func() (io.ReadCloser, error) {
		return io.NopCloser(io.MultiReader(strings.NewReader(jsonBase[:300]), failingReader{full})), nil
	}}
	if _, _, err := readParts(flow.Options{}, failing); !errors.Is(err, full) {
		t.Errorf("got %v, want the error of the disk", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := flow.ReadJSONParts(ctx, []flow.Part{part("", jsonBase)}, flow.Options{}, &collector{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// TestReadingByteByByte reads characters and marks that are cut anywhere.
func TestReadingByteByByte(t *testing.T) {
	t.Parallel()
	rows := make([]string, 300)
	for i := range rows {
		rows[i] = strings.Replace(jsonRow, "IUR1", fmt.Sprintf("à€😀%d", i), 1)
	}
	in := "\uFEFF" + strings.Replace(jsonBase, jsonRow, strings.Join(rows, ",\n"), 1)
	whole, _, err := readJSON(in, entity)
	if err != nil {
		t.Fatal(err)
	}
	slow := flow.Part{Open: func() (io.ReadCloser, error) {
		return io.NopCloser(iotest.OneByteReader(strings.NewReader(in))), nil
	}}
	got, counts, err := readParts(flow.Options{TaxCode: entity}, slow)
	if diff := cmp.Diff(whole, got, cmp.AllowUnexported(collector{})); diff != "" || err != nil || counts.Accepted != len(rows) {
		t.Errorf("JSON: %+v, %v (-at once +byte by byte):\n%s", counts, err, diff)
	}
	message := soapHead + "<!-- - - -->" + wrapped(encoded(base), "&#xD;\r\n") + "<![CDATA[ ]]>" + soapTail

	c := &collector{}
	if _, err := flow.ReadSOAP(t.Context(), iotest.OneByteReader(strings.NewReader(message)), flow.Options{TaxCode: entity}, c); err != nil || len(c.lines) != 1 {
		t.Errorf("SOAP: %v, %d payments", err, len(c.lines))
	}
	for _, cut := range []string{"\xC3", "\xE2\x82", "\xF0\x9F\x98"} {
		_, _, err := readJSON(jsonBase+cut, entity)
		var fe *record.FileError
		if !errors.As(err, &fe) || fe.Code != record.FileEncoding {
			t.Errorf("a character cut at the end, %q: got %v, want ENCODING", cut, err)
		}
	}
}
