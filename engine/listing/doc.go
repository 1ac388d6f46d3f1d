// Package listing shows what the books hold, one kind of record at a time: as a
// table for a terminal, as CSV, as JSON.
//
// Every listing runs through the books in a stable order with flat memory and
// no cap, can keep one status only, and ends with its totals. The csv tags of
// the rows are the Italian column names people see; the json tags are for
// programs and carry amounts as integer cents.
package listing
