package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"quadra/rules"
)

type truthRow struct {
	n                           int
	notice, receipt, flow, cash string
	labels, status              string
}

// truthTable is the 64 cases for which the labels of the older system are known
// by execution. Amounts: E 100, its receipt 150, the flow 500. The columns are
// the notice, the receipt, the flow line (both compared with E) and the
// movement (by IUF compared with the flow, by IUV with the receipt); then the
// labels of each row the older system prints, and the status each has with us
// when every term is over and the entity sends notices.
var truthTable = []truthRow{
	{1, "-", "-", "-", "IUF =", "TES_NO_IUF_OR_IUV", "UNKNOWN_REFERENCE"},
	{2, "-", "-", "-", "IUF ≠", "TES_NO_IUF_OR_IUV", "UNKNOWN_REFERENCE"},
	{3, "-", "-", "-", "IUV =", "TES_NO_IUF_OR_IUV", "UNKNOWN_REFERENCE"},
	{4, "-", "-", "-", "IUV ≠", "TES_NO_IUF_OR_IUV", "UNKNOWN_REFERENCE"},
	{5, "-", "-", "yes", "-", "IUF_NO_TES IUV_NO_RT", "REPORTED_WITHOUT_RECEIPT"},
	{6, "-", "-", "yes", "IUF =", "IUV_NO_RT", "REPORTED_WITHOUT_RECEIPT"},
	{7, "-", "-", "yes", "IUF ≠", "IUF_TES_DIV_IMP IUV_NO_RT", "REPORTED_WITHOUT_RECEIPT"},
	{8, "-", "-", "yes", "IUV =", "IUF_TES_DIV_IMP IUV_NO_RT", "REPORTED_WITHOUT_RECEIPT"},
	{9, "-", "-", "yes", "IUV ≠", "IUF_TES_DIV_IMP IUV_NO_RT", "REPORTED_WITHOUT_RECEIPT"},
	{10, "-", "yes", "-", "-", "RT_NO_IUD RT_NO_IUF", "NOT_REPORTED"},
	{11, "-", "yes", "-", "IUF =", "RT_NO_IUD RT_NO_IUF; TES_NO_IUF_OR_IUV", "NOT_REPORTED; UNKNOWN_REFERENCE"},
	{12, "-", "yes", "-", "IUF ≠", "RT_NO_IUD RT_NO_IUF; TES_NO_IUF_OR_IUV", "NOT_REPORTED; UNKNOWN_REFERENCE"},
	{13, "-", "yes", "-", "IUV =", "RT_NO_IUD RT_TES", "NOT_NOTIFIED"},
	{14, "-", "yes", "-", "IUV ≠", "RT_NO_IUD", "CASHED_DIFFERENT"},
	{15, "-", "yes", "=", "-", "IUF_NO_TES RT_IUF RT_NO_IUD", "NOT_CASHED"},
	{16, "-", "yes", "=", "IUF =", "RT_IUF RT_IUF_TES RT_NO_IUD", "NOT_NOTIFIED"},
	{17, "-", "yes", "=", "IUF ≠", "IUF_TES_DIV_IMP RT_IUF RT_NO_IUD", "CASHED_DIFFERENT"},
	{18, "-", "yes", "=", "IUV =", "IUF_TES_DIV_IMP RT_IUF RT_NO_IUD", "NOT_NOTIFIED"},
	{19, "-", "yes", "=", "IUV ≠", "IUF_TES_DIV_IMP RT_IUF RT_NO_IUD", "CASHED_DIFFERENT"},
	{20, "-", "yes", "≠", "-", "IUF_NO_TES RT_NO_IUD RT_NO_IUF", "REPORTED_DIFFERENT"},
	{21, "-", "yes", "≠", "IUF =", "RT_NO_IUD RT_NO_IUF", "REPORTED_DIFFERENT"},
	{22, "-", "yes", "≠", "IUF ≠", "IUF_TES_DIV_IMP RT_NO_IUD RT_NO_IUF", "REPORTED_DIFFERENT"},
	{23, "-", "yes", "≠", "IUV =", "IUF_TES_DIV_IMP RT_NO_IUD", "REPORTED_DIFFERENT"},
	{24, "-", "yes", "≠", "IUV ≠", "IUF_TES_DIV_IMP RT_NO_IUD", "REPORTED_DIFFERENT"},
	{25, "yes", "-", "-", "-", "IUD_NO_RT", "NOTIFIED_WITHOUT_RECEIPT"},
	{26, "yes", "-", "-", "IUF =", "IUD_NO_RT; TES_NO_IUF_OR_IUV", "NOTIFIED_WITHOUT_RECEIPT; UNKNOWN_REFERENCE"},
	{27, "yes", "-", "-", "IUF ≠", "IUD_NO_RT; TES_NO_IUF_OR_IUV", "NOTIFIED_WITHOUT_RECEIPT; UNKNOWN_REFERENCE"},
	{28, "yes", "-", "-", "IUV =", "IUD_NO_RT; TES_NO_IUF_OR_IUV", "NOTIFIED_WITHOUT_RECEIPT; UNKNOWN_REFERENCE"},
	{29, "yes", "-", "-", "IUV ≠", "IUD_NO_RT; TES_NO_IUF_OR_IUV", "NOTIFIED_WITHOUT_RECEIPT; UNKNOWN_REFERENCE"},
	{30, "yes", "-", "yes", "-", "IUD_NO_RT; IUF_NO_TES IUV_NO_RT", "NOTIFIED_WITHOUT_RECEIPT; REPORTED_WITHOUT_RECEIPT"},
	{31, "yes", "-", "yes", "IUF =", "IUD_NO_RT; IUV_NO_RT", "NOTIFIED_WITHOUT_RECEIPT; REPORTED_WITHOUT_RECEIPT"},
	{32, "yes", "-", "yes", "IUF ≠", "IUD_NO_RT; IUF_TES_DIV_IMP IUV_NO_RT", "NOTIFIED_WITHOUT_RECEIPT; REPORTED_WITHOUT_RECEIPT"},
	{33, "yes", "-", "yes", "IUV =", "IUD_NO_RT; IUF_TES_DIV_IMP IUV_NO_RT", "NOTIFIED_WITHOUT_RECEIPT; REPORTED_WITHOUT_RECEIPT"},
	{34, "yes", "-", "yes", "IUV ≠", "IUD_NO_RT; IUF_TES_DIV_IMP IUV_NO_RT", "NOTIFIED_WITHOUT_RECEIPT; REPORTED_WITHOUT_RECEIPT"},
	{35, "=", "yes", "-", "-", "RT_NO_IUF", "NOT_REPORTED"},
	{36, "=", "yes", "-", "IUF =", "RT_NO_IUF; TES_NO_IUF_OR_IUV", "NOT_REPORTED; UNKNOWN_REFERENCE"},
	{37, "=", "yes", "-", "IUF ≠", "RT_NO_IUF; TES_NO_IUF_OR_IUV", "NOT_REPORTED; UNKNOWN_REFERENCE"},
	{38, "=", "yes", "-", "IUV =", "IUD_RT_IUF_TES RT_TES", "RECONCILED_DIRECT"},
	{39, "=", "yes", "-", "IUV ≠", "", "CASHED_DIFFERENT"},
	{40, "=", "yes", "=", "-", "IUD_RT_IUF IUF_NO_TES RT_IUF", "NOT_CASHED"},
	{41, "=", "yes", "=", "IUF =", "IUD_RT_IUF IUD_RT_IUF_TES RT_IUF RT_IUF_TES", "RECONCILED"},
	{42, "=", "yes", "=", "IUF ≠", "IUD_RT_IUF IUF_TES_DIV_IMP RT_IUF", "CASHED_DIFFERENT"},
	{43, "=", "yes", "=", "IUV =", "IUD_RT_IUF IUD_RT_IUF_TES IUF_TES_DIV_IMP RT_IUF", "RECONCILED_DIRECT"},
	{44, "=", "yes", "=", "IUV ≠", "IUD_RT_IUF IUF_TES_DIV_IMP RT_IUF", "CASHED_DIFFERENT"},
	{45, "=", "yes", "≠", "-", "IUF_NO_TES RT_NO_IUF", "REPORTED_DIFFERENT"},
	{46, "=", "yes", "≠", "IUF =", "RT_NO_IUF", "REPORTED_DIFFERENT"},
	{47, "=", "yes", "≠", "IUF ≠", "IUF_TES_DIV_IMP RT_NO_IUF", "REPORTED_DIFFERENT"},
	{48, "=", "yes", "≠", "IUV =", "IUD_RT_IUF_TES IUF_TES_DIV_IMP", "REPORTED_DIFFERENT"},
	{49, "=", "yes", "≠", "IUV ≠", "IUF_TES_DIV_IMP", "REPORTED_DIFFERENT"},
	{50, "≠", "yes", "-", "-", "IUD_NO_RT RT_NO_IUF", "NOTIFIED_DIFFERENT"},
	{51, "≠", "yes", "-", "IUF =", "IUD_NO_RT RT_NO_IUF; TES_NO_IUF_OR_IUV", "NOTIFIED_DIFFERENT; UNKNOWN_REFERENCE"},
	{52, "≠", "yes", "-", "IUF ≠", "IUD_NO_RT RT_NO_IUF; TES_NO_IUF_OR_IUV", "NOTIFIED_DIFFERENT; UNKNOWN_REFERENCE"},
	{53, "≠", "yes", "-", "IUV =", "IUD_NO_RT RT_TES", "NOTIFIED_DIFFERENT"},
	{54, "≠", "yes", "-", "IUV ≠", "IUD_NO_RT", "NOTIFIED_DIFFERENT"},
	{55, "≠", "yes", "=", "-", "IUD_NO_RT IUF_NO_TES RT_IUF", "NOTIFIED_DIFFERENT"},
	{56, "≠", "yes", "=", "IUF =", "IUD_NO_RT RT_IUF RT_IUF_TES", "NOTIFIED_DIFFERENT"},
	{57, "≠", "yes", "=", "IUF ≠", "IUD_NO_RT IUF_TES_DIV_IMP RT_IUF", "NOTIFIED_DIFFERENT"},
	{58, "≠", "yes", "=", "IUV =", "IUD_NO_RT IUF_TES_DIV_IMP RT_IUF", "NOTIFIED_DIFFERENT"},
	{59, "≠", "yes", "=", "IUV ≠", "IUD_NO_RT IUF_TES_DIV_IMP RT_IUF", "NOTIFIED_DIFFERENT"},
	{60, "≠", "yes", "≠", "-", "IUD_NO_RT IUF_NO_TES RT_NO_IUF", "REPORTED_DIFFERENT"},
	{61, "≠", "yes", "≠", "IUF =", "IUD_NO_RT RT_NO_IUF", "REPORTED_DIFFERENT"},
	{62, "≠", "yes", "≠", "IUF ≠", "IUD_NO_RT IUF_TES_DIV_IMP RT_NO_IUF", "REPORTED_DIFFERENT"},
	{63, "≠", "yes", "≠", "IUV =", "IUD_NO_RT IUF_TES_DIV_IMP", "REPORTED_DIFFERENT"},
	{64, "≠", "yes", "≠", "IUV ≠", "IUD_NO_RT IUF_TES_DIV_IMP", "REPORTED_DIFFERENT"},
}

