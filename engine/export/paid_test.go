package export_test

import (
	"archive/zip"
	"bufio"
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"quadra/engine/export"
	"quadra/engine/judge/judgetest"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
	"quadra/parsers"
)

func paidOf(t testing.TB, b *tt.Books, p *export.Paid) (string, export.Content) {
	t.Helper()
	var out strings.Builder
	var content export.Content
	b.Read(func(tx *store.Tx) (err error) {
		content, err = export.WritePaid(t.Context(), tx, entity, p, &out, nil)
		return err
	})
	return out.String(), content
}

// reload reads a file of a name into new books, as a night would.
func reload(t testing.TB, name, text string) *tt.Books {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b := tt.Open(t)
	b.Load(tt.File{Name: name, Fill: func(s record.Sink) error {
		return parsers.Parse(context.Background(), path, parsers.Options{TaxCode: entity.TaxCode, IPA: entity.IPA}, s)
	}})
	return b
}

// stored are the rows of tables, but where they came from.
func stored(t testing.TB, b *tt.Books, query string) []string {
	t.Helper()
	if err := b.Store.Write(t.Context(), (*store.Tx).Settle); err != nil {
		t.Fatal(err)
	}
	db, err := sql.Open("sqlite3", "file:"+b.File+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	out := []string{}
	for rows.Next() {
		cells, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			t.Fatal(err)
		}
		var row strings.Builder
		for i, name := range columns {
			switch name {
			case "id", "doc_id", "line", "detail_id", "psp_id", "kind_id", "bilancio_id", "metadata_id":
			default:
				fmt.Fprintf(&row, "%s=%q ", name, fmt.Sprint(cells[i]))
			}
		}
		out = append(out, row.String())
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

const (
	receiptsQuery = `SELECT r.*, d.*, a.*, k.*, b.text AS bilancio, m.text AS metadata FROM receipt r JOIN receipt_detail d ON d.id = r.detail_id
		JOIN receipt_psp a ON a.id = r.psp_id JOIN receipt_kind k ON k.id = r.kind_id
		JOIN receipt_text b ON b.id = r.bilancio_id JOIN receipt_text m ON m.id = r.metadata_id ORDER BY r.iuv, r.iur, r.idx`
	rejectsQuery = "SELECT * FROM reject"
)

// TestPaidIsReadBack demands that receipts exported as 1.3 and loaded into empty
// books are the same in every column of a receipt but where they came
// from. 30 books; 3,000 with QUADRA_LONG=1.
func TestPaidIsReadBack(t *testing.T) {
	judgetest.Histories(t, 30, 3000)
	rapid.Check(t, func(r *rapid.T) {
		var lines []record.ReceiptLine
		for i := range rapid.IntRange(1, 6).Draw(r, "receipts") {
			lines = append(lines, drawReceipt(r, i))
		}
		b := tt.Open(t)
		b.Load(tt.Receipts("r", lines...))
		text, content := paidOf(t, b, &export.Paid{Version: "1.3"})
		again := reload(t, "c_q001-1_ESTRAZIONE_DOVUTI_20260918000000-1_3.csv", text)
		if diff := cmp.Diff(stored(t, b, receiptsQuery), stored(t, again, receiptsQuery)); diff != "" {
			r.Fatalf("exported (-) and read back (+):\n%s\n%s\n%v", diff, text, stored(t, again, rejectsQuery))
		}
		if content.Rows != len(lines) {
			r.Fatalf("%d rows for %d receipts", content.Rows, len(lines))
		}
		if second, _ := paidOf(t, again, &export.Paid{Version: "1.3"}); second != text {
			r.Fatalf("exported again:\n%s\ninstead of\n%s", second, text)
		}
	})
}

// ambiguous is what the two dialects of MyPay cannot tell apart.
var ambiguous = regexp.MustCompile(`\\+"[;\r\n]`)

// TestPaidWarns of what cannot be read back, and of nothing else.
func TestPaidWarns(t *testing.T) {
	for text, warned := range map[string]bool{`C:\";x`: true, "C:\\\"\nx": true, `a\"b\";`: true, `C:\"`: false, `C:\;x`: false, `"x";`: false, `\"\"`: false} {
		l := tt.Receipt(iuv1, "R1", 1, 1000, "IUD1")
		l.Remittance = text
		b := tt.Open(t)
		b.Load(tt.Receipts("r", l))
		if _, content := paidOf(t, b, &export.Paid{Version: "1.3"}); (len(content.Warnings) > 0) != warned {
			t.Errorf("%q: warnings %q", text, content.Warnings)
		}
	}
	warned := 0
	for _, at := range []time.Time{time.Date(2026, 10, 25, 0, 30, 0, 0, time.UTC), time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC)} {
		l := tt.Receipt(iuv1, "R1", 1, 1000, "IUD1")
		l.ReceivedAt = at
		b := tt.Open(t)
		b.Load(tt.Receipts("r", l))
		_, content := paidOf(t, b, &export.Paid{Version: "1.3"})
		warned += len(content.Warnings)
	}
	if warned != 1 {
		t.Errorf("%d warnings about the hour the clocks repeat: one of the two instants cannot be said", warned)
	}
}

func drawReceipt(r *rapid.T, i int) record.ReceiptLine {
	letters := []rune{'a', 'B', '7', ' ', '"', '"', '\\', ';', ',', '\'', '\n', '\r', '\t', 'à', 'È', '€', '😀', '<', '&', '/'}
	text := func(name string, most int) string {
		s := rapid.StringOfN(rapid.SampledFrom(letters), 0, most, -1).Draw(r, name)
		s = strings.Trim(s, " \n\r\t") // what every reader of this format drops
		return ambiguous.ReplaceAllString(s, "-")
	}
	id := func(name string) string { return fmt.Sprintf("%c%s", 'A'+i, text(name, 33)) }
	l := record.ReceiptLine{
		IUV: id("iuv"), IUR: id("iur"), Index: rapid.IntRange(1, 5).Draw(r, "index"), IUD: text("iud", 35),
		Amount:  record.Cents(rapid.Int64Range(1, int64(record.MaxAmount)).Draw(r, "amount")),
		Total:   record.Cents(rapid.Int64Range(1, int64(record.MaxAmount)).Draw(r, "total")),
		Outcome: rapid.SampledFrom([]string{"", "0", "2", "4", "9"}).Draw(r, "outcome"), OutcomeTag: text("tag", 35),
		PaidOn:    tt.Day("2026-10-24") + record.Date(rapid.IntRange(-400, 3).Draw(r, "paid on")),
		ReceiptID: text("receipt id", 35), Context: text("context", 35), Beneficiary: entity.TaxCode,
		PSP: text("psp", 35), PSPName: text("psp name", 70), PayerKind: text("kind", 1), PayerCode: text("code", 35), PayerName: text("name", 70),
		DebtType: text("debt type", 64), Remittance: text("remittance", 300), Collection: text("collection", 140),
		Bilancio: text("bilancio", 300), ImportFlow: text("import", 50), ImportRow: rapid.IntRange(0, 9999).Draw(r, "row"),
		OwnerCode: text("owner", 35), OwnerName: text("owner name", 140), OwnerTaxonomy: text("taxonomy", 140),
	}
	if rapid.Bool().Draw(r, "with instant") {
		l.ReceivedAt = time.Date(2026, 10, 24, 0, 0, rapid.IntRange(-90_000_000, 3600*22).Draw(r, "seconds"), 0, time.UTC)
		if local := l.ReceivedAt.In(record.Rome()); local.Hour() == 2 && local.Month() == time.October {
			l.ReceivedAt = l.ReceivedAt.Add(3 * time.Hour) // that hour may come twice: see TestPaidWarns
		}
	}
	return l
}

// TestPaidOracle does the same with the receipts of two whole drops in MyPay's
// own format, and compares the header of 1.2 with theirs.
func TestPaidOracle(t *testing.T) {
	for _, drop := range []string{"a", "b"} {
		t.Run(drop, func(t *testing.T) {
			dir := filepath.Join(oracle(t), drop)
			b := tt.Open(t)
			b.Load(files(t, dir)...)
			text, content := paidOf(t, b, &export.Paid{Version: "1.3"})
			again := reload(t, "c_q001-1_ESTRAZIONE_DOVUTI_20260918000000-1_3.csv", text)
			want := stored(t, b, receiptsQuery)
			if diff := cmp.Diff(want, stored(t, again, receiptsQuery)); diff != "" || len(want) < 100 {
				t.Fatalf("of %d receipts, exported (-) and read back (+):\n%s", len(want), diff)
			}
			if content.Rows != len(want) {
				t.Errorf("%d rows for %d receipts", content.Rows, len(want))
			}
			found, err := filepath.Glob(filepath.Join(dir, "ricevute", "*-1_2.zip"))
			if err != nil || len(found) == 0 {
				t.Fatalf("no export 1.2 among the receipts: %v", err)
			}
			text, _ = paidOf(t, b, &export.Paid{Version: "1.2"})
			header, _, _ := strings.Cut(text, "\n")
			if diff := cmp.Diff(firstLine(t, found[0]), header); diff != "" {
				t.Errorf("the header of MyPay (-) and ours (+):\n%s", diff)
			}
		})
	}
}

// firstLine is that of the only file of a zip.
func firstLine(t *testing.T, file string) string {
	t.Helper()
	z, err := zip.OpenReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	in, err := z.File[0].Open()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	line, err := bufio.NewReader(in).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimRight(line, "\r\n")
}

// TestPaidVersions says what each version can say of a receipt, of a share of
// somebody else's notice and of a revenue stamp.
func TestPaidVersions(t *testing.T) {
	own := tt.Receipt(iuv1, "R1", 1, 1000, "IUD1")
	own.Bilancio, own.Beneficiary = "<bilancio/>", entity.TaxCode
	share := tt.Receipt(iuv2, "R2", 2, 300, "")
	share.DebtType, share.OwnerCode, share.Beneficiary = "EXPORT_ENTE_SECONDARIO", "00998870778", entity.TaxCode
	stamp := tt.Receipt(iuv2, "R3", 1, 1600, "IUD3")
	stamp.Stamp, stamp.Beneficiary = true, entity.TaxCode
	b := tt.Open(t)
	b.Load(tt.Receipts("r", own, share, stamp))
	for _, c := range []struct {
		version string
		columns int
		rows    int
		read    string // version the reader takes it for
		left    map[string]int
	}{
		{"1.0", 64, 1, "1.0", map[string]int{"marche da bollo": 1, "quote di enti secondari": 1}},
		{"1.1", 70, 1, "1.1", map[string]int{"marche da bollo": 1, "quote di enti secondari": 1}},
		{"1.2", 71, 1, "1.2", map[string]int{"marche da bollo": 1, "quote di enti secondari": 1}},
		{"1.3", 74, 2, "1.3", map[string]int{"marche da bollo": 1}},
	} {
		t.Run(c.version, func(t *testing.T) {
			text, content := paidOf(t, b, &export.Paid{Version: c.version})
			header, _, _ := strings.Cut(text, "\n")
			if n := strings.Count(header, ";") + 1; n != c.columns {
				t.Errorf("%d columns instead of %d", n, c.columns)
			}
			for line := range strings.Lines(text) {
				if n := strings.Count(line, `";"`) + 1; n != c.columns {
					t.Errorf("%d fields in %s", n, line)
				}
			}
			if diff := cmp.Diff(c.left, content.LeftOut); diff != "" {
				t.Error(diff)
			}
			again := reload(t, "r.csv", text)
			docs := stored(t, again, "SELECT version FROM doc WHERE version <> ''")
			if diff := cmp.Diff([]string{fmt.Sprintf("version=%q ", c.read)}, docs); diff != "" {
				t.Error(diff)
			}
			if n := len(stored(t, again, receiptsQuery)); n != c.rows || content.Rows != c.rows {
				t.Errorf("%d receipts of %d rows read back, wanted %d", n, content.Rows, c.rows)
			}
			golden(t, "paid-"+c.version+".csv", text)
		})
	}
	if err := (&export.Paid{Version: "1.4"}).Check(); err == nil {
		t.Error("1.4 is accepted: MyPay has no such export")
	}
}

// TestPaidFilters asks for a debt type and for days.
func TestPaidFilters(t *testing.T) {
	tari, mensa := tt.Receipt(iuv1, "R1", 1, 1000, "IUD1"), tt.Receipt(iuv2, "R2", 1, 500, "IUD2")
	mensa.DebtType, mensa.PaidOn = "MENSA", tt.Day("2026-09-20")
	b := tt.Open(t)
	b.Load(tt.Receipts("r", tari, mensa))
	for _, c := range []struct {
		name string
		paid export.Paid
		want record.Cents
	}{
		{"everything", export.Paid{}, 1500},
		{"a debt type", export.Paid{DebtTypes: []string{"MENSA"}}, 500},
		{"from a day", export.Paid{PaidOn: export.Days{From: tt.Day("2026-09-20")}}, 500},
		{"to a day", export.Paid{PaidOn: export.Days{To: tt.Day("2026-09-19")}}, 1000},
	} {
		c.paid.Version = "1.3"
		if _, content := paidOf(t, b, &c.paid); content.Sum != c.want {
			t.Errorf("%s: %s instead of %s", c.name, content.Sum, c.want)
		}
	}
}
