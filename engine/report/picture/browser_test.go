package picture_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"quadra/engine/record"
	"quadra/engine/report/picture"
	"quadra/engine/report/web"
	"quadra/engine/report/web/webtest"
)

// astray finds the texts of pictures that a browser lays out over one another or
// outside of their view box.
const astray = `[...document.querySelectorAll('svg')].flatMap(svg => {
	const box = svg.viewBox.baseVal, out = [];
	const texts = [...svg.querySelectorAll('text')].map(t => ({ b: t.getBBox(), s: t.textContent }));
	texts.forEach(({ b, s }, i) => {
		if (b.x < -.5 || b.y < -.5 || b.x + b.width > box.width + .5 || b.y + b.height > box.height + .5) out.push(svg.id + ' outside: ' + s);
		for (const { b: o, s: other } of texts.slice(0, i)) {
			const across = Math.min(b.x + b.width, o.x + o.width) - Math.max(b.x, o.x), down = Math.min(b.y + b.height, o.y + o.height) - Math.max(b.y, o.y);
			if (across > .5 && down > 1.5) out.push(svg.id + ': ' + s + ' over ' + other);
		}
	});
	return out;
})`

func TestABrowserLaysOutEveryTextInItsPlace(t *testing.T) {
	dir := t.TempDir()
	var page strings.Builder
	page.WriteString(`<!DOCTYPE html><html lang="it"><meta charset="utf-8"><title>Figure</title><link rel="stylesheet" href="quadra.css"><body><main>`)
	drawn := append(usual("it"), extreme()...)
	for _, p := range drawn {
		page.WriteString(string(p.HTML()))
	}
	page.WriteString("</main></body></html>")
	for name, content := range map[string][]byte{"quadra.css": web.Style(), "figure.html": []byte(page.String())} {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	b := webtest.Open(t)
	b.Visit(dir, "figure.html", "")
	if n := webtest.Eval[int](b, `document.querySelectorAll('svg').length`); n != len(drawn) {
		t.Errorf("%d pictures of %d", n, len(drawn))
	}
	for _, s := range webtest.Eval[[]string](b, astray) {
		t.Error(s)
	}
	b.PDF("figure.pdf")
}

// extreme are pictures of nothing, of one thing, of one huge among many tiny ones
// and of many with long names.
func extreme() []*picture.Picture {
	n := 0
	next := func() picture.Head {
		n++
		return picture.Head{ID: fmt.Sprintf("estremo%d", n), Title: "Estremo"}
	}
	const huge = 9_999_999_999_999_99
	flow := picture.Flow{Head: next(), Nodes: []picture.Node{{Name: "Ricevute"}}}
	for i := range 9 {
		flow.Nodes = append(flow.Nodes, picture.Node{Name: fmt.Sprintf("Un posto dal nome lungo, il numero %d, che non finisce mai", i), Column: 1 + i%2, Tone: picture.Tone(i % 3)})
		flow.Links = append(flow.Links, picture.Link{To: i + 1, Sum: sum(1, 1)})
	}
	flow.Links[0].Amount = huge
	ageing := picture.Ageing{Head: next(), Buckets: []string{"0-2", "3-4", "5-10", "11-30", "31-60", "oltre 60"}}
	for i := range 25 {
		cells := make([]picture.Sum, len(ageing.Buckets))
		for k := range cells {
			cells[k] = sum(int64(i*k)*1_234_567, record.Cents(i*k*k)*9_999_999_99)
		}
		ageing.Codes = append(ageing.Codes, picture.Aged{Name: fmt.Sprintf("Un codice dal nome davvero molto lungo %d", i), Cells: cells})
	}
	credit := picture.Credit{Head: next(), Term: 2}
	for i := range 60 {
		days := make([]int64, 2+i*7)
		days[0], days[len(days)-1] = int64(i)*1_000, 1
		credit.PSPs = append(credit.PSPs, picture.Credited{Name: fmt.Sprintf("Banca di credito cooperativo di una località lontana, la %d, S.c.p.a.", i), Days: days})
	}
	months, one := picture.Months{Head: next()}, picture.Months{Head: next(), Months: []picture.Month{{Year: 2026, Month: time.March, Paid: sum(1, 1)}}}
	for i := range 40 {
		months.Months = append(months.Months, picture.Month{Year: 2023 + i/12, Month: time.Month(i%12 + 1), Paid: sum(1, record.Cents(i)), Cashed: sum(1, huge)})
	}
	days := picture.Calendar{Head: next(), From: day(2026, 1, 1), To: day(2026, 1, 31), Today: day(2026, 1, 20)}
	for on := days.From; on <= days.To; on++ {
		days.Days = append(days.Days, picture.Day{On: on, Expected: sum(1, huge), Received: sum(1, huge), Missing: sum(1, 1), Feast: true})
	}
	none := picture.Calendar{Head: next(), From: days.From, To: days.To}
	return []*picture.Picture{flow.Draw(), ageing.Draw(), credit.Draw(), months.Draw(), one.Draw(), days.Draw(), none.Draw(),
		(&picture.Flow{Head: next()}).Draw(), (&picture.Ageing{Head: next()}).Draw(), (&picture.Credit{Head: next()}).Draw(), (&picture.Months{Head: next()}).Draw()}
}
