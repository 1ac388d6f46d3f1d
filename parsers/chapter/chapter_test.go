package chapter_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/chapter"
	"quadra/parsers/charset"
	"quadra/parsers/csvrow"
	"quadra/parsers/mypay"
)

// ours is the entity of the files in testdata.
var ours = chapter.Options{IPA: "c_q001", TaxCode: "80000123457"}

func TestReadRegistry(t *testing.T) {
	t.Parallel()
	want := []record.Chapter{
		{
			Line: 2, Action: "I", DebtType: "TARI", Year: 2026, Office: "TRIB", OfficeName: "Ufficio tributi; fiscalità locale",
			Chapter: "E-3001", ChapterName: "Tassa rifiuti", Assessment: "2026/118", AssessmentName: `Ruolo "Tari" 2026`, Active: true,
		},
		{
			Line: 3, Action: "D", DebtType: "TARI", Year: 2025, Office: "TRIB", OfficeName: "Ufficio tributi; fiscalità locale",
			Chapter: "E-3001", ChapterName: "Tassa rifiuti",
		},
		{
			Line: 4, Action: "I", DebtType: "MENSA", Year: 2026, Office: "SCUO", OfficeName: "Ufficio scuola",
			Chapter: "E-3044", ChapterName: "Mensa", Active: true,
		},
	}
	utf8 := string(testdata(t, "capitoli_utf8.csv"))
	_, rows, _ := strings.Cut(utf8, "\n")
	noHeader := slices.Clone(want)
	for i := range noHeader {
		noHeader[i].Line--
	}
	shuffled := "azione;flg_attivo;cod_ufficio;de_ufficio;cod_capitolo;de_capitolo;cod_tipo_dovuto;de_anno_esercizio;cod_accertamento;de_accertamento\n" +
		`D;false;TRIB;"Ufficio tributi; fiscalità locale";E-3001;Tassa rifiuti;TARI;2025;;` + "\n"
	moved := want[1]
	moved.Line = 2
	for _, tc := range []struct {
		name, in string
		want     []record.Chapter
		warning  string
	}{
		{"as MyPivot writes it, in ISO-8859-1", string(testdata(t, "capitoli_iso.csv")), want, ""},
		{"in UTF-8", utf8, want, ""},
		{"under a header of other names", `"Ufficio";"";"x";"x";"x";"x";"x";"x";"x";"x"` + "\n" + rows, want, "lette per posizione (10)"},
		{"without header", rows, noHeader, "senza intestazione"},
		{"with columns in another order, as the header says", shuffled, []record.Chapter{moved}, ""},
		{"of no rows", strings.SplitAfter(utf8, "\n")[0], nil, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if !chapter.LooksLikeRegistry([]byte(tc.in)) {
				t.Errorf("not recognised")
			}
			got, counts, err := read(t, chapter.ReadRegistry, tc.in, ours)
			if err != nil {
				t.Fatal(err, got.rejects)
			}
			if diff := cmp.Diff(tc.want, got.chapters); diff != "" {
				t.Errorf("chapters (-want +got):\n%s", diff)
			}
			checkDoc(t, got, record.Doc{Kind: record.KindChapters, Format: chapter.FormatRegistry, Version: "1.0"}, tc.warning)
			if counts != (mypay.Counts{Rows: len(tc.want), Accepted: len(tc.want)}) {
				t.Errorf("counts %+v", counts)
			}
		})
	}
}

