package cash_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/cash"
)

// camt is a credit of the fixtures, with what every one has.
func camt(line int, change func(*record.Movement)) record.Movement {
	m := record.Movement{
		Line: line, Treasurer: "02008", Account: cbiIBAN, Year: 2026,
		Document: record.DocSospeso, Operation: record.OpExecuted, Amount: 15000,
		BookedOn: record.NewDate(2026, 3, 12), ValueOn: record.NewDate(2026, 3, 12),
	}
	change(&m)
	return m
}

func TestCamt(t *testing.T) {
	got := mustRead(t, cash.ReadCamt, bytes.NewReader(fixture(t, "camt_08.xml")), cash.Options{})
	uri := "/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-0000000001"
	several := "/RFB/340105455507221/49.90 RF18539007547034"
	want := []record.Movement{
		camt(12, func(m *record.Movement) {
			m.Payer, m.EndToEnd, m.Remittance, m.ValueOn = "POSTE ITALIANE SPA", "E2E000001", uri, m.BookedOn-1
			m.Number = lineKey(1, cbiIBAN, "2026-03-12", "2026-03-11", "150.00", "REF1 E2E000001", uri)
		}),
		camt(21, func(m *record.Movement) {
			m.Payer, m.Remittance, m.Amount = "ROSSI", several, 9990
			m.Number = lineKey(1, cbiIBAN, "2026-03-12", "2026-03-12", "99.90", "REF2", several)
		}),
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	summary := cash.Summary{
		Doc:  record.Doc{Kind: record.KindMovements, Format: cash.FormatCamt, Version: "001.08", Encoding: "UTF-8"},
		Rows: 4, Accepted: 2, Skipped: 2,
	}
	if diff := cmp.Diff(summary, got.summary); diff != "" {
		t.Errorf("summary (-want +got):\n%s", diff)
	}
}

func TestCamtReversalOfTheSameDayHasTheNumberOfWhatItReverses(t *testing.T) {
	got := mustRead(t, cash.ReadCamt, bytes.NewReader(fixture(t, "camt_02.xml")), cash.Options{})
	number := lineKey(1, cbiIBAN, "2026-03-12", "2026-03-12", "150.00", "R", "/RFB/1/1.00")
	want := []record.Movement{
		camt(6, func(m *record.Movement) { m.Payer, m.Remittance, m.Number = "POSTE", "/RFB/1/1.00", number }),
		camt(8, func(m *record.Movement) {
			m.Operation, m.Remittance, m.Number = record.OpReversed, "/RFB/1/1.00", number
		}),
	}
	if diff := cmp.Diff(want, got.movements); diff != "" {
		t.Errorf("movements (-want +got):\n%s", diff)
	}
	if d := got.summary.Doc; d.Version != "001.02" || d.Encoding != "windows-1252" || len(d.Warnings) > 0 {
		t.Errorf("document %+v", d)
	}
}

// statement is a message of one statement with the entries given.
func statement(entries ...string) string {
	return `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.04"><BkToCstmrStmt><Stmt>` +
		"<Acct><Id><IBAN>" + cbiIBAN + "</IBAN></Id></Acct>\n" + strings.Join(entries, "\n") + "</Stmt></BkToCstmrStmt></Document>"
}

// entry is a booked credit of 150 euro with what is given after its days.
func entry(rest string) string {
	return `<Ntry><Amt Ccy="EUR">150.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-03-12</Dt></BookgDt>` + rest + `</Ntry>`
}

func details(remittance string) string {
	return "<NtryDtls><TxDtls><RmtInf>" + remittance + "</RmtInf></TxDtls></NtryDtls>"
}

func TestCamtRemittances(t *testing.T) {
	ustrd := func(texts ...string) string {
		return details("<Ustrd>" + strings.Join(texts, "</Ustrd><Ustrd>") + "</Ustrd>")
	}
	line := strings.Repeat("abcde", 7)
	reference := "<Strd><CdtrRefInf><Tp/><Ref>RF18539007547034</Ref></CdtrRefInf></Strd>"
	for _, tt := range []struct{ name, rest, remittance, iuv string }{
		{"a text in full lines goes on without a blank", ustrd(line, line+line, "fine"), line + line + line + "fine", ""},
		{"texts that do not fill their lines are words", ustrd("RFB", "1 ", "", "x"), "RFB 1 x", ""},
		{"a reference behind a text", details("<Ustrd>TARI</Ustrd>" + reference), "TARI RF18539007547034", ""},
		{"a reference the text has already", details("<Ustrd>/RFB/RF18539007547034</Ustrd>" + reference), "/RFB/RF18539007547034", ""},
		{"a reference alone is the IUV", details(reference), "RF18539007547034", "RF18539007547034"},
		{"fifteen digits alone are the IUV", details("<Strd><CdtrRefInf><Ref>340105455507221</Ref></CdtrRefInf></Strd>"), "340105455507221", "340105455507221"},
		{"an invoice is no IUV", details("<Strd><CdtrRefInf><Ref>2026/17</Ref></CdtrRefInf></Strd>"), "2026/17", ""},
		{"what the bank adds to the payment", "<NtryDtls><TxDtls><AddtlTxInf>BONIFICO</AddtlTxInf></TxDtls></NtryDtls>", "BONIFICO", ""},
		{"what the bank adds to the entry", details("") + "<AddtlNtryInf>ACCREDITO</AddtlNtryInf>", "ACCREDITO", ""},
		{"nothing", "", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRead(t, cash.ReadCamt, strings.NewReader(statement(entry(tt.rest))), cash.Options{})
			if m := got.movements[0]; m.Remittance != tt.remittance || m.IUV != tt.iuv {
				t.Errorf("remittance %q with IUV %q, want %q with %q", m.Remittance, m.IUV, tt.remittance, tt.iuv)
			}
		})
	}
}

