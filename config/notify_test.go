package config_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/config"
)

const town = "entities: [{ipa: c_q001, tax_code: 80000123457}]\n"

func TestWhoHearsOfWhat(t *testing.T) {
	got, err := config.Parse("/q/quadra.yaml", []byte(town+`
mail:
  host: smtp.example.it
  tls: implicit
  user: quadra
  password_file: smtp
  from: quadra@example.it
  ca_file: ca.pem
  timeout: 5s
  rules:
    - {to: [a@example.it, b@example.it]}
    - {to: [c@example.it], about: [anomalies], severity: 3, codes: [not_cashed], entities: [c_q001]}
webhooks:
  - {url: "https://hub.example.it/q", secret_file: hook, about: [failed]}
retention: {personal_data: 18m}
`))
	if err != nil {
		t.Fatal(err)
	}
	everything := []config.Topic{config.TopicFailed, config.TopicRejected, config.TopicAnomalies, config.TopicMissing, config.TopicSummary}
	want := &config.Mail{Host: "smtp.example.it", Port: 465, TLS: config.TLSImplicit, User: "quadra", PasswordFile: "/q/smtp",
		PasswordEnv: "QUADRA_MAIL_PASSWORD", From: "quadra@example.it", CAFile: "/q/ca.pem", Timeout: 5 * time.Second,
		Rules: []config.MailRule{
			{To: []string{"a@example.it", "b@example.it"}, Subscription: config.Subscription{About: everything}},
			{To: []string{"c@example.it"}, Subscription: config.Subscription{About: []config.Topic{config.TopicAnomalies}, Severity: 3,
				Codes: []string{"NOT_CASHED"}, Entities: []string{"c_q001"}}},
		}}
	if diff := cmp.Diff(want, got.Mail); diff != "" {
		t.Errorf("mail (-want +got):\n%s", diff)
	}
	hooks := []config.Webhook{{URL: "https://hub.example.it/q", SecretFile: "/q/hook", SecretEnv: "QUADRA_WEBHOOK_SECRET",
		Timeout: 30 * time.Second, Subscription: config.Subscription{About: []config.Topic{config.TopicFailed}}}}
	if diff := cmp.Diff(hooks, got.Webhooks); diff != "" {
		t.Errorf("webhooks (-want +got):\n%s", diff)
	}
	if got.Retention.PersonalData != 18 {
		t.Errorf("retention is %d months", got.Retention.PersonalData)
	}
}

func TestWrongNotifications(t *testing.T) {
	const valid = "mail: {host: h, from: a@b.it, rules: [{to: [a@b.it]}]}\n"
	for _, c := range []struct{ name, yaml, want string }{
		{"a password in the file", "mail: {host: h, from: a@b.it, password: xyzzy, rules: [{to: [a@b.it]}]}", "i segreti non si scrivono nella configurazione"},
		{"a secret in the file", "webhooks: [{url: 'https://h', secret: xyzzy}]", "i segreti non si scrivono nella configurazione"},
		{"a password in an address", "webhooks: [{url: 'https://u:xyzzy@h/'}]", "non è un indirizzo https senza utente e password"},
		{"plain http not asked for", "webhooks: [{url: 'http://h/'}]", "non è un indirizzo https"},
		{"a recipient that is none", "mail: {host: h, from: a@b.it, rules: [{to: [nobody]}]}", `"nobody" non è un indirizzo di posta`},
		{"a recipient with a header in it", "mail: {host: h, from: a@b.it, rules: [{to: [\"a@b.it\\nBcc: c@d.it\"]}]}", "non è un indirizzo di posta"},
		{"nobody to write to", "mail: {host: h, from: a@b.it}", "almeno una regola con to"},
		{"a topic nobody knows", "mail: {host: h, from: a@b.it, rules: [{to: [a@b.it], about: [weather]}]}", `"weather" non è previsto`},
		{"an entity of another file", "mail: {host: h, from: a@b.it, rules: [{to: [a@b.it], entities: [c_x]}]}", "non è un ente di questo file"},
		{"a term too short", valid + "retention: {personal_data: 3m}", "almeno un anno"},
		{"a term that is none", valid + "retention: {personal_data: ten years}", "non è un termine ammesso"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := config.Parse("/q/quadra.yaml", []byte(town+c.yaml+"\n"))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("error is %v", err)
			}
			if strings.Contains(err.Error(), "xyzzy") {
				t.Errorf("the secret is quoted: %v", err)
			}
		})
	}
	plain, err := config.Parse("/q/quadra.yaml", []byte(town+"mail: {host: h, tls: none, from: a@b.it, rules: [{to: [a@b.it]}]}\n"))
	if err != nil || len(plain.Warnings) != 1 || plain.Mail.Port != 25 {
		t.Errorf("mail in the clear: %v, %+v", err, plain)
	}
}
