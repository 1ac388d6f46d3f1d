// Command quadra reconciles what pagoPA says was paid, what MyPay receipted and
// what the treasurer cashed, for each entity of its configuration.
//
// Each command is one file: flags, one call into jobs or engine, output, exit
// code. Exit codes are a contract: 0 done, 1 failed, 2 wrong usage or
// configuration, 3 done but some files or rows were rejected, 4 another run
// holds the entity.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// version and revision are set by the linker (make build, make release).
var (
	version  = "dev"
	revision string
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := (&program{in: os.Stdin, out: os.Stdout, errs: os.Stderr, now: time.Now}).run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}
