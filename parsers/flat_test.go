package parsers_test

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"quadra/parsers"
)

// endless is a document made while it is read: a start, rows that differ by
// their number, an end. It takes no memory and no disk, whatever its size.
type endless struct {
	head, tail string
	row        string // hashes in it stand for the digits of the number of the row, from 1
	rows       int64
}

var hashes = regexp.MustCompile(`##+`)

func (e endless) size() int64 {
	return int64(len(e.head)) + e.rows*int64(len(e.row)) + int64(len(e.tail))
}

// reader gives the bytes of the document; each reader is for one goroutine.
func (e endless) reader() *endlessReader {
	return &endlessReader{endless: e, numbers: hashes.FindAllStringIndex(e.row, -1), buf: []byte(e.row), at: -1}
}

type endlessReader struct {
	endless
	numbers [][]int
	buf     []byte // the row at
	at      int64
	passed  func(n int) // told of all bytes read
}

// ReadAt fills p from off on.
func (r *endlessReader) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) {
		piece := r.piece(off + int64(n))
		if len(piece) == 0 {
			return n, io.EOF
		}
		n += copy(p[n:], piece)
	}
	if r.passed != nil {
		r.passed(n)
	}
	return n, nil
}

// piece is what follows an offset, up to the end of its row.
func (r *endlessReader) piece(off int64) []byte {
	if off < int64(len(r.head)) {
		return []byte(r.head[off:])
	}
	off -= int64(len(r.head))
	row := off / int64(len(r.row))
	if row >= r.rows {
		off -= r.rows * int64(len(r.row))
		return []byte(r.tail[min(off, int64(len(r.tail))):])
	}
	if row != r.at {
		r.at = row
		for _, place := range r.numbers {
			for i, rest := place[1]-1, row+1; i >= place[0]; i-- {
				r.buf[i] = byte('0' + rest%10)
				rest /= 10
			}
		}
	}
	return r.buf[off%int64(len(r.row)):]
}

// largeFile is a format whose files are read as streams.
type largeFile struct {
	name string
	of   func(size int64) endless
	kind string // of record that each row is
	tail int    // records in the end
	keys int64  // bytes that may be remembered of each row, to tell twins
}

// twinBytes is what a row may take where rows have no number of their own: eight
// bytes in a table half free, twice while it grows.
const twinBytes = 32

var largeFiles = []largeFile{
	{name: "MyPay CSV", of: largeReceipts, kind: "receipts"},
	{name: "MyPay CSV without an index", of: largeReceiptsWithoutIndex, kind: "receipts", keys: 2 * twinBytes},
	{name: "notices CSV", of: largeNotices, kind: "notices"},
	{name: "dovuti CSV", of: largeDebts, kind: "debts"},
	{name: "provvisori CSV", of: largeProvvisori, kind: "movements"},
	{name: "account statement CSV", of: largeStatement, kind: "movements", keys: twinBytes},
	{name: "Poste CSV", of: largePoste, kind: "movements", keys: twinBytes},
	{name: "FdR XML", of: largeFlow, kind: "flow lines"},
	{name: "FdR JSON", of: largeFlowJSON, kind: "flow lines", tail: 1},
	{name: "receipts JSON", of: largeReceiptsJSON, kind: "receipts"},
	{name: "OPI XML", of: largeOPI, kind: "movements"},
	{name: "esiti fixed width", of: largeEsiti, kind: "movements"},
	{name: "CBI RH", of: largeCBI, kind: "movements", keys: twinBytes},
	{name: "camt.053", of: largeCamt, kind: "movements", keys: twinBytes},
}

// filled is a document of about so many bytes.
func filled(size int64, head, row, tail string) endless {
	return endless{head: head, row: row, tail: tail, rows: size / int64(len(row))}
}

func largeReceipts(size int64) endless {
	header, _, _ := strings.Cut(receipts, "\n")
	return filled(size, header+"\n",
		"IUD##########;IUV##########;80000123457;IUV##########;IUR##########;1;10.00;10.00;0;2026-10-26;TARI;"+
			`"Tassa sui rifiuti del 2026, rata unica, utenza di via della Prova"`+"\n", "")
}

func largeReceiptsWithoutIndex(size int64) endless {
	e := largeReceipts(size)
	e.head = strings.Replace(e.head, "indiceDatiSingoloPagamento;", "", 1)
	return filled(size, e.head, strings.Replace(e.row, ";1;10.00;10.00;", ";10.00;10.00;", 1), "")
}

