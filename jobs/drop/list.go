package drop

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"
)

// snapshot is one look at the folder.
type snapshot struct {
	files      map[string]fs.FileInfo // the source's, by name
	companions map[string]fs.FileInfo // by key
	opened     map[string]bool        // keys of the files somebody has open
	refused    []Refused
}

func (d *drop) look(ctx context.Context) (*snapshot, error) {
	infos, err := d.folder.look(ctx)
	if err != nil {
		return nil, err
	}
	s := &snapshot{files: make(map[string]fs.FileInfo), companions: make(map[string]fs.FileInfo), opened: make(map[string]bool)}
	for _, info := range infos {
		name := info.Name()
		if file := openedBy(name); file != "" {
			s.opened[key(file)] = true
		}
		switch why := refusal(name); {
		case info.IsDir():
		case why != "":
			s.refused = append(s.refused, Refused{Name: printable(name), Why: why})
		case isHidden(name), isTemporary(name), isAnswer(name), isPutAway(name), isSystem(name):
		case !info.Mode().IsRegular():
			s.refused = append(s.refused, Refused{Name: printable(name),
				Why: "non è un file ma un collegamento o un dispositivo. Depositare il file vero e proprio."})
		case isCompanion(name):
			s.companions[key(name)] = info
		default:
			s.files[name] = info
		}
	}
	return s, nil
}

func (s *snapshot) entry(name string) Entry {
	info := s.files[name]
	e := Entry{Name: name, Size: info.Size(), Modified: info.ModTime().UTC()}
	for _, mark := range companionMarks {
		for _, key := range companionKeys(name, mark) {
			if c := s.companions[key]; c != nil {
				e.Companions = append(e.Companions, c.Name())
			}
		}
	}
	return e
}

// done tells whether a marker vouches for the file. A marker older than the
// file was left by an earlier one of the same name. Markers and files are
// compared by the second, the precision of SFTP.
func (s *snapshot) done(name string) bool {
	file := s.files[name].ModTime().Truncate(time.Second)
	for _, key := range companionKeys(name, doneMark) {
		if c := s.companions[key]; c != nil && !c.ModTime().Before(file) {
			return true
		}
	}
	return false
}

func sameFile(a, b fs.FileInfo) bool {
	return a.Size() == b.Size() && a.ModTime().Equal(b.ModTime())
}

// Reasons to wait.
const (
	whyGrowing = "cambia ancora: l'invio non è finito."
	whyArrived = "è appena arrivato: si attende che sia completo."
	whyOpen    = "è aperto in Excel o LibreOffice. Chiuderlo; se nessuno lo sta usando, togliere il file ~$ o .~lock accanto."
	whyBadMD5  = "il suo file .md5 non è ancora leggibile o non contiene un MD5."
)

func (d *drop) List(ctx context.Context) (Listing, error) {
	first, err := d.look(ctx)
	if err != nil {
		return Listing{}, d.wrap(OpList, "", err)
	}
	var l Listing
	doubtful := make(map[string]bool)
	for name := range first.files {
		e, vouched, why, err := d.vouch(ctx, first, name)
		switch {
		case err != nil:
			return Listing{}, d.wrap(OpList, name, err)
		case vouched || why == "" && d.settle == 0:
			l.Ready = append(l.Ready, e)
		default:
			doubtful[name] = true
		}
	}
	last := first
	if len(doubtful) > 0 {
		if last, err = d.lookAgain(ctx, first, doubtful, &l); err != nil {
			return Listing{}, err
		}
	}
	l.Refused = last.refused
	slices.SortFunc(l.Ready, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(l.Waiting, func(a, b Waiting) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortFunc(l.Refused, func(a, b Refused) int { return cmp.Compare(a.Name, b.Name) })
	return l, nil
}

// lookAgain decides about the files that nothing vouched for, after the one
// wait of a listing, and about those that came meanwhile.
func (d *drop) lookAgain(ctx context.Context, first *snapshot, doubtful map[string]bool, l *Listing) (*snapshot, error) {
	if err := wait(ctx, d.settle); err != nil {
		return nil, d.wrap(OpList, "", err)
	}
	second, err := d.look(ctx)
	if err != nil {
		return nil, d.wrap(OpList, "", err)
	}
	for name, info := range second.files {
		before := first.files[name]
		if before != nil && !doubtful[name] {
			continue // ready already
		}
		e, vouched, why, err := d.vouch(ctx, second, name)
		switch {
		case err != nil:
			return nil, d.wrap(OpList, name, err)
		case vouched:
			l.Ready = append(l.Ready, e)
		case why != "":
			l.Waiting = append(l.Waiting, Waiting{e, why})
		case before == nil:
			l.Waiting = append(l.Waiting, Waiting{e, whyArrived})
		case !sameFile(before, info):
			l.Waiting = append(l.Waiting, Waiting{e, whyGrowing})
		default:
			l.Ready = append(l.Ready, e)
		}
	}
	return second, nil
}

// vouch looks for a companion that says the file is whole. When it finds none,
// vouched is false; why is set when the file must wait whatever its size does.
func (d *drop) vouch(ctx context.Context, s *snapshot, name string) (e Entry, vouched bool, why string, err error) {
	e = s.entry(name)
	for _, key := range companionKeys(name, md5Mark) {
		c := s.companions[key]
		if c == nil {
			continue
		}
		sum, readable, err := d.readMD5(ctx, c.Name(), name)
		if err != nil {
			return e, false, "", err
		}
		if !readable {
			return e, false, whyBadMD5, nil
		}
		if sum != "" {
			e.MD5 = sum
			return e, true, "", nil
		}
	}
	if s.done(name) {
		return e, true, "", nil
	}
	if s.opened[key(name)] {
		why = whyOpen
	}
	return e, false, why, nil
}

func wait(ctx context.Context, d time.Duration) error {
	if d == 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return stopped(ctx)
	}
}

// stopped is the error of a context that ended; it names the cause and still
// tells a cancellation from a deadline.
func stopped(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(ctx.Err(), cause) {
		return fmt.Errorf("%w: %w", ctx.Err(), cause)
	}
	return ctx.Err()
}
