package report

import "quadra/engine/explain"

// translate gives the text of the page in the language asked for. Italian is
// the language of the source; English is a dictionary.
func translate(lang, italian string) string {
	if lang != explain.English {
		return italian
	}
	for _, texts := range []map[string]string{english, englishPages} {
		if s, ok := texts[italian]; ok {
			return s
		}
	}
	return italian
}

// english translates every fixed text of the page; a test holds it complete.
// Amounts and dates keep their Italian form, which the CSV has too.
var english = map[string]string{
	// page
	"Vai al contenuto":                "Skip to the content",
	"quello che scrive quadra report": "what quadra report writes",
	"dei pagamenti anomali sono elencati solo quelli nuovi o cambiati nell'ultima esecuzione: tutti sono contati, e quadra report li elenca": "of anomalous payments only those new or changed in the last run are listed: all are counted, and quadra report lists them",
	"Situazione al":                "As of",
	"codice IPA":                   "IPA code",
	"codice fiscale":               "tax code",
	"Riepilogo":                    "Summary",
	"Quadratura":                   "Balance",
	"File e scarti":                "Files and rejects",
	"Verbale":                      "Record",
	"Pagamenti":                    "Payments",
	"Riversamenti":                 "Settlements",
	"Movimenti di cassa":           "Cash movements",
	"Pagamenti per stato":          "Payments by status",
	"Riversamenti per stato":       "Settlements by status",
	"Movimenti di cassa per stato": "Cash movements by status",

	"Decidere a chi spetta la somma, e chiudere i dovuti che si possono ancora pagare.": "Decide whose the money is, and close the debts that can still be paid.",
	"Annullare i dovuti di quel tipo ancora pagabili; decidere dove imputare la somma.": "Cancel the debts of that type that can still be paid; decide where the money belongs.",

	"Recuperare il giornale di cassa con l'accredito che lo storno annulla.": "Get the cash book with the credit that the reversal takes back.",

	"Ricevute = quote per capitolo": "Receipts = shares by chapter",
	"Le quote di una riga di ricevuta danno sempre la riga, al centesimo; quelle ancora senza capitolo sono da assegnare. A sinistra si contano le righe, a destra le quote: si confrontano solo gli importi.": "The shares of a receipt line always add up to it, to the cent; those still without a chapter are to be assigned. The left counts lines, the right shares: only the amounts are compared.",
	"quote":                       "shares",
	"dal bilancio della ricevuta": "from the receipt's split",
	"dai metadati della ricevuta": "from the receipt's metadata",
	"dal dovuto":                  "from the debt",
	"dal tipo dovuto":             "from the debt type",
	"sull'unico capitolo attivo":  "on the only active chapter",
	"dal codice tassonomico":      "from the taxonomy code",
	"da assegnare":                "to be assigned",

	// summary
	"La quadratura di questa esecuzione non è nei registri.": "The balance of this run is not in the books.",
	"Rieseguire quadra run per averla.":                      "Run quadra run again to have it.",
	"I conti quadrano.":                                      "The books balance.",
	"I conti non quadrano.":                                  "The books do not balance.",
	"Equazioni con un residuo":                               "Equations with a residual",
	"Vedi la quadratura":                                     "See the balance",
	"Non usare questi dati prima di aver capito perché.":     "Do not use these figures before knowing why.",
	"Ogni ricevuta, ogni flusso, ogni incasso e ogni riga letta ha il suo posto: tutti i residui sono zero.": "Every receipt, flow, credit and row read has its place: every residual is zero.",
	"in ordine":          "in order",
	"da verificare":      "to check",
	"neutro":             "neutral",
	"Da fare":            "To do",
	"Gravità":            "Severity",
	"Che cosa":           "What",
	"Che fare":           "What to do",
	"Numero":             "Number",
	"Importo €":          "Amount €",
	"Il più vecchio, gg": "Oldest, days",
	"Gravità: 4 da guardare subito, 3 somme che non tornano, 2 da verificare, 1 da annotare. L'età è in giorni lavorativi.": "Severity: 4 look at it at once, 3 sums that do not agree, 2 to check, 1 to note. Ages are in working days.",
	"Niente: nessuna anomalia e nessun file o riga da correggere.":                                                          "Nothing: no anomaly, and no file or row to correct.",
	"Segno":               "Sign",
	"Stato":               "Status",
	"Codice":              "Code",
	"Totale":              "Total",
	"Etichette (MyPivot)": "Labels (MyPivot)",
	"Etichetta":           "Label",
	"Significato":         "Meaning",
	"Unità":               "Unit",
	"Le etichette non si escludono: uno stesso pagamento ne può avere più d'una, quindi non si sommano tra loro.": "Labels are not exclusive: one payment may have several, so they do not add up.",

	// balance
	"Ogni equazione confronta due letture indipendenti dei registri: quello che è entrato e dove è finito. La differenza deve essere zero.": "Each equation compares two independent readings of the books: what came in and where it went. The difference must be zero.",
	"Voce":                "Item",
	"meno":                "less",
	"Residuo: zero":       "Residual: zero",
	"Residuo: NON è zero": "Residual: NOT zero",
	"Ricevute = ricevute per stato del loro pagamento":                                                      "Receipts = receipts by the status of their payment",
	"Ogni riga di ricevuta è un pagamento, con uno stato solo: niente è perso, niente è contato due volte.": "Every receipt line is a payment with one status: nothing is lost, nothing is counted twice.",
	"Notifiche = agganciate a una ricevuta + rimaste sole":                                                  "Notices = tied to a receipt + alone",
	"Totali dichiarati dai flussi = somma delle loro righe + differenze dichiarate":                         "Totals declared by flows = sum of their lines + declared differences",
	"Le righe revocate (esito 3) sono sommate o sottratte secondo la lettura con cui il totale del flusso torna. A sinistra si contano i flussi, a destra le righe: si confrontano solo gli importi.": "Revoked lines (outcome 3) are added or subtracted according to the reading that gives the total of the flow. Flows are counted first, then lines: only amounts are compared.",
	"Incassato = portato ai flussi + eccedenze + per IUV + non abbinato":                                                             "Cash = carried to flows + excess + by IUV + unmatched",
	"Un movimento che paga un flusso per meno del suo importo compare due volte, con le due parti: si confrontano solo gli importi.": "A movement that pays a flow with a part of its amount appears twice, with its two parts: only amounts are compared.",
	"Incassato portato ai flussi = totali dei flussi incassati + differenze elencate":                                                "Cash carried to flows = totals of the cashed flows + listed differences",
	"A sinistra si contano i movimenti, a destra i flussi: si confrontano solo gli importi.":                                         "Movements are counted first, then flows: only amounts are compared.",
	"Righe lette dai file = righe tenute + righe scartate":                                                                           "Rows read from files = rows kept + rows rejected",
	"righe di ricevuta nei registri":            "receipt lines in the books",
	"ricevute":                                  "receipts",
	"notifiche nei registri":                    "notices in the books",
	"notifiche agganciate a una ricevuta":       "notices tied to a receipt",
	"notifiche senza ricevuta":                  "notices without a receipt",
	"totali dichiarati dai flussi vigenti":      "totals declared by current flows",
	"righe di flusso":                           "flow lines",
	"differenze tra totale dichiarato e righe":  "differences between declared total and lines",
	"incassato, tolti gli storni":               "cash, less reversals",
	"incassato portato ai flussi":               "cash carried to flows",
	"incassato oltre i flussi pagati":           "cash beyond the flows it pays",
	"incassato abbinato a una ricevuta per IUV": "cash matched with a receipt by IUV",
	"incassato non abbinato":                    "unmatched cash",
	"totali dei flussi incassati":               "totals of the cashed flows",
	"incassato in più o in meno del flusso":     "cash above or below the flow",
	"righe lette dai file caricati":             "rows read from the loaded files",
	"righe tenute":                              "rows kept",
	"righe scartate":                            "rows rejected",
	"pagate":                                    "paid",
	"revocate, sommate":                         "revoked, added",
	"revocate, sottratte":                       "revoked, subtracted",

	// anomalies
	"oltre 60": "over 60",
	"cassa":    "cash",

	// advice
	"Verificare se uno dei due va rimborsato o imputato a un altro dovuto.":                             "Check whether one of the two is to be refunded or booked on another debt.",
	"Verificare la revoca con il PSP; se il denaro è tornato al debitore, riaprire il dovuto.":          "Check the revocation with the PSP; if the money went back to the debtor, open the debt again.",
	"Chiedere al PSP quale dei due flussi vale e se la somma è stata riversata due volte.":              "Ask the PSP which of the two flows holds and whether the sum was transferred twice.",
	"Chiedere al PSP quale importo vale: per il debitore fa fede la ricevuta.":                          "Ask the PSP which amount holds: for the debtor it is the receipt's.",
	"Recuperare la ricevuta dall'intermediario e caricarla.":                                            "Get the receipt from the intermediary and load it.",
	"Controllare la notifica del gestionale: nessuna ricevuta la conferma.":                             "Check the notice of the entity's system: no receipt confirms it.",
	"Correggere la notifica nel gestionale: fa fede la ricevuta.":                                       "Correct the notice in the entity's system: the receipt holds.",
	"La differenza è dell'intero riversamento, non di questo pagamento: vedere i riversamenti anomali.": "The difference is that of the whole settlement, not of this payment: see the settlements to check.",
	"Controllare che i flussi di rendicontazione siano arrivati tutti, poi sollecitare il PSP.":         "Check that every flow arrived, then remind the PSP.",
	"Controllare il giornale di cassa, poi sollecitare il PSP citando lo IUF.":                          "Check the cash book, then remind the PSP naming the IUF.",
	"Mandare la notifica del pagato dal gestionale.":                                                    "Send the notice of payment from the entity's system.",
	"Rivedere la riconciliazione: il dettaglio dice quali righe sono cambiate.":                         "Review the reconciliation: the detail says which lines changed.",
	"Segnalare il flusso al PSP e chiederne uno corretto.":                                              "Report the flow to the PSP and ask for a correct one.",
	"Verificare con il tesoriere e con il PSP quale accredito va restituito.":                           "Find out with the treasurer and the PSP which credit is to be returned.",
	"Cercare il movimento che manca, poi chiedere al PSP ragione della differenza.":                     "Look for the missing movement, then ask the PSP about the difference.",
	"Chiedere al PSP ragione della differenza: può esserci un accredito da restituire.":                 "Ask the PSP about the difference: a credit may have to be returned.",
	"Controllare il giornale di cassa dei giorni seguenti, poi sollecitare il PSP.":                     "Check the cash book of the following days, then remind the PSP.",
	"Far girare la somma sul conto giusto, o aggiungere il conto alla configurazione.":                  "Have the sum moved to the right account, or add the account to the configuration.",
	"Decidere a mano quale flusso paga.":                                                                "Decide by hand which flow it pays.",
	"Cercare a che cosa si riferisce il resto.":                                                         "Find out what the rest refers to.",
	"Capire da chi viene; se non è pagoPA, escluderlo nella configurazione.":                            "Find out who sent it; if it is not pagoPA, leave it out in the configuration.",
	"Recuperare il flusso o la ricevuta che la causale cita e caricarli.":                               "Get the flow or the receipt its text names and load it.",
	"Leggere il motivo, correggere e consegnare di nuovo, con lo stesso nome.":                          "Read the reason, correct and deliver again under the same name.",
	"Saranno riprovati alla prossima esecuzione; se si ripete, avvisare chi gestisce quadra.":           "They will be tried again at the next run; if it happens again, tell who runs quadra.",
	"Correggerle all'origine e consegnare di nuovo il file, con lo stesso nome.":                        "Correct them at their origin and deliver the file again under the same name.",

	// decisions
	"Decisioni": "Decisions",
	"sì":        "yes",

	// files and record
	"File":              "File",
	"File caricati":     "Loaded files",
	"File già caricati": "Files already loaded",
	"File rifiutati":    "Refused files",
	"File non riusciti": "Failed files",
	"File da leggere":   "Files to read",
	"Righe scartate":    "Rejected rows",
	"Con gli stessi file, le stesse regole e la stessa data di riferimento quadra scrive lo stesso rapporto, byte per byte.": "From the same files, rules and as-of date quadra writes the same report, byte for byte.",
	"Esecuzione":            "Run",
	"Data di riferimento":   "As-of date",
	"Regole":                "Ruleset",
	"Impronta delle regole": "Hash of the ruleset",
	"Versione di quadra":    "Version of quadra",
	"Ente":                  "Entity",
	"Impronte dei file caricati nei registri": "Hashes of the files loaded in the books",
	"Byte":                  "Bytes",
	"Nessun file caricato.": "No file loaded.",
}
