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

// keep adds a file to the result of the run.
func (n *night) keep(ctx context.Context, f *store.File) error {
	res := FileResult{File: *f}
	err := n.store.Read(ctx, func(tx *store.Tx) (err error) {
		if res.Documents, err = tx.Documents(f.ID); err != nil || !n.ByHand {
			return err
		}
		for r, err := range rejects(tx, f.ID) {
			if err != nil {
				return err
			}
			if len(res.Rejects) == shownRejects {
				break
			}
			res.Rejects = append(res.Rejects, r)
		}
		return nil
	})
	n.res.Files = append(n.res.Files, res)
	n.Log.Info("file", "entity", n.Entity.IPA, "name", f.Name, "state", f.State, "sha256", f.SHA256,
		"rows", f.Rows, "rejected", f.Rejected, "code", f.Code)
	return err
}

// answered records that files have reached the end of their life, all at once.
func (n *night) answered(ctx context.Context, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return n.store.Write(ctx, func(tx *store.Tx) error {
		for _, id := range ids {
			if err := tx.SetAnswered(id); err != nil {
				return err
			}
		}
		return nil
	})
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
	source := n.Source
	if source == "" {
		source = config.SourceAuto
	}
	f, err := n.intake.Take(ctx, intake.Offer{Name: filepath.Base(path), Source: string(source),
		Size: info.Size(), Modified: info.ModTime()}, src)
	if err != nil {
		return err
	}
	if err := n.keep(ctx, f); err != nil {
		return err
	}
	return n.answered(ctx, []int64{f.ID})
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
	// What the scheduler knows a night by, see LastNights.
	if err := n.step(ctx, store.StepDrops, fmt.Sprintf("%d worked through", len(n.res.Drops))); err != nil {
		return err
	}
	return n.missed(ctx)
}

func (n *night) takeDrop(ctx context.Context, c *config.Drop) (res DropResult, err error) {
	res.Name = c.URL
	n.observe("drop", c.URL, 0)
	d, err := openDrop(ctx, c)
	if err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	res.Name = d.Name()
	found, err := d.List(ctx)
	if err != nil {
		return res, err
	}
	res.Latest = newest(found, n.Now())
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
	v := visit{night: n, drop: d, config: c, pending: pending}
	err = v.take(ctx, found.Ready, &res)
	for _, f := range pending {
		v.done = append(v.done, f.ID) // no longer there: put aside before the run was killed
	}
	return res, errors.Join(err, n.answered(ctx, v.done))
}

// openDrop opens a drop as it is configured.
func openDrop(ctx context.Context, c *config.Drop) (d drop.Drop, err error) {
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
			return nil, err
		}
	}
	if opt.PassphraseFile == "" {
		if opt.Passphrase, err = c.Passphrase(); err != nil {
			return nil, err
		}
	}
	return drop.Open(ctx, opt)
}

// visit is a drop being worked through.
type visit struct {
	*night
	drop    drop.Drop
	config  *config.Drop
	pending map[string]*store.File // read by an earlier run, not answered, by name
	done    []int64                // files at the end of their life; recorded at the end of the visit
}

func (v *visit) take(ctx context.Context, entries []drop.Entry, res *DropResult) error {
	for _, e := range entries {
		known, err := v.entry(ctx, e)
		var fault *drop.Error
		switch {
		case errors.As(err, &fault) && fault.Kind == drop.KindNotWhole && fault.Op == drop.OpRead:
			res.Waiting = append(res.Waiting, e.Name+": "+fault.Message())
		case err != nil:
			clear(v.pending) // what was not visited stays unanswered
			return err
		case known:
			res.Known++
		default:
			res.Taken++
		}
	}
	return nil
}

// unanswered lists the files of a drop that were read but whose answer did not
// reach it, by name.
func (n *night) unanswered(ctx context.Context, dropName string) (map[string]*store.File, error) {
	pending := make(map[string]*store.File)
	err := n.store.Read(ctx, func(tx *store.Tx) error {
		files, err := tx.Unfinished()
		for _, f := range files {
			if f.Drop == dropName {
				pending[f.Name] = f
			}
		}
		return err
	})
	return pending, err
}

// entry takes one file of the drop to the end of its life. known says that it
// had been taken before and was left in place.
func (v *visit) entry(ctx context.Context, e drop.Entry) (known bool, err error) {
	if f := v.pending[e.Name]; f != nil {
		delete(v.pending, e.Name)
		if f.Size == e.Size && f.Modified.Unix() == e.Modified.Unix() {
			return false, v.answer(ctx, e, f)
		}
		v.done = append(v.done, f.ID) // another file has taken its name
	}
	var id int64
	err = v.store.Read(ctx, func(tx *store.Tx) (err error) {
		id, err = tx.KnownFile(v.drop.Name(), e.Name, e.Size, e.Modified)
		return err
	})
	if err != nil || id != 0 {
		return id != 0, err
	}
	v.observe("file", e.Name, e.Size)
	f, err := v.fetch(ctx, e)
	if err != nil || f == nil {
		return false, err
	}
	if err := v.keep(ctx, f); err != nil {
		return false, err
	}
	return false, v.answer(ctx, e, f)
}

// fetch takes a file into the books. A fault of the drop is recorded with the
// file; the drop is given up only when its connection is gone.
func (v *visit) fetch(ctx context.Context, e drop.Entry) (*store.File, error) {
	offer := intake.Offer{Name: e.Name, Drop: v.drop.Name(), Source: string(v.config.Source), Size: e.Size, Modified: e.Modified}
	src, err := v.drop.Open(ctx, e)
	var f *store.File
	if err == nil {
		f, err = v.intake.Take(ctx, offer, src)
		closing := src.Close()
		if err == nil && closing != nil {
			// The file was read whole and is in the books: it did not fail. If the
			// connection is gone, answering will say so.
			v.Log.Warn("close", "entity", v.Entity.IPA, "drop", v.drop.Name(), "name", e.Name, "error", closing)
			return f, nil
		}
		err = errors.Join(err, closing)
	}
	var fault *drop.Error
	if err == nil || !errors.As(err, &fault) || ctx.Err() != nil || fault.Kind == drop.KindNotWhole {
		return f, err
	}
	failed, failure := v.intake.Fail(ctx, offer, fault.Message())
	if failure != nil {
		return nil, failure
	}
	v.Log.Error("fetch", "entity", v.Entity.IPA, "drop", v.drop.Name(), "name", e.Name, "error", fault)
	if err := v.keep(ctx, failed); err != nil {
		return nil, err
	}
	switch fault.Kind {
	case drop.KindLost, drop.KindTimeout, drop.KindConnect, drop.KindInterrupted:
		return nil, fault
	}
	return nil, nil
}

// answer writes the outcome beside the file and puts the file aside.
func (v *visit) answer(ctx context.Context, e drop.Entry, f *store.File) error {
	if v.DryRun {
		return nil
	}
	err := v.writeOutcome(ctx, v.drop, f)
	if err == nil {
		e.SHA256 = f.SHA256
		outcome := drop.Taken
		if f.State == store.FileRejected {
			outcome = drop.Rejected
		}
		err = v.drop.Dispose(ctx, e, outcome)
	}
	var fault *drop.Error
	if errors.As(err, &fault) && fault.Kind == drop.KindPermission && v.config.After == config.AfterKeep {
		// A drop we may only read: there is nobody to answer.
		v.Log.Warn("answer", "entity", v.Entity.IPA, "drop", v.drop.Name(), "name", e.Name, "error", fault)
		err = nil
	}
	if err != nil {
		return err
	}
	v.done = append(v.done, f.ID)
	return nil
}
