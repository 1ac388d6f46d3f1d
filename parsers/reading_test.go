package parsers_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"quadra/engine/record"
	"quadra/parsers"
)

// heard is a sink that writes down whatever it is given, and fails at one call.
type heard struct {
	calls  []string
	failAt int // 0: never
	with   error
}

func (h *heard) hear(what string, r any) error {
	h.calls = append(h.calls, fmt.Sprintf("%s %+v", what, reflect.Indirect(reflect.ValueOf(r)).Interface()))
	if len(h.calls) == h.failAt {
		return h.with
	}
	return nil
}

func (h *heard) Doc(r *record.Doc) error                 { return h.hear("doc", r) }
func (h *heard) Receipt(r *record.ReceiptLine) error     { return h.hear("receipt", r) }
func (h *heard) Flow(r *record.Flow) error               { return h.hear("flow", r) }
func (h *heard) FlowLine(r *record.FlowLine) error       { return h.hear("line", r) }
func (h *heard) FlowEnd(r record.FlowTotals) error       { return h.hear("end", r) }
func (h *heard) Movement(r *record.Movement) error       { return h.hear("movement", r) }
func (h *heard) Notice(r *record.Notice) error           { return h.hear("notice", r) }
func (h *heard) Debt(r *record.Debt) error               { return h.hear("debt", r) }
func (h *heard) Chapter(r *record.Chapter) error         { return h.hear("chapter", r) }
func (h *heard) Assessment(r *record.Assessment) error   { return h.hear("assessment", r) }
func (h *heard) Decision(r *record.Decision) error       { return h.hear("decision", r) }
func (h *heard) Note(r *record.Note) error               { return h.hear("note", r) }
func (h *heard) Instruction(r *record.Instruction) error { return h.hear("instruction", r) }
func (h *heard) Reject(r *record.Reject) error           { return h.hear("reject", r) }
func (h *heard) Warn(warnings []string)                  { _ = h.hear("warn", warnings) }

// onDisk writes a file to read.
func onDisk(t *testing.T, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var errFull = errors.New("the disk is full")

// compare reads a file ahead and at once, with a sink that fails at a call, and
// returns how many calls it took. What is doubtful may be anything.
func compare(t *testing.T, path string, failAt int) (calls int, doubtful bool) {
	t.Helper()
	run := func(read func(sink record.Sink) error) ([]string, error) {
		h := heard{failAt: failAt, with: errFull}
		err := read(&h)
		return h.calls, err
	}
	r := parsers.Begin(t.Context(), path, parsers.Options{})
	got, gotErr := run(r.Into)
	want, wantErr := run(func(to record.Sink) error { return parsers.Parse(t.Context(), path, parsers.Options{}, to) })
	if r.Doubtful() {
		return len(want), true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Fatalf("%s, sink failing at %d (-at once +ahead):\n%s", path, failAt, diff)
	}
	if !reflect.DeepEqual(gotErr, wantErr) {
		t.Fatalf("%s, sink failing at %d: %v ahead, %v at once", path, failAt, gotErr, wantErr)
	}
	return len(want), false
}

func TestReadingAheadGivesWhatReadingAtOnceGives(t *testing.T) {
	t.Parallel()
	files := 0
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.Contains(path, "testdata") || strings.Contains(path, "fuzz") {
			return err
		}
		files++
		calls, _ := compare(t, path, 0)
		for k := 1; k <= min(calls, 5); k++ {
			compare(t, path, k)
		}
		return nil
	})
	if err != nil || files < 50 {
		t.Errorf("%d files, %v", files, err)
	}
}

