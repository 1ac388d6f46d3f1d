package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"

	"quadra/engine/store"
)

// ErrBroken says that a file is no whole backup of ours.
var ErrBroken = errors.New("this is not a whole quadra backup")

// smallest and largest of the entries kept in memory.
const maxText = 256 << 20

// unpacked is what is done with the contents of a backup. Each function reads
// its content to the end.
type unpacked struct {
	begin    func(m *Manifest) error
	config   func(name string, r io.Reader) error
	database func(r io.Reader) error
	sealed   func(sha string, r io.Reader) error
}

// unpack goes through a backup and demands that every content has the sum the
// backup says, and that everything it says is there.
func unpack(ctx context.Context, path string, to unpacked, observe func(Event)) (*Manifest, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the backup: %w", err)
	}
	defer f.Close()
	z, err := zstd.NewReader(f, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	defer z.Close()
	u := &unpacking{ctx: ctx, tar: tar.NewReader(z), to: to, observe: observe}
	if err := u.run(); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return &u.manifest, nil
}

type unpacking struct {
	ctx      context.Context
	tar      *tar.Reader
	to       unpacked
	observe  func(Event)
	manifest Manifest
	sums     map[string]string // by name; taken out when seen
	files    int64
}

func (u *unpacking) run() error {
	text, err := u.text(manifestName)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &u.manifest); err != nil || u.manifest.IPA == "" || strings.ContainsAny(u.manifest.IPA, `/\.`) {
		return fmt.Errorf("%w: its manifest cannot be read", ErrBroken)
	}
	if text, err = u.text(sumsName); err != nil {
		return err
	}
	u.sums = make(map[string]string)
	for lines := bufio.NewScanner(bytes.NewReader(text)); lines.Scan(); {
		sum, name, ok := strings.Cut(lines.Text(), "  ")
		if !ok || len(sum) != 2*sha256.Size {
			return fmt.Errorf("%w: %s cannot be read", ErrBroken, sumsName)
		}
		u.sums[name] = sum
	}
	if u.to.begin != nil {
		if err := u.to.begin(&u.manifest); err != nil {
			return err
		}
	}
	for {
		h, err := u.tar.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", ErrBroken, err)
		}
		if err := u.entry(h); err != nil {
			return err
		}
	}
	for name := range u.sums {
		return fmt.Errorf("%w: %s is not in it", ErrBroken, name)
	}
	return nil
}

// text reads the next entry, which must have this name, into memory.
func (u *unpacking) text(name string) ([]byte, error) {
	h, err := u.tar.Next()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	if h.Name != name || h.Size > maxText {
		return nil, fmt.Errorf("%w: it does not begin with %s", ErrBroken, name)
	}
	content, err := io.ReadAll(u.tar)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return content, nil
}

// entry hands a content on and compares its sum.
func (u *unpacking) entry(h *tar.Header) error {
	want, listed := u.sums[h.Name]
	if !listed || h.Typeflag != tar.TypeReg {
		return fmt.Errorf("%w: %q does not belong in it", ErrBroken, h.Name)
	}
	delete(u.sums, h.Name)
	sum := sha256.New()
	r := io.TeeReader(reading{u.ctx, u.tar}, sum)
	var err error
	switch sha := sealedIn(h.Name); {
	case h.Name == u.manifest.databaseName():
		err = u.to.database(r)
	case sha != "":
		if sha != want {
			return fmt.Errorf("%w: %s has the sum of another file", ErrBroken, h.Name)
		}
		if u.observe != nil {
			u.observe(Event{"unpack", u.files, int64(u.manifest.Files)})
		}
		u.files++
		err = u.to.sealed(sha, r)
	case strings.HasPrefix(h.Name, "config/") && !strings.ContainsAny(strings.TrimPrefix(h.Name, "config/"), `/\`):
		err = u.to.config(strings.TrimPrefix(h.Name, "config/"), r)
	default:
		return fmt.Errorf("%w: %q does not belong in it", ErrBroken, h.Name)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, zstd.ErrMagicMismatch) || errors.Is(err, zstd.ErrCRCMismatch) {
		return fmt.Errorf("%w: %s: %w", ErrBroken, h.Name, err)
	}
	if err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != want {
		return fmt.Errorf("%w: the content of %s is not what it was", ErrBroken, h.Name)
	}
	return nil
}

// Check brings a backup back in a scratch folder below dir, and demands that
// everything holds: sums, the database as a whole, the seals of its runs, and
// that every sealed file the books speak of is in the backup or known to be
// gone.
func Check(ctx context.Context, path, dir string, observe func(Event)) (_ *Manifest, err error) {
	scratch, err := os.MkdirTemp(dir, ".quadra-check-")
	if err != nil {
		return nil, fmt.Errorf("check the backup: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	database := filepath.Join(scratch, "books.db")
	there := make(map[string]bool)
	m, err := unpack(ctx, path, unpacked{
		config:   func(_ string, r io.Reader) error { return discard(r) },
		database: func(r io.Reader) error { return writeFile(database, r) },
		sealed: func(sha string, r io.Reader) error {
			there[sha] = true
			return discard(r)
		},
	}, observe)
	if err != nil {
		return nil, err
	}
	for _, missing := range m.Missing {
		there[missing.SHA256] = true // known and said when it was made
	}
	if err := checkBooks(ctx, database, m, there); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
	}
	return m, nil
}

// checkBooks checks an unpacked database against its manifest.
func checkBooks(ctx context.Context, database string, m *Manifest, there map[string]bool) (err error) {
	if have, latest, err := store.Schema(ctx, database); err != nil || have > latest {
		if err == nil {
			err = fmt.Errorf("%w (it has schema %d, this quadra knows %d)", store.ErrNewer, have, latest)
		}
		return err
	}
	books, err := store.Open(ctx, database, m.TaxCode)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, books.Close()) }()
	if err := books.Check(ctx, store.CheckWhole); err != nil {
		return err
	}
	return books.Read(ctx, func(tx *store.Tx) error {
		err := tx.Seals(func(s store.RunSeal) error {
			if s.Kept != "" && !s.Holds() {
				return fmt.Errorf("%w: the seal of run %d does not hold", ErrBroken, s.Run)
			}
			return nil
		})
		if err != nil {
			return err
		}
		removed, err := tx.RemovedFiles()
		if err != nil {
			return err
		}
		all, err := tx.SealedFiles()
		if err != nil {
			return err
		}
		for _, sha := range all {
			if _, gone := removed[sha]; !gone && !there[sha] {
				return fmt.Errorf("%w: the books speak of the sealed file %s, which is not in it", ErrBroken, sha)
			}
		}
		return nil
	})
}

func discard(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}

// writeFile writes a new file that only its owner can read, to the disk.
func writeFile(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}
