package store

// SealedFiles lists the SHA-256 of every file the books took in whole, removed
// ones included, in order.
func (tx *Tx) SealedFiles() ([]string, error) {
	var out []string
	err := tx.each("SealedFiles", nil, func(scan func(...any) error) error {
		var sha string
		err := scan(&sha)
		out = append(out, sha)
		return err
	})
	return out, err
}

// RemovedFiles are the files an erasure took out of the archive, with why.
func (tx *Tx) RemovedFiles() (map[string]string, error) {
	out := make(map[string]string)
	err := tx.each("RemovedFiles", nil, func(scan func(...any) error) error {
		var sha, reason string
		err := scan(&sha, &reason)
		out[sha] = reason
		return err
	})
	return out, err
}

// SealHead is the seal of the last run that has one: whoever keeps it can prove
// later that the journal up to there was not changed.
func (tx *Tx) SealHead() (string, error) {
	var seal string
	_, err := tx.one("SealHead", nil, &seal)
	return seal, err
}

// MarkEverything marks every movement, settlement and IUV, so that the next link
// and judge look at all of them as if nothing had been judged before.
func (tx *Tx) MarkEverything() error {
	for _, q := range []string{"MarkAllMovements", "MarkAllSettlements", "MarkAllIUVs"} {
		if _, err := tx.exec(q); err != nil {
			return err
		}
	}
	return nil
}

// Pending says whether something was loaded and not yet judged.
func (tx *Tx) Pending() (bool, error) {
	var some bool
	_, err := tx.one("MarkedAny", nil, &some)
	return some, err
}
