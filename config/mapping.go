package config

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml/ast"

	"quadra/engine/record"
)

// mapping is a YAML mapping being read key by key. A reader leaves its target
// alone when the key is absent or null, which is how defaults stand, and when
// the value is wrong, which it records.
type mapping struct {
	doc    *document
	key    string // path of the mapping from the root; empty for the root
	node   ast.Node
	fields map[string]field
	known  []string
	bad    []string
}

type field struct{ key, value ast.Node }

func (m *mapping) join(key string) string {
	if m.key == "" {
		return key
	}
	return m.key + "." + key
}

// at is where a problem with key is shown: its value, its name when the value
// is absent, or else the mapping it is missing from.
func (m *mapping) at(key string) (line, column int) {
	f, ok := m.fields[key]
	switch {
	case !ok:
		return position(m.node)
	case m.doc.resolve(f.value) == nil:
		return position(f.key)
	default:
		return position(f.value)
	}
}

func (m *mapping) line(key string) int {
	line, _ := m.at(key)
	return line
}

func (m *mapping) fail(key, what, do string) {
	m.bad = append(m.bad, key)
	line, column := m.at(key)
	m.doc.fail(line, column, m.join(key), what, do)
}

func (m *mapping) failed(key string) bool { return slices.Contains(m.bad, key) }

func (m *mapping) warn(key, what, do string) {
	line, column := m.at(key)
	m.doc.warn(line, column, m.join(key), what, do)
}

// has says whether key is there with a value.
func (m *mapping) has(key string) bool {
	f, ok := m.fields[key]
	return ok && m.doc.resolve(f.value) != nil
}

// value is the node of key, or nil when it is absent or null.
func (m *mapping) value(key string) ast.Node {
	m.known = append(m.known, key)
	f, ok := m.fields[key]
	if !ok || m.doc.resolve(f.value) == nil {
		return nil
	}
	return f.value
}

// read passes the text of key to use, unless there is none.
func (m *mapping) read(key string, use func(text string)) {
	node := m.value(key)
	if node == nil {
		return
	}
	text, ok := m.doc.scalar(node)
	if !ok {
		m.fail(key, "qui serve un solo valore", "togliere elenchi e sottochiavi")
		return
	}
	use(strings.TrimSpace(text))
}

func (m *mapping) text(key string, to *string) {
	m.read(key, func(text string) { *to = text })
}

// required reads a text that has no default.
func (m *mapping) required(key string, to *string, do string) {
	m.text(key, to)
	if *to == "" && !m.failed(key) {
		m.fail(key, "manca", do)
	}
}

func (m *mapping) flag(key string, to *bool) {
	m.read(key, func(text string) {
		v, err := strconv.ParseBool(text)
		if err != nil || len(text) == 1 {
			m.fail(key, fmt.Sprintf("%q non va bene", text), "scrivere true oppure false")
			return
		}
		*to = v
	})
}

func (m *mapping) integer(key string, to *int, least, most int) {
	m.read(key, func(text string) {
		v, err := strconv.Atoi(text)
		if err != nil || v < least || v > most {
			m.fail(key, fmt.Sprintf("%q non va bene", text), fmt.Sprintf("scrivere un numero intero da %d a %d", least, most))
			return
		}
		*to = v
	})
}

func (m *mapping) duration(key string, to *time.Duration, least time.Duration) {
	m.read(key, func(text string) {
		v, err := time.ParseDuration(text)
		if err != nil || v < least {
			m.fail(key, fmt.Sprintf("%q non è una durata ammessa", text), "scrivere numero e unità, p.e. 10s, 5m, 2h")
			return
		}
		*to = v
	})
}

var sizeShape = regexp.MustCompile(`^([0-9]{1,9}) ?(KiB|MiB|GiB)$`)

