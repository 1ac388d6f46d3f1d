// Package guide is the guide for the people who read a pack: how to drop a
// file, read its outcome, work an anomaly, prove a figure. It is written once, in
// Italian, and is a page of every pack and README.it.md.
package guide

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"regexp"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"
)

//go:embed guide.md *.png
var files embed.FS

// Pictures are the pictures the guide shows, by name.
func Pictures() fs.FS { return files }

// PictureNames are the names of the pictures, in the order of the alphabet.
func PictureNames() ([]string, error) { return fs.Glob(files, "*.png") }

// HTML is the guide as a part of a page, from its first paragraph on: the title
// is for the page to give. Its pictures are looked for under pictures, as in
// "parti/guida-".
func HTML(pictures string) (template.HTML, error) {
	source, err := files.ReadFile("guide.md")
	if err != nil {
		return "", err
	}
	md := goldmark.New(
		goldmark.WithExtensions(extension.Table),
		goldmark.WithParserOptions(parser.WithAutoHeadingID(), parser.WithASTTransformers(util.Prioritized(&fitting{pictures: pictures}, 100))),
	)
	var page bytes.Buffer
	if err := md.Convert(source, &page); err != nil {
		return "", fmt.Errorf("guide: %w", err)
	}
	return template.HTML(page.String()), nil //nolint:gosec // our own text
}

var picture = regexp.MustCompile(`\(([^()/]+\.png)\)`)

// Folder is where the pictures are, seen from the top of the source.
const Folder = "engine/report/guide/"

// Readme is the guide as a file at the top of the source.
func Readme() (string, error) {
	source, err := files.ReadFile("guide.md")
	if err != nil {
		return "", err
	}
	return picture.ReplaceAllString(string(source), "("+Folder+"$1)"), nil
}

// fitting makes the guide a part of a page: without its title, and with its
// pictures where the pack has them.
type fitting struct{ pictures string }

func (f *fitting) Transform(doc *ast.Document, _ text.Reader, _ parser.Context) {
	if h, ok := doc.FirstChild().(*ast.Heading); ok && h.Level == 1 {
		doc.RemoveChild(doc, h)
	}
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if image, ok := n.(*ast.Image); ok && entering {
			image.Destination = append([]byte(f.pictures), image.Destination...)
		}
		return ast.WalkContinue, nil
	})
}
