package bundle_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"quadra/jobs/bundle"
)

// piece is an entry of a bundle being tampered with.
type piece struct {
	name, text string
	mode       fs.FileMode
}

// pieces takes a bundle apart.
func pieces(t testing.TB, text []byte) []piece {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	var all []piece
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, piece{f.Name, string(content), f.Mode()})
	}
	return all
}

// zipped puts a bundle together again.
func zipped(t testing.TB, all []piece) []byte {
	t.Helper()
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, p := range all {
		h := &zip.FileHeader{Name: p.name, Method: zip.Deflate}
		h.SetMode(p.mode)
		w, err := z.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, p.text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func at(all []piece, name string) int {
	return slices.IndexFunc(all, func(p piece) bool { return p.name == name })
}

// change replaces a text in an entry.
func change(name, from, to string) func([]piece) []piece {
	return func(all []piece) []piece {
		p := &all[at(all, name)]
		p.text = strings.Replace(p.text, from, to, 1)
		return all
	}
}

func remove(name string) func([]piece) []piece {
	return func(all []piece) []piece { return slices.DeleteFunc(all, func(p piece) bool { return p.name == name }) }
}

func add(p piece) func([]piece) []piece {
	return func(all []piece) []piece { return append(all, p) }
}

func rename(from, to string) func([]piece) []piece {
	return func(all []piece) []piece { all[at(all, from)].name = to; return all }
}

// sumAgain makes SHA256SUMS anew, as whoever forges the rest would.
func sumAgain(all []piece) []piece {
	var sums []bundle.Sum
	for _, p := range all {
		if !strings.HasPrefix(p.name, bundle.SumsName) {
			sums = append(sums, bundle.Sum{SHA256: sumOf(p.text), Name: p.name})
		}
	}
	all[at(all, bundle.SumsName)].text = string(bundle.FormatSums(sums))
	return all
}

func both(fns ...func([]piece) []piece) func([]piece) []piece {
	return func(all []piece) []piece {
		for _, fn := range fns {
			all = fn(all)
		}
		return all
	}
}

const page = "rapporto/index.html"

// TestTamperedBundlesAreToldApart: what is done to a signed bundle, and what
// verifying it says with the key and without. An empty want: it holds.
func TestTamperedBundlesAreToldApart(t *testing.T) {
	signer, key := minisignKeys(t)
	other, otherKey := minisignKeys(t)
	path, _ := made(t, signer)
	whole := read(t, path)
	otherPath, _ := made(t, other)
	otherSignature := entry(t, otherPath, bundle.MinisignName)
	signed := func(sums []byte) string { // a signature of other sums by the right key
		files, m := contents()
		files["x"] = string(sums)
		p := t.TempDir() + "/x.zip"
		if _, err := bundle.Create(t.Context(), folder(t, files), m, bundle.Options{Path: p, Signer: signer, Now: clock}); err != nil {
			t.Fatal(err)
		}
		return entry(t, p, bundle.MinisignName)
	}
	forge := both(change(page, "Oggi", "Ieri"), sumAgain)
	for _, c := range []struct {
		name    string
		tamper  func([]piece) []piece
		key     *bundle.PublicKey
		want    bundle.Code // empty: it holds
		without bundle.Code // when no key is given
	}{
		{"untouched", func(all []piece) []piece { return all }, key, "", ""},
		{"packed in another order", func(all []piece) []piece { slices.Reverse(all); return all }, key, "", ""},
		{"a changed byte", change(page, "Oggi", "oggi"), key, bundle.FaultAltered, bundle.FaultAltered},
		{"a file emptied", change(page, "<title>Oggi</title>", ""), key, bundle.FaultAltered, bundle.FaultAltered},
		{"a removed file", remove(page), key, bundle.FaultMissing, bundle.FaultMissing},
		{"an added file", add(piece{name: "rapporto/altro.html"}), key, bundle.FaultSurplus, bundle.FaultSurplus},
		{"a renamed file", rename(page, "rapporto/Index.html"), key, bundle.FaultMissing, bundle.FaultMissing},
		{"two files with their names swapped", both(rename(page, "x"), rename("regole/in-vigore.yaml", page), rename("x", "regole/in-vigore.yaml")), key,
			bundle.FaultAltered, bundle.FaultAltered},
		{"a file twice", add(piece{name: page, text: "<title>Oggi</title>"}), key, bundle.FaultDuplicate, bundle.FaultDuplicate},
		{"a file twice but for capitals", add(piece{name: "rapporto/INDEX.html"}), key, bundle.FaultDuplicate, bundle.FaultDuplicate},
		{"a name that leads out", add(piece{name: "../../.bashrc"}), key, bundle.FaultName, bundle.FaultName},
		{"a name that leads out on Windows", add(piece{name: `..\x.exe`}), key, bundle.FaultName, bundle.FaultName},
		{"an absolute name", add(piece{name: "/etc/cron.d/x"}), key, bundle.FaultName, bundle.FaultName},
		{"a symbolic link", add(piece{name: "rapporto/link", text: "/etc/passwd", mode: fs.ModeSymlink | 0o777}), key, bundle.FaultName, bundle.FaultName},
		{"a folder", add(piece{name: "rapporto/", mode: fs.ModeDir | 0o755}), key, bundle.FaultName, bundle.FaultName},
		{"SHA256SUMS removed", remove(bundle.SumsName), key, bundle.FaultSums, bundle.FaultSums},
		{"SHA256SUMS with a line nobody can read", change(bundle.SumsName, "  rapporto", " rapporto"), key, bundle.FaultSums, bundle.FaultSums},
		{"SHA256SUMS that lists itself", change(bundle.SumsName, "", sumOf("x")+"  SHA256SUMS\n"), key, bundle.FaultSums, bundle.FaultSums},
		{"SHA256SUMS replaced to fit what was changed", forge, key, bundle.FaultSignature, ""},
		{"all replaced and signed by another", both(forge, func(all []piece) []piece {
			all[at(all, bundle.MinisignName)].text = otherSignature
			return all
		}), key, bundle.FaultSignature, ""},
		{"the signature of another key", func(all []piece) []piece { all[at(all, bundle.MinisignName)].text = otherSignature; return all }, key,
			bundle.FaultSignature, ""},
		{"the right signature, another key asked for", func(all []piece) []piece { return all }, otherKey, bundle.FaultSignature, ""},
		{"a signature of other sums", func(all []piece) []piece { all[at(all, bundle.MinisignName)].text = signed([]byte("y")); return all }, key,
			bundle.FaultSignature, ""},
		{"the comment of the signature changed", change(bundle.MinisignName, "as-of:2026-11-15", "as-of:2026-11-14"), key, bundle.FaultSignature, ""},
		{"the signature removed", remove(bundle.MinisignName), key, bundle.FaultSignature, ""},
		{"a signature that is none", func(all []piece) []piece { all[at(all, bundle.MinisignName)].text = "firmato: io"; return all }, key,
			bundle.FaultSignature, bundle.FaultSignature},
		{"the manifest removed, sums to fit", both(remove(bundle.ManifestName), sumAgain), nil, bundle.FaultManifest, bundle.FaultManifest},
		{"a manifest that is none, sums to fit", both(change(bundle.ManifestName, "{", "["), sumAgain), nil, bundle.FaultManifest, bundle.FaultManifest},
		{"a bundle of a later quadra", both(change(bundle.ManifestName, bundle.Format, "quadra-bundle 9"), sumAgain), nil, bundle.FaultManifest, bundle.FaultManifest},
		{"a run changed in the journal, sums to fit", both(change("giornale/sigilli/000000001.txt", `"run",1`, `"run",7`), sumAgain), nil,
			bundle.FaultSeals, bundle.FaultSeals},
		{"the last run taken out of the journal, sums to fit", both(remove("giornale/sigilli/000000002.txt"), sumAgain), nil,
			bundle.FaultSeals, bundle.FaultSeals},
		{"the first run taken out of the journal, sums to fit", both(remove("giornale/sigilli/000000001.txt"), sumAgain), nil,
			bundle.FaultSeals, bundle.FaultSeals},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := zipped(t, c.tamper(pieces(t, whole)))
			told(t, verify(t, text, c.key), c.want)
			told(t, verify(t, text, nil), c.without)
		})
	}
}

