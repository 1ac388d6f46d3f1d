package store

import (
	"context"
	"database/sql"
	"sync"
)

// kept are statements that stay compiled from one transaction to the next: a small
// file of a drop is a transaction, and compiling what it runs took longer than
// running it. Those that one transaction ran are not kept: most commands are one.
type kept struct {
	mu    sync.Mutex
	ran   map[string]int // in how many transactions
	stmts map[string]*sql.Stmt
}

// keptAfter is how many transactions run a statement before it is kept.
const keptAfter = 2

// of is the statement of a name, nil when it is not kept.
func (k *kept) of(name string) *sql.Stmt {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.stmts[name]
}

// count says that a transaction compiled a statement.
func (k *kept) count(name string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ran == nil {
		k.ran, k.stmts = make(map[string]int), make(map[string]*sql.Stmt)
	}
	k.ran[name]++
}

// wanted takes the names that are to be kept from now on.
func (k *kept) wanted() (names []string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for name, n := range k.ran {
		if n >= keptAfter {
			names = append(names, name)
			delete(k.ran, name)
		}
	}
	return names
}

// keepStatements compiles what is wanted, outside of any transaction. What cannot be
// compiled now each transaction compiles for itself, and says why it cannot.
func (s *Store) keepStatements(ctx context.Context) {
	for _, name := range s.kept.wanted() {
		st, err := s.db.PrepareContext(ctx, query(name))
		if err != nil {
			continue
		}
		s.kept.mu.Lock()
		s.kept.stmts[name] = st
		s.kept.mu.Unlock()
	}
}

// statement is the statement of a name for this transaction.
func (tx *Tx) statement(name string) (statement, error) {
	if st := tx.kept.of(name); st != nil {
		tx.stmts[name] = statement{tx.sql.StmtContext(tx.ctx, st), named()[name]}
		return tx.stmts[name], nil
	}
	tx.kept.count(name)
	return tx.compile(name, query(name), named()[name])
}
