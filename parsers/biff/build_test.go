package biff_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"unicode/utf16"
)

// The tests write the records no program at hand writes, byte by byte.

var le = binary.LittleEndian

// rec is a record of the stream.
func rec(kind uint16, payload ...[]byte) []byte {
	body := bytes.Join(payload, nil)
	b := le.AppendUint16(nil, kind)
	return append(le.AppendUint16(b, uint16(len(body))), body...)
}

func u16(values ...uint16) (b []byte) {
	for _, v := range values {
		b = le.AppendUint16(b, v)
	}
	return b
}

func u32(v uint32) []byte { return le.AppendUint32(nil, v) }

func f64(v float64) []byte { return le.AppendUint64(nil, math.Float64bits(v)) }

// narrow and wide are a string with a length of two bytes, in one byte a
// character or in two.
func narrow(s string) []byte { return append(append(u16(uint16(len(s))), 0), s...) }

func wide(s string) []byte {
	units := utf16.Encode([]rune(s))
	return append(append(u16(uint16(len(units))), 1), u16(units...)...)
}

var (
	bofGlobals = rec(0x809, u16(0x600, 5, 0, 0), u32(0), u32(0x600))
	bofSheet   = rec(0x809, u16(0x600, 0x10, 0, 0), u32(0), u32(0x600))
	eof        = rec(0x0A)
)

// xf is a cell format with a number format.
func xf(format uint16) []byte { return rec(0xE0, u16(0, format), make([]byte, 16)) }

// sst is a table of shared texts, each as narrow or wide make it.
func sst(strings ...[]byte) []byte {
	return rec(0xFC, u32(uint32(len(strings))), u32(uint32(len(strings))), bytes.Join(strings, nil))
}

// book is a workbook stream with one sheet: the records of the globals and
// those of the sheet.
func book(globals []byte, cells ...[]byte) []byte {
	bound := func(at uint32) []byte { return rec(0x85, u32(at), []byte{0, 0, 6, 0}, []byte("Foglio")) }
	at := len(bofGlobals) + len(bound(0)) + len(globals) + len(eof)
	return bytes.Join([][]byte{bofGlobals, bound(uint32(at)), globals, eof, bofSheet, bytes.Join(cells, nil), eof}, nil)
}

// compound wraps a stream as the only one of an OLE2 file: a header, one sector
// of allocation for every 128, the directory, the stream.
func compound(name string, stream []byte) []byte {
	const sector, free, end, fat = 512, 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
	size := max(len(stream), 4096) // shorter ones live elsewhere
	data := (size + sector - 1) / sector
	fats := 1
	for fats*128 < fats+1+data {
		fats++
	}
	header := make([]byte, sector)
	copy(header, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")
	copy(header[24:], u16(0x3E, 3, 0xFFFE, 9, 6))
	copy(header[44:], u32(uint32(fats)))
	copy(header[48:], u32(uint32(fats))) // the directory, behind the allocation
	copy(header[56:], u32(4096))
	copy(header[60:], bytes.Join([][]byte{u32(end), u32(0), u32(end), u32(0)}, nil))
	for i := range 109 {
		v := uint32(free)
		if i < fats {
			v = uint32(i)
		}
		copy(header[76+4*i:], u32(v))
	}
	var table []byte
	for range fats {
		table = append(table, u32(fat)...)
	}
	table = append(table, u32(end)...)
	for i := range data {
		next := uint32(fats + 1 + i + 1)
		if i == data-1 {
			next = end
		}
		table = append(table, u32(next)...)
	}
	for len(table) < fats*sector {
		table = append(table, u32(free)...)
	}
	directory := make([]byte, sector)
	entry := func(at int, name string, kind byte, child, first, size uint32) {
		d := directory[at*128:]
		units := utf16.Encode([]rune(name))
		copy(d, u16(units...))
		copy(d[64:], u16(uint16(2*len(units)+2)))
		d[66], d[67] = kind, 1
		copy(d[68:], bytes.Join([][]byte{u32(free), u32(free), u32(child)}, nil))
		copy(d[116:], bytes.Join([][]byte{u32(first), u32(size)}, nil))
	}
	entry(0, "Root Entry", 5, 1, end, 0)
	entry(1, name, 2, free, uint32(fats+1), uint32(size))
	file := bytes.Join([][]byte{header, table, directory, stream}, nil)
	return append(file, make([]byte, (1+fats+1+data)*sector-len(file))...)
}
