package content

import (
	"strconv"

	"quadra/engine/decide"
	"quadra/engine/explain"
	"quadra/engine/record"
	"quadra/engine/report/table"
	"quadra/engine/store"
)

// Files is the table of the files ever offered.
func (c *Content) Files() *List[File] {
	return newList(c, table.Definition{Name: "file", Title: t("File", "Files"), Page: "file.html", Key: "chiave", Cards: rowsOfCards}, []Field[File]{
		{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(f *File) table.Cell { return table.Str(f.key) }},
		{table.Column{Key: "file", Title: t("File", "File"), Kind: text, Filter: true, Search: true, Width: 44}, func(f *File) table.Cell { return table.Str(f.Name) }},
		{table.Column{Key: "stato", Title: t("Esito", "Outcome"), Kind: code, Values: c.fileStates(), Filter: true, Width: 14}, func(f *File) table.Cell { return table.Str(string(f.State)) }},
		{table.Column{Key: "cartella", Title: t("Cartella", "Drop"), Kind: code, Filter: true, Width: 24}, func(f *File) table.Cell { return table.Str(f.Drop) }},
		{table.Column{Key: "contenuto", Title: t("Contenuto", "Content"), Kind: code, Filter: true, Width: 30}, func(f *File) table.Cell { return table.Str(f.content()) }},
		{table.Column{Key: "righe", Title: t("Righe", "Rows"), Kind: whole, Filter: true, Width: 10}, func(f *File) table.Cell { return table.Int(f.Rows) }},
		{table.Column{Key: "accettate", Title: t("Tenute", "Kept"), Kind: whole, Width: 10}, func(f *File) table.Cell { return table.Int(f.Accepted) }},
		{table.Column{Key: "scartate", Title: t("Scartate", "Rejected"), Kind: whole, Filter: true, Width: 10}, func(f *File) table.Cell { return table.Int(f.Rejected) }},
		{table.Column{Key: "totale", Title: t("Totale", "Total"), Kind: cents, Total: true, Width: 16}, func(f *File) table.Cell { return table.Cents(f.Total) }},
		{table.Column{Key: "motivo", Title: t("Motivo", "Reason"), Kind: text, Search: true, Width: 60}, func(f *File) table.Cell { return table.Str(MessageOf(f.File)) }},
		{table.Column{Key: "codice", Title: t("Codice", "Code"), Kind: code, Aside: true, Width: 20}, func(f *File) table.Cell { return table.Str(f.Code) }},
		{table.Column{Key: "byte", Title: t("Byte", "Bytes"), Kind: whole, Aside: true, Width: 12}, func(f *File) table.Cell { return table.Int(f.Size) }},
		{table.Column{Key: "sha256", Title: t("SHA-256", "SHA-256"), Kind: text, Aside: true, Search: true, Width: 66}, func(f *File) table.Cell { return table.Str(f.SHA256) }},
	})
}

// Rejects is the table of the rows left out.
func (c *Content) Rejects() *List[Reject] {
	return newList(c, table.Definition{Name: "scarti", Title: t("Righe scartate", "Rejected rows"), Page: "file.html", Key: "chiave", Cards: rowsOfCards}, []Field[Reject]{
		{table.Column{Key: "chiave", Kind: text, Hidden: true, Where: table.Screen}, func(r *Reject) table.Cell { return table.Str(r.key) }},
		{table.Column{Key: "file", Title: t("File", "File"), Kind: text, Filter: true, Search: true, Width: 44}, func(r *Reject) table.Cell { return table.Str(r.File.Name) }},
		{table.Column{Key: "sha256", Title: t("SHA-256", "SHA-256"), Kind: text, Aside: true, Width: 66}, func(r *Reject) table.Cell { return table.Str(r.File.SHA256) }},
		{table.Column{Key: "contenuto_in", Title: t("In", "Within"), Kind: text, Aside: true, Width: 36}, func(r *Reject) table.Cell { return table.Str(r.Entry) }},
		{table.Column{Key: "riga", Title: t("Riga", "Line"), Kind: whole, Width: 8}, func(r *Reject) table.Cell { return table.Int(r.Line) }},
		{table.Column{Key: "colonna", Title: t("Colonna", "Column"), Kind: text, Search: true, Width: 24}, func(r *Reject) table.Cell { return table.Str(r.Column) }},
		{table.Column{Key: "codice", Title: t("Codice", "Code"), Kind: code, Filter: true, Width: 24}, func(r *Reject) table.Cell { return table.Str(string(r.Code)) }},
		{table.Column{Key: "valore", Title: t("Valore", "Value"), Kind: text, Search: true, Payer: true, Width: 36}, func(r *Reject) table.Cell { return table.Str(r.Value) }},
		{table.Column{Key: "motivo", Title: t("Motivo e rimedio", "Reason and remedy"), Kind: text, Width: 80}, func(r *Reject) table.Cell { return table.Str(c.without(r.Reason, r.Value)) }},
	})
}

// MessageOf is why a file was refused, and where.
func MessageOf(f *store.File) string {
	at := f.Entry
	if f.Line > 0 {
		at = f.Entry + ":" + strconv.Itoa(f.Line)
	}
	if f.Message == "" || at == "" {
		return f.Message
	}
	return at + ": " + f.Message
}

