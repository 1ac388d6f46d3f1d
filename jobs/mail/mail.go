// Package mail hands one message to an SMTP server, over TLS 1.2 or later.
//
// A message that is not encrypted on its way is refused unless the
// configuration says so in words; then no password is sent either, unless the
// server is this machine.
package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// Security is how the connection is protected.
type Security string

// The ways to protect a connection.
const (
	StartTLS Security = "starttls" // plain until the server agrees; without its agreement nothing is sent
	Implicit Security = "implicit" // from the first byte
	None     Security = "none"     // not at all
)

// Server is where messages are handed over.
type Server struct {
	Host     string
	Port     int
	Security Security
	User     string                 // empty: no authentication
	Password func() ([]byte, error) // read when it is needed; may be nil without User
	From     string
	CAFile   string        // PEM certificates trusted besides the system's; empty: none
	Timeout  time.Duration // of each step
}

// Message is what is sent, to one address.
type Message struct {
	To      string
	Subject string
	Text    string
	HTML    string
	ID      string // without angle brackets; the same for every attempt
	Date    time.Time
}

// UnsureError says that the message was handed over whole and the server's
// answer was lost: it may have been delivered.
type UnsureError struct{ Err error }

func (e *UnsureError) Error() string {
	return "the server did not say whether it took the message: " + e.Err.Error()
}

// Unsure says that the message may have arrived.
func (e *UnsureError) Unsure() bool { return true }

func (e *UnsureError) Unwrap() error { return e.Err }

// Send hands a message over. After an error it was not delivered, unless the
// error is an [*UnsureError].
func (s *Server) Send(ctx context.Context, m Message) error {
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := errors.Join(msg.From(s.From), msg.To(m.To)); err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	msg.Subject(m.Subject)
	msg.SetMessageIDWithValue(m.ID)
	msg.SetDateWithValue(m.Date)
	msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no answers from holidays
	msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)

	client, err := s.client()
	if err != nil {
		return fmt.Errorf("mail: %w", err)
	}
	err = client.DialAndSendWithContext(ctx, msg)
	if err == nil || msg.IsDelivered() { // what failed then came after
		return nil
	}
	err = fmt.Errorf("mail to %s by %s: %w", m.To, s.Host, err)
	var failed *gomail.SendError
	if errors.As(err, &failed) && failed.Reason == gomail.ErrSMTPDataClose && failed.ErrorCode() == 0 {
		return &UnsureError{err}
	}
	return err
}

func (s *Server) client() (*gomail.Client, error) {
	roots, err := s.roots()
	if err != nil {
		return nil, err
	}
	options := []gomail.Option{gomail.WithTimeout(s.Timeout),
		gomail.WithTLSConfig(&tls.Config{ServerName: s.Host, MinVersion: tls.VersionTLS12, RootCAs: roots})}
	switch s.Security {
	case Implicit:
		options = append(options, gomail.WithSSL())
	case None:
		options = append(options, gomail.WithTLSPolicy(gomail.NoTLS))
	default:
		options = append(options, gomail.WithTLSPolicy(gomail.TLSMandatory))
	}
	options = append(options, gomail.WithPort(s.Port))
	if s.User != "" {
		password, err := s.Password()
		if err != nil {
			return nil, err
		}
		options = append(options, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(string(password)))
	}
	return gomail.NewClient(s.Host, options...)
}

func (s *Server) roots() (*x509.CertPool, error) { return Roots(s.CAFile) }

// Roots is the system's trusted certificates and those of a PEM file; nil, which
// means the system's, without a file.
func Roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("trusted certificates: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool() // a system without any
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("trusted certificates: %s holds no PEM certificate", file)
	}
	return pool, nil
}
