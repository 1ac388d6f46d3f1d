package drop

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"syscall"

	"github.com/pkg/sftp"
)

// Kind says what to do about an error, more than what happened.
type Kind string

// The kinds of error.
const (
	KindConnect     Kind = "connect"     // no connection with the server
	KindHostKey     Kind = "hostkey"     // the server is not, or not provably, the expected one
	KindAuth        Kind = "auth"        // the server refuses our key or password
	KindTimeout     Kind = "timeout"     // silence
	KindTooLong     Kind = "too-long"    // more than the total time of an operation
	KindLost        Kind = "lost"        // the connection ended, or the file ended early
	KindPermission  Kind = "permission"  // reading, writing or moving is not allowed
	KindMissing     Kind = "missing"     // the folder or the file is not there
	KindConfig      Kind = "config"      // the options cannot be right
	KindNotWhole    Kind = "not-whole"   // the file changed, or its MD5 differs: look again next time
	KindBusy        Kind = "busy"        // another program holds the file: look again next time
	KindInterrupted Kind = "interrupted" // the caller's context ended
	KindIO          Kind = "io"          // anything else of disk or server
)

// Op is what was being done.
type Op string

// The operations of a drop.
const (
	OpOpen    Op = "open"
	OpList    Op = "list"
	OpRead    Op = "read"
	OpAnswer  Op = "answer"
	OpRetract Op = "retract"
	OpDispose Op = "dispose"
	OpSync    Op = "sync"
	OpClose   Op = "close"
)

// Error is every error of this package.
type Error struct {
	Op   Op
	Drop string // its name: the URL without secrets
	Name string // of the file; empty when it is about the folder
	Kind Kind
	Err  error
}

// Error is the English text for the log.
func (e *Error) Error() string {
	s := fmt.Sprintf("%s drop %s", e.Op, e.Drop)
	if e.Name != "" {
		s += fmt.Sprintf(": %q", e.Name)
	}
	return fmt.Sprintf("%s: %s: %v", s, e.Kind, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// Message is the Italian text for people: what is wrong and what to do.
func (e *Error) Message() string {
	about := "Cartella " + e.Drop
	if e.Name != "" {
		about = fmt.Sprintf("File %s nella cartella %s", e.Name, e.Drop)
	}
	if e.Kind == KindMissing && e.Name != "" {
		return about + ": non c'è più. È stato tolto o rinominato dopo essere stato visto."
	}
	message := about + ": " + italianOf(e.Err, e.Kind)
	var again *triedError
	if errors.As(e.Err, &again) {
		message += fmt.Sprintf(" Tentativi fatti: %d.", again.times)
	}
	return message
}

// italianOf is the text an error brings with it, or that of its kind.
func italianOf(err error, kind Kind) string {
	var again *triedError
	if errors.As(err, &again) {
		err = again.last
	}
	var own interface{ italian() string }
	if errors.As(err, &own) {
		return own.italian()
	}
	return advice[kind]
}

var advice = map[Kind]string{
	KindConnect:     "il server non accetta la connessione. Verificare indirizzo, porta e rete.",
	KindHostKey:     "l'identità del server non è quella attesa: non è stato inviato nulla. Verificare con chi lo gestisce.",
	KindAuth:        "il server rifiuta le credenziali. Verificare utente, chiave e password con chi gestisce il server.",
	KindTimeout:     "il server ha smesso di rispondere. Si riproverà alla prossima esecuzione; se accade ancora, avvisare chi lo gestisce.",
	KindLost:        "la connessione è caduta prima della fine. Si riproverà alla prossima esecuzione.",
	KindPermission:  "permesso negato. Dare all'utente di quadra lettura, scrittura e spostamento dei file nella cartella.",
	KindMissing:     "non esiste o non è una cartella. Verificare il percorso nella configurazione.",
	KindConfig:      "configurazione non valida.",
	KindNotWhole:    "il file non è ancora completo o è cambiato durante la lettura. Si riproverà alla prossima esecuzione.",
	KindBusy:        "il file è aperto in un altro programma. Chiuderlo: si riproverà alla prossima esecuzione.",
	KindTooLong:     "l'operazione supera il tempo massimo.",
	KindInterrupted: "operazione interrotta.",
	KindIO:          "errore di lettura o scrittura. Verificare lo spazio disponibile e lo stato della cartella.",
}

// explained is an error that brings its own Italian text.
type explained struct {
	kind     Kind
	text, it string
	cause    error
}

func (e *explained) Error() string {
	if e.cause != nil {
		return e.text + ": " + e.cause.Error()
	}
	return e.text
}
func (e *explained) Unwrap() error   { return e.cause }
func (e *explained) italian() string { return e.it }

func configError(text, it string) error { return &explained{kind: KindConfig, text: text, it: it} }

var (
	errSilent  = &explained{kind: KindTimeout, text: "server fell silent", it: advice[KindTimeout]}
	errTooLong = &explained{kind: KindTooLong, text: "operation exceeds the total time allowed",
		it: "l'operazione supera il tempo massimo (total_timeout). Si riproverà alla prossima esecuzione; " +
			"se accade ancora, alzarlo o chiedere file più piccoli."}
	errConnectTimeout = &explained{kind: KindTimeout, text: "server does not answer the connection",
		it: "il server non risponde alla connessione. Verificare indirizzo, porta e rete."}
	errLost    = &explained{kind: KindLost, text: "connection lost", it: advice[KindLost]}
	errChanged = &explained{kind: KindNotWhole, text: "file is no longer the one that was listed", it: advice[KindNotWhole]}
	errMD5     = &explained{kind: KindNotWhole, text: "content differs from its MD5 file",
		it: "il contenuto non corrisponde al file .md5: è ancora in arrivo oppure è danneggiato. " +
			"Si riproverà alla prossima esecuzione; se accade ancora, depositare di nuovo il file e il suo .md5."}
)

// wrap gives err its place and its kind; nil stays nil and an *Error stays
// what it is.
func wrap(op Op, drop, name string, err error) error {
	if err == nil {
		return nil
	}
	var done *Error
	if errors.As(err, &done) {
		return err
	}
	return &Error{Op: op, Drop: drop, Name: name, Kind: kindOf(err), Err: err}
}

func kindOf(err error) Kind {
	var again *triedError
	if errors.As(err, &again) {
		return kindOf(again.last)
	}
	var own *explained
	var key *HostKeyError
	var status *sftp.StatusError
	var network *net.OpError // not net.Error, which every error of a disk is too
	switch {
	case errors.As(err, &own):
		return own.kind
	case errors.As(err, &key):
		return KindHostKey
	case errors.Is(err, context.Canceled):
		return KindInterrupted
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return KindTimeout
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return KindPermission
	case errors.Is(err, syscall.EBUSY), errors.Is(err, syscall.ETXTBSY), errors.Is(err, syscall.EAGAIN):
		return KindBusy
	case errors.Is(err, fs.ErrNotExist):
		return KindMissing
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		errors.Is(err, sftp.ErrSSHFxConnectionLost), errors.Is(err, sftp.ErrSSHFxNoConnection):
		return KindLost
	case errors.As(err, &status):
		return kindOfStatus(status)
	case errors.As(err, &network):
		return KindLost
	}
	return KindIO
}

func kindOfStatus(s *sftp.StatusError) Kind {
	switch s.FxCode() {
	case sftp.ErrSSHFxNoSuchFile:
		return KindMissing
	case sftp.ErrSSHFxPermissionDenied:
		return KindPermission
	case sftp.ErrSSHFxConnectionLost, sftp.ErrSSHFxNoConnection:
		return KindLost
	}
	return KindIO
}
