package night_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quadra/config"
	"quadra/engine/record"
	"quadra/jobs/night"
)

// expecting is an entity whose treasurer should send by nine.
func expecting(t *testing.T) (p *place, cash func(name, arrived string)) {
	t.Helper()
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "drop", "cassa"), 0o750); err != nil {
		t.Fatal(err)
	}
	p = at(t, dir, "data_dir: data\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n    drops:\n"+
		"      - { source: cassa, url: drop/cassa, settle: 0s, expect_by: \"09:00\" }\n")
	return p, func(name, arrived string) {
		t.Helper()
		p.put("cassa/"+name, "niente di leggibile, ma è arrivato: "+name)
		when := moment(t, arrived)
		if err := os.Chtimes(filepath.Join(dir, "drop", "cassa", name), when, when); err != nil {
			t.Fatal(err)
		}
	}
}

func moment(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", text, record.Rome())
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// 12 and 13 November 2026 are a Thursday and a Friday.
func TestSourceThatDidNotSendIsTold(t *testing.T) {
	p, cash := expecting(t)
	nightAt := func(clock string) *night.Result {
		t.Helper()
		now := moment(t, clock)
		p.opt.Now = func() time.Time { return now }
		p.opt.AsOf = record.DateOf(now)
		return p.night()
	}
	look := func(clock string) string {
		t.Helper()
		m, err := night.Look(t.Context(), p.cfg, p.opt.Entity, &p.opt.Entity.Drops[0], moment(t, clock))
		if err != nil {
			t.Fatal(err)
		}
		if m == nil {
			return ""
		}
		return m.Message()
	}
	if got := look("2026-11-12 09:00"); !strings.Contains(got, "niente da cassa") || !strings.Contains(got, "mai arrivato niente") {
		t.Errorf("before anything ever came: %q", got)
	}
	cash("giovedi.txt", "2026-11-12 08:40")
	if got := look("2026-11-12 09:00"); got != "" {
		t.Errorf("the file lies there, not taken yet: %q", got)
	}
	if res := nightAt("2026-11-13 02:30"); len(res.Missing) != 0 || len(res.Files) != 1 {
		t.Errorf("in the night after: missing %v, files %d", res.Missing, len(res.Files))
	}
	if got := look("2026-11-13 08:59"); got != "" {
		t.Errorf("before the hour: %q", got)
	}
	want := "atteso entro le 09:00 del 13/11/2026; l'ultimo arrivo è delle 08:40 del 12/11/2026"
	if got := look("2026-11-13 09:00"); !strings.Contains(got, want) {
		t.Errorf("the file of the day before was taken, nothing came since: %q, want %q", got, want)
	}
	res := nightAt("2026-11-14 02:30")
	if len(res.Missing) != 1 || !strings.Contains(res.Missing[0].Message(), want) || res.Missing[0].Source != config.SourceCash {
		t.Errorf("missing %+v", res.Missing)
	}
	cash("venerdi.txt", "2026-11-14 07:00")
	if res := nightAt("2026-11-14 12:00"); len(res.Missing) != 0 {
		t.Errorf("it came late, and is still missing: %+v", res.Missing)
	}
	p.opt.Entity.State = config.StateClosed
	if got := look("2026-12-31 12:00"); got != "" {
		t.Errorf("an entity that is no more waits for files: %q", got)
	}
}

func TestDropThatCannotBeLookedAtIsAnError(t *testing.T) {
	p, _ := expecting(t)
	if err := os.RemoveAll(filepath.Join(p.dir, "drop")); err != nil {
		t.Fatal(err)
	}
	if m, err := night.Look(t.Context(), p.cfg, p.opt.Entity, &p.opt.Entity.Drops[0], moment(t, "2026-11-13 10:00")); err == nil {
		t.Errorf("looked and found %v", m)
	}
}

func TestJournalTellsNightsFromImports(t *testing.T) {
	p := local(t, "keep")
	nights := func() string {
		t.Helper()
		runs, err := night.LastNights(t.Context(), p.cfg, p.opt.Entity)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, r := range runs {
			out = append(out, fmt.Sprint(r.ID, " ", r.AsOf, " ", r.StartedAt.Format(time.RFC3339)))
		}
		return strings.Join(out, "; ")
	}
	if got := nights(); got != "" {
		t.Errorf("nights before the books: %s", got)
	}
	p.night()
	byHand := p.opt
	byHand.ByHand, byHand.Files = true, []string{filepath.Join(p.dir, "quadra.txt")}
	if err := os.WriteFile(byHand.Files[0], []byte("a mano"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := night.Run(t.Context(), byHand); err != nil {
		t.Fatal(err)
	}
	dry := p.opt
	dry.DryRun = true
	if _, err := night.Run(t.Context(), dry); err != nil {
		t.Fatal(err)
	}
	p.opt.AsOf++
	p.night()
	if got, want := nights(), "3 2026-11-16 2026-11-15T02:30:00Z; 1 2026-11-15 2026-11-15T02:30:00Z"; got != want {
		t.Errorf("nights are %q, want %q", got, want)
	}
}

func TestNightSaysWhichInterruptedRunItFollows(t *testing.T) {
	p := local(t, "keep")
	if err := os.MkdirAll(p.cfg.DataDir, 0o750); err != nil {
		t.Fatal(err)
	}
	left := `{"host":"sparita","pid":4194305,"user":"quadra","command":"quadra serve","since":"2026-11-14T01:30:00Z","boot":"` + boot(t) + `","begun":"1"}`
	if err := os.WriteFile(night.PathsOf(p.cfg, p.opt.Entity).Lock(), []byte(left), 0o600); err != nil {
		t.Fatal(err)
	}
	if res := p.night(); !strings.Contains(res.Recovered, "quadra serve, process 4194305 of quadra on sparita") || !strings.Contains(res.Recovered, "gone") {
		t.Errorf("recovered %q", res.Recovered)
	}
	if res := p.night(); res.Recovered != "" {
		t.Errorf("recovered again: %q", res.Recovered)
	}
}

func boot(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		t.Skip(err)
	}
	return strings.TrimSpace(string(text))
}

func TestMissingSourceIsToldByWhoWasAskedTo(t *testing.T) {
	p, _, hooks := posted(t)
	p.opt.Entity.Drops[2].ExpectBy = 9 * time.Hour // the cash drop
	p.night()
	if len(*hooks) != 1 || !strings.Contains((*hooks)[0], `"source":"cassa"`) || !strings.Contains((*hooks)[0], "non è mai arrivato niente") {
		t.Errorf("told %q", *hooks)
	}
}
