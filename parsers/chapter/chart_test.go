package chapter_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/chapter"
)

// kept keeps what a chart gives.
type kept struct {
	chapters []string
	rejects  []string
}

func (*kept) Doc(*record.Doc) error               { return nil }
func (*kept) Assessment(*record.Assessment) error { return nil }

func (k *kept) Chapter(c *record.Chapter) error {
	k.chapters = append(k.chapters, fmt.Sprintf("%+v", *c))
	return nil
}

func (k *kept) Reject(r *record.Reject) error {
	k.rejects = append(k.rejects, fmt.Sprintf("%d %s %s", r.Line, r.Column, r.Code))
	return nil
}

func TestQuadrasOwnChart(t *testing.T) {
	const header = "TIPO_DOVUTO;anno_esercizio;capitolo;de_capitolo;ufficio;articolo;accertamento;piano_dei_conti;siope;vincolato;valido_dal;valido_al;attivo\n"
	for _, c := range []struct {
		name, rows        string
		chapters, rejects []string
	}{
		{"everything said", "TARI;2026;3100;Rifiuti;TRIB;2;2026/12;e.1.01.01.51.001;1010151001;si;01/02/2026;2026-12-31;no\n",
			[]string{fmt.Sprintf("%+v", record.Chapter{Line: 2, DebtType: "TARI", Year: 2026, Office: "TRIB", Chapter: "3100", ChapterName: "Rifiuti",
				Assessment: "2026/12", Article: "2", PlanCode: "E.1.01.01.51.001", SIOPE: "1010151001", Restricted: true,
				From: record.NewDate(2026, 2, 1), To: record.NewDate(2026, 12, 31)})}, nil},
		{"almost nothing said", "TARI;2026;3100;;n/a;;n/a;;;;;;\n",
			[]string{fmt.Sprintf("%+v", record.Chapter{Line: 2, DebtType: "TARI", Year: 2026, Chapter: "3100", Active: true})}, nil},
		{"two articles of one chapter", "TARI;2026;3100;;;1;;;;;;;\nTARI;2026;3100;;;2;;;;;;;\n", []string{"", ""}, nil},
		{"what is wrong, each row", strings.Join([]string{
			"TARI;26;1;;;;;;;;;;", "TARI;2026;;;;;;;;;;;", "TARI;2026;1;;;;;U.1.01;;;;;", "TARI;2026;1;;;;;;12A;;;;",
			"TARI;2026;1;;;;;;;forse;;;", "TARI;2026;1;;;;;;;;31/02/2026;;", "TARI;2026;1;;;;;;;;;domani;", "TARI;2026;1;;;;;;;;;;chissà",
			"TARI;2026;1;;;;;;;;;;", "TARI;2026;1;;;;;;;;;;"}, "\n") + "\n", []string{""},
			[]string{"2 anno_esercizio NUMBER", "3 capitolo MISSING", "4 piano_dei_conti VALUE", "5 siope VALUE", "6 vincolato VALUE",
				"7 valido_dal DATE", "8 valido_al DATE", "9 attivo VALUE", "11 capitolo DUPLICATE"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !chapter.LooksLikeChart([]byte(header + c.rows)) {
				t.Error("not recognised")
			}
			var k kept
			_, err := chapter.ReadChart(context.Background(), strings.NewReader(header+c.rows), chapter.Options{}, &k)
			var refused *record.FileError
			if errors.As(err, &refused) != (len(c.rejects) > 0) || err != nil && refused == nil {
				t.Errorf("error %v", err)
			}
			if strings.Join(k.rejects, "\n") != strings.Join(c.rejects, "\n") {
				t.Errorf("rejects\n  %s\nwant\n  %s", strings.Join(k.rejects, "\n  "), strings.Join(c.rejects, "\n  "))
			}
			if len(k.chapters) != len(c.chapters) {
				t.Fatalf("chapters %q", k.chapters)
			}
			for i, want := range c.chapters {
				if want != "" && k.chapters[i] != want {
					t.Errorf("chapter\n  %s\nwant\n  %s", k.chapters[i], want)
				}
			}
		})
	}
}

func FuzzReadChart(f *testing.F) {
	f.Add("tipo_dovuto;anno_esercizio;capitolo;articolo;siope\nTARI;2026;1;2;1010151001\n")
	f.Add("tipo_dovuto;anno_esercizio;capitolo;valido_dal;attivo\nTARI;2026;1;31/12/2026;no\n")
	f.Fuzz(func(t *testing.T, text string) {
		var k kept
		counts, err := chapter.ReadChart(context.Background(), strings.NewReader(text), chapter.Options{}, &k)
		if err == nil && (counts.Accepted != len(k.chapters) || counts.Rejected != 0) {
			t.Errorf("%+v, %d chapters", counts, len(k.chapters))
		}
	})
}
