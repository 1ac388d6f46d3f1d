package export_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/book"
	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
	"quadra/parsers"
)

func treasuryOf(t testing.TB, b *tt.Books) (string, export.Content) {
	t.Helper()
	var out strings.Builder
	var content export.Content
	b.Read(func(tx *store.Tx) (err error) {
		content, err = export.WriteTreasury(t.Context(), tx, entity, nil, &out, nil)
		return err
	})
	return out.String(), content
}

// movementsQuery is what the complete treasury CSV can say of a movement.
const movementsQuery = `SELECT account, year, number, cash, covered >= cash AS covered, booked_on, value_on, payer, remittance, end_to_end, code
	FROM movement WHERE cash <> 0 ORDER BY year, number, account`

// TestTreasuryIsReadBack demands that the movements of the town, exported and
// loaded into empty books, are the same, and that all 41 columns are there.
func TestTreasuryIsReadBack(t *testing.T) {
	b := tt.Town(t)
	odd := tt.Movement("21", 700, "causale con \"virgolette\"; separatori\ne due righe")
	odd.Account, odd.EndToEnd, odd.Code, odd.Treasurer = "0001234", "E2E-1", "1234567890", "03069"
	covered := tt.Movement("21", 700, odd.Remittance)
	covered.Account, covered.Operation = odd.Account, record.OpRegularised
	part := tt.Reversal("1", 200)
	b.Load(tt.Cash("c2", odd), tt.Cash("c3", covered), tt.Cash("c4", part))
	b.Night("2026-09-21")
	text, content := treasuryOf(t, b)
	golden(t, "treasury.csv", text)
	if content.Sum == 0 || content.LeftOut["movimenti stornati"] != 1 {
		t.Errorf("left out %v, sum %s", content.LeftOut, content.Sum)
	}
	header, _, _ := strings.Cut(text, "\n")
	if n := strings.Count(header, ";") + 1; n != 41 {
		t.Errorf("%d columns instead of 41", n)
	}
	again := reload(t, "treasury.csv", text)
	if diff := cmp.Diff(stored(t, b, movementsQuery), stored(t, again, movementsQuery)); diff != "" {
		t.Errorf("exported (-) and read back (+):\n%s", diff)
	}
	if second, _ := treasuryOf(t, again); second == "" {
		t.Error("nothing to export from what was read back")
	}
}

// TestTreasuryWarns counts what the Piattaforma unitaria has no place for.
func TestTreasuryWarns(t *testing.T) {
	nobody := tt.Movement("9", 100, tt.URI(iuf2)+" "+tt.URI(iuf1))
	nobody.Payer = ""
	b := tt.Open(t)
	b.Load(tt.Cash("c", nobody, tt.Movement("R0123456789ab-1", 100, "VERSAMENTO")))
	b.Night("2026-09-18")
	text, content := treasuryOf(t, b)
	if !strings.Contains(text, ";"+iuf1+";") || !strings.Contains(text, ";n.d.;") {
		t.Error(text)
	}
	if len(content.Warnings) != 3 {
		t.Errorf("warnings %q", content.Warnings)
	}
}

// TestAccertamentiAreReadBack demands that shares of accertamenti are the same
// after they were exported and loaded, and that of a share delivered twice the
// last counts.
// TestAccertamentiAreReadBack exports what accertamenti hold and carries the file
// out in other books that have the same receipts and chart.
func TestAccertamentiAreReadBack(t *testing.T) {
	town := func() *tt.Books {
		b := tt.Open(t)
		one, two := tt.Receipt(iuv1, "R1", 1, 1000, "IUD1"), tt.Receipt("01000000000000002", "R2", 1, 500, "IUD2")
		one.DebtType, two.DebtType = "TARI", "TARI"
		b.Load(tt.Receipts("ricevute.csv", one, two), tt.File{Name: "piano.csv", Kind: record.KindChapters, Fill: func(s record.Sink) error {
			for i, c := range []record.Chapter{
				{ChapterName: "Tassa rifiuti", Chapter: "E-3001", Assessment: "2026/118", AssessmentName: "Ruolo"}, {Chapter: "E-3044"}} {
				c.Line, c.DebtType, c.Year, c.Office, c.OfficeName, c.Active = i+2, "TARI", 2026, "TRIB", "Tributi", true
				if err := s.Chapter(&c); err != nil {
					return err
				}
			}
			return nil
		}})
		return b
	}
	booked := func(b *tt.Books, carry func(tx *store.Tx) error) {
		b.Write(func(tx *store.Tx) error {
			for file := int64(1); file <= 2; file++ { // the chart is in one of them
				if _, err := book.Apply(tx, 1, file, 0); err != nil {
					return err
				}
			}
			if err := carry(tx); err != nil {
				return err
			}
			_, err := book.Run(t.Context(), tx, book.Settings{}, nil)
			return err
		})
	}
	write := func(b *tt.Books) string {
		var out strings.Builder
		b.Read(func(tx *store.Tx) error {
			c, err := export.WriteAccertamenti(t.Context(), tx, entity, &out)
			if c.Rows != 3 || c.Sum != 1400 {
				t.Errorf("%d rows, %s", c.Rows, c.Sum)
			}
			return err
		})
		return out.String()
	}
	b := town()
	const name = `Tari; "ottobre"`
	add := func(iuv, chapter, code string, cents record.Cents) record.Instruction {
		return record.Instruction{Action: record.ActionAdd, Name: name, IUV: iuv, Office: "TRIB", Chapter: chapter, Assessment: code, Amount: cents}
	}
	booked(b, func(tx *store.Tx) error {
		_, err := book.Carry(tx, []record.Instruction{
			{Action: record.ActionCreate, Name: name, DebtType: "TARI", Year: 2026},
			add(iuv1, "E-3001", "2026/118", 900), add(iuv1, "E-3044", "", 100), add("01000000000000002", "E-3044", "", 400),
			{Action: record.ActionClose, Name: name},
			{Action: record.ActionCreate, Name: "Aperto", DebtType: "TARI", Year: 2026},
			{Action: record.ActionAdd, Name: "Aperto", IUV: "01000000000000002", Office: "TRIB", Chapter: "E-3044"},
		}, book.Author{Name: "anna"}, 0)
		return err
	})
	text := write(b)
	golden(t, "accertamenti.csv", text)

	again := town()
	path := filepath.Join(t.TempDir(), "accertamenti.csv")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	again.Load(tt.File{Name: "accertamenti.csv", Fill: func(s record.Sink) error {
		return parsers.Parse(t.Context(), path, parsers.Options{TaxCode: entity.TaxCode, IPA: entity.IPA}, s)
	}})
	booked(again, func(tx *store.Tx) error {
		wrong, err := book.Assess(tx, 1, 3, 0, time.Time{})
		if len(wrong) > 0 {
			t.Errorf("%+v", wrong)
		}
		return err
	})
	if diff := cmp.Diff(text, write(again)); diff != "" {
		t.Errorf("exported (-) and after carrying it out in other books (+):\n%s", diff)
	}
}