// told demands that a verdict begins with a fault of this kind, or holds.
func told(t *testing.T, v *bundle.Verdict, want bundle.Code) {
	t.Helper()
	if want == "" {
		if !v.OK || len(v.Faults) > 0 || len(v.Proved) == 0 || len(v.NotProved) == 0 {
			t.Errorf("it should hold: %+v", v)
		}
		return
	}
	if v.OK || len(v.Faults) == 0 || v.Faults[0].Code != want || v.Faults[0].Text == "" || len(v.Proved) > 0 {
		t.Errorf("it says %+v, want %s first", v, want)
	}
}

// TestWhatIsNoWholeZipIsRefused: bytes before or after it, a comment, an end cut
// off, a content damaged.
func TestWhatIsNoWholeZipIsRefused(t *testing.T) {
	path, _ := made(t, nil)
	whole := read(t, path)
	commented := slices.Concat(whole, []byte("due"))
	binary.LittleEndian.PutUint16(commented[len(whole)-2:], 3)
	damaged := slices.Clone(whole)
	damaged[60] ^= 0xff
	for name, c := range map[string]struct {
		text []byte
		want bundle.Code
	}{
		"nothing":            {nil, bundle.FaultZip},
		"a text":             {[]byte("un testo abbastanza lungo da sembrare qualcosa\n"), bundle.FaultZip},
		"the end cut off":    {whole[:len(whole)-1], bundle.FaultZip},
		"the middle cut out": {slices.Concat(whole[:200], whole[300:]), bundle.FaultZip},
		"bytes before":       {slices.Concat([]byte("#!/bin/sh\n"), whole), bundle.FaultZip},
		"a zip before":       {slices.Concat(whole, whole), bundle.FaultZip},
		"bytes after":        {slices.Concat(whole, []byte("x")), bundle.FaultZip},
		"a comment":          {commented, bundle.FaultZip},
		"a damaged content":  {damaged, bundle.FaultAltered},
	} {
		t.Run(name, func(t *testing.T) { told(t, verify(t, c.text, nil), c.want) })
	}
}