func TestReadPlatformRegistry(t *testing.T) {
	t.Parallel()
	in := string(testdata(t, "capitoli_piattaforma.csv"))
	if !chapter.LooksLikePlatformRegistry([]byte(in)) {
		t.Errorf("not recognised")
	}
	got, counts, err := read(t, chapter.ReadPlatformRegistry, in, ours)
	if err != nil {
		t.Fatal(err, got.rejects)
	}
	want := []record.Chapter{
		{
			Line: 2, DebtType: "TARI", Year: 2026, Office: "TRIB", OfficeName: "Ufficio tributi", Chapter: "E-3001",
			ChapterName: "Tassa rifiuti", Assessment: "2026/118", AssessmentName: "Ruolo Tari", Active: true,
		},
		{Line: 3, DebtType: "TARI", Year: 2025, Chapter: "E-3001"},
		{Line: 4, DebtType: "MENSA", Year: 2026, Chapter: "E-3044", ChapterName: "Mensa; scuola", Active: true},
	}
	if diff := cmp.Diff(want, got.chapters); diff != "" {
		t.Errorf("chapters (-want +got):\n%s", diff)
	}
	checkDoc(t, got, record.Doc{Kind: record.KindChapters, Format: chapter.FormatPlatformRegistry}, "")
	if counts != (mypay.Counts{Rows: 3, Accepted: 3}) {
		t.Errorf("counts %+v", counts)
	}
}

func TestReadAssessments(t *testing.T) {
	t.Parallel()
	in := string(testdata(t, "accertamenti.csv"))
	if !chapter.LooksLikeAssessments([]byte(in)) {
		t.Errorf("not recognised")
	}
	got, counts, err := read(t, chapter.ReadAssessments, in, ours)
	if err != nil || len(got.rejects) > 0 {
		t.Fatal(err, got.rejects)
	}
	want := []record.Assessment{
		{
			Line: 2, Name: "Tari ottobre", DebtType: "TARI", IUV: "01000000000000144", IUD: "TAR-0001", Office: "TRIB",
			OfficeName: "Ufficio tributi", Chapter: "E-3001", ChapterName: "Tassa rifiuti", Code: "2026/118", CodeName: "Ruolo Tari",
			Amount: 1250, Paid: true,
		},
		{Line: 3, Name: "Tari ottobre", DebtType: "TARI", IUV: "01000000000000144", IUD: "TAR-0001", Chapter: "E-3044", Amount: record.MaxAmount},
	}
	if diff := cmp.Diff(want, got.assessments); diff != "" {
		t.Errorf("assessments (-want +got):\n%s", diff)
	}
	checkDoc(t, got, record.Doc{Kind: record.KindAssessments, Format: chapter.FormatAssessments}, "")
	if counts != (mypay.Counts{Rows: 2, Accepted: 2}) {
		t.Errorf("counts %+v", counts)
	}
}

// bad is a value that makes a row wrong.
type bad struct {
	name, column, value string
	code                record.RejectCode
}

var registryFaults = []bad{
	{"no office", "cod_ufficio", "", record.RejectMissing},
	{"no name of the office", "de_ufficio", "", record.RejectMissing},
	{"no state", "flg_attivo", "", record.RejectMissing},
	{"no chapter", "cod_capitolo", "", record.RejectMissing},
	{"no name of the chapter", "de_capitolo", "", record.RejectMissing},
	{"no year", "de_anno_esercizio", "", record.RejectMissing},
	{"no debt type", "cod_tipo_dovuto", "", record.RejectMissing},
	{"no action", "azione", "", record.RejectMissing},
	{"an office of 65 characters", "cod_ufficio", strings.Repeat("à", 65), record.RejectTooLong},
	{"a name of 513 characters", "de_ufficio", strings.Repeat("à", 513), record.RejectTooLong},
	{"a chapter of 65 characters", "cod_capitolo", strings.Repeat("x", 65), record.RejectTooLong},
	{"a name of the chapter of 513 characters", "de_capitolo", strings.Repeat("x", 513), record.RejectTooLong},
	{"an accertamento of 65 characters", "cod_accertamento", strings.Repeat("x", 65), record.RejectTooLong},
	{"a name of the accertamento of 513 characters", "de_accertamento", strings.Repeat("x", 513), record.RejectTooLong},
	{"a debt type of 65 characters", "cod_tipo_dovuto", strings.Repeat("x", 65), record.RejectTooLong},
	{"a state that is none", "flg_attivo", "si", record.RejectValue},
	{"a year of two digits", "de_anno_esercizio", "26", record.RejectNumber},
	{"a year with a sign", "de_anno_esercizio", "+202", record.RejectNumber},
	{"a year out of time", "de_anno_esercizio", "0026", record.RejectNumber},
	{"a year that is none", "de_anno_esercizio", "anno", record.RejectNumber},
	{"an action in small letters", "azione", "i", record.RejectOperation},
	{"an unknown action", "azione", "M", record.RejectOperation},
}

