#!/usr/bin/env bash
# `make install` into a folder of ours, a look at what is there, and `make uninstall`, which must
# leave no file behind.
# usage: test-install.sh BUILD
set -u

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$1
to=$(mktemp -d)
trap 'rm -rf "$to"' EXIT
passed=0
failed=0

# check NAME COMMAND...: one counted check.
check() {
    local name=$1
    shift
    if "$@" >"$to/said" 2>&1; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "not ok: $name"
        cat "$to/said"
    fi
    rm -f "$to/said"
}

make_it() { env -u MAKEFLAGS -u MAKELEVEL make -s -C "$root" "$1" BUILD="$build" DESTDIR="$to/d" PREFIX=/usr; }
is_executable() { [ -x "$to/d/usr/bin/$1" ]; }
# Without -c it must not find a configuration by chance: an empty one is named.
refuses_without_config() {
    CUICSIM_CONFIG=$to/none "$to/d/usr/bin/$1" ${2:+"$2"}
    [ $? -eq 3 ]
}
no_file_left() { [ -z "$(find "$to/d" -type f)" ]; }
page_is_there() { [ -s "$to/d/usr/share/man/$1" ]; }
# A bash with the package bash-completion finds it there by the program's name.
completes() {
    [ "$(bash -c '. "$1" && COMP_WORDS=(cuicsim-cli utils cu) COMP_CWORD=2 && _cuicsim_cli &&
        echo "${COMPREPLY[@]}"' - "$to/d/usr/share/bash-completion/completions/cuicsim-cli")" = cuic ]
}
is_the_same() { cmp "$root/config/$1" "$to/d/usr/share/cuicsim/$1"; }
document_is_there() { [ -s "$to/d/usr/share/doc/cuicsim/$1" ]; }

check 'a package whose command is there' "$root/tests/support/install-packages.sh" bash \
    no-such-package:sh
check 'make install' make_it install
for program in cuicsim-server cuicsim-cli; do
    check "$program is installed" is_executable "$program"
    check "$program --version" "$to/d/usr/bin/$program" --version
done
check 'server without configuration' refuses_without_config cuicsim-server
check 'shell without configuration' refuses_without_config cuicsim-cli help
for page in man1/cuicsim-cli.1 man5/cuicsim.conf.5 man8/cuicsim-server.8; do
    check "$page" page_is_there "$page"
done
check 'completion for bash' completes
for document in README.md CHANGES.md LICENSE guide.md fidelity.md architecture.md; do
    check "$document" document_is_there "$document"
done
while IFS= read -r file; do
    check "config/$file" is_the_same "$file"
done < <(cd "$root/config" && echo layout.xml && find 3rdpartygadget -type f)
check 'make-certs.sh' "$to/d/usr/share/cuicsim/make-certs.sh" -d "$to/certs" one.lab
check 'make uninstall' make_it uninstall
check 'nothing is left' no_file_left
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
