package webtest

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// patience is how long a page may take for anything; figures are measured apart.
const patience = 2 * time.Minute

// Browser is a Chromium of its own with one tab. Every fault ends the test.
type Browser struct {
	t         *testing.T
	ctx       context.Context
	downloads string

	mu       sync.Mutex
	requests []string
	faults   []string
}

// Open starts Chromium in a window of a common office screen. Where there is
// none the test is skipped; with QUADRA_REQUIRE it fails.
func Open(t *testing.T) *Browser {
	t.Helper()
	path := find(t, "chromium", "chromium", "chromium-browser", "google-chrome")
	b := &Browser{t: t, downloads: t.TempDir()}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.WindowSize(1366, 768), chromedp.Flag("lang", "it-IT"))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox) // Chromium refuses to sandbox for root
	}
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	b.ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b.must(chromedp.Listen(b.ctx, b.listen)) // starts it
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, cdp.Empty{})
	callBrowser(b, browser.SetDownloadBehavior, browser.SetDownloadBehaviorParams{Behavior: browser.SetDownloadBehaviorBehaviorAllow, DownloadPath: b.downloads})
	callBrowser(b, browser.SetPermission, browser.SetPermissionParams{Permission: &browser.PermissionDescriptor{Name: "clipboard-write"}, Setting: browser.PermissionSettingGranted})
	return b
}

// find gives the first of the programs that is installed.
func find(t *testing.T, names ...string) string {
	t.Helper()
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, names[0]+" is not installed")
	return ""
}

func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("QUADRA_REQUIRE") == "1" {
		t.Fatalf("%s, and QUADRA_REQUIRE forbids to go without", what)
	}
	t.Skip(what)
}

func (b *Browser) listen(event any) {
	b.mu.Lock()
	defer b.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		b.requests = append(b.requests, e.Request.URL)
	case *runtime.EventExceptionThrown:
		b.faults = append(b.faults, (&chromedp.ExceptionError{ExceptionDetails: e.ExceptionDetails}).Error())
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelError || e.Entry.Source == log.EntrySourceSecurity {
			b.faults = append(b.faults, e.Entry.Text+" "+e.Entry.URL)
		}
	}
}

func (b *Browser) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *Browser) do(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	b.must(chromedp.Do(ctx, steps...))
}

func run[T any](b *Browser, a chromedp.Action[T]) T {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, a)
	b.must(err)
	return v
}

func call[P, R any](b *Browser, c cdp.Command[P, R], params P) {
	b.t.Helper()
	_, err := chromedp.Call(b.ctx, c, params)
	b.must(err)
}

func callBrowser[P, R any](b *Browser, c cdp.Command[P, R], params P) {
	b.t.Helper()
	_, err := chromedp.CallBrowser(b.ctx, c, params)
	b.must(err)
}

// Visit opens a file of a pack, with what follows # in address.
func (b *Browser) Visit(dir, file, address string) {
	b.t.Helper()
	// Two addresses that differ after # are one page: a blank one in between
	// makes it a visit.
	b.do(chromedp.Navigate("about:blank"), chromedp.Navigate(FileURL(filepath.Join(dir, file))+address))
}

// FileURL is the address of a file.
func FileURL(path string) string { return (&url.URL{Scheme: "file", Path: path}).String() }

// Eval gives the value of an expression of JavaScript; promises are awaited.
func Eval[T any](b *Browser, expression string) T {
	b.t.Helper()
	return run(b, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
}

// Wait waits until an expression holds.
func (b *Browser) Wait(expression string) {
	b.t.Helper()
	if b.until(func() bool { return Eval[bool](b, "Boolean("+expression+")") }) {
		return
	}
	b.Shot("never-came")
	b.t.Fatalf("never came: %s\nfaults: %q\npage: %s", expression, b.Faults(), Eval[string](b, "document.body.innerText.slice(0, 2000)"))
}

// until asks again and again, for as long as there is patience.
func (b *Browser) until(holds func() bool) bool {
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	for !holds() {
		select {
		case <-ctx.Done():
			return false
		case <-time.After(20 * time.Millisecond):
		}
	}
	return true
}

// Complete waits until every row of the page's lists is there.
func (b *Browser) Complete() {
	b.t.Helper()
	b.Wait("document.documentElement.dataset.pronta === 'tutto'")
}

// Click clicks the first element of a selector, where it is seen.
func (b *Browser) Click(selector string) {
	b.t.Helper()
	b.do(chromedp.Click(chromedp.CSS(selector), chromedp.NodeVisible))
}

// Type writes into a field as fingers do.
func (b *Browser) Type(selector, text string) {
	b.t.Helper()
	Eval[bool](b, fmt.Sprintf("(e => { e.focus(); e.select(); return true })(document.querySelector(%s))", quote(selector)))
	b.do(chromedp.KeyEvent(text))
}

// Press presses keys where the focus is.
func (b *Browser) Press(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// Keys that tests press.
const (
	Enter  = kb.Enter
	Escape = kb.Escape
	Down   = kb.ArrowDown
	End    = kb.End
)

// Back is the button of the browser.
func (b *Browser) Back() {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void]("history.back()"))
}

