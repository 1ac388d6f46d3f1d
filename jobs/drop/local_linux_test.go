package drop_test

import (
	"io"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

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

// TestFileThatAWindowsClientHolds: Samba takes a lease on a file that a client
// has open for itself, and Linux then makes whoever opens it wait.
func TestFileThatAWindowsClientHolds(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "giornale.xlsx")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
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
	held, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer shut(t, held)
	if _, err := unix.FcntlInt(held.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		t.Skipf("this file system has no leases: %v", err)
	}
	start := time.Now()
	_, err = d.Open(t.Context(), l.Ready[0])
	droptest.WantKind(t, err, drop.KindBusy)
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it waited %v for the client", took)
	}
	if _, err := unix.FcntlInt(held.Fd(), unix.F_SETLEASE, unix.F_UNLCK); err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(t.Context(), l.Ready[0])
	if err != nil {
		t.Fatal(err)
	}
	shut(t, r)
}

func TestFolderThatMayOnlyBeRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "f.csv"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.Chmod(dir, 0o755) }() // or the test's folder cannot be removed
	for after, want := range map[string]drop.Kind{drop.AfterKeep: "", drop.AfterMove: drop.KindPermission, drop.AfterRename: drop.KindPermission, drop.AfterDelete: drop.KindPermission} {
		d, err := drop.Open(t.Context(), drop.Options{URL: dir, After: after})
		if err != nil {
			t.Fatal(err)
		}
		asNobody(t, func() {
			l, err := d.List(t.Context())
			if err != nil || len(l.Ready) != 1 {
				t.Fatalf("listing is %+v, %v", l, err)
			}
			r, err := d.Open(t.Context(), l.Ready[0])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				t.Error(err)
			}
			shut(t, r)
			err = d.Dispose(t.Context(), l.Ready[0], drop.Taken)
			if want == "" && err != nil {
				t.Error(err)
			} else if want != "" {
				droptest.WantKind(t, err, want)
			}
		})
		shut(t, d)
	}
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
