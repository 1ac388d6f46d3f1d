package lock

import (
	"os"
	"strconv"
	"strings"
)

// boot is the kernel's name for the time since the machine was started; empty
// when it does not tell.
func boot() string {
	text, err := os.ReadFile("/proc/sys/kernel/random/boot_id")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}

// begun is when a process was started, in ticks since boot: with it a number that
// was given away again is told apart. Empty when there is no such process.
func begun(pid int) string {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return ""
	}
	// The name, in parentheses, may hold anything; starttime is the 22nd field,
	// the 20th after it (proc_pid_stat(5)).
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	const afterName = 22 - 3
	if len(fields) <= afterName {
		return ""
	}
	return fields[afterName]
}