// Text is the text of the first element of a selector, "" when there is none.
func (b *Browser) Text(selector string) string {
	b.t.Helper()
	return Eval[string](b, fmt.Sprintf("(document.querySelector(%s) || {innerText: ''}).innerText", quote(selector)))
}

// Texts are those of all the elements of a selector.
func (b *Browser) Texts(selector string) []string {
	b.t.Helper()
	return Eval[[]string](b, fmt.Sprintf("Array.from(document.querySelectorAll(%s), e => e.innerText)", quote(selector)))
}

// quote makes a text a literal of JavaScript, which JSON is.
func quote(s string) string {
	quoted, _ := json.Marshal(s)
	return string(quoted)
}

// Dark and Window change how the page is looked at.
func (b *Browser) Dark(on bool) {
	b.t.Helper()
	scheme := map[bool]string{true: "dark", false: "light"}[on]
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
}

// Window gives the window another size.
func (b *Browser) Window(width, height int64) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(width, height))
}

// Downloaded waits for a file to be saved and gives its content.
func (b *Browser) Downloaded(name string) string {
	b.t.Helper()
	var content []byte
	if !b.until(func() bool {
		content, _ = os.ReadFile(filepath.Join(b.downloads, name)) // there once it is whole
		return len(content) > 0
	}) {
		b.t.Fatalf("%s was never saved", name)
	}
	return string(content)
}

// PDF prints the page as the browser's print button does and keeps it.
func (b *Browser) PDF(name string) []byte {
	b.t.Helper()
	content := run(b, chromedp.PrintToPDF(chromedp.PDFPreferCSSPageSize(), chromedp.PDFPrintBackground()))
	b.keep(name+".pdf", content)
	return content
}

// Shot keeps a picture of the window.
func (b *Browser) Shot(name string) {
	b.t.Helper()
	b.keep(name+".png", run(b, chromedp.CaptureScreenshot()))
}

// keep saves what a test made where people look: QUADRA_ARTIFACTS.
func (b *Browser) keep(name string, content []byte) {
	b.t.Helper()
	dir := os.Getenv("QUADRA_ARTIFACTS")
	if dir == "" {
		dir = b.t.ArtifactDir()
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

// Faults are the errors the pages made so far, content they were refused
// included.
func (b *Browser) Faults() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]string(nil), b.faults...)
}

// Outside are the requests so far for anything that is not in the folder; data:
// and blob: are parts of the page itself.
func (b *Browser) Outside(dir string) []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	var outside []string
	for _, r := range b.requests {
		if r != "about:blank" && !strings.HasPrefix(r, FileURL(dir)+"/") && !strings.HasPrefix(r, "data:") && !strings.HasPrefix(r, "blob:") {
			outside = append(outside, r)
		}
	}
	return outside
}

// Axe gives what axe-core finds serious or critical on the page as it is now, by
// the rules of WCAG 2.1 AA. QUADRA_AXE is its axe.min.js.
func (b *Browser) Axe() []string {
	b.t.Helper()
	path := os.Getenv("QUADRA_AXE")
	if path == "" {
		missing(b.t, "QUADRA_AXE does not say where axe.min.js is")
	}
	source, err := os.ReadFile(path)
	if err != nil {
		b.t.Fatal(err)
	}
	Eval[bool](b, string(source)+"\n;true")
	return Eval[[]string](b, `axe.run(document, {preload: false, runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], resultTypes: ["violations"]}).then(r =>
		r.violations.filter(v => v.impact === "serious" || v.impact === "critical").flatMap(v =>
			v.nodes.slice(0, 5).map(n => v.impact + " " + v.id + ": " + n.html.slice(0, 200) + " " + n.failureSummary)))`)
}
