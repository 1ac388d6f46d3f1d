package tracetest

import "testing"

// Identifiers of [Town], named after what happens to them.
const (
	IUVSettled  = "01000000000000001"
	IUVByIUV    = "01000000000000002"
	IUVRevoked  = "01000000000000003"
	IUVImplied  = "01000000000000004"
	IUVShared   = "01000000000000005"
	IUVNotice   = "01000000000000006"
	IUVRevoked2 = "01000000000000007"
	IUVUnknown  = "01000000000000008"

	IUFSettled = "2026-09-15BPPIITRRXXX-S001"
	IUFRevoked = "2026-09-15BPPIITRRXXX-S002"
	IUFNoCash  = "2026-09-15BPPIITRRXXX-s003"
	IUFUnknown = "2026-09-15BPPIITRRXXX-S999"
)

// Town is a week of a town, judged on 2026-09-18: one of each thing that can
// happen. The settled flow comes in two versions and is paid by two movements;
// one flow holds nothing but revoked lines; one payment is cashed by IUV, one
// is implied by its flow, one notice stands alone.
func Town(tb testing.TB) *Books {
	tb.Helper()
	b := Open(tb)
	settled := Line(IUVSettled, "R1", 1, 1000, 0)
	first, second := Receipt(IUVShared, "R5", 1, 500, "IUD5"), Receipt(IUVShared, "R5", 2, 700, "")
	first.Total, second.Total = 1200, 1200
	b.Load(
		Notices("notifiche-1.csv", Notice("IUD1", IUVSettled, 1000), Notice("IUD6", IUVNotice, 600)),
		Receipts("ricevute-1.csv", Receipt(IUVSettled, "R1", 1, 1000, "IUD1"), Receipt(IUVByIUV, "R2", 1, 1500, "IUD2"),
			Receipt(IUVRevoked, "R3", 1, 2000, "IUD3"), first, second),
		Flow("fdr-1.xml", IUFSettled, 1, settled),
	)
	b.Night("2026-09-16")
	b.Load(
		Flow("fdr-1-bis.xml", IUFSettled, 2, settled, Line(IUVShared, "R5", 1, 500, 0), Line(IUVShared, "R5", 2, 700, 0)),
		Flow("fdr-2.xml", IUFRevoked, 1, Line(IUVRevoked, "R3", 1, 2000, 3), Line(IUVRevoked2, "R7", 1, 100, 3)),
		Flow("fdr-3.xml", IUFNoCash, 1, Line(IUVImplied, "R4", 1, 400, 9)),
		Cash("cassa-1.csv",
			Movement("1", 1200, URI(IUFSettled)), Movement("2", 1000, URI(IUFSettled)), Movement("3", 2100, URI(IUFRevoked)),
			Movement("4", 1500, RFB(IUVByIUV)), Movement("5", 300, "VERSAMENTO"), Movement("6", 350, URI(IUFUnknown)),
			Movement("7", 900, URI(IUFNoCash)), Reversal("7", 900), Movement("8", 800, RFB(IUVUnknown))),
	)
	b.Night("2026-09-18")
	return b
}
