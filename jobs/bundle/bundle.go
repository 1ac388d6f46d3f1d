// Package bundle makes the file an auditor takes away, and checks one without
// anything else of ours.
//
// A bundle is a zip with the report pack, the exports, the ruleset, the journal
// of runs and files, LEGGIMI.txt for people, manifest.json for machines, and
// SHA256SUMS over all of it in the format of GNU coreutils. A signature is a
// detached one of SHA256SUMS, by minisign or OpenPGP. Nothing in it is our own
// invention: `unzip`, `sha256sum -c`, `minisign -V` and `gpg --verify` are
// enough, and LEGGIMI.txt says how.
//
// The same books give the same bytes, signed with minisign too: times are the
// as-of day, entries are sorted, SHA256SUMS and its signature come last. Only an
// OpenPGP signature differs each time: it says when it was made.
//
// [Verify] takes a bundle for something a stranger sent. It proves that the
// files are those SHA256SUMS lists, no more and no fewer, and who signed that;
// it says too what it does not prove.
package bundle

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"unicode"
	"unicode/utf8"

	"quadra/engine/record"
)

// The files a bundle has beside its folders.
const (
	ReadmeName   = "LEGGIMI.txt"
	ManifestName = "manifest.json"
	SumsName     = "SHA256SUMS"
	MinisignName = SumsName + ".minisig"
	OpenPGPName  = SumsName + ".asc"
)

// The folders of a bundle.
const (
	ReportFolder  = "rapporto"
	ExportsFolder = "esportazioni"
	RulesFolder   = "regole"
	JournalFolder = "giornale"
	SealsFolder   = JournalFolder + "/sigilli"
)

// Format is how this version writes bundles.
const Format = "quadra-bundle 1"

// Manifest says whose books a bundle shows, and as of when.
type Manifest struct {
	Format      string      `json:"format"`
	Entity      string      `json:"entity"`
	TaxCode     string      `json:"tax_code"`
	Name        string      `json:"name"`
	AsOf        record.Date `json:"as_of"`        // ages are seen from here
	Run         int64       `json:"run"`          // whose judgement the books hold
	JudgedAsOf  record.Date `json:"judged_as_of"` // of that run
	Ruleset     string      `json:"ruleset"`
	RulesetHash string      `json:"ruleset_hash"`
	Quadra      string      `json:"quadra"` // version that judged
	Masked      bool        `json:"masked"` // without who paid
	Inputs      int         `json:"inputs"` // files listed
	Runs        int         `json:"runs"`   // with a seal
	Seal        string      `json:"seal"`   // of the last of them
	LeftOut     []LeftOut   `json:"left_out,omitempty"`
}

// LeftOut is what a masked bundle cannot hold.
type LeftOut struct {
	What string `json:"what"`
	Why  string `json:"why"` // for people
}

// FileName is what a bundle is called: the same books have one name.
func (m *Manifest) FileName() string {
	name := fmt.Sprintf("quadra-%s-%s-%d", m.Entity, m.AsOf, m.Run)
	if m.Masked {
		name += "-mascherato"
	}
	return name + ".zip"
}

// maxName is the longest name of an entry, in bytes.
const maxName = 1024

var errName = errors.New("not a name that means the same file everywhere")

// checkName says whether a name stays in the folder it is unpacked to, means the
// same on every system, and can be shown.
func checkName(name string) error {
	bad := func(r rune) bool { return !unicode.IsPrint(r) || strings.ContainsRune(`\:`, r) }
	if name == "." || len(name) > maxName || !utf8.ValidString(name) || !fs.ValidPath(name) || strings.ContainsFunc(name, bad) {
		return errName
	}
	return nil
}
