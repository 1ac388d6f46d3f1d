package drop

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
)

// Subfolders where files that were dealt with are put.
const (
	doneFolder     = "done"
	rejectedFolder = "rejected"
)

// is tells whether info describes the entry as it was listed.
func (e Entry) is(info fs.FileInfo) bool {
	return info.Mode().IsRegular() && info.Size() == e.Size && info.ModTime().Equal(e.Modified)
}

func (d *drop) Answer(ctx context.Context, name string, content []byte) error {
	return d.AnswerFrom(ctx, name, func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}

func (d *drop) AnswerFrom(ctx context.Context, name string, write func(io.Writer) error) error {
	if err := d.checkAnswer(OpAnswer, name); err != nil {
		return err
	}
	var out *sink
	var failed error
	err := d.folder.put(ctx, name, func(w io.Writer) error {
		out = &sink{w: w}
		failed = write(out)
		return failed
	})
	if failed != nil && out.failed == nil {
		return failed
	}
	return d.wrap(OpAnswer, name, err)
}

func (d *drop) Retract(ctx context.Context, name string) error {
	if err := d.checkAnswer(OpRetract, name); err != nil {
		return err
	}
	err := d.folder.remove(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return d.wrap(OpRetract, name, err)
}

// checkAnswer refuses every name but those of outcome files.
func (d *drop) checkAnswer(op Op, name string) error {
	if why := refusal(name); why != "" {
		return d.badName(op, name, why)
	}
	if isHidden(name) || !isAnswer(name) {
		return d.badName(op, name, "non è il nome di un file di esito.")
	}
	return nil
}

// sink tells a failure of the folder from one of whoever writes the answer.
type sink struct {
	w      io.Writer
	failed error
}

func (s *sink) Write(p []byte) (int, error) {
	n, err := s.w.Write(p)
	if err != nil {
		s.failed = err
	}
	return n, err
}

func (d *drop) Dispose(ctx context.Context, e Entry, o Outcome) error {
	if why := refusal(e.Name); why != "" {
		return d.badName(OpDispose, e.Name, why)
	}
	if d.after == AfterKeep {
		return nil
	}
	return d.wrap(OpDispose, e.Name, d.putAway(ctx, e, o))
}

func (d *drop) putAway(ctx context.Context, e Entry, o Outcome) error {
	info, err := d.folder.stat(ctx, e.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if !e.is(info) {
		return errChanged
	}
	if e.Companions, err = d.stillThere(ctx, e.Companions); err != nil {
		return err
	}
	if d.after == AfterDelete {
		return d.companionsFirst(e, func(name string) error { return d.folder.remove(ctx, name) })
	}

	to, mark := doneFolder+"/", ""
	switch {
	case d.after == AfterRename && o == Rejected:
		to, mark = "", rejectedMark
	case d.after == AfterRename:
		to, mark = "", takenMark
	case o == Rejected:
		to = rejectedFolder + "/"
	}
	there, err := d.putBefore(ctx, to)
	if err != nil {
		return err
	}
	suffix := freeSuffix(e, mark, there)
	return d.companionsFirst(e, func(name string) error {
		target := targetName(e.Name, name, suffix) + mark
		if err := d.folder.move(ctx, name, to+target); err != nil {
			return err
		}
		there[key(target)] = true
		return nil
	})
}

// Sync makes the new names durable before the old ones are gone for good.
func (d *drop) Sync(ctx context.Context) error {
	for _, folder := range []string{doneFolder, rejectedFolder, "."} {
		if err := d.folder.sync(ctx, folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return d.wrap(OpSync, "", err)
		}
	}
	return nil
}

// companionsFirst does the same to the companions and then to the file. Were a
// run killed in between, a marker left behind alone would vouch for the next
// file of that name while it is still arriving.
func (d *drop) companionsFirst(e Entry, do func(name string) error) error {
	for _, name := range append(slices.Clone(e.Companions), e.Name) {
		if err := do(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// stillThere drops the companions that went with another file: two files may
// share <base>.done.
func (d *drop) stillThere(ctx context.Context, companions []string) ([]string, error) {
	var there []string
	for _, name := range companions {
		switch _, err := d.folder.stat(ctx, name); {
		case err == nil:
			there = append(there, name)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		}
	}
	return there, nil
}

// putBefore lists the keys of the names in a subfolder, once, making it when
// missing; without a name, of the folder itself. Names that differ in case or
// in how an accent is written are the same file on some servers.
func (d *drop) putBefore(ctx context.Context, subfolder string) (map[string]bool, error) {
	if there := d.put[subfolder]; there != nil {
		return there, nil
	}
	folder := "."
	if subfolder != "" {
		folder = strings.TrimSuffix(subfolder, "/")
		if err := d.folder.mkdir(ctx, folder); err != nil {
			return nil, err
		}
	}
	names, err := d.folder.names(ctx, folder)
	if err != nil {
		return nil, err
	}
	there := make(map[string]bool, len(names))
	for _, name := range names {
		there[key(name)] = true
	}
	if d.put == nil {
		d.put = make(map[string]map[string]bool)
	}
	d.put[subfolder] = there
	return there, nil
}

// freeSuffix is the first of "", the beginning of the SHA-256, 2, 3, ... under
// which neither the file nor a companion meets an older one.
func freeSuffix(e Entry, mark string, there map[string]bool) string {
	free := func(suffix string) bool {
		for _, c := range e.Companions {
			if there[key(targetName(e.Name, c, suffix)+mark)] {
				return false
			}
		}
		return !there[key(targetName(e.Name, e.Name, suffix)+mark)]
	}
	if free("") {
		return ""
	}
	begin := ""
	if len(e.SHA256) >= 8 {
		begin = e.SHA256[:8]
		if free(begin) {
			return begin
		}
		begin += "-"
	}
	for n := 2; ; n++ {
		if s := begin + strconv.Itoa(n); free(s) {
			return s
		}
	}
}

// targetName is the name one of the files of an entry gets with the suffix;
// companions keep saying whose they are.
func targetName(file, name, suffix string) string {
	if mark, ok := strings.CutPrefix(name, file); ok && mark != "" {
		return withSuffix(file, suffix) + mark
	}
	return withSuffix(name, suffix)
}
