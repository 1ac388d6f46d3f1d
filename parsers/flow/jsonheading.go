package flow

import (
	"fmt"
	"strconv"

	"quadra/engine/record"
	"quadra/parsers/field"
)

// jsonVersion is the version of the platform's service the format is of.
const jsonVersion = "3"

// The members of a flow; those of an object within are called with a dot.
const (
	jsonIUF          = "fdr"
	jsonRevision     = "revision"
	jsonProducedAt   = "fdrDate"
	jsonRegulation   = "regulation"
	jsonRegulatedOn  = "regulationDate"
	jsonBIC          = "bicCodePouringBank"
	jsonStatus       = "status"
	jsonSenderKind   = "sender.type"
	jsonSender       = "sender.id"
	jsonSenderPSP    = "sender.pspId"
	jsonSenderName   = "sender.pspName"
	jsonReceiver     = "receiver.id"
	jsonDomain       = "receiver.organizationId"
	jsonReceiverName = "receiver.organizationName"
	jsonCount        = "totPayments"
	jsonTotal        = "sumPayments"
	jsonComputed     = "computedTotPayments"
	jsonComputedSum  = "computedSumPayments"
)

// passedOver are members known to be of no use here.
var passedOver = []string{
	"created", "updated", "published", "metadata", "count",
	"sender.pspBrokerId", "sender.channelId", "sender.password",
}

// senderKinds are the names of tipoIdentificativoUnivoco.
var senderKinds = map[string]string{"LEGAL_PERSON": "G", "ABI_CODE": "A", "BIC_CODE": "B"}

// judgeJSON fills the flow from the heading, or refuses it, and says what is odd
// about it.
func (h heading) judgeJSON(f *record.Flow, taxCode string) (warnings []string, err error) {
	for _, name := range passedOver {
		delete(h, name)
	}
	receiver, domain := h[jsonReceiver], h[jsonDomain]
	var psp, status string
	err = h.texts(f.Line, []textField{
		{path: jsonIUF, to: &f.IUF, most: 35, accept: isIUF, want: wantIUF},
		{path: jsonRegulation, to: &f.Regulation, most: 35},
		{path: jsonSenderKind, to: &f.SenderKind, most: 20, accept: isSenderKind, want: "LEGAL_PERSON, ABI_CODE o BIC_CODE"},
		{path: jsonSender, to: &f.PSP, most: 35},
		{path: jsonSenderPSP, to: &psp, most: 35, optional: true},
		{path: jsonSenderName, to: &f.PSPName, most: 140, optional: true},
		{path: jsonBIC, to: &f.BIC, most: 35, optional: true},
		{path: jsonReceiver, to: &f.Receiver, most: 35},
		{path: jsonDomain, to: new(string), most: 35, optional: true},
		{path: jsonReceiverName, to: &f.ReceiverName, most: 140, optional: true},
		{path: jsonStatus, to: &status, most: 35, optional: true},
	})
	if err != nil {
		return nil, err
	}
	f.SenderKind = senderKinds[f.SenderKind]
	// The platform files a flow under the domain; the code of the receiver is what
	// the PSP wrote, and stands for it only where there is no domain.
	switch {
	case domain.text == "" && !ours(receiver.text, taxCode):
		return nil, stranger(receiver, jsonReceiver, taxCode)
	case domain.text == "":
	case !ours(domain.text, taxCode):
		return nil, stranger(domain, jsonDomain, taxCode)
	case !ours(domain.text, receiver.text):
		warnings = append(warnings, fmt.Sprintf("%s è %s mentre %s è %s: vale il secondo", jsonReceiver, receiver.text, jsonDomain, domain.text))
	}
	declared, err := h.numbersJSON(f)
	if err != nil {
		return nil, err
	}
	warnings = append(warnings, oddities(f, psp)...)
	if status != "" && status != "PUBLISHED" {
		warnings = append(warnings, "il flusso non risulta pubblicato: status è "+status)
	}
	warnings = append(warnings, declared...)
	return append(warnings, h.unknown("campo")...), nil
}

