package store

import (
	"embed"
	"io/fs"
	"strings"
	"sync"
)

//go:embed queries/*.sql
var queryFiles embed.FS

// queries maps the name after "-- name:" to the statement that follows it.
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
