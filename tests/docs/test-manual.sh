#!/usr/bin/env bash
# cuicsim-cli(1) against the program: each command of the shell stands in the manual page with its
# usage and privilege level, and its JSON object has the keys that the page names, no other ones.
# Runs on the sample configuration with its commented line for Finesse nodes switched on.
# usage: test-manual.sh BUILD
set -u -o pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
build=$(cd "$1" && pwd)
cli=$build/cuicsim-cli
page=$build/man/cuicsim-cli.1
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
unset SSH_ORIGINAL_COMMAND SSH_CONNECTION
mkdir "$lab/config"
export HOME=$lab CUICSIM_CONFIG=$lab/config/cuicsim.conf LC_ALL=C
sed 's/^# listen finesse/listen finesse/' "$root/config/cuicsim.conf" >"$CUICSIM_CONFIG"

passed=0
failed=0
# compare WHAT WANTED GOT
compare() {
    if [ "$2" = "$3" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not ok: %s\n  wanted: %s\n  got:    %s\n' "$1" "$2" "$3"
    fi
}

# The page's words without roff's escapes and fonts.
plain() { sed -E -e 's/\\f[BIR]//g' -e 's/\\-/-/g' -e 's/\\\(aq/'\''/g' "$page"; }
# "words level" of each command of a node
commands_of() {
    "$cli" "$@" --json help | grep -oE '\{"privilege":[0-9],"summary":"([^"\\]|\\.)*","usage":"[^"]*"' |
        sed -E 's/^\{"privilege":([0-9]).*"usage":"(.*)"$/\1 \2/'
}

# --- usage and level -----------------------------------------------------------------------------

plain >"$lab/page"
while read -r level usage; do
    got=$(awk -v usage="$usage" '
        /^\.(TP|S[HS])/ { is_in = 0 }
        is_in && /^Privilege level/ { print substr($3, 1, 1) }
        $0 == usage { is_in = 1 }' "$lab/page")
    compare "level of: $usage" "$level" "$got"
done < <({ commands_of -n cuicpub; commands_of -n finessep; } | sort -u)

# --- JSON ----------------------------------------------------------------------------------------

# The page's list as "words: key, key" for each command that its line stands for.
expand() { # expand DONE REST...: each way to choose one of "a|b" in each word
    local done=$1 choice
    shift
    if [ $# -eq 0 ]; then
        printf '%s: %s\n' "${done# }" "$keys"
        return
    fi
    for choice in ${1//|/ }; do
        expand "$done $choice" "${@:2}"
    done
}
while IFS=: read -r words keys; do
    # shellcheck disable=SC2086 # one word each
    expand '' $words
done < <(awk '
    /^What each command adds/ { is_in = 1 }
    /^The values:/ { is_in = 0 }
    is_in && /^\.B / { words = substr($0, 4) }
    is_in && /^[a-z]/ { print words ":" $0 }' "$lab/page") >"$lab/keys"

# An exchange for the commands that show them; the server makes the file, which is all it is for.
record() {
    local sql="INSERT INTO exchange (kind, at_us, duration_us, run, connection, dropped,
        request_bytes, response_bytes, messages_in, messages_out, client_port, status, is_allowed,
        is_sent, cut) VALUES ('exchange', 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 200, 1, 1, 0);
        UPDATE state SET last_id = (SELECT max(id) FROM exchange)"
    sqlite3 "$lab/state/trace.db" "$sql"
}
make_trace() {
    local server
    sed -e "s#^cert_dir .*#cert_dir = \"$build/test-certs\"#" -e 's/:[0-9]*"/:0"/g' \
        "$CUICSIM_CONFIG" >"$lab/config/server.conf"
    : >"$lab/server"
    "$build/cuicsim-server" -c "$lab/config/server.conf" >"$lab/server" 2>/dev/null &
    server=$!
    while kill -0 "$server" 2>/dev/null && ! grep -q 'ready$' "$lab/server"; do
        sleep 0.05
    done
    kill "$server"
    wait "$server"
}
make_trace

# What a command is given in this test; some need something to be there first.
argument_of() {
    case $1 in
    *allowed_origin\ add) echo https://test.example ;;
    *_headers\ add) echo x-test ;;
    *\ delete) echo a ;;
    'utils service list') ;;
    'utils service '*) echo Cisco Tomcat ;;
    'utils network ping') echo cuicsub ;;
    'lab explain') echo --origin https://test.example ;;
    'lab browser') echo --trust ca ;; # the other way needs certificates
    'set cli pagination') echo off ;;
    'set cli session timeout') echo 10 ;;
    'lab trace show') record && echo last ;;
    'lab trace follow') echo --for 0s ;;
    'lab trace clear') record ;;
    'lab trace export '*) record && echo "$lab/export.$node.${1##* }" ;;
    esac
}

# The keys of the outermost object: values are made 0, then inner objects and lists are cut out.
keys_of() {
    sed -E -e 's/:"([^"\\]|\\.)*"/:0/g' -e ':a' -e 's/(.)\{[^{}]*\}/\1/' -e ta -e 's/\[[^]]*\]//g' |
        grep -oE '"[a-z_]+":' | tr -d '":' | sort | paste -sd' '
}

check_json() { # check_json NODE WORDS
    local node=$1 words=$2 wanted
    local -a typed
    read -r -a typed <<<"$words $(argument_of "$words")"
    wanted=$(sed -n "s/^$words: //p" "$lab/keys" | tr ',' '\n' | sed -e 's/ //g' -e '/^nothing$/d' |
        sort - <(printf '%s\n' node command exit text) | paste -sd' ')
    compare "keys on $node of: $words" "$wanted" \
        "$(echo y | "$cli" -n "$node" --json "${typed[@]}" | keys_of)"
}

for node in cuicpub finessep; do
    while IFS= read -r words; do
        compare "keys are in the page: $words" 1 "$(grep -c "^$words: " "$lab/keys")"
        check_json "$node" "$words"
    done < <("$cli" -n "$node" --json help | grep -o '"words":"[^"]*"' | cut -d'"' -f4)
done
compare 'keys of a failure' 'command error exit node text' \
    "$("$cli" --json utils cuic cors allowed_origin delete 7 </dev/null | keys_of)"
compare 'keys of an explained message' 'command console diagnoses exit node reason recorded text unrecorded verdict' \
    "$("$cli" --json lab explain --console 'TypeError: Failed to fetch' | keys_of)"
compare 'keys with a suggestion' 'command error exit node suggestion text' \
    "$("$cli" --json utils cuik | keys_of)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
