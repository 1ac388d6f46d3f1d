package night

import (
	"context"
	"errors"
	"fmt"

	"quadra/config"
	"quadra/engine/store"
	"quadra/jobs/mail"
	"quadra/jobs/notify"
	"quadra/jobs/secret"
	"quadra/jobs/webhook"
)

// shownAnomalies is how many anomalies of each status a message names.
const shownAnomalies = 5

// tell tells whoever asked for it what the run found. That it could not is no
// failure of the run: what is queued is tried again by the next one.
func (n *night) tell(ctx context.Context, failure error) {
	readers, couriers, err := n.readers()
	if err == nil && len(readers) > 0 {
		err = n.deliver(ctx, failure, readers, couriers)
	}
	if err != nil {
		n.res.Told.Errors = append(n.res.Told.Errors, err)
	}
	for _, err := range n.res.Told.Errors {
		n.Log.Error("notify", "entity", n.Entity.IPA, "error", err)
	}
}

func (n *night) deliver(ctx context.Context, failure error, readers []notify.Reader, couriers notify.Couriers) error {
	news := n.news(failure)
	if n.store == nil || n.res.Run.ID == 0 { // the books did not open
		return notify.Direct(ctx, news, readers, couriers, n.Now())
	}
	// Queued even when the program is being stopped: the next run delivers.
	err := n.store.Write(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		found, err := tx.NewAnomalies(n.res.Run.ID, shownAnomalies)
		if err != nil {
			return err
		}
		news.Anomalies = n.anomalies(found)
		return notify.Queue(tx, news, readers, n.Now())
	})
	if err != nil {
		// The failure itself must not be lost with books that cannot be written.
		return errors.Join(fmt.Errorf("queue the messages: %w", err), notify.Direct(ctx, news, readers, couriers, n.Now()))
	}
	n.res.Told, err = notify.Deliver(ctx, n.store, couriers, n.Now)
	if told := n.res.Told; err == nil && (told.Sent > 0 || told.Waiting > 0 || told.Dropped > 0 || len(told.Errors) > 0) {
		err = n.step(ctx, "notify", fmt.Sprintf("%d sent, %d waiting, %d unsure, %d dropped", told.Sent, told.Waiting, told.Unsure, told.Dropped))
	}
	return err
}

// news is what the run found, without the anomalies.
func (n *night) news(failure error) *notify.News {
	news := &notify.News{Entity: notify.Entity{IPA: n.Entity.IPA, Name: n.Entity.Name}, AsOf: n.AsOf, Run: n.res.Run.ID,
		Version: n.Version, Report: n.res.Report}
	if failure != nil {
		news.Failure = failure.Error()
	}
	for i := range n.res.Drops {
		if d := &n.res.Drops[i]; d.Err != nil {
			news.Drops = append(news.Drops, notify.Drop{Name: d.Name, Message: d.Message})
		}
	}
	for i := range n.res.Files {
		f := &n.res.Files[i]
		if f.Rejected == 0 && (f.State == store.FileLoaded || f.State == store.FileDuplicate) {
			continue
		}
		news.Files = append(news.Files, notify.File{Name: f.Name, Drop: f.Drop, State: string(f.State), Rows: f.Rows,
			Rejected: f.Rejected, Code: f.Code, Message: f.Message})
	}
	for i := range n.res.Missing {
		m := &n.res.Missing[i]
		news.Missing = append(news.Missing, notify.MissingFile{Source: string(m.Source), Message: m.Message()})
	}
	if failure == nil && n.res.Changed() {
		news.Summary = &notify.Totals{Loaded: n.res.Run.Loaded, Changes: n.res.Run.Changes}
	}
	return news
}

func (n *night) anomalies(found []store.NewAnomaly) []notify.Anomaly {
	out := make([]notify.Anomaly, 0, len(found))
	for _, a := range found {
		name := a.Status
		if s, ok := n.Rules.Status(a.Unit, a.Status); ok {
			name = s.Name(n.Config.Language)
		}
		item := notify.Anomaly{Unit: a.Unit, Code: a.Status, Name: name, Severity: a.Severity, Count: a.Count, Amount: a.Amount}
		for _, e := range a.Examples {
			item.Examples = append(item.Examples, notify.Example{ID: e.ID, Amount: e.Amount})
		}
		out = append(out, item)
	}
	return out
}

// readers is who hears of what, and who takes it there.
func (n *night) readers() ([]notify.Reader, notify.Couriers, error) {
	var readers []notify.Reader
	couriers := notify.Couriers{}
	if m := n.Config.Mail; m != nil {
		server := &mail.Server{Host: m.Host, Port: m.Port, Security: mail.Security(m.TLS), User: m.User, From: m.From,
			CAFile: m.CAFile, Timeout: m.Timeout, Password: func() ([]byte, error) { return secret.Read(m.PasswordFile, m.PasswordEnv) }}
		for _, r := range m.Rules {
			for _, to := range r.To {
				readers = append(readers, notify.Reader{Channel: notify.ByMail, Target: to, Subscription: subscription(r.Subscription)})
				couriers.Add(notify.ByMail, to, notify.Mail{Server: server})
			}
		}
	}
	for i := range n.Config.Webhooks {
		w := &n.Config.Webhooks[i]
		roots, err := mail.Roots(w.CAFile)
		if err != nil {
			return nil, nil, fmt.Errorf("webhook: %w", err)
		}
		hook := &webhook.Hook{URL: w.URL, Roots: roots, Timeout: w.Timeout,
			Secret: func() ([]byte, error) { return secret.Read(w.SecretFile, w.SecretEnv) }}
		readers = append(readers, notify.Reader{Channel: notify.ByWebhook, Target: w.URL, Subscription: subscription(w.Subscription)})
		couriers.Add(notify.ByWebhook, w.URL, notify.Webhook{Hook: hook, Now: n.Now})
	}
	return readers, couriers, nil
}

func subscription(s config.Subscription) notify.Subscription {
	about := make([]notify.Topic, len(s.About))
	for i, t := range s.About {
		about[i] = notify.Topic(t)
	}
	return notify.Subscription{About: about, Severity: s.Severity, Codes: s.Codes, Entities: s.Entities}
}
