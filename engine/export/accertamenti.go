package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"quadra/engine/record"
	"quadra/engine/store"
)

// WriteAccertamenti writes the shares of payments that closed accertamenti hold
// as the CSV the Piattaforma unitaria loads: UTF-8, quotes only where a value needs
// them, ordered by accertamento, debt type, IUV, IUD, office, chapter and code.
func WriteAccertamenti(ctx context.Context, tx *store.Tx, e Entity, w io.Writer) (Content, error) {
	c := Content{SumOf: "importoCentesimi di ogni riga"}
	s, err := newSheet(w, "nomeAccertamento", "enteIpaCode", "codiceEnteTipoDovuto", "iuv", "iud", "codUfficio", "descrizioneCodUfficio",
		"codCapitolo", "descrizioneCodCapitolo", "codiceAccertamento", "descrizioneCodiceAccertamento", "importoCentesimi", "importoVersato")
	if err == nil {
		err = tx.HeldAssessments(func(a *record.Assessment) error {
			c.Sum += a.Amount
			return errors.Join(ctx.Err(), s.write(a.Name, e.IPA, a.DebtType, a.IUV, a.IUD, a.Office, a.OfficeName, a.Chapter, a.ChapterName,
				a.Code, a.CodeName, strconv.FormatInt(int64(a.Amount), 10), strconv.FormatBool(a.Paid)))
		})
		err = errors.Join(err, s.close(), ctx.Err()) // the books may hold none
		c.Rows = s.rows
	}
	if err != nil {
		return c, fmt.Errorf("export accertamenti: %w", err)
	}
	return c, nil
}
