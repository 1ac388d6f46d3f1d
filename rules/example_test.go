package rules_test

import (
	"fmt"

	"quadra/rules"
)

func Example() {
	rs, err := rules.Default()
	if err != nil {
		fmt.Println(err)
		return
	}
	// A payment receipted and reported, whose flow the treasurer has not cashed.
	v := rs.Payment(rules.PaymentFacts{
		Ours: true, Notified: "not_expected", Receipt: "present", Reported: "matched", Cashed: "late",
		HasReceipt: true, HasFlow: true, FlowEqual: true,
	})
	fmt.Println(v.Status.Code, v.Labels)
	fmt.Println(v.Status.Name("it"))
	fmt.Println(v.Status.Explain("it", map[string]string{
		"amount": "100,00 €", "iuf": "2026-03-02BPPIITRRXXX-S001", "due": "03/03/2026",
	}))
	fmt.Println(v.Facts)
	// Output:
	// NOT_CASHED [IUF_NO_TES RT_IUF RT_NO_IUD]
	// Non riversato
	// Il riversamento dovuto per 100,00 € (flusso 2026-03-02BPPIITRRXXX-S001) non è arrivato in cassa entro il 03/03/2026.
	// ours notified=not_expected receipt=present reported=matched cashed=late has_receipt has_flow flow_equal
}
