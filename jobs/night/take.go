package night

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"quadra/config"
	"quadra/engine/store"
	"quadra/jobs/drop"
	"quadra/jobs/intake"
)

// resume finishes what a killed run left: files sealed but not read. Those
// read but not answered are answered when their drop is visited.
func (n *night) resume(ctx context.Context) error {
	var files []*store.File
	err := n.store.Read(ctx, func(tx *store.Tx) (err error) {
		files, err = tx.Unfinished()
		return err
	})
	if err != nil {
		return fmt.Errorf("find unfinished files: %w", err)
	}
	for _, f := range files {
		if f.State != store.FileSealed {
			continue
		}
		if n.DryRun {
			if err := n.sealCopy(ctx, f); err != nil {
				return err
			}
		}
		if err := n.load(ctx, f); err != nil {
			return err
		}
		if f.Drop == "" {
			if err := n.answered(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

// sealCopy brings a sealed file into the archive of a dry run.
func (n *night) sealCopy(ctx context.Context, f *store.File) error {
	path := filepath.Join(n.paths.Archive(), f.SHA256[:2], f.SHA256)
	src, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("dry run: %w", err)
	}
	defer src.Close()
	_, err = n.archive.Seal(ctx, src, 0)
	return err
}

// load reads a sealed file into the books and keeps its outcome for the result.
func (n *night) load(ctx context.Context, f *store.File) error {
	n.observe("file", f.Name, f.Size)
	if err := n.intake.Load(ctx, f); err != nil {
		return err
	}
	res := FileResult{}
	err := n.store.Write(ctx, func(tx *store.Tx) (err error) {
		if res.Documents, err = tx.Documents(f.ID); err != nil {
			return err
		}
		return tx.AddStep(n.res.Run.ID, "load", fmt.Sprintf("%s %s %s", f.State, f.SHA256, f.Name), n.Now())
	})
	res.File = *f
	n.res.Files = append(n.res.Files, res)
	n.Log.Info("file", "entity", n.Entity.IPA, "name", f.Name, "state", f.State, "sha256", f.SHA256,
		"rows", f.Rows, "rejected", f.Rejected, "code", f.Code)
	return err
}

func (n *night) answered(ctx context.Context, f *store.File) error {
	return n.store.Write(ctx, func(tx *store.Tx) error { return tx.SetAnswered(f.ID) })
}

// takeByHand takes the files named on the command line.
func (n *night) takeByHand(ctx context.Context) error {
	for _, path := range n.Files {
		if err := n.takeFile(ctx, path); err != nil {
			return err
		}
	}
	return nil
}

func (n *night) takeFile(ctx context.Context, path string) error {
	src, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer src.Close()
	info, err := src.Stat()
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("import: %s is not a regular file", path)
	}
	f, err := n.intake.Seal(ctx, intake.Offer{Name: filepath.Base(path), Source: string(config.SourceAuto),
		Size: info.Size(), Modified: info.ModTime()}, src)
	if err != nil {
		return err
	}
	return n.settle(ctx, f)
}

// settle loads a file just sealed, unless it was refused already, and closes
// its life when it has no drop to be answered in.
func (n *night) settle(ctx context.Context, f *store.File) error {
	if f.State == store.FileSealed {
		if err := n.load(ctx, f); err != nil {
			return err
		}
	} else {
		n.res.Files = append(n.res.Files, FileResult{File: *f})
	}
	if f.Drop == "" {
		return n.answered(ctx, f)
	}
	return nil
}

// takeDrops visits every drop. A drop or a file that cannot be worked through
// is recorded and never stops the others; only a failure of our own books does.
func (n *night) takeDrops(ctx context.Context) error {
	for i := range n.Entity.Drops {
		if err := ctx.Err(); err != nil {
			return err
		}
		res, err := n.takeDrop(ctx, &n.Entity.Drops[i])
		var fault *drop.Error
		if errors.As(err, &fault) && ctx.Err() == nil {
			res.Err, res.Message, err = fault, fault.Message(), nil
			n.Log.Error("drop", "entity", n.Entity.IPA, "drop", res.Name, "error", fault)
		}
		n.res.Drops = append(n.res.Drops, res)
		if err != nil {
			return err
		}
		detail := fmt.Sprintf("%s: %d taken, %d known, %d waiting", res.Name, res.Taken, res.Known, len(res.Waiting))
		if res.Err != nil {
			detail += ": " + res.Err.Error()
		}
		if err := n.step(ctx, "drop", detail); err != nil {
			return err
		}
	}
	return nil
}

func (n *night) takeDrop(ctx context.Context, c *config.Drop) (res DropResult, err error) {
	res.Name = c.URL
	n.observe("drop", c.URL, 0)
	opt := drop.Options{
		URL: c.URL, Settle: c.Settle, After: string(c.After),
		IdentityFile: c.IdentityFile, PassphraseFile: c.PassphraseFile, PasswordFile: c.PasswordFile,
		KnownHosts: c.KnownHosts, Fingerprint: c.Fingerprint,
		ConnectTimeout: c.ConnectTimeout, ReadTimeout: c.IdleTimeout,
	}
	// Secrets of the environment; those in files the drop reads itself, after
	// checking who else can read them.
	if opt.PasswordFile == "" {
		if opt.Password, err = c.Password(); err != nil {
			return res, err
		}
	}
	if opt.PassphraseFile == "" {
		if opt.Passphrase, err = c.Passphrase(); err != nil {
			return res, err
		}
	}
	d, err := drop.Open(ctx, opt)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	res.Name = d.Name()
	found, err := d.List(ctx)
	if err != nil {
		return res, err
	}
	for _, w := range found.Waiting {
		res.Waiting = append(res.Waiting, w.Name+": "+w.Why)
	}
	for _, r := range found.Refused {
		res.Refused = append(res.Refused, r.Name+": "+r.Why)
	}
	pending, err := n.unanswered(ctx, d.Name())
	if err != nil {
		return res, err
	}
	for _, e := range found.Ready {
		known, err := n.takeEntry(ctx, d, c, e, pending)
		var fault *drop.Error
		switch {
		case errors.As(err, &fault) && fault.Kind == drop.KindNotWhole && fault.Op == drop.OpRead:
			res.Waiting = append(res.Waiting, e.Name+": "+fault.Message())
		case err != nil:
			return res, err
		case known:
			res.Known++
		default:
			res.Taken++
		}
	}
	return res, nil
}

// unanswered lists the files of a drop that were read but whose answer did not
// reach it, by name.
func (n *night) unanswered(ctx context.Context, dropName string) (map[string]*store.File, error) {
	pending := make(map[string]*store.File)
	err := n.store.Read(ctx, func(tx *store.Tx) error {
		files, err := tx.Unfinished()
		for _, f := range files {
			if f.Drop == dropName && f.State != store.FileSealed {
				pending[f.Name] = f
			}
		}
		return err
	})
	return pending, err
}

// takeEntry takes one file of a drop to the end of its life. known says that
// it had been taken before and was left in place.
func (n *night) takeEntry(ctx context.Context, d drop.Drop, c *config.Drop, e drop.Entry, pending map[string]*store.File) (known bool, err error) {
	if f := pending[e.Name]; f != nil && f.Size == e.Size && f.Modified.Unix() == e.Modified.Unix() {
		return false, n.answer(ctx, d, c, e, f)
	}
	var id int64
	err = n.store.Read(ctx, func(tx *store.Tx) (err error) {
		id, err = tx.KnownFile(d.Name(), e.Name, e.Size, e.Modified)
		return err
	})
	if err != nil || id != 0 {
		return id != 0, err
	}
	offer := intake.Offer{Name: e.Name, Drop: d.Name(), Source: string(c.Source), Size: e.Size, Modified: e.Modified}
	f, err := n.fetch(ctx, d, e, offer)
	if err != nil || f == nil {
		return false, err
	}
	if err := n.settle(ctx, f); err != nil {
		return false, err
	}
	return false, n.answer(ctx, d, c, e, f)
}

// fetch copies a file into the archive. A fault of the drop is recorded with
// the file; the drop is given up only when its connection is gone.
func (n *night) fetch(ctx context.Context, d drop.Drop, e drop.Entry, offer intake.Offer) (*store.File, error) {
	src, err := d.Open(ctx, e)
	var f *store.File
	if err == nil {
		f, err = n.intake.Seal(ctx, offer, src)
		err = errors.Join(err, src.Close())
	}
	var fault *drop.Error
	if err == nil || !errors.As(err, &fault) || ctx.Err() != nil || fault.Kind == drop.KindNotWhole {
		return f, err
	}
	failed, failure := n.intake.Fail(ctx, offer, fault.Message())
	if failure != nil {
		return nil, failure
	}
	n.res.Files = append(n.res.Files, FileResult{File: *failed})
	n.Log.Error("fetch", "entity", n.Entity.IPA, "drop", d.Name(), "name", e.Name, "error", fault)
	switch fault.Kind {
	case drop.KindLost, drop.KindTimeout, drop.KindConnect, drop.KindInterrupted:
		return nil, fault
	}
	return nil, nil
}

// answer writes the outcome beside the file, puts the file aside and records
// that its life is over.
func (n *night) answer(ctx context.Context, d drop.Drop, c *config.Drop, e drop.Entry, f *store.File) error {
	if n.DryRun {
		return nil
	}
	err := n.writeOutcome(ctx, d, f)
	if err == nil {
		e.SHA256 = f.SHA256
		outcome := drop.Taken
		if f.State == store.FileRejected {
			outcome = drop.Rejected
		}
		err = d.Dispose(ctx, e, outcome)
	}
	var fault *drop.Error
	if errors.As(err, &fault) && fault.Kind == drop.KindPermission && c.After == config.AfterKeep {
		// A drop we may only read: there is nobody to answer.
		n.Log.Warn("answer", "entity", n.Entity.IPA, "drop", d.Name(), "name", e.Name, "error", fault)
		err = nil
	}
	if err != nil {
		return err
	}
	return n.answered(ctx, f)
}
