package report

import (
	"fmt"

	"quadra/engine/record"
	"quadra/engine/store"
)

// filesPage is the section File e scarti.
type filesPage struct {
	Count, Shown, More                      int64
	States                                  []statePage
	Files                                   []filePage
	Rejects                                 []rejectPage
	CountRejects, ShownRejects, MoreRejects int64
}

type statePage struct {
	fileState
	Name, Class string
}

type filePage struct {
	Name, Drop               string
	Docs                     []string
	State, Class             string
	Message                  string
	Rows, Accepted, Rejected int64
	Total                    record.Cents
}

type rejectPage struct{ At, Column, Code, Value, Reason string }

// stateTexts is how an outcome is shown.
type stateTexts struct{ One, Files, Class string }

func fileTexts(s store.FileState) stateTexts {
	switch s {
	case store.FileLoaded:
		return stateTexts{"caricato", "File caricati", "good"}
	case store.FileDuplicate:
		return stateTexts{"già caricato", "File già caricati", "none"}
	case store.FileRejected:
		return stateTexts{"rifiutato", "File rifiutati", "bad"}
	case store.FileFailed:
		return stateTexts{"non riuscito", "File non riusciti", "bad"}
	}
	return stateTexts{"da leggere", "File da leggere", "wait"}
}

func (b *builder) filesPage() (filesPage, error) {
	p := filesPage{Count: int64(len(b.files.all)), CountRejects: b.rejects.count, ShownRejects: int64(len(b.rejects.shown))}
	p.MoreRejects = p.CountRejects - p.ShownRejects
	for _, s := range b.files.states {
		if s.Count > 0 {
			texts := fileTexts(s.State)
			p.States = append(p.States, statePage{s, texts.Files, texts.Class})
		}
	}
	for i := len(b.files.all) - 1; i >= 0 && len(p.Files) < b.in.rowsPerCode(); i-- {
		f := b.files.all[i]
		docs, err := b.docs(f.ID)
		if err != nil {
			return p, err
		}
		texts := fileTexts(f.State)
		p.Files = append(p.Files, filePage{Name: f.Name, Drop: f.Drop, Docs: docs, State: texts.One, Class: texts.Class,
			Message: messageOf(f), Rows: f.Rows, Accepted: f.Accepted, Rejected: f.Rejected, Total: f.Total})
	}
	p.Shown = int64(len(p.Files))
	p.More = p.Count - p.Shown
	for _, r := range b.rejects.shown {
		s := store.Source{File: string(r.File), Entry: string(r.Entry), Line: r.Line.n}
		p.Rejects = append(p.Rejects, rejectPage{s.String(), string(r.Column), string(r.Code), string(r.Value), string(r.Reason)})
	}
	return p, nil
}

// messageOf is why a file was refused, and where.
func messageOf(f *store.File) string {
	at := f.Entry
	if f.Line > 0 {
		at = fmt.Sprintf("%s:%d", f.Entry, f.Line)
	}
	if f.Message == "" || at == "" {
		return f.Message
	}
	return at + ": " + f.Message
}
