package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"quadra/fixtures/tables"
	"quadra/rules"
)

func TestLabelsOfTheOlderSystem(t *testing.T) {
	rs := standard(t)
	for _, row := range tables.MyPivot {
		t.Run(fmt.Sprintf("%d notice %s receipt %s flow %s cash %s", row.N, row.Notice, row.Receipt, row.Flow, row.Cash), func(t *testing.T) {
			payments, movement := facts(&row)
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
					Reference: strings.ToLower(row.Cash[:3]), Match: "none", Clock: "missing"})
				labels, statuses = append(labels, strings.Join(v.Labels, " ")), append(statuses, v.Status.Code)
			}
			want, err := tables.MyPivotDifferences[row.N].Apply(row.Labels)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.Join(labels, "; "); got != want {
				t.Errorf("labels %q, want %q", got, want)
			}
			if got := strings.Join(statuses, "; "); got != row.Status {
				t.Errorf("status %q, want %q", got, row.Status)
			}
		})
	}
}

// facts are the payments of a row, and whether its movement stands alone.
func facts(row *tables.MyPivotRow) (payments []rules.PaymentFacts, movementAlone bool) {
	if row.Receipt == "-" && row.Notice == "yes" {
		payments = append(payments, rules.PaymentFacts{Ours: true, Notified: "alone", Receipt: "missing",
			Reported: "not_expected", Cashed: "not_expected", HasNotice: true})
	}
	byIUF, byIUV := strings.HasPrefix(row.Cash, "IUF"), strings.HasPrefix(row.Cash, "IUV")
	equal := strings.HasSuffix(row.Cash, "=")
	if row.Receipt == "-" && row.Flow == "-" {
		return payments, row.Cash != "-"
	}
	f := rules.PaymentFacts{Ours: true, Notified: "missing", Receipt: "present", Reported: "missing", Cashed: "missing"}
	f.HasReceipt = row.Receipt == "yes"
	f.HasFlow = row.Flow != "-"
	f.FlowEqual = row.Flow == "="
	switch {
	case !f.HasReceipt:
		f.Notified, f.Receipt, f.Reported = "not_expected", "missing", "alone"
	case f.FlowEqual:
		f.Reported = "matched"
	case f.HasFlow:
		f.Reported = "different"
	}
	if f.HasReceipt && row.Notice != "-" {
		f.HasNotice, f.NoticeEqual, f.Notified = true, row.Notice == "=", "different"
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
