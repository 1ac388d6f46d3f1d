#!/usr/bin/env bash
# Looks for known vulnerabilities in what is linked in. The database is on the
# network: where it cannot be reached nothing was checked, and that is said.
#
# Exit codes: 0 none found, 1 could not look, 3 found (as govulncheck says).
set -uo pipefail
cd "$(dirname "$0")/../.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT
go run golang.org/x/vuln/cmd/govulncheck@v1.9.0 ${GOVULNDB:+-db "$GOVULNDB"} ./... >"$log" 2>&1
code=$?
cat "$log"
if ((code == 0)); then exit 0; fi
if grep -qE '^(Vulnerability #|Your code is affected)|Found in:' "$log"; then exit 3; fi
printf '\nNOT CHECKED: govulncheck could not do its work here (its database is %s).\nNothing is known about vulnerabilities; run make vuln where it can be reached.\n' "${GOVULNDB:-https://vuln.go.dev}" >&2
exit 1
