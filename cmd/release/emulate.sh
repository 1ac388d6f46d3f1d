#!/usr/bin/env bash
# Runs a night with a program built for arm64, under an emulator: that it links does
# not mean that it works.
#
#   cmd/release/emulate.sh PROGRAM
set -euo pipefail
program=$(realpath "${1:?usage: cmd/release/emulate.sh PROGRAM}")
run=("$program")
if [[ $(uname -m) != aarch64 ]]; then
	if ! command -v qemu-aarch64-static >/dev/null; then
		echo "not run: qemu-aarch64-static (qemu-user-static) is missing" >&2
		[[ -z ${QUADRA_REQUIRE:-} ]]
		exit
	fi
	run=(qemu-aarch64-static -L /usr/aarch64-linux-gnu "$program")
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${run[@]}" version | grep 'linux/arm64'
"${run[@]}" init >/dev/null
mkdir -p drop/c_q001
printf 'prova' >drop/c_q001/prova.txt
touch -d '1 hour ago' drop/c_q001/prova.txt
sed -i 's/settle: 10s/settle: 0s/' quadra.yaml
code=0
"${run[@]}" run >night || code=$?
# One file is not a file of ours: rejected, and everything else done.
[[ $code == 3 ]] || { cat night; echo "the night ended with code $code, want 3" >&2; exit 1; }
[[ -s data/c_q001.db && -s drop/c_q001/rejected/prova.txt ]]
echo "a night under arm64"
