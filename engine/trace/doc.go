// Package trace follows one thing through the books: an IUV, an IUD, an IUF or
// a movement. What it finds is the whole chain behind it - notices, receipts,
// every version of the flows, the movements, how each unit is judged and how
// that changed - and every record says which file and line it came from.
//
// A [Chain] is data: as JSON it carries snake_case names and amounts in integer
// cents. [Text] prints it for a person.
package trace
