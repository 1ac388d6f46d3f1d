package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"quadra/engine/store"
)

// Channel is a way messages go.
type Channel string

// The channels, as the books name them.
const (
	ByMail    Channel = "mail"
	ByWebhook Channel = "webhook"
)

// Letter is a message as it is handed to a channel.
type Letter struct {
	ID      string // the same for every attempt
	Target  string // address or URL
	Subject string
	News    News
	JSON    []byte
	Date    time.Time // when it was written
}

// Courier hands letters over. When it cannot know whether one arrived its error
// says so through Unsure.
type Courier interface {
	Hand(ctx context.Context, l Letter) error
}

// Unsure marks an error after which the letter may have arrived.
type Unsure interface{ Unsure() bool }

// Reader is somebody who hears of something.
type Reader struct {
	Channel Channel
	Target  string
	Subscription
}

// maxAge is how long a message is tried; after two weeks it is no news.
const maxAge = 14 * 24 * time.Hour

// Queue writes the messages of a run into the books: one for each address with
// everything its rules ask for. Addresses a message may not have reached get
// one that says so even without other news.
func Queue(tx *store.Tx, news *News, readers []Reader, now time.Time) error {
	open, err := tx.OpenNotifications()
	if err != nil {
		return err
	}
	type address struct {
		channel Channel
		target  string
	}
	var order []address
	parts := make(map[address]*News)
	at := func(a address) *News {
		if parts[a] == nil {
			order = append(order, a)
			empty, _ := news.For(Subscription{})
			parts[a] = &empty
		}
		return parts[a]
	}
	for _, r := range readers {
		if part, ok := news.For(r.Subscription); ok {
			at(address{r.Channel, r.Target}).merge(part)
		}
	}
	for _, o := range open {
		a := address{Channel(o.Channel), o.Target}
		known := slices.ContainsFunc(readers, func(r Reader) bool { return r.Channel == a.channel && r.Target == a.target })
		if o.State != store.NotificationUnsure || !known {
			continue
		}
		part := at(a)
		part.Unsure = append(part.Unsure, EarlierNotice{o.Run, o.Subject})
		if err := tx.SetNotification(o.ID, store.NotificationTold, o.Problem); err != nil {
			return err
		}
	}
	for _, a := range order {
		content, err := json.Marshal(parts[a])
		if err != nil {
			return fmt.Errorf("write the news: %w", err)
		}
		err = tx.AddNotification(&store.Notification{Run: news.Run, Channel: string(a.channel), Target: a.target,
			Subject: subject(parts[a]), Content: string(content), CreatedAt: now})
		if err != nil {
			return err
		}
	}
	return nil
}

// Delivery is what became of the queue.
type Delivery struct {
	Sent    int
	Waiting int // tried in vain, to be tried again
	Unsure  int
	Dropped int
	Errors  []error // of those not sent
}

// Deliver hands over every message that waits, to whoever is still a reader.
// Its own error is one of the books; that of a courier is recorded with the
// message and in the result.
func Deliver(ctx context.Context, books *store.Store, couriers Couriers, now func() time.Time) (Delivery, error) {
	var d Delivery
	var open []store.Notification
	err := books.Write(ctx, func(tx *store.Tx) (err error) {
		open, err = tx.OpenNotifications()
		return err
	})
	if err != nil {
		return d, err
	}
	for i := range open {
		if err := ctx.Err(); err != nil {
			return d, context.Cause(ctx)
		}
		if open[i].State != store.NotificationWaiting {
			d.Unsure++
			continue
		}
		if err := d.one(ctx, books, couriers, &open[i], now); err != nil {
			return d, err
		}
	}
	return d, nil
}

func (d *Delivery) one(ctx context.Context, books *store.Store, couriers Couriers, n *store.Notification, now func() time.Time) error {
	set := func(state store.NotificationState, problem string) error {
		// Whoever stops the program must not make a delivered message go twice.
		return books.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error { return tx.SetNotification(n.ID, state, problem) })
	}
	courier := couriers[Channel(n.Channel)][n.Target]
	if courier == nil {
		d.Dropped++
		return set(store.NotificationDropped, "the configuration does not name this address any more")
	}
	if now().Sub(n.CreatedAt) > maxAge {
		d.Dropped++
		return set(store.NotificationDropped, "not delivered in two weeks: "+n.Problem)
	}
	letter := Letter{ID: fmt.Sprintf("quadra-%d-%d", n.Run, n.ID), Target: n.Target, Subject: n.Subject, JSON: []byte(n.Content), Date: n.CreatedAt}
	if err := json.Unmarshal(letter.JSON, &letter.News); err != nil {
		d.Dropped++
		return set(store.NotificationDropped, "unreadable: "+err.Error())
	}
	letter.ID += "-" + letter.News.Entity.IPA
	if err := books.Write(ctx, func(tx *store.Tx) error { return tx.TryNotification(n.ID, now()) }); err != nil {
		return err
	}
	err := courier.Hand(ctx, letter)
	var unsure Unsure
	switch {
	case err == nil:
		d.Sent++
		return set(store.NotificationSent, "")
	case errors.As(err, &unsure) && unsure.Unsure():
		d.Unsure++
		d.Errors = append(d.Errors, err)
		return set(store.NotificationUnsure, err.Error())
	}
	d.Waiting++
	d.Errors = append(d.Errors, err)
	return set(store.NotificationWaiting, err.Error())
}
