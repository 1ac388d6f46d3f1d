#!/usr/bin/env bash
# Installs a package, uses it, removes and purges it, and looks at each step.
#
#   cmd/release/install.sh PACKAGE.deb
#
# It happens on a copy of this machine that is thrown away: an overlay over / in a
# mount namespace, so that dpkg, adduser and the scripts are the real ones and
# nothing of the machine changes. Where that cannot be had the test skips itself;
# with QUADRA_REQUIRE=1 it installs on the machine itself, provided that nothing of
# quadra is there, and takes everything away again.
set -euo pipefail
package=$(realpath "${1:?usage: cmd/release/install.sh PACKAGE.deb}")

if [[ ${2:-} != inside ]]; then
	skip() { echo "install test skipped: $1" >&2; exit 0; }
	[[ $(id -u) == 0 ]] || skip "it needs root"
	command -v dpkg unshare >/dev/null || skip "it needs dpkg and unshare"
	stage=$(mktemp -d)
	trap 'rmdir "$stage"' EXIT
	overlay='mount -t tmpfs none "$1" && mkdir "$1"/{upper,work,root} &&
		mount -t overlay none -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root" &&
		mount -t proc none "$1/root/proc" && mount --rbind /dev "$1/root/dev" && mount -t tmpfs none "$1/root/tmp" && mount -t tmpfs none "$1/root/run"'
	if unshare --mount bash -c "$overlay" sh "$stage" 2>/dev/null; then
		exec unshare --mount bash -c "$overlay"' && cp "$2" "$1/root/tmp/quadra.deb" && cp "$3" "$1/root/tmp/install.sh" &&
			exec chroot "$1/root" bash /tmp/install.sh /tmp/quadra.deb inside' sh "$stage" "$package" "$(realpath "$0")"
	fi
	[[ -n ${QUADRA_REQUIRE:-} ]] || skip "no overlay can be mounted here"
	for there in /var/lib/quadra /etc/quadra /usr/bin/quadra; do
		[[ ! -e $there ]] || { echo "$there is there already, and no overlay can be mounted" >&2; exit 1; }
	done
	trap 'rmdir "$stage"; dpkg --purge quadra >/dev/null 2>&1 || true; rm -rf /var/lib/quadra /etc/quadra; deluser --quiet quadra 2>/dev/null || true' EXIT
	bash "$0" "$package" inside
	exit
fi

say() { printf '%s\n' "-- $*"; }
fail() { printf 'install test: %s\n' "$*" >&2; exit 1; }
there() { for f in "$@"; do [[ -s $f ]] || fail "$f is not there"; done; }
owned() { [[ $(stat -c '%U:%G %a' "$1") == "$2" ]] || fail "$1 is $(stat -c '%U:%G %a' "$1"), not $2"; }

say install
touch /tmp/before
dpkg -i "$package" >/tmp/dpkg.log 2>&1 || { cat /tmp/dpkg.log; fail "dpkg -i"; }
grep -q 'cp /usr/share/quadra/quadra.yaml /etc/quadra/' /tmp/dpkg.log || fail "it does not say what to do next"
[[ $(dpkg-query -W -f '${Status}' quadra) == 'install ok installed' ]] || fail "not installed"
dpkg --verify quadra
[[ $(getent passwd quadra) == *:/var/lib/quadra:/usr/sbin/nologin ]] || fail "the user is not as it should be"
[[ $(id -u quadra) -lt 1000 ]] || fail "the user is not a system user"
owned /etc/quadra 'root:quadra 750'
owned /var/lib/quadra 'quadra:quadra 750'
owned /usr/bin/quadra 'root:root 755'
there /usr/share/man/man1/quadra.1.gz /usr/share/man/man1/quadra-serve.1.gz /usr/share/quadra/quadra.yaml \
	/usr/share/bash-completion/completions/quadra /usr/share/zsh/vendor-completions/_quadra /usr/share/fish/vendor_completions.d/quadra.fish
[[ $(find $(dpkg -L quadra) -maxdepth 0 -type f -perm /022) == '' ]] || fail "others can write what was installed"

say "the program"
quadra version
[[ $(quadra version --json) == *'"revision": "'[0-9a-f]* ]] || fail "the version does not say of which commit"
bash -c 'source /usr/share/bash-completion/completions/quadra && complete -p quadra' >/dev/null
! command -v zsh >/dev/null || zsh -n /usr/share/zsh/vendor-completions/_quadra
! command -v fish >/dev/null || fish --no-execute /usr/share/fish/vendor_completions.d/quadra.fish
! command -v mandoc >/dev/null || mandoc -T lint -W error /usr/share/man/man1/quadra-serve.1.gz
zgrep -q 'SIGHUP' /usr/share/man/man1/quadra-serve.1.gz || fail "the manual does not tell of SIGHUP"

say "the units"
if command -v systemd-analyze >/dev/null; then
	units=(/usr/lib/systemd/system/quadra{.service,-run.service,-run.timer})
	systemd-analyze verify --man=no "${units[@]}"
	for unit in quadra.service quadra-run.service; do
		systemd-analyze security --offline=yes --threshold=20 "$unit" | tail -1
	done
fi

say "a night, as the package says"
cp /usr/share/quadra/quadra.yaml /etc/quadra/
install -d -o quadra -g quadra /var/lib/quadra/drop /var/lib/quadra/drop/c_q001
printf 'prova' >/var/lib/quadra/drop/c_q001/prova.txt
chown quadra: /var/lib/quadra/drop/c_q001/prova.txt
code=0
runuser -u quadra -- sh -c 'cd / && quadra run --config /etc/quadra/quadra.yaml' || code=$?
[[ $code == 3 ]] || fail "the night ended with code $code, want 3: one file rejected"
there /var/lib/quadra/c_q001.db

say "the scheduler, as the unit starts it"
runuser -u quadra -- timeout --preserve-status -s TERM 5 \
	quadra serve --config /etc/quadra/quadra.yaml --log json 2>/tmp/serve.log || { cat /tmp/serve.log; fail "serve did not stop with code 0"; }
grep -q '"msg":"serving"' /tmp/serve.log && grep -q '"msg":"stopped"' /tmp/serve.log || { cat /tmp/serve.log; fail "serve did not serve and stop"; }

say upgrade
dpkg -i "$package" >/dev/null
there /var/lib/quadra/c_q001.db /etc/quadra/quadra.yaml

say remove
dpkg -r quadra >/dev/null
[[ ! -e /usr/bin/quadra && ! -e /usr/lib/systemd/system/quadra.service ]] || fail "the program is still there"
there /var/lib/quadra/c_q001.db /etc/quadra/quadra.yaml

say purge
dpkg --purge quadra >/tmp/dpkg.log 2>&1
grep -q "/var/lib/quadra resta dov'è" /tmp/dpkg.log || fail "purging does not say that the data stays"
there /var/lib/quadra/c_q001.db /etc/quadra/quadra.yaml
[[ -z $(dpkg-query -W -f '${Status}' quadra 2>/dev/null) ]] || fail "dpkg still knows of it"
owned /var/lib/quadra 'quadra:quadra 750'
left=$(find /usr /etc /var/lib -xdev -name '*quadra*' -newer /tmp/before ! -path '/var/lib/quadra*' ! -path '/etc/quadra*')
[[ -z $left ]] || fail "purging left behind: $left"
say "installed, used, removed"
