package picture

import "strings"

// fontSize is that of every text of a picture (.figura svg in quadra.css).
const fontSize = 12.0

// lineHeight is the room a line of text needs.
const lineHeight = 15.0

// Advances of ' ' to '~' in DejaVu Sans, in thousandths of its size. It is the
// widest of the fonts quadra.css names, so that what fits here fits in all.
var regular = [...]int{
	318, 401, 460, 838, 636, 950, 780, 275, 390, 390, 500, 838, 318, 361, 318, 337, 636, 636, 636, 636, 636, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531,
	1000, 684, 686, 698, 770, 632, 575, 775, 752, 295, 295, 656, 557, 863, 748, 787, 603, 787, 695, 635, 611, 732, 684, 989, 685, 611, 685, 390, 337, 390, 838, 500,
	500, 613, 635, 550, 635, 615, 352, 635, 634, 278, 278, 579, 278, 974, 634, 612, 635, 635, 411, 521, 392, 634, 592, 818, 592, 592, 525, 636, 337, 636, 838,
}

// boldness is how much wider than regular a letter of DejaVu Sans Bold is at most.
const boldness = 1.25

// width is about how much room a text takes, never less than it does in the
// fonts of the pages (letters of other scripts are taken as wide).
func width(s string, bold bool) float64 {
	w := 0
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			w += regular[r-' ']
		case r < 0x180: // Latin with accents, the widest of which are few
			w += 800
		case r < 0x2E80:
			w += 1000
		default:
			w += 1300
		}
	}
	v := float64(w) * fontSize / 1000
	if bold {
		v *= boldness
	}
	return v
}

// fit cuts a text to the room there is, with an ellipsis.
func fit(s string, room float64, bold bool) string {
	s = strings.Join(strings.Fields(clean(s)), " ")
	if width(s, bold) <= room {
		return s
	}
	const ellipsis = "…"
	runes := []rune(s)
	low, high := 0, len(runes) // so many fit, so many do not
	for low+1 < high {
		n := (low + high) / 2
		if width(string(runes[:n])+ellipsis, bold) <= room {
			low = n
		} else {
			high = n
		}
	}
	if low == 0 {
		return ""
	}
	return strings.TrimRight(string(runes[:low]), " ") + ellipsis
}
