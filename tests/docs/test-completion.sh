#!/usr/bin/env bash
# Sources the completion of cuicsim-cli and asks it as bash would. For each command of the program's
# own table, and for each beginning of each of its words, what is offered must be what the table has
# there; the same for the names of services, the options and their values.
# usage: test-completion.sh BUILD
set -u -o pipefail

build=$(cd "$1" && pwd)
cli=$build/cuicsim-cli
lab=$(mktemp -d)
trap 'rm -rf "$lab"' EXIT
unset SSH_ORIGINAL_COMMAND SSH_CONNECTION
export HOME=$lab CUICSIM_CONFIG=$lab/cuicsim.conf LC_ALL=C
cat >"$CUICSIM_CONFIG" <<'EOF'
state_dir = "state"
node cuicpub { hostname = "cuicpub.lab.example" role = publisher }
node cuicsub { hostname = "cuicsub.lab.example" role = subscriber }
listen cuic    { addresses = {"127.0.0.1:0"} }
listen finesse { addresses = {"127.0.0.1:0"} hostnames = {"finessep.lab.example"} }
EOF
# shellcheck source=/dev/null
. "$build/cuicsim-cli.bash"

passed=0
failed=0
# compare WHAT WANTED GOT: lists of lines, in any order.
compare() {
    if [ "$(sort <<<"$2")" = "$(sort <<<"$3")" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not ok: %s\n' "$1"
        diff <(sort <<<"$2") <(sort <<<"$3")
    fi
}

# ask WORD...: sets `offered` to what is offered for the last of these words, a line each.
ask() {
    COMP_WORDS=("$@")
    COMP_CWORD=$(($# - 1))
    COMPREPLY=()
    _cuicsim_cli 2>"$lab/said"
    offered=$(printf '%s\n' ${COMPREPLY[@]+"${COMPREPLY[@]}"})
    [ ! -s "$lab/said" ] || compare "silence for: $*" '' "$(cat "$lab/said")"
}

# next_words LINES BEFORE BEGUN: the words of these lines behind BEFORE that begin so.
next_words() {
    awk -v before="$2" -v begun="$3" '
        substr($0, 1, length(before)) == before {
            split(substr($0, length(before) + 1), word, " ")
            if (word[1] != "" && substr(word[1], 1, length(begun)) == begun && !seen[word[1]]++)
                print word[1]
        }' <<<"$1"
}

# all_next_words LINES: "BEFORE|BEGUN|WORD..." for each beginning of each word of these lines.
all_next_words() {
    awk '{
        before = ""
        for (k = 1; k <= NF; k++) {
            for (i = 0; i <= length($k); i++) {
                at = before "|" substr($k, 1, i)
                if (index(found[at] " ", " " $k " ") == 0)
                    found[at] = found[at] " " $k
            }
            before = before $k " "
        }
    }
    END { for (at in found) print at "|" substr(found[at], 2) }' <<<"$1"
}

# check_lines KIND LINES WORD...: what is offered behind these words for all beginnings in LINES;
# with KIND "whole" only for those that are no word yet, or a whole one, which is also enough for
# the services to be started or stopped: they are those to be restarted. This runs thousands of
# times, hence without any other program.
check_lines() {
    local kind=$1 lines=$2 before begun wanted got word
    local -a before_words
    shift 2
    while IFS='|' read -r before begun wanted; do
        if [ "$kind" = whole ] || [[ $before == 'utils service st'* ]]; then
            [ -z "$begun" ] || [[ " $wanted " == *" $begun "* ]] || continue
        fi
        read -r -a before_words <<<"$before"
        COMP_WORDS=("$@" ${before_words[@]+"${before_words[@]}"} "$begun")
        COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _cuicsim_cli
        got=" ${COMPREPLY[*]-} "
        for word in $wanted; do
            [[ $got == *" $word "* ]] || break
            got=${got/ $word / }
        done
        if [ "$got" = ' ' ]; then
            passed=$((passed + 1))
        else
            compare "$* $before$begun" "${wanted// /$'\n'}" "$(printf '%s\n' "${COMPREPLY[@]-}")"
        fi
    done < <(all_next_words "$lines")
}

# values KEY: the values of this key in the JSON on standard input.
values() { grep -o "\"$1\":\"[^\"]*\"" | cut -d'"' -f4; }
commands_of() { "$cli" "$@" --json help | values words; }
# choices WORD...: what may stand behind commands whose parameters are known, on that node.
choices() {
    local name
    while IFS= read -r name; do
        printf 'utils service %s\n' "start $name" "stop $name" "restart $name"
    done < <("$cli" "$@" --json utils service list | values name)
    printf 'set cli pagination %s\n' on off
}

cuic=$(commands_of -n cuicpub)
finesse=$(commands_of -n finessep)
reader=$(commands_of --privilege 0)
compare 'the table is there' 'yes' \
    "$([ "$(wc -l <<<"$cuic")" -gt 30 ] && [ "$(wc -l <<<"$finesse")" -gt 20 ] && echo yes)"
while IFS= read -r line; do
    compare "on a line of its own: $line" "$line" "$(grep -Fx -m 1 -- "$line" "$build/cuicsim-cli.bash")"
done < <(printf '%s\n' "$cuic" "$finesse" | sort -u)

check_lines all "$cuic
$(choices)" "$cli"
check_lines whole "$finesse
$(choices -n finessep)" "$cli" -n finessep
check_lines whole "$reader
$(choices)" "$cli" --privilege 0
check_lines whole "$cuic
$(choices)" "$cli" --json help
ask "$cli" -n nosuch utils ''
compare 'a node that is not known' "$(next_words "$cuic
$finesse" 'utils ' '')" "$offered"

# behind a command that takes anything, and behind what is no command, nothing is offered
for words in 'utils cuic cors allowed_origin add' 'utils cuic cors status' 'utils foo' 'quit'; do
    read -r -a word <<<"$words"
    ask "$cli" "${word[@]}" ''
    compare "behind $words" '' "$offered"
done

# options of a command: the last one counts
ask "$cli" lab explain --origin https://a.example --service ''
compare 'values of an option behind another' 'cuic
live-data
finesse' "$offered"
ask "$cli" lab explain --service cuic --m
compare 'an option behind a value' '--method' "$offered"
ask "$cli" lab explain --node cuics
compare 'nodes behind an option of a command' 'cuicsub' "$offered"
ask "$cli" lab explain x --m
compare 'no options behind another word' '' "$offered"

options=$("$cli" --help | grep -oE '(^| )--?[a-z]+' | tr -d ' ' | sort -u)
ask "$cli" -
compare 'options' "$options" "$offered"
ask "$cli" --json --pr
compare 'an option behind another' '--privilege' "$offered"
ask "$cli" show --
compare 'no options behind a word' '' "$offered"
ask "$cli" -- -
compare 'no options behind --' '' "$offered"
ask "$cli" --privilege ''
compare 'privilege levels' '0
1' "$offered"

nodes='cuicpub
cuicsub
finessep'
for option in -n --node; do
    ask "$cli" "$option" ''
    compare "nodes behind $option" "$nodes" "$offered"
done
ask "$cli" --node =
compare 'nodes behind --node=' "$nodes" "$offered"
ask "$cli" --node = fin
compare 'a node begun behind --node=' 'finessep' "$offered"
ask "$cli" -c "$lab/none" -n ''
compare 'no nodes without a configuration' '' "$offered"
ask "$lab/no-such-program" -n ''
compare 'no nodes without the program' '' "$offered"
cp "$CUICSIM_CONFIG" "$lab/a b.conf"
sed -i 's/cuicpub/other/' "$lab/a b.conf"
for file in "$lab/a\\ b.conf" "'$lab/a b.conf'" \~/'a\ b.conf'; do
    ask "$cli" -c "$file" -n oth
    compare "the nodes of $file" 'other' "$offered"
done
ask "$cli" -c "$lab/cuic"
compare 'files' "$lab/cuicsim.conf" "$offered"
ask "$cli" --config = "$lab/cuic"
compare 'files behind --config=' "$lab/cuicsim.conf" "$offered"

compare 'bash knows it' 'complete -F _cuicsim_cli cuicsim-cli' "$(complete -p cuicsim-cli)"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
