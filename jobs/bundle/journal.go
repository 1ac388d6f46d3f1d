package bundle

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"quadra/engine/formula"
	"quadra/engine/store"
)

// ErrSeal says that the journal of the books is not what was sealed: such books
// prove nothing.
var ErrSeal = errors.New("the seal of a run does not hold: see quadra verify")

// WriteJournal writes the journal of the books into a folder, as the folder
// giornale of a bundle: ingressi.csv, elaborazioni.csv and, unless who paid is
// masked, the text of each seal, which may quote a refused file. It sets Inputs,
// Runs and Seal of the manifest. The error wraps [ErrSeal] when one does not hold.
func WriteJournal(tx *store.Tx, dir string, m *Manifest) error {
	if err := os.MkdirAll(filepath.Join(dir, JournalFolder), 0o700); err != nil {
		return err
	}
	if !m.Masked {
		if err := os.MkdirAll(filepath.Join(dir, SealsFolder), 0o700); err != nil {
			return err
		}
	}
	j := &journal{tx: tx, dir: dir, manifest: m, seals: make(map[int64]string)}
	return errors.Join(j.runs(), j.inputs())
}

// journal writes one journal.
type journal struct {
	tx       *store.Tx
	dir      string
	manifest *Manifest
	seals    map[int64]string
}

// runs writes elaborazioni.csv and the texts of the seals.
func (j *journal) runs() error {
	var sealed []int64
	err := j.tx.Seals(func(s store.RunSeal) error {
		if s.Kept == "" {
			return nil // killed: the next run seals it
		}
		if !s.Holds() {
			return fmt.Errorf("run %d: %w", s.Run, ErrSeal)
		}
		j.seals[s.Run], j.manifest.Seal = s.Kept, s.Kept
		sealed = append(sealed, s.Run)
		return nil
	})
	if err != nil {
		return err
	}
	j.manifest.Runs = len(sealed)
	if !j.manifest.Masked {
		for _, run := range sealed {
			err := writeNew(filepath.Join(j.dir, SealsFolder, fmt.Sprintf("%09d.txt", run)), func(w io.Writer) error {
				return j.tx.SealText(run, w)
			})
			if err != nil {
				return fmt.Errorf("run %d: %w", run, err)
			}
		}
	}
	return j.table("elaborazioni.csv", []string{"elaborazione", "vista_dal", "stato", "regole", "impronta_regole", "quadra", "iniziata",
		"finita", "file_caricati", "cambiamenti", "sigillo"}, func(row func(...string) error) error {
		return j.tx.Runs(func(r *store.Run) error {
			return row(strconv.FormatInt(r.ID, 10), r.AsOf.String(), runState(r.State), r.Ruleset, r.RulesetHash, r.Version,
				instant(r.StartedAt), instant(r.EndedAt), strconv.FormatInt(r.Loaded, 10), strconv.FormatInt(r.Changes, 10), j.seals[r.ID])
		})
	})
}

// inputs writes ingressi.csv.
func (j *journal) inputs() error {
	removed, err := j.tx.RemovedFiles()
	if err != nil {
		return err
	}
	return j.table("ingressi.csv", []string{"ingresso", "nome", "sha256", "byte", "tipo", "formato", "cartella", "ricevuto", "elaborazione",
		"stato", "codice", "righe", "accolte", "scartate", "totale", "archivio"}, func(row func(...string) error) error {
		return j.tx.Files(func(f *store.File) error {
			docs, err := j.tx.Documents(f.ID)
			if err != nil {
				return err
			}
			archived := "sigillato"
			if why, gone := removed[f.SHA256]; gone {
				archived = "cancellato: " + why
			}
			j.manifest.Inputs++
			return row(strconv.FormatInt(f.ID, 10), f.Name, f.SHA256, strconv.FormatInt(f.Size, 10),
				joined(docs, func(d *store.Document) string { return string(d.Kind) }),
				joined(docs, func(d *store.Document) string { return strings.TrimSpace(d.Format + " " + d.Version) }),
				f.Drop, instant(f.SeenAt), strconv.FormatInt(f.RunID, 10), fileState(f.State), f.Code,
				strconv.FormatInt(f.Rows, 10), strconv.FormatInt(f.Accepted, 10), strconv.FormatInt(f.Rejected, 10), f.Total.String(), archived)
		})
	})
}

// table writes a CSV: UTF-8, semicolons, LF, a header, no cell that a spreadsheet
// would run.
func (j *journal) table(name string, header []string, fill func(row func(...string) error) error) error {
	return writeNew(filepath.Join(j.dir, JournalFolder, name), func(w io.Writer) error {
		out := csv.NewWriter(w)
		out.Comma = ';'
		if err := out.Write(header); err != nil {
			return err
		}
		err := fill(func(cells ...string) error {
			for i := range cells {
				cells[i] = formula.Disarm(cells[i])
			}
			return out.Write(cells)
		})
		out.Flush()
		return errors.Join(err, out.Error())
	})
}

// writeNew writes a file that only its owner can read.
func writeNew(path string, fill func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(fill(f), f.Close())
}

// joined is what the documents of a file are, each said once.
func joined(docs []store.Document, what func(*store.Document) string) string {
	var all []string
	seen := map[string]bool{"": true}
	for i := range docs {
		if text := what(&docs[i]); !seen[text] {
			seen[text] = true
			all = append(all, text)
		}
	}
	return strings.Join(all, "|")
}

func instant(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func runState(s store.RunState) string {
	switch s {
	case store.RunDone:
		return "finita"
	case store.RunFailed:
		return "fallita"
	}
	return "interrotta"
}

func fileState(s store.FileState) string {
	switch s {
	case store.FileLoaded:
		return "caricato"
	case store.FileDuplicate:
		return "già caricato"
	case store.FileRejected:
		return "rifiutato"
	}
	return "non riuscito"
}
