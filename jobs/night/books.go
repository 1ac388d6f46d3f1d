package night

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"quadra/config"
	"quadra/engine/record"
	"quadra/engine/store"
)

// Paths of an entity under the data folder.
type Paths struct{ data, ipa string }

// PathsOf returns where the books of an entity are.
func PathsOf(c *config.Config, e *config.Entity) Paths { return Paths{c.DataDir, e.IPA} }

// Database is the entity's SQLite file.
func (p Paths) Database() string { return filepath.Join(p.data, p.ipa+".db") }

// Lock is the file whose lock keeps two runs apart.
func (p Paths) Lock() string { return filepath.Join(p.data, p.ipa+".lock") }

// Archive is the folder of sealed files, shared by the entities.
func (p Paths) Archive() string { return filepath.Join(p.data, "archive") }

// Report is the folder of the report of an as-of date.
func (p Paths) Report(asOf record.Date) string {
	return filepath.Join(p.data, "reports", p.ipa, asOf.String())
}

// MaskedReport is the folder of the report that does not say who paid.
func (p Paths) MaskedReport(asOf record.Date) string { return p.Report(asOf) + "-mascherato" }

// ErrNoBooks says that an entity has no database yet.
var ErrNoBooks = errors.New("the entity has no books yet: run quadra run or quadra import first")

// OpenBooks opens the books of an entity for reading. It does not create them:
// the error wraps [ErrNoBooks] when there are none.
func OpenBooks(ctx context.Context, c *config.Config, e *config.Entity) (*store.Store, error) {
	file := PathsOf(c, e).Database()
	if _, err := os.Stat(file); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s: %w", e.IPA, ErrNoBooks)
	}
	return store.Open(ctx, file, e.TaxCode)
}
