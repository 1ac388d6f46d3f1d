// Package book says where income belongs: it keeps the chart of offices,
// chapters and accertamenti, and splits each receipt line over it to the cent.
//
// A line is split by the first source that says how, in this order: the split
// that came with its receipt (bilancio), the receipt's metadata, the debt the
// entity imported, the default of its debt type, the only chapter of that debt
// type and year, the taxonomy code. A source that does not add up to the line is
// passed over and said; what no source says is "to be assigned". The shares of a
// line always add up to the line.
package book
