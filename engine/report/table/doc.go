// Package table writes one list in every form people and programs read it in:
// chunks of script for the browser, CSV, JSON and a spreadsheet.
//
// A list has one definition and one stream of rows; every form is written from
// the same row at the same time, and the totals are added up once, here. So
// they cannot disagree. Memory does not follow the number of rows: what is in
// flight is a few batches of them.
package table
