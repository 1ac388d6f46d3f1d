package instruction_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"quadra/engine/record"
	"quadra/parsers/instruction"
)

type kept struct {
	rows    []record.Instruction
	rejects []string
}

func (*kept) Doc(*record.Doc) error { return nil }

func (k *kept) Instruction(i *record.Instruction) error {
	k.rows = append(k.rows, *i)
	return nil
}

func (k *kept) Reject(r *record.Reject) error {
	k.rejects = append(k.rejects, fmt.Sprintf("%d %s %s", r.Line, r.Column, r.Code))
	return nil
}

func TestInstructions(t *testing.T) {
	const text = `accertamento;AZIONE;tipo_dovuto;anno;iud;iuv;iur;indice;ufficio;capitolo;articolo;codice_accertamento;importo;nuovo_nome;motivo;autore
Ruolo;crea;TARI;2026;;;;;;;;;;;;anna
Ruolo;Aggiungi;;;D1;I1;R1;2;U1;30;4;A9;1.234,56;;;
Ruolo;aggiungi;;;;I2;;;U1;30;;;1234.56;;;
Ruolo;rinomina;;;;;;;;;;;;Ruolo 2;;
Ruolo 2;annulla;;;;;;;;;;;;;doppio;
`
	var k kept
	if _, err := instruction.Read(context.Background(), strings.NewReader(text), instruction.Options{}, &k); err != nil {
		t.Fatal(err, k.rejects)
	}
	want := []record.Instruction{
		{Line: 2, Action: record.ActionCreate, Name: "Ruolo", DebtType: "TARI", Year: 2026, Author: "anna"},
		{Line: 3, Action: record.ActionAdd, Name: "Ruolo", IUD: "D1", IUV: "I1", IUR: "R1", Index: 2, Office: "U1", Chapter: "30", Article: "4",
			Assessment: "A9", Amount: 123456},
		{Line: 4, Action: record.ActionAdd, Name: "Ruolo", IUV: "I2", Office: "U1", Chapter: "30", Amount: 123456},
		{Line: 5, Action: record.ActionRename, Name: "Ruolo", NewName: "Ruolo 2"},
		{Line: 6, Action: record.ActionCancel, Name: "Ruolo 2", Reason: "doppio"},
	}
	if diff := cmp.Diff(want, k.rows); diff != "" {
		t.Errorf("instructions (-want +got):\n%s", diff)
	}
}

func TestWrongRowsAreAllListed(t *testing.T) {
	const text = `azione;accertamento;anno;indice;importo;motivo
brucia;Ruolo;;;;
crea;;;;;
crea;Ruolo;26;;;
aggiungi;Ruolo;;6;;
aggiungi;Ruolo;;;1,234.56;
aggiungi;Ruolo;;;12.34,00;
aggiungi;Ruolo;;;0,00;
aggiungi;Ruolo;;;-1,00;
chiudi;Ruolo;;;;
`
	var k kept
	_, err := instruction.Read(context.Background(), strings.NewReader(text), instruction.Options{}, &k)
	var refused *record.FileError
	if !errors.As(err, &refused) || refused.Code != record.FileContent {
		t.Errorf("error %v", err)
	}
	if want := []string{"2 azione OPERATION", "3 accertamento MISSING", "4 anno NUMBER", "5 indice NUMBER", "6 importo AMOUNT", "7 importo AMOUNT",
		"8 importo NOT_POSITIVE", "9 importo NOT_POSITIVE"}; !slices.Equal(k.rejects, want) {
		t.Errorf("rejects %q, want %q", k.rejects, want)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("azione;accertamento;importo\ncrea;Ruolo;\naggiungi;Ruolo;1.234,56\n")
	f.Add("azione;motivo;accertamento\nannulla;perché;Ruolo\n")
	f.Fuzz(func(t *testing.T, text string) {
		var k kept
		counts, err := instruction.Read(context.Background(), strings.NewReader(text), instruction.Options{}, &k)
		if err == nil && counts.Accepted != len(k.rows) {
			t.Errorf("%+v, %d rows", counts, len(k.rows))
		}
	})
}
