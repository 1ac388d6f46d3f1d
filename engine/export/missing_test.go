package export_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/export"
	"quadra/engine/judge/judgetest"
	"quadra/engine/store"
)

const missingHeader = "iuv;iur;indice;iud;psp;denominazione_psp;data_pagamento;importo;iuf;motivo;stato;dal;file;contenuto;riga;richieste;ultima_richiesta\n"

func missing(t *testing.T, b *judgetest.Books, o export.MissingOptions) string {
	t.Helper()
	var out bytes.Buffer
	b.Write(func(tx *store.Tx) error {
		_, err := export.MissingReceipts(t.Context(), tx, o, &out)
		return err
	})
	return strings.TrimPrefix(out.String(), missingHeader)
}

// TestMissingReceipts follows a week: two payments reported without receipt, one
// notified, two implied; requests are recorded, receipts arrive and drop off.
func TestMissingReceipts(t *testing.T) {
	const iuf = "2026-09-14BPPIITRRXXX-S01"
	reported := judgetest.Flow(iuf, "2026-09-14", 0,
		judgetest.Line("01000000000000001", "IUR1", 1, 1000, 0), judgetest.Line("01000000000000002", "IUR2", 0, 500, 4),
		judgetest.Line("01000000000000003", "IUR3", 1, 300, 8), judgetest.Line("01000000000000004", "IUR4", 1, 400, 9),
		judgetest.Line("01000000000000005", "IUR5", 1, 900, 3), judgetest.Line("01000000000000006", "IUR6", 1, 600, 0))
	b := judgetest.Open(t)
	b.Night(judgetest.Day("2026-09-15"), reported,
		judgetest.Receipts(judgetest.Receipt("01000000000000006", "IUR6", 1, 600, "IUD6", "2026-09-14")),
		judgetest.Notice("IUD7", "01000000000000007", 700, "2026-09-01"), judgetest.Notice("IUD8", "", 800, "2026-09-01"))

	first := `01000000000000003;IUR3;1;;BPPIITRRXXX;;2026-09-14;3.00;` + iuf + `;rendicontato esito 8;NOT_CASHED;2026-09-15;rendicontazione-1;;12;0;
01000000000000004;IUR4;1;;BPPIITRRXXX;;2026-09-14;4.00;` + iuf + `;rendicontato esito 9;NOT_CASHED;2026-09-15;rendicontazione-1;;13;0;
01000000000000007;;;IUD7;;;2026-09-01;7.00;;notificato;NOTIFIED_WITHOUT_RECEIPT;2026-09-15;notifiche-3;;2;0;
`
	first = strings.ReplaceAll(first, "NOT_CASHED", "REPORTED") // cash is due by the end of the next day
	if diff := cmp.Diff(first, missing(t, b, export.MissingOptions{})); diff != "" {
		t.Errorf("first night:\n%s", diff)
	}

	b.Night(judgetest.Day("2026-09-18"))
	second := `01000000000000001;IUR1;1;;BPPIITRRXXX;;2026-09-14;10.00;` + iuf + `;rendicontato;REPORTED_WITHOUT_RECEIPT;2026-09-18;rendicontazione-1;;10;0;
01000000000000002;IUR2;1;;BPPIITRRXXX;;2026-09-14;5.00;` + iuf + `;rendicontato;REPORTED_WITHOUT_RECEIPT;2026-09-18;rendicontazione-1;;11;0;
` + strings.ReplaceAll(first, "REPORTED;", "NOT_CASHED;")
	asking := export.MissingOptions{MarkedBy: "Anna", At: time.Date(2026, 9, 18, 22, 30, 0, 0, time.UTC)}
	if diff := cmp.Diff(second, missing(t, b, asking)); diff != "" {
		t.Errorf("when asking:\n%s", diff)
	}
	// 22:30 UTC is the 19th in Italy.
	asked := strings.ReplaceAll(second, ";0;\n", ";1;2026-09-19\n")
	if diff := cmp.Diff(asked, missing(t, b, export.MissingOptions{})); diff != "" {
		t.Errorf("after asking:\n%s", diff)
	}
	if diff := cmp.Diff(asked, missing(t, b, export.MissingOptions{})); diff != "" {
		t.Errorf("an export that marks nothing writes nothing:\n%s", diff)
	}

	// Two receipts come; the rest is asked for again.
	b.Night(judgetest.Day("2026-09-21"), judgetest.Receipts(
		judgetest.Receipt("01000000000000001", "IUR1", 1, 1000, "", "2026-09-14"), judgetest.Receipt("01000000000000004", "IUR4", 1, 400, "", "2026-09-14")))
	asking.At = time.Date(2026, 9, 21, 8, 0, 0, 0, time.UTC)
	missing(t, b, asking)
	got := missing(t, b, export.MissingOptions{})
	for _, gone := range []string{"IUR1", "IUR4"} {
		if strings.Contains(got, gone) {
			t.Errorf("%s has its receipt and is listed:\n%s", gone, got)
		}
	}
	if n := strings.Count(got, ";2;2026-09-21\n"); n != 3 || strings.Count(got, "\n") != 3 {
		t.Errorf("asked for twice:\n%s", got)
	}
	if diff := cmp.Diff(first, missing(t, b, export.MissingOptions{AsOf: judgetest.Day("2026-09-15")})); diff != "" {
		t.Errorf("as of the first night:\n%s", diff)
	}
	if diff := cmp.Diff(asked, missing(t, b, export.MissingOptions{AsOf: judgetest.Day("2026-09-20")})); diff != "" {
		t.Errorf("as of the second night:\n%s", diff)
	}
	checkMissingJSON(t, b)
}

