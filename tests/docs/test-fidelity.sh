#!/usr/bin/env bash
# docs/fidelity.md against the code: every UNVERIFIED in core, server and cli stands in its table of
# places, every row of that mark is named there, and the count at its head is true.
# usage: test-fidelity.sh [--count]   (--count prints the line for its head)
set -u -o pipefail

cd "$(dirname "$0")/../.." || exit 1
table=docs/fidelity.md

passed=0
failed=0
# check WHAT COMPLAINT: fails when there is a complaint.
check() {
    if [ -z "$2" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        printf 'not ok: %s: %s\n' "$1" "$2"
    fi
}

# "ROW|MARK|SOURCE" of each row
rows=$(awk -F ' \\| ' '/^\| [A-Z][0-9]+ \|/ { sub(/^\| /, "", $1); print $1 "|" $3 "|" $4 }' "$table")
count=$(awk -F'|' '{ n[$2]++ }
    END { printf "| %d | %d | %d | %d | %d | %d |", n["documented"], n["captured"], n["inferred"],
          n["UNVERIFIED"], n["simulator"], NR }' <<<"$rows")
if [ "${1-}" = --count ]; then
    echo "$count"
    exit
fi
check 'there are rows' "$([ "$(wc -l <<<"$rows")" -gt 100 ] || echo 'they are not found')"
check 'count at the head' "$(grep -qFx -- "$count" "$table" || echo "not found: $count")"
check 'marks' "$(cut -d'|' -f2 <<<"$rows" |
    grep -vxE 'documented|captured|inferred|UNVERIFIED|simulator' | sort -u)"
check 'rows that are there twice' "$(cut -d'|' -f1 <<<"$rows" | sort | uniq -d)"

check 'rows that are referred to and not there' "$(cat docs/*.md | grep -oE '\brows? [A-Z][0-9]+( (to|and) [A-Z][0-9]+)?' |
    grep -oE '[A-Z][0-9]+' | sort -u | comm -23 - <(cut -d'|' -f1 <<<"$rows" | sort))"

# sources that are cited and not explained, and the other way round
# shellcheck disable=SC2016 # these back quotes are the document's
cited=$(grep -vE '^\| \[' "$table" | sed 's/`[^`]*`//g' | grep -oE '\[[A-Z]+(-[A-Z0-9.]+)*\]' | sort -u)
named=$(sed -nE 's/^\| (\[[A-Z0-9.-]+\]) \|.*/\1/p' "$table" | sort -u)
check 'sources without an explanation' "$(comm -23 <(echo "$cited") <(echo "$named"))"
check 'sources that nothing cites' "$(comm -13 <(echo "$cited") <(echo "$named"))"

# --- places: "FILE|WORDS|ROWS" --------------------------------------------------------------------

# shellcheck disable=SC2016 # as above
places=$(sed -nE 's/^\| `((core|server|cli)\/[^`]*)` \| (.*) \| ([A-Z][A-Z0-9, ]*) \|$/\1|\3|\4/p' "$table")
unverified=$(awk -F'|' '$2 == "UNVERIFIED" { print $1 }' <<<"$rows")
# One line of the code for each place ...
while IFS='|' read -r file words about; do
    n=$(grep UNVERIFIED "$file" 2>/dev/null | grep -cF -- "$words")
    check "place $file: $words" "$([ "$n" -eq 1 ] || echo "$n lines with UNVERIFIED have these words")"
    for row in ${about//,/ }; do
        check "row $row of $file" "$(grep -qx "$row" <<<"$unverified" || echo 'it is not UNVERIFIED')"
        check "source of row $row" \
            "$(grep "^$row|" <<<"$rows" | grep -qF "\`$file\`" || echo "it does not name $file")"
    done
done <<<"$places"
# ... one place for each line of the code ...
while IFS=: read -r file number line; do
    n=0
    while IFS='|' read -r place words _; do
        [ "$place" = "$file" ] && [[ $line == *"$words"* ]] && n=$((n + 1))
    done <<<"$places"
    check "$file:$number" "$([ "$n" -eq 1 ] || echo "$n places of $table fit: $line")"
done < <(grep -rn --include='*.[ch]' UNVERIFIED core server cli)
# ... and one or more for each row.
for row in $unverified; do
    check "a place for row $row" \
        "$(cut -d'|' -f3 <<<"$places" | grep -qw "$row" || echo 'no line of the code is named')"
done

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
