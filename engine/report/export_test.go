package report

import (
	"io/fs"
	"regexp"
	"slices"
)

// ReplaceFolder lets the tests fill a folder and fail.
var ReplaceFolder = replaceFolder

// Translate lets the tests look a text up.
var Translate = translate

var inTemplate = regexp.MustCompile(`\bt "([^"]*)"`)

// FixedTexts lists every Italian text the page can show that is not data.
func FixedTexts() ([]string, error) {
	var out []string
	names, err := fs.Glob(templates, "html/*.html")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		src, err := templates.ReadFile(name)
		if err != nil {
			return nil, err
		}
		for _, m := range inTemplate.FindAllStringSubmatch(string(src), -1) {
			out = append(out, m[1])
		}
	}
	for _, u := range unitTexts {
		out = append(out, u.title, u.heading, u.title+" per stato")
		for _, text := range advice[u.unit] {
			out = append(out, text)
		}
	}
	for _, e := range equations {
		out = append(out, e.Title, e.Note)
	}
	for _, text := range addends {
		out = append(out, text)
	}
	for _, text := range readings {
		out = append(out, text)
	}
	for _, sign := range []int{-1, 0, 1} {
		out = append(out, signOf(sign).Word)
	}
	for _, s := range fileStates {
		out = append(out, fileTexts(s).One, fileTexts(s).Files, fileAdvice[s])
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// AdvisedCodes lists the statuses of a unit that come with advice.
func AdvisedCodes(unit string) []string {
	var out []string
	for code := range advice[unit] {
		out = append(out, code)
	}
	slices.Sort(out)
	return out
}

// NamedFigures lists the figures of the balance that have a name, and the
// equations that have a title.
func NamedFigures() (figures, titles []string) {
	for f := range addends {
		figures = append(figures, f)
	}
	for e := range equations {
		titles = append(titles, e)
	}
	slices.Sort(figures)
	slices.Sort(titles)
	return figures, titles
}

// MaskedWhy is what a masked report says of why, when the movement's text is
// remittance.
func MaskedWhy(why, remittance string) string {
	r := row{Why: text(why), Remittance: text(remittance)}
	r.mask()
	return string(r.Why)
}
