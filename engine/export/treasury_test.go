package export_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/export"
	"quadra/engine/record"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
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
func TestAccertamentiAreReadBack(t *testing.T) {
	share := record.Assessment{Name: `Tari; "ottobre"`, DebtType: "TARI", IUV: iuv1, IUD: "IUD1", Office: "TRIB", OfficeName: "Tributi",
		Chapter: "E-3001", ChapterName: "Tassa rifiuti", Code: "2026/118", CodeName: "Ruolo", Amount: 1000, Paid: true}
	file := func(name string, all ...record.Assessment) tt.File {
		return tt.File{Name: name, Kind: record.KindAssessments, Fill: func(s record.Sink) error {
			for i := range all {
				all[i].Line = i + 2
				if err := s.Assessment(&all[i]); err != nil {
					return err
				}
			}
			return nil
		}}
	}
	other := share
	other.Chapter, other.ChapterName, other.Code, other.CodeName, other.Amount, other.Paid = "E-3044", "", "", "", 500, false
	corrected := share
	corrected.Amount = 900
	b := tt.Open(t)
	b.Load(file("a1", share, other), file("a2", corrected))
	write := func(b *tt.Books) string {
		var out strings.Builder
		b.Read(func(tx *store.Tx) error {
			c, err := export.WriteAccertamenti(t.Context(), tx, entity, &out)
			if c.Rows != 2 || c.Sum != 1400 {
				t.Errorf("%d rows, %s", c.Rows, c.Sum)
			}
			return err
		})
		return out.String()
	}
	text := write(b)
	golden(t, "accertamenti.csv", text)
	if diff := cmp.Diff(text, write(reload(t, "accertamenti.csv", text))); diff != "" {
		t.Errorf("exported (-) and after reading back (+):\n%s", diff)
	}
}
