package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"quadra/jobs/mail"
	"quadra/jobs/webhook"
)

// Mail is the courier of every address behind one mail server.
type Mail struct{ Server *mail.Server }

// Hand sends the letter.
func (c Mail) Hand(ctx context.Context, l Letter) error {
	text, err := l.News.Text()
	if err != nil {
		return err
	}
	html, err := l.News.HTML()
	if err != nil {
		return err
	}
	return c.Server.Send(ctx, mail.Message{To: l.Target, Subject: l.Subject, Text: text, HTML: html,
		ID: l.ID + "@" + c.Server.Host, Date: l.Date})
}

// Webhook is the courier of one address.
type Webhook struct {
	Hook *webhook.Hook
	Now  func() time.Time
}

// Hand posts the letter.
func (c Webhook) Hand(ctx context.Context, l Letter) error {
	return c.Hook.Post(ctx, l.ID, c.Now(), l.JSON)
}

// Couriers are who hands letters over, by channel and target.
type Couriers map[Channel]map[string]Courier

// Add names the courier of a target.
func (c Couriers) Add(channel Channel, target string, by Courier) {
	if c[channel] == nil {
		c[channel] = make(map[string]Courier)
	}
	c[channel][target] = by
}

// Direct tells of a failure that kept the books shut, so that nothing could be
// queued: it is tried once.
func Direct(ctx context.Context, news *News, readers []Reader, couriers Couriers, now time.Time) error {
	var errs []error
	told := make(map[string]bool)
	for _, r := range readers {
		courier := couriers[r.Channel][r.Target]
		part, ok := news.For(r.Subscription)
		if !ok || courier == nil {
			continue
		}
		key := string(r.Channel) + " " + r.Target
		if told[key] {
			continue
		}
		told[key] = true
		content, err := json.Marshal(part)
		if err == nil {
			err = courier.Hand(ctx, Letter{ID: fmt.Sprintf("quadra-direct-%d-%s", now.Unix(), news.Entity.IPA), Target: r.Target,
				Subject: subject(&part), News: part, JSON: content, Date: now})
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
