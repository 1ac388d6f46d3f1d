package chapter

import "hash/maphash"

// seeds make a 128-bit sum of a key, so that a file's keys can be remembered
// without keeping them: two of a million collide once in 10^26 files.
type seeds [2]maphash.Seed

func newSeeds() seeds { return seeds{maphash.MakeSeed(), maphash.MakeSeed()} }

func (s seeds) sum(key []string) (sum [2]uint64) {
	for i, seed := range s {
		var h maphash.Hash
		h.SetSeed(seed)
		for _, part := range key {
			_, _ = h.WriteString(part)
			_ = h.WriteByte(0)
		}
		sum[i] = h.Sum64()
	}
	return sum
}
