package bundle

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"text/template"
	"time"

	"github.com/google/renameio/v2"

	"quadra/jobs/durable"
)

// Options of [Create].
type Options struct {
	Path   string // file to write; its folder is made when missing
	Signer *Signer
	DryRun bool // does everything and keeps nothing
	Now    func() time.Time
	// Observe is told how many files of how many are in; it may be nil.
	Observe func(done, total int)
}

// Result is what [Create] made.
type Result struct {
	Path       string
	Bytes      int64
	Files      []Sum  // what SHA256SUMS lists
	SumsSHA256 string // of SHA256SUMS itself: who keeps it elsewhere needs no signature
	Signer     *Signer
	Manifest   Manifest
}

// Create makes a bundle of what is in a folder: every file below it, with
// LEGGIMI.txt, manifest.json, SHA256SUMS and the signature added. The bundle has
// its name only once it has been read back and verified; memory does not follow
// its size.
func Create(ctx context.Context, dir string, m Manifest, opt Options) (_ *Result, err error) {
	m.Format = Format
	fail := func(err error) (*Result, error) { return nil, fmt.Errorf("bundle of %s: %w", m.Entity, err) }
	folder := filepath.Dir(opt.Path)
	if opt.DryRun {
		folder = dir
	} else if err := durable.MkdirAll(folder, 0o700); err != nil {
		return fail(err)
	}
	file, err := pending(opt.Path, folder)
	if err != nil {
		return fail(err)
	}
	defer func() { err = errors.Join(err, file.Cleanup()) }()
	p := &packer{ctx: ctx, dir: dir, manifest: &m, signer: opt.Signer, observe: opt.Observe, skip: filepath.Base(file.Name())}
	if err := p.pack(file); err != nil {
		return fail(err)
	}
	res := &Result{Path: opt.Path, Files: p.sums, SumsSHA256: p.sumsSum, Signer: opt.Signer, Manifest: m}
	if res.Bytes, err = readBack(ctx, file, opt.Now()); err != nil {
		return fail(err)
	}
	if opt.DryRun {
		return res, nil
	}
	if err := file.CloseAtomicallyReplace(); err != nil {
		return fail(err)
	}
	if err := durable.Sync(folder); err != nil {
		return fail(err)
	}
	return res, nil
}

// readBack demands of a bundle just written what [Verify] will demand of it.
func readBack(ctx context.Context, file *renameio.PendingFile, now time.Time) (int64, error) {
	info, err := file.Stat()
	if err != nil {
		return 0, err
	}
	v, err := Verify(ctx, file, info.Size(), VerifyOptions{Now: now})
	if err != nil {
		return 0, err
	}
	if !v.OK {
		return 0, fmt.Errorf("it does not hold when read back: %s", v.Faults[0].Text)
	}
	return info.Size(), nil
}

// packer writes one bundle.
type packer struct {
	ctx      context.Context
	dir      string
	manifest *Manifest
	signer   *Signer
	observe  func(done, total int)
	skip     string // name of the bundle itself, when it is written in dir

	zip     *zip.Writer
	sums    []Sum
	sumsSum string
}

func (p *packer) pack(to io.Writer) error {
	names, err := p.names()
	if err != nil {
		return err
	}
	texts := make(map[string][]byte)
	if texts[ManifestName], err = json.MarshalIndent(p.manifest, "", "  "); err != nil {
		return err
	}
	texts[ManifestName] = append(texts[ManifestName], '\n')
	if texts[ReadmeName], err = p.readme(len(names)); err != nil {
		return err
	}
	names = append(names, ManifestName, ReadmeName)
	slices.Sort(names)
	if len(slices.Compact(slices.Clone(names))) != len(names) {
		return fmt.Errorf("the folder has files of its own named %s or %s", ManifestName, ReadmeName)
	}
	disk := bufio.NewWriterSize(to, 1<<16)
	p.zip = zip.NewWriter(disk)
	for i, name := range names {
		if p.observe != nil {
			p.observe(i, len(names))
		}
		var sum string
		if text, ours := texts[name]; ours {
			sum, err = p.add(name, bytes.NewReader(text))
		} else {
			sum, err = p.addFile(name)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		p.sums = append(p.sums, Sum{sum, name})
	}
	if err := p.close(); err != nil {
		return err
	}
	return errors.Join(p.zip.Close(), disk.Flush())
}

// close adds what follows from the rest: the sums and their signature.
func (p *packer) close() (err error) {
	sums := FormatSums(p.sums)
	if p.sumsSum, err = p.add(SumsName, bytes.NewReader(sums)); err != nil || p.signer == nil {
		return err
	}
	m := p.manifest
	comment := fmt.Sprintf("quadra %s as-of:%s run:%d masked:%t file:%s", m.Entity, m.AsOf, m.Run, m.Masked, SumsName)
	signature, err := p.signer.sign(sums, comment)
	if err != nil {
		return fmt.Errorf("sign: %w", err)
	}
	_, err = p.add(p.signer.FileName(), bytes.NewReader(signature))
	return err
}

// names lists the files of the folder by the names they get.
func (p *packer) names() ([]string, error) {
	var names []string
	err := filepath.WalkDir(p.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(p.dir, path)
		if err != nil || name == p.skip {
			return err
		}
		name = filepath.ToSlash(name)
		if !d.Type().IsRegular() {
			return fmt.Errorf("%s is not a file", name)
		}
		if err := checkName(name); err != nil {
			return fmt.Errorf("%q: %w", name, err)
		}
		names = append(names, name)
		return nil
	})
	return names, err
}

func (p *packer) addFile(name string) (string, error) {
	f, err := os.Open(filepath.Join(p.dir, filepath.FromSlash(name)))
	if err != nil {
		return "", err
	}
	defer f.Close()
	return p.add(name, f)
}

// add writes an entry and returns the SHA-256 of its content.
func (p *packer) add(name string, content io.Reader) (string, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: p.manifest.AsOf.Time().UTC()}
	h.SetMode(0o644)
	w, err := p.zip.CreateHeader(h)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	if _, err := io.Copy(io.MultiWriter(w, sum), reading{p.ctx, content}); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

//go:embed leggimi.txt
var readmeText string

var readmeTemplate = template.Must(template.New(ReadmeName).Parse(readmeText))

// readme writes LEGGIMI.txt.
func (p *packer) readme(files int) ([]byte, error) {
	var text bytes.Buffer
	err := readmeTemplate.Execute(&text, struct {
		*Manifest
		Signer *Signer
		Files  int // SHA256SUMS lists
	}{p.manifest, p.signer, files + 2})
	return text.Bytes(), err
}

// reading stops a long read when its context ends.
type reading struct {
	ctx context.Context
	r   io.Reader
}

func (r reading) Read(b []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	return r.r.Read(b)
}

func readAll(r io.Reader) (int64, error) { return io.Copy(io.Discard, r) }
