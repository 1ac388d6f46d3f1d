package flow_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"quadra/engine/record"
	"quadra/parsers/flow"
	"quadra/parsers/xmlscan"
)

// TestReadSharedSamples reads the sample flows kept beside the project: what
// each of the public negative tests must come to.
func TestReadSharedSamples(t *testing.T) {
	t.Parallel()
	samples := filepath.Join(shared(t), "samples")
	type outcome struct {
		file   record.FileCode
		reject record.RejectCode
	}
	malformed := map[string]outcome{
		"base_ok.xml":                                      {},
		"SIN_NIFR_35_versioneOggetto.xml":                  {file: record.FileContent},
		"SIN_NIFR_35b_versioneOggetto.xml":                 {file: record.FileContent},
		"SIN_NIFR_39_identificativoFlusso.xml":             {file: record.FileContent},
		"SIN_NIFR_42_dataOraFlusso.xml":                    {file: record.FileContent},
		"SIN_NIFR_45_identificativoUnivocoRegolamento.xml": {file: record.FileContent},
		"SIN_NIFR_48_dataRegolamento.xml":                  {file: record.FileContent},
		"SIN_NIFR_81_numeroTotalePagamenti.xml":            {file: record.FileContent},
		"SIN_NIFR_84_importoTotalePagamenti.xml":           {}, // beyond the newer schema, within the older
		"SIN_NIFR_86_importoTotalePagamenti.xml":           {file: record.FileContent},
		"SIN_NIFR_86b_importoTotalePagamenti.xml":          {file: record.FileContent},
		"SIN_NIFR_88_importoTotalePagamenti.xml":           {file: record.FileContent},
		"SIN_NIFR_99_indiceDatiSingoloPagamento.xml":       {reject: record.RejectIndex},
		"SIN_NIFR_104_singoloImportoPagato.xml":            {reject: record.RejectNotPositive},
		"SIN_NIFR_107_singoloImportoPagato.xml":            {reject: record.RejectAmount},
		"SIN_NIFR_110_codiceEsitoSingoloPagamento.xml":     {reject: record.RejectOutcome},
		"SIN_NIFR_111_codiceEsitoSingoloPagamento.xml":     {reject: record.RejectOutcome},
		"SIN_NIFR_114_dataEsitoSingoloPagamento.xml":       {reject: record.RejectDate},
		"SEM_NIFR_11_identificativoFlusso.xml":             {}, // a warning
		"ours_count_mismatch_numeroTotalePagamenti.xml":    {}, // judged elsewhere
		"ours_sum_mismatch_importoTotalePagamenti.xml":     {},
		"ours_negative_row_singoloImportoPagato.xml":       {reject: record.RejectNotPositive},
		"missing_identificativoFlusso.xml":                 {file: record.FileContent},
		"missing_istitutoRicevente.xml":                    {file: record.FileContent},
		"missing_singoloImportoPagato.xml":                 {reject: record.RejectMissing},
		"missing_datiSingoliPagamenti.xml":                 {file: record.FileContent},
	}
	dir := filepath.Join(samples, "derived-malformed-fdr")
	files, err := filepath.Glob(filepath.Join(dir, "*.xml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples in %s: %v", dir, err)
	}
	for _, path := range files {
		want, ok := malformed[filepath.Base(path)]
		if !ok {
			t.Errorf("nobody says what %s must come to", filepath.Base(path))
			continue
		}
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			got := readFile(t, path)
			if got.file != want.file || got.reject != want.reject {
				t.Errorf("got %+v, want %+v", got, want)
			}
		})
	}
	for _, path := range []string{
		"pagopa-fdr-2-event-hub/sample.decoded.fdr.xml",
		"pagopa-fdr-xml-to-json/nodoInviaFlussoRendicontazione.decoded.fdr.xml",
		"pagopa-fdr-xml-to-json/nodoInviaFlussoRendicontazione_morePayments.decoded.fdr.xml",
		"pagopa-fdr-nodo-dei-pagamenti/nodoChiediFlussoRendicontazione_OK.decoded.fdr.xml",
		"pagopa-gpd-reporting-service/dataflow__idPA__idflow.xml",
	} {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			if got := readFile(t, filepath.Join(samples, path)); got.file != "" || got.reject != "" {
				t.Errorf("got %+v, want all of it taken", got)
			}
		})
	}
}

