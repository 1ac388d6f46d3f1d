package export

import (
	"archive/zip"
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/renameio/v2"

	"quadra/engine/store"
)

// Job is one export to be made.
type Job struct {
	Export        string // its name
	FormatVersion string // empty when there is one
	Layout        string
	Filters       map[string]string // as they were asked for
	Since         *int64            // nil: full
	Zip           bool              // the CSV goes into a zip of the same name
	// Name makes the name of the CSV, without its ending.
	Name func(m *Manifest) string
	// Write writes the CSV and, of an incremental export, the log of changes.
	Write func(ctx context.Context, tx *store.Tx, w, log io.Writer) (Content, error)
}

// PivotName is the name MyPivot gives its reconciliation export. The booking id
// is the sequence the export stands at, and for an incremental one where it
// starts; the time is midnight of the as-of day: the same books have one name.
func PivotName(m *Manifest) string { return m.named("ESTRAZIONE_RICONCILIAZIONE") }

// PaidName is the name MyPay gives its export of paid debts, made up likewise.
func PaidName(m *Manifest) string {
	if m.FormatVersion == "1.0" {
		return m.id() + "_ESTRAZIONE_DOVUTI_" + m.AsOf.String() + "_00_00_00"
	}
	return m.named("ESTRAZIONE_DOVUTI")
}

// PlainName is the name of an export whose system asks for none.
func PlainName(m *Manifest) string {
	return m.Entity + "-" + m.id() + "_" + strings.ToUpper(m.Export) + "_" + strings.ReplaceAll(m.AsOf.String(), "-", "")
}

func (m *Manifest) named(what string) string {
	return m.Entity + "-" + m.id() + "_" + what + "_" + strings.ReplaceAll(m.AsOf.String(), "-", "") + "000000-" +
		strings.ReplaceAll(m.FormatVersion, ".", "_")
}

func (m *Manifest) id() string {
	if m.Sequence.Incremental {
		return fmt.Sprintf("%d_%d", m.Sequence.From, m.Sequence.To)
	}
	return fmt.Sprint(m.Sequence.To)
}

// Pack makes an export in a folder: the file, of an incremental one the log of
// changes (NAME.modifiche.csv), and last the manifest (NAME.manifest.json), so
// that where a manifest is the rest is whole. Each file appears at once or not at
// all. The same books give the same bytes.
func Pack(ctx context.Context, tx *store.Tx, e Entity, dir string, job Job) (m *Manifest, err error) {
	if m, err = NewManifest(tx, job.Export, e, job.Since); err != nil {
		return nil, fmt.Errorf("export %s: %w", job.Export, err)
	}
	m.FormatVersion, m.Layout, m.Filters = job.FormatVersion, job.Layout, job.Filters
	name := job.Name(m)
	main, err := newPacked(dir, name, job.Zip, m)
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", job.Export, err)
	}
	defer func() { err = errors.Join(err, main.file.Cleanup()) }()
	parts := []*packed{main}
	var log io.Writer
	if job.Since != nil {
		changes, err := newPacked(dir, name+".modifiche", false, m)
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", job.Export, err)
		}
		defer func() { err = errors.Join(err, changes.file.Cleanup()) }()
		parts, log = append(parts, changes), changes
	}
	content, err := job.Write(ctx, tx, main, log)
	if err != nil {
		return nil, err
	}
	m.Rows, m.SumCents, m.SumOf, m.LeftOut, m.Warnings = content.Rows, int64(content.Sum), content.SumOf, content.LeftOut, content.Warnings
	for _, part := range parts {
		entry, err := part.close()
		if err != nil {
			return nil, fmt.Errorf("export %s: %w", job.Export, err)
		}
		m.Files = append(m.Files, entry)
	}
	text, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("export %s: %w", job.Export, err)
	}
	if err := renameio.WriteFile(filepath.Join(dir, name+".manifest.json"), append(text, '\n'), 0o640); err != nil {
		return nil, fmt.Errorf("export %s: %w", job.Export, err)
	}
	return m, nil
}

// packed is a file on its way: bytes written to it are hashed, compressed when it
// is a zip, hashed again and kept aside until it is closed.
type packed struct {
	file   *renameio.PendingFile
	name   string
	disk   *bufio.Writer
	outer  *hashed
	zip    *zip.Writer
	inner  *hashed
	inside string
	*bufio.Writer
}

const writeBuffer = 1 << 16

func newPacked(dir, name string, zipped bool, m *Manifest) (*packed, error) {
	p := &packed{name: name + ".csv"}
	if zipped {
		p.name = name + ".zip"
	}
	var err error
	p.file, err = renameio.NewPendingFile(filepath.Join(dir, p.name), renameio.WithPermissions(os.FileMode(0o640)))
	if err != nil {
		return nil, err
	}
	p.outer = newHashed(p.file)
	p.disk = bufio.NewWriterSize(p.outer, writeBuffer)
	p.Writer = p.disk
	if zipped {
		p.zip = zip.NewWriter(p.disk)
		p.inside = name + ".csv"
		entry, err := p.zip.CreateHeader(&zip.FileHeader{Name: p.inside, Method: zip.Deflate, Modified: asOfMidnight(m)})
		if err != nil {
			return nil, errors.Join(err, p.file.Cleanup())
		}
		p.inner = newHashed(entry)
		p.Writer = bufio.NewWriterSize(p.inner, writeBuffer)
	}
	return p, nil
}

func asOfMidnight(m *Manifest) time.Time { return m.AsOf.Time() }

func (p *packed) close() (ManifestFile, error) {
	err := p.Flush()
	if p.zip != nil {
		err = errors.Join(err, p.zip.Close())
	}
	if err = errors.Join(err, p.disk.Flush()); err != nil {
		return ManifestFile{}, fmt.Errorf("write %s: %w", p.name, err)
	}
	if err := p.file.CloseAtomicallyReplace(); err != nil {
		return ManifestFile{}, fmt.Errorf("write %s: %w", p.name, err)
	}
	out := p.outer.entry(p.name)
	if p.zip != nil {
		inside := p.inner.entry(p.inside)
		out.Inside = &inside
	}
	return out, nil
}

// hashed counts and hashes what passes.
type hashed struct {
	w     io.Writer
	sum   hash.Hash
	bytes int64
}

func newHashed(w io.Writer) *hashed { return &hashed{w: w, sum: sha256.New()} }

func (h *hashed) Write(b []byte) (int, error) {
	n, err := h.w.Write(b)
	h.bytes += int64(n)
	h.sum.Write(b[:n])
	return n, err
}

func (h *hashed) entry(name string) ManifestFile {
	return ManifestFile{Name: name, SHA256: hex.EncodeToString(h.sum.Sum(nil)), Bytes: h.bytes}
}
