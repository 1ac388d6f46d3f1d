package flow_test

import (
	"context"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/flow"
	"quadra/parsers/xmlscan"
)

const (
	soapHead = `<?xml version="1.0" encoding="UTF-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
<soap:Header><!-- <xmlRendicontazione> --></soap:Header>
<soap:Body><ns5:nodoInviaFlussoRendicontazione xmlns:ns5="http://ws.pagamenti.telematici.gov/" note="a>b">
<identificativoPSP>BCITITMM</identificativoPSP>
<identificativoDominio>
  80000123457
</identificativoDominio>
<identificativoFlusso>2026-10-27BCITITMM-S001
</identificativoFlusso>
<xmlRendicontazione>`
	soapTail = `</xmlRendicontazione>
</ns5:nodoInviaFlussoRendicontazione></soap:Body></soap:Envelope>
`
	answerHead = `<s:Envelope xmlns:s="x"><s:Body><ppt:nodoChiediFlussoRendicontazioneRisposta xmlns:ppt="y">`
	answerTail = `</ppt:nodoChiediFlussoRendicontazioneRisposta></s:Body></s:Envelope>`

	decodedLines = "le righe sono quelle del documento decodificato dalla busta SOAP, non della busta"
)

func encoded(doc string) string { return base64.StdEncoding.EncodeToString([]byte(doc)) }

// wrapped breaks base64 into lines as MIME does.
func wrapped(text, end string) string {
	var b strings.Builder
	for len(text) > 76 {
		b.WriteString(text[:76] + end)
		text = text[76:]
	}
	return b.String() + text + end
}

func readSOAP(in, taxCode string, limits xmlscan.Limits) (*collector, flow.Counts, error) {
	c := &collector{}
	counts, err := flow.ReadSOAP(context.Background(), strings.NewReader(in), flow.Options{TaxCode: taxCode, XML: limits}, c)
	return c, counts, err
}

func TestReadSOAP(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name     string
		in       string
		warnings []string
	}{
		{name: "the message of a PSP", in: soapHead + encoded(base) + soapTail},
		{name: "the answer of the platform", in: answerHead + "<xmlRendicontazione>" + encoded(base) + "</xmlRendicontazione>" + answerTail},
		{name: "a prefix of the content", in: answerHead + "<p:xmlRendicontazione\n a='/>'>" + encoded(base) + "</p:xmlRendicontazione>" + answerTail},
		{name: "no envelope", in: "<nodoChiediFlussoRendicontazioneRisposta><xmlRendicontazione>" + encoded(base) + "</xmlRendicontazione></nodoChiediFlussoRendicontazioneRisposta>"},
		{name: "a byte-order mark", in: "\uFEFF" + soapHead + encoded(base) + soapTail},
		{name: "lines of base64", in: soapHead + "\n" + wrapped(encoded(base), "\r\n  \t") + soapTail},
		{name: "line ends as references", in: soapHead + wrapped(encoded(base), "&#13;\n&#xA;") + soapTail},
		{name: "a CDATA section and a comment", in: soapHead + "<!-- >-> --><![CDATA[" + encoded(base)[:100] + "]]>\n" + encoded(base)[100:] + soapTail},
		{name: "the domain after the content", in: soapHead + encoded(base) + "</xmlRendicontazione><identificativoDominio>80000123457</identificativoDominio>" + strings.TrimPrefix(soapTail, "</xmlRendicontazione>")},
		{
			name: "another flow than it says", in: strings.Replace(soapHead, "-S001", "-S002", 1) + encoded(base) + soapTail,
			warnings: []string{"la busta dice di portare il flusso 2026-10-27BCITITMM-S002, dentro c'è il flusso 2026-10-27BCITITMM-S001"},
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, counts, err := readSOAP(tc.in, entity, xmlscan.Limits{})
			if err != nil {
				t.Fatal(err)
			}
			doc := record.Doc{Kind: record.KindFlows, Format: flow.FormatSOAP, Version: "1.0", Encoding: "UTF-8", Warnings: append([]string{decodedLines}, tc.warnings...)}
			if diff := cmp.Diff([]record.Doc{doc}, got.docs); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
			bare, _, _ := read(base, entity)
			bare.docs = got.docs
			if diff := cmp.Diff(bare, got, cmp.AllowUnexported(collector{})); diff != "" {
				t.Errorf("not as the bare flow (-want +got):\n%s", diff)
			}
			if counts != (flow.Counts{Rows: 1, Accepted: 1}) {
				t.Errorf("counts %+v", counts)
			}
		})
	}
}

func TestReadSOAPKnowsTheSenderByTheEnvelope(t *testing.T) {
	t.Parallel()
	in := strings.Replace(soapHead, "<identificativoPSP>BCITITMM<", "<identificativoPSP>PSP1<", 1)
	other := set(base, "identificativoFlusso", "2026-10-27PSP1-S001")
	got, _, err := readSOAP(strings.Replace(in, "BCITITMM-S001", "PSP1-S001", 1)+encoded(other)+soapTail, entity, xmlscan.Limits{})
	if err != nil || len(got.docs[0].Warnings) != 1 {
		t.Errorf("%v, warnings %q; want none about the sender", err, got.docs)
	}
}

