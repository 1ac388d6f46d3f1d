package report

import (
	"bufio"
	"embed"
	"html/template"
	"io"
	"net/url"
	"strconv"

	"quadra/engine/record"
)

//go:embed html/*.html
var templates embed.FS

func parseTemplates(lang string) (*template.Template, error) {
	return template.New("report").Funcs(template.FuncMap{
		"t":    func(italian string) string { return translate(lang, italian) },
		"n":    count64,
		"euro": func(c record.Cents) string { return c.Italian() },
	}).ParseFS(templates, "html/*.html")
}

// count64 writes a whole number of any type with the dots of thousands.
func count64(n any) string {
	switch n := n.(type) {
	case int:
		return thousands(int64(n))
	case int64:
		return thousands(n)
	}
	return ""
}

func thousands(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "." + s[i:]
	}
	return sign + s
}

// cardAddress is where the panel of a thing opens, on any page.
func cardAddress(name, key string) template.URL {
	return template.URL("#scheda=" + name + ":" + url.QueryEscape(key)) //nolint:gosec // G203: name is ours and the key is escaped
}

// filtered is where a list shows what has a value in a column only.
func filtered(list, column, value string) string {
	return "#t=" + list + "&" + column + "=" + url.QueryEscape(value)
}

// lineSaver leaves out the empty lines that template directives leave.
type lineSaver struct {
	w       *bufio.Writer
	newline bool
}

func (s *lineSaver) Write(p []byte) (int, error) {
	for _, c := range p {
		if c == '\n' && s.newline {
			continue
		}
		s.newline = c == '\n'
		if err := s.w.WriteByte(c); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}

var _ io.Writer = (*lineSaver)(nil)
