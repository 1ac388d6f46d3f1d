package web_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"quadra/engine/report/web"
	"quadra/engine/report/web/webtest"
)

func TestEveryTextOfTheControlsIsThereInBothLanguages(t *testing.T) {
	used := map[string]bool{}
	for _, m := range regexp.MustCompile(`q\.t\("(\w+)"[,)]`).FindAllSubmatch(web.Script(), -1) {
		used[string(m[1])] = true
	}
	for _, m := range regexp.MustCompile(`q\.count\("(\w+)"`).FindAllSubmatch(web.Script(), -1) {
		used[string(m[1])+"_one"], used[string(m[1])+"_many"] = true, true
	}
	if len(used) < 40 {
		t.Fatalf("only %d texts found in the script", len(used))
	}
	for _, language := range []string{"it", "en"} {
		b, err := web.Texts(language)
		if err != nil {
			t.Fatal(err)
		}
		var texts map[string]string
		if err := json.Unmarshal(b, &texts); err != nil {
			t.Fatalf("%s: %v", language, err)
		}
		for key := range used {
			if texts[key] == "" {
				t.Errorf("%s has no text %q", language, key)
			}
		}
	}
	if _, err := web.Texts("fr"); err == nil {
		t.Error("there are texts in a language nobody wrote")
	}
}

func TestNothingIsEverReadAsHTML(t *testing.T) {
	// A remittance text is written by whoever pays: it must stay a text.
	for _, way := range []string{"innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function"} {
		if strings.Contains(string(web.Script()), way) {
			t.Errorf("the script uses %s", way)
		}
	}
}

// open gives a browser on the payments of a made-up pack, all of them loaded.
func open(t *testing.T, payments int, address string) (*webtest.Browser, *webtest.Pack) {
	t.Helper()
	b := webtest.Open(t)
	p, err := webtest.Write(t.TempDir(), payments)
	if err != nil {
		t.Fatal(err)
	}
	b.Visit(p.Dir, "pagamenti.html", address)
	b.Complete()
	t.Cleanup(func() {
		if f := b.Faults(); len(f) > 0 {
			t.Errorf("the page made errors: %q", f)
		}
		if o := b.Outside(p.Dir); len(o) > 0 {
			t.Errorf("the page asked outside its folder: %q", o)
		}
	})
	return b, p
}

func count(p *webtest.Pack, keep func(webtest.Payment) bool) (n int, cents int64) {
	for i := range p.Payments {
		if y := p.Payment(i); keep(y) {
			n++
			cents += y.Cents
		}
	}
	return n, cents
}

// shown is what the list says it shows: rows, and the sum in its last line.
type shown struct {
	Rows  int
	Cents int64
}

func show(b *webtest.Browser) shown {
	return webtest.Eval[shown](b, `({Rows: +document.querySelector("section.elenco").dataset.mostrate, Cents: +document.querySelector("tfoot [data-key=importo]").dataset.cents})`)
}

func TestFiltersCombineAndAreTheAddress(t *testing.T) {
	b, p := open(t, 12000, "#t=pagamenti&stato=NOT_CASHED,NOT_REPORTED&giorni.da=11&importo.a=1000.50")
	n, cents := count(p, func(y webtest.Payment) bool {
		return (y.Status == 1 || y.Status == 2) && y.Days >= 11 && y.Cents <= 100050
	})
	if got := show(b); got != (shown{n, cents}) {
		t.Errorf("shown %+v, want %d rows, %d cents", got, n, cents)
	}
	b.Type(".parole input", "mensa 12")
	b.Wait(`location.hash.includes("q=mensa+12")`)
	if got := show(b); got.Rows == 0 || got.Rows >= n {
		t.Errorf("words leave %d of %d rows", got.Rows, n)
	}
	b.Shot("sintetico-filtri")
	b.Click("button.azzera")
	b.Wait(`location.hash === ""`)
	if got := show(b); got.Rows != p.Payments {
		t.Errorf("without filters %d rows are shown of %d", got.Rows, p.Payments)
	}
}

func TestRangesAreChosenWithHowManyRowsEachWouldShow(t *testing.T) {
	b, p := open(t, 12000, "#t=pagamenti&stato=NOT_CASHED")
	b.Click("details.filtro:nth-of-type(4) summary")
	b.Wait(`document.querySelector(".fasce button") !== null`)
	n, _ := count(p, func(y webtest.Payment) bool { return y.Status == 1 && y.Days >= 31 && y.Days <= 60 })
	choices := b.Texts(".fasce button")
	if len(choices) != 6 || !slices.ContainsFunc(choices, func(s string) bool {
		return strings.Join(strings.Fields(s), " ") == "31–60 "+italian(n)
	}) {
		t.Fatalf("choices %q, want one of 31–60 with %d", choices, n)
	}
	b.Shot("sintetico-fasce")
	b.Click(".fasce button:nth-of-type(5)")
	b.Wait(`location.hash.includes("giorni.da=31&giorni.a=60")`)
	if got := show(b); got.Rows != n {
		t.Errorf("the range shows %d rows, its button said %d", got.Rows, n)
	}
}

func TestTheOrderIsThatOfTheWholeSet(t *testing.T) {
	b, p := open(t, 12000, "")
	first := func() string { return b.Text("tbody:not(.vano) tr td:nth-of-type(2)") }
	b.Click("thead th:nth-of-type(3) button")
	b.Wait(`location.hash.includes("ordina=-importo")`)
	var most int64
	for i := range p.Payments {
		most = max(most, p.Payment(i).Cents)
	}
	if got := first(); got != euro(most) {
		t.Errorf("the first amount is %s, the largest of all is %s", got, euro(most))
	}
	b.Click("thead th:nth-of-type(3) button")
	b.Wait(`location.hash.includes("ordina=importo")`)
	if got := first(); got != "1,00" {
		t.Errorf("the first amount is %s, the smallest of all is 1,00", got)
	}
}

