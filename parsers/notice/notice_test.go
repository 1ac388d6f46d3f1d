package notice_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/mypay"
	"quadra/parsers/notice"
)

var columns = strings.Fields(`IUD codIuv tipoIdentificativoUnivoco codiceIdentificativoUnivoco anagraficaPagatore indirizzoPagatore
	civicoPagatore capPagatore localitaPagatore provinciaPagatore nazionePagatore mailPagatore dataEsecuzionePagamento
	importoDovutoPagato commissioneCaricoPa tipoDovuto tipoVersamento causaleVersamento datiSpecificiRiscossione bilancio`)

// chapters of an ordinary notice, in the grammar notices have of their own.
const chapters = "<Bilancio><capitolo><codice>E-3001</codice><importo>12.50</importo></capitolo>" +
	"<capitolo><codice>E-3044</codice><importo>7.50</importo></capitolo></Bilancio>"

// values of an ordinary notice; change some for one that is not.
func values(changes ...string) map[string]string {
	v := map[string]string{
		"IUD": "TAR-0001", "codIuv": "01000000000000144", "tipoIdentificativoUnivoco": "F",
		"codiceIdentificativoUnivoco": "PRVGNN80A41L840Y", "anagraficaPagatore": "PROVA GIANNA", "mailPagatore": "a@example.it",
		"dataEsecuzionePagamento": "2026-10-26", "importoDovutoPagato": "20.00", "commissioneCaricoPa": "1.50",
		"tipoDovuto": "TARI", "tipoVersamento": "ALL", "causaleVersamento": "Tari 2026", "datiSpecificiRiscossione": "9/0101100IM/",
		"bilancio": chapters,
	}
	for i := 0; i < len(changes); i += 2 {
		v[changes[i]] = changes[i+1]
	}
	return v
}

func ordinary(line int) record.Notice {
	return record.Notice{
		Line: line, IUD: "TAR-0001", IUV: "01000000000000144", PayerKind: "F", PayerCode: "PRVGNN80A41L840Y", PayerName: "PROVA GIANNA",
		PaidOn: record.NewDate(2026, 10, 26), Amount: 2000, Commission: 150, DebtType: "TARI", Channel: "ALL",
		Remittance: "Tari 2026", Collection: "9/0101100IM/", Bilancio: chapters,
	}
}

func TestReadNotice(t *testing.T) {
	t.Parallel()
	free := ordinary(2)
	free.Commission, free.Bilancio = 0, ""
	eMail := slices.Clone(columns)
	eMail[11] = "e-mailPagatore"
	shuffled := slices.Clone(columns)
	slices.Reverse(shuffled)
	for _, tc := range []struct {
		name     string
		in       string
		want     record.Notice
		warnings []string
	}{
		{"with the header of the tracciato", file(columns, values()), ordinary(2), nil},
		{"with the other spelling of the e-mail", file(eMail, values()), ordinary(2), nil},
		{"with columns in another order", file(shuffled, values()), ordinary(2), nil},
		{"with decimals after a comma", file(columns, values("importoDovutoPagato", "20,00", "commissioneCaricoPa", "1,50")), ordinary(2), nil},
		{"without commission and chapters", file(columns, values("commissioneCaricoPa", "", "bilancio", "")), free, nil},
		{"without optional columns", file(slices.Delete(slices.Clone(columns), 5, 12), values()), ordinary(2), nil},
		{
			"without header", line(columns, values()) + "\n", ordinary(1),
			[]string{"il file è senza intestazione: le colonne sono lette nell'ordine del tracciato 1.0"},
		},
		{"with an unknown column", file(append(slices.Clone(columns), "x"), values()), ordinary(2), []string{`colonne non previste e ignorate (1): "x"`}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, counts, err := read(t, tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff([]record.Notice{tc.want}, got.notices); diff != "" {
				t.Errorf("notices (-want +got):\n%s", diff)
			}
			want := []record.Doc{{Kind: record.KindNotices, Format: notice.Format, Version: "1.0", Warnings: tc.warnings}}
			if diff := cmp.Diff(want, got.docs); diff != "" {
				t.Errorf("document (-want +got):\n%s", diff)
			}
			if counts != (mypay.Counts{Rows: 1, Accepted: 1}) {
				t.Errorf("counts %+v", counts)
			}
		})
	}
}

