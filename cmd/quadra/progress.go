package main

import (
	"fmt"
	"io"
	"os"
	"sync"

	"quadra/jobs/night"
)

// progress shows on a terminal what a long run is doing; elsewhere it is quiet,
// because a cron mail of a thousand lines is not read.
type progress struct {
	mu    sync.Mutex
	w     io.Writer
	width int
}

func newProgress(w io.Writer, quiet bool) *progress {
	f, ok := w.(*os.File)
	if !ok || quiet {
		return &progress{}
	}
	info, err := f.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return &progress{}
	}
	return &progress{w: w}
}

const (
	everyGroups = 10_000
	everyFiles  = 100
)

func (p *progress) event(e night.Event) {
	if p.w == nil || e.Step == "judge" && e.Done%everyGroups != 0 {
		return
	}
	text := map[string]string{"drop": "cartella", "file": "carico", "settle": "ordino", "link": "collego", "judge": "giudico", "report": "rapporto"}[e.Step]
	if e.Step == "judge" {
		text = fmt.Sprintf("%s: %s %d IUV", e.Entity, text, e.Done)
	} else {
		text = fmt.Sprintf("%s: %s %s", e.Entity, text, e.Name)
	}
	p.say(text)
}

// count shows how far a step of upkeep is; total is 0 when nobody knows.
func (p *progress) count(entity, step string, done, total int64) {
	if p.w == nil || done%everyFiles != 0 {
		return
	}
	text := fmt.Sprintf("%s: %s %d", entity, step, done)
	if total > 0 {
		text += fmt.Sprintf(" di %d", total)
	}
	p.say(text)
}

func (p *progress) say(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "\r%-*s", p.width, text)
	p.width = len(text)
}

func (p *progress) end() {
	if p.w != nil && p.width > 0 {
		fmt.Fprintf(p.w, "\r%-*s\r", p.width, "")
	}
}