var platformFaults = []bad{
	{"no debt type", "codiceTipoDovuto", "", record.RejectMissing},
	{"no chapter", "codCapitolo", "", record.RejectMissing},
	{"no year", "annoEsercizio", "", record.RejectMissing},
	{"no state", "flgAttivo", "", record.RejectMissing},
	{"a chapter of 65 characters", "codCapitolo", strings.Repeat("x", 65), record.RejectTooLong},
	{"a name of 513 characters", "descrizioneCapitolo", strings.Repeat("x", 513), record.RejectTooLong},
	{"a year of five digits", "annoEsercizio", "20261", record.RejectNumber},
	{"the state of the other layout", "flgAttivo", "true", record.RejectValue},
}

var assessmentFaults = []bad{
	{"no name", "nomeAccertamento", "", record.RejectMissing},
	{"no debt type", "codiceEnteTipoDovuto", "", record.RejectMissing},
	{"no IUV", "iuv", "", record.RejectMissing},
	{"no IUD", "iud", "", record.RejectMissing},
	{"no chapter", "codCapitolo", "", record.RejectMissing},
	{"no amount", "importoCentesimi", "", record.RejectMissing},
	{"no word on whether it was paid", "importoVersato", "", record.RejectMissing},
	{"an IUV of 36 characters", "iuv", strings.Repeat("1", 36), record.RejectTooLong},
	{"an IUD of 36 characters", "iud", strings.Repeat("1", 36), record.RejectTooLong},
	{"a chapter of 65 characters", "codCapitolo", strings.Repeat("x", 65), record.RejectTooLong},
	{"an amount in euro", "importoCentesimi", "12.50", record.RejectAmount},
	{"an amount with a comma", "importoCentesimi", "12,50", record.RejectAmount},
	{"an amount with a plus sign", "importoCentesimi", "+1250", record.RejectAmount},
	{"an amount that is none", "importoCentesimi", "1-2", record.RejectAmount},
	{"an amount beyond the maximum", "importoCentesimi", "1000000000000000", record.RejectAmount},
	{"an amount beyond any number", "importoCentesimi", "99999999999999999999", record.RejectAmount},
	{"nothing", "importoCentesimi", "0", record.RejectNotPositive},
	{"a negative amount", "importoCentesimi", "-1250", record.RejectNotPositive},
	{"paid that is neither true nor false", "importoVersato", "si", record.RejectValue},
}

// family is a format with what tests need of it.
type family struct {
	name   string
	read   reading
	file   string // whose first row is the ordinary one
	keys   []string
	faults []bad
	whole  bool // a wrong row refuses the file
}

var families = []family{
	{
		"registry", chapter.ReadRegistry, "capitoli_utf8.csv",
		[]string{"cod_tipo_dovuto", "cod_ufficio", "cod_capitolo", "de_anno_esercizio", "cod_accertamento"}, registryFaults, true,
	},
	{
		"platform registry", chapter.ReadPlatformRegistry, "capitoli_piattaforma.csv",
		[]string{"codiceTipoDovuto", "codUfficio", "codCapitolo", "annoEsercizio", "codAccertamento"}, platformFaults, true,
	},
	{
		"assessments", chapter.ReadAssessments, "accertamenti.csv",
		[]string{"iuv", "iud", "codiceEnteTipoDovuto", "codUfficio", "codCapitolo", "codiceAccertamento"}, assessmentFaults, false,
	},
}

