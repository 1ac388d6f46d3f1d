package store

import "quadra/engine/record"

// Debt stores a debt of the entity's import; a later row about the same IUD
// replaces it, and an IUV once known stays known.
func (l *Loader) Debt(d *record.Debt) error {
	l.accept(d.Amount)
	// Its chapters may be where a receipt is booked.
	if _, err := l.tx.exec("DirtyIUVOfReceiptsWithIUD", l.file.ID, d.IUD, ""); err != nil {
		return err
	}
	_, err := l.tx.exec("DebtPut", d.IUD, d.IUV, d.Action, d.PayerKind, d.PayerCode, d.PayerName, d.DueOn.String(), int64(d.Amount),
		int64(d.Commission), d.DebtType, d.Remittance, d.Collection, d.Bilancio, d.SharedWith, d.SharedName, d.SharedIBAN,
		int64(d.SharedAmount), l.docID, d.Line)
	return err
}

// Chapter stores a row of the chart as it was delivered.
func (l *Loader) Chapter(c *record.Chapter) error {
	l.accept(0)
	_, err := l.tx.exec("ChapterRowInsert", l.docID, c.Line, c.Action, c.DebtType, c.Year, c.Office, c.OfficeName, c.Chapter,
		c.ChapterName, c.Assessment, c.AssessmentName, flag(c.Active), c.Article, c.PlanCode, c.SIOPE, flag(c.Restricted),
		c.From.String(), c.To.String())
	return err
}

// Assessment stores a row of an accertamenti file as it was delivered.
func (l *Loader) Assessment(a *record.Assessment) error {
	l.accept(a.Amount)
	_, err := l.tx.exec("AssessmentRowInsert", l.docID, a.Line, a.Name, a.DebtType, a.IUV, a.IUD, a.Office, a.OfficeName, a.Chapter,
		a.ChapterName, a.Code, a.CodeName, int64(a.Amount), flag(a.Paid))
	return err
}

// Instruction counts a change of an accertamento that is asked for; engine/book
// carries it out.
func (l *Loader) Instruction(*record.Instruction) error {
	l.accept(0)
	return nil
}

// DocID is the open document.
func (l *Loader) DocID() int64 { return l.docID }

// Note counts a note; engine/note keeps it, with the file it came in.
func (l *Loader) Note(*record.Note) error {
	l.accept(0)
	return nil
}
