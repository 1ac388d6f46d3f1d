package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"quadra/engine/record"
	"quadra/fixtures/generator"
	"quadra/fixtures/sftpserver"
	"quadra/jobs/drop/droptest"
)

// TestThreeNightsWithFaultsEndWhereUninterruptedOnesDo runs the real program
// over three nights again and again. In every night it is killed, or the disk
// or the server fails under it, once or twice at a random point; then it is
// started again. In the end books, reports and drops are those of three nights
// without faults. What is compared, and the little that is not, is said in
// faults_state_test.go.
//
// QUADRA_FAULTS says how many times (10; `make test-faults` 300), and
// QUADRA_FAULTS_SEED repeats the one a failure names. A seed fixes which faults
// are tried and where; which thread of the program meets them first is up to
// the system.
func TestThreeNightsWithFaultsEndWhereUninterruptedOnesDo(t *testing.T) {
	seeds := faultSeeds(t)
	program := buildProgram(t)
	inject := newInjector(t)

	want := newTown(t, program)
	for night := range nights {
		want.deliver(night)
		start := time.Now()
		inject.learn(night, want.command(t.Context(), night))
		want.took[night] = time.Since(start)
	}
	expected := want.state()
	if len(expected.books) < 100 || len(expected.reports) < 3*4 || len(expected.drops) < 20 {
		t.Fatalf("the nights have too little to compare: %d rows, %d report files, %d files in drops",
			len(expected.books), len(expected.reports), len(expected.drops))
	}

	var mu sync.Mutex
	tried, met := map[string]int{}, map[string]int{}
	t.Run("seed", func(t *testing.T) { // returns when all of them have
		for _, seed := range seeds {
			t.Run(fmt.Sprint(seed), func(t *testing.T) {
				t.Parallel()
				random := rand.New(rand.NewPCG(seed, 0))
				got := newTown(t, program)
				var story []string
				strict := true
				for night := range nights {
					got.deliver(night)
					for range 1 + random.IntN(2) {
						f := inject.pick(random, night, want.took[night])
						what := got.suffer(f, night)
						strict = strict && f.kills()
						story = append(story, fmt.Sprintf("night %d: %s: %s", night+1, f, what))
						mu.Lock()
						tried[f.kind]++
						if what != unharmed {
							met[f.kind]++
						}
						mu.Unlock()
					}
					again, err := got.finish(night)
					strict = strict && !again
					if err != nil {
						t.Fatalf("the run after the faults: %v\n%s", err, strings.Join(story, "\n"))
					}
				}
				if diff := expected.diff(got.state(), strict); diff != "" {
					t.Errorf("differs from uninterrupted nights (-want +got)\n%s\n%s", strings.Join(story, "\n"), head(diff, 60))
				}
				got.verify(strings.Join(story, "\n"))
			})
		}
	})
	total := 0
	for _, kind := range slices.Sorted(maps.Keys(tried)) {
		t.Logf("%-34s tried %4d times, met %4d", kind, tried[kind], met[kind])
		total += met[kind]
	}
	t.Logf("%d rounds from seed %d", len(seeds), seeds[0])
	if total < len(seeds) {
		t.Errorf("only %d faults were met in %d rounds: the test tests nothing", total, len(seeds))
	}
}

// faultSeeds are the seeds of as many rounds as QUADRA_FAULTS says, or the one of
// QUADRA_FAULTS_SEED.
func faultSeeds(t *testing.T) []uint64 {
	t.Helper()
	rounds, first := 10, uint64(time.Now().UnixNano())
	if text := os.Getenv("QUADRA_FAULTS"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			t.Fatalf("QUADRA_FAULTS=%q is not a count", text)
		}
		rounds = n
	}
	if text := os.Getenv("QUADRA_FAULTS_SEED"); text != "" {
		seed, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			t.Fatalf("QUADRA_FAULTS_SEED=%q is not a number", text)
		}
		first, rounds = seed, 1
	}
	seeds := make([]uint64, rounds)
	for i := range seeds {
		seeds[i] = first + uint64(i)
	}
	return seeds
}

func buildProgram(t *testing.T) string {
	t.Helper()
	program := filepath.Join(t.TempDir(), "quadra")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	return program
}

func head(text string, lines int) string {
	all := strings.SplitN(text, "\n", lines+1)
	return strings.Join(all[:min(lines, len(all))], "\n")
}

// nights are the days the three nights are judged at.
var nights = []string{"2026-09-11", "2026-09-16", "2026-10-20"}

// town is an entity with four drops.
type town struct {
	t       *testing.T
	program string
	dir     string
	server  *droptest.Server // of the drop on SFTP; nil in a town without one
	took    [3]time.Duration
}

// newTown has one of its drops on SFTP.
func newTown(t *testing.T, program string) *town {
	w := emptyTown(t, program)
	w.server = droptest.Start(t, filepath.Join(w.dir, "drop", "rendicontazione"), droptest.Options{})
	w.configure(fmt.Sprintf("url: %q, identity_file: %q, known_hosts: %q, connect_timeout: 5s, idle_timeout: 2s",
		w.server.URL("/"), w.server.IdentityFile, w.server.KnownHosts))
	return w
}