func TestReadRejects(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name          string
		column, value string
		code          record.RejectCode
	}{
		{"no IUD", "IUD", "", record.RejectMissing},
		{"no IUV", "codIuv", "", record.RejectMissing},
		{"no payer", "anagraficaPagatore", "", record.RejectMissing},
		{"no amount", "importoDovutoPagato", "", record.RejectMissing},
		{"no kind of debt", "tipoDovuto", "", record.RejectMissing},
		{"an IUD of 36 characters", "IUD", strings.Repeat("1", 36), record.RejectTooLong},
		{"a remittance text of 141 characters", "causaleVersamento", strings.Repeat("à", 141), record.RejectTooLong},
		{"an amount of one decimal", "importoDovutoPagato", "12,5", record.RejectAmount},
		{"an amount with thousands", "importoDovutoPagato", "1.234,56", record.RejectAmount},
		{"an amount with a currency", "importoDovutoPagato", "10.00EUR", record.RejectAmount},
		{"a negative amount", "importoDovutoPagato", "-1.00", record.RejectNotPositive},
		{"nothing paid", "importoDovutoPagato", "0.00", record.RejectNotPositive},
		{"a commission that is none", "commissioneCaricoPa", "gratis", record.RejectAmount},
		{"a negative commission", "commissioneCaricoPa", "-1.00", record.RejectNotPositive},
		{"a day that does not exist", "dataEsecuzionePagamento", "2026-02-29", record.RejectDate},
		{"a day written the Italian way", "dataEsecuzionePagamento", "26/10/2026", record.RejectDate},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, counts, err := read(t, file(columns, values(), values(tc.column, tc.value), values()))
			if err != nil {
				t.Fatal(err)
			}
			if len(got.rejects) != 1 || counts != (mypay.Counts{Rows: 3, Accepted: 2, Rejected: 1}) {
				t.Fatalf("rejects %+v, counts %+v", got.rejects, counts)
			}
			if r := got.rejects[0]; r.Line != 3 || r.Column != tc.column || r.Code != tc.code || r.Reason == "" {
				t.Errorf("got %+v, want %s on line 3, column %s", r, tc.code, tc.column)
			}
		})
	}
}

func TestReadBilancio(t *testing.T) {
	t.Parallel()
	const of = "<bilancio><capitolo><codCapitolo>E-3001</codCapitolo><codUfficio>TRIB</codUfficio>" +
		"<accertamento><codAccertamento>2026/118</codAccertamento><importo>20.00</importo></accertamento></capitolo></bilancio>"
	const namespace = ` xmlns="http://www.regione.veneto.it/schemas/2012/Pagamenti/Ente/"`
	for _, tc := range []struct {
		name, text string
		hint       string // of the part left out; empty when the bilancio is kept
	}{
		{"none", "", ""},
		{"in the grammar of notices", chapters, ""},
		{"in the grammar of notices, with its namespace", strings.Replace(chapters, "<Bilancio>", "<Bilancio"+namespace+">", 1), ""},
		{"in the grammar of debts", of, ""},
		{"that does not add up to the amount", strings.Replace(chapters, "7.50", "7.51", 1), "sommano 20,01, l'importo è 20,00"},
		{"of no chapter", "<Bilancio/>", "nessuna quota"},
		{"with a bare ampersand", strings.Replace(of, "TRIB", "A&B", 1), "capitoli"},
		{"with an unresolved expression", strings.Replace(of, "20.00", "TOTALE", 1), "espressione"},
		{"of another root", "<bilanci/>", "capitoli"},
		{"that is no XML", "E-3001", "capitoli"},
		{"of 4097 characters", strings.Repeat("x", 4097), "4096"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, counts, err := read(t, file(columns, values("bilancio", strings.ReplaceAll(tc.text, `"`, `'`))))
			if err != nil {
				t.Fatal(err)
			}
			if counts != (mypay.Counts{Rows: 1, Accepted: 1}) || len(got.notices) != 1 {
				t.Fatalf("counts %+v, %d notices: the notice is taken whatever its bilancio", counts, len(got.notices))
			}
			n := got.notices[0]
			if tc.hint == "" {
				if want := strings.ReplaceAll(tc.text, `"`, `'`); n.Bilancio != want || len(got.rejects) > 0 {
					t.Errorf("bilancio %q, rejects %+v", n.Bilancio, got.rejects)
				}
				return
			}
			want := ordinary(2)
			want.Bilancio = tc.text[:min(len(tc.text), 4096)]
			if diff := cmp.Diff(want, n); diff != "" {
				t.Errorf("notice (-want +got):\n%s", diff)
			}
			if len(got.rejects) != 1 {
				t.Fatalf("rejects %+v", got.rejects)
			}
			if r := got.rejects[0]; !r.Part || r.Code != record.RejectQuota || r.Line != 2 || r.Column != "bilancio" || !strings.Contains(r.Reason, tc.hint) {
				t.Errorf("got %+v, want a part left out saying %q", r, tc.hint)
			}
		})
	}
}

