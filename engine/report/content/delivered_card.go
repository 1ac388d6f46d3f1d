package content

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/engine/report/card"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// File is an offered file with what was found inside.
type File struct {
	*store.File
	key     string
	parts   []filePart
	rejects []card.Reject // the first of them
}

// filePart is what a file brought of a kind, in a format.
type filePart struct {
	kind                           record.Kind
	format                         string
	docs, rows, accepted, rejected int64
	total                          record.Cents
}

// Reject is a row that was left out, with its file.
type Reject struct {
	*record.Reject
	File *store.File
	key  string
	file string // key of its panel
}

// files are the files ever offered, by what people know them by.
type files struct {
	keys map[int64]string
	came map[delivery][]*store.File
}

// delivery is a file as whoever sends it calls it.
type delivery struct{ drop, name string }

// NameFiles gives every file the name its panel has: its own, with its number in
// the books when one before it was called so. It comes before [Content.File].
func (c *Content) NameFiles(all []*store.File) error {
	c.files = files{keys: make(map[int64]string), came: make(map[delivery][]*store.File)}
	taken := make(map[string]bool)
	for _, f := range all {
		key := f.Name
		if taken[key] {
			key = f.Name + "/" + strconv.FormatInt(f.ID, 10)
		}
		taken[key] = true
		c.files.keys[f.ID] = key
		at := delivery{f.Drop, f.Name}
		c.files.came[at] = append(c.files.came[at], f)
	}
	c.runs = make(map[int64]record.Date)
	return c.tx.Runs(func(r *store.Run) error {
		c.runs[r.ID] = r.AsOf
		return nil
	})
}

// File makes a file ready for its table.
func (c *Content) File(f *store.File) (*File, error) {
	docs, err := c.tx.Documents(f.ID)
	if err != nil {
		return nil, err
	}
	out := &File{File: f, key: c.files.keys[f.ID]}
	for i := range docs {
		d := &docs[i]
		format := strings.TrimSpace(d.Format + " " + d.Version)
		at := slices.IndexFunc(out.parts, func(p filePart) bool { return p.kind == d.Kind && p.format == format })
		if at < 0 {
			at = len(out.parts)
			out.parts = append(out.parts, filePart{kind: d.Kind, format: format})
		}
		p := &out.parts[at]
		p.docs++
		p.rows += d.Rows
		p.accepted += d.Accepted
		p.rejected += d.Rejected
		p.total += d.Total
	}
	return out, nil
}

// content says what was found inside.
func (f *File) content() string {
	all := make([]string, len(f.parts))
	for i, p := range f.parts {
		all[i] = string(p.kind) + " · " + p.format
	}
	return strings.Join(all, ", ")
}

// rejectsNamed is how many rejects the panel of a file shows.
const rejectsNamed = 30

// Reject is a row of the file that was left out; the first ones are in its panel.
func (c *Content) Reject(f *File, r *record.Reject, seq int64) *Reject {
	out := &Reject{Reject: r, File: f.File, key: f.key + "/" + strconv.FormatInt(seq, 10), file: f.key}
	if len(f.rejects) < rejectsNamed {
		f.rejects = append(f.rejects, card.Reject{Entry: r.Entry, Line: r.Line, Column: r.Column, Code: string(r.Code),
			Text: c.without(r.Reason, r.Value), To: card.Place{Table: "scarti", Key: out.key}})
	}
	return out
}

