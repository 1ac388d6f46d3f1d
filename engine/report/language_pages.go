package report

// englishPages translates what the pages of a pack say.
var englishPages = map[string]string{
	// menu and frame
	"Oggi": "Today", "Anomalie": "Anomalies", "Flussi": "Flows", "Giornale di cassa": "Cash", "Ricevute": "Receipts",
	"Accertamenti e capitoli": "Accertamenti and chapters", "Da regolarizzare": "To be regularised", "Statistiche": "Statistics",
	"Segnalazioni": "Notes", "Attese": "Expected", "Guida": "Guide", "Pagine": "Pages", "Cerca": "Search", "Avvisi": "Warnings",
	"Altre": "Another", "righe": "rows", "Niente da mostrare.": "Nothing to show.",
	"senza chi ha pagato": "without who paid", "solo tipo dovuto": "debt type only", "solo ufficio": "office only",
	"esecuzione": "run",

	// today
	"Che cosa è arrivato, che cosa manca e che cosa va fatto.": "What came, what is missing and what has to be done.",
	"Novità dall'ultima esecuzione":                            "New since the last run",
	"Nuove anomalie":                                           "New anomalies",
	"Nessuna nuova anomalia.":                                  "No new anomaly.",
	"Le maggiori":                                              "The largest",
	"PSP in ritardo":                                           "PSPs that are late",
	"PSP":                                                      "PSP",
	"Giorni di mora":                                           "Days of default interest",
	"Tutto ciò che è atteso":                                   "All that is expected",
	"Fino a che giorno arrivano i dati":                        "Up to which day the data goes",
	"Fonte":                                                    "Source",
	"Ultimo giorno":                                            "Last day",
	"Giorni lavorativi fa":                                     "Working days ago",
	"Stati":                                                    "Statuses",
	"Rendicontazione":                                          "Flows",
	"Notifiche":                                                "Notices",
	"in ritardo":                                               "late",
	"mai arrivata":                                             "never came",
	"aggiornata":                                               "up to date",
	"l'ultimo giorno che si conosce è il":                      "the last day known is",
	"giorni lavorativi fa":                                     "working days ago",

	// balance
	"Dalle ricevute alla cassa, con ogni differenza elencata; e le equazioni che devono dare zero.": "From receipts to cash, with every difference listed; and the equations that must give zero.",
	"Dalle ricevute alla cassa":         "From receipts to cash",
	"Il percorso non torna: residuo":    "The way does not add up: residual",
	"Il percorso torna: nessun residuo": "The way adds up: no residual",
	"Equazioni":                         "Equations",
	"Incassato":                         "Cashed",
	"Quanto è stato pagato, quanto i flussi rendicontano e quanto è arrivato in cassa; ai lati ciò che si ferma prima.": "What was paid, what flows report and what came as cash; at the sides what stops before.",

	// anomalies
	"Che cosa va guardato: per codice, anzianità, tipo dovuto, PSP e importo, con quanto le persone ne dicono.": "What has to be looked at: by code, age, debt type, PSP and amount, with what people say of it.",
	"Anzianità delle anomalie": "Age of the anomalies",
	"Le anomalie di ogni codice per giorni lavorativi di attesa: quante e per quanto.": "The anomalies of each code by the working days they have been waiting: how many and for how much.",
	"Per codice": "By code", "Per anzianità": "By age", "Per tipo dovuto": "By debt type", "Per PSP": "By PSP", "Per importo": "By amount",
	"Per assegnatario": "By assignee", "Per segnalazione": "By note", "Giorni lavorativi": "Working days",
	"non indicato": "not said", "senza segnalazione": "without note", "altri": "others", "da": "from", "a": "to",

	// lists
	"Ogni pagamento con il suo stato: che cosa si sa di lui, dove è finito e perché.":                        "Every payment with its status: what is known of it, where it ended and why.",
	"Ogni flusso di rendicontazione, nella versione vigente, e gli incassi che lo riversano.":                "Every flow, in its current version, and the cash that settles it.",
	"Ogni movimento del giornale di cassa: quali flussi riversa, e su quali capitoli va.":                    "Every cash movement: which flows it settles, and on which chapters it goes.",
	"Ogni riga di ricevuta telematica, con il file e la riga da cui viene.":                                  "Every receipt line, with the file and the line it comes from.",
	"Che cosa tiene ogni accertamento, e quanto è pagato, rendicontato e incassato su ogni capitolo.":        "What each accertamento holds, and what is paid, reported and cashed on each chapter.",
	"Che cosa le persone dicono di pagamenti, riversamenti e movimenti, e che cosa resta da fare.":           "What people say of payments, settlements and movements, and what is left to do.",
	"Gli incassi che nessuna reversale copre ancora per intero, con i giorni rimasti dei sessanta di legge.": "The cash no order covers in full yet, with the days left of the legal sixty.",
	"Termine scaduto": "Term over", "Entro 15 giorni": "Within 15 days", "Da 16 a 30 giorni": "From 16 to 30 days", "Oltre 30 giorni": "Over 30 days",
	"movimento": "movement", "movimenti": "movements",

	// expected
	"Che cosa deve ancora arrivare, entro quando, e da quanti giorni i PSP in ritardo devono gli interessi di mora.": "What has still to come, by when, and for how many days late PSPs owe default interest.",
	"Atteso e arrivato, giorno per giorno": "Expected and received, day by day",
	"Per ogni giorno quanto doveva essere riversato entro quel giorno, quanto è arrivato e quanto manca ancora.":                                                                                "For each day what was due by it, what came on it and what is still missing.",
	"Dalla fine del termine di riversamento il PSP deve gli interessi di mora, al tasso BCE più otto punti: qui i giorni di calendario del flusso più vecchio, nell'elenco quelli di ciascuno.": "From the end of the term of credit the PSP owes default interest, at the ECB rate plus eight points: here the calendar days of the oldest flow, in the list those of each.",

	// statistics
	"Ogni misura ha la sua data: il pagato quella del pagamento, il rendicontato quella di regolamento, l'incassato la valuta dell'ultimo incasso.": "Each measure has its own date: paid that of the payment, reported that of regulation, cashed the value date of the last cash.",
	"Pagato, rendicontato e incassato per mese":                                  "Paid, reported and cashed by month",
	"Ogni misura sta nel mese della sua data: non è la stessa somma che avanza.": "Each measure is in the month of its own date: it is not the same sum moving on.",
	"Giorni all'accredito per PSP":                                               "Days to credit by PSP",
	"Giorni lavorativi dal regolamento del flusso all'ultimo incasso.":           "Working days from the regulation of the flow to its last cash.",
	"Codice PSP": "PSP code", "Pagato €": "Paid €", "Rendicontato €": "Reported €", "Incassato €": "Cashed €",

	// files
	"Ogni file mai consegnato e che cosa ne è stato; ogni riga lasciata fuori, con il motivo e il rimedio.": "Every file ever delivered and what became of it; every row left out, with the reason and the remedy.",
	"riga letta": "row read", "righe lette": "rows read", "scartata": "rejected", "scartate": "rejected",

	// record
	"Con gli stessi file, le stesse regole e la stessa data di riferimento quadra scrive lo stesso rapporto, byte per byte.": "With the same files, the same rules and the same as-of date quadra writes the same report, byte for byte.",
	"Equazione": "Equation", "Residuo, numero": "Residual, number", "Residuo €": "Residual €", "Totali": "Totals", "Limiti": "Limits",
	"L'impronta di ogni file di questo rapporto è in": "The hash of every file of this report is in",

	// guide
	"Oggi dice che cosa è arrivato e che cosa va fatto. Da ogni cifra si arriva alle righe che la fanno, e da ogni riga al file e alla riga da cui viene.":           "Today says what came and what has to be done. From every figure one gets to the rows behind it, and from every row to the file and the line it comes from.",
	"Le stesse tabelle di ogni pagina sono accanto alle pagine in CSV, XLSX e JSON, con gli stessi totali.":                                                          "The same tables stand beside the pages as CSV, XLSX and JSON, with the same totals.",
	"Un'anomalia si lavora scrivendo in anomalie.csv le colonne segnalazione e consegnando il file: non cambia nessuno stato e nessun totale, e niente si cancella.": "An anomaly is worked by writing the segnalazione columns of anomalie.csv and handing the file back: no status and no total changes, and nothing is erased.",
	"Il verbale dice da quali file e con quali regole questo rapporto è fatto: chi li ha può rifarlo uguale, byte per byte.":                                         "The record says from which files and with which rules this report is made: who has them can make it again, byte for byte.",
}
