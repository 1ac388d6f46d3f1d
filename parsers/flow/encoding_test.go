package flow_test

import (
	"encoding/binary"
	"unicode/utf16"
)

// utf16Text writes a text as UTF-16 with its mark.
func utf16Text(text string) string {
	out := []byte{0xFF, 0xFE}
	for _, unit := range utf16.Encode([]rune(text)) {
		out = binary.LittleEndian.AppendUint16(out, unit)
	}
	return string(out)
}