// A movement by IUV is a payment's cash: it is not compared with the total of
// the flow (RULES section 5), so what it pays cannot have settled the flow for a
// wrong amount. Each of these rows loses that label and keeps the others.
const byIUVIsNotFlowCash = "IUF_TES_DIV_IMP"

var differsOnPurpose = map[int]string{
	8: byIUVIsNotFlowCash, 9: byIUVIsNotFlowCash, 18: byIUVIsNotFlowCash, 19: byIUVIsNotFlowCash,
	23: byIUVIsNotFlowCash, 24: byIUVIsNotFlowCash, 33: byIUVIsNotFlowCash, 34: byIUVIsNotFlowCash,
	43: byIUVIsNotFlowCash, 44: byIUVIsNotFlowCash, 48: byIUVIsNotFlowCash, 49: byIUVIsNotFlowCash,
	58: byIUVIsNotFlowCash, 59: byIUVIsNotFlowCash, 63: byIUVIsNotFlowCash, 64: byIUVIsNotFlowCash,
}

func TestLabelsOfTheOlderSystem(t *testing.T) {
	rs := standard(t)
	for _, row := range truthTable {
		t.Run(fmt.Sprintf("%d notice %s receipt %s flow %s cash %s", row.n, row.notice, row.receipt, row.flow, row.cash), func(t *testing.T) {
			payments, movement := row.facts()
			var labels, statuses []string
			for _, f := range payments {
				if why := f.Impossible(); why != "" {
					t.Fatalf("%+v: %s", f, why)
				}
				v := rs.Payment(f)
				labels, statuses = append(labels, strings.Join(v.Labels, " ")), append(statuses, v.Status.Code)
			}
			if movement {
				v := rs.Movement(rules.MovementFacts{PagoPA: true, Account: "right",
					Reference: strings.ToLower(row.cash[:3]), Match: "none", Clock: "missing"})
				labels, statuses = append(labels, strings.Join(v.Labels, " ")), append(statuses, v.Status.Code)
			}
			want := row.labels
			if gone := differsOnPurpose[row.n]; gone != "" {
				if !strings.Contains(want, gone) {
					t.Fatalf("the row never had %s", gone)
				}
				want = without(want, gone)
			}
			if got := strings.Join(labels, "; "); got != want {
				t.Errorf("labels %q, want %q", got, want)
			}
			if got := strings.Join(statuses, "; "); got != row.status {
				t.Errorf("status %q, want %q", got, row.status)
			}
		})
	}
}

