package main

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"quadra/jobs/drop/droptest"
	"quadra/jobs/mail/mailtest"
)

// command is the program as a process of its own; see TestMain.
func command(t *testing.T) string {
	t.Helper()
	path, err := exec.LookPath("quadra")
	if err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	payerCode, payerName = "RSSMRA50A01F205X", "ROSSI MARIO"
	evil                 = "=HYPERLINK(\"http://example.org\")"
	noticesHeader        = "IUD;codIuv;tipoIdentificativoUnivoco;codiceIdentificativoUnivoco;anagraficaPagatore;indirizzoPagatore;civicoPagatore;capPagatore;" +
		"localitaPagatore;provinciaPagatore;nazionePagatore;e-mailPagatore;dataEsecuzionePagamento;importoDovutoPagato;commissioneCaricoPa;" +
		"tipoDovuto;tipoVersamento;causaleVersamento;datiSpecificiRiscossione;bilancio\n"
)

// notice is a row of a person, or of what somebody typed in the place of one.
func notice(n int, name, amount string) string {
	return fmt.Sprintf("IUD%012d;0147000000000%04d;F;%s;%q;;;;;;;;2026-09-14;%s;0.00;TARI;ALL;multa di %s;9/0101100IM/;\n",
		n, n, payerCode, strings.ReplaceAll(name, `"`, `'`), amount, payerName)
}

// TestNoSecretIsEverWritten plants a secret in every place one is read from,
// runs every command that meets them, well and badly, and looks for them in all
// that is written: output, logs, arguments of the process, environment of the
// books, reports, outcome files, backups, messages.
func TestNoSecretIsEverWritten(t *testing.T) {
	program := command(t)
	dir := t.TempDir()
	for _, d := range []string{"drop", "remote"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	server := droptest.Start(t, filepath.Join(dir, "remote"), droptest.Options{})
	locked, passphrase := server.LockedIdentity(t)
	post := mailtest.Start(t, mailtest.Options{})
	const hookSecret = "chiave-del-webhook-segreta"
	var mu sync.Mutex
	var posted bytes.Buffer
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		_ = r.Write(&posted)
	}))
	defer hook.Close()
	secrets := map[string]string{"SFTP password": droptest.Password, "passphrase": droptest.Passphrase, "mail password": mailtest.Password,
		"webhook secret": hookSecret}
	key, err := os.ReadFile(server.IdentityFile)
	if err != nil {
		t.Fatal(err)
	}
	secrets["private key"] = strings.Split(string(key), "\n")[2]
	for name, content := range map[string]string{"smtp": mailtest.Password, "hook": hookSecret, "drop/notifiche.csv": noticesHeader + notice(1, payerName, "10.00"),
		"remote/notifiche.csv": noticesHeader + notice(2, payerName, "dieci")} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	configuration := func(host string) string {
		return fmt.Sprintf(`data_dir: data
entities:
  - ipa: c_q001
    tax_code: "80000123457"
    drops:
      - {url: drop, settle: 0s}
      - {url: %q, settle: 0s, after: keep, identity_file: %q, passphrase_file: %q, known_hosts: %q, connect_timeout: 3s}
      - {url: %q, settle: 0s, after: keep, password_file: %q, known_hosts: %q, connect_timeout: 3s}
mail: {host: %s, port: %d, user: %s, password_file: smtp, from: q@example.it, ca_file: %q, timeout: 3s, rules: [{to: [a@example.it]}]}
webhooks: [{url: %q, allow_http: true, secret_file: hook}]
`, server.URL("/"), locked, passphrase, server.KnownHosts, server.URL("/nowhere"), server.PasswordFile, server.KnownHosts,
			host, post.Port, mailtest.User, post.CAFile, hook.URL)
	}
	var written bytes.Buffer
	run := func(args ...string) {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, append([]string{"--config", filepath.Join(dir, "quadra.yaml"), "-v"}, args...)...)
		cmd.Stdout, cmd.Stderr = &written, &written
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		var arguments bytes.Buffer
		go func() { // what `ps` shows while it runs
			defer close(done)
			for range 20 {
				text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", cmd.Process.Pid))
				if err != nil {
					return
				}
				arguments.Write(text)
				time.Sleep(10 * time.Millisecond)
			}
		}()
		_ = cmd.Wait() // some of these fail on purpose
		<-done
		written.Write(arguments.Bytes())
	}
	for _, host := range []string{post.Host, "localhost"} { // the second is not the name in the certificate: mail fails
		if err := os.WriteFile(filepath.Join(dir, "quadra.yaml"), []byte(configuration(host)), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "drop", host+".csv"), []byte(noticesHeader+notice(3, payerName, "11.00")), 0o600); err != nil {
			t.Fatal(err)
		}
		run("run", "--as-of", "2026-09-17", "--json")
	}
	for _, args := range []string{"doctor", "verify", "list files", "report --as-of 2026-09-17", "backup --to " + filepath.Join(dir, "backups")} {
		run(strings.Fields(args)...)
	}
	for _, path := range []string{passphrase, server.PasswordFile, filepath.Join(dir, "smtp")} { // what others can read is refused
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run("run", "--as-of", "2026-09-18")
	run("doctor")
	if len(post.Received()) == 0 || posted.Len() == 0 || !strings.Contains(written.String(), "quadra") {
		t.Fatalf("too little happened to prove anything: %d mails, %d bytes posted\n%s", len(post.Received()), posted.Len(), written.String())
	}
	all := map[string]string{"output, logs and arguments": written.String(), "posted": posted.String()}
	for i, m := range post.Received() {
		all[fmt.Sprintf("mail %d", i)] = m.Data
	}
	for _, folder := range []string{"data", "drop", "backups"} {
		for name, content := range tree(t, filepath.Join(dir, folder)) {
			all[folder+"/"+name] = content
		}
	}
	// A backup is compressed: what is in it is looked at unpacked.
	backups, err := filepath.Glob(filepath.Join(dir, "backups", "*.tar.zst"))
	if err != nil || len(backups) == 0 {
		t.Fatalf("no backups: %v", err)
	}
	unpacked := t.TempDir()
	cmd := exec.CommandContext(t.Context(), program, "--config", filepath.Join(unpacked, "quadra.yaml"), "restore", backups[0])
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for name, content := range tree(t, unpacked) {
		all["unpacked/"+name] = content
	}
	for where, content := range all {
		for what, secret := range secrets {
			if strings.Contains(content, secret) {
				t.Errorf("the %s is in %s", what, where)
			}
		}
	}
	// Messages and logs say nothing of who paid either.
	for where, content := range all {
		if strings.HasPrefix(where, "mail") || where == "posted" || where == "output, logs and arguments" {
			for _, personal := range []string{payerCode, payerName} {
				if strings.Contains(content, personal) {
					t.Errorf("%s is in %s", personal, where)
				}
			}
		}
	}
}