// FileCard is the panel of a file, once its rejects have been read: when it came,
// what it brought, what was left out, what became of it.
func (c *Content) FileCard(f *File) *card.Card {
	out := &card.Card{Title: c.say("File ", "File ") + f.Name, Why: &card.Why{Verdict: c.fileVerdict(f.State), Text: c.fileWhy(f)}, Rejects: f.rejects}
	from := c.say("Importato a mano", "Imported by hand")
	if f.Drop != "" {
		from = c.say("Preso dalla cartella ", "Taken from the drop ") + f.Drop
	}
	out.Line = append(out.Line, card.Step{On: c.runs[f.RunID], What: card.Delivered, Title: c.say("Consegna", "Delivery"), Text: from})
	for _, p := range f.parts {
		out.Line = append(out.Line, c.partStep(&p))
		if list := listOf[p.kind]; list != "" && p.accepted > 0 && !c.set.Brief {
			out.Links = append(out.Links, card.Link{Place: card.Place{Table: list}, Where: []card.Filter{{Name: "file", Value: f.Name + "," + f.Name + "/*"}},
				Text: fmt.Sprintf(c.say("Che cosa ne è nei registri: %s", "What of it is in the books: %s"), c.kindName(p.kind))})
		}
	}
	if f.Rejected > int64(len(f.rejects)) {
		out.Links = append(out.Links, card.Link{Place: card.Place{Table: "scarti"}, Where: []card.Filter{{Name: "file", Value: f.Name}},
			Text: fmt.Sprintf(c.say("Tutte le %d righe scartate", "All the %d rejected rows"), f.Rejected)})
	}
	if key := c.files.keys[f.DuplicateOf]; key != "" {
		out.Links = append(out.Links, card.Link{Place: card.Place{Table: "file", Key: key}, Text: c.say("Il file con gli stessi byte, già caricato", "The file with the same bytes, loaded before")})
	}
	out.Links = append(out.Links, c.otherDeliveries(f)...)
	return out
}

// deliveriesNamed is how many other deliveries the panel of a file leads to.
const deliveriesNamed = 10

// otherDeliveries are those of the same name from the same drop: what a file
// corrects, or is corrected by.
func (c *Content) otherDeliveries(f *File) (out []card.Link) {
	for _, other := range c.files.came[delivery{f.Drop, f.Name}] {
		if other.ID == f.ID || len(out) == deliveriesNamed {
			continue
		}
		format := c.say("Consegnato anche il %s: %s", "Delivered on %s too: %s")
		out = append(out, card.Link{Place: card.Place{Table: "file", Key: c.files.keys[other.ID]},
			Text: fmt.Sprintf(format, c.day(c.runs[other.RunID]), c.fileVerdict(other.State).Name)})
	}
	return out
}

// listOf is the list that shows what files of a kind brought, with a column for
// the file.
var listOf = map[record.Kind]string{record.KindReceipts: "ricevute", record.KindFlows: "flussi", record.KindMovements: "cassa"}

// partStep says what a file brought of a kind.
func (c *Content) partStep(p *filePart) card.Step {
	leg := map[record.Kind]string{record.KindReceipts: card.Receipt, record.KindFlows: card.Flow, record.KindMovements: card.Cash, record.KindNotices: card.Notice,
		record.KindDebts: card.Notice}[p.kind]
	docs := ""
	if p.docs > 1 {
		docs = fmt.Sprintf(c.say("%d documenti", "%d documents"), p.docs)
	}
	return card.Step{What: cmp.Or(leg, card.Booked), Title: c.kindName(p.kind), Text: joined(" · ", p.format, docs, c.many(p.rows, c.say("riga letta", "row read"), c.say("righe lette", "rows read")),
		c.many(p.accepted, c.say("tenuta", "kept"), c.say("tenute", "kept")), c.many(p.rejected, c.say("scartata", "rejected"), c.say("scartate", "rejected"))),
		Cents: p.total, Amount: p.total != 0}
}

func (c *Content) kindName(k record.Kind) string {
	names := map[record.Kind]table.Text{record.KindReceipts: t("ricevute", "receipts"), record.KindFlows: t("rendicontazione", "flows"), record.KindMovements: t("giornale di cassa", "cash"),
		record.KindNotices: t("notifiche", "notices"), record.KindDebts: t("dovuti", "debts"), record.KindChapters: t("capitoli", "chapters"),
		record.KindAssessments: t("accertamenti", "accertamenti"), record.KindDecisions: t("decisioni", "decisions"), record.KindNotes: t("segnalazioni", "notes"),
		record.KindInstructions: t("istruzioni", "instructions")}
	if name, ok := names[k]; ok {
		return c.say(name.It, name.En)
	}
	return string(k)
}

