package store

// Causes of a judgement that are no file, as a mark and the history name them.
const (
	CauseCalendar = "calendar" // a term ran out, or the as-of date went back
	CauseSettings = "settings" // the ruleset or the configuration of the entity changed
	CauseDecision = "decision" // a person's
)

// alsoCause is a cause as a mark keeps it beside its file.
func alsoCause(word string) string { return "," + word }

// Unmarked says why a group that nothing marked is judged: everything is.
func (g *Group) Unmarked(word string) { g.Cause, g.Also = unmarked(g.Cause, g.Also, word) }

// Unmarked says why a settlement that nothing marked is judged.
func (s *SettlementRow) Unmarked(word string) { s.Cause, s.Also = unmarked(s.Cause, s.Also, word) }

// Unmarked says why a movement that nothing marked is judged.
func (m *MovementRow) Unmarked(word string) { m.Cause, m.Also = unmarked(m.Cause, m.Also, word) }

func unmarked(cause int64, also, word string) (int64, string) {
	if cause == 0 && also == "" && word != "" {
		also = alsoCause(word)
	}
	return cause, also
}
