package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// hop is a server on the way, the last one included.
type hop struct {
	addr, user string
	methods    []ssh.AuthMethod
	checks     []hostCheck
	reach      func(ctx context.Context) (net.Conn, error)
}

// connect goes to the server, through the jump host when there is one, and
// starts SFTP there. All of it must be done within the connect timeout.
func connect(ctx context.Context, p place) (*session, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, p.ConnectTimeout, errConnectTimeout)
	defer cancel()
	keys, err := openKeys(ctx, p)
	if err != nil {
		return nil, err
	}
	defer keys.close()
	last := hop{addr: p.addr, user: p.user, methods: keys.methods, reach: direct(p.addr)}
	if last.checks, err = hostChecks(p.KnownHosts, p.Fingerprint, p.addr); err != nil {
		return nil, err
	}
	s := &session{silent: p.ReadTimeout, over: make(chan struct{})}
	if p.jumpAddr != "" {
		jump := hop{addr: p.jumpAddr, user: p.jumpUser, methods: keys.jump, reach: direct(p.jumpAddr)}
		if jump.checks, err = hostChecks(p.KnownHosts, p.JumpFingerprint, p.jumpAddr); err != nil {
			return nil, err
		}
		client, conn, err := jump.enter(ctx)
		if err != nil {
			return nil, &jumpError{addr: p.jumpAddr, cause: err}
		}
		s.lines = append(s.lines, conn)
		last.reach = func(ctx context.Context) (net.Conn, error) { return client.DialContext(ctx, "tcp", p.addr) }
	}
	client, conn, err := last.enter(ctx)
	if err == nil {
		s.lines = append(s.lines, conn)
		s.ssh = client
		release := context.AfterFunc(ctx, func() { s.end(stopped(ctx)) })
		err = s.startSFTP()
		release()
	}
	if err != nil {
		if cause := s.ended(); cause != nil {
			err = cause
		}
		s.end(err)
		return nil, err
	}
	go s.keepAlive()
	go s.watch()
	go s.listen()
	return s, nil
}

func direct(addr string) func(context.Context) (net.Conn, error) {
	return func(ctx context.Context) (net.Conn, error) { return new(net.Dialer).DialContext(ctx, "tcp", addr) }
}

// enter tries each check of the host key until the server shows the expected
// key; the error of the last attempt at which the server showed one is kept.
func (h hop) enter(ctx context.Context) (*ssh.Client, net.Conn, error) {
	var refused error
	for _, check := range h.checks {
		client, conn, err := h.try(ctx, check)
		if err == nil {
			return client, conn, nil
		}
		var key *HostKeyError
		if !errors.As(err, &key) {
			return nil, nil, err
		}
		if refused == nil || key.Presented != "" {
			refused = err
		}
	}
	return nil, nil, refused
}

func (h hop) try(ctx context.Context, check hostCheck) (*ssh.Client, net.Conn, error) {
	conn, err := h.reach(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil, nil, stopped(ctx)
		}
		return nil, nil, &explained{kind: KindConnect, text: "connect", cause: err, it: advice[KindConnect]}
	}
	release := context.AfterFunc(ctx, func() { _ = conn.Close() })
	client, err := h.shakeHands(conn, check)
	if !release() && err == nil {
		err = stopped(ctx)
	}
	if err != nil {
		_ = conn.Close() // it failed already
		if ctx.Err() != nil {
			err = stopped(ctx)
		}
		return nil, nil, err
	}
	return client, conn, nil
}

func (h hop) shakeHands(conn net.Conn, check hostCheck) (*ssh.Client, error) {
	known := false
	var refused error
	config := &ssh.ClientConfig{
		User:              h.user,
		Auth:              h.methods,
		HostKeyAlgorithms: check.algorithms,
		HostKeyCallback: func(host string, remote net.Addr, key ssh.PublicKey) error {
			refused = check.judge(host, remote, key)
			known = refused == nil
			return refused
		},
	}
	c, channels, requests, err := ssh.NewClientConn(conn, h.addr, config)
	if err != nil {
		return nil, handshakeError(err, refused, known)
	}
	return ssh.NewClient(c, channels, requests), nil
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
	case errors.As(err, &none):
		return &explained{kind: KindConfig, text: "agree on algorithms", cause: err,
			it: "il server conosce solo algoritmi non più sicuri. Chiedere a chi lo gestisce di aggiornarlo."}
	case known && !errors.Is(err, io.EOF) && !errors.As(err, &network):
		return &explained{kind: KindAuth, text: "authenticate", cause: err, it: advice[KindAuth]}
	}
	return &explained{kind: KindConnect, text: "connect", cause: err, it: advice[KindConnect]}
}

// startSFTP is sftp.NewClient with the replies counted. Only those count as a
// sign of life: a server whose SFTP process hangs still answers keep-alives.
func (s *session) startSFTP() error {
	channel, err := s.ssh.NewSession()
	if err == nil {
		var in io.WriteCloser
		var out io.Reader
		if in, err = channel.StdinPipe(); err == nil {
			out, err = channel.StdoutPipe()
		}
		if err == nil {
			err = channel.RequestSubsystem("sftp")
		}
		if err == nil {
			s.client, err = sftp.NewClientPipe(&counting{out, &s.heard}, in)
		}
	}
	if err != nil {
		return &explained{kind: KindConnect, text: "start SFTP", cause: err,
			it: "il server non offre il servizio SFTP a questo utente. Verificare con chi lo gestisce."}
	}
	return nil
}

// jumpError is an error of the host that leads to the server.
type jumpError struct {
	addr  string
	cause error
}

func (e *jumpError) Error() string { return fmt.Sprintf("jump host %s: %v", e.addr, e.cause) }
func (e *jumpError) Unwrap() error { return e.cause }
func (e *jumpError) italian() string {
	return "server di passaggio (jump) " + e.addr + ": " + italianOf(e.cause, kindOf(e.cause))
}
