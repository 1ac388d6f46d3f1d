package store

import (
	"fmt"

	"quadra/engine/record"
	"quadra/engine/store/packed"
)

// stream calls fn for every row of a named query without parameters, whose rows
// cross from SQLite many at a time. fn must read every value of its row.
func (tx *Tx) stream(name string, fn func(*packed.Reader) error) error {
	return tx.streamOf(name, nil, fn)
}

// streamOf is stream for a query with parameters, whose values are one packed row.
func (tx *Tx) streamOf(name string, args *packed.Rows, fn func(*packed.Reader) error) error {
	r, err := tx.readText(name, query(name), named()[name], args)
	if err != nil {
		return err
	}
	defer r.Close()
	for {
		more, err := r.Next()
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if !more {
			return nil
		}
		if err := fn(r); err != nil {
			return err
		}
	}
}

// words are texts of which the same few come again and again, each made once.
type words map[string]string

func (w words) next(r *packed.Reader) string {
	b := r.Bytes()
	if s, known := w[string(b)]; known {
		return s
	}
	s := string(b)
	w[s] = s
	return s
}

// dates are days in the same way.
type dates map[string]record.Date

func (d dates) next(r *packed.Reader, day *record.Date) error {
	b := r.Bytes()
	known, ok := d[string(b)]
	if !ok {
		if err := known.UnmarshalText(b); err != nil {
			return err
		}
		d[string(b)] = known
	}
	*day = known
	return nil
}
