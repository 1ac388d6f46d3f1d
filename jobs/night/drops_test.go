package night_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"quadra/config"
	"quadra/fixtures/opensshd"
	"quadra/fixtures/sftpserver"
	"quadra/fixtures/wire"
	"quadra/jobs/drop"
	"quadra/jobs/drop/droptest"
	"quadra/jobs/night"
)

// remoteDrop is an entity with one SFTP drop, and what its server serves.
type remoteDrop struct {
	*place
	folder  string
	known   string     // fingerprint of the host key
	key     string     // file of the key the server accepts
	wire    *wire.Wire // the line to an OpenSSH server
	server  *droptest.Server
	restore func()
	stop    func() // ends what grow began
}

const sftpYAML = "data_dir: data\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n    drops:\n" +
	"      - { source: cassa, url: %q, identity_file: %q, fingerprint: %q, settle: 0s, idle_timeout: 2s, attempts: 2, retry_wait: 10ms }\n"

// overOpenSSH is a drop on Debian's server, over a line that can break.
func overOpenSSH(t *testing.T) *remoteDrop {
	t.Helper()
	server := droptest.StartOpenSSH(t, opensshd.Options{})
	r := &remoteDrop{folder: t.TempDir(), known: ssh.FingerprintSHA256(server.HostKeys["ed25519"]), key: server.Identities["ed25519"],
		wire: droptest.Line(t, server.Addr(), wire.Faults{})}
	r.place = at(t, t.TempDir(), fmt.Sprintf(sftpYAML, "sftp://"+server.User+"@"+r.wire.Addr()+r.folder, r.key, r.known))
	return r
}

// overFaults is a drop on the in-process server, for what OpenSSH cannot be
// brought to do.
func overFaults(t *testing.T) *remoteDrop {
	t.Helper()
	dir := t.TempDir()
	server := droptest.Start(t, dir, droptest.Options{})
	r := &remoteDrop{folder: dir, known: ssh.FingerprintSHA256(server.HostPublicKey()), key: server.IdentityFile, server: server}
	r.place = at(t, t.TempDir(), fmt.Sprintf(sftpYAML, server.URL("/"), r.key, r.known))
	return r
}

func (r *remoteDrop) settings() *config.Drop { return &r.opt.Entity.Drops[0] }

