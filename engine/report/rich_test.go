package report_test

import (
	"testing"
	"time"

	"quadra/engine/explain/explaintest"
	"quadra/engine/note"
	"quadra/engine/record"
	"quadra/engine/store"
)

// rich are the books of the sample with something in every list: a chart, an
// accertamento of people, notes, decisions and a second delivery of a file.
func rich(t *testing.T) *explaintest.Books {
	t.Helper()
	b := explaintest.Sample(t)
	b.Chart("capitoli_2026.csv",
		record.Chapter{DebtType: "TARI", Year: 2026, Office: "TRIB", OfficeName: "Tributi", Chapter: "1010", ChapterName: "Tassa sui rifiuti", Article: "2", Active: true},
		record.Chapter{DebtType: "MULTE", Year: 2026, Office: "VIG", OfficeName: "Vigili", Chapter: "3020", ChapterName: "Sanzioni", Active: true})
	b.Carry("Carla Bianchi",
		record.Instruction{Action: record.ActionCreate, Name: "ACC-2026-1", DebtType: "TARI", Year: 2026},
		record.Instruction{Action: record.ActionAdd, Name: "ACC-2026-1", DebtType: "TARI", Year: 2026, IUV: explaintest.IUV(1), IUR: explaintest.IUR(1), Index: 1,
			Office: "TRIB", Chapter: "1010", Article: "2", Amount: 4000})
	b.Decide("decisioni.csv", record.Decision{Kind: record.DecideRefund, Answer: record.AnswerAccept, Author: "Luca Neri",
		Payment: record.PaymentKey{IUV: explaintest.IUV(7), IUR: "IUR-0007-BIS", Index: 1}})
	b.Write(func(tx *store.Tx) error {
		at := time.Date(2026, 3, 19, 9, 0, 0, 0, time.UTC)
		for _, n := range []record.Note{
			{Unit: note.UnitPayment, IUV: explaintest.IUV(2), Text: "chiesto al PSP", Assignee: "Bruno", DueOn: explaintest.Day("2026-03-18")},
			{Unit: note.UnitPayment, IUV: explaintest.IUV(2), Text: "il PSP ha risposto", State: note.Explained},
			{Unit: note.UnitSettlement, IUF: explaintest.IUF(5), Text: "riversato meno"},
			{Unit: note.UnitMovement, Year: 2026, Number: "2", Text: "sentita la banca", State: note.Closed},
		} {
			_, bad, err := note.Apply(tx, []record.Note{n}, note.Writing{Author: "Anna", At: at})
			if len(bad) > 0 || err != nil {
				t.Fatal(bad, err)
			}
			at = at.Add(time.Hour)
		}
		return nil
	})
	b.Refuse("giornale_marzo.pdf", record.FileUnknown, 0, "il contenuto non è di un formato che quadra legge")
	b.Night(explaintest.SampleAsOf)
	return b
}
