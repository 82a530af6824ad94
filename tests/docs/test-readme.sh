#!/usr/bin/env bash
# Runs the story of the README, and that of docs/explain.md: every "$ command" of their console blocks,
# in order, against a lab in the article's state, and compares what it prints with what they say. Times, ids and users may differ. A command
# that the README shows with "admin:" prompts is run on a terminal: what stands behind each prompt
# is typed there.
# usage: test-readme.sh BUILD CERTS [--print [FILE]]   (--print writes one with the real output)
set -eu -o pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
certs=$(cd "$2" && pwd)
print=${3:-}
files=(README.md docs/explain.md)
[ "$print" != --print ] || files=("${4:-README.md}")
lab=$(mktemp -d)
server=
cleanup() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    [ -z "$server" ] || wait "$server" 2>/dev/null || true
    rm -rf "$lab"
}
trap cleanup EXIT

# The README's own layout, in a folder of ours: build/, certs/lab/, ports of ours.
mkdir -p "$lab/config" "$lab/certs"
ln -s "$build" "$lab/build"
ln -s "$certs" "$lab/certs/lab"
sed -e 's/"127\.0\.0\.1:[0-9]*"/"127.0.0.1:0"/' \
    "$root/config/cuicsim.conf" >"$lab/config/cuicsim.conf"
unset SSH_ORIGINAL_COMMAND SSH_CONNECTION
export CUICSIM_CONFIG=$lab/config/cuicsim.conf HOME=$lab
cd "$lab"
build/cuicsim-cli lab reset article >/dev/null
build/cuicsim-server >"$lab/out" 2>"$lab/log" &
server=$!
for _ in $(seq 2400); do
    grep -q 'ready$' "$lab/out" && break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.05
done
port=$(sed -n 's/^listening cuic 127\.0\.0\.1:\([0-9]*\)$/\1/p' "$lab/out")
[ -n "$port" ] || { cat "$lab/log"; echo "0 passed, 1 failed"; exit 1; }

# What differs from run to run. HTTP lines end in CR, which the README cannot show.
normalise() {
    tr -d '\r' | sed -E -e 's/^date: .*/date: (date)/' -e 's/JSESSIONID=[0-9A-F]{32}/JSESSIONID=(id)/' \
        -e 's/^[0-9-]{10}T[0-9:.]{12}Z ([a-z]+) [^ ]+ \(/(time) \1 (user) (/' -e "s/:$port\b/:8444/"
}

# visit COMMAND TYPED: run it on a terminal, type a line of TYPED at each prompt, and print what the
# screen shows at the end: of a line that was drawn several times the last one.
visit() {
    local got='' char
    local -a typed
    mapfile -t typed <<<"$2"
    # A dumb terminal is one that needs no codes to move the cursor. A minute without a byte: it hangs.
    coproc TERMINAL { TERM=dumb script -qec "stty rows 50 cols 200; exec $1" /dev/null 2>&1; }
    # shellcheck disable=SC2153 # coproc sets it
    local pid=$TERMINAL_PID
    exec {from}<&"${TERMINAL[0]}" {to}>&"${TERMINAL[1]}"
    while IFS= read -r -d '' -N 1 -t 60 -u "$from" char; do
        got+=$char
        if [ "${got%$'\n'admin:}" != "$got" ] && [ ${#typed[@]} -gt 0 ]; then
            printf '%s\n' "${typed[0]}" >&"$to"
            typed=("${typed[@]:1}")
        fi
    done
    exec {from}<&- {to}>&-
    wait "$pid" || true
    sed -E -e 's/\r+$//' -e 's/.*\r//' <<<"$got"
}

passed=0
failed=0
# finish COMMAND SAID: run it and compare with what the README says.
finish() {
    local really typed
    typed=$(sed -n 's/^admin://p' <<<"$2")
    if [ -n "$typed" ]; then
        really=$(visit "$1" "$typed")
    else
        really=$(eval "${1//:8444/:$port}" 2>&1 | tr -d '\r') || true
    fi
    if [ "$print" = --print ]; then
        printf '%s\n' "$really"
    elif [ "$(normalise <<<"$really")" = "$(normalise <<<"$2")" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not ok: %s\n' "$1"
        diff <(normalise <<<"$2") <(normalise <<<"$really") || true
    fi
}

in_block=
command=
said=
flush() {
    [ -z "$command" ] || finish "$command" "${said%$'\n'}"
    command=
    said=
}
continued=
# follow FILE: run its story.
# shellcheck disable=SC2034 # documents use it
follow() {
    local line cli=build/cuicsim-cli

    build/cuicsim-cli lab reset article >/dev/null
    while IFS= read -r line; do
        if [ -z "$in_block" ]; then
            [ "$line" = '```console' ] && in_block=yes
            [ "$print" = --print ] && printf '%s\n' "$line"
            continue
        fi
        if [ "$line" = '```' ]; then
            flush
            in_block=
            [ "$print" = --print ] && printf '%s\n' "$line"
        elif [ -n "$continued" ]; then
            command+=$'\n'$line
            case $line in *\\) ;; *) continued= ;; esac
            [ "$print" = --print ] && printf '%s\n' "$line"
        elif [ "${line#\$ }" != "$line" ]; then
            flush
            command=${line#\$ }
            case $line in *\\) continued=yes ;; esac
            [ "$print" = --print ] && printf '%s\n' "$line"
        else
            said+=$line$'\n'
        fi
    done <"$root/$1"
}
for file in "${files[@]}"; do
    follow "$file"
done
[ "$print" = --print ] && exit 0
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
