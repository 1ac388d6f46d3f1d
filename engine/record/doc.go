// Package record holds the canonical records of the field: what every parser
// produces and the store keeps. It knows no file format, no SQL and no rule.
//
// The four identifiers are spelt the same everywhere: IUV (payment), IUR
// (collection), IUF (reporting flow), IUD (the entity's own debt). Amounts are
// [Cents]; a day without a time is a [Date] (civil, Europe/Rome); an instant
// is a time.Time in UTC. Every record carries the line of its document.
//
// A parser hands records to a [Sink] by pointer and reuses the memory behind
// that pointer for the next row: whoever keeps a record copies it.
package record
