// Package web holds what a report pack runs in the browser: one style sheet, one
// script and the texts of its controls. They have no dependencies and no build
// step: the pieces below are put one after the other as they are.
//
// A pack is opened from a file share, where browsers allow neither fetch nor
// modules, so everything is a classic script and data comes in script files that
// call quadra.table, quadra.rows and quadra.cards.
package web

import (
	"bytes"
	"embed"
	"fmt"
)

//go:embed *.js *.css texts.*.json
var pieces embed.FS

// scripts in the order in which they need each other.
var scripts = []string{"quadra.js", "format.js", "table.js", "query.js", "address.js", "output.js", "columns.js", "filters.js", "list.js", "panel.js", "search.js", "start.js"}

var styles = []string{"quadra.css", "list.css", "panel.css", "print.css"}

// Script is parti/quadra.js of every pack.
func Script() []byte { return together(scripts) }

// Style is parti/quadra.css of every pack.
func Style() []byte { return together(styles) }

// Texts are the texts of the controls as a JSON object, to be given to
// quadra.texts.
func Texts(language string) ([]byte, error) {
	b, err := pieces.ReadFile("texts." + language + ".json")
	if err != nil {
		return nil, fmt.Errorf("no texts of the controls in language %q", language)
	}
	return b, nil
}

func together(names []string) []byte {
	var all bytes.Buffer
	for _, name := range names {
		b, err := pieces.ReadFile(name)
		if err != nil {
			panic(err) // the names above are what is embedded: a test opens both
		}
		all.Write(b)
	}
	return all.Bytes()
}
