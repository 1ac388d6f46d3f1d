package picture_test

import (
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quadra/engine/record"
	"quadra/engine/report/picture"
)

var update = flag.Bool("update", false, "write the golden files anew")

func day(y int, m time.Month, d int) record.Date { return record.NewDate(y, m, d) }

func sum(n int64, cents record.Cents) picture.Sum { return picture.Sum{Count: n, Amount: cents} }

func head(id, language string) picture.Head {
	h := picture.Head{ID: id, Language: language, Title: map[string]string{"sankey": "Dalle ricevute alla cassa", "ageing": "Anzianità delle anomalie",
		"credit": "Giorni per l'accredito", "months": "Pagato, rendicontato, incassato", "calendar": "Attesi e accreditati"}[id], Caption: "Come si legge, in una frase."}
	if language == picture.English {
		h.Title, h.Caption = "Picture "+id, "How to read it, in a sentence."
	}
	return h
}

// usual are the pictures of an ordinary month.
func usual(language string) []*picture.Picture {
	flow := picture.Flow{Head: head("sankey", language), Nodes: []picture.Node{
		{Name: "Ricevute", Column: 0}, {Name: "Rendicontate senza ricevuta", Column: 0, Tone: picture.Bad},
		{Name: "Rendicontato", Column: 1, Tone: picture.Good}, {Name: "Non rendicontato", Column: 1, Tone: picture.Bad}, {Name: "Incassato senza flusso", Column: 1, Tone: picture.Bad},
		{Name: "In cassa", Column: 2, Tone: picture.Good}, {Name: "In attesa, nei termini", Column: 2}, {Name: "Atteso e non arrivato", Column: 2, Tone: picture.Bad},
		{Name: "Arrivato con altro importo", Column: 2, Tone: picture.Bad}, {Name: "Da attribuire", Column: 2, Tone: picture.Bad},
	}, Links: []picture.Link{
		{0, 2, sum(19_321, 1_843_201_17)}, {0, 3, sum(412, 40_112_50)}, {1, 2, sum(12, 981_00)},
		{2, 5, sum(18_000, 1_700_122_10)}, {2, 6, sum(1_200, 130_000_00)}, {2, 7, sum(101, 12_060_07)}, {2, 8, sum(32, 2_000_00)},
		{3, 6, sum(400, 38_000_00)}, {3, 7, sum(12, 2_112_50)}, {4, 9, sum(3, 4_550_00)},
	}}
	ageing := picture.Ageing{Head: head("ageing", language), Buckets: []string{"0-2", "3-4", "5-10", "11-30", "31-60", "oltre 60"}, Codes: []picture.Aged{
		{Name: "Non riversato", Cells: []picture.Sum{sum(12, 3_120_00), sum(3, 410_12), {}, sum(120, 81_000_00), sum(1, 12), sum(2, 1_800_00)}},
		{Name: "Rendicontato con importo diverso", Cells: []picture.Sum{{}, {}, sum(1, 30_00), {}, {}, {}}},
		{Name: "Riferimento sconosciuto", Cells: []picture.Sum{sum(4, 12_000_00), {}, {}, {}, sum(9, 33_000_50), {}}},
	}}
	credit := picture.Credit{Head: head("credit", language), Term: 2, PSPs: []picture.Credited{
		{Name: "Poste Italiane S.p.A.", Amount: 1_200_000_00, Days: []int64{0, 120, 41, 3, 0, 0, 1}},
		{Name: "UniCredit S.p.A.", Amount: 311_000_00, Days: []int64{0, 12, 80, 4}},
		{Name: "Istituto di pagamento con un nome molto lungo, società benefit a responsabilità limitata", Amount: 12_00, Days: []int64{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}},
	}}
	months := picture.Months{Head: head("months", language)}
	for i := range 9 {
		paid := record.Cents(120_000_00 + i*i*9_100_00)
		months.Months = append(months.Months, picture.Month{Year: 2026, Month: time.Month(i + 1), Paid: sum(int64(900+i), paid), Reported: sum(int64(880+i), paid*97/100), Cashed: sum(int64(850+i), paid*90/100)})
	}
	calendar := picture.Calendar{Head: head("calendar", language), From: day(2026, 9, 7), To: day(2026, 10, 11), Today: day(2026, 9, 30)}
	for on := calendar.From; on <= calendar.To; on++ {
		d := picture.Day{On: on}
		if w := on.Time().Weekday(); w != time.Saturday && w != time.Sunday {
			d.Expected = sum(int64(on)%7+1, record.Cents(on)%91*331_00+120_00)
			if on <= calendar.Today {
				d.Received = d.Expected
			}
			if on.Time().Day()%11 == 0 && on < calendar.Today {
				d.Missing = sum(1, 1_200_00)
			}
		}
		calendar.Days = append(calendar.Days, d)
	}
	return []*picture.Picture{flow.Draw(), ageing.Draw(), credit.Draw(), months.Draw(), calendar.Draw()}
}

