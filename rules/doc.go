// Package rules decides what to call a payment, a settlement and a movement:
// facts in, a [Verdict] out. It knows no record, no SQL and no file but its own
// ruleset, which is data: a YAML file an accountant can read and change.
//
// # Facts
//
// [PaymentFacts], [SettlementFacts] and [MovementFacts] are everything a
// condition may speak of. A fact is yes or no, or one of a few words; a
// condition calls it by the name in its yaml tag. [Facts] lists them. Not every
// combination can arise: the Impossible methods say which cannot and why.
//
// # Ruleset
//
//	id: quadra            # of the ruleset, recorded with its hash in each run
//	version: "1"
//	statuses:
//	  payment:            # in order: the first that holds is the status
//	    - code: RECONCILED
//	      sign: "+"       # + reconciled, - anomaly, 0 neither
//	      severity: 0     # 0 nothing to do ... 4 look at it today
//	      it: {name: Riconciliato, why: "Flusso {iuf} riversato per intero."}
//	      en: {name: Reconciled, why: "Flow {iuf} settled in full."}
//	      when: reported == "matched" and cashed == "flow"
//	  settlement: [...]
//	  movement: [...]
//	labels:               # a set: as many as hold, each of one unit
//	  - {code: RT_IUF, unit: payment, sign: "+", it: {...}, en: {...}, when: flow_equal}
//	examples:             # an omitted yes-or-no fact is no; the others are required
//	  - name: a payment reported and settled
//	    unit: payment
//	    facts: {ours: true, notified: not_expected, ...}
//	    status: RECONCILED
//	    labels: [RT_IUF, RT_IUF_TES, RT_NO_IUD]
//
// # Overlay
//
// A file with extends says only what differs from the ruleset it names:
//
//	id: c_q001
//	version: "3"
//	extends: quadra       # the default one, or that of every entity
//	statuses:
//	  payment:
//	    - {code: NOT_NOTIFIED, severity: 3}   # of a code that is there, what changes
//	    - code: STAMP                         # a new one, whole, and where it goes:
//	      before: PAID                        # before or after another (which may move one too)
//	      ...
//	labels: [...]         # changed by code, or added
//	examples: [...]       # one with the name of one below stands in its place
//
// The whole is then checked like any ruleset. An example of what is below that
// no longer holds must be written again, with its name: what an overlay judges
// otherwise, it says. Of labels an overlay brings the examples below know
// nothing. Its hash is made of its source and of the hash of what it extends.
//
// # Conditions
//
// A condition (when) is an expression of github.com/expr-lang/expr reduced to
// facts, words in double quotes, true, false, and, or, not, ==, !=, in [...] and
// parentheses, so that it always has an answer and a misspelt word is an error.
//
// The explanation (why) may hold names in braces, which stand for what the status
// is read from: amount, expected, difference, cash, the payment's iuv, iur, iud and
// index, the flow's iuf, psp and revision, movement, account, remittance, other
// (the other side), paid_on, regulated_on, booked_on, due. What has no value is
// shown as a dash. A brace cannot be written otherwise.
//
// [Load] refuses a ruleset that has unknown keys, contradicts its own examples
// or leaves a possible combination of facts without a status, and names all of
// it with line numbers. Its messages are for people, in Italian.
package rules
