package config

import (
	"fmt"
	"net"
	"net/mail"
	"net/url"
	"strings"
	"time"
)

// Topic is a matter people may want to hear of.
type Topic string

// The topics of a [Subscription].
const (
	TopicFailed    Topic = "failed"    // a run that failed, or drops that could not be worked through
	TopicRejected  Topic = "rejected"  // files refused, rows rejected
	TopicAnomalies Topic = "anomalies" // payments, settlements and movements that became an anomaly
	TopicMissing   Topic = "missing"   // files that should have come
	TopicSummary   Topic = "summary"   // what a run that changed something did
)

// Subscription says what somebody wants to hear of. The zero value wants
// nothing; a rule without `about` wants everything.
type Subscription struct {
	About    []Topic
	Severity int      // of anomalies: this or graver, 0 to 4
	Codes    []string // statuses of anomalies; empty: all
	Entities []string // IPA codes; empty: all
}

// TLS is how a mail server is spoken to.
type TLS string

// The ways to speak to a mail server.
const (
	TLSStart    TLS = "starttls" // plain until the server agrees, or not at all
	TLSImplicit TLS = "implicit"
	TLSNone     TLS = "none" // everything can be read on the way, password included
)

// Mail is where messages for people go.
type Mail struct {
	Host         string
	Port         int // 587 with starttls, 465 with implicit, 25 with none
	TLS          TLS // starttls when not given
	User         string
	PasswordFile string // absolute; empty: PasswordEnv
	PasswordEnv  string // QUADRA_MAIL_PASSWORD
	From         string
	CAFile       string // certificates trusted besides the system's; empty: none
	Timeout      time.Duration
	Rules        []MailRule
}

// MailRule sends matters to people.
type MailRule struct {
	To []string
	Subscription
}

// Webhook is an address that gets the same content as JSON, signed.
type Webhook struct {
	URL        string // https, or http when AllowHTTP
	AllowHTTP  bool
	SecretFile string // absolute; empty: SecretEnv
	SecretEnv  string // QUADRA_WEBHOOK_SECRET
	CAFile     string
	Timeout    time.Duration
	Subscription
}

func (c *Config) readNotify(m *mapping) {
	if section := m.section("mail"); section != nil {
		c.Mail = &Mail{TLS: TLSStart, PasswordEnv: "QUADRA_MAIL_PASSWORD", Timeout: 30 * time.Second}
		c.Mail.read(section, c)
	}
	m.each("webhooks", func(wm *mapping) {
		w := Webhook{SecretEnv: "QUADRA_WEBHOOK_SECRET", Timeout: 30 * time.Second}
		w.read(wm, c)
		c.Webhooks = append(c.Webhooks, w)
	})
}

func (s *Mail) read(m *mapping, c *Config) {
	m.required("host", &s.Host, "aggiungere il nome del server di posta")
	choice(m, "tls", &s.TLS, TLSStart, TLSImplicit, TLSNone)
	s.Port = map[TLS]int{TLSStart: 587, TLSImplicit: 465, TLSNone: 25}[s.TLS]
	m.integer("port", &s.Port, 1, 65535)
	m.text("user", &s.User)
	m.path("password_file", &s.PasswordFile)
	m.required("from", &s.From, "aggiungere il mittente, p.e. quadra@ente.example.it")
	if s.From != "" && !addressHolds(s.From) {
		m.fail("from", fmt.Sprintf("%q non è un indirizzo di posta", s.From), "scrivere nome@dominio")
	}
	m.path("ca_file", &s.CAFile)
	m.duration("timeout", &s.Timeout, time.Second)
	if s.TLS == TLSNone {
		m.warn("tls", "la posta viaggia in chiaro", "usare starttls o implicit appena il server li offre")
	}
	m.each("rules", func(rm *mapping) {
		var r MailRule
		rm.texts("to", &r.To, func(text string) (kept, what, do string) {
			if !addressHolds(text) {
				return "", fmt.Sprintf("%q non è un indirizzo di posta", text), "scrivere nome@dominio"
			}
			return text, "", ""
		})
		if len(r.To) == 0 && !rm.failed("to") {
			rm.fail("to", "manca", "elencare almeno un destinatario")
		}
		r.read(rm, c)
		rm.refuseUnknown()
		s.Rules = append(s.Rules, r)
	})
	if len(s.Rules) == 0 && !m.failed("rules") {
		m.fail("rules", "manca", "dire a chi scrivere: almeno una regola con to")
	}
	m.refuseUnknown()
}

func addressHolds(text string) bool {
	a, err := mail.ParseAddress(text)
	return err == nil && a.Name == "" && a.Address == text
}

func (w *Webhook) read(m *mapping, c *Config) {
	m.required("url", &w.URL, "aggiungere l'indirizzo, https://...")
	m.flag("allow_http", &w.AllowHTTP)
	if u, err := url.Parse(w.URL); w.URL != "" && (err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && (u.Scheme != "http" || !w.AllowHTTP)) {
		// Not quoted: it may hold a secret.
		m.fail("url", "non è un indirizzo https senza utente e password", "scrivere https://...; con allow_http: true vale anche http")
	}
	m.path("secret_file", &w.SecretFile)
	m.path("ca_file", &w.CAFile)
	m.duration("timeout", &w.Timeout, time.Second)
	w.Subscription.read(m, c)
	m.refuseUnknown()
}

func (s *Subscription) read(m *mapping, c *Config) {
	m.texts("about", new([]string), func(text string) (kept, what, do string) {
		switch t := Topic(text); t {
		case TopicFailed, TopicRejected, TopicAnomalies, TopicMissing, TopicSummary:
			s.About = append(s.About, t)
			return text, "", ""
		}
		return "", fmt.Sprintf("%q non è previsto", text), "valori ammessi: failed, rejected, anomalies, missing, summary"
	})
	if len(s.About) == 0 && !m.failed("about") {
		s.About = []Topic{TopicFailed, TopicRejected, TopicAnomalies, TopicMissing, TopicSummary}
	}
	m.integer("severity", &s.Severity, 0, 4)
	m.texts("codes", &s.Codes, func(text string) (kept, what, do string) { return strings.ToUpper(text), "", "" })
	m.texts("entities", &s.Entities, func(text string) (kept, what, do string) {
		if _, ok := c.Entity(text); !ok {
			return "", fmt.Sprintf("%q non è un ente di questo file", text), "scrivere il codice ipa di uno degli enti"
		}
		return text, "", ""
	})
}

// Address is the server as host:port.
func (s *Mail) Address() string { return net.JoinHostPort(s.Host, fmt.Sprint(s.Port)) }