// newLocalTown has folders of the machine only.
func newLocalTown(t *testing.T, program string) *town {
	w := emptyTown(t, program)
	w.configure("url: drop/rendicontazione")
	return w
}

func emptyTown(t *testing.T, program string) *town {
	t.Helper()
	w := &town{t: t, program: program, dir: t.TempDir()}
	for _, source := range []string{"ricevute", "rendicontazione", "cassa", "notifiche"} {
		if err := os.MkdirAll(filepath.Join(w.dir, "drop", source), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

// configure writes the configuration and the files to come. flows says where
// the flows come from.
func (w *town) configure(flows string) {
	w.t.Helper()
	yaml := "data_dir: data\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n    drops:\n"
	for _, source := range []string{"ricevute", "cassa", "notifiche"} {
		yaml += fmt.Sprintf("      - { source: %s, url: drop/%s, settle: 0s }\n", source, source)
	}
	yaml += fmt.Sprintf("      - { source: rendicontazione, settle: 0s, %s }\n", flows)
	if err := os.WriteFile(filepath.Join(w.dir, "quadra.yaml"), []byte(yaml), 0o600); err != nil {
		w.t.Fatal(err)
	}
	_, err := generator.Generate(w.t.Context(), generator.Options{Seed: 5, Entity: generator.DemoEntities[0], Payments: 24,
		From: record.NewDate(2026, 9, 7), To: record.NewDate(2026, 9, 9), PSPs: generator.DefaultPSPs()[:3],
		Notices: true, CashFormat: "csv+opi", BadRows: 60, BadFiles: 2},
		generator.NewFolder(filepath.Join(w.dir, "to come")))
	if err != nil {
		w.t.Fatal(err)
	}
}

// deliver puts the files of a night into the drops: a third of each source's.
func (w *town) deliver(night int) {
	w.t.Helper()
	at := time.Date(2026, 9, 10+night, 18, 0, 0, 0, time.UTC) // a file's own time is in the books
	for _, source := range []string{"ricevute", "rendicontazione", "cassa", "notifiche"} {
		files, err := os.ReadDir(filepath.Join(w.dir, "to come", source))
		if err != nil {
			w.t.Fatal(err)
		}
		left := len(nights) - night
		for _, f := range files[:(len(files)+left-1)/left] {
			to := filepath.Join(w.dir, "drop", source, f.Name())
			err := os.Rename(filepath.Join(w.dir, "to come", source, f.Name()), to)
			if err := errors.Join(err, os.Chtimes(to, at, at)); err != nil {
				w.t.Fatal(err)
			}
		}
	}
}

func (w *town) command(ctx context.Context, night int, before ...string) *exec.Cmd {
	args := slices.Concat(before, []string{w.program, "--config", filepath.Join(w.dir, "quadra.yaml"), "run", "--as-of", nights[night]})
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.WaitDelay = time.Second // a killed strace may leave its pipe to the program it followed
	return cmd
}

// unharmed is a run that did not meet its fault.
const unharmed = "unharmed"

// suffer runs a night under a fault and says what became of it.
func (w *town) suffer(f fault, night int) string {
	w.t.Helper()
	const tooLong = 2 * time.Minute // no fault may make a run hang
	limit := tooLong
	if f.killAfter > 0 {
		limit = f.killAfter
	}
	ctx, cancel := context.WithTimeout(w.t.Context(), limit)
	defer cancel()
	w.server.SetFaults(f.server)
	defer w.server.SetFaults(sftpserver.Faults{})
	out, err := w.command(ctx, night, f.strace...).CombinedOutput()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil && f.killAfter > 0:
		return "killed"
	case ctx.Err() != nil:
		w.t.Errorf("%s: the run hung", f)
		return "hung"
	case err == nil:
		return unharmed
	case !errors.As(err, &exit):
		w.t.Errorf("%s: %v\n%s", f, err, out)
	case exit.ExitCode() == exitRejected:
		return unharmed
	case strings.Contains(string(out), "panic:"):
		w.t.Errorf("%s: panic\n%s", f, out)
	}
	return fmt.Sprintf("%v: %s", err, head(string(out), 3))
}

// finish runs a night with nothing in its way until it is done. On a busy
// machine the server may be too slow for the short time-out of these nights,
// which is a fault of its own: again says so.
func (w *town) finish(night int) (again bool, err error) {
	const most = 3
	for attempt := range most {
		var out []byte
		out, err = w.command(w.t.Context(), night).CombinedOutput()
		var exit *exec.ExitError
		if err == nil || errors.As(err, &exit) && exit.ExitCode() == exitRejected {
			return attempt > 0, nil
		}
		err = fmt.Errorf("%w\n%s", err, out)
	}
	return true, err
}

// tree is every file below a folder, temporary ones included: none may remain.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(rel)] = string(content)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
