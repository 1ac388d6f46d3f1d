package book

import (
	"fmt"
	"strings"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/parsers/bilancio"
)

// Sources of a split, from the first tried to the last.
const (
	// SourceAccertamento is the word of whoever put the line into accertamenti.
	SourceAccertamento = "accertamento"

	SourceBilancio   = "bilancio"
	SourceMetadata   = "metadata"
	SourceDebt       = "debt"
	SourceDefault    = "default"
	SourceOnly       = "only"
	SourceTaxonomy   = "taxonomy"
	SourceUnassigned = "unassigned"
)

// Target is a place of the chart an amount is booked on. A zero year means the
// year the payment was made in.
type Target struct {
	Year       int
	Office     string
	Chapter    string
	Article    string
	Assessment string
}

// Part is a share of the default split of a debt type: a fixed amount, a
// percentage of what the fixed amounts leave, or the remainder.
type Part struct {
	Target
	Fixed      record.Cents
	PerMillion int64 // 125000 is 12.5 %
	Remainder  bool  // takes what the others leave, the cents of rounding too
}

// Splitter splits receipt lines. It is made once for a run.
type Splitter struct {
	Chart    *Chart
	Defaults map[string][]Part // by debt type
	Taxonomy map[string]Target // by collection code without prefix and slashes
	// Parts are what live accertamenti of people hold of the next line; what they
	// leave of it is to be assigned.
	Parts []store.LivePart
}

// Split returns the shares of a line, which add up to it, and what was wrong
// with the sources passed over.
func (s *Splitter) Split(l *store.BookLine) (shares []store.Share, passed []string) {
	for _, source := range []struct {
		name string
		read func(*store.BookLine) ([]store.Share, error)
	}{
		{SourceAccertamento, s.accertamento},
		{SourceBilancio, s.bilancio},
		{SourceMetadata, s.metadata},
		{SourceDebt, s.debt},
		{SourceDefault, s.byDefault},
		{SourceOnly, s.only},
		{SourceTaxonomy, s.taxonomy},
	} {
		shares, err := source.read(l)
		if err != nil {
			passed = append(passed, source.name+": "+err.Error())
			continue
		}
		if len(shares) > 0 {
			return finish(l, source.name, shares), passed
		}
	}
	return finish(l, SourceUnassigned, nil), passed
}

// finish numbers the shares, gives them their year, and adds what is still to be
// assigned.
func finish(l *store.BookLine, source string, shares []store.Share) []store.Share {
	rest := l.Amount
	for i := range shares {
		sh := &shares[i]
		sh.Seq, sh.Source = i+1, source
		if sh.Year == 0 {
			sh.Year = l.PaidOn.Year()
		}
		rest -= sh.Amount
	}
	if rest > 0 {
		shares = append(shares, store.Share{Seq: len(shares) + 1, Source: SourceUnassigned, Year: l.PaidOn.Year(), Amount: rest})
	}
	return shares
}

func (s *Splitter) accertamento(l *store.BookLine) ([]store.Share, error) {
	var shares []store.Share
	var sum record.Cents
	for i := range s.Parts {
		p := &s.Parts[i]
		sum += p.Amount
		shares = append(shares, store.Share{Year: p.Year, Office: p.Office, Chapter: p.Chapter, Article: p.Article,
			Assessment: p.Assessment, Amount: p.Amount, Accertamento: p.ID})
	}
	if sum > l.Amount {
		return nil, fmt.Errorf("gli accertamenti tengono %s, la riga è ora di %s", sum.Italian(), l.Amount.Italian())
	}
	return shares, nil
}

func (s *Splitter) bilancio(l *store.BookLine) ([]store.Share, error) {
	return quotas(l.Bilancio, l.Amount)
}
func (s *Splitter) debt(l *store.BookLine) ([]store.Share, error) { return quotas(l.Debt, l.Amount) }

// quotas reads a split that travels as XML, which must add up to the line.
func quotas(xml string, amount record.Cents) ([]store.Share, error) {
	read, err := bilancio.Read(xml)
	if err != nil {
		return nil, err
	}
	if len(read) == 0 {
		return nil, nil
	}
	if err := bilancio.Check(read, amount); err != nil {
		return nil, err
	}
	shares := make([]store.Share, len(read))
	for i, q := range read {
		shares[i] = store.Share{Office: q.Office, Chapter: q.Chapter, Assessment: q.Assessment, Amount: q.Amount}
	}
	return shares, nil
}

// byDefault applies the default split of the debt type: fixed amounts first,
// then percentages of what they leave, rounded down, then the remainder. Without
// a part for the remainder the cents of rounding go to the last percentage when
// these make a hundred, and are to be assigned when they do not.
func (s *Splitter) byDefault(l *store.BookLine) ([]store.Share, error) {
	parts := s.Defaults[l.DebtType]
	if len(parts) == 0 {
		return nil, nil
	}
	amounts := make([]record.Cents, len(parts))
	rest, takes, last := l.Amount, -1, -1
	for i, p := range parts {
		amounts[i] = p.Fixed
		rest -= p.Fixed
	}
	if rest < 0 {
		return nil, fmt.Errorf("gli importi fissi del tipo dovuto %s superano la riga di %s", l.DebtType, l.Amount.Italian())
	}
	base, whole := rest, int64(0)
	for i, p := range parts {
		switch {
		case p.Remainder:
			takes = i
		case p.PerMillion > 0:
			amounts[i] = record.Cents(mulDiv(int64(base), p.PerMillion, million))
			rest -= amounts[i]
			whole += p.PerMillion
			last = i
		}
	}
	if takes < 0 && whole == million {
		takes = last
	}
	if takes >= 0 {
		amounts[takes] += rest
	}
	var shares []store.Share
	for i, p := range parts {
		if amounts[i] > 0 {
			shares = append(shares, p.share(amounts[i]))
		}
	}
	return shares, nil
}

const million = 1_000_000

// mulDiv is a*b/c rounded down, without overflow for any amount of the field
// times at most a million.
func mulDiv(a, b, c int64) int64 { return a/c*b + a%c*b/c }

// only books the whole line on the only active entry of its debt type and year.
func (s *Splitter) only(l *store.BookLine) ([]store.Share, error) {
	e := s.Chart.Only(l.DebtType, l.PaidOn)
	if e == nil {
		return nil, nil
	}
	return []store.Share{{Year: e.Year, Office: e.Office, Chapter: e.Chapter, Article: e.Article, Assessment: e.Assessment, Amount: l.Amount}}, nil
}

// taxonomy books the whole line by the code of the collection taxonomy.
func (s *Splitter) taxonomy(l *store.BookLine) ([]store.Share, error) {
	t, ok := s.Taxonomy[TaxonomyCode(l.Collection)]
	if !ok {
		return nil, nil
	}
	return []store.Share{Part{Target: t}.share(l.Amount)}, nil
}

func (p Part) share(amount record.Cents) store.Share {
	return store.Share{Year: p.Year, Office: p.Office, Chapter: p.Chapter, Article: p.Article, Assessment: p.Assessment, Amount: amount}
}

// TaxonomyCode is a collection code without what surrounds it: 9/0101100IM/,
// 0101100IM and 0101100im are one (SANP, collection taxonomy).
func TaxonomyCode(collection string) string {
	code := strings.ToUpper(strings.Trim(strings.TrimSpace(collection), "/"))
	if _, rest, found := strings.Cut(code, "/"); found {
		code = strings.Trim(rest, "/")
	}
	return code
}
