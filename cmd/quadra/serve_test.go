package main

import (
	"bufio"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"quadra/fixtures/generator"
)

// TestServeFromStartToStop starts the program as systemd would: it catches up the
// nights that never ran, says how it is, takes a good new configuration and refuses
// a bad one, stops when told to, and logs nothing about people.
func TestServeFromStartToStop(t *testing.T) {
	dir := t.TempDir()
	demo, err := generator.Demo(t.Context(), filepath.Join(dir, "drop"))
	if err != nil || len(demo) == 0 {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "drop", "vuota"), 0o750); err != nil {
		t.Fatal(err)
	}
	configure := func(more string) {
		t.Helper()
		yaml := "data_dir: data\nserve: { listen: \"127.0.0.1:0\", jitter: 0s, stop_within: 1m }\nentities:\n"
		for _, e := range generator.DemoEntities {
			yaml += fmt.Sprintf("  - ipa: %s\n    tax_code: %q\n    drops:\n", e.IPA, e.TaxCode)
			for _, s := range []string{"ricevute", "rendicontazione", "cassa", "notifiche"} {
				if _, err := os.Stat(filepath.Join(dir, "drop", e.IPA, s)); err == nil {
					yaml += fmt.Sprintf("      - { source: %s, url: drop/%s/%s, settle: 0s }\n", s, e.IPA, s)
				}
			}
		}
		yaml += "      - { source: cassa, url: drop/vuota, settle: 0s, expect_by: \"00:01\" }\n"
		if err := os.WriteFile(filepath.Join(dir, "quadra.yaml"), []byte(yaml+more), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	configure("")
	systemd := listenAsSystemd(t, dir)
	s := startServe(t, dir, "NOTIFY_SOCKET="+systemd.path, "WATCHDOG_USEC=400000")
	s.until("systemd to be told that it is ready", func() bool { return systemd.told("READY=1") == 1 })
	s.until("the watchdog to be fed", func() bool { return systemd.told("WATCHDOG=1") > 2 })

	for _, e := range generator.DemoEntities {
		s.until("the first night of "+e.IPA, func() bool { return s.metric(`quadra_night_last_success_timestamp_seconds{entity="`+e.IPA+`"}`) > 0 })
		s.until("the next night of "+e.IPA, func() bool {
			return s.metric(`quadra_night_next_timestamp_seconds{entity="`+e.IPA+`"}`) > float64(time.Now().Unix())
		})
		if _, err := os.Stat(filepath.Join(dir, "data", e.IPA+".db")); err != nil {
			t.Error(err)
		}
	}
	if n := s.metric(`quadra_nights_total{outcome="rejections"}`) + s.metric(`quadra_nights_total{outcome="done"}`); n != 2 {
		t.Errorf("%v nights, want one of each entity", n)
	}
	if s.metric(`quadra_files_total{state="loaded"}`) == 0 || s.metric(`quadra_files_total{state="rejected"}`) == 0 || s.metric(`quadra_rows_total{state="accepted"}`) == 0 {
		t.Error("no files or rows were counted")
	}
	s.until("the alarm of the source that is silent", func() bool {
		return s.metric(`quadra_source_missing{drop="file://`+filepath.Join(dir, "drop", "vuota")+`",entity="p_q002",source="cassa"}`) == 1
	})
	for _, path := range []string{"/healthz", "/readyz"} {
		if code, body := s.get(path); code != http.StatusOK {
			t.Errorf("%s answers %d %s", path, code, body)
		}
	}

	second := exec.CommandContext(t.Context(), "quadra", "--config", filepath.Join(dir, "quadra.yaml"), "serve")
	out, err := second.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitLocked || !strings.Contains(string(out), "quadra serve, process "+fmt.Sprint(s.cmd.Process.Pid)) {
		t.Errorf("a second scheduler: %v\n%s", err, out)
	}

	configure("    colour: red\n")
	s.signal(syscall.SIGHUP)
	s.until("a bad configuration to be refused", func() bool { return s.metric("quadra_config_last_reload_successful") == 0 })
	if refusal := s.logged("the new configuration is refused, the old one stays"); !strings.Contains(refusal, "quadra.yaml:") || !strings.Contains(refusal, "colour") {
		t.Errorf("the refusal does not say where and what: %s", refusal)
	}
	if s.metric(`quadra_night_next_timestamp_seconds{entity="c_q001"}`) == 0 {
		t.Error("the old configuration is no longer at work")
	}
	configure("  - { ipa: c_q003, tax_code: \"00488410010\", schedule: \"0 5 * * *\" }\n")
	s.signal(syscall.SIGHUP)
	s.until("a good configuration to be taken", func() bool {
		return s.metric("quadra_config_last_reload_successful") == 1 && s.metric(`quadra_night_next_timestamp_seconds{entity="c_q003"}`) > 0
	})
	if n := s.metric(`quadra_nights_total{outcome="rejections"}`) + s.metric(`quadra_nights_total{outcome="done"}`); n != 3 {
		t.Errorf("%v nights, want those of before and one of the new entity", n)
	}
	if code, body := s.get("/readyz"); code != http.StatusOK {
		t.Errorf("/readyz answers %d %s", code, body)
	}

	s.signal(syscall.SIGTERM)
	if err := s.wait(); err != nil {
		t.Errorf("stopping: %v\n%s", err, s.log())
	}
	s.logged("stopped")
	if systemd.told("RELOADING=1") != 2 || systemd.told("READY=1") != 3 || systemd.told("STOPPING=1") != 1 {
		t.Errorf("systemd was told %v", systemd.all())
	}
	for _, e := range generator.DemoEntities {
		if held, err := os.ReadFile(filepath.Join(dir, "data", e.IPA+".lock")); err != nil || len(held) > 0 {
			t.Errorf("the lock of %s was not given back: %s, %v", e.IPA, held, err)
		}
	}
	s.demandNoPeople(dir)
}

// TestServeStoppedDuringANight: the night at work is finished within the limit, or
// rolled back and caught up by the next scheduler.
func TestServeStoppedDuringANight(t *testing.T) {
	dir := t.TempDir()
	// A drop whose file never stands still keeps the night at work as long as its
	// settle time.
	yaml := "data_dir: data\nserve: { listen: none, jitter: 0s, stop_within: 1s }\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n" +
		"    drops: [{ source: cassa, url: drop, settle: %s }]\n"
	configure := func(settle string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "quadra.yaml"), fmt.Appendf(nil, yaml, settle), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "drop"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "drop", "giornale.csv"), []byte("non è un giornale"), 0o600); err != nil {
		t.Fatal(err)
	}
	configure("10m")
	s := startServe(t, dir)
	s.until("the night to begin", func() bool { return s.logged("night begins") != "" })
	began := time.Now()
	s.signal(syscall.SIGTERM)
	if err := s.wait(); err != nil {
		t.Errorf("stopping: %v\n%s", err, s.log())
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("stopping took %s", took)
	}
	if s.logged("interrupting nights at work") == "" || s.logged("night failed") == "" {
		t.Errorf("the night was not interrupted:\n%s", s.log())
	}
	configure("0s")
	s = startServe(t, dir)
	s.until("the night to be caught up", func() bool { return s.logged("night ends") != "" })
	s.signal(syscall.SIGTERM)
	if err := s.wait(); err != nil {
		t.Errorf("stopping: %v\n%s", err, s.log())
	}
}

