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
	d, err := openDrop(ctx, n.Entity, c)
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
	for _, w := range found.Waiting {
		delete(pending, w.Name) // still there, and still to be answered
	}
	v := visit{night: n, drop: d, config: c, pending: pending}
	err = v.take(ctx, found.Ready, &res)
	for _, f := range pending {
		v.done = append(v.done, f.ID) // no longer there: put aside before the run was killed
	}
	if len(v.done) == 0 {
		return res, err
	}
	// Durably put away before the books say so: a file that came back would be
	// taken for one that was delivered twice.
	if failed := d.Sync(ctx); failed != nil {
		return res, errors.Join(err, failed)
	}
	return res, errors.Join(err, n.answered(ctx, v.done))
}

// openDrop opens a drop of an entity as it is configured.
func openDrop(ctx context.Context, e *config.Entity, c *config.Drop) (d drop.Drop, err error) {
	opt := drop.Options{
		URL: c.URL, Settle: c.Settle, After: string(c.After),
		Owner:        owner(e),
		IdentityFile: c.IdentityFile, IdentityAgent: c.IdentityAgent, PassphraseFile: c.PassphraseFile, PasswordFile: c.PasswordFile,
		KnownHosts: c.KnownHosts, Fingerprint: c.Fingerprint,
		Jump: c.Jump, JumpIdentityFile: c.JumpIdentityFile, JumpFingerprint: c.JumpFingerprint,
		ConnectTimeout: c.ConnectTimeout, ReadTimeout: c.IdleTimeout, TotalTimeout: c.TotalTimeout,
		Attempts: c.Attempts, RetryWait: c.RetryWait,
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

// owner is the entity and the machine: the lock keeps two runs of one entity
// apart on one machine, and only there.
func owner(e *config.Entity) string {
	host, err := os.Hostname()
	if err != nil {
		host = "?" // two machines that do not know their names
	}
	return e.IPA + "@" + host
}

// visit is a drop being worked through.
type visit struct {
	*night
	drop    drop.Drop
	config  *config.Drop
	pending map[string]*store.File // read by an earlier run, not answered, by name
	done    []int64                // files at the end of their life; recorded at the end of the visit

	unanswerable error // the first answer that could not be written, or file that could not be put aside
}

// take works through the files in their order. Those not taken before are
// fetched ahead, several at a time. What goes wrong with a file is noted and
// the next one follows, unless the connection is gone or our side fails.
func (v *visit) take(ctx context.Context, entries []drop.Entry, res *DropResult) error {
	var fresh []drop.Entry
	for _, e := range entries {
		settled, err := v.settled(ctx, e, res)
		if err != nil && v.gone(ctx, err) {
			clear(v.pending) // what was not visited stays unanswered
			return err
		}
		if !settled {
			fresh = append(fresh, e)
		}
	}
	for f := range v.begun(ctx, fresh) {
		if err := v.load(ctx, f, res); err != nil && v.gone(ctx, err) {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return v.unanswerable
}

// gone tells a failure that ends the visit from one of a single file, of which
// the first is kept: the drop has not been worked through.
func (v *visit) gone(ctx context.Context, err error) bool {
	var fault *drop.Error
	if !errors.As(err, &fault) || ctx.Err() != nil || connectionGone(fault) {
		return true
	}
	v.Log.Error("answer", "entity", v.Entity.IPA, "drop", v.drop.Name(), "name", fault.Name, "error", fault)
	if v.unanswerable == nil {
		v.unanswerable = fault
	}
	return false
}

func connectionGone(fault *drop.Error) bool {
	switch fault.Kind {
	case drop.KindLost, drop.KindTimeout, drop.KindConnect, drop.KindInterrupted, drop.KindAuth, drop.KindHostKey, drop.KindConfig:
		return true
	}
	return false
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

// settled tells whether a file of the drop was read before. If its answer was
// still missing it is written, and the file put aside; in a drop where files
// stay, one of the same name, size and time is the one that was taken.
func (v *visit) settled(ctx context.Context, e drop.Entry, res *DropResult) (bool, error) {
	if f := v.pending[e.Name]; f != nil {
		delete(v.pending, e.Name)
		if f.Size == e.Size && f.Modified.Unix() == e.Modified.Unix() {
			res.Taken++
			return true, v.answer(ctx, e, f)
		}
		v.done = append(v.done, f.ID) // another file has taken its name
	}
	if v.config.After != config.AfterKeep {
		return false, nil // what was taken is put away: this one was left since
	}
	var id int64
	err := v.store.Read(ctx, func(tx *store.Tx) (err error) {
		id, err = tx.KnownFile(v.drop.Name(), e.Name, e.Size, e.Modified)
		return err
	})
	if id != 0 {
		res.Known++
	}
	return id != 0, err
}

// load takes a fetched file into the books and to the end of its life. A fault
// of the drop is recorded with the file, which comes again the next time.
func (v *visit) load(ctx context.Context, got begun, res *DropResult) error {
	e := got.entry
	v.observe("file", e.Name, e.Size)
	offer := intake.Offer{Name: e.Name, Drop: v.drop.Name(), Source: string(v.config.Source), Size: e.Size, Modified: e.Modified}
	f, err := v.intake.Load(ctx, offer, got.file)
	var fault *drop.Error
	switch {
	case err == nil:
		res.Taken++
		if err := v.keep(ctx, f); err != nil {
			return err
		}
		return v.answer(ctx, e, f)
	case !errors.As(err, &fault) || ctx.Err() != nil:
		return err
	}
	switch fault.Kind {
	case drop.KindNotWhole, drop.KindBusy, drop.KindMissing: // still arriving, open elsewhere, or taken away
		res.Waiting = append(res.Waiting, e.Name+": "+fault.Message())
		return nil
	}
	failed, failure := v.intake.Fail(ctx, offer, fault.Message())
	if failure != nil {
		return failure
	}
	v.Log.Error("fetch", "entity", v.Entity.IPA, "drop", v.drop.Name(), "name", e.Name, "error", fault)
	if err := v.keep(ctx, failed); err != nil {
		return err
	}
	if connectionGone(fault) {
		return fault
	}
	return nil
}

// answer writes the outcome beside the file and puts the file aside.
func (v *visit) answer(ctx context.Context, e drop.Entry, f *store.File) error {
	if v.DryRun {
		return nil
	}
	var err error
	if v.config.Answer {
		err = v.writeOutcome(ctx, v.drop, f)
	}
	if err == nil {
		e.SHA256 = f.SHA256
		outcome := drop.Taken
		if f.State == store.FileRejected {
			outcome = drop.Rejected
		}
		err = v.drop.Dispose(ctx, e, outcome)
	}
	var fault *drop.Error
	if errors.As(err, &fault) {
		unanswered := fault.Kind == drop.KindPermission && v.config.After == config.AfterKeep // a drop we may only read
		replaced := fault.Op == drop.OpDispose && fault.Kind == drop.KindNotWhole             // a new file has its name: the next run's
		if unanswered || replaced {
			v.Log.Warn("answer", "entity", v.Entity.IPA, "drop", v.drop.Name(), "name", e.Name, "error", fault)
			err = nil
		}
	}
	if err != nil {
		return err
	}
	v.done = append(v.done, f.ID)
	return nil
}
