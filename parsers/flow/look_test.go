package flow_test

import (
	"strings"
	"testing"

	"quadra/parsers/flow"
)

func TestJSONPart(t *testing.T) {
	t.Parallel()
	long := strings.Repeat(jsonRow+",", 500)
	for _, tc := range []struct {
		name, head string
		want       flow.JSONKind
	}{
		{"a flow with its payments", jsonBase, flow.JSONBoth},
		{"a flow with more payments than are looked at", strings.Replace(jsonBase, jsonRow, long, 1)[:16<<10], flow.JSONBoth},
		{"payments before their flow, in a page", `{"payments": {"data": [` + jsonRow + `]}, "flow": ` + jsonFlowAlone + `}`, flow.JSONBoth},
		{"an array of a flow and a page", "[" + jsonFlowAlone + "," + page(1, 1, jsonRow) + "]", flow.JSONBoth},
		{"a flow and a page one after the other", jsonFlowAlone + page(1, 1, jsonRow), flow.JSONBoth},
		{"a flow alone", jsonFlowAlone, flow.JSONFlow},
		{"a page", page(1, 1, jsonRow), flow.JSONPage},
		{"a page cut short", page(1, 1, long)[:16<<10], flow.JSONPage},
		{"a page without payments", page(1, 1), flow.JSONPage},
		{"a page in UTF-16", utf16Text(page(1, 1, jsonRow)), flow.JSONPage},
		{"a list of flows", `{"count": 1, "data": [{"fdr": "x", "pspId": "x", "revision": 1, "flowDate": "x"}]}`, flow.JSONOther},
		{"an error of the platform", `{"httpStatusCode": 400, "appErrorCode": "FDR-0702"}`, flow.JSONOther},
		{"an error of another", `{"appErrorCode": "GPD-1"}`, flow.JSONNone},
		{"a page of something else", `{"metadata": {"totPage": 1}, "data": [{"iuv": "x", "name": "x"}]}`, flow.JSONNone},
		{"an object of something else", `{"fdr": "x", "payments": []}`, flow.JSONNone},
		{"no object", `[1, 2, 3]`, flow.JSONNone},
		{"XML", base, flow.JSONNone},
		{"a text", "IUD;codIuv;iuv", flow.JSONNone},
		{"nothing", "", flow.JSONNone},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got := flow.JSONPart([]byte(tc.head))
			if got != tc.want || flow.LooksLikeJSON([]byte(tc.head)) != (tc.want != flow.JSONNone) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestLooksLikeSOAP(t *testing.T) {
	t.Parallel()
	whole := soapHead + encoded(base+strings.Repeat(" ", 20<<10)) + soapTail
	for _, tc := range []struct {
		name, head string
		want       bool
	}{
		{"a message with a flow", soapHead + encoded(base) + soapTail, true},
		{"the start of one", whole[:16<<10], true},
		{"an answer", answerHead + "<fault/>" + answerTail, true},
		{"an answer without envelope", "<p:nodoChiediFlussoRendicontazioneRisposta><xmlRendicontazione>", true},
		{"a list of flows", "<s:Envelope><s:Header/><s:Body><nodoChiediElencoFlussiRendicontazioneRisposta>", true},
		{"a fault of the platform", "<s:Envelope><s:Body><s:Fault><faultcode>PPT_X</faultcode></s:Fault></s:Body></s:Envelope>", true},
		{"a fault of another", "<s:Envelope><s:Body><s:Fault><faultcode>PAA_X</faultcode></s:Fault></s:Body></s:Envelope>", false},
		{"a message with a receipt", "<s:Envelope><s:Body><paSendRTReq><xmlRendicontazione/></paSendRTReq></s:Body></s:Envelope>", false},
		{"a bare flow", base, false},
		{"a flow in JSON", jsonBase, false},
		{"a flow named in a text", "<a>nodoInviaFlussoRendicontazione</a>", false},
		{"no XML", "<<", false},
		{"nothing", "", false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := flow.LooksLikeSOAP([]byte(tc.head)); got != tc.want {
				t.Errorf("got %t, want %t", got, tc.want)
			}
		})
	}
}