func largeDebts(size int64) endless {
	return filled(size, "IUD;codIuv;tipoIdentificativoUnivoco;codiceIdentificativoUnivoco;anagraficaPagatore;indirizzoPagatore;civicoPagatore;"+
		"capPagatore;localitaPagatore;provinciaPagatore;nazionePagatore;emailPagatore;dataScadenzaPagamento;importoDovuto;commissioneCaricoPa;"+
		"tipoDovuto;tipoVersamento;causaleVersamento;datiSpecificiRiscossione;azione\n",
		"TAR-##########;;F;PRVGNN80A41L840Y;PROVA GIANNA;;;;;;;;2026-12-31;20.00;;TARI;ALL;Tari 2026;9/0101100IM/;I\n", "")
}

func largeStatement(size int64) endless {
	return filled(size, "ABI;CAB;CONTO;DIVISA;DATA CONTABILE;DATA VALUTA;IMPORTO;SEGNO;CAUSALE;NUM. ASSEGNO;RIF. BANCA;RIF. CLIENTE;DESCRIZIONE;DESCRIZIONE ESTESA\n",
		"02008;02017;000000012345;EUR;12/03/2026;12/03/2026;1.150,00;+;48;;CRO##########;;BONIFICO A VOSTRO FAVORE;"+
			"/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-##########\n", "")
}

func largePoste(size int64) endless {
	return filled(size, "IBAN;IT84K0760101000000010123456\nDATA CONTABILE;DATA VALUTA;CODICE CAUSALE;CAUSALE;DIVISA;IMPORTO DEBITO;IMPORTO CREDITO;ACCESSORIA;CAUSALE MOVIMENTO\n",
		"12/03/2026;12/03/2026;48;ACCREDITO;EUR;;150,00;;RI1/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-########## ACCREDITO BOLLETTINO P.A.\n", "")
}

func largeReceiptsJSON(size int64) endless {
	return filled(size, "", `{"receiptId": "IUR##########", "noticeNumber": "301000000000000144", "fiscalCode": "80000123457", "outcome": "OK", `+
		`"creditorReferenceId": "01##########", "paymentAmount": 20.1, "description": "TARI 2026", "companyName": "Comune di Prova", `+
		`"debtor": {"entityUniqueIdentifierType": "F", "entityUniqueIdentifierValue": "PRVGNN80A41L840Y", "fullName": "Gianna Prova"}, `+
		`"transferList": [{"idTransfer": 1, "transferAmount": 20.1, "fiscalCodePA": "80000123457", "iban": "IT86X0200812345000000111111", `+
		`"remittanceInformation": "TARI 2026", "transferCategory": "0101100IM"}], "idPSP": "BCITITMM", "pspCompanyName": "Banca di Prova", `+
		`"fee": 1.5, "paymentDateTime": "2026-10-26T12:30:00", "applicationDate": "2026-10-26", "transferDate": "2026-10-27"}`+"\n", "")
}

func largeCamt(size int64) endless {
	e := filled(size, `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-03-13T06:00:00+01:00</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><Acct><Id><IBAN>IT13R0200802017000101059865</IBAN></Id><Ccy>EUR</Ccy></Acct>
`, `<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-03-12</Dt></BookgDt>`+
		`<ValDt><Dt>2026-03-11</Dt></ValDt><AcctSvcrRef>REF##########</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E2E##########</EndToEndId></Refs>`+
		`<RmtInf><Ustrd>/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-##########</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
`, "</Stmt></BkToCstmrStmt></Document>\n")
	return e
}

func largeNotices(size int64) endless {
	header, _, _ := strings.Cut(notices, "\n")
	return filled(size, header+"\n",
		"IUD##########;IUV##########;F;PRVGNN80A41L840Y;PROVA GIANNA;2026-10-26;10.00;;TARI;ALL;rifiuti;9/0101100IM/\n", "")
}

func largeProvvisori(size int64) endless {
	header, _, _ := strings.Cut(movements, "\n")
	return filled(size, header+"\n",
		"2026;##########;2026-10-18;BANCA DI PROVA;BONIFICO /PUR/LGPE-RIVERSAMENTO/URI/2026-10-17BCITITMM-##########;2,50;2026-10-18\n", "")
}

