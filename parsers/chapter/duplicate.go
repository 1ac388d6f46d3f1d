package chapter

import "hash/maphash"

// keySum makes a 64-bit sum of a key, so that a file's keys can be remembered
// without keeping them: two of a million are taken for the same once in 37
// million files.
type keySum struct{ hash maphash.Hash }

func (s *keySum) of(key []string) uint64 {
	s.hash.Reset()
	for _, part := range key {
		_, _ = s.hash.WriteString(part)
		_ = s.hash.WriteByte(0)
	}
	return s.hash.Sum64()
}
