// Package drop reaches the folders where a source leaves its files: a local
// folder or one on an SFTP server. It lists what is whole, reads it, writes an
// answer beside it and puts it away.
//
// What a caller may rely on:
//   - a file is offered only when whole: its size and time stood still between
//     two looks, or a companion file vouches for it (see [Drop.List]);
//   - a file that was read to its end without an error had exactly the listed
//     size, still had it afterwards, and matched its MD5 when one was given;
//   - an SFTP server is talked to only when its host key is the expected one,
//     and a server that falls silent is an error within a bounded time;
//   - no name that comes from a server leads out of the folder, and nothing of
//     the source's is ever overwritten;
//   - what a broken connection or a silent server stopped is tried again on a new
//     connection, at growing intervals, a bounded number of times and within the
//     total time; anything else is not. The error returned is the last one and
//     holds the first;
//   - a file whose reading broke is read on from where it had got, after checking
//     that it is still the listed one and that its last bytes are those read: a
//     large file on a bad line arrives in the end, and a sum made of the bytes as
//     they come is right. What a server cuts short is asked for again likewise;
//   - every error is an [*Error], with a text for people and one for the log.
//
// No time of ours is compared with one of the server: clocks may differ.
package drop

import (
	"context"
	"io"
	"io/fs"
	"time"
)

// Drop is one open folder. Open and the readers it returns may be used by
// several goroutines, each reader by one, beside one call of anything else.
type Drop interface {
	// List looks at the folder, waits once for Options.Settle when some file
	// has nothing that vouches for it, and looks again.
	//
	// A file is ready when one of these holds:
	//   - <name>.md5 or <base>.md5 names it: its sum becomes Entry.MD5;
	//   - <name>.done or <base>.done stands beside it, not older than the file;
	//   - its size and time are the same in both looks, or Settle is zero.
	//
	// Hidden files, temporary names, folders, companions and quadra's own
	// answers are passed over in silence.
	List(ctx context.Context) (Listing, error)

	// Open reads an entry. The reader fails with KindNotWhole when the file is
	// no longer the one that was listed or its MD5 differs, with KindLost when
	// it ends early. ctx holds for the whole reading; the reader's WriteTo is
	// the fast way.
	Open(ctx context.Context, e Entry) (io.ReadCloser, error)

	// Answer writes a file beside those of the source: all of it or nothing,
	// replacing an earlier answer of that name. Only the names of outcome files
	// are accepted, so that no file of the source can be replaced.
	Answer(ctx context.Context, name string, content []byte) error

	// AnswerFrom is Answer for what is too long to hold: write produces it, from
	// the beginning each time it is called, which is again after a broken
	// connection. An error of write is returned as it is, and nothing is left
	// behind.
	AnswerFrom(ctx context.Context, name string, write func(io.Writer) error) error

	// Retract removes an answer that no longer holds; one that is not there is a
	// success. Only the names of outcome files are accepted.
	Retract(ctx context.Context, name string) error

	// Dispose puts away a file that was dealt with, and its companions, as
	// Options.After says: into done/ or rejected/ (under another name when that
	// one is there already), renamed where it is, deleted, or left. A file that is gone already is a
	// success; one that was replaced since it was listed is KindNotWhole and
	// stays.
	Dispose(ctx context.Context, e Entry, o Outcome) error

	// Sync brings what Dispose and Retract did to the disk: until then a power
	// loss may undo it. On a server that is for the server to do.
	Sync(ctx context.Context) error

	// Close ends the connection.
	Close() error

	// Name is the URL without secrets.
	Name() string
}

// Listing is what a look at the folder found, each part sorted by name.
type Listing struct {
	Ready   []Entry
	Waiting []Waiting // not taken yet
	Refused []Refused // never taken under this name
}

// Entry is a file of the source.
type Entry struct {
	Name       string
	Size       int64     // bytes
	Modified   time.Time // UTC; SFTP knows whole seconds only
	MD5        string    // 32 lower-case hexadecimal digits, when the source gave it; the reader checks it
	Companions []string  // names of the .done, .ok, .md5 and .auth files that go with it

	// SHA256 may be set by the caller before Dispose: its first 8 digits tell
	// the file apart from one of the same name put away earlier.
	SHA256 string
}

// Waiting is a file that may still be arriving.
type Waiting struct {
	Entry
	Why string // for people, in Italian
}

// Refused is something that is not a file quadra can take under its name.
type Refused struct {
	Name string // printable form of the name
	Why  string // for people, in Italian: what is wrong and what to do
}

// Outcome is what became of a file.
type Outcome int

// What became of a file.
const (
	Taken    Outcome = iota // also when its bytes had been taken before
	Rejected                // not a file quadra can take
)

// Open opens the drop that o describes. For SFTP it connects, checks the host
// key and authenticates.
func Open(ctx context.Context, o Options) (Drop, error) {
	p, err := o.resolve()
	if err != nil {
		return nil, &Error{Op: OpOpen, Drop: p.name, Kind: KindConfig, Err: err}
	}
	var f folder
	if p.sftp {
		f, err = persist(ctx, p.patience(), func(ctx context.Context, _ int) (folder, error) { return openSFTP(ctx, p) })
	} else {
		f, err = openLocal(p)
	}
	if err != nil {
		return nil, wrap(OpOpen, p.name, "", err)
	}
	return &drop{folder: steadfast{f, p.patience()}, patience: p.patience(), name: p.name, settle: p.Settle, after: p.after}, nil
}

// folder is what a local folder and a remote one must be able to do. Names are
// relative to it and already checked. Errors are as the system gives them. It
// serves several calls at once.
type folder interface {
	look(ctx context.Context) ([]fs.FileInfo, error)
	names(ctx context.Context, subfolder string) ([]string, error)
	stat(ctx context.Context, name string) (fs.FileInfo, error)
	// open reads from offset on; ctx holds for the whole reading.
	open(ctx context.Context, name string, offset int64) (io.ReadCloser, error)
	// put writes all of name or nothing of it, replacing what was there.
	put(ctx context.Context, name string, write func(io.Writer) error) error
	// move renames a file to a name the caller believes free.
	move(ctx context.Context, from, to string) error
	remove(ctx context.Context, name string) error
	// mkdir makes a subfolder; one that exists is a success.
	mkdir(ctx context.Context, name string) error
	// sync makes the entries of a subfolder, or of the folder ("."), durable.
	sync(ctx context.Context, name string) error
	close() error
}

type drop struct {
	folder   steadfast
	patience patience
	name     string
	settle   time.Duration
	after    string
	put      map[string]map[string]bool // keys of the names in done/ and rejected/, once listed
}

func (d *drop) Name() string { return d.name }

func (d *drop) Close() error { return d.wrap(OpClose, "", d.folder.close()) }

func (d *drop) wrap(op Op, name string, err error) error { return wrap(op, d.name, name, err) }
