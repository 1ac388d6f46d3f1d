package remittance_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/parsers/remittance"
)

// brief is a reading in one line: for each reference its step, "?" when
// ambiguous, and its id.
func brief(r remittance.Reading) string {
	var b []string
	for _, kind := range []struct {
		name string
		refs []remittance.Ref
	}{{"IUF", r.IUFs}, {"IUV", r.IUVs}} {
		for _, ref := range kind.refs {
			mark := ""
			if ref.Ambiguous {
				mark = "?"
			}
			b = append(b, kind.name+" "+string(ref.Step)+mark+" "+ref.ID)
		}
	}
	return strings.Join(b, ", ")
}

const (
	sisal = " YYY17032021                SisalPay S.p.A. VIA A.DI TOCQUEVILLE 13 MILANO MI ID11101210760133349" +
		"                   606260015422752021 RI1/PUR/LGPE-RIVERSAMENTO/URI/2021-03-17SIGPITM1XXX-S005147952" +
		" BONIFICO A VOSTRO FAVORE TRN UNCRITMM 1101210760133349 DA SisalPay S.p.A. PER" +
		" /PUR/LGPE-RIVERSAMENTO/URI/20 21-03-17SIGPITM1XXX-S005147952"
	satispay = "                                   ZZ1000000000000000,00   000000000012931,00EUR000000000000000,00" +
		"   0000000000000000000000,000000000000,00 ZZ2SATISPAY EUROPE SA ZZ3COMUNE DI BRESCIA" +
		"                                 /PUR/LGPE-RIVERSAMENTO/URI/2021-07-21SATYLUL1-67394095" +
		" /ZZ4/45322700/ZZ4/ ID1FEE73BE0E8ED11EB98F602F53F9A9825   4218D73FDC07422CA829C8F49154D27E"
	unicredit = "Data Ordine: 21/07/2024; Descrizione Ordinante: FIDEURAM INTESA SANPAOLO PRIVATE BANKING SPA" +
		"                          PIAZZA SAN :BI2:FIBKITMMXXX :BE1:IPA TEST 2 :IB1:IT13R0200802017000101059865" +
		" :IB2:IT52Q0329620095000063193091 :TID:1001241280000102 :DTE:240507 :DTN:IPA TEST 2 :ERI:EUR 000000000019312" +
		" :IM2:000000000019312 :MA2:EU R :RI3:/PUR/LGPE-RIVERSAMENTO/URI/2024-07-26PPAYITR1XXX-S2024072600 :SEC:CASH :OR1:FIDEURAM"
)

