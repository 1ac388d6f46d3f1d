//go:build !linux

package report

import "errors"

func exchange(_, _ string) error { return errors.ErrUnsupported }