func TestDebtsAreNoNotices(t *testing.T) {
	t.Parallel()
	row := strings.Split(line(columns, values("bilancio", "")), ";")
	if !notice.LooksLikeRow(row) {
		t.Errorf("a notice without bilancio is not recognised")
	}
	for _, action := range []string{"I", "M", "A", "i"} {
		row[19] = action
		if notice.LooksLikeRow(row) {
			t.Errorf("a debt with action %s is taken for a notice", action)
		}
	}
}

func TestReadRefusesTheFile(t *testing.T) {
	t.Parallel()
	without := slices.DeleteFunc(slices.Clone(columns), func(c string) bool { return c == "IUD" || c == "importoDovutoPagato" })
	dues := slices.Clone(columns)
	dues[12], dues[13] = "dataScadenzaPagamento", "importoDovuto"
	for _, tc := range []struct {
		name, in string
		code     record.FileCode
		hint     string
	}{
		{"that is empty", "\n\n", record.FileEmpty, ""},
		{"that lacks columns", file(without, values()), record.FileHeader, "IUD, importoDovutoPagato"},
		{"that is an import of debts", file(dues, values()), record.FileHeader, "intestazione"},
		{"that has neither header nor 20 columns", "a;b;c\n", record.FileHeader, "intestazione"},
		{"that is cut", file(columns, values()) + "TAR-2;01", record.FileTruncated, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, _, err := read(t, tc.in)
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || !strings.Contains(fe.Message, tc.hint) {
				t.Errorf("got %v, want %s saying %q", err, tc.code, tc.hint)
			}
		})
	}
}

func TestReadStopsWithTheSink(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	for _, stage := range []string{"doc", "notice", "reject"} {
		for _, bad := range []string{"IUD", "bilancio"} {
			c := &collector{fail: stage, err: full}
			in := file(columns, values(), values(bad, map[string]string{"IUD": "", "bilancio": "<Bilancio/>"}[bad]))
			if _, err := notice.Read(t.Context(), strings.NewReader(in), notice.Options{}, c); !errors.Is(err, full) {
				t.Errorf("at %s: got %v, want the error of the sink", stage, err)
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(file(columns, values()))
	f.Add(line(columns, values()))
	f.Add(file(columns, values("bilancio", "<Bilancio/>"), values("bilancio", "")))
	f.Fuzz(func(t *testing.T, in string) {
		got, counts, err := read(t, in)
		var fe *record.FileError
		if err != nil && !errors.As(err, &fe) {
			t.Fatalf("not a fault of the file: %v", err)
		}
		whole := 0
		for _, r := range got.rejects {
			if !r.Part {
				whole++
			}
		}
		if err == nil && counts != (mypay.Counts{Rows: len(got.notices) + whole, Accepted: len(got.notices), Rejected: whole}) {
			t.Fatalf("%+v for %d notices and %d rejects of rows", counts, len(got.notices), whole)
		}
		for _, n := range got.notices {
			if n.IUD == "" || n.Amount <= 0 || n.PaidOn == 0 || n.Line < 1 {
				t.Fatalf("notice %+v", n)
			}
		}
	})
}

// collector keeps what a file gives.
type collector struct {
	docs    []record.Doc
	notices []record.Notice
	rejects []record.Reject
	fail    string
	err     error
}

func (c *collector) Doc(d *record.Doc) error {
	c.docs = append(c.docs, *d)
	return c.at("doc")
}

func (c *collector) Notice(n *record.Notice) error {
	c.notices = append(c.notices, *n)
	return c.at("notice")
}

func (c *collector) Reject(r *record.Reject) error {
	c.rejects = append(c.rejects, *r)
	return c.at("reject")
}

func (c *collector) at(stage string) error {
	if c.fail == stage {
		return c.err
	}
	return nil
}

func read(t testing.TB, in string) (*collector, mypay.Counts, error) {
	c := &collector{}
	counts, err := notice.Read(t.Context(), strings.NewReader(in), notice.Options{}, c)
	return c, counts, err
}

func line(columns []string, v map[string]string) string {
	fields := make([]string, len(columns))
	for i, c := range columns {
		if c == "e-mailPagatore" {
			c = "mailPagatore"
		}
		fields[i] = v[c]
	}
	return strings.Join(fields, ";")
}

func file(columns []string, rows ...map[string]string) string {
	b := strings.Join(columns, ";") + "\n"
	for _, v := range rows {
		b += line(columns, v) + "\n"
	}
	return b
}