// deposit leaves the giornale di cassa in the drop.
func (r *remoteDrop) deposit(content string) {
	r.t.Helper()
	if err := os.WriteFile(filepath.Join(r.folder, "giornale.csv"), []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

// grow adds rows to the giornale di cassa until stop is called.
func (r *remoteDrop) grow() {
	r.t.Helper()
	f, err := os.OpenFile(filepath.Join(r.folder, "giornale.csv"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		r.t.Fatal(err)
	}
	quit := make(chan struct{})
	var growing sync.WaitGroup
	growing.Go(func() {
		for n := 5000; ; n++ {
			select {
			case <-quit:
				return
			case <-time.After(5 * time.Millisecond):
				if _, err := fmt.Fprintf(f, "2026;%d;16/09/2026;ECONOMO;VERSAMENTO CONTANTI;10,00;\n", n); err != nil {
					r.t.Error(err)
					return
				}
			}
		}
	})
	r.stop = sync.OnceFunc(func() {
		close(quit)
		growing.Wait()
		f.Close()
	})
	r.t.Cleanup(r.stop)
}

// bigCash is a giornale di cassa longer than what a broken line lets through.
var bigCash = func() string {
	var b strings.Builder
	b.WriteString(cashHeader)
	for i := range 4000 {
		fmt.Fprintf(&b, "2026;%d;16/09/2026;ECONOMO;VERSAMENTO CONTANTI;10,00;\n", i+1)
	}
	return b.String()
}()

// TestServerMisbehaves is the table of what a server, the line to it or our own
// disk may do in mid-night, with the outcome of each: what became of the file,
// whether the drop could be worked through, what is said. Nothing is ever half
// loaded, and the next night takes what this one could not.
func TestServerMisbehaves(t *testing.T) {
	const loaded, failed = "loaded  giornale.csv", "failed FETCH giornale.csv"
	cases := []struct {
		name   string
		start  func(*testing.T) *remoteDrop // overOpenSSH when nil
		begin  func(*remoteDrop)
		end    func(*remoteDrop) // before the next night
		states []string          // of this night
		kind   drop.Kind         // of the drop's fault; empty: worked through
		says   string            // in the message about the file or the drop
	}{
		{name: "connection reset once", begin: func(r *remoteDrop) { r.wire.SetFaults(wire.Faults{CutAfter: 50_000, Cuts: 1}) },
			states: []string{loaded}},
		{name: "connection reset again and again", begin: func(r *remoteDrop) { r.wire.SetFaults(wire.Faults{CutAfter: 50_000}) },
			states: []string{failed}, kind: drop.KindLost, says: "Tentativi fatti: 2"},
		{name: "server hangs", begin: func(r *remoteDrop) { r.wire.SetFaults(wire.Faults{StallAfter: 50_000}) },
			states: []string{failed}, kind: drop.KindTimeout, says: "smesso di rispondere"},
		{name: "file slower than the total time allows", begin: func(r *remoteDrop) {
			r.wire.SetFaults(wire.Faults{StallAfter: 50_000})
			r.settings().TotalTimeout, r.settings().IdleTimeout = 700*time.Millisecond, time.Minute
		}, end: func(r *remoteDrop) { r.settings().TotalTimeout = time.Hour },
			states: []string{failed}, says: "total_timeout"},
		{name: "server never answers the listing", start: overFaults,
			begin: func(r *remoteDrop) { r.server.SetFaults(sftpserver.Faults{HangListing: true}) }, kind: drop.KindTimeout, says: "smesso di rispondere"},
		{name: "nobody listens", begin: func(r *remoteDrop) { r.settings().URL = "sftp://quadra@127.0.0.1:1" + r.folder },
			end: func(r *remoteDrop) { r.restore() }, kind: drop.KindConnect, says: "non accetta la connessione"},
		{name: "wrong key of ours", begin: func(r *remoteDrop) { r.settings().IdentityFile = droptest.Stranger(r.t) },
			end: func(r *remoteDrop) { r.settings().IdentityFile = r.key }, kind: drop.KindAuth, says: "rifiuta le credenziali"},
		{name: "changed host key", begin: func(r *remoteDrop) {
			r.settings().Fingerprint = "SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU"
		}, end: func(r *remoteDrop) { r.settings().Fingerprint = r.known }, kind: drop.KindHostKey, says: "è cambiata"},
		{name: "permission denied on the file", start: overFaults,
			begin:  func(r *remoteDrop) { r.server.SetFaults(sftpserver.Faults{Denied: []string{"giornale.csv"}}) },
			states: []string{failed}, says: "permesso negato"},
		{name: "folder that is not there", begin: func(r *remoteDrop) { r.settings().URL += "-none" },
			end: func(r *remoteDrop) { r.restore() }, kind: drop.KindMissing, says: "non esiste"},
		{name: "file vanishes after the listing", start: overFaults,
			begin: func(r *remoteDrop) {
				r.server.SetFaults(sftpserver.Faults{ListAlso: []string{"svanito.csv"}})
			}, states: []string{loaded}, says: "svanito.csv"},
		{name: "file grows while it is looked at", begin: func(r *remoteDrop) {
			r.settings().Settle = 300 * time.Millisecond
			r.grow()
		}, end: func(r *remoteDrop) {
			r.stop()
			r.settings().Settle = 0
		}, says: "cambia ancora"},
		{name: "file shorter than it says", start: overFaults,
			begin:  func(r *remoteDrop) { r.server.SetFaults(sftpserver.Faults{EndAfterBytes: 50_000}) },
			states: []string{failed}, kind: drop.KindLost, says: "caduta prima della fine"},
		{name: "server that may only be read", start: overFaults,
			begin: func(r *remoteDrop) {
				r.server.SetFaults(sftpserver.Faults{Denied: []string{"giornale.csv.esito.txt", "done"}})
			}, states: []string{loaded}, kind: drop.KindPermission, says: "permesso negato"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if c.start == nil {
				c.start = overOpenSSH
			}
			r := c.start(t)
			url := r.settings().URL
			r.restore = func() { r.settings().URL = url }
			r.deposit(bigCash)
			c.begin(r)
			r.wants(r.night(), c.states, c.kind, c.says)

			if r.wire != nil {
				r.wire.SetFaults(wire.Faults{})
			} else {
				r.server.SetFaults(sftpserver.Faults{})
			}
			if c.end != nil {
				c.end(r)
			}
			next := []string{loaded}
			if slices.Contains(c.states, loaded) {
				next = nil // taken already, and answered at the latest now
			}
			r.wants(r.night(), next, "", "")
			if _, err := os.Stat(filepath.Join(r.folder, "done", "giornale.csv")); err != nil {
				t.Error(err)
			}
		})
	}
}

// wants checks a night's files, the fault of its drop, and that what is said
// about either contains says.
func (r *remoteDrop) wants(res *night.Result, states []string, kind drop.Kind, says string) {
	r.t.Helper()
	if got := stateList(res); !slices.Equal(got, states) {
		r.t.Errorf("files: %q, want %q", got, states)
	}
	d := res.Drops[0]
	switch {
	case kind == "" && d.Err != nil:
		r.t.Errorf("fault of the drop: %v", d.Err)
	case kind != "":
		droptest.WantKind(r.t, d.Err, kind)
	}
	said := d.Message + strings.Join(d.Waiting, "\n")
	for i := range res.Files {
		said += res.Files[i].Message
	}
	if !strings.Contains(said, says) {
		r.t.Errorf("it says %q, want something of %q", said, says)
	}
	if incomplete := kind != "" || slices.ContainsFunc(states, func(s string) bool { return strings.HasPrefix(s, "failed") }); res.Incomplete() != incomplete {
		r.t.Errorf("the night counts as incomplete: %v", res.Incomplete())
	}
}

func stateList(res *night.Result) []string {
	if len(res.Files) == 0 {
		return nil
	}
	return states(res)
}

// TestOurDiskIsFull: the archive has no room. The run fails, the books stay as
// they were and the file stays in the drop for the next night.
func TestOurDiskIsFull(t *testing.T) {
	r := overOpenSSH(t)
	r.deposit(bigCash)
	sealed := night.PathsOf(r.cfg, r.opt.Entity).Archive()
	if err := os.MkdirAll(sealed, 0o750); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", sealed, "tmpfs", 0, "size=64k"); err != nil {
		t.Skipf("a small disk is a small tmpfs, which only root may mount: %v", err)
	}
	mounted := true
	unmount := func() {
		if err := syscall.Unmount(sealed, 0); err != nil {
			t.Error(err)
		}
		mounted = false
	}
	defer func() {
		if mounted {
			unmount()
		}
	}()
	if _, err := night.Run(t.Context(), r.opt); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("the run returned %v", err)
	}
	if left := glob(t, filepath.Join(sealed, "*", "*")); len(left) != 0 {
		t.Errorf("the archive holds %q", left)
	}
	unmount()
	r.wants(r.night(), []string{"loaded  giornale.csv"}, "", "")
}
