package propose

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"quadra/engine/record"
)

// columns of the CSV a person answers on; package parsers/decision reads it
// back.
var columns = []string{"proposta", "punteggio", "regola", "tipo", "anno_bolletta", "numero_bolletta", "conto", "data_contabile",
	"importo_movimento", "ordinante", "causale", "iuf", "psp", "psp_denominazione", "anno_flusso", "data_regolamento", "totale_flusso",
	"iuv", "iur", "indice", "data_pagamento", "importo_pagamento", "importo", "versione", "motivi", "alternative", "risposta", "autore", "nota"}

// CSV writes proposals for people to answer: one row a pair, the last three
// columns (risposta, autore, nota) empty. It is made to be opened in an Italian
// spreadsheet and handed back: UTF-8 with a byte-order mark, semicolons, CRLF.
// The same proposals give the same bytes.
func CSV(w io.Writer, proposals []Proposal) (rows int, err error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return 0, fmt.Errorf("write proposals: %w", err)
	}
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	if err := out.Write(columns); err != nil {
		return 0, fmt.Errorf("write proposals: %w", err)
	}
	for i := range proposals {
		for k := range proposals[i].Pairs {
			if err := out.Write(cells(&proposals[i], &proposals[i].Pairs[k])); err != nil {
				return rows, fmt.Errorf("write proposals: %w", err)
			}
			rows++
		}
	}
	out.Flush()
	if err := out.Error(); err != nil {
		return rows, fmt.Errorf("write proposals: %w", err)
	}
	return rows, nil
}

func cells(p *Proposal, pair *Pair) []string {
	row := map[string]string{
		"proposta": p.ID, "punteggio": strconv.Itoa(p.Score), "regola": string(p.Rule), "tipo": string(p.Kind),
		"motivi": strings.Join(p.Reasons, "; "), "alternative": strings.Join(p.Alternatives, " "),
	}
	if m := pair.Movement; m != nil {
		row["anno_bolletta"], row["numero_bolletta"], row["conto"] = strconv.Itoa(m.Year), m.Number, m.Account
		row["data_contabile"], row["importo_movimento"] = m.BookedOn.Italian(), m.Open.DecimalComma()
		row["ordinante"], row["causale"] = m.Payer, m.Remittance
	}
	if s := pair.Settlement; s != nil {
		row["iuf"], row["psp"], row["psp_denominazione"], row["anno_flusso"] = s.IUF, s.PSP, s.PSPName, strconv.Itoa(s.Year)
		row["data_regolamento"], row["totale_flusso"], row["versione"] = s.RegulatedOn.Italian(), s.Total.DecimalComma(), s.Version
	}
	if r := pair.Receipt; r != nil {
		row["iuv"], row["iur"], row["indice"] = r.IUV, r.IUR, strconv.Itoa(r.Index)
		row["data_pagamento"], row["importo_pagamento"] = r.PaidOn.Italian(), r.Amount.DecimalComma()
	}
	if p.Kind == record.DecideFlow || p.Kind == record.DecidePayment {
		row["importo"] = pair.Amount.DecimalComma()
	}
	out := make([]string, len(columns))
	for i, name := range columns {
		out[i] = harmless(row[name])
	}
	return out
}

// harmless keeps a cell on its line and from being run as a formula (OWASP, CSV
// injection). Amounts here are never negative.
func harmless(s string) string {
	s = strings.NewReplacer("\r\n", " ", "\r", " ", "\n", " ").Replace(s)
	first, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " "))
	if strings.ContainsRune("=+-@\t\uff1d\uff0b\uff0d\uff20", first) {
		return "'" + s
	}
	return s
}
