#!/usr/bin/env bash
# Installs those of the Debian packages named that are missing, as root or through sudo; when none
# is, nothing is asked of the mirror. A service that comes with them (sshd, which the tests start
# themselves) is not started; one that was not there before does not start with the machine either.
# usage: install-packages.sh PACKAGE[:COMMAND]...
# With a COMMAND, a package is not missing where that command is there already: Node.js, for one,
# often comes from somebody else's package, which contains npm and conflicts with Debian's.
set -eu -o pipefail

is_installed() { dpkg-query -W -f '${Status}\n' "$1" 2>/dev/null | grep -q 'ok installed'; }

missing=()
for word; do
    package=${word%%:*}
    command=${word#"$package"}
    is_installed "$package" && continue
    [ -n "$command" ] && command -v "${command#:}" >/dev/null && continue
    missing+=("$package")
done
[ "${#missing[@]}" -gt 0 ] || exit 0
[ "$(id -u)" -eq 0 ] || exec sudo "$0" "$@"

echo "installing: ${missing[*]}"
had_sshd=$(is_installed openssh-server && echo yes || echo no)
policy=/usr/sbin/policy-rc.d # 101 is "not allowed" for whoever would start a service
placed=
finish() {
    [ -z "$placed" ] || rm -f "$policy"
    if [ "$had_sshd" = no ] && is_installed openssh-server; then
        update-rc.d ssh disable # systemd's unit as well
    fi
}
trap finish EXIT
if [ ! -e "$policy" ]; then
    placed=yes
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
apt-get update -q
DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "${missing[@]}"
