// Package backup puts everything an entity's books are made of into one file,
// and brings it back: the database, every sealed file it speaks of, and the
// configuration. Secrets are not in it: they are not in the configuration.
//
// A backup is a tar compressed with Zstandard (tar --zstd -xf opens it) that
// begins with manifest.json and SHA256SUMS; `sha256sum -c SHA256SUMS` checks
// what was unpacked. It is readable by its owner only and holds personal data:
// where it is kept is up to whoever keeps it, encrypted if it leaves the
// premises.
//
// It appears under its name only when it has been brought back in a scratch
// folder and held. Its name gives entity and instant:
// quadra-<ipa>-<YYYYMMDDThhmmssZ>.tar.zst.
package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"quadra/engine/store"
	"quadra/jobs/archive"
	"quadra/jobs/durable"
)

const (
	manifestName = "manifest.json"
	sumsName     = "SHA256SUMS"
	suffix       = ".tar.zst"
	stamp        = "20060102T150405Z"
)

// Books is what a backup is made of.
type Books struct {
	IPA      string
	TaxCode  string
	Database string   // SQLite file
	Archive  string   // folder of sealed files, which other entities may share
	Config   []string // the configuration and the files it names that are no secrets
	Version  string   // of quadra
}

// Manifest says what a backup holds.
type Manifest struct {
	IPA     string    `json:"ipa"`
	TaxCode string    `json:"tax_code"`
	Made    time.Time `json:"made"`
	Version string    `json:"quadra"`
	Schema  int       `json:"schema"`
	Seal    string    `json:"seal"`  // of the last run; see quadra verify --seal
	Files   int       `json:"files"` // sealed files inside
	Missing []Missing `json:"missing,omitempty"`
	Removed int       `json:"removed"` // sealed files an erasure had taken out of the archive
}

// Missing is a sealed file that could not be put in, because it is gone or
// altered.
type Missing struct {
	SHA256 string `json:"sha256"`
	Why    string `json:"why"`
}

// Event tells how far the work is.
type Event struct {
	Step  string // copy, pack, check, unpack
	Done  int64  // sealed files
	Total int64
}

// Options of [Create].
type Options struct {
	Dir     string                                   // where the backup goes; made when missing
	Keep    int                                      // how many backups of the entity stay in Dir; 0: all
	DryRun  bool                                     // says what would be done
	Hold    func() (release func() error, err error) // holds the entity while its database is copied
	Now     func() time.Time
	Observe func(Event) // may be nil
}

// Result is what [Create] did.
type Result struct {
	Path     string
	Bytes    int64
	Manifest Manifest
	Rotated  []string // older backups removed
}

// Create makes a backup. The entity is held only while its database is copied.
// A sealed file that is gone or altered does not stop it: it is in
// Manifest.Missing, and a backup that lacks something never pushes out an older
// one.
func Create(ctx context.Context, b Books, opt Options) (_ *Result, err error) {
	fail := func(err error) (*Result, error) { return nil, fmt.Errorf("backup of %s: %w", b.IPA, err) }
	now := opt.Now().UTC()
	res := &Result{Path: filepath.Join(opt.Dir, "quadra-"+b.IPA+"-"+now.Format(stamp)+suffix)}
	res.Manifest = Manifest{IPA: b.IPA, TaxCode: b.TaxCode, Made: now.Truncate(time.Second), Version: b.Version}
	if err := durable.MkdirAll(opt.Dir, 0o700); err != nil {
		return fail(err)
	}
	scratch, err := os.MkdirTemp(opt.Dir, ".quadra-backup-")
	if err != nil {
		return fail(err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	p := &packer{books: b, observe: opt.observe, manifest: &res.Manifest, database: filepath.Join(scratch, b.IPA+".db")}
	if err := p.copyDatabase(ctx, opt.Hold); err != nil {
		return fail(err)
	}
	if err := p.look(ctx); err != nil {
		return fail(err)
	}
	if opt.DryRun {
		res.Rotated, err = older(opt.Dir, b.IPA, opt.Keep-1, res.Manifest)
		return res, err
	}
	packed := filepath.Join(scratch, "packed")
	if res.Bytes, err = p.pack(ctx, packed); err != nil {
		return fail(err)
	}
	if _, err := Check(ctx, packed, scratch, opt.Observe); err != nil {
		return fail(fmt.Errorf("it does not hold when brought back: %w", err))
	}
	if err := os.Rename(packed, res.Path); err != nil {
		return fail(err)
	}
	if err := durable.Sync(opt.Dir); err != nil {
		return fail(err)
	}
	if res.Rotated, err = older(opt.Dir, b.IPA, opt.Keep, res.Manifest); err != nil {
		return res, err
	}
	for _, path := range res.Rotated {
		if err := os.Remove(path); err != nil {
			return res, fmt.Errorf("remove an older backup: %w", err)
		}
	}
	return res, nil
}

func (o *Options) observe(step string, done, total int64) {
	if o.Observe != nil {
		o.Observe(Event{step, done, total})
	}
}

var backupName = regexp.MustCompile(`^quadra-([A-Za-z0-9_]+)-[0-9]{8}T[0-9]{6}Z\.tar\.zst$`)

// older lists the backups of an entity beyond the newest keep.
func older(dir, ipa string, keep int, m Manifest) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list the backups: %w", err)
	}
	var names []string // in the order of their instants
	for _, e := range entries {
		if parts := backupName.FindStringSubmatch(e.Name()); parts != nil && parts[1] == ipa {
			names = append(names, filepath.Join(dir, e.Name()))
		}
	}
	if keep < 1 || len(m.Missing) > 0 || len(names) <= keep {
		return nil, nil
	}
	return names[:len(names)-keep], nil
}

