package config_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"quadra/config"
	"quadra/engine/cron"
	"quadra/engine/record"
)

var asWritten = cmp.Options{
	cmpopts.IgnoreUnexported(config.Drop{}),
	cmp.Comparer(func(a, b *cron.Expression) bool {
		return a == b || a != nil && b != nil && a.String() == b.String()
	}),
}

func expression(t *testing.T, text string) *cron.Expression {
	t.Helper()
	e, err := cron.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

const full = `
data_dir: /var/lib/quadra
schedule: "0 3 * * 1-5"
language: en
blackouts: [{from: 2026-12-31 20:00, to: 2027-01-01T08:00, reason: manutenzione}]
serve: {listen: "[::1]:9000", jitter: 1h, retries: 5, retry_after: 1m, stop_within: 30s}
ruleset: rules/region.yaml
limits: {file: 1GiB, unpacked: 512 MiB, zip_entries: 20, ratio: 9, row: 2KiB, depth: 10, rows: 11, cells: 12, parallel: 2}
entities:
  - ipa: c_q001
    tax_code: 80000123457
    name: Comune di Prova
    state: pre-production
    sends_notices: false
    loads_treasury: false
    segregation_codes: [01, "47"]
    accounts: [it60 x054 2811 1010 0000 0123 456, 0000123]
    patron_day: 06-24
    schedule: never
    blackouts: [{from: 2026-08-14 00:00, to: 2026-08-15 00:00}]
    terms: {flow_late: 3, flow_missing: 11, cash_late: 2, cash_missing: 6, unmatched_cash_late: 3, unmatched_cash_missing: 5, receipt: 4, notice: 12}
    ruleset: /etc/quadra/c_q001.yaml
    tolerance: 2
    report: brief
    interruptions:
      - {from: 2026-08-14, to: 2026-08-16, source: cassa, reason: ferie}
      - {from: 2026-12-31, to: 2026-12-31}
    ignore_remittances: [F24, '/^mandato\s/']
    drops:
      - {source: ricevute, url: file:///srv/drop/ricevute%202026/, settle: 0s, after: delete, expect_by: 09:00}
      - source: rendicontazione
        url: sftp://quadra@sftp.example.it:2222/out/fdr/
        identity_file: keys/id
        passphrase_file: /etc/quadra/passphrase
        password_file: /etc/quadra/password
        known_hosts: known_hosts
        connect_timeout: 5s
        idle_timeout: 1m
        total_timeout: 3h
        attempts: 7
        retry_wait: 0s
        identity_agent: agent.sock
        jump: io@passaggio.example.it:2022
        jump_identity_file: keys/jump
        jump_fingerprint: SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU
        answer: false
        after: keep
`

func TestEveryKeyIsRead(t *testing.T) {
	got, err := config.Parse("/etc/quadra/quadra.yaml", []byte(full))
	if err != nil {
		t.Fatal(err)
	}
	env := func(d config.Drop) config.Drop {
		d.PasswordEnv, d.PassphraseEnv = "QUADRA_PASSWORD_C_Q001", "QUADRA_PASSPHRASE_C_Q001"
		return d
	}
	want := &config.Config{
		DataDir: "/var/lib/quadra", Schedule: expression(t, "0 3 * * 1-5"), Language: "en",
		Blackouts: []config.Blackout{{
			From: time.Date(2026, 12, 31, 20, 0, 0, 0, record.Rome()), To: time.Date(2027, 1, 1, 8, 0, 0, 0, record.Rome()), Reason: "manutenzione",
		}},
		Serve:   config.Serve{Listen: "[::1]:9000", Jitter: time.Hour, Retries: 5, RetryAfter: time.Minute, StopWithin: 30 * time.Second},
		Ruleset: "/etc/quadra/rules/region.yaml",
		Limits:  config.Limits{FileSize: 1 << 30, UnpackedSize: 512 << 20, ZipEntries: 20, Ratio: 9, Row: 2048, Depth: 10, Rows: 11, Cells: 12, Parallel: 2},
		Entities: []config.Entity{{
			IPA: "c_q001", TaxCode: "80000123457", Name: "Comune di Prova", State: config.StatePreProduction,
			SegregationCodes: []string{"01", "47"},
			Accounts:         []config.Account{{Names: []string{"IT60X0542811101000000123456"}}, {Names: []string{"0000123"}}},
			PatronDay:        "06-24",
			Booking:          config.Booking{Automatic: true},
			Blackouts: []config.Blackout{{
				From: time.Date(2026, 8, 14, 0, 0, 0, 0, record.Rome()), To: time.Date(2026, 8, 15, 0, 0, 0, 0, record.Rome()),
			}},
			Terms: config.Terms{
				FlowLate: 3, FlowMissing: 11, CashLate: 2, CashMissing: 6,
				UnmatchedCashLate: 3, UnmatchedCashMissing: 5, Receipt: 4, Notice: 12,
			},
			Interruptions: []config.Interruption{
				{From: record.NewDate(2026, 8, 14), To: record.NewDate(2026, 8, 16), Source: config.SourceCash, Reason: "ferie"},
				{From: record.NewDate(2026, 12, 31), To: record.NewDate(2026, 12, 31)},
			},
			Ruleset: "/etc/quadra/c_q001.yaml", Tolerance: 2, Report: config.ReportBrief,
			IgnoreRemittances: []string{"F24", `/^mandato\s/`},
			Drops: []config.Drop{
				env(config.Drop{
					Source: config.SourceReceipts, URL: "file:///srv/drop/ricevute%202026", After: config.AfterDelete, ExpectBy: 9 * time.Hour, Answer: true,
					ConnectTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, TotalTimeout: time.Hour, Attempts: 4, RetryWait: 2 * time.Second,
				}),
				env(config.Drop{
					Source: config.SourceFlows, URL: "sftp://quadra@sftp.example.it:2222/out/fdr",
					Settle: 10 * time.Second, After: config.AfterKeep, Answer: false,
					IdentityFile: "/etc/quadra/keys/id", PassphraseFile: "/etc/quadra/passphrase",
					PasswordFile: "/etc/quadra/password", KnownHosts: "/etc/quadra/known_hosts",
					ConnectTimeout: 5 * time.Second, IdleTimeout: time.Minute, TotalTimeout: 3 * time.Hour, Attempts: 7,
					IdentityAgent: "/etc/quadra/agent.sock", Jump: "io@passaggio.example.it:2022", JumpIdentityFile: "/etc/quadra/keys/jump",
					JumpFingerprint: "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
				}),
			},
		}},
	}
	if diff := cmp.Diff(want, got, asWritten); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestEverythingHasADefaultButCodesAndAddresses(t *testing.T) {
	got, err := config.Parse("/etc/quadra/quadra.yaml", []byte("entities: [{ipa: c_q001, tax_code: 80000123457, drops: [{url: drop}]}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		DataDir: "/etc/quadra/data", Schedule: expression(t, "30 2 * * *"), Language: "it",
		Serve:  config.Serve{Listen: "127.0.0.1:9817", Jitter: 10 * time.Minute, Retries: 3, RetryAfter: 5 * time.Minute, StopWithin: 2 * time.Minute},
		Limits: config.Limits{FileSize: 4 << 30, UnpackedSize: 16 << 30, ZipEntries: 10_000, Ratio: 250, Row: 1 << 20, Depth: 64, Rows: 2_000_000, Cells: 40_000_000},
		Entities: []config.Entity{{
			IPA: "c_q001", TaxCode: "80000123457", Name: "c_q001", State: config.StateProduction,
			SendsNotices: true, LoadsTreasury: true, Schedule: expression(t, "30 2 * * *"), Booking: config.Booking{Automatic: true}, Report: config.ReportPack,
			Terms: config.Terms{
				FlowLate: 2, FlowMissing: 10, CashLate: 1, CashMissing: 5,
				UnmatchedCashLate: 2, UnmatchedCashMissing: 4, Receipt: 2, Notice: 10,
			},
			Drops: []config.Drop{{
				Source: config.SourceAuto, URL: "file:///etc/quadra/drop", Settle: 10 * time.Second, After: config.AfterMove, Answer: true,
				ConnectTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, TotalTimeout: time.Hour, Attempts: 4, RetryWait: 2 * time.Second,
				PasswordEnv: "QUADRA_PASSWORD_C_Q001", PassphraseEnv: "QUADRA_PASSPHRASE_C_Q001",
			}},
		}},
	}
	if diff := cmp.Diff(want, got, asWritten); diff != "" {
		t.Errorf("configuration (-want +got):\n%s", diff)
	}
}

func TestTheExampleSaysWhatTheDefaultsAre(t *testing.T) {
	written, err := config.Parse("/q/quadra.yaml", config.Example())
	if err != nil {
		t.Fatal(err)
	}
	if len(written.Warnings) > 0 {
		t.Errorf("warnings: %v", written.Warnings)
	}
	minimal, err := config.Parse("/q/quadra.yaml", []byte(
		"entities: [{ipa: c_q001, tax_code: 80000123457, name: Comune di Prova, drops: [{url: drop/c_q001}]}]\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(minimal, written, asWritten); diff != "" {
		t.Errorf("example (-defaults +example):\n%s", diff)
	}

	t.Run("also in the commented lines", func(t *testing.T) {
		section := regexp.MustCompile(`^# (serve|blackouts|limits|mail|webhooks|retention):`)
		var uncommented strings.Builder
		for line := range strings.Lines(string(config.Example())) {
			if text := strings.TrimLeft(line, " "); strings.HasPrefix(text, "# ") && !strings.HasPrefix(line, "# ") || section.MatchString(line) || strings.HasPrefix(line, "#   ") {
				line = strings.Replace(line, "# ", "", 1)
			}
			uncommented.WriteString(line)
		}
		all, err := config.Parse("/q/quadra.yaml", []byte(uncommented.String()))
		if err != nil {
			t.Fatalf("%v\n%s", err, uncommented.String())
		}
		e := all.Entities[0]
		if e.PatronDay == "" || len(e.Interruptions) != 1 || len(e.IgnoreRemittances) != 2 || len(e.Drops) != 2 {
			t.Errorf("not everything was read: %+v", e)
		}
		if all.Mail == nil || len(all.Mail.Rules) != 2 || all.Mail.CAFile != "" || len(all.Webhooks) != 1 || all.Retention.PersonalData != 120 {
			t.Errorf("mail %+v, webhooks %+v and retention %+v are not those of the example", all.Mail, all.Webhooks, all.Retention)
		}
		if len(all.Blackouts) != 1 || e.Schedule.String() != "0 4 * * *" || e.Drops[0].ExpectBy != 9*time.Hour {
			t.Errorf("not everything about serve was read: %+v", all)
		}
		if all.Serve != minimal.Serve || all.Limits != minimal.Limits || e.Terms != minimal.Entities[0].Terms {
			t.Errorf("limits %+v and terms %+v are not the defaults", all.Limits, e.Terms)
		}
	})
}

func TestEntitiesShareSettingsThroughAnchors(t *testing.T) {
	cfg, err := config.Parse("/q/quadra.yaml", []byte(`
entities:
  - &first
    ipa: c_q001
    tax_code: 80000123457
    terms: &terms {flow_late: 5}
    drops: [{url: a}]
  - <<: *first
    ipa: c_q002
    tax_code: 80007580279
    drops: [{url: b}]
  - {ipa: c_q003, tax_code: 00488410010, terms: *terms}
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range cfg.Entities {
		got = append(got, fmt.Sprint(e.IPA, " ", e.TaxCode, " ", e.Terms.FlowLate, " ", len(e.Drops)))
	}
	want := []string{"c_q001 80000123457 5 1", "c_q002 80007580279 5 1", "c_q003 00488410010 5 0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entities (-want +got):\n%s", diff)
	}
}

func TestAnAccountHasTheNamesBanksAndTreasurersCallItBy(t *testing.T) {
	cfg, err := config.Parse("/q/quadra.yaml", []byte(`
entities:
  - ipa: c_q001
    tax_code: 80000123457
    accounts:
      - {iban: it60 X054 2811 1010 0000 0123 456, conti_evidenza: ["0000123", 7]}
      - 99
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []config.Account{{Names: []string{"IT60X0542811101000000123456", "0000123", "7"}}, {Names: []string{"99"}}}
	if diff := cmp.Diff(want, cfg.Entities[0].Accounts); diff != "" {
		t.Errorf("accounts (-want +got):\n%s", diff)
	}
}

func TestAnEntityThatEndedSaysSinceWhenAndWhereItWent(t *testing.T) {
	cfg, err := config.Parse("/q/quadra.yaml", []byte(`
entities:
  - {ipa: c_q001, tax_code: 80000123457, state: closed, state_since: 2026-06-30}
  - {ipa: c_q002, tax_code: 80007580279, state: merged, state_since: 2025-12-31, merged_into: c_q003}
  - ipa: c_q003
    tax_code: 00488410010
    debt_types: [{code: TARI}, {code: COSAP, disabled_from: 2021-01-01}]
`))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range cfg.Entities {
		got = append(got, fmt.Sprint(e.IPA, " ", e.State, " ", e.StateSince, " ", e.MergedInto, " ", e.DebtTypes))
	}
	want := []string{"c_q001 closed 2026-06-30  []", "c_q002 merged 2025-12-31 c_q003 []", "c_q003 production   [{TARI  []} {COSAP 2021-01-01 []}]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("entities (-want +got):\n%s", diff)
	}
}

func TestTheSplitOfADebtType(t *testing.T) {
	cfg, err := config.Parse("/q/quadra.yaml", []byte(`
entities:
  - ipa: c_q001
    tax_code: 80000123457
    debt_types:
      - code: TARI
        split:
          - {chapter: "1", fixed: "5.00"}
          - {chapter: "2", office: TRIB, percent: 12.5}
          - {chapter: "3", article: "1", accertamento: 2026/7, percent: "0.0001"}
          - {chapter: "4", remainder: true}
    booking:
      closed_until: 2024
      taxonomy: [{code: 9/0101100IM/, chapter: "9"}]
`))
	if err != nil {
		t.Fatal(err)
	}
	want := []config.SplitPart{
		{Target: config.Target{Chapter: "1"}, Fixed: 500},
		{Target: config.Target{Chapter: "2", Office: "TRIB"}, PerMillion: 125_000},
		{Target: config.Target{Chapter: "3", Article: "1", Assessment: "2026/7"}, PerMillion: 1},
		{Target: config.Target{Chapter: "4"}, Remainder: true},
	}
	e := cfg.Entities[0]
	if diff := cmp.Diff(want, e.DebtTypes[0].Split); diff != "" {
		t.Errorf("split (-want +got):\n%s", diff)
	}
	booking := config.Booking{ClosedUntil: 2024, Automatic: true, Taxonomy: []config.TaxonomyTarget{{Code: "9/0101100IM/", Target: config.Target{Chapter: "9"}}}}
	if diff := cmp.Diff(booking, e.Booking); diff != "" {
		t.Errorf("booking (-want +got):\n%s", diff)
	}
}

func TestIgnoredRemittances(t *testing.T) {
	e := config.Entity{IgnoreRemittances: []string{"Mandato n.", `/^F24\b/`}}
	patterns, err := e.IgnoredRemittances()
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text string
		want bool
	}{
		{"STORNO MANDATO N. 12", true},
		{"MANDATO NR 12", false},
		{"f24 ravvedimento", true},
		{"rimborso F24", false},
	} {
		got := false
		for _, p := range patterns {
			got = got || p.MatchString(tt.text)
		}
		if got != tt.want {
			t.Errorf("%q ignored: %v, want %v", tt.text, got, tt.want)
		}
	}
}

func TestAnEntityIsFoundByItsCode(t *testing.T) {
	cfg, err := config.Parse("quadra.yaml", config.Example())
	if err != nil {
		t.Fatal(err)
	}
	if e, ok := cfg.Entity("c_q001"); !ok || e != &cfg.Entities[0] {
		t.Errorf("c_q001: %v, %v", e, ok)
	}
	if _, ok := cfg.Entity("C_Q001"); ok {
		t.Error("a code in another case was accepted")
	}
}

func TestLoadReadsRelativePathsFromTheFolderOfTheFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "quadra.yaml")
	if err := os.WriteFile(path, config.Example(), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(filepath.Dir(dir))
	cfg, err := config.Load(filepath.Join(filepath.Base(dir), "quadra.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if want := filepath.Join(dir, "data"); cfg.DataDir != want {
		t.Errorf("data dir %s, want %s", cfg.DataDir, want)
	}
	if _, err := config.Load(filepath.Join(dir, "other.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
