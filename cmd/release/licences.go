package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
)

var licenceName = regexp.MustCompile(`(?i)^(licen[cs]e|copying|notice|copyright|unlicense)([._-].*)?$`)

// writeLicences writes the licence and the notices of everything linked in, which
// most of them ask to be passed on. One that has none stops the release.
func writeLicences(file string, modules []module) error {
	var all bytes.Buffer
	for _, m := range modules {
		entries, err := os.ReadDir(m.folder)
		if err != nil {
			return fmt.Errorf("licence of %s: %w", m.path, err)
		}
		found := false
		for _, e := range entries {
			if e.IsDir() || !licenceName.MatchString(e.Name()) {
				continue
			}
			text, err := os.ReadFile(filepath.Join(m.folder, e.Name()))
			if err != nil {
				return fmt.Errorf("licence of %s: %w", m.path, err)
			}
			fmt.Fprintf(&all, "== %s %s: %s\n\n%s\n\n", m.path, m.version, e.Name(), bytes.TrimSpace(text))
			found = true
		}
		if !found {
			return fmt.Errorf("%s has no licence in %s", m.path, m.folder)
		}
	}
	return os.WriteFile(file, all.Bytes(), 0o600)
}