func checkMissingJSON(t *testing.T, b *judgetest.Books) {
	t.Helper()
	var got struct {
		AsOf string `json:"as_of"`
		Rows []struct {
			IUV   string `json:"iuv"`
			Why   string `json:"why"`
			Line  int    `json:"line"`
			Asked int    `json:"asked"`
			Last  string `json:"last_asked_on"`
		} `json:"rows"`
		Totals struct {
			Count int64 `json:"count"`
			Cents int64 `json:"amount_cents"`
		} `json:"totals"`
	}
	if err := json.Unmarshal([]byte(missing(t, b, export.MissingOptions{JSON: true})), &got); err != nil {
		t.Fatal(err)
	}
	if got.AsOf != "2026-09-21" || len(got.Rows) != 3 || got.Totals.Count != 3 || got.Totals.Cents != 1500 ||
		got.Rows[1].Why != export.MissingImplied8 || got.Rows[1].Line != 12 || got.Rows[1].Asked != 2 || got.Rows[1].Last != "2026-09-21" {
		t.Errorf("%+v", got)
	}
}

func TestMissingReceiptsOfEmptyBooks(t *testing.T) {
	b := judgetest.Open(t)
	b.Read(func(tx *store.Tx) error {
		if _, err := export.MissingReceipts(t.Context(), tx, export.MissingOptions{}, &bytes.Buffer{}); !errors.Is(err, export.ErrNoNight) {
			t.Errorf("before the first night: %v", err)
		}
		if _, err := export.MissingReceipts(t.Context(), tx, export.MissingOptions{MarkedBy: "Anna", AsOf: judgetest.Day("2026-09-15")}, &bytes.Buffer{}); !errors.Is(err, export.ErrMarkAsOf) {
			t.Errorf("a request in the past: %v", err)
		}
		return nil
	})
	b.Night(judgetest.Day("2026-09-15"))
	if got := missing(t, b, export.MissingOptions{}); got != "" {
		t.Errorf("%q", got)
	}
	if got := missing(t, b, export.MissingOptions{JSON: true}); !json.Valid([]byte(got)) || !strings.Contains(got, `"count": 0`) {
		t.Errorf("%q", got)
	}
}

// TestMissingSinceStartsAgain: a receipt stops being missing while its flow line
// is gone, and is missing anew when it returns.
func TestMissingSinceStartsAgain(t *testing.T) {
	const iuf = "2026-09-14BPPIITRRXXX-S01"
	b := judgetest.Open(t)
	line := judgetest.Line("01000000000000001", "IUR1", 1, 1000, 0)
	b.Night(judgetest.Day("2026-09-18"), judgetest.Flow(iuf, "2026-09-14", 0, line))
	b.Night(judgetest.Day("2026-09-21"), judgetest.Flow(iuf, "2026-09-14", 5, judgetest.Line("01000000000000002", "IUR2", 1, 1000, 0)))
	if got := missing(t, b, export.MissingOptions{}); strings.Contains(got, "IUR1") {
		t.Errorf("gone and listed:\n%s", got)
	}
	b.Night(judgetest.Day("2026-09-22"), judgetest.Flow(iuf, "2026-09-14", 9, line))
	b.Night(judgetest.Day("2026-09-23"), judgetest.Cash("1", 1000, "2026-09-23", judgetest.URI(iuf)))
	if got := missing(t, b, export.MissingOptions{}); !strings.Contains(got, "REPORTED_WITHOUT_RECEIPT;2026-09-22;") {
		t.Errorf("back, but since when:\n%s", got)
	}
}
