package report_test

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// panel is a panel as the browser has it, with what it shares put in.
type panel struct {
	Title string
	Why   map[string]any
	Line  []map[string]any
	Links []struct {
		Table string      `json:"table"`
		Key   string      `json:"key"`
		Find  string      `json:"find"`
		Where [][2]string `json:"where"`
		Text  string
	}
	Chapters, Rejects, Notes, History []map[string]any
}

// panelsOf are the panels of a small table, by their titles.
func panelsOf(t *testing.T, files map[string]string, name string) map[string]panel {
	t.Helper()
	text, found := strings.CutPrefix(files["dati/"+name+".0.schede.js"], `quadra.cards("`+name+`",0,`)
	if !found {
		t.Fatalf("%s has no panels", name)
	}
	d := json.NewDecoder(strings.NewReader("[" + strings.TrimSuffix(text, ")\n") + "]"))
	var all []json.RawMessage
	var shared struct{ Whys []map[string]any }
	if err := d.Decode(&all); err != nil {
		t.Fatal(err)
	}
	var panels []panel
	for i, into := range []any{&panels, &shared} {
		if err := json.Unmarshal(all[i], into); err != nil {
			t.Fatal(err)
		}
	}
	out := make(map[string]panel)
	for _, p := range panels {
		for _, part := range append(append(append([]map[string]any{p.Why}, p.Line...), p.Chapters...), p.History...) {
			if w, ok := part["w"].(float64); ok {
				for k, v := range shared.Whys[int(w)] {
					part[k] = v
				}
			}
		}
		out[p.Title] = p
	}
	return out
}

// TestEveryThingHasAPanel: the panels of what is neither payment, flow nor
// movement say what it is, where it comes from and lead to its neighbours.
func TestEveryThingHasAPanel(t *testing.T) {
	files, _ := build(t, input(rich(t)))
	for _, c := range []struct {
		table, title string
		holds        []string // somewhere in the panel
	}{
		{"file", "File pagati_20260302.csv", []string{"mypay-paid-csv 1.2", "18 tenute", "1 scartata", "Preso dalla cartella file:///srv/drop", "AMOUNT", "scrivere le cifre con il punto",
			`"where":[["file","pagati_20260302.csv,pagati_20260302.csv/*"]]`, "con lo stesso nome"}},
		{"file", "File giornale_marzo.pdf", []string{"rifiutato", "il contenuto non è di un formato", "Consegnato anche il 01/01/2026: rifiutato"}},
		{"scarti", "Scarto: riga 20 di pagati_20260302.csv", []string{"AMOUNT", "scrivere le cifre con il punto", `"table":"file","key":"pagati_20260302.csv"`}},
		{"capitoli", "Capitolo 1010/2 (2026)", []string{"nell'anagrafica", "Tassa sui rifiuti", "capitoli_2026.csv", "aggiunta", "Pagato", "Incassato",
			`"table":"accertamenti","key":"ACC-2026-1/TARI/2026"`, `["tipo_dovuto","TARI"]`, `["capitolo","1010/2`}},
		{"capitoli", "Capitolo 3020 (2026)", []string{"Sanzioni", `"line":3`}},
		{"accertamenti", "Accertamento ACC-2026-1", []string{"aperto", "1 pagamento", "pagamento aggiunto", "Carla Bianchi", `"key":"2026/TARI/TRIB/1010/2/"`, `"where":[["accertamento","ACC-2026-1`}},
		{"segnalazioni", "Segnalazione 1", []string{"spiegata", "il PSP ha risposto", "chiesto al PSP", "Pagamento 01000000000000002", `"table":"pagamenti"`, "2026-03-19"}},
		{"segnalazioni", "Segnalazione 2", []string{"riversato meno", `"table":"flussi"`}},
		{"segnalazioni", "Segnalazione 3", []string{"chiusa", "sentita la banca", `"table":"cassa"`}},
		{"attese", "Riversamento atteso del flusso 2026-03-04PSPTEST1-00004", []string{"in ritardo", "interessi di mora", "per 15 giorni di calendario", `"table":"flussi"`, `"find":"2026-03-04`, "2 pagamenti"}},
		{"attese", "Flusso atteso da Banca di Prova per i pagamenti del 19/03/2026", []string{"in attesa", `["data_pagamento.da","2026-03-19"]`, `["psp_denominazione","Banca di Prova"]`}},
		{"crediti", "Giorno 09/03/2026", []string{"Arrivato nel giorno", "2 movimenti", `["data_movimento.da","2026-03-09"]`}},
	} {
		p, found := panelsOf(t, files, c.table)[c.title]
		if !found {
			var have []string
			for title := range panelsOf(t, files, c.table) {
				have = append(have, title)
			}
			t.Errorf("%s has no panel %q, it has %q", c.table, c.title, have)
			continue
		}
		var text strings.Builder
		e := json.NewEncoder(&text)
		e.SetEscapeHTML(false)
		if err := e.Encode(p); err != nil {
			t.Fatal(err)
		}
		data := files["dati/"+c.table+".0.schede.js"]
		said := text.String() + data[strings.LastIndex(data, `"texts":[`):]
		for _, want := range c.holds {
			if !strings.Contains(said, want) {
				t.Errorf("%s, %s does not say %q:\n%s", c.table, c.title, want, said)
			}
		}
	}
}