func largeFlow(size int64) endless {
	head, rest, _ := strings.Cut(fdr, "<p:datiSingoliPagamenti>")
	row, _, _ := strings.Cut(rest, "</p:FlussoRiversamento>")
	row = strings.NewReplacer("IUV1", "##########", "IUR1", "IUR##########").Replace("<p:datiSingoliPagamenti>" + row)
	return filled(size, head, row, "</p:FlussoRiversamento>\n")
}

const flowJSON = `{"status": "PUBLISHED", "revision": 1, "created": "2026-10-28T09:00:01.5Z",
 "fdr": "2026-10-27BCITITMM-S001", "fdrDate": "2026-10-28T09:00:00Z", "regulation": "TRN1", "regulationDate": "2026-10-27",
 "bicCodePouringBank": "BCITITMMXXX",
 "sender": {"type": "BIC_CODE", "id": "BCITITMM", "pspId": "BCITITMM", "pspName": "Banca di Prova"},
 "receiver": {"id": "80000123457", "organizationId": "80000123457", "organizationName": "Comune di Prova"},
 "totPayments": 1, "sumPayments": 10.00, "computedTotPayments": 1, "computedSumPayments": 10.00,
 "payments": [
`

const paymentJSON = `{"index": 1, "iuv": "##########", "iur": "IUR##########", "idTransfer": 1, "pay": 10.00, ` +
	`"payStatus": "EXECUTED", "payDate": "2026-10-26T12:30:00Z"}`

func largeFlowJSON(size int64) endless {
	return filled(size, flowJSON, paymentJSON+",\n", strings.ReplaceAll(paymentJSON, "##########", "LAST")+"\n]}\n")
}

func largeOPI(size int64) endless {
	return filled(size, `<?xml version="1.0" encoding="UTF-8"?>
<flusso_giornale_di_cassa>
<testata_messaggio><codice_ABI_BT>02008</codice_ABI_BT><codice_fiscale_ente>80000123457</codice_fiscale_ente></testata_messaggio>
<identificativo_flusso_BT>GDC-1</identificativo_flusso_BT><pagina>1</pagina><pagine_totali>1</pagine_totali>
<esercizio>2026</esercizio><data_riferimento_GdC>2026-10-18</data_riferimento_GdC>
<informazioni_conto_evidenza><conto_evidenza>1</conto_evidenza>
`, `<movimento_conto_evidenza><tipo_movimento>ENTRATA</tipo_movimento><tipo_documento>SOSPESO ENTRATA</tipo_documento>`+
		`<tipo_operazione>ESEGUITO</tipo_operazione><numero_documento>##########</numero_documento><importo>2.50</importo>`+
		`<numero_bolletta_quietanza>##########</numero_bolletta_quietanza><data_movimento>2026-10-18</data_movimento>`+
		`<data_valuta_ente>2026-10-18</data_valuta_ente><cliente><anagrafica_cliente>BANCA DI PROVA</anagrafica_cliente></cliente>`+
		`<causale>BONIFICO ##########</causale></movimento_conto_evidenza>
`, "</informazioni_conto_evidenza>\n</flusso_giornale_di_cassa>\n")
}

func largeEsiti(size int64) endless {
	return filled(size, "", fmt.Sprintf("%-5s%-5s%-7s%-4s%-3s%-5s%-5s%-12s%-8s%-3s%7s%-7s%7s%-7s%-3s%-2s%-3s%15s+\r\n",
		"05262", "00001", "0000123", "2026", "EUR", "05262", "79748", "000000012345", "20260312", "003",
		"#######", "0000001", "#######", "", "", "", "EUR", "000000000000250"), "")
}

// cbi is a record of the statement: blank, and up to the 120 characters.
func cbi(text string) string { return fmt.Sprintf("%-120s\r\n", text) }

