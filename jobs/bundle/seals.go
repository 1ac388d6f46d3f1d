package bundle

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
)

// sealHead is how much of the text of a seal is read: its first two lines.
const sealHead = 256

// sealWay is the first line of the text of a seal.
const sealWay = "quadra run seal 1"

// chain is the texts of the seals of a bundle.
type chain []link

type link struct {
	name string
	seal string // the SHA-256 of the text
	head []byte
}

func (c *chain) add(s Sum, head []byte) { *c = append(*c, link{s.Name, s.SHA256, head}) }

// finishSeals demands that every text begins with the seal of the one before, and
// that the last is the seal of the manifest.
func (v *verifier) finishSeals() {
	slices.SortFunc(v.seals, func(a, b link) int { return strings.Compare(a.name, b.name) })
	before := ""
	for _, l := range v.seals {
		if !bytes.HasPrefix(l.head, []byte(sealWay+"\n"+before+"\n")) {
			v.fault(FaultSeals, l.name, fmt.Sprintf("%q non contiene il sigillo dell'elaborazione di prima: la catena è interrotta", l.name))
			return
		}
		before = l.seal
	}
	m := v.verdict.Manifest
	if m == nil {
		if v.entries[ManifestName] == nil {
			v.fault(FaultManifest, ManifestName, "non c'è manifest.json: non è un fascicolo di quadra")
		}
		return
	}
	if m.Masked && len(v.seals) == 0 {
		return // their texts may quote who paid
	}
	if before != m.Seal || len(v.seals) != m.Runs {
		v.fault(FaultSeals, SealsFolder, "l'ultimo sigillo o il numero dei sigilli non è quello di manifest.json")
		return
	}
	v.verdict.Seals = len(v.seals)
}
