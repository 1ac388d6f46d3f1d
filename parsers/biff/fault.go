package biff

import "quadra/engine/record"

func notWorkbook(cause error) error {
	return &record.FileError{
		Code: record.FileUnknown, Cause: cause,
		Message: "non è una cartella di lavoro XLS: salvarla in formato .xlsx oppure CSV",
	}
}

func encrypted() error {
	return &record.FileError{
		Code: record.FileUnknown, Cause: ErrEncrypted,
		Message: "la cartella di lavoro è protetta da password: salvarla senza password e mandarla di nuovo",
	}
}

func older() error {
	return &record.FileError{
		Code: record.FileUnknown, Cause: ErrOld,
		Message: "la cartella di lavoro è di una versione di Excel precedente al 97: salvarla in formato .xlsx",
	}
}

func damaged(cause error) error {
	return &record.FileError{
		Code: record.FileContainer, Cause: cause,
		Message: "la cartella di lavoro è danneggiata: aprirla, salvarla di nuovo e rimandarla",
	}
}

func truncated(cause error) error {
	return &record.FileError{
		Code: record.FileTruncated, Cause: cause,
		Message: "la cartella di lavoro è incompleta: farsela mandare di nuovo",
	}
}

func tooLarge(how string) error {
	return &record.FileError{
		Code:    record.FileLimit,
		Message: "la cartella di lavoro " + how + ": dividerla o togliere ciò che non serve",
	}
}
