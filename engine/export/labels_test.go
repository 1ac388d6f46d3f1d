package export_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/export"
	"quadra/engine/store"
	tt "quadra/engine/trace/tracetest"
)

const (
	header = "iud;iuv;iur;indice;iuf;anno_bolletta;cod_bolletta;classificazioni"

	iuv1 = "01000000000000001"
	iuv2 = "01000000000000002"
	iuf1 = "2026-09-15BPPIITRRXXX-S001"
	iuf2 = "2026-09-15BPPIITRRXXX-S002"

	full = "IUD_RT_IUF|IUD_RT_IUF_TES|RT_IUF|RT_IUF_TES"
)

// TestLabels says which rows each situation gives.
func TestLabels(t *testing.T) {
	paid := tt.Receipts("r", tt.Receipt(iuv1, "R1", 1, 1000, "IUD1"))
	notified := tt.Notices("n", tt.Notice("IUD1", iuv1, 1000))
	reported := tt.Flow("f", iuf1, 1, tt.Line(iuv1, "R1", 1, 1000, 0))
	for _, c := range []struct {
		name  string
		files []tt.File
		want  []string
	}{
		{"empty books give the header alone", nil, nil},
		{"flow settled by one movement", []tt.File{paid, notified, reported, tt.Cash("c", tt.Movement("7", 1000, tt.URI(iuf1)))},
			[]string{"IUD1;" + iuv1 + ";R1;1;" + iuf1 + ";2026;7;" + full}},
		{"flow settled by two movements gives a row for each", []tt.File{paid, notified, reported,
			tt.Cash("c", tt.Movement("7", 600, tt.URI(iuf1)), tt.Movement("10", 400, tt.URI(iuf1)))},
			[]string{"IUD1;" + iuv1 + ";R1;1;" + iuf1 + ";2026;10;" + full, "IUD1;" + iuv1 + ";R1;1;" + iuf1 + ";2026;7;" + full}},
		{"movement that settles two flows is shown by the payments of both", []tt.File{paid, notified, reported,
			tt.Receipts("r2", tt.Receipt(iuv2, "R2", 1, 500, "")), tt.Flow("f2", iuf2, 1, tt.Line(iuv2, "R2", 1, 500, 0)),
			tt.Cash("c", tt.Movement("7", 1500, tt.URI(iuf1)+" "+tt.URI(iuf2)))},
			[]string{";" + iuv2 + ";R2;1;" + iuf2 + ";2026;7;RT_IUF|RT_IUF_TES|RT_NO_IUD", "IUD1;" + iuv1 + ";R1;1;" + iuf1 + ";2026;7;" + full}},
		{"receipt cashed by IUV without a flow", []tt.File{paid, notified, tt.Cash("c", tt.Movement("7", 1000, tt.RFB(iuv1)))},
			[]string{"IUD1;" + iuv1 + ";R1;1;;2026;7;IUD_RT_IUF_TES|RT_TES"}},
		{"receipt whose flow has no cash is shown with its cash by IUV", []tt.File{paid, notified, reported, tt.Cash("c", tt.Movement("7", 1000, tt.RFB(iuv1)))},
			[]string{"IUD1;" + iuv1 + ";R1;1;" + iuf1 + ";2026;7;IUD_RT_IUF|IUD_RT_IUF_TES|RT_IUF"}},
		{"cash by IUV beside the cash of the flow stands alone", []tt.File{paid, notified, reported,
			tt.Cash("c", tt.Movement("7", 1000, tt.URI(iuf1)), tt.Movement("8", 1000, tt.RFB(iuv1)))},
			[]string{";" + iuv1 + ";;;;2026;8;TES_NO_IUF_OR_IUV", "IUD1;" + iuv1 + ";R1;1;" + iuf1 + ";2026;7;" + full}},
		{"flow line alone has no IUD", []tt.File{reported}, []string{";" + iuv1 + ";R1;1;" + iuf1 + ";;;IUF_NO_TES|IUV_NO_RT"}},
		{"receipt implied by outcome 9", []tt.File{tt.Flow("f", iuf1, 1, tt.Line(iuv1, "R1", 1, 1000, 9)), tt.Cash("c", tt.Movement("7", 1000, tt.URI(iuf1)))},
			[]string{";" + iuv1 + ";R1;1;" + iuf1 + ";2026;7;RT_IUF|RT_IUF_TES|RT_NO_IUD"}},
		{"IUF in upper case", []tt.File{tt.Flow("f", strings.ToLower(iuf1), 1, tt.Line(iuv1, "R1", 1, 1000, 0))},
			[]string{";" + iuv1 + ";R1;1;" + iuf1 + ";;;IUF_NO_TES|IUV_NO_RT"}},
		{"receipt whose flow line is revoked has no IUF, and its cash stands alone", []tt.File{paid, notified,
			tt.Flow("f", iuf1, 1, tt.Line(iuv1, "R1", 1, 1000, 3)), tt.Cash("c", tt.Movement("7", 1000, tt.URI(iuf1)))},
			[]string{";;;;" + iuf1 + ";2026;7;TES_NO_IUF_OR_IUV", "IUD1;" + iuv1 + ";R1;1;;;;RT_NO_IUF"}},
		{"revoked flow line without receipt has no row", []tt.File{tt.Flow("f", iuf1, 1, tt.Line(iuv1, "R1", 1, 1000, 3))}, nil},
		{"notice alone", []tt.File{notified}, []string{"IUD1;" + iuv1 + ";;;;;;IUD_NO_RT"}},
		{"movement with a reference nobody knows", []tt.File{tt.Cash("c", tt.Movement("7", 1000, tt.URI(strings.ToLower(iuf1))), tt.Movement("8", 1000, tt.RFB(iuv1)))},
			[]string{";;;;" + iuf1 + ";2026;7;TES_NO_IUF_OR_IUV", ";" + iuv1 + ";;;;2026;8;TES_NO_IUF_OR_IUV"}},
		{"movement that names two flows nobody knows gives one row", []tt.File{tt.Cash("c", tt.Movement("7", 1000, tt.URI(iuf2)+" "+tt.URI(iuf1)))},
			[]string{";;;;" + iuf1 + "|" + iuf2 + ";2026;7;TES_NO_IUF_OR_IUV"}},
		{"movement without a reference", []tt.File{tt.Cash("c", tt.Movement("7", 1000, "VERSAMENTO"))}, []string{";;;;;2026;7;TES_NO_MATCH"}},
		{"movement reversed in full has no row", []tt.File{tt.Cash("c", tt.Movement("7", 1000, tt.URI(iuf1)), tt.Reversal("7", 1000))}, nil},
		{"cash for the second of two flows that report one payment stands alone", []tt.File{paid, notified, reported,
			tt.Flow("f2", iuf2, 1, tt.Line(iuv1, "R1", 1, 1000, 0)),
			tt.Cash("c", tt.Movement("7", 1000, tt.URI(iuf1)), tt.Movement("8", 1000, tt.URI(iuf2)))},
			[]string{";;;;" + iuf2 + ";2026;8;" + export.NoLabel, "IUD1;" + iuv1 + ";R1;1;" + iuf1 + ";2026;7;" + full}},
		{"receipt without label is OTHERS", []tt.File{tt.Receipts("r", tt.Receipt(iuv1, "R1", 1, 1000, "IUD1")), notified,
			tt.Cash("c", tt.Movement("7", 900, tt.RFB(iuv1)))},
			[]string{"IUD1;" + iuv1 + ";R1;1;;2026;7;" + export.NoLabel}},
		{"value with the separator is quoted", []tt.File{tt.Notices("n", tt.Notice("IUD;1", iuv1, 1000))}, []string{`"IUD;1";` + iuv1 + ";;;;;;IUD_NO_RT"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := tt.Open(t)
			b.Load(c.files...)
			b.Night("2026-09-18")
			want := strings.Join(append([]string{header}, c.want...), "\n") + "\n"
			b.Read(func(tx *store.Tx) error {
				var out strings.Builder
				rows, err := export.Labels(t.Context(), tx, &out)
				if diff := cmp.Diff(want, out.String()); diff != "" {
					t.Error(diff)
				}
				if rows != len(c.want) {
					t.Errorf("says it wrote %d rows instead of %d", rows, len(c.want))
				}
				return err
			})
		})
	}
}
