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
	lines  []net.Conn    // to the server and, before it, to the jump host
	silent time.Duration // the longest silence within an operation

	heard   atomic.Int64  // bytes of SFTP replies so far
	waiting atomic.Int32  // operations under way
	busy    atomic.Int32  // writers of ours at work: if all stands still it is they who are slow
	over    chan struct{} // closed when the session is

	mu    sync.Mutex
	cause error
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
	for _, line := range s.lines {
		_ = line.Close() // cut, not ended: how it takes it does not matter
	}
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

// watch ends the session when its SFTP channel does, so that the next operation
// knows to connect again.
func (s *session) watch() {
	_ = s.client.Wait() // why is in what failed
	s.end(errLost)
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
	s.waiting.Add(1)
	err := call()
	s.waiting.Add(-1)
	if cause := s.ended(); cause != nil && err != nil {
		return cause
	}
	if errors.Is(err, sftp.ErrSSHFxConnectionLost) || errors.Is(err, sftp.ErrSSHFxNoConnection) {
		s.end(errLost)
	}
	return err
}

// listen ends the session when somebody waits and nothing is heard for too long.
func (s *session) listen() {
	// The silence is noticed at most a quarter late.
	const looks = 4
	t := time.NewTicker(max(s.silent/looks, time.Millisecond))
	defer t.Stop()
	heard, quiet := s.heard.Load(), 0
	for {
		select {
		case <-s.over:
			return
		case <-t.C:
		}
		now := s.heard.Load()
		if now != heard || s.waiting.Load() == 0 || s.busy.Load() > 0 {
			heard, quiet = now, 0
			continue
		}
		if quiet++; quiet > looks {
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