func TestServeRefusesWhatItCannotServe(t *testing.T) {
	taken, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = taken.Close() })
	entities := "entities:\n  - { ipa: c_q001, tax_code: \"80000123457\" }\n"
	for _, c := range []struct {
		name, yaml string
		args       []string
		code       int
		says       string
	}{
		{"wrong configuration", "entities: []\n", nil, exitUsage, "quadra.yaml:1"},
		{"an address others can reach", "serve: { listen: \"0.0.0.0:9817\" }\n" + entities, nil, exitUsage, "loopback"},
		{"a layout that is not there", entities + "  - { ipa: c_q002, tax_code: \"90011120236\", layouts: manca.yaml }\n", nil, exitFailed, "manca.yaml"},
		{"a port in use", "serve: { listen: \"" + taken.Addr().String() + "\" }\n" + entities, nil, exitFailed, "change serve.listen"},
		{"logs of an unknown form", entities, []string{"--log", "xml"}, exitUsage, "neither text nor json"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "quadra.yaml")
			if err := os.WriteFile(path, []byte(c.yaml), 0o600); err != nil {
				t.Fatal(err)
			}
			out, err := exec.CommandContext(t.Context(), "quadra", append([]string{"--config", path, "serve"}, c.args...)...).CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != c.code || !strings.Contains(string(out), c.says) {
				t.Errorf("%v, want code %d and %q:\n%s", err, c.code, c.says, out)
			}
		})
	}
}

// served is a scheduler at work in a process of its own.
type served struct {
	t       *testing.T
	cmd     *exec.Cmd
	address string

	mu    sync.Mutex
	lines []string
	over  chan struct{} // closed when it no longer logs
}

// listener hears what systemd would be told.
type listener struct {
	path string
	mu   sync.Mutex
	said []string
}

