package report

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
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
		out = append(out, u.title, u.title+" per stato")
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
		out = append(out, fileTexts(s).Files, fileAdvice[s])
	}
	for _, p := range pageNames {
		out = append(out, p.Title)
	}
	for _, s := range sourceNames {
		out = append(out, s.name)
	}
	code, err := inCode()
	out = append(out, code...)
	slices.Sort(out)
	return slices.Compact(out), err
}

// sentence is a literal people may read: words, and no format or address.
var sentence = regexp.MustCompile(`^\p{L}[\p{L}\d ,.;:'()-]+$`)

// inCode lists the texts that are for people in the code of the pages: those with
// a blank or an initial capital.
func inCode() ([]string, error) {
	var out []string
	for _, name := range []string{"anomalies.go", "bridge.go", "pages.go", "shell.go", "sources.go", "statistics.go", "today.go"} {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			return nil, err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if _, imports := n.(*ast.ImportSpec); imports {
				return false
			}
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, err := strconv.Unquote(lit.Value)
				if err == nil && sentence.MatchString(text) && (strings.Contains(text, " ") || strings.ToLower(text[:1]) != text[:1]) {
					out = append(out, text)
				}
			}
			return true
		})
	}
	return out, nil
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