func (c *Content) fileStates() []table.Value {
	return []table.Value{{Code: string(store.FileFailed), Title: c.say("non riuscito", "failed"), Sign: -1, Signed: true},
		{Code: string(store.FileRejected), Title: c.say("rifiutato", "refused"), Sign: -1, Signed: true},
		{Code: string(store.FileLoaded), Title: c.say("caricato", "loaded"), Sign: 1, Signed: true},
		{Code: string(store.FileDuplicate), Title: c.say("già caricato", "loaded before"), Signed: true}}
}

func (c *Content) fileVerdict(s store.FileState) *card.Verdict {
	for _, v := range c.fileStates() {
		if v.Code == string(s) {
			return &card.Verdict{Status: v.Code, Name: v.Title, Sign: v.Sign}
		}
	}
	return &card.Verdict{Status: string(s), Name: string(s)}
}

// fileWhy says what became of a file and what to do.
func (c *Content) fileWhy(f *File) string {
	switch f.State {
	case store.FileRejected:
		return joined(". ", MessageOf(f.File), c.say("Leggere il motivo, correggere e consegnare di nuovo, con lo stesso nome.", "Read the reason, correct and deliver again, under the same name."))
	case store.FileFailed:
		return joined(". ", MessageOf(f.File), c.say("Sarà riprovato alla prossima esecuzione; se si ripete, avvisare chi gestisce quadra.", "It will be tried again at the next run; if it happens again, tell whoever runs quadra."))
	case store.FileDuplicate:
		return c.say("Gli stessi byte erano già nei registri: non è cambiato niente.", "The same bytes were in the books already: nothing changed.")
	case store.FileLoaded:
		if f.Rejected > 0 {
			return c.say("Le righe scartate non sono nei registri: correggerle all'origine e consegnare di nuovo il file, con lo stesso nome.",
				"The rejected rows are not in the books: correct them at their origin and deliver the file again, under the same name.")
		}
		return c.say("Tutte le righe sono nei registri.", "All the rows are in the books.")
	}
	return ""
}

// RejectCard is the panel of a rejected row: where it stands, why it was left out
// and what to do.
func (c *Content) RejectCard(r *Reject) *card.Card {
	name := c.say("Riga scartata", "Rejected row")
	if r.Part {
		name = c.say("Parte di riga scartata", "Part of a row rejected")
	}
	return &card.Card{Title: fmt.Sprintf(c.say("Scarto: riga %d di %s", "Reject: line %d of %s"), r.Line, fileOf(store.Source{File: r.File.Name, Entry: r.Entry})),
		Why: &card.Why{Verdict: c.rejectVerdict(string(r.Code), name), Text: c.without(r.Reason, r.Value)},
		Line: []card.Step{{On: c.runs[r.File.RunID], What: card.Delivered, Title: r.File.Name, Text: r.Column, Source: card.Source{File: fileOf(store.Source{File: r.File.Name, Entry: r.Entry}), Line: r.Line},
			To: card.Place{Table: "file", Key: r.file}}},
		Links: []card.Link{{Place: card.Place{Table: "file", Key: r.file}, Text: c.say("File ", "File ") + r.File.Name},
			{Place: card.Place{Table: "scarti"}, Where: []card.Filter{{Name: "codice", Value: string(r.Code)}}, Text: c.say("Gli scarti con lo stesso codice", "The rejects with the same code")}}}
}

// rejectVerdict is one for all rejects of a code, which are many.
func (c *Content) rejectVerdict(code, name string) *card.Verdict {
	key := code + name
	if c.rejected == nil {
		c.rejected = make(map[string]*card.Verdict)
	}
	if c.rejected[key] == nil {
		c.rejected[key] = &card.Verdict{Status: code, Name: name, Sign: -1}
	}
	return c.rejected[key]
}