func listenAsSystemd(t *testing.T, dir string) *listener {
	t.Helper()
	l := &listener{path: filepath.Join(dir, "notify")}
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: l.path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		for buf := make([]byte, 4096); ; {
			n, err := conn.Read(buf)
			if err != nil {
				return
			}
			l.mu.Lock()
			l.said = append(l.said, string(buf[:n]))
			l.mu.Unlock()
		}
	}()
	return l
}

func (l *listener) all() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.said)
}

func (l *listener) told(state string) (times int) {
	for _, s := range l.all() {
		if s == state {
			times++
		}
	}
	return times
}

func startServe(t *testing.T, dir string, env ...string) *served {
	t.Helper()
	s := &served{t: t, over: make(chan struct{})}
	s.cmd = exec.CommandContext(t.Context(), "quadra", "--config", filepath.Join(dir, "quadra.yaml"), "serve", "--log", "json")
	// Nothing may depend on the machine's zone.
	s.cmd.Env = append(append(os.Environ(), "TZ=America/New_York"), env...)
	pipe, err := s.cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.cmd.Process.Kill() })
	go func() {
		defer close(s.over)
		for lines := bufio.NewScanner(pipe); lines.Scan(); {
			s.mu.Lock()
			s.lines = append(s.lines, lines.Text())
			s.mu.Unlock()
		}
	}()
	s.until("it to serve", func() bool { return s.logged("serving") != "" })
	if line := s.logged("listening"); line != "" {
		var entry struct{ Address string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatal(err)
		}
		s.address = entry.Address
	}
	return s
}

func (s *served) log() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.lines, "\n")
}

// logged returns the first line with a message; empty when there is none. Every
// line must be JSON.
func (s *served) logged(message string) string {
	s.t.Helper()
	for line := range strings.Lines(s.log()) {
		var entry struct{ Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			s.t.Fatalf("not JSON: %s", line)
		}
		if entry.Msg == message {
			return line
		}
	}
	return ""
}

func (s *served) until(what string, done func() bool) {
	s.t.Helper()
	for deadline := time.Now().Add(2 * time.Minute); !done(); time.Sleep(50 * time.Millisecond) {
		select {
		case <-s.over:
			s.t.Fatalf("it ended before %s:\n%s", what, s.log())
		default:
		}
		if time.Now().After(deadline) {
			s.t.Fatalf("waited in vain for %s:\n%s", what, s.log())
		}
	}
}

func (s *served) signal(sig os.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(sig); err != nil {
		s.t.Fatal(err)
	}
}

func (s *served) wait() error {
	s.t.Helper()
	select {
	case <-s.over:
	case <-time.After(2 * time.Minute):
		s.t.Fatalf("it does not stop:\n%s", s.log())
	}
	return s.cmd.Wait()
}

func (s *served) get(path string) (int, string) {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), http.MethodGet, "http://"+s.address+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// metric returns the value of a series; zero when it is not there.
func (s *served) metric(series string) float64 {
	s.t.Helper()
	_, body := s.get("/metrics")
	for line := range strings.Lines(body) {
		var value float64
		if rest, found := strings.CutPrefix(line, series+" "); found {
			if _, err := fmt.Sscan(rest, &value); err != nil {
				s.t.Fatal(err)
			}
			return value
		}
	}
	return 0
}

// demandNoPeople demands that no name and no tax code of a payer was logged.
func (s *served) demandNoPeople(dir string) {
	s.t.Helper()
	log, checked := strings.ToUpper(s.log()), 0
	for _, e := range generator.DemoEntities {
		db, err := sql.Open("sqlite3", "file:"+filepath.Join(dir, "data", e.IPA+".db")+"?mode=ro")
		if err != nil {
			s.t.Fatal(err)
		}
		defer db.Close()
		rows, err := db.QueryContext(s.t.Context(), "SELECT payer_code, payer_name FROM receipt_detail UNION SELECT payer_code, payer_name FROM notice_detail")
		if err != nil {
			s.t.Fatal(err)
		}
		defer rows.Close()
		for rows.Next() {
			var code, name string
			if err := rows.Scan(&code, &name); err != nil {
				s.t.Fatal(err)
			}
			for _, personal := range []string{code, name} {
				if len(personal) < 5 || personal == "ANONIMO" {
					continue
				}
				checked++
				if strings.Contains(log, strings.ToUpper(personal)) {
					s.t.Errorf("the log tells of %s", personal)
				}
			}
		}
		if err := rows.Err(); err != nil {
			s.t.Fatal(err)
		}
	}
	if checked < 500 {
		s.t.Errorf("only %d names and codes were looked for", checked)
	}
}
