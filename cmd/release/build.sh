#!/usr/bin/env bash
# Builds what is released into a folder: for each architecture the program, its
# Debian package and its bill of materials (CycloneDX), then SHA256SUMS.
#
#   cmd/release/build.sh FOLDER
#
# ARCHS      architectures (default "amd64 arm64"); a foreign one needs Debian's
#            gcc-<cpu>-linux-gnu and libc6-dev-<arch>-cross
# VERSION    default: git describe; REVISION: git rev-parse; SOURCE_DATE_EPOCH: the
#            commit's time. Given all three, no git is needed.
#
# The same commit and the same tools give the same bytes, wherever the clone is:
# cmd/release/reproduce.sh proves it.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:?usage: cmd/release/build.sh FOLDER}
mkdir -p "$out"
out=$(cd "$out" && pwd)

export LC_ALL=C TZ=UTC
umask 022
: "${VERSION:=$(git describe --tags --always --dirty --abbrev=12)}"
: "${REVISION:=$(git rev-parse HEAD)}"
: "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct)}"
export SOURCE_DATE_EPOCH
# A Debian version begins with a digit, and what has no number yet sorts before
# what will have one.
deb_version=${VERSION#v}
[[ $deb_version == [0-9]*.* ]] || deb_version="0~$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y%m%d).$deb_version"
deb_version=${deb_version//-/.}
export DEB_VERSION=$deb_version

NFPM_VERSION=v2.45.2
nfpm=$PWD/bin/tools/nfpm-$NFPM_VERSION
if [[ ! -x $nfpm ]]; then
	GOBIN=$PWD/bin/tools GOFLAGS=-mod=mod go install "github.com/goreleaser/nfpm/v2/cmd/nfpm@$NFPM_VERSION"
	mv bin/tools/nfpm "$nfpm"
fi

declare -A compiler=([amd64]=x86_64-linux-gnu-gcc [arm64]=aarch64-linux-gnu-gcc)
host=$(go env GOHOSTARCH)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Of the build nothing is stamped by go itself: whether git is there, and how,
# must not change the bytes. What identifies it is said by us.
tags=sqlite_omit_load_extension
ldflags="-s -w -X main.version=$VERSION -X main.revision=$REVISION"
build() { # ARCH FILE
	local cc=gcc
	[[ $1 == "$host" ]] || cc=${compiler[$1]}
	GOFLAGS='' CGO_ENABLED=1 GOOS=linux GOARCH=$1 CC=$cc GOAMD64=v1 GOARM64=v8.0 CGO_CFLAGS='-O2' CGO_LDFLAGS='' \
		go build -trimpath -buildvcs=false -tags "$tags" -ldflags "$ldflags" -o "$2" ./cmd/quadra
}

go build -o "$work/describe" ./cmd/release

# What a person reads is made by the program itself, the same for all.
shared=$work/shared
mkdir -p "$shared"/{man,completion}
build "$host" "$work/here"
"$work/here" man "$shared/man"
gzip -n9 "$shared"/man/*
for shell in bash zsh fish; do "$work/here" completion "$shell" >"$shared/completion/$shell"; done
sed -e 's|^data_dir: ./data |data_dir: /var/lib/quadra |' -e 's|url: ./drop/c_q001 |url: /var/lib/quadra/drop/c_q001 |' config/example.yaml >"$shared/quadra.yaml"
grep -q '^data_dir: /var/lib/quadra ' "$shared/quadra.yaml"
gzip -n9 <CHANGELOG.md >"$shared/changelog.gz"
{ cat cmd/release/package/copyright; sed 's/^$/./; s/^/ /' LICENSE; } >"$shared/copyright"

for arch in ${ARCHS:-amd64 arm64}; do
	name=quadra_${VERSION#v}_linux_$arch
	if [[ $arch == "$host" ]]; then cp "$work/here" "$out/$name"; else build "$arch" "$out/$name"; fi
	chmod 755 "$out/$name"
	"$work/describe" -sbom "$out/$name.cdx.json" -licences "$work/licences.$arch" -version "$VERSION" "$out/$name"
	gzip -n9 <"$work/licences.$arch" >"$work/licences.$arch.gz"
	# What the C library must have is what the program asks it for.
	glibc=$(objdump -T "$out/$name" | sed -n 's/.*GLIBC_\([0-9.]*\).*/\1/p' | sort -uV | tail -1)
	find "$shared" "$work/licences.$arch.gz" "$out/$name" -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +
	ARCH=$arch GLIBC=$glibc BINARY=$out/$name SHARED=$shared LICENCES=$work/licences.$arch.gz PACKAGE=cmd/release/package \
		"$nfpm" package --config cmd/release/package/nfpm.yaml --packager deb --target "$out/quadra_${deb_version}_$arch.deb"
done
(cd "$out" && rm -f SHA256SUMS && sha256sum -- quadra_* >SHA256SUMS)
ls -l "$out"