// packer makes one backup.
type packer struct {
	books    Books
	manifest *Manifest
	database string // the copy
	sealed   []string
	observe  func(step string, done, total int64)
}

// copyDatabase copies the books while the entity is held, and reads from them
// what the rest is made of.
func (p *packer) copyDatabase(ctx context.Context, hold func() (func() error, error)) (err error) {
	p.observe("copy", 0, 0)
	if _, err := os.Stat(p.books.Database); err != nil {
		return err // opening would create it
	}
	release, err := hold()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	books, err := store.Open(ctx, p.books.Database, p.books.TaxCode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	err = books.Read(ctx, func(tx *store.Tx) error {
		removed, err := tx.RemovedFiles()
		if err != nil {
			return err
		}
		p.manifest.Removed = len(removed)
		all, err := tx.SealedFiles()
		if err != nil {
			return err
		}
		p.sealed = slices.DeleteFunc(all, func(sha string) bool { _, gone := removed[sha]; return gone })
		p.manifest.Seal, err = tx.SealHead()
		return err
	})
	if err != nil {
		return err
	}
	if err := books.CopyTo(ctx, p.database); err != nil {
		return err
	}
	p.manifest.Schema, _, err = store.Schema(ctx, p.database)
	return err
}

// look leaves out the sealed files that are not what they were sealed as.
func (p *packer) look(ctx context.Context) error {
	sealed, err := archive.Open(p.books.Archive)
	if err != nil {
		return err
	}
	var there []string
	for i, sha := range p.sealed {
		p.observe("pack", int64(i), int64(len(p.sealed)))
		err := sealed.Verify(ctx, sha)
		var altered *archive.AlteredError
		switch {
		case err == nil:
			there = append(there, sha)
		case errors.As(err, &altered):
			p.manifest.Missing = append(p.manifest.Missing, Missing{sha, altered.What})
		case errors.Is(err, os.ErrNotExist):
			p.manifest.Missing = append(p.manifest.Missing, Missing{sha, "it is not in the archive"})
		default:
			return err
		}
	}
	p.sealed, p.manifest.Files = there, len(there)
	return nil
}

func (m *Manifest) json() ([]byte, error) {
	text, err := json.MarshalIndent(m, "", "  ")
	return append(text, '\n'), err
}

// databaseName is where the database stands in a backup.
func (m *Manifest) databaseName() string { return "books/" + m.IPA + ".db" }

// archiveName is where a sealed file stands in a backup.
func archiveName(sha string) string { return "archive/" + sha[:2] + "/" + sha }

// sealedIn is the SHA-256 an entry of a backup was sealed as, or the empty text.
func sealedIn(name string) string {
	parts := strings.Split(name, "/")
	if len(parts) == 3 && parts[0] == "archive" && strings.HasPrefix(parts[2], parts[1]) {
		return parts[2]
	}
	return ""
}
