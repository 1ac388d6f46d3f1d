package calendar

// Ageing is a bucket of ages in working days, see [Calendar.Elapsed]. Sixty
// days is the legal term to regularise a provvisorio of the treasurer.
type Ageing int

// The ageing buckets, youngest first.
const (
	Age0To2 Ageing = iota
	Age3To4
	Age5To10
	Age11To30
	Age31To60
	AgeOver60
)

var ageings = [...]struct {
	last  int // working days, included
	label string
}{
	Age0To2:   {2, "0-2"},
	Age3To4:   {4, "3-4"},
	Age5To10:  {10, "5-10"},
	Age11To30: {30, "11-30"},
	Age31To60: {60, "31-60"},
	AgeOver60: {0, "oltre 60"},
}

// Bucket is the bucket of an age in working days.
func Bucket(days int) Ageing {
	for a := Age0To2; a < AgeOver60; a++ {
		if days <= ageings[a].last {
			return a
		}
	}
	return AgeOver60
}

// Ageings lists the buckets, youngest first: the columns of a report.
func Ageings() []Ageing {
	return []Ageing{Age0To2, Age3To4, Age5To10, Age11To30, Age31To60, AgeOver60}
}

// String is the Italian label, in working days: "0-2" ... "oltre 60". It is
// empty for what is not a bucket.
func (a Ageing) String() string {
	if a < 0 || int(a) >= len(ageings) {
		return ""
	}
	return ageings[a].label
}