func TestCamtPayers(t *testing.T) {
	parties := func(inner ...string) string {
		return "<NtryDtls><TxDtls><RltdPties>" + strings.Join(inner, "</RltdPties></TxDtls><TxDtls><RltdPties>") + "</RltdPties></TxDtls></NtryDtls>"
	}
	for _, tt := range []struct{ name, rest, want string }{
		{"the debtor", parties("<Dbtr><Nm>ROSSI</Nm></Dbtr><UltmtDbtr><Nm>BIANCHI</Nm></UltmtDbtr>"), "ROSSI"},
		{"the ultimate debtor, when there is no other", parties("<UltmtDbtr><Pty><Nm>BIANCHI</Nm></Pty></UltmtDbtr>"), "BIANCHI"},
		{"the debtor of all payments", parties("<Dbtr><Nm>ROSSI</Nm></Dbtr>", "", "<Dbtr><Nm>ROSSI</Nm></Dbtr>"), "ROSSI"},
		{"several debtors are none", parties("<Dbtr><Nm>ROSSI</Nm></Dbtr>", "<Dbtr><Nm>BIANCHI</Nm></Dbtr>"), ""},
		{"the bank of the debtor is not", "<NtryDtls><TxDtls><RltdAgts><DbtrAgt><FinInstnId><Nm>BANCA</Nm></FinInstnId></DbtrAgt></RltdAgts></TxDtls></NtryDtls>", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRead(t, cash.ReadCamt, strings.NewReader(statement(entry(tt.rest))), cash.Options{})
			if m := got.movements[0]; m.Payer != tt.want {
				t.Errorf("payer %q, want %q", m.Payer, tt.want)
			}
		})
	}
}

func TestCamtSkipsWhatIsNoCreditBooked(t *testing.T) {
	credit := entry("")
	in := statement(
		strings.Replace(credit, "BOOK", "PDNG", 1), strings.Replace(credit, "BOOK", "<Cd>INFO</Cd>", 1),
		strings.Replace(credit, "CRDT", "DBIT", 1), strings.Replace(credit, "CRDT</CdtDbtInd>", "DBIT</CdtDbtInd><RvslInd>false</RvslInd>", 1),
		strings.Replace(credit, "<Sts>BOOK</Sts>", "", 1),
		strings.Replace(credit, "CRDT</CdtDbtInd>", "CRDT</CdtDbtInd><RvslInd>true</RvslInd>", 1))
	got := mustRead(t, cash.ReadCamt, strings.NewReader(in), cash.Options{})
	if got.summary.Skipped != 4 || got.summary.Accepted != 2 || got.movements[1].Operation != record.OpExecuted {
		t.Errorf("summary %+v, want the last two taken, a debit that came back among them", got.summary)
	}
}

