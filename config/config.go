// Package config reads quadra's configuration: one YAML file with the entities
// served, the drops their files arrive in and the terms they are judged by.
//
// Everything has a default except entities, an entity's ipa and tax_code, the
// two ends of an interruption and a drop's url. A key quadra does not know is
// an error. Errors come as a list ([Errors]), each with file, line, column, key,
// what is wrong and what to do, in Italian; what looks wrong without being so is
// in [Config.Warnings].
//
// Paths are absolute after reading: relative ones start from the folder of the
// configuration file. Secrets are never in the file, see [Drop.Password].
// Anchors, aliases and merge keys (<<) of YAML may be used to write once what
// several entities share.
package config

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"quadra/engine/cron"
)

// maxSize is the largest configuration read: a thousand entities with ten drops
// each take about 3 MiB.
const maxSize = 16 << 20

// Config is a whole configuration, with defaults filled in.
type Config struct {
	DataDir string // absolute: databases, archive and reports
	// Schedule is when the nights are run by quadra serve; an entity may have its own.
	Schedule *cron.Expression
	// Blackouts are windows in which quadra serve begins no night of any entity.
	Blackouts []Blackout
	Language  string // of reports and messages: it or en
	Ruleset   string // file with rules for every entity; empty: the default ones
	Limits    Limits
	Serve     Serve
	Entities  []Entity
	Mail      *Mail // nil: nobody is written to
	Webhooks  []Webhook
	Retention Retention
	Warnings  []Problem // in the order of the file
}

// Limits protect a run from files no honest source sends.
type Limits struct {
	FileSize     int64 // bytes of one file as it arrived
	UnpackedSize int64 // bytes of everything inside one container
	ZipEntries   int   // files inside one container
	Ratio        int   // unpacked bytes to packed ones
	Row          int64 // bytes of one row of a table, of one tag or text of XML
	Depth        int   // XML elements open at once
	Rows         int   // rows of one cash table or chart
	Cells        int   // cells of one workbook
	Parallel     int   // entities processed at the same time; 0: as many as the processors
}

// Entity returns the entity with that IPA code.
func (c *Config) Entity(ipa string) (*Entity, bool) {
	for i := range c.Entities {
		if c.Entities[i].IPA == ipa {
			return &c.Entities[i], true
		}
	}
	return nil, false
}

// Load reads the configuration file at path. The error is an [Errors] when the
// content is at fault, and wraps the file system's error when it cannot be read.
func Load(path string) (*Config, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	src, err := io.ReadAll(io.LimitReader(f, maxSize+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("reading the configuration: %w", err)
	}
	return Parse(path, src)
}

// Parse reads a configuration from src. The name is the file's: it is quoted in
// errors and its folder is where relative paths start. Files named in the
// configuration are not opened. An error about the content is an [Errors].
func Parse(name string, src []byte) (*Config, error) {
	base, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, fmt.Errorf("resolving the folder of %s: %w", name, err)
	}
	doc := &document{name: name, base: base}
	cfg := &Config{
		DataDir:  filepath.Join(base, "data"),
		Schedule: everyNight,
		Language: "it",
		Serve:    defaultServe(),
		Limits: Limits{FileSize: 4 << 30, UnpackedSize: 16 << 30, ZipEntries: 10_000, Ratio: 250,
			Row: 1 << 20, Depth: 64, Rows: 2_000_000, Cells: 40_000_000},
	}
	if len(src) > maxSize {
		doc.fail(1, 1, "", fmt.Sprintf("il file supera %d MiB", maxSize>>20), "indicare un file di configurazione")
	} else if root := doc.parse(src); root != nil {
		cfg.read(root)
	}
	if len(doc.errors) > 0 {
		return nil, Errors(inOrder(doc.errors))
	}
	cfg.Warnings = inOrder(doc.warnings)
	return cfg, nil
}

func (c *Config) read(m *mapping) {
	m.path("data_dir", &c.DataDir)
	m.schedule("schedule", &c.Schedule)
	m.blackouts(&c.Blackouts)
	if s := m.section("serve"); s != nil {
		c.Serve.read(s)
	}
	choice(m, "language", &c.Language, "it", "en")
	m.path("ruleset", &c.Ruleset)
	if l := m.section("limits"); l != nil {
		l.size("file", &c.Limits.FileSize)
		l.size("unpacked", &c.Limits.UnpackedSize)
		l.integer("zip_entries", &c.Limits.ZipEntries, 1, 1_000_000)
		l.integer("ratio", &c.Limits.Ratio, 1, 100_000)
		l.size("row", &c.Limits.Row)
		l.integer("depth", &c.Limits.Depth, 8, 10_000)
		l.integer("rows", &c.Limits.Rows, 1, 100_000_000)
		l.integer("cells", &c.Limits.Cells, 1, 1_000_000_000)
		l.integer("parallel", &c.Limits.Parallel, 0, 1024)
		l.refuseUnknown()
	}
	seen := newSeen()
	m.each("entities", func(em *mapping) {
		e := defaultEntity()
		e.Schedule = c.Schedule
		e.read(em)
		seen.entity(em, &e)
		c.Entities = append(c.Entities, e)
	})
	if len(c.Entities) == 0 && !m.failed("entities") {
		m.fail("entities", "manca", "elencare almeno un ente con ipa e tax_code")
	}
	c.readNotify(m)
	if r := m.section("retention"); r != nil {
		c.Retention.read(r)
	}
	m.refuseUnknown()
}

// seen finds what two entities may not share. Codes are compared without case
// because they name files, and file systems exist that ignore it.
type seen struct{ ipa, taxCode, url map[string]int }

func newSeen() seen {
	return seen{ipa: map[string]int{}, taxCode: map[string]int{}, url: map[string]int{}}
}

func (s seen) entity(m *mapping, e *Entity) {
	const twice = "già usato alla riga %d"
	if line := firstUse(s.ipa, e.IPA, m.line("ipa")); line > 0 {
		m.fail("ipa", fmt.Sprintf(twice, line), "ogni ente ha il suo codice IPA: togliere il doppione")
	}
	if line := firstUse(s.taxCode, e.TaxCode, m.line("tax_code")); line > 0 {
		m.fail("tax_code", fmt.Sprintf(twice, line), "ogni ente ha il suo codice fiscale: togliere il doppione")
	}
	for _, d := range e.Drops {
		if line := firstUse(s.url, d.URL, d.line); line > 0 {
			m.doc.warn(d.line, d.column, d.key+".url", fmt.Sprintf("cartella già indicata alla riga %d", line),
				"due cartelle uguali si contendono gli stessi file: tenerne una")
		}
	}
}

func firstUse(lines map[string]int, value string, line int) int {
	value = strings.ToUpper(value)
	if value == "" {
		return 0
	}
	if first, used := lines[value]; used {
		return first
	}
	lines[value] = line
	return 0
}
