package bilancio_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/bilancio"
)

// share is a capitolo of one accertamento.
func share(chapter, amount string) string {
	return "<capitolo><codCapitolo>" + chapter + "</codCapitolo><accertamento><importo>" + amount + "</importo></accertamento></capitolo>"
}

func split(chapters ...string) string {
	return "<bilancio>" + strings.Join(chapters, "") + "</bilancio>"
}

func notice(chapter, amount string) string {
	return "<Bilancio><capitolo><codice>" + chapter + "</codice><importo>" + amount + "</importo></capitolo></Bilancio>"
}

const composed = `<bilancio><capitolo><codCapitolo>E-3001</codCapitolo><codUfficio>TRIB</codUfficio><accertamento><codAccertamento>2024/118</codAccertamento>` +
	`<importo>12.50</importo></accertamento><accertamento><importo>7.50</importo></accertamento></capitolo><capitolo><codCapitolo>E-3044</codCapitolo>` +
	`<accertamento><codAccertamento>2024/240</codAccertamento><importo>80.00</importo></accertamento></capitolo></bilancio>`

func TestRead(t *testing.T) {
	t.Parallel()
	whole := []record.Quota{
		{Office: "TRIB", Chapter: "E-3001", Assessment: "2024/118", Amount: 1250},
		{Office: "TRIB", Chapter: "E-3001", Amount: 750},
		{Chapter: "E-3044", Assessment: "2024/240", Amount: 8000},
	}
	one := []record.Quota{{Chapter: "A", Amount: 100}}
	const namespace = `xmlns="http://www.regione.veneto.it/schemas/2012/Pagamenti/Ente/"`
	for _, tc := range []struct {
		name, in string
		want     []record.Quota
	}{
		{"no split at all", "", nil},
		{"a blank field", " \n", nil},
		{"two chapters, one of them with two accertamenti", composed, whole},
		{"in the namespace of the region", strings.Replace(composed, "<bilancio>", "<bilancio "+namespace+">", 1), whole},
		{
			"with a prefix",
			`<e:bilancio xmlns:e="urn:e"><e:capitolo><e:codCapitolo>A</e:codCapitolo><e:accertamento><e:importo>1.00</e:importo></e:accertamento></e:capitolo></e:bilancio>`, one,
		},
		{"over several lines", "\n<bilancio>\n <capitolo>\n  <codCapitolo> A </codCapitolo><accertamento>\n<importo>\n1.00 </importo></accertamento></capitolo>\n</bilancio>\n", one},
		{"with an XML prolog of another encoding", `<?xml version="1.0" encoding="ISO-8859-1"?>` + split(share("à", "1.00")), []record.Quota{{Chapter: "à", Amount: 100}}},
		{"elements in another order", "<bilancio><capitolo><accertamento><importo>1.00</importo></accertamento><codCapitolo>A</codCapitolo></capitolo></bilancio>", one},
		{"an element nobody knows", split("<nota><b>x</b></nota>", strings.Replace(share("A", "1.00"), "<acc", "<x>1</x><acc", 1)), one},
		{"an empty office", strings.Replace(split(share("A", "1.00")), "<acc", "<codUfficio/><acc", 1), one},
		{"an escaped ampersand", split(share("A&amp;B", "1.00")), []record.Quota{{Chapter: "A&B", Amount: 100}}},
		{"the same chapter twice", split(share("A", "0.70"), share("B", "5.00"), share("A", "0.30")), []record.Quota{{Chapter: "A", Amount: 100}, {Chapter: "B", Amount: 500}}},
		{"the same chapter in two offices", split(share("A", "1.00"), strings.Replace(share("A", "2.00"), "<acc", "<codUfficio>U</codUfficio><acc", 1)),
			[]record.Quota{{Chapter: "A", Amount: 100}, {Office: "U", Chapter: "A", Amount: 200}}},
		{"a code of 64 characters", split(share(strings.Repeat("à", 64), "1.00")), []record.Quota{{Chapter: strings.Repeat("à", 64), Amount: 100}}},
		{"of a notice", notice("A", "1.00"), one},
		{"of a notice in its namespace", strings.Replace(notice("A", "1.00"), "<Bilancio>", "<Bilancio "+namespace+">", 1), one},
		{"of a notice with a share of zero", strings.Replace(notice("A", "1.00"), "</Bilancio>", "<capitolo><codice>B</codice><importo>0.00</importo></capitolo></Bilancio>", 1), one},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := bilancio.Read(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.want, got); diff != "" {
				t.Errorf("quotas (-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name, in string
		fault    bilancio.Fault
		element  string
		hint     string // part of the reason
	}{
		{"an ampersand that is not escaped", split(share("Rossi & figli", "1.00")), bilancio.FaultSyntax, "", "non si può leggere"},
		{"a split that was cut", split(share("A", "1.00"))[:60], bilancio.FaultSyntax, "", "non si può leggere"},
		{"a document type", "<!DOCTYPE bilancio>" + split(share("A", "1.00")), bilancio.FaultSyntax, "", "non si può leggere"},
		{"text that is no XML", "TOTALE", bilancio.FaultSyntax, "", "non si può leggere"},
		{"text after the end", split(share("A", "1.00")) + "x", bilancio.FaultSyntax, "", "non si può leggere"},
		{"a script call of MyPay", split(share("A", "calcola_importo(0.5)")), bilancio.FaultAmount, "importo", "espressione"},
		{"an unresolved total", split(share("A", "TOTALE")), bilancio.FaultAmount, "importo", "espressione"},
		{"a comma", split(share("A", "12,50")), bilancio.FaultAmount, "importo", "punto"},
		{"thousands", split(share("A", "1.234.50")), bilancio.FaultAmount, "importo", "punto"},
		{"one decimal", split(share("A", "12.5")), bilancio.FaultDecimals, "importo", "due decimali"},
		{"three decimals", split(share("A", "12.505")), bilancio.FaultDecimals, "importo", "due decimali"},
		{"no decimals", split(share("A", "12")), bilancio.FaultDecimals, "importo", "due decimali"},
		{"a dot and nothing after it", split(share("A", "12.")), bilancio.FaultDecimals, "importo", "due decimali"},
		{"an amount beyond the largest", split(share("A", "99999999999999.00")), bilancio.FaultAmount, "importo", "massimo"},
		{"a share of nothing", split(share("A", "0.00")), bilancio.FaultNotPositive, "importo", "maggiore di zero"},
		{"a negative share", split(share("A", "-1.00")), bilancio.FaultNotPositive, "importo", "maggiore di zero"},
		{"a negative share of a notice", notice("A", "-1.00"), bilancio.FaultNotPositive, "importo", "maggiore di zero"},
		{"no amount", split(share("A", "")), bilancio.FaultMissing, "importo", "senza importo"},
		{"no chapter code", split(share("", "1.00")), bilancio.FaultMissing, "codCapitolo", "senza codice"},
		{"no chapter code in a notice", notice("", "1.00"), bilancio.FaultMissing, "codice", "senza codice"},
		{"a chapter without accertamento", split("<capitolo><codCapitolo>A</codCapitolo></capitolo>"), bilancio.FaultMissing, "accertamento", "nessun accertamento"},
		{"no chapter", split(), bilancio.FaultMissing, "capitolo", "nessuna quota"},
		{"another root", "<capitolo/>", bilancio.FaultStructure, "capitolo", "deve cominciare"},
		{"the root of neither grammar", "<BILANCIO/>", bilancio.FaultStructure, "BILANCIO", "deve cominciare"},
		{"text between the chapters", split("x", share("A", "1.00")), bilancio.FaultStructure, "bilancio", "fuori posto"},
		{"two codes of one chapter", strings.Replace(split(share("A", "1.00")), "<acc", "<codCapitolo>B</codCapitolo><acc", 1), bilancio.FaultStructure, "codCapitolo", "ripetuto"},
		{"an element inside an amount", split(share("A", "<b>1.00</b>")), bilancio.FaultStructure, "importo", "contiene un altro"},
		{"a code of 65 characters", split(share(strings.Repeat("1", 65), "1.00")), bilancio.FaultTooLong, "codCapitolo", "64 caratteri"},
		{"more than 4096 characters", split(share("A", "1.00"), "<!--"+strings.Repeat("à", 4096)+"-->"), bilancio.FaultTooLong, "", "4096"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			quotas, err := bilancio.Read(tc.in)
			var bad *bilancio.Error
			if !errors.As(err, &bad) {
				t.Fatalf("got %v and %v, want %s", quotas, err, tc.fault)
			}
			if bad.Fault != tc.fault || bad.Element != tc.element || !strings.Contains(bad.Reason, tc.hint) || quotas != nil {
				t.Errorf("got %+v, want %s at %q saying %q", bad, tc.fault, tc.element, tc.hint)
			}
		})
	}
}

func TestReadTakesTheLongestSplit(t *testing.T) {
	t.Parallel()
	in := split(share("A", "1.00"))
	in = strings.Replace(in, "</bilancio>", "<!--"+strings.Repeat("à", bilancio.MaxLength-len(in)-7)+"--></bilancio>", 1)
	if quotas, err := bilancio.Read(in); err != nil || len(quotas) != 1 {
		t.Errorf("%v, %v", quotas, err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	quotas, err := bilancio.Read(composed)
	if err != nil {
		t.Fatal(err)
	}
	if err := bilancio.Check(quotas, 10000); err != nil {
		t.Errorf("a split that adds up: %v", err)
	}
	var bad *bilancio.Error
	for name, total := range map[string]record.Cents{"a cent less": 10001, "a cent more": 9999, "another sign": -10000} {
		if err := bilancio.Check(quotas, total); !errors.As(err, &bad) || bad.Fault != bilancio.FaultTotal || !strings.Contains(bad.Reason, "100,00") {
			t.Errorf("%s: got %v, want %s", name, err, bilancio.FaultTotal)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(composed)
	f.Add(notice("A", "1.00"))
	f.Add(split(share("A", "calcola_importo(1)")))
	f.Add(split(share("Rossi & figli", "12.5")))
	f.Fuzz(func(t *testing.T, in string) {
		quotas, err := bilancio.Read(in)
		var bad *bilancio.Error
		if err != nil && (!errors.As(err, &bad) || bad.Reason == "" || bad.Fault == "") {
			t.Fatalf("not a fault of the split: %v", err)
		}
		var sum record.Cents
		seen := map[string]bool{}
		for _, q := range quotas {
			key := fmt.Sprintf("%q %q %q", q.Office, q.Chapter, q.Assessment)
			if q.Chapter == "" || q.Amount <= 0 || seen[key] {
				t.Fatalf("quota %+v of %q", q, in)
			}
			seen[key] = true
			sum += q.Amount
		}
		if err == nil && bilancio.Check(quotas, sum) != nil {
			t.Fatalf("%v does not add up to itself", quotas)
		}
	})
}

func BenchmarkRead(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := bilancio.Read(composed); err != nil {
			b.Fatal(err)
		}
	}
}