func without(labels, gone string) string {
	rows := strings.Split(labels, "; ")
	for i := range rows {
		var kept []string
		for _, l := range strings.Fields(rows[i]) {
			if l != gone {
				kept = append(kept, l)
			}
		}
		rows[i] = strings.Join(kept, " ")
	}
	return strings.Join(rows, "; ")
}

// facts are the payments of a row, and whether its movement stands alone.
func (row *truthRow) facts() (payments []rules.PaymentFacts, movementAlone bool) {
	if row.receipt == "-" && row.notice == "yes" {
		payments = append(payments, rules.PaymentFacts{Ours: true, Notified: "alone", Receipt: "missing",
			Reported: "not_expected", Cashed: "not_expected", HasNotice: true})
	}
	byIUF, byIUV := strings.HasPrefix(row.cash, "IUF"), strings.HasPrefix(row.cash, "IUV")
	equal := strings.HasSuffix(row.cash, "=")
	if row.receipt == "-" && row.flow == "-" {
		return payments, row.cash != "-"
	}
	f := rules.PaymentFacts{Ours: true, Notified: "missing", Receipt: "present", Reported: "missing", Cashed: "missing"}
	f.HasReceipt = row.receipt == "yes"
	f.HasFlow = row.flow != "-"
	f.FlowEqual = row.flow == "="
	switch {
	case !f.HasReceipt:
		f.Notified, f.Receipt, f.Reported = "not_expected", "missing", "alone"
	case f.FlowEqual:
		f.Reported = "matched"
	case f.HasFlow:
		f.Reported = "different"
	}
	if f.HasReceipt && row.notice != "-" {
		f.HasNotice, f.NoticeEqual, f.Notified = true, row.notice == "=", "different"
		if f.NoticeEqual {
			f.Notified = "matched"
		}
	}
	f.HasFlowCash = byIUF && f.HasFlow
	f.FlowCashEqual = f.HasFlowCash && equal
	f.HasIUVCash = byIUV
	f.IUVCashEqual = byIUV && f.HasReceipt && equal
	switch {
	case f.FlowCashEqual:
		f.Cashed = "flow"
	case f.IUVCashEqual:
		f.Cashed = "iuv"
	case f.HasFlowCash, f.HasIUVCash && f.HasReceipt:
		f.Cashed = "different"
	}
	return append(payments, f), byIUF && !f.HasFlow
}
