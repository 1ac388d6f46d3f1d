package record

import (
	"crypto/sha256"
	"encoding/binary"
	"strconv"
)

// Line is what a line of cash says where its layout has no number for it. The
// number is then made from this and from its occurrence among equal lines of the
// document: a line sent again has the same, twins of one document have two.
type Line struct {
	Account           string
	BookedOn, ValueOn Date
	Amount            Cents
	Reference         string // of the bank
	Remittance        string
}

// Sum is 64 bits of the line: two lines are equal when their sums are. Two
// different ones of a million have the same sum once in thirty-seven million
// times. It is cut from a hash nobody can aim at: payers write the remittance.
func (l *Line) Sum() uint64 {
	var local [512]byte
	text := binary.BigEndian.AppendUint64(local[:0], uint64(l.Amount))
	text = binary.BigEndian.AppendUint32(text, uint32(l.BookedOn))
	text = binary.BigEndian.AppendUint32(text, uint32(l.ValueOn))
	for _, part := range [...]string{l.Account, l.Reference, l.Remittance} { // each with its length
		text = binary.AppendUvarint(text, uint64(len(part)))
		text = append(text, part...)
	}
	sum := sha256.Sum256(text)
	return binary.BigEndian.Uint64(sum[:8])
}

// LineNumber is the number of the line with this sum that comes for the
// occurrence-th time, from 1, in its document.
func LineNumber(sum uint64, occurrence int) string {
	const digits = "0123456789abcdef"
	var local [40]byte
	number := append(local[:0], 'R')
	for shift := 60; shift >= 0; shift -= 4 {
		number = append(number, digits[sum>>shift&15])
	}
	return string(strconv.AppendInt(append(number, '-'), int64(occurrence), 10))
}
