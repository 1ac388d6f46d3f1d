package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"quadra/fixtures/generator"
)

// TestKilledRunsEndWhereAnUninterruptedOneDoes kills the program at random
// points and starts it again until it is done: the same labels and statuses, no
// file taken twice, none left behind.
func TestKilledRunsEndWhereAnUninterruptedOneDoes(t *testing.T) {
	program := filepath.Join(t.TempDir(), "quadra")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	want := newKilled(t, program)
	want.run(t.Context())
	seed := uint64(time.Now().UnixNano())
	random := rand.New(rand.NewPCG(seed, 0))
	for round := range 3 {
		got := newKilled(t, program)
		kills := 0
		for kills < 40 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(20+random.IntN(500))*time.Millisecond)
			killed := got.run(ctx)
			cancel()
			if !killed {
				break
			}
			kills++
		}
		got.run(t.Context())
		for _, args := range [][]string{
			{"export", "labels"}, {"export", "status"}, {"export", "mypivot"}, {"export", "paid"}, {"export", "treasury"}, {"list", "files", "--status", "duplicate", "--format", "csv"},
		} {
			if a, b := want.output(args...), got.output(args...); a != b {
				t.Errorf("seed %d, round %d, %d kills: %v differs from an uninterrupted run", seed, round, kills, args)
			}
		}
		if a, b := want.left(), got.left(); a != b {
			t.Errorf("seed %d, round %d, %d kills: %d files put aside, want %d", seed, round, kills, b, a)
		}
	}
}

// killed is an entity with generated drops, run by a program of its own.
type killed struct {
	t       *testing.T
	program string
	dir     string
}

func newKilled(t *testing.T, program string) *killed {
	t.Helper()
	k := &killed{t: t, program: program, dir: t.TempDir()}
	_, err := generator.Generate(t.Context(), generator.Options{Seed: 5, Entity: generator.DemoEntities[0], Payments: 60,
		Notices: true, CashFormat: generator.CashOPI}, generator.NewFolder(filepath.Join(k.dir, "drop")))
	if err != nil {
		t.Fatal(err)
	}
	yaml := "data_dir: data\nentities:\n  - ipa: c_q001\n    tax_code: \"80000123457\"\n    drops:\n"
	for _, s := range []string{"ricevute", "rendicontazione", "cassa", "notifiche"} {
		yaml += fmt.Sprintf("      - { source: %s, url: drop/%s, settle: 0s }\n", s, s)
	}
	if err := os.WriteFile(filepath.Join(k.dir, "quadra.yaml"), []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	return k
}

// run runs a night until it ends or ctx does; then the program is killed.
func (k *killed) run(ctx context.Context) (wasKilled bool) {
	k.t.Helper()
	cmd := exec.CommandContext(ctx, k.program, "--config", filepath.Join(k.dir, "quadra.yaml"), "run", "--as-of", "2026-11-15")
	out, err := cmd.CombinedOutput()
	if ctx.Err() != nil {
		return true
	}
	if err != nil {
		k.t.Fatalf("%v\n%s", err, out)
	}
	return false
}

func (k *killed) output(args ...string) string {
	k.t.Helper()
	cmd := exec.CommandContext(k.t.Context(), k.program, append([]string{"--config", filepath.Join(k.dir, "quadra.yaml")}, args...)...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		k.t.Fatalf("%v: %v\n%s", args, err, exit.Stderr)
	}
	return string(out)
}

// left counts the files put aside.
func (k *killed) left() int {
	k.t.Helper()
	done, err := filepath.Glob(filepath.Join(k.dir, "drop", "*", "done", "*"))
	if err != nil {
		k.t.Fatal(err)
	}
	return len(done)
}
