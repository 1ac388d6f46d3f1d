// Package webhook posts JSON to an address, signed so that whoever receives it
// knows who sent it, when, and that it was not changed:
//
//	X-Quadra-Id: the same for every attempt, to know a message again
//	X-Quadra-Timestamp: seconds since 1970
//	X-Quadra-Signature: v1=<hex of HMAC-SHA256(secret, timestamp + "." + body)>
//
// A receiver refuses a signature that does not hold and a timestamp more than
// five minutes away from its own clock.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"
)

// The headers of a message.
const (
	HeaderID        = "X-Quadra-Id"
	HeaderTimestamp = "X-Quadra-Timestamp"
	HeaderSignature = "X-Quadra-Signature"
)

// Hook is an address messages are posted to.
type Hook struct {
	URL     string
	Secret  func() ([]byte, error) // read when it is needed; an empty one is an error
	Roots   *x509.CertPool         // nil: the system's
	Timeout time.Duration          // of the whole exchange
}

// ErrNoSecret says that nothing was sent because it could not be signed.
var ErrNoSecret = errors.New("webhook: there is no secret to sign with")

// Sign is the signature of a body at an instant.
func Sign(secret []byte, at time.Time, body []byte) string {
	mac := hmac.New(sha256.New, secret)
	fmt.Fprintf(mac, "%d.", at.Unix())
	mac.Write(body)
	return "v1=" + hex.EncodeToString(mac.Sum(nil))
}

// Post sends a body. Any answer but 2xx is an error; redirects are not
// followed, because the signature is for one address. The error never quotes
// the address, which may hold a token.
func (h *Hook) Post(ctx context.Context, id string, at time.Time, body []byte) error {
	secret, err := h.Secret()
	if err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	if len(secret) == 0 {
		return ErrNoSecret
	}
	ctx, cancel := context.WithTimeout(ctx, h.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return errors.New("webhook: the address is not valid")
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("User-Agent", "quadra")
	request.Header.Set(HeaderID, id)
	request.Header.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	request.Header.Set(HeaderSignature, Sign(secret, at, body))
	transport := &http.Transport{TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: h.Roots}, Proxy: http.ProxyFromEnvironment}
	defer transport.CloseIdleConnections()
	client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err != nil {
		return fmt.Errorf("webhook: %w", errors.Unwrap(err)) // without the address *url.Error names
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 64<<10))
	if err := answer.Body.Close(); err != nil {
		return fmt.Errorf("webhook: %w", err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("webhook: the server answered %s", answer.Status)
	}
	return nil
}
