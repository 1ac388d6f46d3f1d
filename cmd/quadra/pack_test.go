package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quadra/engine/record"
	"quadra/fixtures/generator"
)

// monthPack is the report of a month of 20,000 payments, made by the commands a
// person gives.
type monthPack struct {
	config string
	dir    string // the pack
	shots  string // before the names of its pictures
	words  map[string]string
}

// word is a word of the pages in the language of the pack.
func (m *monthPack) word(italian string) string {
	if w, ok := m.words[italian]; ok {
		return w
	}
	return italian
}

// inEnglish is the same report in English, for machines: its CSV files have codes
// and no words of ours.
func (m *monthPack) inEnglish(t *testing.T) *monthPack {
	t.Helper()
	var written []struct{ Dir string }
	if err := json.Unmarshal(m.command(t, "report", "--as-of", packDay, "--language", "en", "--machine", "--json"), &written); err != nil {
		t.Fatal(err)
	}
	if len(written) != 1 || written[0].Dir == m.dir {
		t.Fatalf("the English report is %v", written)
	}
	return &monthPack{config: m.config, dir: written[0].Dir, shots: "en-", words: map[string]string{"Giorni": "Days", "Importo": "Amount", "-mostrati": "-shown"}}
}

const packDay = "2026-10-12" // a week after the month: some credits are late, some are awaited

func newMonthPack(t *testing.T) *monthPack {
	t.Helper()
	return newPack(t, 20_000, record.NewDate(2026, 9, 1))
}

// newPack is the report of so many payments between a day and the end of the
// month.
func newPack(t *testing.T, payments int, from record.Date) *monthPack {
	t.Helper()
	base := t.TempDir()
	truth, err := generator.Generate(t.Context(), generator.Options{
		Seed: 7, Entity: generator.DemoEntities[0], Payments: payments, From: from, To: record.NewDate(2026, 9, 30),
		DebtTypes: 12, CashFormat: generator.CashMixed, Notices: true, BadRows: 1, BadFiles: 2,
	}, generator.NewFolder(filepath.Join(base, "drop")))
	if err != nil {
		t.Fatal(err)
	}
	yaml := fmt.Sprintf("data_dir: data\nentities:\n  - ipa: %s\n    tax_code: %q\n    name: %s\n    sends_notices: true\n    drops:\n",
		truth.Entity.IPA, truth.Entity.TaxCode, truth.Entity.Name)
	for _, source := range []string{"capitoli", "ricevute", "rendicontazione", "cassa", "notifiche"} {
		yaml += fmt.Sprintf("      - { source: %s, url: %q, settle: 0s, after: keep, answer: false }\n", source, "file://"+filepath.Join(base, "drop", source))
	}
	m := &monthPack{config: filepath.Join(base, "quadra.yaml"), dir: filepath.Join(base, "data", "reports", truth.Entity.IPA, packDay)}
	if err := os.WriteFile(m.config, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	m.command(t, "run", "--as-of", packDay)
	// People have said something of what the night found.
	late := m.list(t, "payments", "--status", "NOT_CASHED").Rows[0]
	m.command(t, "notes", "add", "iuv", late.IUV, "--iur", late.IUR, "--author", "Anna Verdi", "--assignee", "Luca Neri", "--due", "2026-10-09", "--text", "sollecitato il PSP")
	m.command(t, "notes", "explain", "iuv", late.IUV, "--iur", late.IUR, "--author", "Luca Neri", "--text", "sollecitato il PSP, riversa lunedì")
	m.command(t, "notes", "add", "movement", "1/2026", "--author", "Anna Verdi", "--text", "controllato con la banca")
	m.command(t, "report", "--as-of", packDay)
	return m
}

// command gives a command and its output.
func (m *monthPack) command(t *testing.T, args ...string) []byte {
	t.Helper()
	var out, errs bytes.Buffer
	p := &program{in: strings.NewReader(""), out: &out, errs: &errs, now: func() time.Time { return time.Date(2026, 10, 12, 2, 30, 0, 0, time.UTC) }}
	if exit := p.run(t.Context(), append([]string{"--config", m.config}, args...)); exit != exitDone && exit != exitRejected {
		t.Fatalf("quadra %q: exit code %d: %s", args, exit, &errs)
	}
	return out.Bytes()
}

// listed is what `quadra list` says of payments: what the pack must say too.
type listed struct {
	Rows []struct {
		IUV    string `json:"iuv"`
		IUR    string `json:"iur"`
		IUF    string `json:"iuf"`
		Cents  int64  `json:"amount_cents"`
		Status string `json:"status"`
	} `json:"rows"`
	Totals struct {
		Count int   `json:"count"`
		Cents int64 `json:"amount_cents"`
	} `json:"totals"`
}

func (m *monthPack) list(t *testing.T, what string, filters ...string) (l listed) {
	t.Helper()
	if err := json.Unmarshal(m.command(t, append([]string{"list", what, "--json"}, filters...)...), &l); err != nil {
		t.Fatal(err)
	}
	return l
}
