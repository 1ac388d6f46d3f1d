package flow_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"quadra/engine/record"
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
