package outcome

import "quadra/engine/record"

// corrections are what to do about a row, by reason: the reason says what is
// wrong in that row, this what a right one looks like.
var corrections = map[record.RejectCode]string{
	record.RejectMissing:     "compilare il campo: è obbligatorio",
	record.RejectAmount:      "scrivere l'importo in cifre con due decimali, nella forma del tracciato, senza simbolo di valuta",
	record.RejectDate:        "scrivere una data che esiste, nella forma del tracciato",
	record.RejectTooLong:     "accorciare il testo alla lunghezza ammessa dal tracciato",
	record.RejectColumns:     "dare alla riga tanti campi quanti l'intestazione; chiudere tra virgolette i testi che contengono il separatore",
	record.RejectIndex:       "scrivere il numero d'ordine del versamento nella ricevuta, da 1 a 5",
	record.RejectOutcome:     "scrivere un codice di esito previsto da pagoPA",
	record.RejectNotPositive: "verificare l'importo: deve essere maggiore di zero",
	record.RejectDuplicate:   "tenere una sola delle righe con la stessa chiave, quella giusta",
	record.RejectNumber:      "scrivere il numero in sole cifre",
	record.RejectOperation:   "scrivere un'operazione prevista dal tracciato",
	record.RejectEntity:      "togliere la riga, oppure depositarla nella cartella dell'ente a cui appartiene",
	record.RejectSyntax:      "esportare di nuovo la riga dal sistema di origine: è spezzata o non segue il tracciato",
	record.RejectValue:       "scrivere uno dei valori previsti dal tracciato",
	record.RejectUnknown:     "controllare il riferimento, o depositare prima il file che lo porta",
	record.RejectAmbiguous:   "precisare il riferimento: nei libri ce n'è più d'uno",
	record.RejectConflict:    "correggere la riga, o annullare prima ciò che la contraddice",
	record.RejectQuota:       "correggere la ripartizione per capitolo: le quote devono fare l'importo della riga",
}

// correction is what to do about a reject; never empty.
func correction(code record.RejectCode) string {
	if c := corrections[code]; c != "" {
		return c
	}
	return "confrontare la riga con il tracciato"
}
