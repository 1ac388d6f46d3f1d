package backup

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// pack writes the backup and brings it to the disk; it returns its size.
func (p *packer) pack(ctx context.Context, path string) (size int64, err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	z, err := zstd.NewWriter(f)
	if err != nil {
		return 0, err
	}
	t := &tarball{ctx: ctx, tar: tar.NewWriter(z), manifest: p.manifest}
	if err := p.fill(t); err != nil {
		return 0, errors.Join(err, z.Close())
	}
	if err := errors.Join(t.tar.Close(), z.Close()); err != nil {
		return 0, err
	}
	if err := f.Sync(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func (p *packer) fill(t *tarball) error {
	manifest, err := p.manifest.json()
	if err != nil {
		return err
	}
	database, err := sumOf(t.ctx, p.database)
	if err != nil {
		return err
	}
	sums := &strings.Builder{}
	line := func(sum, name string) { fmt.Fprintf(sums, "%s  %s\n", sum, name) }
	line(database, p.manifest.databaseName())
	type extra struct {
		name    string
		content []byte
	}
	var extras []extra
	for i, file := range p.books.Config {
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name := "config/" + filepath.Base(file)
		if i == 0 {
			name = configName // whatever it is called here
		}
		extras = append(extras, extra{name, content})
		sum := sha256.Sum256(content)
		line(hex.EncodeToString(sum[:]), name)
	}
	for _, sha := range p.sealed {
		line(sha, archiveName(sha))
	}
	for _, e := range append([]extra{{manifestName, manifest}, {sumsName, []byte(sums.String())}}, extras...) {
		if err := t.add(e.name, int64(len(e.content)), bytes.NewReader(e.content)); err != nil {
			return err
		}
	}
	if err := t.addFile(p.manifest.databaseName(), p.database); err != nil {
		return err
	}
	for i, sha := range p.sealed {
		p.observe("pack", int64(i), int64(len(p.sealed)))
		if err := t.addFile(archiveName(sha), filepath.Join(p.books.Archive, sha[:2], sha)); err != nil {
			return err
		}
	}
	return nil
}

// configName is where the configuration stands in a backup.
const configName = "config/quadra.yaml"

// tarball is a backup being written.
type tarball struct {
	ctx      context.Context
	tar      *tar.Writer
	manifest *Manifest
}

func (t *tarball) add(name string, size int64, content io.Reader) error {
	if err := t.ctx.Err(); err != nil {
		return context.Cause(t.ctx)
	}
	err := t.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: t.manifest.Made, Format: tar.FormatPAX})
	if err == nil {
		_, err = io.Copy(t.tar, content)
	}
	if err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	return nil
}

func (t *tarball) addFile(name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("pack %s: %w", name, err)
	}
	return t.add(name, info.Size(), f)
}

func sumOf(ctx context.Context, path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, reading{ctx, f}); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// reading stops a long read when its context ends.
type reading struct {
	ctx context.Context
	r   io.Reader
}

func (r reading) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(p)
}