func TestCamtRejects(t *testing.T) {
	credit := entry("")
	change := func(from, to string) string { return strings.Replace(credit, from, to, 1) }
	in := statement(
		change("EUR", "USD"), change("150.00", "150.005"), change("150.00", "150,00"), change("150.00", ""), change("150.00", "-1.00"),
		change("150.00", "0.00"), change("CRDT", "CREDIT"), change("2026-03-12", "2026-02-30"), change("<BookgDt><Dt>2026-03-12</Dt></BookgDt>", ""),
		entry("<ValDt><Dt>12-3</Dt></ValDt>"),
		entry("<NtryDtls>"+strings.Repeat("<TxDtls><RmtInf><Ustrd>"+strings.Repeat("x", 600_000)+"</Ustrd></RmtInf></TxDtls>", 2)+"</NtryDtls>"))
	got := mustRead(t, cash.ReadCamt, strings.NewReader(in), cash.Options{})
	wantRejects(t, got.rejects, []record.Reject{
		{Line: 2, Column: "Amt", Code: record.RejectAmount, Value: "USD"},
		{Line: 3, Column: "Amt", Code: record.RejectAmount, Value: "150.005"},
		{Line: 4, Column: "Amt", Code: record.RejectAmount, Value: "150,00"},
		{Line: 5, Column: "Amt", Code: record.RejectMissing},
		{Line: 6, Column: "Amt", Code: record.RejectAmount, Value: "-1.00"},
		{Line: 7, Column: "Amt", Code: record.RejectNotPositive, Value: "0.00"},
		{Line: 8, Column: "CdtDbtInd", Code: record.RejectOperation, Value: "CREDIT"},
		{Line: 9, Column: "BookgDt", Code: record.RejectDate, Value: "2026-02-30"},
		{Line: 10, Column: "ValDt", Code: record.RejectMissing},
		{Line: 11, Column: "ValDt", Code: record.RejectDate, Value: "12-3"},
		{Line: 12, Column: "RmtInf", Code: record.RejectTooLong},
	})
}

func TestCamtBalances(t *testing.T) {
	balance := func(kind, amount, sign string) string {
		return "<Bal><Tp><CdOrPrtry><Cd>" + kind + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount + "</Amt><CdtDbtInd>" + sign + "</CdtDbtInd></Bal>"
	}
	opening, credit := balance("OPBD", "10.00", "CRDT"), entry("")
	for _, tt := range []struct{ name, in, want string }{
		{"that agree", statement(opening, balance("CLBD", "160.00", "CRDT"), credit), ""},
		{"that do not", statement(opening, balance("CLBD", "160.01", "CRDT"), credit), "(riga 1) non quadra: saldo iniziale e movimenti danno 160,00, il saldo finale è 160,01"},
		{"of the other sign", statement(opening, balance("CLBD", "160.00", "DBIT"), credit), "il saldo finale è -160,00"},
		{"without the closing one", statement(opening, credit), ""},
		{"without the opening one", statement(balance("CLBD", "1.00", "CRDT"), credit), ""},
		{"in another currency", statement(strings.Replace(opening, "EUR", "USD", 1), balance("CLBD", "1.00", "CRDT"), credit), ""},
		{"with an entry that cannot be read", statement(opening, balance("CLBD", "160.00", "CRDT"), strings.Replace(credit, "150.00", "x", 1)), "quadratura non verificata"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := mustRead(t, cash.ReadCamt, strings.NewReader(tt.in), cash.Options{})
			warnings := strings.Join(got.summary.Doc.Warnings, "\n")
			if (warnings == "") != (tt.want == "") || !strings.Contains(warnings, tt.want) {
				t.Errorf("warnings %q, want %q", warnings, tt.want)
			}
		})
	}
}

func TestCamtIsReadInAnyEnvelope(t *testing.T) {
	message := statement(entry(""))
	for name, in := range map[string]string{
		"of a business message": "<BizMsgEnvlp><AppHdr><BizMsgIdr>1</BizMsgIdr></AppHdr>" + message + "</BizMsgEnvlp>",
		"of several messages":   "<Messaggi>" + message + message + "</Messaggi>",
	} {
		t.Run(name, func(t *testing.T) {
			got := mustRead(t, cash.ReadCamt, strings.NewReader(in), cash.Options{})
			if got.summary.Accepted != strings.Count(in, "<Ntry>") {
				t.Errorf("summary %+v", got.summary)
			}
		})
	}
}

func TestCamtFileErrors(t *testing.T) {
	good := string(fixture(t, "camt_08.xml"))
	for _, tt := range []struct {
		name, in string
		code     record.FileCode
		message  string
	}{
		{"no bytes", "", record.FileEmpty, ""},
		{"cut in half", good[:len(good)/2], record.FileTruncated, ""},
		{"tags crossed", strings.Replace(good, "</Sts>", "</Amt>", 1), record.FileSyntax, ""},
		{"another message", strings.ReplaceAll(good, "BkToCstmrStmt", "BkToCstmrAcctRpt"), record.FileContent, "BkToCstmrStmt"},
		{"entries of no account", strings.Replace(good, "<IBAN>"+cbiIBAN+"</IBAN>", "", 1), record.FileContent, "Acct/Id"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := read(t, cash.ReadCamt, strings.NewReader(tt.in), cash.Options{})
			wantFileError(t, err, tt.code, tt.message)
		})
	}
}

func FuzzReadCamt(f *testing.F) {
	f.Add(fixture(f, "camt_08.xml"))
	f.Add(fixture(f, "camt_02.xml"))
	f.Fuzz(func(t *testing.T, in []byte) {
		cash.LooksLikeCamt(in)
		fuzzOne(t, cash.ReadCamt, in)
	})
}
