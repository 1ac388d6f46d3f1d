package droptest

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"quadra/jobs/drop"
)

func exerciseAnswer(t *testing.T, start func(*testing.T) Place) {
	t.Run("answer stands beside the file and is no file of the source", func(t *testing.T) {
		p := start(t)
		p.put(t, "f.csv", "x")
		d := p.open(t)
		if err := d.Answer(t.Context(), "f.csv.esito.txt", []byte("PRESO")); err != nil {
			t.Fatal(err)
		}
		p.wantTree(t, "f.csv=x", "f.csv.esito.txt=PRESO")
		if e := only(t, d); e.Name != "f.csv" {
			t.Errorf("ready: %+v", e)
		}
	})
	t.Run("second answer replaces the first", func(t *testing.T) {
		p := start(t)
		d := p.open(t)
		for _, text := range []string{"a long first answer", "second"} {
			if err := d.Answer(t.Context(), "f.csv.esito.txt", []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		p.wantTree(t, "f.csv.esito.txt=second")
	})
	t.Run("long answer is written as it is produced", func(t *testing.T) {
		p := start(t)
		d := p.open(t)
		var want strings.Builder
		err := d.AnswerFrom(t.Context(), "f.csv.scarti.csv", func(w io.Writer) error {
			for i := range 50_000 {
				if _, err := fmt.Fprintf(io.MultiWriter(w, &want), "%d;MISSING\r\n", i); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		p.wantTree(t, "f.csv.scarti.csv="+want.String())
	})
	t.Run("answer that fails half way leaves the earlier one", func(t *testing.T) {
		p := start(t)
		d := p.open(t)
		if err := d.Answer(t.Context(), "f.csv.scarti.csv", []byte("first")); err != nil {
			t.Fatal(err)
		}
		broken := errors.New("rejects cannot be read")
		err := d.AnswerFrom(t.Context(), "f.csv.scarti.csv", func(w io.Writer) error {
			if _, err := io.WriteString(w, big); err != nil {
				return err
			}
			return broken
		})
		if !errors.Is(err, broken) || errors.As(err, new(*drop.Error)) {
			t.Errorf("error is %v", err)
		}
		p.wantTree(t, "f.csv.scarti.csv=first")
	})
	t.Run("answer that no longer holds is taken back", func(t *testing.T) {
		p := start(t)
		p.put(t, "f.csv.scarti.csv", "old")
		p.put(t, "g.csv.scarti.csv", "other")
		d := p.open(t)
		for range 2 {
			if err := d.Retract(t.Context(), "f.csv.scarti.csv"); err != nil {
				t.Error(err)
			}
		}
		p.wantTree(t, "g.csv.scarti.csv=other")
	})
	t.Run("no file of the source can be answered over", func(t *testing.T) {
		p := start(t)
		p.put(t, "f.csv", "x")
		d := p.open(t)
		for _, name := range []string{"f.csv", "g.csv", "../f.esito.txt", ".esito.txt", "sub/f.csv.esito.txt", ""} {
			WantKind(t, d.Answer(t.Context(), name, []byte("no")), drop.KindConfig)
			WantKind(t, d.Retract(t.Context(), name), drop.KindConfig)
		}
		p.wantTree(t, "f.csv=x")
	})
}

func exerciseDispose(t *testing.T, start func(*testing.T) Place) {
	const sha = "1a2b3c4d00000000000000000000000000000000000000000000000000000000"
	withCompanions := map[string]string{"f.csv": "new", "f.csv.done": "d", "f.md5": md5Of("new"), "f.auth": "a", "g.done": "other"}
	cases := []struct {
		name    string
		after   string
		outcome drop.Outcome
		sha     string
		put     map[string]string
		want    []string
	}{
		{name: "taken file is moved to done with its companions", after: "", outcome: drop.Taken, put: withCompanions,
			want: []string{"done/f.csv=new", "done/f.csv.done=d", "done/f.md5=" + md5Of("new"), "done/f.auth=a", "g.done=other"}},
		{name: "rejected file is moved to rejected", after: drop.AfterMove, outcome: drop.Rejected,
			put: map[string]string{"f.csv": "new"}, want: []string{"rejected/f.csv=new"}},
		{name: "same name already in done is told apart by the hash", after: drop.AfterMove, outcome: drop.Taken, sha: sha,
			put:  map[string]string{"f.csv": "new", "f.csv.done": "d", "f.auth": "a", "done/f.csv": "old"},
			want: []string{"done/f.csv=old", "done/f-1a2b3c4d.csv=new", "done/f-1a2b3c4d.csv.done=d", "done/f-1a2b3c4d.auth=a"}},
		{name: "same name and hash already in done get a number", after: drop.AfterMove, outcome: drop.Taken, sha: sha,
			put:  map[string]string{"f.csv": "new", "done/f.csv": "old", "done/f-1a2b3c4d.csv": "older"},
			want: []string{"done/f.csv=old", "done/f-1a2b3c4d.csv=older", "done/f-1a2b3c4d-2.csv=new"}},
		{name: "same name already in done gets a number without a hash", after: drop.AfterMove, outcome: drop.Taken,
			put:  map[string]string{"f": "new", "done/f": "old", "done/f-2": "older"},
			want: []string{"done/f=old", "done/f-2=older", "done/f-3=new"}},
		{name: "companion already in done takes the file along", after: drop.AfterMove, outcome: drop.Taken, sha: sha,
			put:  map[string]string{"f.csv": "new", "f.done": "d", "done/f.done": "old"},
			want: []string{"done/f.done=old", "done/f-1a2b3c4d.csv=new", "done/f-1a2b3c4d.done=d"}},
		{name: "delete removes file and companions", after: drop.AfterDelete, outcome: drop.Taken, put: withCompanions,
			want: []string{"g.done=other"}},
		{name: "delete removes a rejected file too", after: drop.AfterDelete, outcome: drop.Rejected,
			put: map[string]string{"f.csv": "new"}, want: nil},
		{name: "rename leaves the file where it is, with its companions", after: drop.AfterRename, outcome: drop.Taken, put: withCompanions,
			want: []string{"f.csv.preso=new", "f.csv.done.preso=d", "f.md5.preso=" + md5Of("new"), "f.auth.preso=a", "g.done=other"}},
		{name: "rename of a rejected file", after: drop.AfterRename, outcome: drop.Rejected,
			put: map[string]string{"f.csv": "new"}, want: []string{"f.csv.rifiutato=new"}},
		{name: "rename tells apart a name used before", after: drop.AfterRename, outcome: drop.Taken, sha: sha,
			put:  map[string]string{"f.csv": "new", "f.csv.preso": "old"},
			want: []string{"f.csv.preso=old", "f-1a2b3c4d.csv.preso=new"}},
		{name: "name in done that differs in case only is told apart, as Windows would", after: drop.AfterMove, outcome: drop.Taken, sha: sha,
			put:  map[string]string{"F.CSV": "new", "done/f.csv": "old"},
			want: []string{"done/f.csv=old", "done/F-1a2b3c4d.CSV=new"}},
		{name: "name in done that writes its accent otherwise is told apart, as a Mac would", after: drop.AfterMove, outcome: drop.Taken, sha: sha,
			put:  map[string]string{"perche\u0301.csv": "new", "done/perch\u00e9.csv": "old"},
			want: []string{"done/perch\u00e9.csv=old", "done/perche\u0301-1a2b3c4d.csv=new"}},
		{name: "keep leaves everything", after: drop.AfterKeep, outcome: drop.Rejected,
			put: map[string]string{"f.csv": "new", "f.done": "d"}, want: []string{"f.csv=new", "f.done=d"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := start(t)
			p.Options.After = c.after
			for name, content := range c.put {
				p.put(t, name, content)
			}
			d := p.open(t)
			e := only(t, d)
			e.SHA256 = c.sha
			if err := d.Dispose(t.Context(), e, c.outcome); err != nil {
				t.Fatal(err)
			}
			p.wantTree(t, c.want...)
			if err := d.Dispose(t.Context(), e, c.outcome); err != nil {
				t.Errorf("doing it again after a restart: %v", err)
			}
			p.wantTree(t, c.want...)
		})
	}
	t.Run("three files of one name in one run are all kept", func(t *testing.T) {
		p := start(t)
		d := p.open(t)
		for _, content := range []string{"1", "2", "3"} {
			p.put(t, "f.csv", content)
			if err := d.Dispose(t.Context(), only(t, d), drop.Taken); err != nil {
				t.Fatal(err)
			}
		}
		p.wantTree(t, "done/f.csv=1", "done/f-2.csv=2", "done/f-3.csv=3")
	})
	t.Run("two files that share a marker both go", func(t *testing.T) {
		p := start(t)
		p.put(t, "f.csv", "c")
		p.put(t, "f.xml", "x")
		p.put(t, "f.done", "d")
		d := p.open(t)
		for _, e := range list(t, d).Ready {
			if err := d.Dispose(t.Context(), e, drop.Taken); err != nil {
				t.Fatal(err)
			}
		}
		p.wantTree(t, "done/f.csv=c", "done/f.xml=x", "done/f.done=d")
	})
	t.Run("file replaced since it was read stays for the next run", func(t *testing.T) {
		for _, after := range []string{drop.AfterMove, drop.AfterDelete} {
			p := start(t)
			p.Options.After = after
			p.put(t, "f.csv", "old")
			d := p.open(t)
			e := only(t, d)
			p.put(t, "f.csv", "new")
			p.date(t, "f.csv", noon.Add(time.Minute))
			WantKind(t, d.Dispose(t.Context(), e, drop.Taken), drop.KindNotWhole)
			p.wantTree(t, "f.csv=new")
		}
	})
	t.Run("two runs at one drop lose nothing and take each file once", func(t *testing.T) { exerciseTwoRuns(t, start) })
	t.Run("names that lead out of the folder are not touched", func(t *testing.T) {
		p := start(t)
		p.put(t, "sub/f.csv", "x")
		d := p.open(t)
		for _, name := range []string{"sub/f.csv", "..", "../f.csv", ""} {
			WantKind(t, d.Dispose(t.Context(), drop.Entry{Name: name}, drop.Taken), drop.KindConfig)
		}
		p.wantTree(t, "sub/f.csv=x")
	})
}

// exerciseTwoRuns lets two runs, which know nothing of each other, work through
// one drop at the same time.
func exerciseTwoRuns(t *testing.T, start func(*testing.T) Place) {
	const files = 30
	p := start(t)
	for i := range files {
		p.put(t, fmt.Sprintf("f%02d.csv", i), big)
	}
	var mu sync.Mutex
	taken := make(map[string]bool)
	var runs sync.WaitGroup
	for _, owner := range []string{"c_q001@uno", "c_q001@due"} {
		p.Options.Owner = owner
		d := p.open(t)
		l := list(t, d)
		runs.Go(func() {
			for _, e := range l.Ready {
				content, err := read(t, d, e)
				var gone *drop.Error
				if errors.As(err, &gone) && gone.Kind == drop.KindMissing {
					continue // the other was faster
				}
				if err != nil || content != big {
					t.Errorf("%s: %d bytes, %v", e.Name, len(content), err)
					continue
				}
				mu.Lock()
				taken[e.Name] = true
				mu.Unlock()
				if err := d.Answer(t.Context(), e.Name+".esito.txt", []byte("PRESO")); err != nil {
					t.Errorf("answer %s: %v", e.Name, err)
				}
				if err := d.Dispose(t.Context(), e, drop.Taken); err != nil && !errors.As(err, &gone) {
					t.Errorf("dispose %s: %v", e.Name, err)
				}
			}
		})
	}
	runs.Wait()
	if len(taken) != files {
		t.Errorf("%d files of %d were taken", len(taken), files)
	}
	var want []string
	for i := range files {
		name := fmt.Sprintf("f%02d.csv", i)
		want = append(want, "done/"+name+"="+big, name+".esito.txt=PRESO")
	}
	p.wantTree(t, want...)
}
