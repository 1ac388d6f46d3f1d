package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quadra/jobs/lock"
)

// TestExitCodesOfARun: what cron sees when a drop cannot be reached, and when
// another run holds the entity. The other codes are in the scripts.
func TestExitCodesOfARun(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "quadra.yaml")
	yaml := "data_dir: data\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n    drops:\n" +
		"      - { source: cassa, url: nowhere, settle: 0s }\n"
	if err := os.WriteFile(path, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	now := func() time.Time { return time.Date(2026, 11, 15, 2, 30, 0, 0, time.UTC) }
	run := func() (int, string) {
		var out bytes.Buffer
		p := &program{in: strings.NewReader(""), out: &out, errs: &out, now: now}
		code := p.run(t.Context(), []string{"--config", path, "run"})
		return code, out.String()
	}
	if code, out := run(); code != exitFailed || !strings.Contains(out, "nowhere") {
		t.Errorf("a drop that is not there: code %d\n%s", code, out)
	}
	held, err := lock.Acquire(filepath.Join(dir, "data", "c_q001.lock"), "quadra import", now())
	if err != nil {
		t.Fatal(err)
	}
	if code, out := run(); code != exitLocked || !strings.Contains(out, "quadra import") {
		t.Errorf("an entity another run holds: code %d\n%s", code, out)
	}
	if err := held.Release(); err != nil {
		t.Fatal(err)
	}
}