func TestReadWrongRows(t *testing.T) {
	t.Parallel()
	for _, f := range families {
		for _, tc := range f.faults {
			t.Run(f.name+" with "+tc.name, func(t *testing.T) {
				t.Parallel()
				s := newSample(t, f.file)
				got, counts, err := read(t, f.read, s.with(f.keys[0], "A")+s.row(tc.column, tc.value)+s.row(f.keys[0], "B"), ours)
				checkOutcome(t, f, err, "1 riga errata su 3")
				if len(got.rejects) != 1 || counts != (mypay.Counts{Rows: 3, Accepted: 2, Rejected: 1}) {
					t.Fatalf("rejects %+v, counts %+v", got.rejects, counts)
				}
				if r := got.rejects[0]; r.Line != 3 || r.Column != tc.column || r.Code != tc.code || r.Reason == "" || r.Part {
					t.Errorf("got %+v, want %s on line 3, column %s", r, tc.code, tc.column)
				}
			})
		}
	}
}

func TestReadListsEveryWrongRow(t *testing.T) {
	t.Parallel()
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			s := newSample(t, f.file)
			wrong := s.row(f.keys[0], "") + "a;b\n" + "\"x\"y;z\n"
			got, counts, err := read(t, f.read, s.with(f.keys[0], "A")+wrong+s.row(f.keys[0], "B"), ours)
			checkOutcome(t, f, err, "3 righe errate su 5: niente è stato applicato")
			if counts != (mypay.Counts{Rows: 5, Accepted: 2, Rejected: 3}) {
				t.Errorf("counts %+v", counts)
			}
			var codes []record.RejectCode
			for _, r := range got.rejects {
				codes = append(codes, r.Code)
			}
			if diff := cmp.Diff([]record.RejectCode{record.RejectMissing, record.RejectColumns, record.RejectSyntax}, codes); diff != "" {
				t.Errorf("codes (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadDuplicates(t *testing.T) {
	t.Parallel()
	for _, f := range families {
		t.Run(f.name+" with a key twice", func(t *testing.T) {
			t.Parallel()
			s := newSample(t, f.file)
			got, _, err := read(t, f.read, s.with()+s.row(), ours)
			checkOutcome(t, f, err, "1 riga errata su 2")
			if len(got.rejects) != 1 {
				t.Fatalf("rejects %+v", got.rejects)
			}
			if r := got.rejects[0]; r.Code != record.RejectDuplicate || r.Line != 3 || !strings.Contains(r.Reason, "alla riga 2") {
				t.Errorf("got %+v, want a duplicate of line 2", r)
			}
		})
		for _, column := range f.keys {
			t.Run(f.name+" with another "+column, func(t *testing.T) {
				t.Parallel()
				s := newSample(t, f.file)
				other := "2019"
				if column == f.keys[len(f.keys)-1] {
					other = "" // none is another than one
				}
				got, counts, err := read(t, f.read, s.with()+s.row(column, other), ours)
				if err != nil || counts.Accepted != 2 {
					t.Errorf("%v, %+v: not the same key", err, got.rejects)
				}
			})
		}
	}
	t.Run("registry with an accertamento that is none, written in two ways", func(t *testing.T) {
		t.Parallel()
		s := newSample(t, "capitoli_utf8.csv")
		got, _, err := read(t, chapter.ReadRegistry, s.with("cod_accertamento", "")+s.row("cod_accertamento", "n/a"), ours)
		if err == nil || len(got.rejects) != 1 || got.rejects[0].Code != record.RejectDuplicate {
			t.Errorf("%v, rejects %+v", err, got.rejects)
		}
	})
	t.Run("registry with a row deleted and inserted again", func(t *testing.T) {
		t.Parallel()
		s := newSample(t, "capitoli_utf8.csv")
		got, _, err := read(t, chapter.ReadRegistry, s.with("azione", "D")+s.row(), ours)
		if err == nil || len(got.rejects) != 1 || !strings.Contains(got.rejects[0].Reason, "in due file") {
			t.Errorf("%v, rejects %+v", err, got.rejects)
		}
	})
}

func TestReadOfAnotherEntity(t *testing.T) {
	t.Parallel()
	for _, f := range families[1:] {
		for _, tc := range []struct {
			name, entity string
			opt          chapter.Options
			refused      bool
		}{
			{"the entity's own, in another case", "c_Q001", ours, false},
			{"named by tax code", "80000123457", ours, false},
			{"without a name", "", ours, false},
			{"of anybody, asked of none", "C_X999", chapter.Options{}, false},
			{"of another", "C_X999", ours, true},
		} {
			t.Run(f.name+" "+tc.name, func(t *testing.T) {
				t.Parallel()
				s := newSample(t, f.file)
				_, _, err := read(t, f.read, s.with(f.keys[0], "A")+s.row("enteIpaCode", tc.entity), tc.opt)
				var fe *record.FileError
				if !tc.refused && err != nil {
					t.Error(err)
				}
				if tc.refused && (!errors.As(err, &fe) || fe.Code != record.FileEntity || fe.Line != 3 || !strings.Contains(fe.Message, "C_X999")) {
					t.Errorf("got %v, want the entity of line 3 refused", err)
				}
			})
		}
	}
}

func TestReadRefusesTheFile(t *testing.T) {
	t.Parallel()
	for _, f := range families {
		s := newSample(t, f.file)
		without := strings.Replace(s.with(), f.keys[0], "x", 1)
		nine, _, _ := strings.Cut(s.with(), "\n")
		nine = nine[:strings.LastIndexByte(nine, ';')] + "\n"
		for _, tc := range []struct {
			name, in string
			opt      chapter.Options
			code     record.FileCode
			hint     string
		}{
			{"that is empty", "\n", ours, record.FileEmpty, ""},
			{"that lacks a column", nine, ours, record.FileHeader, "mancano le colonne obbligatorie"},
			{"that is something else", "a;b;c\n", ours, record.FileHeader, ""},
			{"that is cut", s.with() + "a;b", ours, record.FileTruncated, ""},
			{"of too many rows", s.with(f.keys[0], "A") + s.row(f.keys[0], "B"), chapter.Options{MaxRows: 1}, record.FileLimit, "più di 1 righe"},
			{"with a row beyond the limit", s.with() + s.row(f.keys[0], strings.Repeat("x", 900)), chapter.Options{Rows: csvrow.Limits{MaxRow: 600}}, record.FileLimit, "600"},
		} {
			t.Run(f.name+" "+tc.name, func(t *testing.T) {
				t.Parallel()
				_, _, err := read(t, f.read, tc.in, tc.opt)
				var fe *record.FileError
				if !errors.As(err, &fe) || fe.Code != tc.code || !strings.Contains(fe.Message, tc.hint) {
					t.Errorf("got %v, want %s saying %q", err, tc.code, tc.hint)
				}
			})
		}
		if f.name != "registry" { // MyPivot's own does not look at names
			t.Run(f.name+" without a mandatory name", func(t *testing.T) {
				t.Parallel()
				_, _, err := read(t, f.read, without, ours)
				var fe *record.FileError
				if !errors.As(err, &fe) || fe.Code != record.FileHeader || !strings.Contains(fe.Message, f.keys[0]) {
					t.Errorf("got %v, want %s missed", err, f.keys[0])
				}
			})
		}
	}
}

func TestReadStopsWithTheSink(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	for _, f := range families {
		s := newSample(t, f.file)
		for _, stage := range []string{"doc", "row", "reject"} {
			c := &collector{fail: stage, err: full}
			if _, err := f.read(t.Context(), strings.NewReader(s.with()+s.row(f.keys[0], "")), ours, c); !errors.Is(err, full) {
				t.Errorf("%s at %s: got %v, want the error of the sink", f.name, stage, err)
			}
		}
	}
}

func TestReadStopsWithTheContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, f := range families {
		if _, err := f.read(ctx, bytes.NewReader(testdata(t, f.file)), ours, &collector{}); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v", f.name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, family := range families {
		in := string(testdata(f, family.file))
		_, rows, _ := strings.Cut(in, "\n")
		f.Add(in)
		f.Add(rows)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, family := range families {
			c := &collector{}
			counts, err := family.read(t.Context(), strings.NewReader(in), chapter.Options{}, c)
			var fe *record.FileError
			if err != nil && !errors.As(err, &fe) {
				t.Fatalf("%s: not a fault of the file: %v", family.name, err)
			}
			if counts.Accepted != len(c.chapters)+len(c.assessments) || counts.Rejected != len(c.rejects) ||
				err == nil && counts.Rows != counts.Accepted+counts.Rejected {
				t.Fatalf("%s: %+v for %d chapters, %d assessments, %d rejects", family.name, counts, len(c.chapters), len(c.assessments), len(c.rejects))
			}
			if family.whole && err == nil && len(c.rejects) > 0 {
				t.Fatalf("%s: taken with %d wrong rows", family.name, len(c.rejects))
			}
			for _, ch := range c.chapters {
				if ch.DebtType == "" || ch.Chapter == "" || ch.Year < 1900 || ch.Line < 1 {
					t.Fatalf("chapter %+v", ch)
				}
			}
			for _, a := range c.assessments {
				if a.IUV == "" || a.IUD == "" || a.Chapter == "" || a.Amount <= 0 || a.Amount > record.MaxAmount || a.Line < 2 {
					t.Fatalf("assessment %+v", a)
				}
			}
		}
	})
}

