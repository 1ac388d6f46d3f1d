package mail_test

import (
	"crypto/tls"
	"errors"
	"strings"
	"testing"
	"time"

	"quadra/jobs/mail"
	"quadra/jobs/mail/mailtest"
)

var message = mail.Message{To: "ragioneria@example.it", Subject: "[quadra] c_q001: nuove anomalie: 2 — verificare",
	Text: "Perché: importo diverso\n", HTML: "<p>Perché: importo diverso</p>", ID: "quadra-1-1@example.it",
	Date: time.Date(2026, 11, 15, 2, 30, 0, 0, time.UTC)}

func server(s *mailtest.Server, how mail.Security) *mail.Server {
	return &mail.Server{Host: s.Host, Port: s.Port, Security: how, From: "quadra@example.it", CAFile: s.CAFile, Timeout: 5 * time.Second,
		User: mailtest.User, Password: func() ([]byte, error) { return []byte(mailtest.Password), nil }}
}

func TestMessageArrivesEncrypted(t *testing.T) {
	for _, c := range []struct {
		name string
		o    mailtest.Options
		how  mail.Security
	}{
		{"STARTTLS", mailtest.Options{}, mail.StartTLS},
		{"TLS from the first byte", mailtest.Options{Implicit: true}, mail.Implicit},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, c.o)
			if err := server(s, c.how).Send(t.Context(), message); err != nil {
				t.Fatal(err)
			}
			got := s.Received()
			if len(got) != 1 || got[0].To != message.To || got[0].From != "quadra@example.it" || got[0].Auth != mailtest.User {
				t.Fatalf("received %+v", got)
			}
			if c.how == mail.StartTLS && !got[0].TLS {
				t.Error("it came in the clear")
			}
			for _, want := range []string{"Message-ID: <quadra-1-1@example.it>", "Auto-Submitted: auto-generated", "multipart/alternative",
				"Date: Sun, 15 Nov 2026 02:30:00 +0000", "text/plain", "text/html"} {
				if !strings.Contains(got[0].Data, want) {
					t.Errorf("no %q in\n%s", want, got[0].Data)
				}
			}
			if strings.Contains(got[0].Data, mailtest.Password) {
				t.Error("the password is in the message")
			}
		})
	}
}

func TestWhatIsNotSafeIsNotSent(t *testing.T) {
	for _, c := range []struct {
		name   string
		o      mailtest.Options
		how    mail.Security
		change func(*mail.Server)
	}{
		{"server without STARTTLS", mailtest.Options{Plain: true}, mail.StartTLS, nil},
		{"server that stops at TLS 1.1", mailtest.Options{MaxTLS: tls.VersionTLS11}, mail.StartTLS, nil},
		{"server that stops at TLS 1.1, from the first byte", mailtest.Options{Implicit: true, MaxTLS: tls.VersionTLS11}, mail.Implicit, nil},
		{"certificate nobody vouches for", mailtest.Options{}, mail.StartTLS, func(s *mail.Server) { s.CAFile = "" }},
		{"wrong password", mailtest.Options{}, mail.StartTLS,
			func(s *mail.Server) { s.Password = func() ([]byte, error) { return []byte("sbagliata-xyzzy"), nil } }},
		{"password that cannot be read", mailtest.Options{}, mail.StartTLS,
			func(s *mail.Server) {
				s.Password = func() ([]byte, error) { return nil, errors.New("the file is open to others") }
			}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mailtest.Start(t, c.o)
			m := server(s, c.how)
			if c.change != nil {
				c.change(m)
			}
			err := m.Send(t.Context(), message)
			var unsure *mail.UnsureError
			if err == nil || errors.As(err, &unsure) {
				t.Errorf("error is %v", err)
			}
			if err != nil && (strings.Contains(err.Error(), mailtest.Password) || strings.Contains(err.Error(), "xyzzy")) {
				t.Errorf("the password is in the error: %v", err)
			}
			if got := s.Received(); len(got) != 0 {
				t.Errorf("received %+v", got)
			}
		})
	}
}

func TestPlainOnlyWhenAskedFor(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{Plain: true})
	m := server(s, mail.None)
	m.User = ""
	if err := m.Send(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	if got := s.Received(); len(got) != 1 || got[0].TLS {
		t.Errorf("received %+v", got)
	}
}

func TestRefusedMessageWasNotDeliveredAndALostAnswerIsUnsure(t *testing.T) {
	s := mailtest.Start(t, mailtest.Options{})
	m := server(s, mail.StartTLS)
	var unsure *mail.UnsureError
	s.Refuse(errors.New("mailbox full"))
	if err := m.Send(t.Context(), message); err == nil || errors.As(err, &unsure) {
		t.Errorf("refused: %v", err)
	}
	s.Refuse(nil)
	s.CutAfterMessage(true)
	if err := m.Send(t.Context(), message); !errors.As(err, &unsure) {
		t.Errorf("answer lost: %v", err)
	}
}
