package report

import (
	"errors"

	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/content"
	"quadra/engine/report/table"
	"quadra/engine/stats"
)

// Tables whose rows are not met while payments, flows and movements are read.

// booking writes accertamenti, chapters and statistics.
func (b *builder) booking(*lists) error {
	accertamenti, err := create(b, b.content.Accertamenti(), -1, table.Sheets{})
	if err != nil {
		return err
	}
	if err := b.content.EachAccertamento(func(a *content.Accertamento, shown *card.Card) error { return accertamenti.add(a, shown) }); err != nil {
		return err
	}
	chapters, err := create(b, b.content.Chapters(), -1, table.Sheets{})
	if err != nil {
		return err
	}
	if err := b.content.EachChapter(func(s *content.ChapterSum, shown *card.Card) error { return chapters.add(s, shown) }); err != nil {
		return err
	}
	statistics, err := create(b, b.content.Statistics(), -1, table.Sheets{})
	if err != nil {
		return err
	}
	if err := b.content.EachCell(func(s *stats.Cell) error { return statistics.add(s, nil) }); err != nil {
		return err
	}
	return errors.Join(finish(b, accertamenti), finish(b, chapters), finish(b, statistics))
}

func (b *builder) regularising(*lists) error {
	w, err := create(b, b.content.RegulariseTable(), -1, table.Sheets{})
	if err != nil {
		return err
	}
	return errors.Join(b.content.EachToRegularise(func(r *content.ToRegularise) error { return w.add(r, nil) }), finish(b, w))
}

func (b *builder) expected(*lists) error {
	w, err := create(b, b.content.ExpectedTable(), -1, table.Sheets{})
	if err != nil {
		return err
	}
	if err := b.content.EachExpected(func(e *content.Expected) error {
		b.credits.expect(e)
		return w.add(e, b.content.ExpectedCard(e))
	}); err != nil {
		return err
	}
	days, err := create(b, b.content.DayTable(), -1, table.Sheets{})
	if err != nil {
		return err
	}
	for _, d := range b.content.ExpectedDays() {
		if err := days.add(d, b.content.DayCard(d)); err != nil {
			return err
		}
	}
	return errors.Join(finish(b, w), finish(b, days))
}

// noted writes the notes and counts them.
func (b *builder) noted(*lists) (err error) {
	var w *open[note.Note]
	if !b.in.Brief {
		if w, err = create(b, b.content.NoteTable(), -1, table.Sheets{}); err != nil {
			return err
		}
	}
	err = b.content.EachNote(func(n *note.Note) error {
		b.notes.add(n)
		if w == nil {
			return nil
		}
		shown, err := b.content.NoteCard(n)
		if err != nil {
			return err
		}
		return w.add(n, shown)
	})
	return errors.Join(err, finish(b, w))
}

// decided writes what people decided.
func (b *builder) decided(*lists) error {
	if !b.whole() {
		return nil
	}
	w, err := create(b, b.content.DecisionTable(), int64(len(b.decisions)), table.Sheets{})
	if err != nil {
		return err
	}
	for i := range b.decisions {
		if err := w.add(&b.decisions[i], nil); err != nil {
			return err
		}
	}
	return finish(b, w)
}

// delivered writes the files and their rejects, the last file first. Files are
// thousands, their rejects may be millions. They may be of anybody, so that a
// pack for some has neither.
func (b *builder) delivered(*lists) error {
	if !b.whole() {
		return nil
	}
	if err := b.content.NameFiles(b.files.all); err != nil {
		return err
	}
	files, err := create(b, b.content.Files(), int64(len(b.files.all)), table.Sheets{})
	if err != nil {
		return err
	}
	rejects, err := create(b, b.content.Rejects(), -1, table.Sheets{})
	if err != nil {
		return err
	}
	for i := len(b.files.all) - 1; i >= 0; i-- {
		f, err := b.content.File(b.files.all[i])
		if err != nil {
			return err
		}
		if f.Rejected > 0 {
			if err := b.rejected(f, rejects); err != nil {
				return err
			}
		}
		if err := files.add(f, b.content.FileCard(f)); err != nil {
			return err
		}
	}
	return errors.Join(finish(b, files), finish(b, rejects))
}

// rejected writes the rejects of a file.
func (b *builder) rejected(f *content.File, to *open[content.Reject]) error {
	seq := int64(0)
	return b.tx.Rejects(f.ID, func(r *record.Reject) error {
		seq++
		b.rejects++
		one := b.content.Reject(f, r, seq)
		return to.add(one, b.content.RejectCard(one))
	})
}
