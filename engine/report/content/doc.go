// Package content says what the tables of a report pack hold: each list with its
// columns and where their values come from, and the panel of each row.
//
// It reads what the books, the rules and people say and computes nothing of its
// own but sums. What a reader may not see - who paid, in a masked pack; what is
// of others, in one of an office or a debt type - is left out here, so that no
// form of a table can show it.
package content