// TestPanelsLeadToListsAndSettingsThatAreThere: a link with filters names a table
// of the pack, columns the browser has and values these know.
func TestPanelsLeadToListsAndSettingsThatAreThere(t *testing.T) {
	files, _ := build(t, input(rich(t)))
	seen := 0
	for _, table := range []string{"file", "scarti", "capitoli", "accertamenti", "segnalazioni", "attese", "crediti", "pagamenti", "flussi", "cassa"} {
		for title, p := range panelsOf(t, files, table) {
			for _, l := range p.Links {
				definition := files["dati/"+l.Table+".js"]
				if definition == "" {
					t.Errorf("%s leads to %s, which is not there", title, l.Table)
				}
				for _, w := range l.Where {
					seen++
					key, suffix, _ := strings.Cut(w[0], ".")
					column := columnOfBrowser(definition, key)
					if column == "" || suffix == "" && !strings.Contains(column, `"filter":true`) {
						t.Errorf("%s filters %s by %s, which has no such filter", title, l.Table, w[0])
					}
					if strings.Contains(column, `"kind":"code"`) {
						known := false
						for v := range strings.SplitSeq(w[1], ",") {
							known = known || strings.Contains(column, `"code":"`+strings.TrimSuffix(v+`"`, `*"`))
						}
						if !known {
							t.Errorf("%s filters %s by %s = %q, which no row has", title, l.Table, w[0], w[1])
						}
					}
				}
			}
		}
	}
	if seen < 20 {
		t.Errorf("only %d filters", seen)
	}
}

// TestPanelsOfBriefPacksLeadToNothingTheyDoNotHave: a brief pack has the panels of
// files and rejects and these lead to each other only.
func TestPanelsOfBriefPacksLeadToNothingTheyDoNotHave(t *testing.T) {
	in := input(rich(t))
	in.Brief = true
	files, _ := build(t, in)
	to := regexp.MustCompile(`"table":"([a-z-]+)"`)
	for name, text := range files {
		if !strings.HasSuffix(name, ".schede.js") {
			continue
		}
		for _, m := range to.FindAllStringSubmatch(text, -1) {
			if files["dati/"+m[1]+".js"] == "" {
				t.Errorf("%s leads to %s", name, m[1])
			}
		}
	}
	if len(panelsOf(t, files, "file")) == 0 || len(panelsOf(t, files, "scarti")) == 0 {
		t.Error("files and rejects have no panels")
	}
}
