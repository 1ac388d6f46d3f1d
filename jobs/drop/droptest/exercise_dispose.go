package droptest

import (
	"errors"
	"fmt"
	"io"
	"strings"
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
	t.Run("no file of the source can be answered over", func(t *testing.T) {
		p := start(t)
		p.put(t, "f.csv", "x")
		d := p.open(t)
		for _, name := range []string{"f.csv", "g.csv", "../f.esito.txt", ".esito.txt", "sub/f.csv.esito.txt", ""} {
			WantKind(t, d.Answer(t.Context(), name, []byte("no")), drop.KindConfig)
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
