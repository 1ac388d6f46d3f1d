package report

import "quadra/rules"

// advice says what to do about each anomaly of the default ruleset. A status
// another ruleset adds has its own sentence and no advice.
var advice = map[string]map[string]string{
	rules.UnitPayment: {
		"DUPLICATE":                "Verificare se uno dei due va rimborsato o imputato a un altro dovuto.",
		"REVOKED":                  "Verificare la revoca con il PSP; se il denaro è tornato al debitore, riaprire il dovuto.",
		"REPORTED_TWICE":           "Chiedere al PSP quale dei due flussi vale e se la somma è stata riversata due volte.",
		"REPORTED_DIFFERENT":       "Chiedere al PSP quale importo vale: per il debitore fa fede la ricevuta.",
		"REPORTED_WITHOUT_RECEIPT": "Recuperare la ricevuta dall'intermediario e caricarla.",
		"NOTIFIED_WITHOUT_RECEIPT": "Controllare la notifica del gestionale: nessuna ricevuta la conferma.",
		"NOTIFIED_DIFFERENT":       "Correggere la notifica nel gestionale: fa fede la ricevuta.",
		"CASHED_DIFFERENT":         "La differenza è dell'intero riversamento, non di questo pagamento: vedere i riversamenti anomali.",
		"NOT_REPORTED":             "Controllare che i flussi di rendicontazione siano arrivati tutti, poi sollecitare il PSP.",
		"NOT_CASHED":               "Controllare il giornale di cassa, poi sollecitare il PSP citando lo IUF.",
		"PAID_AFTER_CLOSING":       "Decidere a chi spetta la somma, e chiudere i dovuti che si possono ancora pagare.",
		"PAID_DISABLED_TYPE":       "Annullare i dovuti di quel tipo ancora pagabili; decidere dove imputare la somma.",
		"NOT_NOTIFIED":             "Mandare la notifica del pagato dal gestionale.",
	},
	rules.UnitSettlement: {
		"REPLACED_AFTER_SETTLEMENT": "Rivedere la riconciliazione: il dettaglio dice quali righe sono cambiate.",
		"INCONSISTENT":              "Segnalare il flusso al PSP e chiederne uno corretto.",
		"PAID_TWICE":                "Verificare con il tesoriere e con il PSP quale accredito va restituito.",
		"SHORT":                     "Cercare il movimento che manca, poi chiedere al PSP ragione della differenza.",
		"OVER":                      "Chiedere al PSP ragione della differenza: può esserci un accredito da restituire.",
		"LATE":                      "Controllare il giornale di cassa dei giorni seguenti, poi sollecitare il PSP.",
	},
	rules.UnitMovement: {
		"REVERSAL_ALONE":    "Recuperare il giornale di cassa con l'accredito che lo storno annulla.",
		"WRONG_ACCOUNT":     "Far girare la somma sul conto giusto, o aggiungere il conto alla configurazione.",
		"AMBIGUOUS":         "Decidere a mano quale flusso paga.",
		"MATCHED_IN_PART":   "Cercare a che cosa si riferisce il resto.",
		"NO_REFERENCE":      "Capire da chi viene; se non è pagoPA, escluderlo nella configurazione.",
		"UNKNOWN_REFERENCE": "Recuperare il flusso o la ricevuta che la causale cita e caricarli.",
	},
}