// TestDocumentsOfAContainerAreReadAheadInTheirOrder reads more than a batch holds
// of several kinds, from a zip, with the sink failing here and there.
func TestDocumentsOfAContainerAreReadAheadInTheirOrder(t *testing.T) {
	t.Parallel()
	long := func(text string) string {
		header, row, _ := strings.Cut(text, "\n")
		row, _, _ = strings.Cut(row, "\n")
		return header + "\n" + strings.Join(many(row, 700), "\n") + "\nx;y\n"
	}
	flow, err := os.ReadFile("testdata/samples/flusso.xml")
	if err != nil {
		t.Fatal(err)
	}
	var content bytes.Buffer
	z := zip.NewWriter(&content)
	for i, text := range []string{long(receipts), long(movements), string(flow), long(notices)} {
		w, err := z.Create(fmt.Sprintf("%d", i))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	path := onDisk(t, content.Bytes())
	calls, _ := compare(t, path, 0)
	if calls < 2100 {
		t.Fatalf("%d calls", calls)
	}
	for k := 1; k <= calls; k += 97 {
		compare(t, path, k)
	}
	compare(t, path, calls)
}

// TestTextsThatAreNotPlainAreReadAgain puts what is no plain UTF-8 far into files:
// what was read ahead is doubtful then, and never called good.
func TestTextsThatAreNotPlainAreReadAgain(t *testing.T) {
	t.Parallel()
	for table, text := range accented {
		header, row, _ := strings.Cut(text, "\n")
		row, _, _ = strings.Cut(row, "\n")
		ascii := strings.NewReplacer("é", "e", "è", "e", "à", "a", "ù", "u", "€", "E").Replace(row)
		other, err := charmap.Windows1252.NewEncoder().String(row)
		if err != nil {
			t.Fatal(err)
		}
		rows := many(ascii, 3_000)
		for name, tc := range map[string]struct {
			rows     []string
			doubtful bool
		}{
			"UTF-8":                     {append(many(row, 3_000), row), false},
			"ASCII":                     {rows, false},
			"late windows-1252":         {append(slices.Clone(rows), other), true},
			"early windows-1252":        {append([]string{other}, rows...), false}, // seen before anything is supposed
			"two encodings":             {append(many(row, 3_000), other), true},
			"a stray control character": {append(slices.Clone(rows), strings.Replace(ascii, "citta", "cit\x0Bta", 1)), true},
			"a NUL byte":                {append(slices.Clone(rows), "\x00"), true},
			"cut in a character":        {append(many(row, 3_000), row[:strings.Index(row, "à")+1]), true},
			"a row of fields too few":   {append(slices.Clone(rows), "x;y", ascii), false},
		} {
			path := onDisk(t, []byte(header+"\n"+strings.Join(tc.rows, "\n")+"\n"))
			if _, doubtful := compare(t, path, 0); doubtful != tc.doubtful {
				t.Errorf("%s, %s: doubtful is %v", table, name, doubtful)
			}
		}
	}
}

// TestFileTheSinkRefusesIsDoubtful because the parser says where the sink was.
func TestFileTheSinkRefusesIsDoubtful(t *testing.T) {
	t.Parallel()
	path := onDisk(t, []byte(receipts))
	refused := &record.FileError{Code: record.FileContent}
	r := parsers.Begin(t.Context(), path, parsers.Options{})
	if err := r.Into(&heard{failAt: 2, with: refused}); !errors.Is(err, refused) || !r.Doubtful() {
		t.Errorf("got %v, doubtful is %v", err, r.Doubtful())
	}
	r = parsers.Begin(t.Context(), path, parsers.Options{})
	if err := r.Into(&heard{}); err != nil || r.Doubtful() {
		t.Errorf("got %v, doubtful is %v", err, r.Doubtful())
	}
}

// running waits until no more goroutines read than before.
func running(t *testing.T, before int) {
	t.Helper()
	for range 200 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestReadingThatEndsEarlyLeavesNothingBehind(t *testing.T) {
	header, row, _ := strings.Cut(receipts, "\n")
	row, _, _ = strings.Cut(row, "\n")
	path := onDisk(t, []byte(header+"\n"+strings.Join(many(row, 50_000), "\n")+"\n"))
	before := runtime.NumGoroutine()

	parsers.Begin(t.Context(), path, parsers.Options{}).Close()
	running(t, before)

	r := parsers.Begin(t.Context(), path, parsers.Options{})
	time.Sleep(20 * time.Millisecond) // until it waits for somebody
	r.Close()
	r.Close()
	running(t, before)

	if err := parsers.Begin(t.Context(), path, parsers.Options{}).Into(&heard{failAt: 1000, with: errFull}); !errors.Is(err, errFull) {
		t.Errorf("the sink's failure became %v", err)
	}
	running(t, before)

	ctx, cancel := context.WithCancel(t.Context())
	h := &stopping{after: 2000, stop: cancel}
	if err := parsers.Begin(ctx, path, parsers.Options{}).Into(h); !errors.Is(err, context.Canceled) || h.n > 10_000 {
		t.Errorf("stopped after 2000 records, %d came: %v", h.n, err)
	}
	running(t, before)

	if err := parsers.Begin(t.Context(), path+"?", parsers.Options{}).Into(&heard{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	var none *parsers.Reading
	none.Close()
}

// stopping calls stop after some records.
type stopping struct {
	heard
	n, after int
	stop     func()
}

func (s *stopping) Receipt(*record.ReceiptLine) error {
	if s.n++; s.n == s.after {
		s.stop()
	}
	return nil
}

func TestPanicOfAReadingReachesWhoTakesIt(t *testing.T) {
	t.Parallel()
	r := parsers.Begin(t.Context(), onDisk(t, []byte("a;b\n1;2\n")), parsers.Options{Layouts: []*parsers.Layout{nil}})
	defer func() {
		if p := recover(); p == nil || !strings.Contains(fmt.Sprint(p), "nil pointer") || !strings.Contains(fmt.Sprint(p), "parsers/cash") {
			t.Errorf("recovered %v", p)
		}
	}()
	t.Errorf("it ended with %v", r.Into(&heard{}))
}

// TestNobodyReadsFarAhead leaves a reading alone: it reads so much and no more.
func TestNobodyReadsFarAhead(t *testing.T) {
	header, row, _ := strings.Cut(receipts, "\n")
	row, _, _ = strings.Cut(row, "\n")
	path := onDisk(t, []byte(header+"\n"+strings.Join(many(row, 200_000), "\n")+"\n"))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	r := parsers.Begin(t.Context(), path, parsers.Options{})
	time.Sleep(300 * time.Millisecond)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 8<<20 {
		t.Errorf("%d bytes were used for a file nobody takes", grown)
	}
	h := &stopping{after: -1}
	if err := r.Into(h); err != nil || h.n != 200_000 {
		t.Errorf("%d records, %v", h.n, err)
	}
}