// TestFormulasInFilesStayTexts follows a formula that somebody typed as a name
// to everything a spreadsheet opens.
func TestFormulasInFilesStayTexts(t *testing.T) {
	program := command(t)
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "drop"), 0o750); err != nil {
		t.Fatal(err)
	}
	name := strings.ReplaceAll(evil, `"`, `'`)
	content := noticesHeader + notice(1, name, "10.00") + notice(2, name, "=1+1") + notice(3, payerName, "-5.00")
	for file, text := range map[string]string{"quadra.yaml": "data_dir: data\nentities: [{ipa: c_q001, tax_code: \"80000123457\", drops: [{url: drop, settle: 0s}]}]\n",
		"drop/notifiche.csv": content, "drop/=1+1.csv": "niente"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	output := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, append([]string{"--config", filepath.Join(dir, "quadra.yaml")}, args...)...)
		out, err := cmd.Output()
		if err != nil && cmd.ProcessState.ExitCode() != exitRejected {
			t.Fatalf("%v: %v", args, err)
		}
		return string(out)
	}
	output("run", "--as-of", "2026-10-17")
	tables := map[string]string{"list notices": output("list", "notices", "--format", "csv"), "list files": output("list", "files", "--format", "csv"),
		"list rejects": output("list", "rejects", "--format", "csv")}
	reports := filepath.Join(dir, "data", "reports", "c_q001", "2026-10-17")
	for _, folder := range []string{reports, filepath.Join(dir, "drop")} {
		for file, text := range tree(t, folder) {
			if strings.HasSuffix(file, ".csv") && strings.Contains(text, ";") && !strings.Contains(file, "notifiche.csv") || strings.HasSuffix(file, ".scarti.csv") {
				tables[file] = text
			}
		}
	}
	seen := 0
	for where, text := range tables {
		rows := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\ufeff")))
		rows.Comma, rows.FieldsPerRecord = ';', -1
		all, err := rows.ReadAll()
		if err != nil {
			t.Errorf("%s: %v", where, err)
		}
		for _, row := range all {
			for _, cell := range row {
				if strings.Contains(cell, "HYPERLINK") || strings.Contains(cell, "=1+1") {
					seen++
				}
				if strings.HasPrefix(cell, "=") {
					t.Errorf("%s: the cell %q would be run", where, cell)
				}
			}
		}
	}
	if seen < 4 {
		t.Errorf("the formulas were met %d times in %d tables: the test proves nothing", seen, len(tables))
	}
	if !strings.Contains(tables["list rejects"], ";-5.00;") {
		t.Errorf("a negative number is no number any more\n%s", tables["list rejects"])
	}

	book, err := excelize.OpenFile(filepath.Join(reports, "anomalie.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = book.Close() })
	held := false
	for _, sheet := range book.GetSheetList() {
		rows, err := book.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for r, row := range rows {
			for c, text := range row {
				at, _ := excelize.CoordinatesToCellName(c+1, r+1)
				held = held || strings.Contains(text, "HYPERLINK")
				if formula, err := book.GetCellFormula(sheet, at); err != nil || formula != "" {
					t.Errorf("%s %s holds the formula %q, %v", sheet, at, formula, err)
				}
			}
		}
	}
	if !held {
		t.Error("the name is not in the workbook: the test proves nothing")
	}
}

// TestMaskedReportDoesNotSayWhoPaid compares the report for auditors with the
// ordinary one: the same figures, nobody's name.
func TestMaskedReportDoesNotSayWhoPaid(t *testing.T) {
	program := command(t)
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "drop"), 0o750); err != nil {
		t.Fatal(err)
	}
	for file, text := range map[string]string{
		"quadra.yaml":        "data_dir: data\nentities: [{ipa: c_q001, tax_code: \"80000123457\", drops: [{url: drop, settle: 0s}]}]\n",
		"drop/notifiche.csv": noticesHeader + notice(1, payerName, "10.00") + strings.Replace(notice(2, payerName, "10.00"), "2026-09-14", payerName, 1)} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"run", "--as-of", "2026-10-17"}, {"report", "--as-of", "2026-10-17", "--mask-payers"}} {
		cmd := exec.CommandContext(t.Context(), program, append([]string{"--config", filepath.Join(dir, "quadra.yaml")}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil && cmd.ProcessState.ExitCode() != exitRejected {
			t.Fatalf("%v: %v\n%s", args, err, out)
		}
	}
	reports := filepath.Join(dir, "data", "reports", "c_q001")
	plain, masked := tree(t, filepath.Join(reports, "2026-10-17")), tree(t, filepath.Join(reports, "2026-10-17-mascherato"))
	if !strings.Contains(plain["anomalie.csv"], payerName) || !strings.Contains(plain["scarti.csv"], payerName) {
		t.Fatalf("the ordinary report does not name anybody: the test proves nothing\n%s\n%s", plain["anomalie.csv"], plain["scarti.csv"])
	}
	for name, content := range masked {
		for _, personal := range []string{payerCode, payerName} {
			if strings.Contains(entries(t, name, content), personal) {
				t.Errorf("%s is in %s", personal, name)
			}
		}
	}
	if len(masked) != len(plain) {
		t.Errorf("%d files masked, %d not", len(masked), len(plain))
	}
	mask := strings.NewReplacer("multa di "+payerName, "***", payerName, "***", payerCode, "***")
	if got, want := masked["anomalie.csv"], mask.Replace(plain["anomalie.csv"]); got != want {
		t.Errorf("more than the payer was masked\n%s\n%s", want, got)
	}
}

// entries is the text of a file, unpacked when it is a workbook.
func entries(t *testing.T, name, content string) string {
	t.Helper()
	if !strings.HasSuffix(name, ".xlsx") {
		return content
	}
	z, err := zip.NewReader(strings.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(&all, r); err != nil {
			t.Fatal(err)
		}
		r.Close()
	}
	return all.String()
}
