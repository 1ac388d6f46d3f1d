package report

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"quadra/engine/store"
)

// fileList is every file ever offered, in the order of arrival.
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

// readFiles lists the files; a reader of a part sees none.
func (b *builder) readFiles() error {
	b.files = &fileList{}
	if !b.whole() {
		return nil
	}
	err := b.tx.Files(func(f *store.File) error {
		b.files.all = append(b.files.all, f)
		return nil
	})
	b.files.all = withoutRetried(b.files.all)
	b.files.count()
	return err
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

// describeFolder measures every file of a folder: first those people and programs
// know by name, then the others in order.
func describeFolder(dir string) ([]File, error) {
	var out []File
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		f, err := describe(path, filepath.ToSlash(name))
		out = append(out, f)
		return err
	})
	known := []string{FileHTML, FileCSV, FileXLSX, FileRejects, FileDecisions}
	rank := func(f File) int {
		if i := slices.Index(known, f.Name); i >= 0 {
			return i
		}
		return len(known)
	}
	slices.SortStableFunc(out, func(a, b File) int { return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Name, b.Name)) })
	return out, err
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
