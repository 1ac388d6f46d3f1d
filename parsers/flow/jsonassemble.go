package flow

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"quadra/engine/record"
)

// assemble gives every flow its pages, in order and all of them.
func (s *survey) assemble() error {
	for _, f := range s.flows {
		f.apart = len(f.pages) == 0
	}
	for _, pages := range byPart(s.orphan) {
		f, err := s.owner(pages[0])
		if err != nil {
			return err
		}
		f.pages = append(f.pages, pages...)
	}
	for _, f := range s.flows {
		if err := s.complete(f); err != nil {
			return named(err, s.parts[f.part].Name)
		}
	}
	return nil
}

// byPart divides pages by the part they are in.
func byPart(pages []*jsonPage) (groups [][]*jsonPage) {
	for i, p := range pages {
		if i == 0 || pages[i-1].part != p.part {
			groups = append(groups, nil)
		}
		last := len(groups) - 1
		groups[last] = append(groups[last], p)
	}
	return groups
}

// owner finds the flow a page that came without one belongs to.
func (s *survey) owner(page *jsonPage) (*jsonFlow, error) {
	waiting := slices.DeleteFunc(slices.Clone(s.flows), func(f *jsonFlow) bool { return !f.apart })
	name := s.parts[page.part].Name
	refuse := func(message string) error {
		return &record.FileError{Entry: name, Line: page.rows.line, Code: record.FileContent, Message: message}
	}
	switch len(waiting) {
	case 0:
		if list, err := s.isList(page); list || err != nil {
			return nil, cmp.Or(err, refuse(listMessage))
		}
		return nil, refuse("è una pagina di pagamenti senza il suo flusso: mettere il flusso e tutte le sue pagine in un solo zip o in un solo file")
	case 1:
		return waiting[0], nil
	}
	folder := func(f *jsonFlow) bool { return path.Dir(s.parts[f.part].Name) == path.Dir(name) }
	if slices.ContainsFunc(waiting, folder) {
		waiting = slices.DeleteFunc(waiting, func(f *jsonFlow) bool { return !folder(f) })
	}
	if len(waiting) == 1 {
		return waiting[0], nil
	}
	best, tied := waiting[0], false
	for _, f := range waiting[1:] {
		switch likeness(s.parts[f.part].Name, name).compare(likeness(s.parts[best.part].Name, name)) {
		case 1:
			best, tied = f, false
		case 0:
			tied = true
		}
	}
	if tied || likeness(s.parts[best.part].Name, name).shared <= len(folderOf(name)) {
		return nil, refuse("non si capisce di quale flusso è questa pagina di pagamenti: " +
			"mettere ogni flusso in una cartella con le sue pagine, o dare ai loro file nomi che cominciano allo stesso modo")
	}
	return best, nil
}

const listMessage = "è un elenco di flussi, non un flusso: richiedere ciascun flusso e i suoi pagamenti"

// isList tells whether what looks like a page lists flows.
func (s *survey) isList(page *jsonPage) (list bool, err error) {
	r := &rowReader{parts: s.parts, limits: s.opt.JSON}
	err = r.elements(page, func(object []byte, _ int) error {
		list = isListItem(object)
		return errEnough
	})
	if closed := r.close(); err == nil {
		err = closed
	}
	if errors.Is(err, errEnough) {
		err = nil
	}
	return list, named(err, s.parts[page.part].Name)
}

var errEnough = errors.New("enough has been read")

func folderOf(name string) string { return name[:strings.LastIndexByte(name, '/')+1] }

// alike is how much the names of a flow and of a page have in common.
type alike struct {
	shared int // bytes at the start
	rest   int // bytes of the flow's name after them, without what follows the dot
}

func likeness(flow, page string) alike {
	stem := strings.TrimSuffix(flow, path.Ext(flow))
	n := 0
	for n < len(stem) && n < len(page) && stem[n] == page[n] {
		n++
	}
	return alike{n, len(stem) - n}
}

func (a alike) compare(b alike) int {
	return cmp.Or(cmp.Compare(a.shared, b.shared), cmp.Compare(b.rest, a.rest))
}

// complete puts the pages of a flow in order, and refuses it unless they are all
// there.
func (s *survey) complete(f *jsonFlow) error {
	if len(f.pages) == 0 {
		return content(f.flow.Line, fmt.Sprintf("il flusso %s non ha con sé i pagamenti (ne dichiara %d): mancano le sue pagine. "+
			"Mettere il flusso e tutte le sue pagine in un solo zip o in un solo file", f.flow.IUF, f.flow.DeclaredCount))
	}
	f.sort()
	if err := f.numbered(); err != nil {
		return err
	}
	rows := 0
	for _, p := range f.pages {
		rows += p.rows.rows
	}
	if f.apart && rows != f.flow.DeclaredCount && s.waiting() > 1 {
		return content(f.flow.Line, fmt.Sprintf("il flusso %s dichiara %d pagamenti, le pagine che per nome sembrano sue ne hanno %d: "+
			"mettere ogni flusso in una cartella con le sue pagine", f.flow.IUF, f.flow.DeclaredCount, rows))
	}
	return nil
}

func (s *survey) waiting() (n int) {
	for _, f := range s.flows {
		if f.apart {
			n++
		}
	}
	return n
}

// sort orders parts by the first page they hold and leaves the pages of one part
// as they are, so that each part is read once.
func (f *jsonFlow) sort() {
	groups := byPart(f.pages)
	slices.SortStableFunc(groups, func(a, b []*jsonPage) int { return cmp.Compare(a[0].number, b[0].number) })
	f.pages = slices.Concat(groups...)
}

// numbered checks the numbers of the pages that have one.
func (f *jsonFlow) numbered() error {
	of := 0
	there := map[int]bool{}
	for _, p := range f.pages {
		switch {
		case p.number == 0 && p.of == 0:
			continue
		case of != 0 && p.of != of:
			return content(f.flow.Line, fmt.Sprintf("le pagine del flusso %s dicono di essere %d e %d: scaricarle di nuovo tutte", f.flow.IUF, of, p.of))
		case there[p.number]:
			return content(f.flow.Line, fmt.Sprintf("la pagina %d del flusso %s c'è due volte", p.number, f.flow.IUF))
		}
		of, there[p.number] = p.of, true
	}
	for n := 1; n <= of; n++ {
		if !there[n] {
			return content(f.flow.Line, fmt.Sprintf("delle %d pagine di pagamenti del flusso %s manca la %d: "+
				"metterle tutte in un solo zip o in un solo file con il flusso", of, f.flow.IUF, n))
		}
	}
	return nil
}

// whereabouts warns that payments are not in the part of their flow, and says
// where they are.
func (f *jsonFlow) whereabouts(parts []Part) []string {
	const most = 20 // parts named
	var where []string
	at := 1
	apart := false
	for _, group := range byPart(f.pages) {
		to := at - 1
		for _, p := range group {
			to += p.rows.rows
		}
		apart = apart || group[0].part != f.part
		if len(where) < most && to >= at {
			where = append(where, fmt.Sprintf("%d-%d in %s", at, to, parts[group[0].part].Name))
		}
		at = to + 1
	}
	if !apart {
		return nil
	}
	if n := len(byPart(f.pages)); n > len(where) {
		where = append(where, "...")
	}
	return []string{"i pagamenti sono in altri file, e le loro righe sono di quelli: " + strings.Join(where, ", ")}
}
