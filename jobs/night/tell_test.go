package night_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/jobs/mail/mailtest"
	"quadra/jobs/night"
)

// posted is a town whose mail and webhook go to servers of the test.
func posted(t *testing.T) (p *place, post *mailtest.Server, hooks *[]string) {
	t.Helper()
	p = local(t, "move")
	post = mailtest.Start(t, mailtest.Options{})
	hooks = new([]string)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || r.Header.Get("X-Quadra-Signature") == "" {
			t.Errorf("unsigned, or unreadable: %v", err)
		}
		*hooks = append(*hooks, string(body))
	}))
	t.Cleanup(hook.Close)
	for name, secret := range map[string]string{"smtp": mailtest.Password, "hook": "chiave"} {
		if err := os.WriteFile(filepath.Join(p.dir, name), []byte(secret+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	yaml := "data_dir: data\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n    drops:\n"
	for _, s := range sources {
		yaml += fmt.Sprintf("      - { source: %s, url: drop/%s, settle: 0s }\n", s, s)
	}
	yaml += fmt.Sprintf(`mail:
  host: %s
  port: %d
  user: %s
  password_file: smtp
  from: quadra@example.it
  ca_file: %s
  rules:
    - {to: [ragioneria@example.it], about: [anomalies, summary]}
    - {to: [ced@example.it], about: [failed, rejected]}
webhooks:
  - {url: %q, allow_http: true, secret_file: hook}
`, post.Host, post.Port, mailtest.User, post.CAFile, hook.URL)
	q := at(t, p.dir, yaml)
	return q, post, hooks
}

func recipients(s *mailtest.Server) string {
	var to []string
	for _, m := range s.Received() {
		to = append(to, strings.TrimSuffix(m.To, "@example.it"))
	}
	return strings.Join(to, " ")
}

func TestNightTellsEachPersonWhatTheyAskedForAndOnlyNews(t *testing.T) {
	p, post, hooks := posted(t)
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	p.put("ricevute/rotto.csv", "questo non è un file di ricevute\n")
	p.night()
	if got := recipients(post); got != "ragioneria ced" {
		t.Errorf("written to %s", got)
	}
	for _, m := range post.Received() {
		if refused := strings.Contains(m.Data, "rotto.csv"); refused != strings.HasPrefix(m.To, "ced") {
			t.Errorf("%s reads of the refused file: %v", m.To, refused)
		}
		if !m.TLS {
			t.Error("it came in the clear")
		}
	}
	if len(*hooks) != 1 {
		t.Fatalf("%d posts", len(*hooks))
	}
	var news struct {
		Anomalies []struct{ Code string }
		Files     []struct{ Name string }
		Summary   *struct{ Loaded int }
	}
	if err := json.Unmarshal([]byte((*hooks)[0]), &news); err != nil || len(news.Anomalies) == 0 || len(news.Files) != 1 || news.Summary == nil {
		t.Errorf("posted %s, %v", (*hooks)[0], err)
	}
	if res := p.night(); len(res.Told.Errors) != 0 {
		t.Errorf("second night: %+v", res.Told)
	}
	if got := recipients(post); got != "ragioneria ced" || len(*hooks) != 1 {
		t.Errorf("after a night without news written to %s, %d posts", got, len(*hooks))
	}
}

func TestMailThatCouldNotBeDeliveredGoesWithTheNextNightAndDoesNotFailThisOne(t *testing.T) {
	p, post, _ := posted(t)
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	post.Refuse(errors.New("mailbox full"))
	if res := p.night(); res.Told.Waiting != 1 || len(res.Told.Errors) != 1 || res.Run.State != "done" {
		t.Errorf("first night: %+v, %s", res.Told, res.Run.State)
	}
	post.Refuse(nil)
	p.night()
	p.night()
	if got := recipients(post); got != "ragioneria" {
		t.Errorf("written to %q", got)
	}
}

func TestFailedNightIsToldEvenWhenTheBooksDoNotOpen(t *testing.T) {
	p, post, _ := posted(t)
	if err := os.MkdirAll(p.cfg.DataDir, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.cfg.DataDir, "c_q001.db"), []byte("this is no database, and long enough to be seen as none"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := night.Run(t.Context(), p.opt); err == nil {
		t.Fatal("it did not fail")
	}
	if got := recipients(post); got != "ced" || !strings.Contains(post.Received()[0].Data, "ELABORAZIONE FALLITA") {
		t.Errorf("written to %q", got)
	}
}

func TestDryRunAndImportTellNobody(t *testing.T) {
	p, post, hooks := posted(t)
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	p.opt.DryRun = true
	p.night()
	p.opt.DryRun, p.opt.ByHand, p.opt.Files = false, true, []string{filepath.Join(p.dir, "drop/cassa/giornale.csv")}
	p.night()
	if got := recipients(post); got != "" || len(*hooks) != 0 {
		t.Errorf("written to %q, %d posts", got, len(*hooks))
	}
}
