package note_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/note"
)

// collector is a sink that writes down what it gets.
type collector struct{ lines []string }

func (c *collector) Doc(d *record.Doc) error {
	c.lines = append(c.lines, string(d.Kind)+" "+d.Format)
	return nil
}

func (c *collector) Note(n *record.Note) error {
	c.lines = append(c.lines, fmt.Sprintf("%+v", *n))
	return nil
}

func (c *collector) Reject(r *record.Reject) error {
	c.lines = append(c.lines, fmt.Sprintf("reject %d %s %s %q", r.Line, r.Column, r.Code, r.Value))
	return nil
}

func read(text string) (string, error) {
	var c collector
	_, err := note.Read(context.Background(), strings.NewReader(text), note.Options{}, &c)
	return strings.Join(c.lines, "\n"), err
}

// want is a note written as the collector writes it.
func want(notes ...record.Note) string {
	lines := []string{"note notes-csv"}
	for _, n := range notes {
		lines = append(lines, fmt.Sprintf("%+v", n))
	}
	return strings.Join(lines, "\n")
}

const header = "unita;iuv;iur;indice;iud;iuf;psp;data_regolamento;anno_bolletta;numero_bolletta;conto;importo;segnalazione;" +
	"segnalazione_stato;segnalazione_assegnata_a;segnalazione_scadenza;segnalazione_ignora_fino_al\n"

func TestAListOfAnomaliesWrittenOnIsAFileOfNotes(t *testing.T) {
	day, err := record.ParseDate("2026-10-05")
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(header +
		"pagamento;01000000000000001;IUR1;1;IUD1;IUF1;PSP1;15/09/2026;;;;10,00;chiesto al PSP;aperta;Anna;05/10/2026;2026-10-05\n" +
		"pagamento;01000000000000002;IUR2;1;;;;;;;;5,00;;;;;\n" + // nothing written
		"riversamento;;;;;IUF1;PSP1;15/09/2026;2027;12;C1;10,00;arriva;SPIEGATA;;;\n" +
		"movimento;01000000000000001;;;;IUF1;PSP1;;2026;12;C1;10,00;;chiusa;-;-;-\n" +
		"pagamento;01000000000000003;;;;;;;;;;;'=somma;;;;\n")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want(
		record.Note{Line: 2, Unit: "payment", IUV: "01000000000000001", IUR: "IUR1", Index: 1, IUD: "IUD1", Text: "chiesto al PSP", State: "open", Assignee: "Anna", DueOn: day, IgnoreUntil: day},
		record.Note{Line: 3},
		record.Note{Line: 4, Unit: "settlement", IUF: "IUF1", PSP: "PSP1", Year: 2026, Text: "arriva", State: "explained"},
		record.Note{Line: 5, Unit: "movement", Year: 2026, Number: "12", Account: "C1", State: "closed", NoAssignee: true, NoDue: true, NoIgnore: true},
		record.Note{Line: 6, Unit: "payment", IUV: "01000000000000003", Text: "=somma"},
	), got); diff != "" {
		t.Error(diff)
	}
}

func TestWrongRowsRefuseTheFileAndAreAllListed(t *testing.T) {
	got, err := read(header +
		"pagamento;01000000000000001;;;;;;;;;;;va bene;;;;\n" +
		"dovuto;01000000000000001;;;;;;;;;;;x;;;;\n" +
		"pagamento;01000000000000001;;uno;;;;;;;;;x;;;;\n" +
		"pagamento;01000000000000001;;;;;;;;;;;x;sospesa;;;\n" +
		"pagamento;01000000000000001;;;;;;;;;;;x;;;31/02/2026;\n" +
		"movimento;;;;;;;;MMXXVI;12;;;x;;;;\n" +
		"pagamento;" + strings.Repeat("0", 36) + ";;;;;;;;;;;x;;;;\n" +
		"pagamento;x\n")
	var refused *record.FileError
	if !errors.As(err, &refused) || refused.Code != record.FileContent {
		t.Errorf("error %v", err)
	}
	var rejects []string
	for _, line := range strings.Split(got, "\n") {
		if strings.HasPrefix(line, "reject") {
			rejects = append(rejects, line)
		}
	}
	if diff := cmp.Diff([]string{
		`reject 3 unita VALUE "dovuto"`, `reject 4 indice NUMBER "uno"`, `reject 5 segnalazione_stato VALUE "sospesa"`,
		`reject 6 segnalazione_scadenza DATE "31/02/2026"`, `reject 7 anno_bolletta NUMBER "MMXXVI"`,
		`reject 8 iuv TOO_LONG "` + strings.Repeat("0", 36) + `"`, `reject 9  COLUMNS ""`,
	}, rejects); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoFileOfNotes(t *testing.T) {
	for text, code := range map[string]record.FileCode{
		"":                             record.FileEmpty,
		"iuv;segnalazione\n1;x\n":      record.FileHeader,
		"unita;segnalazione;iuv;IUV\n": record.FileHeader,
		header + "pagamento;0100":      record.FileTruncated,
	} {
		var refused *record.FileError
		if _, err := read(text); !errors.As(err, &refused) || refused.Code != code {
			t.Errorf("%q: %v, want %s", text, err, code)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(header + "pagamento;01000000000000001;IUR1;1;IUD1;IUF1;PSP1;15/09/2026;;;;10,00;x;aperta;Anna;05/10/2026;-\n")
	f.Add("unita;segnalazione\nmovimento;\"a;b\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		var c collector
		counts, err := note.Read(context.Background(), strings.NewReader(text), note.Options{}, &c)
		var refused *record.FileError
		if err != nil && !errors.As(err, &refused) && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		if err == nil && (counts.Rejected > 0 || counts.Rows != counts.Accepted) {
			t.Errorf("%+v and no error", counts)
		}
	})
}
