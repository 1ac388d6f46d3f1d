package store

import (
	"fmt"
	"time"

	"quadra/engine/record"
)

// NewAnomaly is what became an anomaly in one run, by unit and status.
type NewAnomaly struct {
	Unit     string // payment, settlement or movement
	Status   string
	Severity int
	Count    int64
	Amount   record.Cents
	Examples []AnomalyExample // the largest, at most examples
}

// AnomalyExample names one unit: IUV, IUF, or year and number of a movement.
type AnomalyExample struct {
	ID     string
	Amount record.Cents
}

// NewAnomalies lists what had another status before the run, or none, and is an
// anomaly after it: payments, settlements, movements, the gravest first.
func (tx *Tx) NewAnomalies(run int64, examples int) ([]NewAnomaly, error) {
	var out []NewAnomaly
	take := func(a NewAnomaly, e AnomalyExample, nth int) {
		if nth == 1 {
			out = append(out, a)
		}
		if last := &out[len(out)-1]; nth <= examples {
			last.Examples = append(last.Examples, e)
		}
	}
	var e AnomalyExample
	var nth int
	err := tx.each("NewsPayments", []any{run}, func(scan func(...any) error) error {
		a := NewAnomaly{Unit: "payment"}
		if err := scan(&a.Status, &a.Severity, &e.ID, &e.Amount, &a.Count, &a.Amount, &nth); err != nil {
			return err
		}
		take(a, e, nth)
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = tx.each("NewsUnits", []any{run}, func(scan func(...any) error) error {
		var a NewAnomaly
		if err := scan(&a.Unit, &a.Status, &a.Severity, &e.ID, &e.Amount, &a.Count, &a.Amount, &nth); err != nil {
			return err
		}
		take(a, e, nth)
		return nil
	})
	return out, err
}

// NotificationState is how far a message has come.
type NotificationState string

// The states of a message.
const (
	NotificationWaiting NotificationState = "waiting" // to be delivered, now or by a later run
	NotificationSending NotificationState = "sending" // being handed over
	NotificationSent    NotificationState = "sent"
	NotificationUnsure  NotificationState = "unsure"  // handed over, and nobody knows whether it arrived
	NotificationTold    NotificationState = "told"    // unsure, and a later message said so
	NotificationDropped NotificationState = "dropped" // given up, with the problem
)

// Notification is a message to people or to a system.
type Notification struct {
	ID        int64
	Run       int64
	Channel   string // mail or webhook
	Target    string // address or URL
	Subject   string
	Content   string // JSON
	State     NotificationState
	Attempts  int
	CreatedAt time.Time
	TriedAt   time.Time
	Problem   string // why it was not delivered, when last tried
}

// AddNotification queues a message. A run has one for each target: a second one
// is left out.
func (tx *Tx) AddNotification(n *Notification) error {
	_, err := tx.exec("NotificationAdd", n.Run, n.Channel, n.Target, n.Subject, n.Content, instant(n.CreatedAt))
	return err
}

// OpenNotifications lists the messages not at their end. Those that a killed
// run was handing over are unsure from now on.
func (tx *Tx) OpenNotifications() ([]Notification, error) {
	if _, err := tx.exec("NotificationInterrupted"); err != nil {
		return nil, err
	}
	return tx.notifications("NotificationOpen")
}

// Notifications lists every message, the oldest first.
func (tx *Tx) Notifications() ([]Notification, error) { return tx.notifications("NotificationAll") }

func (tx *Tx) notifications(name string) ([]Notification, error) {
	var out []Notification
	err := tx.each(name, nil, func(scan func(...any) error) error {
		var n Notification
		var created, tried string
		err := scan(&n.ID, &n.Run, &n.Channel, &n.Target, &n.Subject, &n.Content, &n.State, &n.Attempts, &created, &tried, &n.Problem)
		if err != nil {
			return err
		}
		if n.CreatedAt, err = parseInstant(created); err != nil {
			return fmt.Errorf("notification %d: %w", n.ID, err)
		}
		if n.TriedAt, err = parseInstant(tried); err != nil {
			return fmt.Errorf("notification %d: %w", n.ID, err)
		}
		out = append(out, n)
		return nil
	})
	return out, err
}

// TryNotification records that a message is about to be handed over.
func (tx *Tx) TryNotification(id int64, at time.Time) error {
	_, err := tx.exec("NotificationTry", instant(at), id)
	return err
}

// SetNotification records what became of a message.
func (tx *Tx) SetNotification(id int64, state NotificationState, problem string) error {
	_, err := tx.exec("NotificationState", string(state), problem, id)
	return err
}
