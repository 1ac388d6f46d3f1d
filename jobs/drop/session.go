package drop

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// keepAlive is how often an idle connection says that it is alive: between two
// files quadra may work for minutes, and firewalls forget idle connections.
const keepAlive = 30 * time.Second

// session is an authenticated connection with its SFTP channel. Once something
// interrupted it, it is over: every further operation says why.
type session struct {
	client *sftp.Client
	ssh    *ssh.Client
	conn   net.Conn
	silent time.Duration // the longest silence within an operation
	total  time.Duration // the longest operation

	heard atomic.Int64  // bytes of SFTP replies so far
	busy  atomic.Bool   // we are the ones who are slow, not the server
	over  chan struct{} // closed when the session is

	mu    sync.Mutex
	cause error
}

// connect tries each check of the host key until the server shows the expected
// key; the error of the last attempt at which the server showed one is kept.
func connect(ctx context.Context, p place) (*session, error) {
	methods, err := credentials(p)
	if err != nil {
		return nil, err
	}
	checks, err := hostChecks(p)
	if err != nil {
		return nil, err
	}
	var refused error
	for _, check := range checks {
		s, err := dial(ctx, p, methods, check)
		if err == nil {
			return s, nil
		}
		var key *HostKeyError
		if !errors.As(err, &key) {
			return nil, err
		}
		if refused == nil || key.Presented != "" {
			refused = err
		}
	}
	return nil, refused
}

func dial(ctx context.Context, p place, methods []ssh.AuthMethod, check hostCheck) (*session, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.ConnectTimeout, errConnectTimeout)
	defer cancel()
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", p.addr)
	if err != nil {
		if ctx.Err() != nil {
			return nil, stopped(ctx)
		}
		return nil, &explained{kind: KindConnect, text: "connect", cause: err, it: advice[KindConnect]}
	}
	s := &session{conn: conn, silent: p.ReadTimeout, total: p.TotalTimeout, over: make(chan struct{})}
	release := context.AfterFunc(ctx, func() { s.end(stopped(ctx)) })
	defer release()
	if err := s.shakeHands(p, methods, check); err != nil {
		if cause := s.ended(); cause != nil {
			err = cause
		}
		s.end(err)
		return nil, err
	}
	go s.keepAlive()
	return s, nil
}

func (s *session) shakeHands(p place, methods []ssh.AuthMethod, check hostCheck) error {
	known := false
	var refused error
	config := &ssh.ClientConfig{
		User:              p.user,
		Auth:              methods,
		HostKeyAlgorithms: check.algorithms,
		HostKeyCallback: func(host string, remote net.Addr, key ssh.PublicKey) error {
			refused = check.judge(host, remote, key)
			known = refused == nil
			return refused
		},
	}
	c, channels, requests, err := ssh.NewClientConn(s.conn, p.addr, config)
	if err != nil {
		return handshakeError(err, refused, known)
	}
	s.ssh = ssh.NewClient(c, channels, requests)
	s.client, err = s.startSFTP()
	if err != nil {
		return &explained{kind: KindConnect, text: "start SFTP", cause: err,
			it: "il server non offre il servizio SFTP a questo utente. Verificare con chi lo gestisce."}
	}
	return nil
}

// handshakeError tells apart what the SSH library reports as text only: an
// unacceptable host key, refused credentials, a broken line.
func handshakeError(err, refused error, known bool) error {
	var none *ssh.AlgorithmNegotiationError
	var network net.Error
	switch {
	case refused != nil:
		return refused
	case errors.As(err, &none) && none.What == "host key":
		return &HostKeyError{Why: "server has no key of the expected type: " + none.Error(), it: itChanged}
	case known && !errors.Is(err, io.EOF) && !errors.As(err, &network):
		return &explained{kind: KindAuth, text: "authenticate", cause: err, it: advice[KindAuth]}
	}
	return &explained{kind: KindConnect, text: "connect", cause: err, it: advice[KindConnect]}
}

// startSFTP is sftp.NewClient with the replies counted. Only those count as a
// sign of life: a server whose SFTP process hangs still answers keep-alives.
func (s *session) startSFTP() (*sftp.Client, error) {
	channel, err := s.ssh.NewSession()
	if err != nil {
		return nil, err
	}
	in, err := channel.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := channel.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := channel.RequestSubsystem("sftp"); err != nil {
		return nil, err
	}
	return sftp.NewClientPipe(&counting{out, &s.heard}, in)
}

type counting struct {
	r io.Reader
	n *atomic.Int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// end closes the connection at once, so that whatever waits for the server
// returns; the first cause is the one reported.
func (s *session) end(cause error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cause != nil {
		return
	}
	s.cause = cause
	_ = s.conn.Close() // cut, not ended: how it takes it does not matter
	close(s.over)
}

func (s *session) ended() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cause
}

func (s *session) keepAlive() {
	t := time.NewTicker(keepAlive)
	defer t.Stop()
	for {
		select {
		case <-s.over:
			return
		case <-t.C:
			// No matter what it answers; a dead server shows in the next operation.
			_, _, _ = s.ssh.SendRequest("keepalive@openssh.com", true, nil)
		}
	}
}

// limit gives a new operation its total time; the caller cancels when it ends.
func (s *session) limit(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, s.total, errTooLong)
}

// guard runs a call to the server that returns when the server answers, or when
// ctx ends, or when the server was silent too long; in the last two cases the
// session is over.
func (s *session) guard(ctx context.Context, call func() error) error {
	if cause := s.ended(); cause != nil {
		return cause
	}
	if ctx.Err() != nil {
		return stopped(ctx)
	}
	release := context.AfterFunc(ctx, func() { s.end(stopped(ctx)) })
	defer release()
	answered := make(chan struct{})
	go s.listen(answered)
	err := call()
	close(answered)
	if cause := s.ended(); cause != nil && err != nil {
		return cause
	}
	return err
}

// listen ends the session when nothing is heard for too long.
func (s *session) listen(answered <-chan struct{}) {
	// The silence is noticed at most a quarter late.
	const looks = 4
	t := time.NewTicker(max(s.silent/looks, time.Millisecond))
	defer t.Stop()
	heard, quiet := s.heard.Load(), 0
	for {
		select {
		case <-answered:
			return
		case <-s.over:
			return
		case <-t.C:
		}
		now := s.heard.Load()
		if now != heard || s.busy.Load() {
			heard, quiet = now, 0
			continue
		}
		if quiet++; quiet == looks {
			s.end(errSilent)
			return
		}
	}
}

// close ends the session and waits for its goroutines. Nothing is pending, so
// that the line is cut without ceremony and how it ends does not matter.
func (s *session) close() error {
	s.end(net.ErrClosed)
	_ = s.client.Close()
	return nil
}
