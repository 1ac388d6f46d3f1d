// Package store keeps one entity's books in one SQLite file: what was loaded,
// how it is linked, how it was judged, and the journal of every run.
//
// It knows SQL and nothing of file formats or rules. A [Store] is one database
// file; work happens inside [Store.Write] (one immediate transaction, all or
// nothing) or [Store.Read] (one consistent snapshot). Amounts are integer
// cents, civil dates ISO text, instants RFC 3339 in UTC.
//
// Durability: foreign keys on, STRICT tables, journal mode TRUNCATE with
// synchronous FULL. A bulk load into a fresh file measured about 30 % faster
// with the rollback journal than with WAL, and a single file that can be copied
// while nothing runs is what an entity moves to another machine.
package store
