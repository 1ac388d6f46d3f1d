package guide_test

import (
	"flag"
	"image/png"
	"os"
	"regexp"
	"strings"
	"testing"

	"quadra/engine/report/guide"
	"quadra/rules"
)

var update = flag.Bool("update", false, "write README.it.md anew")

const readme = "../../../README.it.md"

func TestTheGuideIsTheItalianReadme(t *testing.T) {
	want, err := guide.Readme()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(readme, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("README.it.md is not the guide: run go test ./engine/report/guide -update")
	}
}

func page(t *testing.T) string {
	t.Helper()
	html, err := guide.HTML("parti/guida-")
	if err != nil {
		t.Fatal(err)
	}
	return string(html)
}

func TestEveryPictureAndLinkOfTheGuideIsThere(t *testing.T) {
	html := page(t)
	shown := regexp.MustCompile(`<img src="parti/guida-([^"]+)" alt="([^"]*)"`).FindAllStringSubmatch(html, -1)
	names, err := guide.PictureNames()
	if err != nil {
		t.Fatal(err)
	}
	if len(shown) == 0 || len(shown) != len(names) {
		t.Errorf("the guide shows %d pictures of %d", len(shown), len(names))
	}
	for _, picture := range shown {
		f, err := guide.Pictures().Open(picture[1])
		if err != nil {
			t.Errorf("picture %s: %v", picture[1], err)
			continue
		}
		size, err := png.DecodeConfig(f)
		if err != nil || size.Width < 600 {
			t.Errorf("picture %s is %d pixels wide: %v", picture[1], size.Width, err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if picture[2] == "" {
			t.Errorf("picture %s has no words for who does not see it", picture[1])
		}
	}
	for _, link := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(html, -1) {
		if !strings.Contains(html, `id="`+link[1]+`"`) {
			t.Errorf("there is no heading #%s", link[1])
		}
	}
	if strings.Contains(html, "<h1") {
		t.Error("the guide has a title of its own; the page gives it")
	}
}

// Words people see on their screens are in the guide as they are there.
func TestTheGuideNamesStatusesAndOutcomesAsTheyAre(t *testing.T) {
	set, err := rules.Default()
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, unit := range []string{rules.UnitPayment, rules.UnitSettlement, rules.UnitMovement} {
		for _, s := range set.Statuses(unit) {
			known[s.Name("it")] = true
		}
	}
	rows := regexp.MustCompile(`(?m)^\| ([A-Z][a-z][^|]+) \|`).FindAllStringSubmatch(source(t), -1)
	if len(rows) < 5 {
		t.Fatalf("the guide names %d statuses", len(rows))
	}
	for _, row := range rows {
		if !known[row[1]] {
			t.Errorf("no status is called %q", row[1])
		}
	}
	outcomes, err := os.ReadFile("../../../jobs/outcome/text.go")
	if err != nil {
		t.Fatal(err)
	}
	titles := regexp.MustCompile("(?m)^\\| `([A-Z ,À]+)` \\|").FindAllStringSubmatch(source(t), -1)
	if len(titles) < 5 {
		t.Fatalf("the guide names %d outcomes", len(titles))
	}
	for _, title := range titles {
		if !strings.Contains(string(outcomes), `return "`+title[1]+`"`) {
			t.Errorf("no outcome is called %q", title[1])
		}
	}
}

func source(t *testing.T) string {
	t.Helper()
	s, err := guide.Readme()
	if err != nil {
		t.Fatal(err)
	}
	return s
}
