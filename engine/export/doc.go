// Package export writes what other systems read: the labels people's
// procedures are built on, and the status of every judged unit.
//
// Files are CSV in UTF-8: semicolons, LF, a header, quotes only where a value
// needs them. Rows come in a stable order, so that the same books always give
// the same bytes. Memory does not follow the size of the books.
package export
