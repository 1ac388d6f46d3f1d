package record

// Notice is the entity's own statement that a debt was paid (pagato
// notificato). Its key within an entity is the IUD; a second notice with the
// same IUD replaces the first.
type Notice struct {
	Line       int
	IUD        string // at most 35 characters
	IUV        string
	PayerKind  string // F person, G legal entity
	PayerCode  string
	PayerName  string
	PaidOn     Date
	Amount     Cents
	Commission Cents
	DebtType   string
	Channel    string // tipoVersamento
	Remittance string
	Collection string // datiSpecificiRiscossione
	Bilancio   string // as it came, XML
}