// largeCBI is one statement that adds up: every movement is a cent.
func largeCBI(size int64) endless {
	e := filled(size,
		cbi(" RH02008ABCDE130326RH20260313COMUNE")+
			cbi(" 610000001                  93001C/TESORERIA     CCR0200802017000101059865EUR120326C000000010000,00IT13"),
		cbi(" 620000001001120326120326C000000000000,0148BO                0920##########           BONIFICO A VOSTRO FAVORE")+
			cbi(" 630000001001YYY12032026                POSTE ITALIANE SPA                      ROMA")+
			cbi(" 630000001001ID1MSG0001                            E2E##########")+
			cbi(" 630000001001RI1/PUR/LGPE-RIVERSAMENTO/URI/2026-03-11BPPIITRRXXX-##########"), "")
	cents := 1_000_000 + e.rows
	balance := fmt.Sprintf("C%012d,%02d", cents/100, cents%100)
	e.tail = cbi(" 640000001EUR120326"+balance+balance) +
		cbi(" EF02008ABCDE130326RH20260313COMUNE          0000001")
	return e
}

// read parses a large file and demands every record of it.
func (f largeFile) read(t *testing.T, e endless, passed func(n int)) {
	t.Helper()
	in := e.reader()
	in.passed = passed
	got := newTally()
	// The rows of a cash table have a limit of their own, tested elsewhere.
	err := parsers.ParseReaderAt(t.Context(), in, e.size(), parsers.Options{Limits: parsers.Limits{MaxRows: 1 << 30}}, got)
	if err != nil {
		t.Fatal(err)
	}
	if want := int(e.rows) + f.tail; got.n[f.kind] != want || got.n["rejects"] != 0 {
		t.Errorf("%s, want %d %s and no reject", got, want, f.kind)
	}
}

// TestMemoryIsFlat reads 32 MiB of each format and looks at what is alive on
// the heap on the way.
func TestMemoryIsFlat(t *testing.T) {
	const size, looks = 32 << 20, 8
	for _, f := range largeFiles {
		t.Run(f.name, func(t *testing.T) {
			e := f.of(size)
			most := uint64(16<<20 + f.keys*e.rows)
			before := alive()
			var highest uint64
			unseen := 0
			f.read(t, e, func(n int) {
				if unseen += n; unseen >= size/looks {
					unseen = 0
					highest = max(highest, alive())
				}
			})
			switch {
			case highest == 0:
				t.Error("the heap has not been looked at")
			case highest > before+most:
				t.Errorf("%d MiB more are alive while %d MiB are read, want %d at most", (highest-before)>>20, size>>20, most>>20)
			}
		})
	}
}

// alive is how many bytes of the heap are in use once the garbage is gone.
func alive() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestMemoryIsFlatLong reads 1 GiB of each format, each in a process of its own,
// and demands that its resident memory stays under 150 MB. It takes minutes:
//
//	QUADRA_LONG=1 go test -run TestMemoryIsFlatLong -v ./parsers
func TestMemoryIsFlatLong(t *testing.T) {
	const most = 150_000_000
	const child = "QUADRA_FLAT_FORMAT" // tells the process which format it is for
	if name := os.Getenv(child); name != "" {
		for _, f := range largeFiles {
			if f.name == name {
				f.read(t, f.of(1<<30), nil)
				fmt.Printf("peak %d\n", peak(t))
			}
		}
		return
	}
	if os.Getenv("QUADRA_LONG") != "1" {
		t.Skip("reads a gigabyte of each format: set QUADRA_LONG=1 to run it")
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skipf("this system does not tell the memory of a process: %v", err)
	}
	for _, f := range largeFiles {
		t.Run(f.name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestMemoryIsFlatLong$", "-test.timeout=20m")
			cmd.Env = append(os.Environ(), child+"="+f.name)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			_, after, found := bytes.Cut(out, []byte("peak "))
			digits, _, _ := bytes.Cut(after, []byte("\n"))
			bytesUsed, err := strconv.Atoi(string(digits))
			if !found || err != nil {
				t.Fatalf("the process did not tell its memory: %v\n%s", err, out)
			}
			t.Logf("%d MB resident at most", bytesUsed/1_000_000)
			if bytesUsed > most {
				t.Errorf("%d MB resident, want %d at most", bytesUsed/1_000_000, most/1_000_000)
			}
		})
	}
}

// peak is the highest resident memory of this process so far, in bytes. The
// kernel counts that of the system call from the process that started it, hence
// /proc.
func peak(t *testing.T) int {
	t.Helper()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(status)) {
		if fields := strings.Fields(line); len(fields) == 3 && fields[0] == "VmHWM:" {
			kib, err := strconv.Atoi(fields[1])
			if err != nil {
				t.Fatal(err)
			}
			return kib << 10
		}
	}
	t.Fatal("no VmHWM in /proc/self/status")
	return 0
}