func TestRead(t *testing.T) {
	tests := []struct{ name, text, want string }{
		// The standard.
		{"cumulative credit", "/PUR/LGPE-RIVERSAMENTO/URI/2023-03-08GovPAYPsp1-15442458845", "IUF strict 2023-03-08GovPAYPsp1-15442458845"},
		{"cumulative credit, ordinary, numbered", "/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/2026-03-11SIGPITM1XXX-S000000002", "IUF strict 2026-03-11SIGPITM1XXX-S000000002"},
		{"cumulative credit, supplementary", "/PUR/LGPE-RIVERSAMENTO/TXT/1/URI/2025-05-16AGID_01-1", "IUF strict 2025-05-16AGID_01-1"},
		{"words before the standard", "ACCREDITO /PUR/LGPE-RIVERSAMENTO/URI/2026-09-24UNCRITMM-S0020000041", "IUF strict 2026-09-24UNCRITMM-S0020000041"},
		{"IUF in small letters", "/PUR/LGPE-RIVERSAMENTO/URI/2026-09-24uncritmm-s0020000041", "IUF strict 2026-09-24uncritmm-s0020000041"},
		{"a word after the IUF", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16AGID_01-000000001 TXT", "IUF strict 2025-05-16AGID_01-000000001"},
		{"documentation sample without a hyphen after the sender", "/PUR/LGPE-RIVERSAMENTO/URI/2017-01-01ABI00000011234", "IUF strict 2017-01-01ABI00000011234"},
		{"IUF of the first years, without a date", "/PUR/LGPE-RIVERSAMENTO/URI/ABC123", "IUF strict ABC123"},
		{"single credit with amount and text", "/RFB/340105455507221/100.99/TXT/Diritti e segreteria", "IUV strict 340105455507221"},
		{"single credit with amount", "BONIFICO /RFB/021486232203061/101.99", "IUV strict 021486232203061"},
		{"single credit of sixteen digits, nothing else", "/RFB/9876096598656344", "IUV strict 9876096598656344"},
		{"single credit with text", "/RFB/9876096598656344/12.34/TXT/Richiesta certificato", "IUV strict 9876096598656344"},
		{"single credit of seventeen digits", "/RFB/01470000000000107/45.01/TXT/Diritti di segreteria", "IUV strict 01470000000000107"},
		{"IUV chosen by the entity, letters and digits", "/RFB/TARI2026A00017/10.00", "IUV strict TARI2026A00017"},
		{"RF reference in one piece", "/RFS/RF45W9ABCDEFG/10.00", "IUV strict RF45W9ABCDEFG"},
		{"RF reference with wrong check digits is still a reference", "/RFS/RF000000000000000", "IUV strict RF000000000000000"},

		// What banks do to it: separators.
		{"blanks for slashes", "LGPE-RIVERSAMENTO URI 2025-05-16AGID_01-000000001 x", "IUF tolerant 2025-05-16AGID_01-000000001"},
		{"blanks for slashes, PUR too", "PUR LGPE-RIVERSAMENTO URI 2025-01-15QWERTY-S2025011501", "IUF tolerant 2025-01-15QWERTY-S2025011501"},
		{"dots for slashes", ".PUR.LGPE-RIVERSAMENTO.URI.2025-01-15QWERTY-S2025011501", "IUF tolerant 2025-01-15QWERTY-S2025011501"},
		{"dots for slashes with text after", ".PUR.LGPE-RIVERSAMENTO.TXT.0.URI.2025-01-15QWERTY-S2025011501.TXT", "IUF tolerant 2025-01-15QWERTY-S2025011501"},
		{"backslashes", `\PUR\LGPE-RIVERSAMENTO\URI\2025-01-15QWERTY-S2025011501`, "IUF tolerant 2025-01-15QWERTY-S2025011501"},
		{"no PUR", "ACCREDITI VARI LGPE-RIVERSAMENTO/URI/2025-01-15QWERTY-S2025011501", "IUF tolerant 2025-01-15QWERTY-S2025011501"},
		{"bank tag in front", "RI1/PUR/LGPE-RIVERSAMENTO/URI/2025-09-23BPPIITRRXXX-000038102790 ACCREDITO BOLLETTINO P.A.", "IUF tolerant 2025-09-23BPPIITRRXXX-000038102790"},
		{"list of tags", unicredit, "IUF tolerant 2024-07-26PPAYITR1XXX-S2024072600"},
		{"small letters", "/pur/lgpe-riversamento/uri/2025-05-16agid_01-1", "IUF tolerant 2025-05-16agid_01-1"},
		{"two digits of supplement", "/PUR/LGPE-RIVERSAMENTO/TXT/12/URI/2025-05-16AGID_01-1", "IUF tolerant 2025-05-16AGID_01-1"},
		{"line break before the IUF", "/PUR/LGPE-RIVERSAMENTO/URI/\n2025-05-16AGID_01-1", "IUF tolerant 2025-05-16AGID_01-1"},

		// White space in the keyword.
		{"blank after the first hyphen", "LGPE- RIVERSAMENTO/URI/2025-05-16X-1", "IUF tolerant 2025-05-16X-1"},
		{"blank before the hyphen", "LGPE -RIVERSAMENTO/URI/2025-05-16X-1", "IUF tolerant 2025-05-16X-1"},
		{"blanks around the hyphen", "LGPE - RIVERSAMENTO/URI/2025-05-16X-1", "IUF tolerant 2025-05-16X-1"},
		{"blank after the first letter", "L GPE-RIVERSAMENTO/URI/2025-05-16X-1", "IUF tolerant 2025-05-16X-1"},
		{"blank inside the keyword", "/PUR/LGPE-RIVERSA MENTO/URI/2025-05-16X-1", "IUF tolerant 2025-05-16X-1"},
		{"line break inside URI", "/PUR/LGPE-RIVERSAMENTO/U\r\nRI/2025-05-16X-1", "IUF tolerant 2025-05-16X-1"},
		{"no-break blank", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-\u00a016AGID_01-1", "IUF tolerant 2025-05-16AGID_01-1"},

		// White space in the IUF.
		{"blank in the day", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-1 6AGID_01-1", "IUF tolerant 2025-05-16AGID_01-1"},
		{"blank before the day", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05- 16AGID_01-1", "IUF tolerant 2025-05-16AGID_01-1"},
		{"blank in the year", "/PUR/LGPE-RIVERSAMENTO/URI/20 21-03-17SIGPITM1XXX-S005147952", "IUF tolerant 2021-03-17SIGPITM1XXX-S005147952"},
		{"blank in the month", "/PUR/LGPE-RIVERSAMENTO/URI/2021-0 3-17SIGPITM1XXX-S005147952", "IUF tolerant 2021-03-17SIGPITM1XXX-S005147952"},
		{"blank between date and sender, no hyphen", "ACCREDITI VARI LGPE-RIVERSAMENTO/URI/2023-01-01 ABC123", "IUF tolerant 2023-01-01ABC123"},
		{"blank between date and sender", "LGPE-RIVERSAMENTO/URI/2023-01-01 ABC123-7", "IUF tolerant 2023-01-01ABC123-7"},
		{"blank after the sender's hyphen", "ACCREDITI VARI /PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X- 1 FOO", "IUF tolerant 2025-05-16X-1"},
		{"blank before the sender's hyphen, another in the date", "ACCREDITI VARI LGPE-RIVERSAMENTO/URI/2026-03- 11ABI03069 -0000000003 TRN 0306926071234567480160001600IT", "IUF tolerant 2026-03-11ABI03069-0000000003"},
		{"ACCREDITI VARI with an intact IUF", "ACCREDITI VARI /PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1", "IUF strict 2025-05-16X-1"},
		{"blank in the sender: the IUF could also end there", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16XBPPII TRRXXX-1", "IUF tolerant? 2025-05-16XBPPIITRRXXX-1"},
		{"a number after the IUF could belong to it", "/PUR/LGPE-RIVERSAMENTO/URI/2025-09-23BPPIITRRXXX-000038 102790", "IUF tolerant? 2025-09-23BPPIITRRXXX-000038"},
		{"CBI continuation mark: what follows could belong to it", satispay, "IUF tolerant? 2021-07-21SATYLUL1-67394095"},
		{"cut at the hyphen", "/PUR/LGPE-RIVERSAMENTO/URI/2025-09-23BPPIITRRXXX-", "IUF tolerant? 2025-09-23BPPIITRRXXX-"},
		{"no hyphen and words after", "/PUR/LGPE-RIVERSAMENTO/URI/2017-01-01ABI00000011234 DA BANCA", "IUF tolerant? 2017-01-01ABI00000011234"},
		{"an amount after the IUF is not part of it", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1 150,00 EUR", "IUF strict 2025-05-16X-1"},
		{"a day after the IUF is not part of it", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1 2025-05-17", "IUF strict 2025-05-16X-1"},

		// Characters a PSP should not use.
		{"dot in the sender", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X.Y-1", "IUF tolerant? 2025-05-16X"},
		{"clock time in the IUF", "/PUR/LGPE-RIVERSAMENTO/URI/2017-11-21GovPAYPsp1-10:27:27.903", "IUF tolerant? 2017-11-21GovPAYPsp1-10"},

		// Several flows.
		{"the same flow twice, the second copy broken", sisal, "IUF tolerant 2021-03-17SIGPITM1XXX-S005147952"},
		{"the same flow twice, the second copy broken at its end", "/PUR/LGPE-RIVERSAMENTO/URI/2021-03-17SIGPITM1XXX-S005147952 PER /PUR/LGPE-RIVERSAMENTO/URI/2021-03-17SIGPITM1XXX-S0051 47952", "IUF strict 2021-03-17SIGPITM1XXX-S005147952"},
		{"the same flow twice, the first copy broken at its end", "/PUR/LGPE-RIVERSAMENTO/URI/2021-03-17SIGPITM1XXX-S0051 47952 PER /PUR/LGPE-RIVERSAMENTO/URI/2021-03-17SIGPITM1XXX-S005147952", "IUF strict 2021-03-17SIGPITM1XXX-S005147952"},
		{"the same flow twice, the second copy cut", "/PUR/LGPE-RIVERSAMENTO/URI/2021-03-17SIGPITM1XXX-S005147952 PER /PUR/LGPE-RIVERSAMENTO/URI/2021-03-17SIGPI", "IUF strict 2021-03-17SIGPITM1XXX-S005147952"},
		{"one credit for two flows, the whole text twice", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1 /PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-2", "IUF strict 2025-05-16X-1, IUF strict 2025-05-16X-2"},
		{"one credit for two flows, one keyword", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1 2025-05-16X-2", "IUF strict 2025-05-16X-1, IUF tolerant 2025-05-16X-2"},
		{"one credit for three flows, lists", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1/URI/2025-05-16X-2, 2025-05-16X-3", "IUF strict 2025-05-16X-1, IUF tolerant 2025-05-16X-2, IUF tolerant 2025-05-16X-3"},
		{"flow and payment", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1 /RFB/340105455507221/1.00", "IUF strict 2025-05-16X-1, IUV strict 340105455507221"},

		// Payments.
		{"RF printed in groups of four", "/RFS/RF23 5674 8393 7849 4505 5087 5/45.56", "IUV tolerant RF23567483937849450550875"},
		{"RF in groups without slashes, check digits right", "RFS RF18 5390 0754 7034 45,56", "IUV tolerant RF18539007547034"},
		{"RF in groups without slashes, check digits wrong", "RFS RF23 5674 8393 7849 4505 5087 5 45,56", "IUV tolerant? RF23567483937849450550875"},
		{"payment in small letters", "/rfb/340105455507221/1.00", "IUV tolerant 340105455507221"},
		{"payment with blanks for slashes", "RFB 340105455507221 100,99", "IUV tolerant 340105455507221"},
		{"payment with dots for slashes", ".RFB.340105455507221.100.99", "IUV tolerant 340105455507221"},
		{"blank inside the IUV, slash after", "/RFB/01234567 890123456/10.50", "IUV tolerant 01234567890123456"},
		{"blank inside the IUV, nothing after", "/RFB/01234567 890123456", "IUV tolerant? 01234567890123456"},
		{"blank inside the tag", "/RF B/340105455507221/10.50", "IUV tolerant 340105455507221"},
		{"tag of the bank before", "RI1/RFB/340105455507221/10.50", "IUV tolerant 340105455507221"},
		{"notice number in place of the IUV", "RFB 001234567890123456 10,00", "IUV tolerant? 001234567890123456"},
		{"the same payment twice", "/RFB/340105455507221/10.50 PER /RFB/3401054555 07221/10.50", "IUV strict 340105455507221"},

		// No reference.
		{"nothing", "", ""},
		{"cash", "VERSAMENTO CONTANTI SENZA RIFERIMENTI", ""},
		{"words", "INVALID STRING", ""},
		{"placeholder of the documentation", "/PUR/LGPE-RIVERSAMENTO/TXT/<prog>/URI/<identificativoFlusso>", ""},
		{"slash for the hyphen and no URI", "/PUR/LGPE/RIVERSAMENTO/XXXXXXXXXXX", ""},
		{"IUF cut inside its date", ".PUR.LGPE-RIVERSAMENTO.URI.2025-05-", ""},
		{"IUF cut inside its year", "/PUR/LGPE-RIVERSAMENTO/URI/20", ""},
		{"a hyphen and no date", "/PUR/LGPE-RIVERSAMENTO/URI/ABC-123", ""},
		{"a day that does not exist", "/PUR/LGPE-RIVERSAMENTO/URI/2025-13-45X-1", ""},
		{"a date and then words", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16 BONIFICO", ""},
		{"longer than an IUF can be", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16SENDER-00000000000000000000000000", ""},
		{"digits without RFB or RFS", "PAGAMENTO AVVISO 340105455507221", ""},
		{"IUF without a keyword", "BONIFICO 2025-05-16X-1", ""},
		{"RFB inside a word", "SURFBOARD 340105455507221 NERFS/340105455507221", ""},
		{"RFB as a company's name", "RFB SERVIZI SRL FATTURA 12", ""},
		{"RFB and a short number", "RFB 12345 SALDO", ""},
		{"first group of an RF reference alone", "/RFS/RF23", ""},
		{"tag at the end", "CAUSALE RFB", ""},
		{"tag without its IUV", "/RFB//10.00", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := remittance.Read(tt.text)
			if diff := cmp.Diff(tt.want, brief(got)); diff != "" {
				t.Errorf("Read(%q) (-want +got):\n%s", tt.text, diff)
			}
			if got.Ambiguous != strings.Contains(tt.want, "?") {
				t.Errorf("Ambiguous = %v", got.Ambiguous)
			}
		})
	}
}

func TestReadGivesEveryCandidateLongestFirst(t *testing.T) {
	tests := []struct {
		name, text string
		want       []string
	}{
		{"intact", "/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1", []string{"2025-05-16X-1"}},
		{"blank in the sender", "URI/ LGPE-RIVERSAMENTO/URI/2025-05-16XBPPII TRRXXX-1", []string{"2025-05-16XBPPIITRRXXX-1", "2025-05-16XBPPII"}},
		{"words after", "/PUR/LGPE-RIVERSAMENTO/URI/2023-01-01 ABC123 DA ROMA", []string{"2023-01-01ABC123DAROMA", "2023-01-01ABC123DA", "2023-01-01ABC123"}},
		{"never beyond 35 characters", "/PUR/LGPE-RIVERSAMENTO/URI/2025-09-23BPPIITRRXXX-000038 102790 1 2", []string{"2025-09-23BPPIITRRXXX-0000381027901", "2025-09-23BPPIITRRXXX-000038102790", "2025-09-23BPPIITRRXXX-000038"}},
		{"continuation mark", satispay, []string{"2021-07-21SATYLUL1-6739409545322700", "2021-07-21SATYLUL1-67394095"}},
		{"clock time", "/PUR/LGPE-RIVERSAMENTO/URI/2017-11-21GovPAYPsp1-10:27:27.903", []string{"2017-11-21GovPAYPsp1-10:27:27.903", "2017-11-21GovPAYPsp1-10"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := remittance.Read(tt.text)
			if len(got.IUFs) != 1 {
				t.Fatalf("%d IUFs, want one: %v", len(got.IUFs), brief(got))
			}
			if diff := cmp.Diff(tt.want, got.IUFs[0].Candidates); diff != "" {
				t.Errorf("candidates (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("notice number", func(t *testing.T) {
		for text, want := range map[string][]string{
			"RFB 001234567890123456 10,00": {"001234567890123456", "234567890123456"},
			"/RFB/301470000000000107/1.00": {"301470000000000107", "01470000000000107"},
		} {
			got := remittance.Read(text).IUVs
			if len(got) != 1 || !slices.Equal(got[0].Candidates, want) {
				t.Errorf("Read(%q).IUVs = %+v, want candidates %v", text, got, want)
			}
		}
	})
}

func TestReadSupplement(t *testing.T) {
	for text, want := range map[string]int{
		"/PUR/LGPE-RIVERSAMENTO/TXT/0/URI/2025-05-16X-1":                                                0,
		"/PUR/LGPE-RIVERSAMENTO/TXT/3/URI/2025-05-16X-1":                                                3,
		"/PUR/LGPE-RIVERSAMENTO/TXT/12/URI/2025-05-16X-1":                                               12,
		"PUR LGPE-RIVERSAMENTO T XT 2 URI 2025-05-16X-1":                                                2,
		"/PUR/LGPE-RIVERSAMENTO/URI/2025-05-16X-1":                                                      -1,
		"/RFB/340105455507221/100.99/TXT/3":                                                             -1,
		"/PUR/LGPE-RIVERSAMENTO/TXT/1/URI/2025-05-16X-1 /PUR/LGPE-RIVERSAMENTO/TXT/2/URI/2025-05-16X-2": 1,
	} {
		if got := remittance.Read(text).Supplement; got != want {
			t.Errorf("Supplement of %q = %d, want %d", text, got, want)
		}
	}
}

func TestKeyIgnoresCaseAndWhiteSpace(t *testing.T) {
	if got := remittance.Key(" 2026-09-24uncritmm-s0020 000041\n"); got != "2026-09-24UNCRITMM-S0020000041" {
		t.Errorf("Key = %q", got)
	}
}
