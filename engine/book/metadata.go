package book

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
)

// Keys of the accounting metadata of a receipt's transfer; each is followed by
// the number of the detail it speaks of (SANP, metadata dictionary).
const (
	keyYear       = "RC_AC_"
	keyOffice     = "RC_CU_"
	keyChapter    = "RC_CAP_"
	keyAssessment = "RC_ACC_"
	keyArticle    = "RC_ART_"
	keyPlan       = "RC_PF5_"
	keyAmount     = "RC_IMP_"
)

var errMetadata = errors.New("i metadati contabili non si possono usare")

// metadata reads the split that the RC_ keys give. It is none when they name no
// chapter: an accertamento alone is looked up in the chart.
func (s *Splitter) metadata(l *store.BookLine) ([]store.Share, error) {
	if !strings.Contains(l.Metadata, "RC_") {
		return nil, nil
	}
	details, err := readDetails(l.Metadata)
	if err != nil {
		return nil, err
	}
	var shares []store.Share
	var sum record.Cents
	for _, n := range details.numbers {
		sh, err := s.detail(l, details, n)
		if err != nil {
			return nil, err
		}
		sum += sh.Amount
		shares = append(shares, sh)
	}
	if len(shares) > 0 && sum != l.Amount {
		return nil, fmt.Errorf("%w: le quote danno %s, la riga è di %s", errMetadata, sum.Italian(), l.Amount.Italian())
	}
	return shares, nil
}

func (s *Splitter) detail(l *store.BookLine, d details, n string) (store.Share, error) {
	sh := store.Share{Office: d.values[keyOffice+n], Chapter: d.values[keyChapter+n], Article: d.values[keyArticle+n],
		Assessment: d.values[keyAssessment+n], PlanCode: d.values[keyPlan+n]}
	amount, err := record.ParseCents(d.values[keyAmount+n])
	if err != nil || amount <= 0 {
		return sh, fmt.Errorf("%w: %s%s è %q", errMetadata, keyAmount, n, d.values[keyAmount+n])
	}
	sh.Amount = amount
	if text := d.values[keyYear+n]; text != "" {
		year, err := strconv.Atoi(text)
		if _, ok := record.CivilDate(year, 1, 1); err != nil || !ok {
			return sh, fmt.Errorf("%w: %s%s è %q", errMetadata, keyYear, n, text)
		}
		sh.Year = year
	}
	if sh.Chapter == "" {
		year := sh.Year
		if year == 0 {
			year = l.PaidOn.Year()
		}
		e := s.Chart.ByAssessment(l.DebtType, year, sh.Assessment)
		if e == nil {
			return sh, fmt.Errorf("%w: la quota %s non ha un capitolo, e il suo accertamento %q non è nel piano", errMetadata, n, sh.Assessment)
		}
		sh.Chapter, sh.Article = e.Chapter, e.Article
		if sh.Office == "" {
			sh.Office = e.Office
		}
	}
	return sh, nil
}

type details struct {
	numbers []string // of the details that carry an amount, in order
	values  map[string]string
}

// readDetails reads the RC_ keys. A key given twice with two values makes the
// whole unusable: an official example repeats an amount by mistake, and which
// detail the second belongs to cannot be known.
func readDetails(metadata string) (details, error) {
	d := details{values: make(map[string]string)}
	for line := range strings.Lines(metadata) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if !strings.HasPrefix(key, "RC_") {
			continue
		}
		if old, twice := d.values[key]; twice && old != value {
			return d, fmt.Errorf("%w: %s compare due volte, con %q e %q", errMetadata, key, old, value)
		}
		d.values[key] = value
		if n, ok := strings.CutPrefix(key, keyAmount); ok && !slices.Contains(d.numbers, n) {
			d.numbers = append(d.numbers, n)
		}
	}
	slices.SortFunc(d.numbers, func(a, b string) int {
		if len(a) != len(b) {
			return len(a) - len(b)
		}
		return strings.Compare(a, b)
	})
	return d, nil
}
