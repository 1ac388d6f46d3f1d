package flow

import (
	"fmt"
	"hash/maphash"
	"math/bits"

	"quadra/engine/record"
)

// maxRepeats is how many payments of a flow are remembered to find those given
// twice: 16 MiB of hashes. Flows beyond are told as not looked at.
const maxRepeats = 1 << 20

// repeats finds payments with the same IUV, IUR and index in one flow. It keeps
// 8 bytes for each: that two different ones are taken for the same happens less
// than once in ten million flows of a million payments, and costs a warning.
type repeats struct {
	seed  maphash.Seed
	table []uint64 // open addressing, 0 is free
	used  int
	over  bool // the flow has more than maxRepeats

	count int    // payments that came before
	first string // the first of them, for people
}

func (r *repeats) clear() {
	switch {
	case r.table == nil:
		r.seed = maphash.MakeSeed()
		r.table = make([]uint64, 64)
	case len(r.table) > 1<<10: // thousands of small flows may follow a large one
		r.table = make([]uint64, 64)
	default:
		clear(r.table)
	}
	r.used, r.over, r.count, r.first = 0, false, 0, ""
}

func (r *repeats) see(l *record.FlowLine) {
	if r.over {
		return
	}
	// The index is in the hash by turning it, so that nothing is copied.
	key := maphash.String(r.seed, l.IUV) ^ bits.RotateLeft64(maphash.String(r.seed, l.IUR), 7+l.Index)
	key |= 1 // never the free one
	if !r.add(key) {
		if r.count++; r.count == 1 {
			r.first = fmt.Sprintf("IUV %s, IUR %s, indice %d, alla riga %d", l.IUV, l.IUR, l.Index, l.Line)
		}
		return
	}
	if r.used == maxRepeats {
		r.over = true
		return
	}
	if r.used*2 > len(r.table) {
		former := r.table
		r.table, r.used = make([]uint64, 2*len(former)), 0
		for _, key := range former {
			if key != 0 {
				r.add(key)
			}
		}
	}
}

// add says whether a key is new.
func (r *repeats) add(key uint64) bool {
	mask := uint64(len(r.table) - 1)
	for i := key >> 1 & mask; ; i = (i + 1) & mask {
		switch r.table[i] {
		case key:
			return false
		case 0:
			r.table[i] = key
			r.used++
			return true
		}
	}
}

func (r *repeats) warnings() (w []string) {
	if r.count > 0 {
		w = append(w, fmt.Sprintf("pagamenti ripetuti nel flusso (stessi IUV, IUR e indice): %d, il primo è %s", r.count, r.first))
	}
	if r.over {
		w = append(w, fmt.Sprintf("i pagamenti ripetuti sono stati cercati solo nei primi %d", maxRepeats))
	}
	return w
}