// reading is the shape of all three.
type reading func(context.Context, io.Reader, chapter.Options, chapter.Sink) (mypay.Counts, error)

// read reads a file as it is on disk, whatever its encoding.
func read(t testing.TB, of reading, in string, opt chapter.Options) (*collector, mypay.Counts, error) {
	t.Helper()
	text, _, err := charset.NewReader(func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(in)), nil })
	if err != nil {
		t.Fatal(err)
	}
	c := &collector{}
	counts, err := of(t.Context(), text, opt, c)
	return c, counts, err
}

// checkOutcome asks for the refusal of a file that is taken whole or not at all.
func checkOutcome(t *testing.T, f family, err error, message string) {
	t.Helper()
	var fe *record.FileError
	switch {
	case !f.whole && err != nil:
		t.Errorf("a wrong row refuses no other: %v", err)
	case f.whole && (!errors.As(err, &fe) || fe.Code != record.FileContent || !strings.Contains(fe.Message, message)):
		t.Errorf("got %v, want the file refused saying %q", err, message)
	}
}

func checkDoc(t *testing.T, got *collector, want record.Doc, warning string) {
	t.Helper()
	if len(got.docs) != 1 {
		t.Fatalf("documents %+v", got.docs)
	}
	d := got.docs[0]
	if all := strings.Join(d.Warnings, "\n"); !strings.Contains(all, warning) || (all == "") != (warning == "") {
		t.Errorf("warnings %q, want %q", all, warning)
	}
	d.Warnings = nil
	if diff := cmp.Diff(want, d); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

// sample makes rows out of the first one of a file.
type sample struct{ header, first []string }

func newSample(t testing.TB, file string) sample {
	t.Helper()
	rows := mypay.Head(testdata(t, file), 2)
	return sample{rows[0], rows[1]}
}

// with is the header and a row with changes, pairs of column and value.
func (s sample) with(changes ...string) string {
	return strings.Join(s.header, ";") + "\n" + s.row(changes...)
}

func (s sample) row(changes ...string) string {
	values := slices.Clone(s.first)
	for i := range values {
		for c := 0; c < len(changes); c += 2 {
			if s.header[i] == changes[c] {
				values[i] = changes[c+1]
			}
		}
		values[i] = `"` + strings.ReplaceAll(values[i], `"`, `""`) + `"`
	}
	return strings.Join(values, ";") + "\n"
}

// collector keeps what a file gives.
type collector struct {
	docs        []record.Doc
	chapters    []record.Chapter
	assessments []record.Assessment
	rejects     []record.Reject
	fail        string
	err         error
}

func (c *collector) Doc(d *record.Doc) error {
	c.docs = append(c.docs, *d)
	return c.at("doc")
}

func (c *collector) Chapter(ch *record.Chapter) error {
	c.chapters = append(c.chapters, *ch)
	return c.at("row")
}

func (c *collector) Assessment(a *record.Assessment) error {
	c.assessments = append(c.assessments, *a)
	return c.at("row")
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

func testdata(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
