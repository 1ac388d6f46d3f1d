package chapter

import (
	"strings"

	"quadra/parsers/mypay"
)

// LooksLikeRegistry tells whether a document is a registry of MyPivot by its
// first bytes, as they are on disk: by the names of its columns or, as MyPivot
// does not look at them, by a row of ten fields below or in their place.
func LooksLikeRegistry(head []byte) bool {
	rows := mypay.Head(head, 2)
	switch {
	case len(rows) == 0:
		return false
	case looksLikeChapter(rows[0]):
		return true
	case mypay.Count(rows[0], "cod_ufficio", "flg_attivo", "cod_capitolo", "de_anno_esercizio", "cod_accertamento", "cod_tipo_dovuto") >= 3:
		return true
	}
	return len(rows) > 1 && len(rows[0]) == columnCount && looksLikeChapter(rows[1])
}

// LooksLikePlatformRegistry tells whether a document is a registry of the
// platform by its first bytes, as they are on disk.
func LooksLikePlatformRegistry(head []byte) bool {
	rows := mypay.Head(head, 1)
	return len(rows) > 0 && looksLikePlatformHeader(rows[0])
}

// LooksLikeAssessments tells whether a document is a file of accertamenti by its
// first bytes, as they are on disk.
func LooksLikeAssessments(head []byte) bool {
	rows := mypay.Head(head, 1)
	return len(rows) > 0 && looksLikeAssessmentHeader(rows[0])
}

// looksLikeChapter tells a row of MyPivot's registry, with one of the values it
// is told by wrong at most.
func looksLikeChapter(fields []string) bool {
	if len(fields) != columnCount {
		return false
	}
	active, year, action := fields[2], fields[5], fields[9]
	found := 0
	if strings.EqualFold(active, "true") || strings.EqualFold(active, "false") {
		found++
	}
	if len(year) == len("2026") && strings.Trim(year, "0123456789") == "" {
		found++
	}
	if strings.EqualFold(action, "I") || strings.EqualFold(action, "D") {
		found++
	}
	return found >= 2
}

func looksLikePlatformHeader(fields []string) bool {
	return mypay.Count(fields, "codiceTipoDovuto", "codCapitolo", "descrizioneCapitolo", "descrizioneUfficio", "codAccertamento",
		"descrizioneAccertamento", "annoEsercizio", "flgAttivo") >= 3
}

func looksLikeAssessmentHeader(fields []string) bool {
	return mypay.Count(fields, "nomeAccertamento", "codiceEnteTipoDovuto", "descrizioneCodUfficio", "descrizioneCodCapitolo",
		"codiceAccertamento", "descrizioneCodiceAccertamento", "importoVersato") >= 3
}
