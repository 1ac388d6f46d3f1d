package rules

// meaning is what a value of a fact says, in Italian and in English.
type meaning struct{ it, en string }

// Meaning says in words what a fact is in a case, in English for "en" and
// Italian for any other language; it is empty for what the unit does not know.
// Values are those of [Case.Value].
func Meaning(unit, fact, value, lang string) string {
	m := meanings[unit][fact][value]
	if lang == "en" {
		return m.en
	}
	return m.it
}

var clocks = map[string]meaning{
	"waiting": {"è ancora nei termini, o non attende nulla", "it is within its term, or waits for nothing"},
	"late":    {"il termine è passato", "its term is over"},
	"missing": {"è passato anche il giorno oltre il quale non arriverà", "the day after which it will not come is over too"},
}

var meanings = map[string]map[string]map[string]meaning{
	UnitPayment: {
		"ours": {
			"yes": {"lo IUV è dell'ente", "the IUV is the entity's"},
			"no":  {"lo IUV ha il codice di segregazione di un altro", "the IUV has another's segregation code"},
		},
		"duplicate": {
			"yes": {"stesso IUV, indice e importo sono pagati anche con un altro IUR", "the same IUV, index and amount are paid under another IUR too"},
			"no":  {"non è pagato con un altro IUR", "it is not paid under another IUR"},
		},
		"notified": {
			"not_expected": {"nessuna notifica è attesa", "no notice is expected"},
			"waiting":      {"la notifica non c'è ed è ancora nei termini", "there is no notice, and its term is not over"},
			"missing":      {"la notifica non è arrivata nei termini", "no notice came within its term"},
			"matched":      {"la notifica è uguale alla ricevuta", "the notice equals the receipt"},
			"different":    {"la notifica ha un altro importo", "the notice has another amount"},
			"alone":        {"c'è la notifica e non la ricevuta", "there is a notice and no receipt"},
		},
		"receipt": {
			"present": {"c'è la ricevuta", "the receipt is there"},
			"implied": {"la ricevuta è implicita nel flusso (esito 8 o 9)", "the flow itself stands for the receipt (outcome 8 or 9)"},
			"waiting": {"la ricevuta non c'è ed è ancora nei termini", "there is no receipt, and its term is not over"},
			"missing": {"la ricevuta non è arrivata nei termini", "no receipt came within its term"},
		},
		"reported": {
			"not_expected": {"nessun flusso è atteso", "no flow is expected"},
			"waiting":      {"il flusso non c'è ed è ancora nei termini", "there is no flow, and its term is not over"},
			"late":         {"il flusso è in ritardo", "the flow is late"},
			"missing":      {"il flusso non arriverà più", "the flow will not come any more"},
			"matched":      {"la riga di flusso è uguale alla ricevuta", "the flow line equals the receipt"},
			"different":    {"la riga di flusso ha un altro importo", "the flow line has another amount"},
			"alone":        {"c'è la riga di flusso e non la ricevuta", "there is a flow line and no receipt"},
			"revoked":      {"il flusso lo riporta come revocato (esito 3)", "the flow says it is revoked (outcome 3)"},
			"twice":        {"è in due flussi correnti", "it is in two current flows"},
		},
		"cashed": {
			"not_expected": {"nessun incasso è atteso", "no cash is expected"},
			"waiting":      {"l'incasso non c'è ed è ancora nei termini", "there is no cash, and its term is not over"},
			"late":         {"l'incasso è in ritardo", "the cash is late"},
			"missing":      {"l'incasso non arriverà più", "the cash will not come any more"},
			"flow":         {"il suo flusso è riversato per il suo totale", "its flow is settled for its total"},
			"iuv":          {"l'incasso con lo IUV è il totale della ricevuta", "cash by IUV is the receipt's total"},
			"different":    {"l'incasso ha un altro importo", "the cash has another amount"},
		},
		"has_notice":      {"yes": {"c'è la notifica", "there is a notice"}, "no": {"non c'è la notifica", "there is no notice"}},
		"notice_equal":    {"yes": {"notifica e ricevuta hanno lo stesso importo", "notice and receipt have the same amount"}, "no": {"non ci sono notifica e ricevuta dello stesso importo", "there are no notice and receipt of the same amount"}},
		"has_receipt":     {"yes": {"c'è la ricevuta, vera o implicita", "there is a receipt, real or implied"}, "no": {"non c'è la ricevuta", "there is no receipt"}},
		"has_flow":        {"yes": {"c'è la riga di flusso", "there is a flow line"}, "no": {"non c'è la riga di flusso", "there is no flow line"}},
		"flow_equal":      {"yes": {"ricevuta e riga di flusso hanno lo stesso importo", "receipt and flow line have the same amount"}, "no": {"non ci sono ricevuta e riga di flusso dello stesso importo", "there are no receipt and flow line of the same amount"}},
		"has_flow_cash":   {"yes": {"ci sono movimenti che riversano il flusso", "movements settle the flow"}, "no": {"nessun movimento riversa il flusso", "no movement settles the flow"}},
		"flow_cash_equal": {"yes": {"i movimenti fanno il totale del flusso", "the movements add up to the flow's total"}, "no": {"non ci sono movimenti che fanno il totale del flusso", "there are no movements that add up to the flow's total"}},
		"has_iuv_cash":    {"yes": {"ci sono movimenti con lo IUV", "movements carry the IUV"}, "no": {"nessun movimento con lo IUV", "no movement carries the IUV"}},
		"iuv_cash_equal":  {"yes": {"i movimenti con lo IUV fanno il totale della ricevuta", "the movements with the IUV add up to the receipt's total"}, "no": {"non ci sono movimenti con lo IUV che fanno il totale della ricevuta", "there are no movements with the IUV that add up to the receipt's total"}},
		"after_closing":   {"yes": {"è pagato quando l'ente era già chiuso o confluito in un altro", "it was paid when the entity was already closed or merged"}, "no": {"l'ente incassava ancora quando è stato pagato", "the entity still took payments when it was paid"}},
		"type_disabled":   {"yes": {"è pagato quando il suo tipo dovuto era già disattivato", "it was paid when its type of debt was already disabled"}, "no": {"il suo tipo dovuto non era disattivato quando è stato pagato", "its type of debt was not disabled when it was paid"}},
	},
	UnitSettlement: {
		"consistent": {"yes": {"numero e totale dichiarati sono quelli delle righe", "declared count and total are those of the lines"}, "no": {"numero o totale dichiarati non sono quelli delle righe", "declared count or total are not those of the lines"}},
		"revised":    {"yes": {"una nuova versione è arrivata dopo la riconciliazione", "a new revision arrived after it was reconciled"}, "no": {"nessuna nuova versione dopo la riconciliazione", "no new revision since it was reconciled"}},
		"cash": {
			"none":  {"nessun movimento lo riversa", "no movement settles it"},
			"equal": {"i movimenti fanno il suo totale", "the movements add up to its total"},
			"short": {"i movimenti fanno meno del suo totale", "the movements add up to less than its total"},
			"over":  {"i movimenti fanno più del suo totale", "the movements add up to more than its total"},
			"twice": {"ogni movimento porta l'intero totale", "each movement brings the whole total"},
		},
		"parts": {"one": {"un solo movimento, o nessuno", "one movement, or none"}, "many": {"più movimenti", "several movements"}},
		"clock": clocks,
	},
	UnitMovement: {
		"reversed":       {"yes": {"è stornato per intero", "it was taken back in full"}, "no": {"non è stornato", "it was not taken back"}},
		"reversal_alone": {"yes": {"se ne conosce lo storno e non l'accredito", "its reversal is known and its credit is not"}, "no": {"non è uno storno senza accredito", "it is not a reversal without its credit"}},
		"pagopa":         {"yes": {"la configurazione non lo esclude", "the configuration does not leave it out"}, "no": {"la configurazione lo esclude per la sua causale", "the configuration leaves it out because of its text"}},
		"revoked_only":   {"yes": {"riversa solo flussi di pagamenti tutti revocati", "it settles only flows whose payments are all revoked"}, "no": {"non riversa solo flussi di pagamenti revocati", "it does not settle only flows of revoked payments"}},
		"account":        {"right": {"il conto è dell'ente, o i conti non sono limitati", "the account is the entity's, or any will do"}, "wrong": {"il conto non è fra quelli dell'ente", "the account is not one of the entity's"}},
		"reference": {
			"none": {"la causale non porta IUF né IUV", "its text carries neither IUF nor IUV"},
			"iuf":  {"la causale porta uno IUF", "its text carries an IUF"},
			"iuv":  {"la causale porta uno IUV", "its text carries an IUV"},
			"both": {"la causale porta uno IUF e uno IUV", "its text carries an IUF and an IUV"},
		},
		"match": {
			"none":      {"non è abbinato a nulla", "it is matched with nothing"},
			"full":      {"è abbinato per intero", "it is wholly matched"},
			"part":      {"ne è abbinata una parte", "a part of it is matched"},
			"ambiguous": {"la causale si adatta a più flussi", "its text fits several flows"},
		},
		"clock": clocks,
	},
}
