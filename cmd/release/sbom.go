package main

import (
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// writeSBOM writes the bill of materials of a program: the program itself, Go's
// standard library, every module, and SQLite, which comes as C within one of them
// and which no list of modules tells of.
func writeSBOM(file, program, version string, info *buildinfo.BuildInfo, modules []module) (err error) {
	sum, err := sha256Of(program)
	if err != nil {
		return err
	}
	bom := cdx.NewBOM()
	bom.SpecVersion = cdx.SpecVersion1_5
	self := cdx.Component{
		BOMRef: "pkg:generic/quadra@" + version, Type: cdx.ComponentTypeApplication, Name: "quadra", Version: version,
		PackageURL: "pkg:generic/quadra@" + version,
		Licenses:   &cdx.Licenses{{License: &cdx.License{ID: "EUPL-1.2"}}},
		Hashes:     &[]cdx.Hash{{Algorithm: cdx.HashAlgoSHA256, Value: sum}},
		Properties: &[]cdx.Property{},
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "GOARCH", "GOOS", "CGO_ENABLED", "-tags", "-trimpath":
			*self.Properties = append(*self.Properties, cdx.Property{Name: "go:build:" + s.Key, Value: s.Value})
		}
	}
	bom.Metadata = &cdx.Metadata{Component: &self}
	if text := os.Getenv("SOURCE_DATE_EPOCH"); text != "" {
		seconds, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			return fmt.Errorf("SOURCE_DATE_EPOCH: %w", err)
		}
		bom.Metadata.Timestamp = time.Unix(seconds, 0).UTC().Format(time.RFC3339)
	}
	components := []cdx.Component{library("std", strings.TrimPrefix(info.GoVersion, "go"), "")}
	for _, m := range modules {
		components = append(components, library(m.path, m.version, m.sum))
		if m.path == "github.com/mattn/go-sqlite3" {
			sqlite, err := sqliteOf(m.folder)
			if err != nil {
				return err
			}
			components = append(components, sqlite)
		}
	}
	bom.Components = &components
	needs := make([]string, len(components))
	for i := range components {
		needs[i] = components[i].BOMRef
	}
	bom.Dependencies = &[]cdx.Dependency{{Ref: self.BOMRef, Dependencies: &needs}}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	return cdx.NewBOMEncoder(out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_5)
}

func library(path, version, sum string) cdx.Component {
	purl := "pkg:golang/" + path + "@" + version
	c := cdx.Component{BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: path, Version: version, PackageURL: purl, Scope: cdx.ScopeRequired}
	if sum != "" { // of a tree, as in go.sum: no algorithm CycloneDX has a name for
		c.Properties = &[]cdx.Property{{Name: "go:sum", Value: sum}}
	}
	return c
}

var sqliteVersion = regexp.MustCompile(`#define SQLITE_VERSION +"([0-9.]+)"`)

func sqliteOf(folder string) (cdx.Component, error) {
	header, err := os.ReadFile(filepath.Join(folder, "sqlite3-binding.h"))
	if err != nil {
		return cdx.Component{}, fmt.Errorf("version of SQLite: %w", err)
	}
	found := sqliteVersion.FindSubmatch(header)
	if found == nil {
		return cdx.Component{}, fmt.Errorf("version of SQLite: not in %s", folder)
	}
	version := string(found[1])
	purl := "pkg:generic/sqlite@" + version
	return cdx.Component{BOMRef: purl, Type: cdx.ComponentTypeLibrary, Name: "sqlite", Version: version, PackageURL: purl,
		CPE: "cpe:2.3:a:sqlite:sqlite:" + version + ":*:*:*:*:*:*:*", Scope: cdx.ScopeRequired}, nil
}

func sha256Of(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
