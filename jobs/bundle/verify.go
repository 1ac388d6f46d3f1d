package bundle

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// Code is a kind of fault of a bundle.
type Code string

// What can be wrong with a bundle.
const (
	FaultZip       Code = "zip"       // it is no zip, or not one as we write it
	FaultLimit     Code = "limit"     // it would unpack to more than any bundle does
	FaultName      Code = "name"      // an entry leads out of the folder, or is no file
	FaultDuplicate Code = "duplicate" // two entries of one name
	FaultSums      Code = "sums"      // SHA256SUMS is missing or cannot be read
	FaultMissing   Code = "missing"   // listed and not there
	FaultSurplus   Code = "surplus"   // there and not listed
	FaultAltered   Code = "altered"   // not the content that is listed
	FaultManifest  Code = "manifest"  // manifest.json is missing or cannot be read
	FaultSeals     Code = "seals"     // the seals of the runs are no chain
	FaultSignature Code = "signature" // not the signature that was asked for
)

// Fault is one thing wrong with a bundle.
type Fault struct {
	Code Code   `json:"code"`
	Name string `json:"name,omitempty"` // of the entry
	Text string `json:"text"`           // for people, in Italian
}

// Limits protect from a file no honest sender makes. Beyond them nothing is
// unpacked.
type Limits struct {
	Directory int64  // bytes of the zip's directory, which is held in memory
	Entries   int    // files
	Unpacked  uint64 // bytes of all files
	Ratio     uint64 // unpacked bytes to packed ones, once they are more than Floor
	Floor     uint64
}

// DefaultLimits leave room for years of a large city.
func DefaultLimits() Limits {
	return Limits{Directory: 64 << 20, Entries: 200_000, Unpacked: 64 << 30, Ratio: 250, Floor: 64 << 20}
}

// VerifyOptions of [Verify].
type VerifyOptions struct {
	Key    *PublicKey // whose signature is wanted; nil: a signature is only named
	Now    time.Time  // for what has expired
	Limits Limits     // zero: DefaultLimits
}

// Verdict is what a bundle proved to be.
type Verdict struct {
	OK         bool       `json:"ok"`
	Manifest   *Manifest  `json:"manifest,omitempty"`
	Files      int        `json:"files"` // with the sum that is listed
	Bytes      int64      `json:"bytes"` // of those
	SumsSHA256 string     `json:"sums_sha256,omitempty"`
	Seals      int        `json:"seals"` // of runs that were computed again
	Signatures []Verified `json:"signatures"`
	Faults     []Fault    `json:"faults"`
	Proved     []string   `json:"proved"`     // for people, in Italian
	NotProved  []string   `json:"not_proved"` // likewise
}

// Verify checks a bundle. The error is a failure to look, or that of the context;
// what is wrong with the bundle is in the verdict. Memory does not follow the
// size of the files in it.
func Verify(ctx context.Context, r io.ReaderAt, size int64, opt VerifyOptions) (*Verdict, error) {
	if opt.Limits == (Limits{}) {
		opt.Limits = DefaultLimits()
	}
	v := &verifier{ctx: ctx, opt: opt, verdict: &Verdict{Signatures: []Verified{}, Faults: []Fault{}}}
	err := v.run(r, size)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return nil, err
	}
	v.verdict.OK = len(v.verdict.Faults) == 0
	v.conclude()
	return v.verdict, nil
}

// verifier looks through one bundle.
type verifier struct {
	ctx     context.Context
	opt     VerifyOptions
	verdict *Verdict

	entries map[string]*zip.File
	sums    []Sum
	text    []byte // of SHA256SUMS
	seals   chain
}

func (v *verifier) fault(code Code, name, text string) {
	v.verdict.Faults = append(v.verdict.Faults, Fault{code, name, text})
}

func (v *verifier) run(r io.ReaderAt, size int64) error {
	z, err := v.open(r, size)
	if err != nil || z == nil {
		return err
	}
	if !v.names(z) || !v.readSums() {
		return nil
	}
	listed := make(map[string]bool, len(v.sums))
	for _, s := range v.sums {
		listed[s.Name] = true
		if err := v.file(s); err != nil {
			return err
		}
	}
	for _, f := range z.File {
		switch f.Name {
		case SumsName, MinisignName, OpenPGPName:
		default:
			if !listed[f.Name] {
				v.fault(FaultSurplus, f.Name, fmt.Sprintf("%q non è in %s: qualcuno l'ha aggiunto o rinominato", f.Name, SumsName))
			}
		}
	}
	v.finishSeals()
	return v.signatures()
}

