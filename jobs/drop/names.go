package drop

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"quadra/jobs/outcome"
)

// doneMark, md5Mark: companions that vouch for a file. The others only travel
// with it.
const (
	doneMark = ".done"
	md5Mark  = ".md5"
)

var companionMarks = []string{doneMark, ".ok", md5Mark, ".auth"}

// temporaryMarks end the names that clients give a file while it arrives.
var temporaryMarks = []string{"~", ".tmp", ".temp", ".part", ".filepart", ".partial", ".crdownload", ".download", ".swp",
	".uploading", ".inprogress", ".lock", ".lck"}

// Names under which AfterRename leaves a file that was dealt with.
const (
	takenMark    = ".preso"
	rejectedMark = ".rifiutato"
)

// systemNames are what Windows leaves in any folder it shows.
var systemNames = []string{"thumbs.db", "ehthumbs.db", "desktop.ini"}

// refusal says in Italian why a name cannot be taken, or nothing.
func refusal(name string) string {
	switch {
	case name == "" || name == "." || name == ".." || strings.ContainsAny(name, `/\`):
		return "il nome contiene barre o non è un nome di file. Rinominare il file."
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl):
		return "il nome contiene caratteri non leggibili. Rinominare il file con lettere, cifre, punti e trattini."
	}
	return ""
}

// printable is a name as it can be shown in a line of text.
func printable(name string) string {
	quoted := strconv.Quote(name)
	return quoted[1 : len(quoted)-1]
}

func isHidden(name string) bool { return strings.HasPrefix(name, ".") }

func isTemporary(name string) bool {
	return strings.HasPrefix(name, "~$") || hasMark(name, temporaryMarks)
}

func isPutAway(name string) bool { return hasMark(name, []string{takenMark, rejectedMark}) }

func isSystem(name string) bool { return slices.Contains(systemNames, strings.ToLower(name)) }

// openedBy is the file that a lock of Excel or LibreOffice says is open, or
// nothing.
func openedBy(name string) string {
	if file, excel := strings.CutPrefix(name, "~$"); excel {
		return file
	}
	if file, libre := strings.CutPrefix(name, ".~lock."); libre {
		return strings.TrimSuffix(file, "#")
	}
	return ""
}

// key is what is equal in two names that people take for the same: Windows
// writes marks in capitals, and a Mac sends the accent of è apart from its e.
func key(name string) string { return norm.NFC.String(strings.ToLower(name)) }

func isCompanion(name string) bool { return hasMark(name, companionMarks) }

func isAnswer(name string) bool {
	return hasMark(name, []string{outcome.TextSuffix, outcome.RejectsSuffix})
}

// hasMark looks at the end of a name; Windows clients write them in capitals.
func hasMark(name string, marks []string) bool {
	name = strings.ToLower(name)
	for _, m := range marks {
		if strings.HasSuffix(name, m) {
			return true
		}
	}
	return false
}

// companionKeys are the keys of the names under which a companion with this mark
// may stand beside name, the more precise first.
func companionKeys(name, mark string) []string {
	lower := key(name)
	base := strings.TrimSuffix(lower, path.Ext(lower))
	if base == lower || base == "" {
		return []string{lower + mark}
	}
	return []string{lower + mark, base + mark}
}

// withSuffix puts -suffix before the last extension of a name.
func withSuffix(name, suffix string) string {
	if suffix == "" {
		return name
	}
	ext := path.Ext(name)
	return strings.TrimSuffix(name, ext) + "-" + suffix + ext
}
