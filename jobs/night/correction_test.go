package night_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"quadra/engine/record"
	"quadra/engine/store"
	"quadra/jobs/night"
)

// cash is what the books hold of the giornale di cassa: how many provvisori,
// and their sum.
func (p *place) cash() (int64, record.Cents) {
	p.t.Helper()
	st, err := night.OpenBooks(p.t.Context(), p.cfg, p.opt.Entity)
	if err != nil {
		p.t.Fatal(err)
	}
	defer st.Close()
	var n int64
	var total record.Cents
	err = st.Read(p.t.Context(), func(tx *store.Tx) error {
		sums, err := tx.Sums(store.FigCashUnmatched)
		for _, s := range sums {
			n, total = n+s.Quantity, total+s.Amount
		}
		return err
	})
	if err != nil {
		p.t.Fatal(err)
	}
	return n, total
}

func (p *place) read(path string) string {
	p.t.Helper()
	content, err := os.ReadFile(filepath.Join(p.dir, "drop", path))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(content)
}

// TestCorrectedFileReplacesWhatItCorrects follows a clerk over four nights: a
// giornale di cassa with two wrong rows and one wrong amount, the same file
// again by mistake, the corrected one, and nothing.
func TestCorrectedFileReplacesWhatItCorrects(t *testing.T) {
	const (
		wrong = cashHeader +
			"2026;1;16/09/2026;ECONOMO;VERSAMENTO;100,00;\n" +
			"2026;2;16/09/2026;ECONOMO;VERSAMENTO;20O,00;\n" + // the letter O
			"2026;3;31/09/2026;ECONOMO;VERSAMENTO;300,00;\n" + // no such day
			"2026;4;16/09/2026;ECONOMO;VERSAMENTO;4.000,00;\n" // was 400,00
		right = cashHeader +
			"2026;1;16/09/2026;ECONOMO;VERSAMENTO;100,00;\n" +
			"2026;2;16/09/2026;ECONOMO;VERSAMENTO;200,00;\n" +
			"2026;3;30/09/2026;ECONOMO;VERSAMENTO;300,00;\n" +
			"2026;4;16/09/2026;ECONOMO;VERSAMENTO;400,00;\n"
	)
	for _, name := range []string{"giornale.csv", "giornale corretto.csv"} {
		t.Run("re-sent as "+name, func(t *testing.T) {
			p := local(t, "move")
			wants := func(when string, rows int64, total record.Cents, page, says string) {
				t.Helper()
				if n, sum := p.cash(); n != rows || sum != total {
					t.Errorf("%s: the books hold %d provvisori for %s, want %d for %s", when, n, sum, rows, total)
				}
				if text := p.read("cassa/" + page + ".esito.txt"); !strings.Contains(text, says) {
					t.Errorf("%s: %s.esito.txt does not say %q:\n%s", when, page, says, text)
				}
			}
			p.put("cassa/giornale.csv", wrong)
			p.night()
			wants("wrong file", 2, 4_100_00, "giornale.csv", "ESITO: PRESO, CON RIGHE SCARTATE")
			wants("wrong file", 2, 4_100_00, "giornale.csv", "- riga 3, colonna IMPORTO PROVVISORIO: ")
			wants("wrong file", 2, 4_100_00, "giornale.csv", "Totale preso:      4.100,00 euro")
			if list := p.read("cassa/giornale.csv.scarti.csv"); strings.Count(list, "\n") != 3 || !strings.Contains(list, "\r\n4;DATA ESEC.;DATE;31/09/2026;") {
				t.Errorf("rejects:\n%s", list)
			}

			p.put("cassa/giornale.csv", wrong)
			if got := states(p.night()); !slices.Equal(got, []string{"duplicate  giornale.csv"}) {
				t.Errorf("same file again: %q", got)
			}
			wants("same file again", 2, 4_100_00, "giornale.csv", "le 2 righe scartate allora restano scartate")

			p.put("cassa/"+name, right)
			p.night()
			wants("corrected file", 4, 1_000_00, name, "ESITO: PRESO\r\n")
			wants("corrected file", 4, 1_000_00, name, "Totale preso:      1.000,00 euro")
			_, err := os.Stat(filepath.Join(p.dir, "drop", "cassa", "giornale.csv.scarti.csv"))
			if corrected := name == "giornale.csv"; corrected != os.IsNotExist(err) {
				t.Errorf("list of rejects of the wrong file after %s: %v", name, err)
			}

			if res := p.night(); len(res.Files) != 0 || res.Changed() {
				t.Errorf("the night after: files %q, changed %v", states(res), res.Changed())
			}
		})
	}
}

