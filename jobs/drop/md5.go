package drop

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"strings"
)

// maxMD5File is far more than the sums of every file of a day.
const maxMD5File = 1 << 20

// readMD5 reads the companion md5 and returns the sum it gives for name, or no
// sum when it speaks of other files only. It is not readable when it holds no
// sum at all, as while it is still arriving, or cannot be opened.
func (d *drop) readMD5(ctx context.Context, md5, name string) (sum string, readable bool, err error) {
	r, err := d.folder.open(ctx, md5, 0)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, fs.ErrPermission) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	defer r.Close()
	content, err := io.ReadAll(io.LimitReader(r, maxMD5File))
	if err != nil {
		return "", false, err
	}
	sum, readable = findMD5(string(content), name)
	return sum, readable, nil
}

// findMD5 reads what md5sum writes ("sum  name", "sum *name"), what the BSDs
// write ("MD5 (name) = sum") and a sum alone, which is about any name.
func findMD5(content, name string) (sum string, readable bool) {
	content = strings.TrimPrefix(content, "\ufeff")
	for line := range strings.Lines(content) {
		sum, about, ok := readMD5Line(strings.TrimSpace(line))
		if !ok {
			continue
		}
		readable = true
		if about == "" || key(about[strings.LastIndexAny(about, `/\`)+1:]) == key(name) {
			return sum, true
		}
	}
	return "", readable
}

func readMD5Line(line string) (sum, about string, ok bool) {
	if rest, bsd := strings.CutPrefix(line, "MD5 ("); bsd {
		about, sum, _ = cutLast(rest, ") = ")
	} else {
		sum, about, _ = strings.Cut(line, " ")
		about = strings.TrimPrefix(strings.TrimSpace(about), "*")
	}
	sum = strings.ToLower(sum)
	raw, err := hex.DecodeString(sum)
	return sum, about, err == nil && len(raw) == 16
}

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
