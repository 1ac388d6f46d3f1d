package bundle

import "fmt"

// conclude says what a verdict proves and what it does not, for people.
func (v *verifier) conclude() {
	d := v.verdict
	d.Proved, d.NotProved = []string{}, []string{}
	if !d.OK {
		d.NotProved = append(d.NotProved, "nulla: il fascicolo non è quello che dice di essere")
		return
	}
	d.Proved = append(d.Proved, fmt.Sprintf("i %d file sono quelli elencati in %s, byte per byte; non ne manca e non ce n'è uno di troppo", d.Files, SumsName))
	if d.Seals > 0 {
		d.Proved = append(d.Proved, fmt.Sprintf("i sigilli delle elaborazioni (%d), ricalcolati, fanno una catena intera", d.Seals))
	} else {
		d.NotProved = append(d.NotProved, "i sigilli delle elaborazioni: i testi di cui sono l'impronta qui non ci sono")
	}
	signed := false
	for _, s := range d.Signatures {
		if s.State == SignatureGood {
			signed = true
			d.Proved = append(d.Proved, fmt.Sprintf("%s è stato firmato con la chiave %s, e da allora nulla è cambiato", SumsName, s.Key))
			d.NotProved = append(d.NotProved, fmt.Sprintf("di chi è la chiave %s: va saputo per altra via, non da chi ha mandato il fascicolo", s.Key))
		}
	}
	if !signed {
		d.NotProved = append(d.NotProved, "chi l'ha fatto, e che sia quello di allora: senza una firma controllata chiunque può rifare file e impronte"+
			" insieme; lo prova solo l'impronta di "+SumsName+" annotata allora per altra via")
	}
	d.NotProved = append(d.NotProved, "che i libri fossero completi e che i file ricevuti dicessero il vero: quelli li conserva l'ente, sotto il loro SHA-256")
}