func TestBombsAreNotUnpacked(t *testing.T) {
	path, _ := made(t, nil)
	all := pieces(t, read(t, path))
	big := piece{name: "rapporto/zeri.bin", text: strings.Repeat("\x00", 8<<20)}
	many := slices.Clone(all)
	for i := range 200 {
		many = append(many, piece{name: "rapporto/" + strings.Repeat("x", i+1)})
	}
	limits := bundle.Limits{Directory: 8 << 10, Entries: 100, Unpacked: 10 << 20, Ratio: 250, Floor: 1 << 20}
	small := bundle.Limits{Directory: 1 << 20, Entries: 100, Unpacked: 10 << 20, Ratio: 250, Floor: 1 << 20}
	for _, c := range []struct {
		name   string
		all    []piece
		limits bundle.Limits
		told   string
	}{
		{"too large", append(slices.Clone(all), big, piece{name: "b", text: big.text}), limits, "più di 10485760 byte"},
		{"too well packed", append(slices.Clone(all), big), limits, "250 volte"},
		{"a directory too long to be read", many, limits, "indice"},
		{"too many files", many, small, "file, più di 100"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := zipped(t, c.all)
			var v *bundle.Verdict
			used := allocated(func() {
				var err error
				v, err = bundle.Verify(t.Context(), bytes.NewReader(text), int64(len(text)), bundle.VerifyOptions{Now: now, Limits: c.limits})
				if err != nil {
					t.Fatal(err)
				}
			})
			told(t, v, bundle.FaultLimit)
			if !strings.Contains(v.Faults[0].Text, c.told) || used > 4<<20 {
				t.Errorf("%d bytes of memory to say %q", used, v.Faults[0].Text)
			}
		})
	}
}

// TestEntriesOnTheSameBytesAreRefused: a directory that names the same content
// many times is how the worst bombs are made.
func TestEntriesOnTheSameBytesAreRefused(t *testing.T) {
	path, _ := made(t, nil)
	text := read(t, path)
	z, err := zip.NewReader(bytes.NewReader(text), int64(len(text)))
	if err != nil {
		t.Fatal(err)
	}
	// The second entry of the directory is made to begin where the first does.
	directory := bytes.Index(text, []byte("PK\x01\x02"))
	second := directory + bytes.Index(text[directory+4:], []byte("PK\x01\x02")) + 4
	copy(text[second+42:second+46], text[directory+42:directory+46])
	copy(text[second+20:second+24], text[directory+20:directory+24])
	v := verify(t, text, nil)
	told(t, v, bundle.FaultZip)
	if len(z.File) < 2 || !strings.Contains(v.Faults[0].Text, "stessi byte") {
		t.Errorf("it says %q", v.Faults[0].Text)
	}
}

// TestALieAboutTheSizeIsDamage: an entry that unpacks to more than the directory
// says is not unpacked any further.
func TestALieAboutTheSizeIsDamage(t *testing.T) {
	path, _ := made(t, nil)
	text := read(t, path)
	directory := bytes.Index(text, []byte("PK\x01\x02"))
	binary.LittleEndian.PutUint32(text[directory+24:], 3)
	told(t, verify(t, text, nil), bundle.FaultAltered)
}

// FuzzVerify: whatever the bytes, there is a verdict.
func FuzzVerify(f *testing.F) {
	path, _ := made(f, nil)
	f.Add(read(f, path))
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, text []byte) {
		v := verify(t, text, nil)
		if v.OK != (len(v.Faults) == 0) {
			t.Fatalf("%+v", v)
		}
	})
}
