package drop_test

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"quadra/jobs/drop"
	"quadra/jobs/drop/droptest"
)

// asNobody runs f without the rights of root, under which many tests run and
// to which nothing is forbidden.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	const nobody = 65534
	if os.Getuid() != 0 {
		f()
		return
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for _, set := range []func(int) error{syscall.Setfsgid, syscall.Setfsuid} {
		if err := set(nobody); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := set(0); err != nil {
				t.Fatal(err)
			}
		}()
	}
	f()
}

func TestPermissionDeniedInALocalFolder(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "f.csv")
	if err := os.WriteFile(path, []byte("x"), 0o000); err != nil {
		t.Fatal(err)
	}
	d, err := drop.Open(t.Context(), drop.Options{URL: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, d)
	l, err := d.List(t.Context())
	if err != nil || len(l.Ready) != 1 {
		t.Fatalf("listing is %+v, %v", l, err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(dir, 0o755) }() // or the test's folder cannot be removed
	asNobody(t, func() {
		_, err := d.Open(t.Context(), l.Ready[0])
		droptest.WantKind(t, err, drop.KindPermission)
		droptest.WantKind(t, d.Dispose(t.Context(), l.Ready[0], drop.Taken), drop.KindPermission)
		droptest.WantKind(t, d.Answer(t.Context(), "f.csv.esito.txt", nil), drop.KindPermission)
	})
}

func TestPipePutInPlaceOfTheFileDoesNotHang(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "f.csv"), 0o644); err != nil {
		t.Fatal(err)
	}
	d, err := drop.Open(t.Context(), drop.Options{URL: dir})
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, d)
	_, err = d.Open(t.Context(), drop.Entry{Name: "f.csv", Modified: time.Unix(0, 0)})
	droptest.WantKind(t, err, drop.KindNotWhole)
}

func TestAnswerCanBeReadByWhoeverMayEnterTheFolder(t *testing.T) {
	for folder, want := range map[os.FileMode]os.FileMode{0o770: 0o660, 0o755: 0o644, 0o700: 0o600} {
		dir := t.TempDir()
		if err := os.Chmod(dir, folder); err != nil {
			t.Fatal(err)
		}
		d, err := drop.Open(t.Context(), drop.Options{URL: dir})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Answer(t.Context(), "f.csv.esito.txt", []byte("x")); err != nil {
			t.Fatal(err)
		}
		shut(t, d)
		info, err := os.Stat(filepath.Join(dir, "f.csv.esito.txt"))
		if err != nil || info.Mode() != want {
			t.Errorf("folder %v: answer is %v, %v; want %v", folder, info.Mode(), err, want)
		}
	}
}