// Decision is what a person decided.
type Decision struct {
	*store.Decision
	InForce bool
}

// Decisions lists what people decided, in order, and says what still holds.
func (c *Content) Decisions() ([]Decision, error) {
	all, err := c.tx.Decisions()
	if err != nil {
		return nil, err
	}
	holds := make(map[int64]bool)
	for _, d := range decide.InForce(all) {
		holds[d.ID] = true
	}
	out := make([]Decision, len(all))
	for i := range all {
		out[i] = Decision{&all[i], holds[all[i].ID]}
	}
	return out, nil
}

// DecisionTable is the table of what people decided.
func (c *Content) DecisionTable() *List[Decision] {
	number := func(n int) table.Cell { return table.IntIf(n != 0, n) }
	return newList(c, table.Definition{Name: "decisioni", Title: t("Decisioni", "Decisions"), Page: "anomalie.html"}, []Field[Decision]{
		{table.Column{Key: "decisione", Title: t("Decisione", "Decision"), Kind: text, Search: true, Where: table.Screen}, func(d *Decision) table.Cell {
			return table.Str(explain.DecisionText(c.set.Language, d.Decision))
		}},
		{table.Column{Key: "deciso_il", Title: t("Deciso il", "Decided on"), Kind: date, Filter: true, Width: 12}, func(d *Decision) table.Cell { return table.Date(record.DateOf(d.DecidedAt)) }},
		{table.Column{Key: "autore", Title: t("Autore", "Author"), Kind: code, Filter: true, Width: 20}, func(d *Decision) table.Cell { return table.Str(d.Author) }},
		{table.Column{Key: "tipo", Title: t("Tipo", "Kind"), Kind: code, Filter: true, Width: 12}, func(d *Decision) table.Cell { return table.Str(string(d.Kind)) }},
		{table.Column{Key: "risposta", Title: t("Risposta", "Answer"), Kind: code, Filter: true, Width: 12}, func(d *Decision) table.Cell { return table.Str(string(d.Answer)) }},
		{table.Column{Key: "in_vigore", Title: t("In vigore", "In force"), Kind: code, Filter: true, Width: 9}, func(d *Decision) table.Cell {
			if d.InForce {
				return table.Str("sì")
			}
			return table.Str("no")
		}},
		{table.Column{Key: "anno_bolletta", Title: t("Anno bolletta", "Movement year"), Kind: whole, Width: 9}, func(d *Decision) table.Cell { return number(d.Movement.Year) }},
		{table.Column{Key: "numero_bolletta", Title: t("Bolletta", "Movement"), Kind: text, Search: true, Width: 14}, func(d *Decision) table.Cell { return table.Str(d.Movement.Number) }},
		{table.Column{Key: "conto", Title: t("Conto", "Account"), Kind: text, Aside: true, Width: 28}, func(d *Decision) table.Cell { return table.Str(d.Movement.Account) }},
		{table.Column{Key: "iuf", Title: t("IUF", "IUF"), Kind: text, Search: true, Width: 36}, func(d *Decision) table.Cell { return table.Str(d.Flow.IUF) }},
		{table.Column{Key: "psp", Title: t("PSP", "PSP"), Kind: text, Aside: true, Width: 16}, func(d *Decision) table.Cell { return table.Str(d.Flow.PSP) }},
		{table.Column{Key: "anno_flusso", Title: t("Anno flusso", "Flow year"), Kind: whole, Aside: true, Width: 9}, func(d *Decision) table.Cell { return number(d.Flow.Year) }},
		{table.Column{Key: "iuv", Title: t("IUV", "IUV"), Kind: text, Search: true, Width: 20}, func(d *Decision) table.Cell { return table.Str(d.Payment.IUV) }},
		{table.Column{Key: "iur", Title: t("IUR", "IUR"), Kind: text, Aside: true, Search: true, Width: 36}, func(d *Decision) table.Cell { return table.Str(d.Payment.IUR) }},
		{table.Column{Key: "indice", Title: t("Indice", "Index"), Kind: whole, Aside: true, Width: 7}, func(d *Decision) table.Cell { return number(d.Payment.Index) }},
		{table.Column{Key: "importo", Title: t("Importo", "Amount"), Kind: cents, Search: true, Total: true, Width: 14}, func(d *Decision) table.Cell { return table.CentsIf(d.Amount != 0, d.Amount) }},
		{table.Column{Key: "versione", Title: t("Versione", "Version"), Kind: text, Aside: true, Width: 20}, func(d *Decision) table.Cell { return table.Str(d.Version) }},
		{table.Column{Key: "proposta", Title: t("Proposta", "Proposal"), Kind: text, Aside: true, Width: 14}, func(d *Decision) table.Cell { return table.Str(d.Proposal) }},
		{table.Column{Key: "nota", Title: t("Nota", "Note"), Kind: text, Search: true, Width: 40}, func(d *Decision) table.Cell { return table.Str(d.Note) }},
		{table.Column{Key: "fonte", Title: t("Fonte", "Source"), Kind: text, Width: 36}, func(d *Decision) table.Cell {
			source := d.Source
			source.Line = d.Line
			return table.Str(source.String())
		}},
	})
}
