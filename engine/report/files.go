package report

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"slices"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// fileList is every file ever offered, in the order of arrival, with what was
// found inside.
type fileList struct {
	all    []*store.File
	states []fileState
}

// fileState adds up the files of one outcome.
type fileState struct {
	State                    store.FileState
	Count                    int64
	Rows, Accepted, Rejected int64
	Open                     int64 // of Count, those nobody delivered again
	OpenRejected             int64 // of Rejected, those of such files
}

// rejectList is what the page shows of the rejected rows.
type rejectList struct {
	count int64
	shown []rejectRow
}

// rejectRow is one line of scarti.csv.
type rejectRow struct {
	File   text  `csv:"file"`
	SHA256 text  `csv:"sha256"`
	Entry  text  `csv:"contenuto_in"`
	Line   count `csv:"riga"`
	Column text  `csv:"colonna"`
	Code   text  `csv:"codice"`
	Value  text  `csv:"valore"`
	Reason text  `csv:"motivo"`
}

// readFiles lists the files and writes the rejects of the last file first.
// Files are thousands, their rejects may be millions.
func (b *builder) readFiles() error {
	b.files, b.rejects = &fileList{}, &rejectList{}
	err := b.tx.Files(func(f *store.File) error {
		b.files.all = append(b.files.all, f)
		return nil
	})
	if err != nil {
		return err
	}
	b.files.all = withoutRetried(b.files.all)
	b.files.count()
	list, err := createTable[rejectRow](b.path(FileRejects))
	if err != nil {
		return err
	}
	for i := len(b.files.all) - 1; i >= 0 && err == nil; i-- {
		f := b.files.all[i]
		if f.Rejected == 0 {
			continue
		}
		err = b.tx.Rejects(f.ID, func(r *record.Reject) error {
			line := rejectRow{text(f.Name), text(f.SHA256), text(r.Entry), number(r.Line), text(r.Column), text(r.Code),
				text(r.Value), text(r.Reason)}
			if b.in.MaskPayers && line.Value != "" {
				line.Reason, line.Value = masked(line.Reason, line.Value), Masked
			}
			b.rejects.count++
			if len(b.rejects.shown) < b.in.rowsPerCode() {
				b.rejects.shown = append(b.rejects.shown, line)
			}
			return list.add(line)
		})
	}
	return errors.Join(err, list.close())
}

// withoutRetried leaves out what could not be fetched and came later: one file
// that arrived, not two. The journal has every attempt.
func withoutRetried(all []*store.File) []*store.File {
	type place struct{ drop, name string }
	came := make(map[place]bool)
	kept := make([]*store.File, 0, len(all))
	for _, f := range slices.Backward(all) {
		at := place{f.Drop, f.Name}
		if f.State != store.FileFailed || !came[at] {
			kept = append(kept, f)
		}
		came[at] = came[at] || f.State != store.FileFailed
	}
	slices.Reverse(kept)
	return kept
}

// fileStates are the outcomes in the order the page shows them: what asks for
// somebody first.
var fileStates = []store.FileState{store.FileFailed, store.FileRejected, store.FileLoaded, store.FileDuplicate}

// count adds up the files by outcome, the last first. A file loaded later from
// the same drop with the same name is the correction of those before it: they
// stay in the books and are no longer to do.
func (l *fileList) count() {
	for _, s := range fileStates {
		l.states = append(l.states, fileState{State: s})
	}
	type place struct{ drop, name string }
	corrected := make(map[place]bool)
	for _, f := range slices.Backward(l.all) {
		at := place{f.Drop, f.Name}
		i := slices.Index(fileStates, f.State)
		if i < 0 {
			continue
		}
		s := &l.states[i]
		s.Count++
		s.Rows += f.Rows
		s.Accepted += f.Accepted
		s.Rejected += f.Rejected
		if !corrected[at] {
			s.Open++
			s.OpenRejected += f.Rejected
		}
		corrected[at] = corrected[at] || f.State == store.FileLoaded
	}
}

// docs says what was found inside a file.
func (b *builder) docs(file int64) ([]string, error) {
	docs, err := b.tx.Documents(file)
	if err != nil {
		return nil, err
	}
	var out []string
	for i := range docs {
		text := strings.TrimSpace(string(docs[i].Kind) + " · " + docs[i].Format + " " + docs[i].Version)
		if len(out) == 0 || out[len(out)-1] != text {
			out = append(out, text)
		}
	}
	return out, nil
}

// describe measures a written file.
func describe(path, name string) (File, error) {
	f, err := os.Open(path)
	if err != nil {
		return File{}, err
	}
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	return File{Name: name, Bytes: n, SHA256: hex.EncodeToString(sum.Sum(nil))}, errors.Join(err, f.Close())
}