func (m *mapping) size(key string, to *int64) {
	m.read(key, func(text string) {
		parts := sizeShape.FindStringSubmatch(text)
		if parts == nil || strings.Trim(parts[1], "0") == "" {
			m.fail(key, fmt.Sprintf("%q non è una dimensione", text), "scrivere numero e unità (KiB, MiB, GiB), p.e. 4GiB")
			return
		}
		v, _ := strconv.ParseInt(parts[1], 10, 64) // at most nine digits
		*to = v << map[string]int{"KiB": 10, "MiB": 20, "GiB": 30}[parts[2]]
	})
}

func (m *mapping) date(key string, to *record.Date) {
	m.read(key, func(text string) {
		v, err := record.ParseDate(text)
		if err != nil {
			m.fail(key, fmt.Sprintf("%q non è una data", text), "scrivere AAAA-MM-GG, p.e. 2026-08-14")
			return
		}
		*to = v
	})
	if *to == 0 && !m.failed(key) {
		m.fail(key, "manca", "aggiungere la data, AAAA-MM-GG")
	}
}

// path reads a file name and makes it absolute.
func (m *mapping) path(key string, to *string) {
	m.read(key, func(text string) {
		v, ok := m.doc.absolute(text)
		if !ok {
			m.fail(key, fmt.Sprintf("%q non è un percorso ammesso", text), "scrivere il percorso per intero: ~ non viene espanso")
			return
		}
		*to = v
	})
}

func (d *document) absolute(path string) (string, bool) {
	if path == "" || strings.HasPrefix(path, "~") || strings.ContainsRune(path, 0) {
		return "", false
	}
	if !filepath.IsAbs(path) {
		path = filepath.Join(d.base, path)
	}
	return filepath.Clean(path), true
}

func choice[T ~string](m *mapping, key string, to *T, allowed ...T) {
	m.read(key, func(text string) {
		if !slices.Contains(allowed, T(text)) {
			m.fail(key, fmt.Sprintf("%q non è previsto", text), "valori ammessi: "+listed(allowed))
			return
		}
		*to = T(text)
	})
}

// texts reads a list of texts. The check returns each one as it is kept, or what
// is wrong and what to do.
func (m *mapping) texts(key string, to *[]string, check func(text string) (kept, what, do string)) {
	m.list(key, func(item ast.Node, name string) {
		text, ok := m.doc.scalar(item)
		if text = strings.TrimSpace(text); !ok || text == "" {
			m.doc.failAt(item, name, "qui serve un testo", "scrivere un valore per riga, oppure togliere la voce")
			return
		}
		kept, what, do := check(text)
		if what != "" {
			m.doc.failAt(item, name, what, do)
			return
		}
		*to = append(*to, kept)
	})
}

// each reads a list of mappings.
func (m *mapping) each(key string, use func(*mapping)) {
	m.list(key, func(item ast.Node, name string) {
		im := m.doc.mapping(item, name)
		if im == nil {
			m.bad = append(m.bad, key)
			return
		}
		use(im)
	})
}

func (m *mapping) list(key string, use func(item ast.Node, name string)) {
	node := m.value(key)
	if node == nil {
		return
	}
	seq, ok := m.doc.resolve(node).(*ast.SequenceNode)
	if !ok {
		m.fail(key, "qui serve un elenco", "scrivere ogni voce su una riga che comincia con un trattino")
		return
	}
	for i, item := range seq.Values {
		use(item, indexed(m.join(key), i))
	}
}

// section reads a mapping inside this one; nil when there is none.
func (m *mapping) section(key string) *mapping {
	if node := m.value(key); node != nil {
		return m.doc.mapping(node, m.join(key))
	}
	return nil
}

// refuseUnknown records the keys nobody asked for; call it last.
func (m *mapping) refuseUnknown() {
	for key, f := range m.fields {
		if slices.Contains(m.known, key) {
			continue
		}
		what, do := "chiave sconosciuta", "chiavi ammesse: "+listed(m.known)
		if key == "password" || key == "passphrase" || key == "secret" {
			what = "i segreti non si scrivono nella configurazione"
			do = fmt.Sprintf("metterlo in un file e indicarlo con %s_file", key)
		}
		m.doc.failAt(f.key, m.join(key), what, do)
	}
}
