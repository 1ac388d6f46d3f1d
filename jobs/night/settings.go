package night

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"quadra/config"
	"quadra/engine/calendar"
	"quadra/engine/judge"
	"quadra/engine/record"
	"quadra/rules"
)

// Settings turns the configuration of an entity into what judging it depends
// on.
func Settings(e *config.Entity, rs *rules.Ruleset, asOf record.Date, run int64) (judge.Settings, error) {
	ignored, err := e.IgnoredRemittances()
	if err != nil {
		return judge.Settings{}, err
	}
	seal, err := fingerprint(e, rs)
	if err != nil {
		return judge.Settings{}, err
	}
	return judge.Settings{
		AsOf: asOf, Run: run,
		SendsNotices: e.SendsNotices, LoadsTreasury: e.LoadsTreasury,
		SegregationCodes: e.SegregationCodes, Accounts: Accounts(e),
		LastDay: e.StateSince, DisabledFrom: disabled(e),
		NotPagoPA: func(remittance string) bool {
			for _, re := range ignored {
				if re.MatchString(remittance) {
					return true
				}
			}
			return false
		},
		Terms:       judge.Terms(e.Terms),
		Tolerance:   record.Cents(e.Tolerance),
		Calendar:    Calendar(e),
		Rules:       rs,
		Fingerprint: seal,
	}, nil
}

// Accounts are the accounts of an entity under all their names.
func Accounts(e *config.Entity) record.Accounts {
	names := make([][]string, len(e.Accounts))
	for i := range e.Accounts {
		names[i] = e.Accounts[i].Names
	}
	return record.NewAccounts(names)
}

func disabled(e *config.Entity) map[string]record.Date {
	from := make(map[string]record.Date)
	for _, d := range e.DebtTypes {
		if d.DisabledFrom != 0 {
			from[d.Code] = d.DisabledFrom
		}
	}
	return from
}

// fingerprint changes with everything that may change a judgement although no
// file came: then everything is judged again.
func fingerprint(e *config.Entity, rs *rules.Ruleset) (string, error) {
	text, err := json.Marshal(struct {
		Ruleset       string
		Notices       bool
		Treasury      bool
		Segregation   []string
		Accounts      []config.Account
		LastDay       record.Date
		DebtTypes     []config.DebtType
		Patron        string
		Terms         config.Terms
		Tolerance     int
		Interruptions []config.Interruption
		Ignored       []string
	}{rs.Hash(), e.SendsNotices, e.LoadsTreasury, e.SegregationCodes, e.Accounts, e.StateSince, e.DebtTypes,
		e.PatronDay, e.Terms, e.Tolerance, e.Interruptions, e.IgnoreRemittances})
	if err != nil {
		return "", fmt.Errorf("fingerprint of the settings of %s: %w", e.IPA, err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

// Calendar is the calendar of an entity: national feasts, its patron day and
// the announced interruptions.
func Calendar(e *config.Entity) *calendar.Calendar {
	opt := calendar.Options{}
	if len(e.PatronDay) == len("06-24") {
		// The configuration has checked the shape; a text that is no day is no feast.
		month, _ := strconv.Atoi(e.PatronDay[:2])
		day, _ := strconv.Atoi(e.PatronDay[3:])
		opt.PatronMonth, opt.PatronDay = time.Month(month), day
	}
	for _, i := range e.Interruptions {
		opt.Interruptions = append(opt.Interruptions, calendar.Interruption{
			From: i.From, To: i.To, Source: calendar.Source(i.Source), Reason: i.Reason,
		})
	}
	return calendar.New(opt)
}