func TestReadSOAPRefusesTheFile(t *testing.T) {
	t.Parallel()
	whole := soapHead + encoded(base) + soapTail
	for _, tc := range []struct {
		name, in string
		code     record.FileCode
		hint     string
	}{
		{"with the domain of another entity", strings.Replace(whole, "80000123457", "00998870778", 1), record.FileEntity, "identificativoDominio"},
		{"with the domain of another entity after the content", answerHead + "<xmlRendicontazione>" + encoded(base) + "</xmlRendicontazione><identificativoDominio>00998870778</identificativoDominio>" + answerTail, record.FileEntity, "00998870778"},
		{"with a flow of another entity", soapHead + encoded(strings.Replace(base, entity, "00998870778", 1)) + soapTail, record.FileEntity, "dentro la busta"},
		{"with a fault of the platform", answerHead + "<fault><faultCode>PPT_ID_FLUSSO_SCONOSCIUTO</faultCode><faultString>x</faultString></fault>" + answerTail, record.FileContent, "PPT_ID_FLUSSO_SCONOSCIUTO"},
		{"with a SOAP fault", `<s:Envelope><s:Body><s:Fault><faultcode>PPT_SYSTEM_ERROR</faultcode></s:Fault></s:Body></s:Envelope>`, record.FileContent, "PPT_SYSTEM_ERROR"},
		{"with a fault of SOAP 1.2", `<s:Envelope><s:Body><s:Fault><s:Code><s:Value>s:Receiver</s:Value></s:Code></s:Fault></s:Body></s:Envelope>`, record.FileContent, "s:Receiver"},
		{"with a list of flows", `<s:Envelope><s:Body><nodoChiediElencoFlussiRendicontazioneRisposta><elencoFlussiRendicontazione/></nodoChiediElencoFlussiRendicontazioneRisposta></s:Body></s:Envelope>`, record.FileContent, "è un elenco di flussi, non un flusso"},
		{"without content", answerHead + answerTail, record.FileContent, "manca xmlRendicontazione"},
		{"with an empty element", answerHead + "<xmlRendicontazione/>" + answerTail, record.FileContent, "manca xmlRendicontazione"},
		{"with empty content", soapHead + " \n" + soapTail, record.FileContent, "vuoto"},
		{"with content that is not base64", soapHead + "{rendicontazione}" + soapTail, record.FileContent, "non è base64"},
		{"with an entity in the content", soapHead + "&amp;" + soapTail, record.FileContent, "non è base64"},
		{"with elements after the base64", soapHead + encoded(base) + "<x/>" + soapTail, record.FileContent, "non contiene solo base64"},
		{"with base64 after its padding", soapHead + encoded(base+" ") + encoded(base) + soapTail, record.FileContent, "non è base64"},
		{"with base64 cut within a group", soapHead + encoded(base)[:401] + soapTail, record.FileTruncated, "tagliato"},
		{"with base64 cut between groups", soapHead + encoded(base)[:400] + soapTail, record.FileTruncated, "dentro la busta"},
		{"cut within the base64", soapHead + encoded(base)[:400], record.FileTruncated, "in mezzo"},
		{"cut before the content", soapHead[:200], record.FileTruncated, "incompleto"},
		{"cut after the content", soapHead + encoded(base) + soapTail[:10], record.FileTruncated, "incompleto"},
		{"with something after its end", whole + "<x/>", record.FileSyntax, ""},
		{"that is not well formed before the content", strings.Replace(whole, "</soap:Header>", "", 1), record.FileSyntax, ""},
		{"that is not well formed after the content", strings.Replace(whole, "</soap:Body>", "", 1), record.FileSyntax, ""},
		{"with a flow that is not well formed", soapHead + encoded(strings.Replace(base, "</istitutoMittente>", "", 1)) + soapTail, record.FileSyntax, "dentro la busta"},
		{"with another document in it", soapHead + encoded("<x/>") + soapTail, record.FileContent, "dentro la busta"},
		{"that is a bare flow", base, record.FileContent, "FlussoRiversamento"},
		{"that is empty", "", record.FileEmpty, ""},
		{"in UTF-16", utf16Text(whole), record.FileEncoding, "UTF-16"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := readSOAP(tc.in, entity, xmlscan.Limits{})
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || !strings.Contains(fe.Message, tc.hint) {
				t.Errorf("got %v, want %s saying %q", err, tc.code, tc.hint)
			}
		})
	}
	t.Run("with a line of an error after the content", func(t *testing.T) {
		t.Parallel()
		in := soapHead + wrapped(encoded(base), "\n") + strings.Replace(soapTail, "</soap:Body>", "", 1)
		_, _, err := readSOAP(in, entity, xmlscan.Limits{})
		var fe *record.FileError
		if want := strings.Count(in, "\n"); !errors.As(err, &fe) || fe.Line != want {
			t.Errorf("got %v, want line %d", err, want)
		}
	})
}

func TestReadSOAPLimits(t *testing.T) {
	t.Parallel()
	limits := xmlscan.Limits{MaxToken: 2000}
	for name, in := range map[string]string{
		"before the content": strings.Replace(soapHead, "<soap:Header>", "<soap:Header>"+strings.Repeat(" ", 2000), 1) + encoded(base) + soapTail,
		"after the content":  soapHead + encoded(base) + soapTail + strings.Repeat(" ", 2000),
		"without content":    "<Envelope>" + strings.Repeat("<a/>", 1000) + "</Envelope>",
	} {
		_, _, err := readSOAP(in, entity, limits)
		var fe *record.FileError
		if !errors.As(err, &fe) || fe.Code != record.FileLimit {
			t.Errorf("%s: got %v, want LIMIT", name, err)
		}
	}
	if _, _, err := readSOAP(soapHead+encoded(base)+soapTail, entity, limits); err != nil {
		t.Errorf("a message within the limit whose content is not: %v", err)
	}
}
