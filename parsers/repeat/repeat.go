// Package repeat counts how many times each line of a document has come so far,
// in little memory: lines of a bank have no number of their own, and twins among
// them must not become one.
//
// A line is known by 64 bits of a good hash of it, exactly: nothing is guessed,
// so that the same document always gives the same counts. Two different lines of
// ten million have the same 64 bits once in 370,000 such documents.
package repeat

// Counter counts keys, which must be spread as a hash is. Its zero value is ready.
// It starts as a hash table, which is fast; beyond a million keys it takes six
// bytes for each, up to an eighth more while it grows, and eight more for each
// that comes again.
type Counter struct {
	table []uint64 // open addressing; a key is never 0 there
	used  int
	again map[uint64]uint32 // times of the keys that came more than once

	buckets []bucket // by the first sixteen bits of the key, once the table is full
}

// mostTable is how many keys the table holds: it takes 16 MiB then.
const mostTable = 1 << 20

// Next is how many times a key has come, this one included.
func (c *Counter) Next(key uint64) int {
	key = max(key, 1)
	if c.buckets == nil && c.used*2 >= len(c.table) {
		c.grow()
	}
	if c.buckets != nil {
		return c.buckets[key>>48].next(key, 1)
	}
	if c.add(key) {
		return 1
	}
	if c.again == nil {
		c.again = make(map[uint64]uint32)
	}
	c.again[key] = max(c.again[key], 1) + 1
	return int(c.again[key])
}

// add puts a key into the table and says whether it is new.
func (c *Counter) add(key uint64) bool {
	mask := uint64(len(c.table) - 1)
	for i := key & mask; ; i = (i + 1) & mask {
		switch c.table[i] {
		case key:
			return false
		case 0:
			c.table[i] = key
			c.used++
			return true
		}
	}
}

// grow makes a larger table, or the buckets.
func (c *Counter) grow() {
	former := c.table
	if c.used >= mostTable {
		c.table, c.buckets = nil, make([]bucket, 1<<16)
	} else {
		c.table, c.used = make([]uint64, max(64, 2*len(former))), 0
	}
	for _, key := range former {
		switch {
		case key == 0:
		case c.buckets != nil:
			c.buckets[key>>48].next(key, max(c.again[key], 1))
		default:
			c.add(key)
		}
	}
	if c.buckets != nil {
		c.again = nil
	}
}

// bucket holds what is left of its keys: three numbers of sixteen bits each.
type bucket struct {
	rest  []uint16
	again []twin
}

// twin is a key that came more than once, by its place in the bucket.
type twin struct{ place, times uint32 }

// next adds to the times a key has come and returns them.
func (b *bucket) next(key uint64, times uint32) int {
	first, second, third := uint16(key>>32), uint16(key>>16), uint16(key)
	const parts = 3
	for at := 0; at+parts <= len(b.rest); at += parts {
		if b.rest[at] == first && b.rest[at+1] == second && b.rest[at+2] == third {
			return b.repeated(uint32(at), times)
		}
	}
	if len(b.rest) == cap(b.rest) {
		// By an eighth, where append would double.
		grown := make([]uint16, len(b.rest), len(b.rest)+max(8, len(b.rest)/(8*parts))*parts)
		copy(grown, b.rest)
		b.rest = grown
	}
	b.rest = append(b.rest, first, second, third)
	if times > 1 {
		b.again = append(b.again, twin{uint32(len(b.rest) - parts), times})
	}
	return int(times)
}

func (b *bucket) repeated(place, times uint32) int {
	for i := range b.again {
		if t := &b.again[i]; t.place == place {
			t.times += times
			return int(t.times)
		}
	}
	b.again = append(b.again, twin{place, 1 + times})
	return int(1 + times)
}
