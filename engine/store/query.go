package store

import (
	"embed"
	"io/fs"
	"strings"
	"sync"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// queries maps the name after "-- name:" to the statement that follows it. A
// statement may begin with "-- include:" and the name of another, whose text then
// stands there: the same columns read of all rows and of one.
var queries = sync.OnceValue(func() map[string]string {
	m := make(map[string]string)
	names, err := fs.Glob(queryFiles, "queries/*.sql")
	if err != nil {
		panic("store: " + err.Error())
	}
	for _, file := range names {
		src, err := queryFiles.ReadFile(file)
		if err != nil {
			panic("store: " + err.Error())
		}
		for _, part := range strings.Split("\n"+string(src), "\n-- name:")[1:] {
			name, text, _ := strings.Cut(part, "\n")
			name = strings.TrimSpace(name)
			if _, twice := m[name]; twice {
				panic("store: query " + name + " is defined twice")
			}
			m[name] = strings.TrimSpace(text)
		}
	}
	for name, text := range m {
		if rest, ok := strings.CutPrefix(text, "-- include:"); ok {
			other, rest, _ := strings.Cut(rest, "\n")
			begin, known := m[strings.TrimSpace(other)]
			if !known {
				panic("store: query " + name + " includes " + other)
			}
			m[name] = begin + "\n" + rest
		}
	}
	return m
})

// query returns a named statement. An unknown name is a mistake of the
// program, found by the first test that runs it.
func query(name string) string {
	text, ok := queries()[name]
	if !ok {
		panic("store: no query named " + name)
	}
	return text
}