// TestFileOpenInExcelIsAnsweredLater: the answer of a night is lost, and the
// next night finds the file open.
func TestFileOpenInExcelIsAnsweredLater(t *testing.T) {
	p := local(t, "move")
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	blocked := filepath.Join(p.dir, "drop", "cassa", "giornale.csv.esito.txt")
	if err := os.MkdirAll(filepath.Join(blocked, "inside"), 0o750); err != nil { // a folder where the answer should be
		t.Fatal(err)
	}
	if res := p.night(); !res.Incomplete() || !slices.Equal(states(res), []string{"loaded  giornale.csv"}) {
		t.Errorf("first night: %q, incomplete %v", states(res), res.Incomplete())
	}
	if err := os.RemoveAll(blocked); err != nil {
		t.Fatal(err)
	}
	p.put("cassa/~$giornale.csv", "")
	if res := p.night(); len(res.Files) != 0 || len(res.Drops[2].Waiting) != 1 {
		t.Errorf("while it is open: %q, waiting %q", states(res), res.Drops[2].Waiting)
	}
	if err := os.Remove(filepath.Join(p.dir, "drop", "cassa", "~$giornale.csv")); err != nil {
		t.Fatal(err)
	}
	if res := p.night(); len(res.Files) != 0 || res.Incomplete() {
		t.Errorf("once it is closed it was taken again: %q", states(res))
	}
	p.read("cassa/done/giornale.csv")
}

// TestOneFileThatCannotBeAnsweredStopsNoOther: the folder refuses one answer
// every night.
func TestOneFileThatCannotBeAnsweredStopsNoOther(t *testing.T) {
	p := local(t, "move")
	if err := os.MkdirAll(filepath.Join(p.dir, "drop", "cassa", "a.csv.esito.txt", "inside"), 0o750); err != nil {
		t.Fatal(err)
	}
	p.put("cassa/a.csv", cashHeader+cashRow)
	p.put("cassa/b.csv", cashHeader+strings.Replace(cashRow, "1202", "1203", 1))
	if res := p.night(); !res.Incomplete() || !slices.Equal(states(res), []string{"loaded  a.csv", "loaded  b.csv"}) {
		t.Errorf("first night: %q, incomplete %v, %v", states(res), res.Incomplete(), res.Drops[2].Err)
	}
	p.put("cassa/c.csv", cashHeader+strings.Replace(cashRow, "1202", "1204", 1))
	if res := p.night(); !res.Incomplete() || !slices.Equal(states(res), []string{"loaded  c.csv"}) {
		t.Errorf("second night: %q, incomplete %v", states(res), res.Incomplete())
	}
	for _, name := range []string{"b.csv", "c.csv"} {
		p.read("cassa/done/" + name)
	}
}

// TestArchiveOnAnotherFileSystem keeps the books in memory while the drop is on
// disk: nothing may be moved from one to the other by renaming.
func TestArchiveOnAnotherFileSystem(t *testing.T) {
	p := local(t, "move")
	data, err := os.MkdirTemp("/dev/shm", "quadra-test-") //nolint:usetesting // the other file system is the point
	if err != nil {
		t.Skipf("no second file system: %v", err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(data); err != nil {
			t.Error(err)
		}
	})
	if device(t, data) == device(t, p.dir) {
		t.Skip("the temporary folder is on /dev/shm too")
	}
	p.cfg.DataDir = data
	p.put("cassa/giornale.csv", cashHeader+cashRow)
	p.put("cassa/lettera.csv", "una lettera")
	if got := states(p.night()); !slices.Equal(got, []string{"loaded  giornale.csv", "rejected UNKNOWN_FORMAT lettera.csv"}) {
		t.Errorf("files: %q", got)
	}
	for _, path := range []string{"cassa/done/giornale.csv", "cassa/rejected/lettera.csv", "cassa/giornale.csv.esito.txt"} {
		p.read(path)
	}
	if sealed := glob(t, filepath.Join(data, "archive", "??", "*")); len(sealed) != 2 {
		t.Errorf("sealed: %q", sealed)
	}
}

func device(t *testing.T, path string) uint64 {
	t.Helper()
	var info syscall.Stat_t
	if err := syscall.Stat(path, &info); err != nil {
		t.Fatal(err)
	}
	return info.Dev
}
