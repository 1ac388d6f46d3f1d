#!/usr/bin/env bash
# Builds the release twice, from two clones in folders of different names and with
# caches of their own, and demands the same bytes. ARCHS chooses the architectures.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
if [[ -n $(git status --porcelain) ]]; then
	echo "note: what is not committed is not part of this" >&2
fi
commit=$(git rev-parse HEAD)
i=0
for folder in one another/folder/with-a-longer-name; do
	git clone -q --no-local . "$work/$folder"
	# The same commit, also when it has no branch; the pinned packager is shared.
	git -C "$work/$folder" checkout -q "$commit"
	mkdir -p "$work/$folder/bin/tools"
	cp bin/tools/nfpm-* "$work/$folder/bin/tools/" 2>/dev/null || true
	# The first may use what was compiled before; the second compiles everything anew.
	i=$((i + 1))
	if ((i == 2)); then export GOCACHE=$work/cache; fi
	[[ $i == 1 ]] || umask 077
	"$work/$folder/cmd/release/build.sh" "$work/dist$i" >/dev/null
done
diff -r "$work/dist1" "$work/dist2"
echo "the same bytes from two clones:"
cat "$work/dist1/SHA256SUMS"
