package repeat_test

import (
	"math/rand/v2"
	"runtime"
	"testing"

	"pgregory.net/rapid"

	"quadra/parsers/repeat"
)

func TestAKeyIsCountedEachTimeItComes(t *testing.T) {
	t.Parallel()
	// Keys that differ in one part only, so that they share buckets.
	rapid.Check(t, func(t *rapid.T) {
		bits := rapid.SampledFrom([]uint64{0, 2, 1 << 16, 1 << 32, 1 << 48, 1 << 63})
		others := rapid.SampledFrom([]int{0, 200, 2_000}).Draw(t, "others")
		var c repeat.Counter
		want := map[uint64]int{}
		see := func(key uint64) {
			want[key]++
			if got := c.Next(key); got != want[key] {
				t.Fatalf("%x came %d times, counted %d", key, want[key], got)
			}
		}
		r := rand.New(rand.NewPCG(1, 2))
		for range 200 {
			see(bits.Draw(t, "one") | bits.Draw(t, "two") | 1<<62)
			for range others / 200 {
				see(r.Uint64())
			}
		}
		for key := range want {
			see(key)
		}
	})
}

func TestCountsGoOnBeyondTheTable(t *testing.T) {
	t.Parallel()
	var c repeat.Counter
	r := rand.New(rand.NewPCG(7, 8))
	for range 3 {
		c.Next(1 << 60)
	}
	for range 1_100_000 {
		c.Next(r.Uint64())
	}
	if got := c.Next(1 << 60); got != 4 {
		t.Errorf("%d, want 4", got)
	}
	r = rand.New(rand.NewPCG(7, 8))
	for n := range 1_100_000 {
		if got := c.Next(r.Uint64()); got != 2 {
			t.Fatalf("key %d: %d, want 2", n, got)
		}
	}
}

func TestMillionsOfKeysTakeFewBytesEach(t *testing.T) {
	for name, times := range map[string]int{"once": 1, "twice": 2} {
		t.Run(name, func(t *testing.T) {
			const keys, most = 2_500_000, 12.0
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			var c repeat.Counter
			r := rand.New(rand.NewPCG(3, 4))
			for range keys / times {
				key := r.Uint64()
				for n := range times {
					if got := c.Next(key); got != n+1 {
						t.Fatalf("%d, want %d", got, n+1)
					}
				}
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if each := float64(after.HeapAlloc-before.HeapAlloc) / keys; each > most {
				t.Errorf("%.1f bytes for each line, want %.0f at most", each, most)
			}
			runtime.KeepAlive(&c)
		})
	}
}

func BenchmarkNext(b *testing.B) {
	r := rand.New(rand.NewPCG(5, 6))
	for b.Loop() {
		var c repeat.Counter
		for range 2_000_000 {
			c.Next(r.Uint64())
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/2_000_000, "ns/key")
}
