package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// What a disk may hold after the power failed, by the letter of POSIX where it
// speaks and by what journaling file systems do where it does not:
//   - what a file held when an fsync of it began is on the disk when that fsync
//     has ended; the same for the entries of a folder. An fsync of a file says
//     nothing of its name, nor one of a folder of the name of that folder;
//   - of the bytes written since, any of the writes are, each whole, in part (some
//     of its sectors) or not at all; a file that grew may have grown and hold
//     zeros. Its sizes come in order: of those, a first part is kept;
//   - of the entries changed since, each folder keeps a first part, in order; what
//     concerns two folders is in both or in neither.
//
// So a file that was moved without an fsync may be there under its new name, and
// empty.

// sector is what a disk writes whole.
const sector = 512

// loss is how a disk forgets: the chance of each change that was not made
// durable to be there.
type loss struct {
	data, size, entries float64
}

func anyLoss(random *rand.Rand) loss {
	chance := func() float64 { return []float64{0, 0.5, 0.9, 1}[random.IntN(4)] }
	return loss{data: chance(), size: chance(), entries: chance()}
}

// survive is a disk on which the power failed after the first changes, and what
// is missing on it.
func (r *recording) survive(first int, l loss, random *rand.Rand) (d *disk, lost []string) {
	changes := r.changes[:first]
	d = r.before.clone()
	durable := durableOf(changes)
	cut := map[int]bool{} // folders and sizes of which nothing later is there
	for i := range changes {
		c := &changes[i]
		kept := c
		switch {
		case durable[i], c.kind == changeSync:
		case c.ofFolder():
			if cut[c.folders[0]] || cut[c.folders[1]] || random.Float64() >= l.entries {
				cut[c.folders[0]], cut[c.folders[1]] = true, true
				kept = nil
			}
		case c.kind == changeSize || c.grow:
			if cut[c.node] || random.Float64() >= l.size {
				cut[c.node] = true
				kept = nil
			} else if c.grow {
				kept = torn(c, l, random, true)
			}
		case c.kind == changeMode:
			if random.Float64() >= l.size {
				kept = nil
			}
		default:
			if kept = torn(c, l, random, false); kept != nil {
				kept = within(kept, len(d.nodes[c.node].data))
			}
		}
		if kept != nil {
			d.apply(kept)
		}
		switch {
		case kept == nil:
			lost = append(lost, fmt.Sprintf("%d %s", i, c))
		case kept != c:
			lost = append(lost, fmt.Sprintf("%d %s (in part)", i, c))
		}
	}
	return d, lost
}

// durableOf says which changes an fsync that ended made durable.
func durableOf(changes []change) []bool {
	durable := make([]bool, len(changes))
	synced := map[int]int{} // by node: the line at which the last fsync of it began
	whole := map[int]bool{} // folders of which a later entry is durable
	for i := len(changes) - 1; i >= 0; i-- {
		c := &changes[i]
		switch {
		case c.kind == changeSync:
			synced[c.node] = max(synced[c.node], c.begin)
			durable[i] = true
		case c.ofFolder():
			for _, folder := range c.folders {
				durable[i] = durable[i] || whole[folder] || c.end < synced[folder]
			}
			if durable[i] {
				whole[c.folders[0]], whole[c.folders[1]] = true, true
			}
		default:
			durable[i] = c.end < synced[c.node]
		}
	}
	return durable
}

// torn is what is left of a write: nil for nothing. A write that makes the file
// grow leaves zeros where its bytes are missing.
func torn(c *change, l loss, random *rand.Rand, grows bool) *change {
	if random.Float64() < l.data {
		return c
	}
	part := *c
	part.data = slices.Clone(c.data)
	keep := l.data > 0 && random.IntN(3) == 0
	any := false
	for at := int64(0); at < int64(len(part.data)); {
		end := min((c.off+at)/sector*sector+sector-c.off, int64(len(part.data)))
		if keep && random.IntN(2) == 0 {
			any = true
		} else {
			clear(part.data[at:end])
		}
		at = end
	}
	if !any && !grows {
		return nil
	}
	return &part
}

// within is the part of a write that does not make a file longer.
func within(c *change, size int) *change {
	if c.off >= int64(size) {
		return nil
	}
	if c.off+int64(len(c.data)) <= int64(size) {
		return c
	}
	part := *c
	part.data = c.data[:int64(size)-c.off]
	return &part
}

// moment picks how many of the changes happened: all of them once in six, and
// otherwise half of the time about where an entry changes or something is made
// durable.
func (r *recording) moment(random *rand.Rand) int {
	if random.IntN(6) == 0 {
		return len(r.changes)
	}
	if random.IntN(2) == 0 {
		var turns []int
		for i := range r.changes {
			if k := r.changes[i].kind; k != changeWrite && k != changeMode {
				turns = append(turns, i)
			}
		}
		return turns[random.IntN(len(turns))] + random.IntN(2)
	}
	return random.IntN(len(r.changes) + 1)
}

func TestPowerLossLeavesWhatAFileSystemMayLeave(t *testing.T) {
	const unsynced, synced = false, true
	cases := []struct {
		name         string
		file, folder bool // made durable
		loss         loss
		want         string
	}{
		{"nothing was made durable and nothing kept", unsynced, unsynced, loss{}, "old:was"},
		{"a name without its bytes", unsynced, synced, loss{size: 1}, "new:\x00\x00\x00"},
		{"a name without its size", unsynced, synced, loss{}, "new:"},
		{"bytes without a name", synced, unsynced, loss{}, "old:was"},
		{"all of it, by luck", unsynced, unsynced, loss{1, 1, 1}, "new:abc"},
		{"all of it, durable", synced, synced, loss{}, "new:abc"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := &disk{nodes: []node{{entries: map[string]int{"old": 1}}, {data: []byte("was")}, {}}}
			r := &recording{before: before, changes: []change{
				{kind: changeLink, node: 2, names: [2]string{"part"}},
				{kind: changeWrite, node: 2, data: []byte("abc"), grow: true},
			}}
			if c.file {
				r.changes = append(r.changes, change{kind: changeSync, node: 2})
			}
			r.changes = append(r.changes, change{kind: changeMove, node: 2, names: [2]string{"part", "new"}},
				change{kind: changeUnlink, node: 1, names: [2]string{"old"}})
			if c.folder {
				r.changes = append(r.changes, change{kind: changeSync})
			}
			for i := range r.changes {
				r.changes[i].begin, r.changes[i].end = 2*i, 2*i+1
			}
			d, _ := r.survive(len(r.changes), c.loss, rand.New(rand.NewPCG(1, 0)))
			var got []string
			for name, content := range d.files() {
				got = append(got, name+":"+content)
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("left is %q, want %q", got, c.want)
			}
		})
	}
}
