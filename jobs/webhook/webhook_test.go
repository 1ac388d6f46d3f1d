package webhook_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"quadra/jobs/webhook"
)

var at = time.Date(2026, 11, 15, 2, 30, 0, 0, time.UTC)

const secret = "chiave-segretissima"

func hook(s *httptest.Server) *webhook.Hook {
	pool := x509.NewCertPool()
	pool.AddCert(s.Certificate())
	return &webhook.Hook{URL: s.URL + "/q?token=nascosto", Roots: pool, Timeout: 2 * time.Second,
		Secret: func() ([]byte, error) { return []byte(secret), nil }}
}

// TestReceiverCanCheckWhoSentIt verifies the signature as a receiver would,
// from the documentation alone.
func TestReceiverCanCheckWhoSentIt(t *testing.T) {
	var checked bool
	s := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		stamp := r.Header.Get("X-Quadra-Timestamp")
		mac := hmac.New(sha256.New, []byte(secret))
		mac.Write([]byte(stamp + "." + string(body)))
		checked = r.Header.Get("X-Quadra-Signature") == "v1="+hex.EncodeToString(mac.Sum(nil)) &&
			stamp == strconv.FormatInt(at.Unix(), 10) && r.Header.Get("X-Quadra-Id") == "quadra-1-1" &&
			r.Header.Get("Content-Type") == "application/json" && string(body) == `{"run":1}`
	}))
	defer s.Close()
	if err := hook(s).Post(t.Context(), "quadra-1-1", at, []byte(`{"run":1}`)); err != nil || !checked {
		t.Errorf("checked %v, %v", checked, err)
	}
}

func TestSignatureChangesWithBodyTimeAndSecret(t *testing.T) {
	one := webhook.Sign([]byte("a"), at, []byte("x"))
	for name, other := range map[string]string{
		"body": webhook.Sign([]byte("a"), at, []byte("y")), "time": webhook.Sign([]byte("a"), at.Add(time.Second), []byte("x")),
		"secret": webhook.Sign([]byte("b"), at, []byte("x")),
	} {
		if one == other {
			t.Errorf("another %s has the same signature", name)
		}
	}
}

func TestWhatIsNotDelivered(t *testing.T) {
	for _, c := range []struct {
		name   string
		answer http.HandlerFunc
		change func(*webhook.Hook)
	}{
		{"server error", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(500) }, nil},
		{"redirect elsewhere", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/other", http.StatusFound) }, nil},
		{"server that hangs", func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // only then is the client seen to go away
			<-r.Context().Done()
		},
			func(h *webhook.Hook) { h.Timeout = 100 * time.Millisecond }},
		{"certificate nobody vouches for", nil, func(h *webhook.Hook) { h.Roots = x509.NewCertPool() }},
		{"no secret", nil, func(h *webhook.Hook) { h.Secret = func() ([]byte, error) { return nil, nil } }},
		{"secret that cannot be read", nil, func(h *webhook.Hook) { h.Secret = func() ([]byte, error) { return nil, errors.New("open to others") } }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if c.answer != nil {
					c.answer(w, r)
				}
			}))
			s.Config.ErrorLog = nil
			defer s.Close()
			h := hook(s)
			if c.change != nil {
				c.change(h)
			}
			err := h.Post(t.Context(), "1", at, []byte("{}"))
			if err == nil {
				t.Fatal("it counts as delivered")
			}
			if strings.Contains(err.Error(), "nascosto") || strings.Contains(err.Error(), secret) {
				t.Errorf("the error holds a secret: %v", err)
			}
		})
	}
}