// TestReadSharedCarriers reads the samples that carry a flow in something else,
// or an answer of the platform instead of one.
func TestReadSharedCarriers(t *testing.T) {
	t.Parallel()
	samples := filepath.Join(shared(t), "samples")
	for _, tc := range []struct {
		file, taxCode string
		rows          int
		code          record.FileCode
		hint          string
	}{
		{"pagopa-fdr-2-event-hub/sample.xml", "15376371009", 100, "", ""},
		{"pagopa-fdr-xml-to-json/nodoInviaFlussoRendicontazione.xml", "15376371009", 0, record.FileEntity, "99999999999"}, // the flow names another than the envelope
		{"pagopa-fdr-xml-to-json/nodoInviaFlussoRendicontazione_morePayments.xml", "15376371009", 5, "", ""},
		{"pagopa-fdr-nodo-dei-pagamenti/nodoChiediFlussoRendicontazione_OK.xml", "99999999999", 12, "", ""},
		{"pagopa-fdr-nodo-dei-pagamenti/nodoInviaFlussoRendicontazione.xml", "", 0, record.FileContent, "non è base64"}, // a template
		{"pagopa-fdr-nodo-dei-pagamenti/nodoChiediFlussoRendicontazione_KO_nexi.xml", "", 0, record.FileContent, "PPT_ID_FLUSSO_SCONOSCIUTO"},
		{"pagopa-fdr-nodo-dei-pagamenti/nodoChiediElencoFlussiRendicontazione_OK.xml", "", 0, record.FileContent, "elenco di flussi"},
		{"pagopa-fdr-json-to-xml/test-1-content.json.zip", "15376371009", 1, "", ""},
		{"pagopa-fdr-nodo-dei-pagamenti/convertFlow.json", "", 0, record.FileContent, "fdr"}, // a template
		{"pagopa-fdr-nodo-dei-pagamenti/internalGetFdrPayment_KO.json", "", 0, record.FileContent, "FDR-0702"},
		{"pagopa-fdr-nodo-dei-pagamenti/internalGetFdrPayment_OK.json", "", 0, record.FileContent, "senza il suo flusso"},
		{"pagopa-fdr-nodo-dei-pagamenti/internalGetWithRevision_OK.json", "", 0, record.FileContent, "mancano le sue pagine"},
	} {
		t.Run(tc.file, func(t *testing.T) {
			t.Parallel()
			in := sample(t, filepath.Join(samples, tc.file))
			var counts flow.Counts
			var err error
			switch {
			case flow.LooksLikeSOAP(in):
				_, counts, err = readSOAP(string(in), tc.taxCode, xmlscan.Limits{})
			case flow.LooksLikeJSON(in):
				_, counts, err = readJSON(string(in), tc.taxCode)
			default:
				t.Fatal("not recognised")
			}
			if tc.code == "" {
				if err != nil || counts != (flow.Counts{Rows: tc.rows, Accepted: tc.rows}) {
					t.Errorf("got %+v, %v; want all of %d payments", counts, err, tc.rows)
				}
				return
			}
			var fe *record.FileError
			if !errors.As(err, &fe) || fe.Code != tc.code || !strings.Contains(fe.Message, tc.hint) {
				t.Errorf("got %v, want %s saying %q", err, tc.code, tc.hint)
			}
		})
	}
	t.Run("a flow and a page of it", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(samples, "pagopa-fdr-nodo-dei-pagamenti")
		one := strings.Replace(string(sample(t, filepath.Join(dir, "internalGetFdrPayment_OK.json"))), `"totPage": 3`, `"totPage": 1`, 1)
		got, counts, err := readParts(flow.Options{TaxCode: "12345678900"},
			part("flow.json", string(sample(t, filepath.Join(dir, "internalGetWithRevision_OK.json")))), part("page.json", one))
		if err != nil || counts.Accepted != 2 || got.flows[0].Revision != 4 || got.lines[1].Line != 18 {
			t.Errorf("%v, counts %+v, %+v", err, counts, got)
		}
	})
}

// TestSharedStrangers shows every other sample to the two that recognise.
func TestSharedStrangers(t *testing.T) {
	t.Parallel()
	root := shared(t)
	looked := 0
	for _, dir := range []string{"samples", "xsd", "reference"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, entry os.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			in := sample(t, path)
			in = in[:min(len(in), 16<<10)]
			looked++
			soap := strings.Contains(path, "nodo") && strings.HasSuffix(path, ".xml") || strings.HasSuffix(path, "sample.xml")
			soap = soap && !strings.Contains(path, "decoded") && !strings.HasSuffix(path, "rendicontazione.xml")
			js := strings.Contains(path, ".json") && !strings.HasSuffix(path, "expected.json")
			if flow.LooksLikeSOAP(in) != soap || flow.LooksLikeJSON(in) != js {
				t.Errorf("%s: SOAP %t, JSON %t", filepath.Base(path), flow.LooksLikeSOAP(in), flow.LooksLikeJSON(in))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if looked < 50 {
		t.Errorf("only %d files looked at", looked)
	}
}

// sample is a file, out of its gzip.
func sample(t *testing.T, path string) []byte {
	t.Helper()
	in, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.HasPrefix(in, []byte{0x1F, 0x8B}) {
		unpacked, err := gzip.NewReader(bytes.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		if in, err = io.ReadAll(unpacked); err != nil {
			t.Fatal(err)
		}
	}
	return in
}

func readFile(t *testing.T, path string) (o struct {
	file   record.FileCode
	reject record.RejectCode
}) {
	t.Helper()
	in, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := read(string(in), "")
	var fe *record.FileError
	switch {
	case errors.As(err, &fe):
		o.file = fe.Code
	case err != nil:
		t.Fatal(err)
	case len(got.rejects) > 0:
		o.reject = got.rejects[0].Code
	}
	return o
}

// shared is the folder of samples beside the project; the test is skipped
// where there is none.
func shared(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	for err == nil {
		if _, missing := os.Stat(filepath.Join(dir, "go.mod")); missing == nil {
			break
		}
		if parent := filepath.Dir(dir); parent != dir {
			dir = parent
			continue
		}
		err = errors.New("no go.mod above the package")
	}
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(filepath.Dir(dir), "shared")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the shared samples are not beside the project: %v", err)
	}
	return dir
}
