package picture_test

import (
	"math"
	"regexp"
	"strconv"
	"testing"

	"quadra/engine/report/web"
)

var (
	palettes = regexp.MustCompile(`(?s):root \{(.*?)\}`)
	colours  = regexp.MustCompile(`--([a-z0-9-]+): (#[0-9a-f]{3,6});`)
)

type colour [3]float64

func parse(hex string) (c colour) {
	if len(hex) == 4 {
		hex = string([]byte{'#', hex[1], hex[1], hex[2], hex[2], hex[3], hex[3]})
	}
	for i := range c {
		v, err := strconv.ParseUint(hex[1+2*i:3+2*i], 16, 8)
		if err != nil {
			panic(err)
		}
		c[i] = float64(v) / 255
	}
	return c
}

// over is a colour seen through another one.
func (c colour) over(ground colour, opacity float64) (out colour) {
	for i := range out {
		out[i] = c[i]*opacity + ground[i]*(1-opacity)
	}
	return out
}

// luminance and contrast are those of WCAG 2.1.
func (c colour) luminance() float64 {
	l := 0.0
	for i, weight := range [...]float64{.2126, .7152, .0722} {
		v := c[i]
		if v <= .03928 {
			v /= 12.92
		} else {
			v = math.Pow((v+.055)/1.055, 2.4)
		}
		l += v * weight
	}
	return l
}

func contrast(a, b colour) float64 {
	x, y := a.luminance(), b.luminance()
	return (max(x, y) + .05) / (min(x, y) + .05)
}

func TestTextsStandOutFromWhatTheyAreWrittenOn(t *testing.T) {
	known := make(map[string]colour)
	found := 0
	for _, m := range palettes.FindAllStringSubmatch(string(web.Style()), -1) {
		for _, c := range colours.FindAllStringSubmatch(m[1], -1) {
			known[c[1]] = parse(c[2])
		}
		if len(known) == 0 {
			continue
		}
		found++
		paper := known["carta"]
		grounds := map[string]colour{"paper": paper, "a feast": known["neutro-velo"]}
		for _, tint := range []string{"t1", "t2", "t7"} { // of links, see drawLink; two may lie upon each other
			once := known[tint].over(paper, .26)
			grounds["a link of "+tint] = once
			grounds["two links of "+tint] = known[tint].over(once, .26)
		}
		for name, ground := range grounds {
			if v := contrast(known["testo"], ground); v < 4.5 {
				t.Errorf("palette %d: text on %s has %.1f:1", found, name, v)
			}
		}
		for _, name := range []string{"paper", "a feast"} {
			if v := contrast(known["debole"], grounds[name]); v < 4.5 {
				t.Errorf("palette %d: faint text on %s has %.1f:1", found, name, v)
			}
		}
		for _, tint := range []string{"t1", "t2", "t3", "t7"} { // shapes: 3:1
			if v := contrast(known[tint], paper); v < 3 {
				t.Errorf("palette %d: %s on paper has %.1f:1", found, tint, v)
			}
		}
	}
	if found < 3 { // light, dark, print
		t.Errorf("%d palettes read", found)
	}
}
