package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
)

// evening is a night that the power will fail in, lived once without.
type evening struct {
	*town
	strace string
	night  int
	rec    *recording
	want   state // after the night
	last   state // after all of them
}

// TestPowerLossLeavesTheStateBeforeOrAfterEachStep records what a night does to
// the disk, and builds the disks that a power loss may leave of it at any point:
// see faults_power_loss_test.go. On each the program must start, and end where
// the night without a power loss did; no file that people or other programs see
// may be half written; and after a night that ended well nothing of it may be
// missing.
//
// QUADRA_FAULTS says how many disks (10; `make test-faults` 300) and
// QUADRA_FAULTS_SEED repeats one. A seed fixes the night, the point in it and the
// choices made; in which order threads do the same things is up to the system.
func TestPowerLossLeavesTheStateBeforeOrAfterEachStep(t *testing.T) {
	strace, err := findStrace(t)
	if err != nil {
		t.Skipf("strace, which sees what is written, cannot be used: %v", err)
	}
	seeds := faultSeeds(t)
	program := buildProgram(t)
	evenings := []struct {
		name  string
		night int
		again bool // the report of the day is there already, and will be replaced
	}{
		{"the first night", 0, false}, {"the second night", 1, false}, {"the last night", 2, false},
		{"a report written again", 2, true},
	}
	for i, e := range evenings {
		mine := slices.DeleteFunc(slices.Clone(seeds), func(seed uint64) bool { return seed%uint64(len(evenings)) != uint64(i) })
		if len(mine) == 0 {
			continue
		}
		t.Run(e.name, func(t *testing.T) {
			t.Parallel()
			live := newEvening(t, program, strace, e.night, e.again)
			for _, seed := range mine {
				t.Run(fmt.Sprint(seed), func(t *testing.T) {
					live.t = t
					live.lose(seed)
				})
			}
		})
	}
	t.Logf("%d disks from seed %d", len(seeds), seeds[0])
}

func newEvening(t *testing.T, program, strace string, night int, again bool) *evening {
	w := &evening{town: newLocalTown(t, program), strace: strace, night: night}
	for earlier := range night {
		w.deliver(earlier)
		w.mustFinish(earlier, "")
	}
	if again {
		w.mustFinish(night, "")
	}
	w.deliver(night)
	w.rec = w.record(strace, night)
	w.want = w.state()
	w.rest("")
	w.last = w.state()
	if len(w.last.books) < 100 || len(w.last.drops) < 20 {
		t.Fatalf("the nights have too little to compare: %d rows, %d files in drops", len(w.last.books), len(w.last.drops))
	}
	return w
}

// mustFinish runs a night, which must end well at once.
func (w *evening) mustFinish(night int, story string) {
	w.t.Helper()
	if again, err := w.finish(night); err != nil || again {
		w.t.Fatalf("night %d did not end at once: %v\n%s", night+1, err, story)
	}
}

// rest lives through the nights that follow.
func (w *evening) rest(story string) {
	w.t.Helper()
	for later := w.night + 1; later < len(nights); later++ {
		w.deliver(later)
		w.mustFinish(later, story)
	}
}

// lose lets the power fail as a seed says, once or twice, and requires that
// nothing comes of it.
func (w *evening) lose(seed uint64) {
	w.t.Helper()
	random := rand.New(rand.NewPCG(seed, 0))
	story := "what happened:"
	var ended bool
	for rec := w.rec; ; {
		at, how := rec.moment(random), anyLoss(random)
		d, lost := rec.survive(at, how, random)
		story += fmt.Sprintf("\nthe power fails after %d changes of %d, %+v; before it\n%s\nlost\n%s", at, len(rec.changes), how,
			lastOf(rec.changes[:at], 4), head(strings.Join(lost, "\n"), 40))
		if half := rec.halfWritten(d); len(half) > 0 {
			w.t.Errorf("%s\nhalf written: %s", story, half)
		}
		d.write(w.t, w.dir)
		ended = at == len(rec.changes)
		if ended || random.IntN(4) > 0 {
			break
		}
		rec = w.record(w.strace, w.night) // it fails again in the run that comes after
	}
	if !ended {
		w.mustFinish(w.night, story)
	}
	if diff := w.want.diff(w.state(), true); diff != "" {
		w.t.Errorf("%s\ndiffers from a night without a power loss (-want +got)\n%s", story, head(diff, 60))
	}
	if random.IntN(3) == 0 {
		w.rest(story)
		if diff := w.last.diff(w.state(), true); diff != "" {
			w.t.Errorf("%s\ndiffers after the nights that followed (-want +got)\n%s", story, head(diff, 60))
		}
	}
	w.verify(story)
}

func lastOf(changes []change, most int) string {
	var lines []string
	for i := max(0, len(changes)-most); i < len(changes); i++ {
		lines = append(lines, fmt.Sprintf("%d %s", i, &changes[i]))
	}
	return strings.Join(lines, "\n")
}

// halfWritten lists the files that are neither what they were before the run nor
// what they were after it, and that somebody may see: hidden names and the
// archive's incoming are the program's own, and the books have a journal.
func (r *recording) halfWritten(d *disk) []string {
	before, after := r.before.files(), r.after.files()
	var half []string
	for name, content := range d.files() {
		own := strings.HasPrefix(name, "data/archive/incoming/") || path.Dir(name) == "data" || strings.Contains(name, "/.")
		if own {
			continue
		}
		was, wasThere := before[name]
		is, isThere := after[name]
		if wasThere && content == was || isThere && content == is {
			continue
		}
		half = append(half, fmt.Sprintf("%s (%d bytes, of which %d zeros)", name, len(content), bytes.Count([]byte(content), []byte{0})))
	}
	slices.Sort(half)
	return half
}