func TestAListIsReadWithTheKeyboardAlone(t *testing.T) {
	b, p := open(t, 12000, "")
	webtest.Eval[bool](b, `document.querySelector("tbody:not(.vano) a").focus() === undefined`)
	b.Press(webtest.Down, webtest.Down, webtest.Enter)
	b.Wait(`document.querySelector("dialog[open] .stato")`)
	if got, want := b.Text("dialog h2"), "Pagamento "+p.Payment(2).IUV; got != want {
		t.Errorf("panel %q, want %q", got, want)
	}
	b.Shot("sintetico-scheda")
	b.Press(webtest.Escape)
	b.Wait(`!document.querySelector("dialog[open]")`)
	if got := webtest.Eval[string](b, "document.activeElement.innerText"); got != p.Payment(2).IUV {
		t.Errorf("after the panel the keyboard is on %q", got)
	}
	b.Press(webtest.End)
	b.Wait(`document.activeElement.innerText === "` + p.Payment(p.Payments-1).IUV + `"`)
	if rows := webtest.Eval[int](b, `document.querySelectorAll("tbody tr").length`); rows > 120 {
		t.Errorf("%d rows are drawn", rows)
	}
}

func TestThePanelLeadsToItsNeighboursAndBack(t *testing.T) {
	b, p := open(t, 12000, "#t=pagamenti&stato=NOT_CASHED")
	y := p.Payment(9)
	b.Click("tbody:not(.vano) tr:first-child a")
	b.Wait(`document.querySelector("dialog[open] .catena")`)
	b.Click(".catena .di-flow a")
	b.Wait(`document.querySelector("dialog h2").innerText === "Flusso ` + y.IUF + `"`)
	if a := webtest.Eval[string](b, "location.hash"); !strings.Contains(a, "stato=NOT_CASHED") || !strings.Contains(a, "scheda=flussi:"+y.IUF) {
		t.Errorf("the address lost something: %s", a)
	}
	b.Back()
	b.Wait(`document.querySelector("dialog h2").innerText === "Pagamento ` + y.IUV + `"`)
	b.Back()
	b.Wait(`!document.querySelector("dialog[open]")`)
	if got := show(b); got.Rows == p.Payments {
		t.Error("going back took the filters away")
	}
}

func TestWhatIsShownIsSavedAsItalianSpreadsheetsReadIt(t *testing.T) {
	b, p := open(t, 12000, "#t=pagamenti&stato=NOT_CASHED&giorni.da=61&ordina=-importo")
	b.Click("button.scarica")
	got := b.Downloaded("pagamenti-mostrati.csv")
	n, _ := count(p, func(y webtest.Payment) bool { return y.Status == 1 && y.Days >= 61 })
	lines := strings.Split(strings.TrimSuffix(got, "\r\n"), "\r\n")
	if len(lines) != n+1 || lines[0] != "\ufeffIUV;Stato;Importo;Pagato il;Giorni;IUF;PSP;IUR;Pagatore;Causale" {
		t.Fatalf("%d lines after %q, want %d", len(lines)-1, lines[0], n)
	}
	if !regexp.MustCompile(`^\d{17};Non riversato;\d+,\d\d;\d\d/09/2026;\d+;`).MatchString(lines[1]) {
		t.Errorf("a line reads %q", lines[1])
	}
}

func TestTheSearchBoxFindsAnythingFromAnyPage(t *testing.T) {
	b, p := open(t, 12000, "")
	y := p.Payment(11999)
	for what, typed := range map[string]string{"IUV": y.IUV, "IUR": y.IUR[20:], "IUF": y.IUF, "payer": strings.ToLower(y.Payer), "amount": euro(y.Cents)} {
		b.Visit(p.Dir, "index.html", "")
		b.Type("#cerca", typed)
		b.Wait(`document.querySelector(".trovati a") && !document.querySelector(".trovati .carica")`)
		if found := strings.Join(b.Texts(".trovati"), ""); what != "payer" && what != "amount" && !strings.Contains(found, y.IUV) && !strings.Contains(found, y.IUF) {
			t.Errorf("%s %s finds %q", what, typed, found)
		}
	}
	b.Visit(p.Dir, "index.html", "")
	b.Type("#cerca", y.IUV)
	b.Wait(`document.querySelector(".trovati a") && !document.querySelector(".trovati .carica")`)
	b.Shot("sintetico-ricerca")
	b.Press(webtest.Enter)
	b.Wait(`document.querySelector("dialog[open] .stato")`)
	if got := b.Text("dialog h2"); got != "Pagamento "+y.IUV {
		t.Errorf("Enter opened %q", got)
	}
}

func italian(n int) string {
	s := []byte{}
	for i, digits := 0, []byte(jsonNumber(n)); i < len(digits); i++ {
		if i > 0 && (len(digits)-i)%3 == 0 {
			s = append(s, '.')
		}
		s = append(s, digits[i])
	}
	return string(s)
}

func euro(cents int64) string {
	digits := jsonNumber(int(cents % 100))
	return italian(int(cents/100)) + "," + strings.Repeat("0", 2-len(digits)) + digits
}

func jsonNumber(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}