// names looks at every name before anything is unpacked.
func (v *verifier) names(z *zip.Reader) bool {
	v.entries = make(map[string]*zip.File, len(z.File))
	folded := make(map[string]string, len(z.File))
	for _, f := range z.File {
		other, twice := folded[strings.ToLower(f.Name)]
		switch {
		case checkName(f.Name) != nil:
			v.fault(FaultName, f.Name, fmt.Sprintf("il nome %.200q esce dalla cartella in cui si apre, o non vale dappertutto", f.Name))
		case !f.Mode().IsRegular() || f.Flags&1 != 0:
			v.fault(FaultName, f.Name, fmt.Sprintf("%q non è un file semplice (cartella, collegamento o cifrato)", f.Name))
		case twice && other == f.Name:
			v.fault(FaultDuplicate, f.Name, fmt.Sprintf("%q c'è due volte: programmi diversi ne aprirebbero uno diverso", f.Name))
		case twice:
			v.fault(FaultDuplicate, f.Name, fmt.Sprintf("%q e %q sono lo stesso file dove le maiuscole non contano", other, f.Name))
		}
		folded[strings.ToLower(f.Name)] = f.Name
		v.entries[f.Name] = f
	}
	return len(v.verdict.Faults) == 0
}

func (v *verifier) readSums() bool {
	f := v.entries[SumsName]
	if f == nil {
		v.fault(FaultSums, SumsName, "non c'è SHA256SUMS: nulla si può provare")
		return false
	}
	text, err := v.small(f, maxSums)
	if err == nil {
		v.sums, err = ParseSums(text)
	}
	if err != nil {
		v.fault(FaultSums, SumsName, fmt.Sprintf("SHA256SUMS non si legge: %v", err))
		return false
	}
	for _, s := range v.sums {
		if s.Name == SumsName || s.Name == MinisignName || s.Name == OpenPGPName {
			v.fault(FaultSums, SumsName, fmt.Sprintf("SHA256SUMS elenca %s, che viene dopo di lui", s.Name))
			return false
		}
	}
	sum := sha256.Sum256(text)
	v.text, v.verdict.SumsSHA256 = text, hex.EncodeToString(sum[:])
	return true
}

// small reads an entry whole.
func (v *verifier) small(f *zip.File, most uint64) ([]byte, error) {
	if f.UncompressedSize64 > most {
		return nil, fmt.Errorf("ha %d byte, più di %d", f.UncompressedSize64, most)
	}
	var text bytes.Buffer
	err := v.unpack(f, &text)
	return text.Bytes(), err
}

// errDamaged says that an entry cannot be unpacked.
var errDamaged = errors.New("è danneggiato nello zip")

// unpack writes the content of an entry, never more than the zip says it has.
func (v *verifier) unpack(f *zip.File, to io.Writer) error {
	r, err := f.Open()
	if err != nil {
		return fmt.Errorf("%w (%w)", errDamaged, err)
	}
	defer r.Close()
	_, err = io.Copy(to, reading{v.ctx, r})
	if err != nil && v.ctx.Err() == nil {
		return fmt.Errorf("%w (%w)", errDamaged, err)
	}
	return err
}

// file checks a file SHA256SUMS lists.
func (v *verifier) file(s Sum) error {
	f := v.entries[s.Name]
	if f == nil {
		v.fault(FaultMissing, s.Name, fmt.Sprintf("%q è in %s e non c'è: qualcuno l'ha tolto o rinominato", s.Name, SumsName))
		return nil
	}
	sum := sha256.New()
	kept := &keeping{most: int(v.keep(s.Name))}
	err := v.unpack(f, io.MultiWriter(sum, kept))
	switch {
	case v.ctx.Err() != nil:
		return context.Cause(v.ctx)
	case err != nil:
		v.fault(FaultAltered, s.Name, fmt.Sprintf("%q %v", s.Name, err))
		return nil
	case hex.EncodeToString(sum.Sum(nil)) != s.SHA256:
		v.fault(FaultAltered, s.Name, fmt.Sprintf("%q non ha l'impronta scritta in %s: il contenuto è cambiato", s.Name, SumsName))
		return nil
	}
	v.verdict.Files++
	v.verdict.Bytes += int64(f.UncompressedSize64)
	v.look(s, kept.text)
	return nil
}

// maxManifest is the largest manifest read.
const maxManifest = 1 << 20

// keep is how much of a file its look needs.
func (v *verifier) keep(name string) int64 {
	switch {
	case name == ManifestName:
		return maxManifest
	case strings.HasPrefix(name, SealsFolder+"/"):
		return sealHead
	}
	return 0
}

// look reads what of a whole file is about the bundle.
func (v *verifier) look(s Sum, text []byte) {
	switch {
	case s.Name == ManifestName:
		m := new(Manifest)
		if err := json.Unmarshal(text, m); err != nil {
			v.fault(FaultManifest, s.Name, "manifest.json non si legge: non è di un fascicolo di quadra")
		} else if m.Format != Format {
			v.fault(FaultManifest, s.Name, fmt.Sprintf("è un fascicolo di tipo %.40q e questo quadra conosce %q: serve una versione più recente", m.Format, Format))
		} else {
			v.verdict.Manifest = m
		}
	case strings.HasPrefix(s.Name, SealsFolder+"/"):
		v.seals.add(s, text)
	}
}

// keeping keeps the first bytes of what is written.
type keeping struct {
	most int
	text []byte
}

func (k *keeping) Write(b []byte) (int, error) {
	k.text = append(k.text, b[:min(len(b), k.most-len(k.text))]...)
	return len(b), nil
}