func TestPicturesOfAnOrdinaryMonth(t *testing.T) {
	for _, language := range []string{"it", picture.English} {
		for _, p := range usual(language) {
			name := filepath.Join("testdata", p.ID+"."+language+".html")
			got := string(p.HTML())
			wellFormed(t, got)
			if *update {
				if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("%s is not what the golden file says; -update writes it anew", name)
			}
		}
	}
}

func TestSameFiguresGiveTheSameBytes(t *testing.T) {
	for i, p := range usual("it") {
		if again := usual("it")[i]; p.HTML() != again.HTML() {
			t.Errorf("%s differs when drawn again", p.ID)
		}
	}
}

func TestAPictureSpeaksToWhoCannotSeeIt(t *testing.T) {
	for _, p := range usual("it") {
		for _, want := range []string{`role="img"`, `aria-labelledby="` + p.ID + `-titolo ` + p.ID + `-testo"`, `<title id="` + p.ID + `-titolo">`, `<desc id="` + p.ID + `-testo">`} {
			if !strings.Contains(p.SVG, want) {
				t.Errorf("%s: no %s", p.ID, want)
			}
		}
		if len(p.Data.Rows) == 0 {
			t.Errorf("%s: a table without rows", p.ID)
		}
		for _, r := range append(p.Data.Rows, p.Data.Total) {
			if r != nil && len(r) != len(p.Data.Columns) {
				t.Errorf("%s: a row of %d cells under %d titles", p.ID, len(r), len(p.Data.Columns))
			}
		}
	}
}

func TestPicturesBringNeitherStylesNorScripts(t *testing.T) {
	for _, p := range usual("it") {
		for _, not := range []string{"<style", "style=", "<script", "onload", "href", "font-family", "http://"} {
			if s := strings.ReplaceAll(p.SVG, `xmlns="http://www.w3.org/2000/svg"`, ""); strings.Contains(s, not) {
				t.Errorf("%s has %s", p.ID, not)
			}
		}
	}
}

func TestNamesFromFilesAreOnlyText(t *testing.T) {
	evil := "<script>alert(1)</script>\"'&\x00\x1b\xff"
	f := picture.Flow{Head: picture.Head{ID: "x", Title: evil, Caption: evil}, Nodes: []picture.Node{{Name: evil}, {Name: evil, Column: 1}}, Links: []picture.Link{{0, 1, sum(1, 1)}}}
	html := string(f.Draw().HTML())
	if strings.Contains(html, "<script") {
		t.Error("a name became markup")
	}
	wellFormed(t, html)
}

// wellFormed reads the whole as XML.
func wellFormed(t *testing.T, s string) {
	t.Helper()
	for d := xml.NewDecoder(strings.NewReader(s)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatalf("not well formed: %v\n%s", err, s)
		}
	}
}

func ExampleCredit_Draw() {
	c := picture.Credit{Head: picture.Head{ID: "accrediti", Title: "Giorni per l'accredito"}, Term: 1, PSPs: []picture.Credited{{Name: "Poste Italiane", Days: []int64{0, 9, 0, 1}}}}
	p := c.Draw()
	fmt.Println(p.Data.Rows[0][:5])
	// Output: [Poste Italiane 10 1 1 3]
}

func BenchmarkPictures(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		usual("it")
	}
}
