// Package calendar counts time the way pagoPA and the treasurers do: in Italian
// working days, from a business day that closes at 13:00, with the clock of a
// source standing still while that source is announced to be shut.
//
// Working days are Monday to Friday but for the national feasts (law 260 of
// 1949 and later; the list is that of rickar/cal, plus what it lacks) and the
// patron day of the entity. Days outside 1900..2199 are in no calendar: nothing
// of this field lies there, see [record.CivilDate].
package calendar