// numbersJSON reads what is not text. What the platform counted stands in for
// what the sender declares where only that is given, and is compared with it
// otherwise.
func (h heading) numbersJSON(f *record.Flow) (warnings []string, err error) {
	count, total := h[jsonCount].text != "", h[jsonTotal].text != ""
	var computed int
	var computedSum record.Cents
	hasComputed, hasComputedSum := h[jsonComputed].text != "", h[jsonComputedSum].text != ""
	err = h.others(f.Line, []otherField{
		{path: jsonRevision, optional: true, want: wantCount, read: revisionOf(f)},
		{path: jsonProducedAt, want: "data e ora, AAAA-MM-GGTHH:MM:SSZ", read: func(text string) (ok bool) {
			f.ProducedAt, ok = moment(text)
			return ok
		}},
		{path: jsonRegulatedOn, want: "una data, AAAA-MM-GG", read: func(text string) (ok bool) {
			f.RegulatedOn, ok = civilDay([]byte(text))
			return ok
		}},
		{path: jsonCount, optional: hasComputed, want: wantCount, read: countInto(&f.DeclaredCount)},
		{path: jsonTotal, optional: hasComputedSum, want: wantTotal, read: totalInto(&f.DeclaredTotal)},
		{path: jsonComputed, optional: true, want: wantCount, read: countInto(&computed)},
		{path: jsonComputedSum, optional: true, want: wantTotal, read: totalInto(&computedSum)},
	})
	if err != nil {
		return nil, err
	}
	switch {
	case !count:
		f.DeclaredCount = computed
		warnings = append(warnings, fmt.Sprintf("manca %s, vale %s: %d", jsonCount, jsonComputed, computed))
	case hasComputed && computed != f.DeclaredCount:
		warnings = append(warnings, fmt.Sprintf("%s è %d, %s è %d", jsonCount, f.DeclaredCount, jsonComputed, computed))
	}
	switch {
	case !total:
		f.DeclaredTotal = computedSum
		warnings = append(warnings, fmt.Sprintf("manca %s, vale %s: %s", jsonTotal, jsonComputedSum, computedSum.Italian()))
	case hasComputedSum && computedSum != f.DeclaredTotal:
		warnings = append(warnings, fmt.Sprintf("%s è %s, %s è %s",
			jsonTotal, f.DeclaredTotal.Italian(), jsonComputedSum, computedSum.Italian()))
	}
	return warnings, nil
}

const wantTotal = "un importo con il punto e al massimo due decimali"

func countInto(to *int) func(string) bool {
	return func(text string) (ok bool) {
		*to, ok = positive(text, 15)
		return ok
	}
}

func totalInto(to *record.Cents) func(string) bool {
	return func(text string) bool {
		total, err := literal([]byte(text))
		*to = total
		return err == nil && total >= 0
	}
}

func isSenderKind(text string) bool { return senderKinds[text] != "" }

// collectJSON takes the members of a flow, or of an object within it, called
// with prefix; the payments are left out.
func (h heading) collectJSON(object []byte, prefix string, line func(offset int) int) error {
	return members(object, func(name, value []byte, offset int) error {
		path := prefix + string(name)
		switch {
		case isNull(value), path == "payments", path == "data", path == "flow":
			return nil
		case value[0] == '{' && (path == "sender" || path == "receiver"):
			return h.collectJSON(value, path+".", func(inner int) int { return line(offset + inner) })
		}
		at := line(offset)
		if _, twice := h[path]; twice {
			return content(at, strconv.Quote(path)+" è ripetuto nel flusso")
		}
		if len(h) == maxHeading {
			return content(at, fmt.Sprintf("il flusso ha più di %d campi", maxHeading))
		}
		if isContainer(value) { // nothing known is one: it is refused, or unknown
			h[path] = written{line: at, bare: true, text: field.Shorten(string(value))}
			return nil
		}
		text, bare := appendText(nil, value)
		h[path] = written{text: string(text), line: at, bare: bare}
		return nil
	})
}
