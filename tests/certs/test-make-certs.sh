#!/usr/bin/env bash
#
# Tests certs/make-certs.sh in a temporary folder: no root, no network.
# Every function named check_* is one check, run in a subshell and a folder of
# its own ($work, which is also the current folder).

set -euo pipefail
export LC_ALL=C
unset CUICSIM_CERT_RENEW_DAYS

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
certs=$here/../../certs
script=$certs/make-certs.sh
tmp=$(mktemp -d)
trap 'rm -rf -- "$tmp"' EXIT

# --- helpers -----------------------------------------------------------------

fail() {
    echo "$*"
    exit 1
}

# run ARGUMENT...: the script; leaves its exit status in $status, and the files
# out and err.
run() {
    status=0
    "$script" "$@" >out 2>err </dev/null || status=$?
}

# good ARGUMENT...: the script, which has to succeed and say nothing on stderr.
good() {
    run "$@"
    [[ $status -eq 0 ]] || fail "exit status $status: make-certs.sh $*: $(cat err)"
    [[ ! -s err ]] || fail "make-certs.sh $* wrote to stderr: $(cat err)"
}

# bad STATUS TEXT ARGUMENT...: the script, which has to fail, say TEXT on stderr
# and nothing on stdout.
bad() {
    local want=$1 text=$2
    shift 2
    run "$@"
    [[ $status -eq $want ]] || fail "exit status $status, not $want: make-certs.sh $*"
    [[ ! -s out ]] || fail "make-certs.sh $* wrote to stdout: $(cat out)"
    grep -F -e "$text" err >/dev/null || fail "no '$text' in: $(cat err)"
}

said() {
    grep -x -e "$1" out >/dev/null || fail "no line '$1' in: $(cat out)"
}

same() {
    [[ $1 == "$2" ]] || fail "$3: wanted '$1', got '$2'"
}

# start: folder d with sound certificates of one and two, which are made only
# once for all checks, to save time.
start() {
    [[ -d $tmp/start ]] || good -d "$tmp/start" one two
    cp -a "$tmp/start" d
}

# What tells whether anything at all was changed in folder d.
state() {
    stat -c '%n %i %a %s %y' d d/.[!.]* d/*
    sha256sum d/*
}

print_sum() {
    sha256sum <"d/$1"
}

changed() {
    [[ $(print_sum "$1") != "$2" ]] || fail "$1 is the old one"
}

pin() {
    certtool --pubkey-info "$1" "$2" </dev/null 2>/dev/null |
        sed -n 's/.*pin-sha256://p'
}

# sound HOST...: the pairs in folder d fit together and verify.
sound() {
    local host key
    for host; do
        key=$(pin --load-privkey "d/$host.key") || fail "$host.key: unreadable"
        same "$key" "$(pin --load-certificate "d/$host.crt")" "$host: key and certificate"
        certtool --verify --infile "d/$host.crt" --load-ca-certificate d/ca.crt \
            --verify-hostname "$host" --verify-purpose 1.3.6.1.5.5.7.3.1 \
            >verify 2>&1 </dev/null || fail "$host.crt does not verify: $(cat verify)"
    done
}

# sans HOST: the names in its certificate, in one line.
sans() {
    certtool -i --infile "d/$1.crt" </dev/null |
        sed -n '/Subject Alternative Name/,/Key Purpose/s/^\t\t\t//p' | paste -sd ' '
}

# has FILE LINE...: certtool shows these lines.
has() {
    local file=$1 line
    shift
    certtool -i --infile "$file" </dev/null | sed 's/^[[:space:]]*//' >shown
    for line; do
        grep -Fx -e "$line" shown >/dev/null || fail "$file: no line '$line' in: $(cat shown)"
    done
}

# lasts FILE: for how many days it is valid.
lasts() {
    local from to
    from=$(certtool -i --infile "$1" </dev/null | sed -n 's/.*Not Before: //p')
    to=$(certtool -i --infile "$1" </dev/null | sed -n 's/.*Not After: //p')
    echo $((($(date -d "$to" +%s) - $(date -d "$from" +%s)) / 86400))
}

# leaf_template HOST DAYS: writes leaf.cfg, with all the names of a first host.
leaf_template() {
    printf '%s\n' "expiration_days = $2" signing_key tls_www_server "dns_name = $1" \
        'dns_name = localhost' 'ip_address = 127.0.0.1' 'ip_address = ::1' >leaf.cfg
}

# sign_leaf HOST DAYS: signs with the CA in d a leaf that ends in DAYS.
sign_leaf() {
    leaf_template "$1" "$2"
    certtool --generate-certificate --load-privkey "d/$1.key" --template leaf.cfg \
        --load-ca-certificate d/ca.crt --load-ca-privkey d/ca.key \
        --outfile "d/$1.crt" 2>/dev/null </dev/null
}

# self_sign_leaf HOST: a leaf signed with its own key.
self_sign_leaf() {
    leaf_template "$1" 300
    certtool --generate-self-signed --load-privkey "d/$1.key" --template leaf.cfg \
        --outfile "d/$1.crt" 2>/dev/null </dev/null
}

# sign_ca DAYS: signs a CA of that length with the CA key in d.
sign_ca() {
    sed "s/^expiration_days.*/expiration_days = $1/" "$certs/ca.cfg" >ca.cfg
    certtool --generate-self-signed --load-privkey d/ca.key --template ca.cfg \
        --outfile d/ca.crt 2>/dev/null </dev/null
}

# overwrite FILE OFFSET: puts other bytes inside the base64 of a PEM file. A
# negative OFFSET counts from the end.
overwrite() {
    local at=$2
    sed '/^-----/d' "$1" | base64 -d >der
    [[ $at -ge 0 ]] || at=$(($(stat -c %s der) + at))
    printf '\x55\x66\x77' | dd of=der bs=1 seek="$at" conv=notrunc status=none
    {
        sed -n '/^-----BEGIN/p' "$1"
        base64 -w 64 der
        sed -n '/^-----END/p' "$1"
    } >pem
    cp pem "$1"
}

# without TOOL: prints a PATH that has what the script uses except that tool.
without() {
    local tool
    mkdir bin
    for tool in awk bash cat certtool chmod date dirname env flock grep mkdir \
        mktemp mv readlink rm sed sort; do
        [[ $tool == "$1" ]] || ln -s "$(command -v "$tool")" "bin/$tool"
    done
    echo "$PWD/bin"
}

# fake_certtool: from here on a certtool comes first that runs the real one and
# then the commands read from stdin, with $out the file that was written.
fake_certtool() {
    mkdir fake
    cat >fake/certtool <<EOF
#!$BASH
"$(command -v certtool)" "\$@"
status=\$?
out=\${!#}
EOF
    cat >>fake/certtool
    # shellcheck disable=SC2016
    echo 'exit $status' >>fake/certtool
    chmod 755 fake/certtool
    PATH=$PWD/fake:$PATH
}

# --- the first run -----------------------------------------------------------

check_first_run_makes_everything() {
    good -d d one.lab two.lab
    same "ca.crt ca.key one.lab.crt one.lab.key two.lab.crt two.lab.key" \
        "$(cd d && echo *)" "files"
    same "" "$(find d -name '*tmp*')" "left behind"
    said 'ca.crt: renewed (missing)'
    said 'one.lab.crt: renewed (missing)'
    said 'two.lab.crt: renewed (missing)'
    same 3 "$(wc -l <out)" "lines of output"
    sound one.lab two.lab
}

check_ca_certificate() {
    good -d d one.lab
    has d/ca.crt 'Version: 3' 'Issuer: CN=cuicsim lab CA' 'Subject: CN=cuicsim lab CA' \
        'Curve:	SECP256R1' 'Certificate Authority (CA): TRUE' \
        'Path Length Constraint: 0' 'Certificate signing.' 'CRL signing.' \
        'Signature Algorithm: ECDSA-SHA256'
    same 3652 "$(lasts d/ca.crt)" "days"
}

check_leaf_certificate() {
    good -d d one.lab
    has d/one.lab.crt 'Version: 3' 'Issuer: CN=cuicsim lab CA' 'Curve:	SECP256R1' \
        'Certificate Authority (CA): FALSE' 'Subject Alternative Name (not critical):' \
        'TLS WWW Server.' 'Digital signature.' 'Signature Algorithm: ECDSA-SHA256'
    grep -e 'Key encipherment' -e 'Certificate signing' shown && fail "too much key usage"
    same 397 "$(lasts d/one.lab.crt)" "days"
}

check_names() {
    local own='DNSname: localhost IPAddress: 127.0.0.1 IPAddress: ::1' name
    good -d d one.lab two.lab three
    same "DNSname: one.lab $own" "$(sans one.lab)" "one.lab"
    same "DNSname: two.lab" "$(sans two.lab)" "two.lab"
    same "DNSname: three" "$(sans three)" "three"
    for name in one.lab localhost 127.0.0.1 ::1; do
        certtool --verify --infile d/one.lab.crt --load-ca-certificate d/ca.crt \
            --verify-hostname "$name" >/dev/null 2>&1 </dev/null ||
            fail "one.lab.crt is not good for $name"
    done
}

check_localhost_is_named_once() {
    good -d d localhost
    same "DNSname: localhost IPAddress: 127.0.0.1 IPAddress: ::1" "$(sans localhost)" "names"
    good -d d localhost
    said 'localhost.crt: kept'
}

check_serial_numbers_differ() {
    good -d d one two three
    same 4 "$(for f in d/*.crt; do certtool -i --infile "$f"; done |
        grep 'Serial Number' | sort -u | wc -l)" "different serial numbers"
}

check_modes() {
    umask 000
    good -d d/e one two
    same "755 755" "$(stat -c %a d d/e | paste -sd ' ')" "folders"
    same "600 600 600" "$(stat -c %a d/e/*.key | paste -sd ' ')" "keys"
    same "644 644 644" "$(stat -c %a d/e/*.crt | paste -sd ' ')" "certificates"
}

check_keys_are_never_open() {
    umask 000
    fake_certtool <<'EOF'
find d -name '*.key' -printf '%m %f\n' >>modes
umask >>umasks
EOF
    good -d d one two
    for name in ca one two; do
        grep -x "600 $name.key" modes >/dev/null || fail "$name.key was not seen"
    done
    same "" "$(grep -v '^600 ' modes || true)" "open keys"
    same 0077 "$(sort -u umasks)" "umask"
}

check_default_folder() {
    cp -r "$certs" copy
    rm -rf copy/lab
    ln -s ../copy/make-certs.sh link
    mkdir elsewhere
    mv link elsewhere
    elsewhere/link one.lab >/dev/null
    [[ -f copy/lab/one.lab.crt ]] || fail "nothing in lab beside the script"
}

check_odd_folder_names() {
    local folder
    for folder in 'with "space' -dash pkcs11:x $'\xc3\xa4*'; do
        good -d "$folder" one
        [[ -f ./$folder/one.crt ]] || fail "nothing in $folder"
        good -d "$folder" one
        said 'one.crt: kept'
    done
}

# --- keeping -----------------------------------------------------------------

check_second_run_changes_nothing() {
    local before
    good -d d one.lab two.lab xn--mnchen-3ya.lab
    before=$(state)
    good -d d one.lab two.lab xn--mnchen-3ya.lab
    same "$before" "$(state)" "files"
    same "ca.crt: kept|one.lab.crt: kept|two.lab.crt: kept|xn--mnchen-3ya.lab.crt: kept" \
        "$(paste -sd '|' out)" "output"
}

check_further_host_leaves_the_others() {
    local one
    good -d d one
    one=$(print_sum one.crt)
    good -d d one two
    said 'one.crt: kept'
    said 'two.crt: renewed (missing)'
    same "$one" "$(print_sum one.crt)" "one.crt"
    sound one two
}

check_host_given_twice() {
    good -d d one two one ONE
    same 3 "$(wc -l <out)" "lines of output"
    good -d d one two one ONE
    said 'one.crt: kept'
}

check_upper_case_is_lowered() {
    good -d d ONE.Lab
    [[ -f d/one.lab.crt && ! -e d/ONE.Lab.crt ]] || fail "files: $(cd d && echo *)"
    sound one.lab
    good -d d one.LAB
    said 'one.lab.crt: kept'
}

# --- renewing ----------------------------------------------------------------

check_limit_beyond_the_ca_renews_all() {
    local ca one
    start
    ca=$(print_sum ca.crt) one=$(print_sum one.crt)
    CUICSIM_CERT_RENEW_DAYS=100000 good -d d one
    said 'ca.crt: renewed (ends within 100000 days)'
    changed ca.crt "$ca"
    changed one.crt "$one"
    sound one
}

check_limit_beyond_the_leaf_renews_it() {
    local ca one key
    start
    ca=$(print_sum ca.crt) one=$(print_sum one.crt) key=$(print_sum one.key)
    CUICSIM_CERT_RENEW_DAYS=0398 good -d d one
    said 'ca.crt: kept'
    said 'one.crt: renewed (ends within 398 days)'
    same "$ca" "$(print_sum ca.crt)" "ca.crt"
    changed one.crt "$one"
    changed one.key "$key"
    sound one
}

check_leaf_near_its_end() {
    start
    sign_leaf one 32
    good -d d one
    said 'one.crt: kept'
    CUICSIM_CERT_RENEW_DAYS=33 good -d d one
    said 'one.crt: renewed (ends within 33 days)'
    sign_leaf one 29
    CUICSIM_CERT_RENEW_DAYS=0 good -d d one
    said 'one.crt: kept'
    good -d d one
    said 'one.crt: renewed (ends within 30 days)'
    same 397 "$(lasts d/one.crt)" "days"
}

check_ca_near_its_end() {
    start
    sign_ca 32
    good -d d one
    said 'ca.crt: kept'
    sign_ca 29
    good -d d one
    said 'ca.crt: renewed (ends within 30 days)'
    said 'one.crt: renewed (.*)'
    same 3652 "$(lasts d/ca.crt)" "days"
    sound one
    good -d d one
    said 'ca.crt: kept'
    said 'one.crt: kept'
}

check_limit_that_is_no_number() {
    local value
    for value in -1 x 1.5 1234567 '1 2' 'a[0]'; do
        CUICSIM_CERT_RENEW_DAYS=$value bad 2 CUICSIM_CERT_RENEW_DAYS -d d one
        [[ ! -e d ]] || fail "'$value': something was written"
    done
}

# spoil FILE COMMAND...: after the command only the leaf "one" is made anew.
spoil() {
    local ca two
    start
    ca=$(print_sum ca.crt) two=$(print_sum two.crt)
    "$@"
    good -d d one two
    said 'ca.crt: kept'
    said 'one.crt: renewed (.*)'
    said 'two.crt: kept'
    same "$ca" "$(print_sum ca.crt)" "ca.crt"
    same "$two" "$(print_sum two.crt)" "two.crt"
    same "600 644" "$(stat -c %a d/one.key d/one.crt | paste -sd ' ')" "modes"
    sound one two
}

check_missing_leaf() { spoil rm d/one.crt; }
check_missing_leaf_key() { spoil rm d/one.key; }
check_empty_leaf() { spoil truncate -s 0 d/one.crt; }
check_cut_leaf() { spoil truncate -s 300 d/one.crt; }
check_cut_leaf_key() { spoil truncate -s 100 d/one.key; }
check_garbage_leaf() { spoil cp "$script" d/one.crt; }
check_leaf_of_another_host() { spoil cp d/two.crt d/one.crt; }
check_pair_of_another_host() { spoil eval 'cp d/two.crt d/one.crt; cp d/two.key d/one.key'; }
check_wrong_leaf_key() { spoil cp d/two.key d/one.key; }

check_encrypted_leaf_key() {
    spoil eval 'certtool --to-p8 --password=secret --load-privkey d/one.key \
        --outfile k 2>/dev/null && mv k d/one.key'
}

# The copy of the public key in it is left whole.
check_leaf_key_with_wrong_bytes() { spoil overwrite d/one.key 20; }

check_self_signed_leaf() { spoil self_sign_leaf one; }

check_first_host_changes() {
    start
    good -d d two one
    said 'one.crt: renewed (other names)'
    said 'two.crt: renewed (other names)'
    same "DNSname: one" "$(sans one)" "one"
    sound one two
}

check_leaf_link_is_replaced_not_followed() {
    start
    echo precious >precious
    ln -sf ../precious d/one.key
    good -d d one
    same precious "$(cat precious)" "the link's target"
    [[ ! -L d/one.key ]] || fail "one.key is still a link"
    sound one
}

# new_ca COMMAND...: after the command the CA and all leaves are made anew.
new_ca() {
    local ca
    start
    ca=$(pin --load-certificate d/ca.crt)
    "$@"
    good -d d one two
    said 'ca.crt: renewed (.*)'
    said 'one.crt: renewed (.*)'
    said 'two.crt: renewed (.*)'
    [[ $(pin --load-certificate d/ca.crt) != "$ca" ]] || fail "the CA's key is the old one"
    same "$(pin --load-privkey d/ca.key)" "$(pin --load-certificate d/ca.crt)" "CA's key"
    sound one two
}

check_missing_ca() { new_ca rm d/ca.crt; }
check_missing_ca_key() { new_ca rm d/ca.key; }
check_missing_ca_and_key() { new_ca rm d/ca.crt d/ca.key; }
check_cut_ca() { new_ca truncate -s 300 d/ca.crt; }
check_cut_ca_key() { new_ca truncate -s 100 d/ca.key; }
check_wrong_ca_key() { new_ca cp d/one.key d/ca.key; }
check_ca_that_is_a_leaf() { new_ca eval 'cp d/one.crt d/ca.crt; cp d/one.key d/ca.key'; }

check_ca_that_may_not_sign() {
    start
    sed -e '/^ca$/d' -e '/^path_len/d' "$certs/ca.cfg" >ca.cfg
    certtool --generate-self-signed --load-privkey d/ca.key --template ca.cfg \
        --outfile d/ca.crt 2>/dev/null </dev/null
    good -d d one
    said 'ca.crt: renewed (not a CA)'
    sound one
}

# The signature is what a certificate ends with.
check_ca_with_a_broken_signature() { new_ca overwrite d/ca.crt -4; }

# Both are called the same, so the signature has to tell them apart.
check_leaf_of_another_ca() {
    good -d d one
    mv d old
    good -d d one
    cp old/one.* d
    good -d d one
    said 'ca.crt: kept'
    said 'one.crt: renewed (does not verify against the CA)'
    sound one
}

# --- wrong usage -------------------------------------------------------------

check_hostnames_refused() {
    local l63 name
    l63=$(printf 'a%.0s' {1..63})
    for name in '' . .. .a a. a..b -a a- a.-b a-.b a_b 'a b' 'a/b' ../a '*.lab' '*' a: ::1 \
        a@b 'a;b' $'a\nb' $'a\n' $'\xc3\xa4' 'a=b' '"a"' "${l63}a" "$l63.$l63.$l63.$l63"; do
        bad 2 "make-certs.sh: $name: not a hostname" -d d good.lab "$name"
        [[ ! -e d ]] || fail "'$name': something was written"
    done
}

# These would be hostnames, but no certificate could be made of them.
check_hostnames_that_cannot_be_used() {
    local l63 name
    l63=$(printf 'a%.0s' {1..63})
    for name in ca CA 10.0.0.1 "$l63.$l63.$l63.${l63:3}" "$l63.$l63.$l63.${l63:2}"; do
        bad 2 "make-certs.sh: $name: not a hostname" -d d "$name"
        [[ ! -e d ]] || fail "'$name': something was written"
    done
}

check_hostnames_taken() {
    local l63 name names
    l63=$(printf 'a%.0s' {1..63})
    names=(a 1 a1 1a a-b a--b a.b 1.2.3 0x7f yes ca.lab xn--mnchen-3ya.lab "$l63"
        "$l63.$l63.$l63.${l63:4}")
    good -d d "${names[@]}"
    sound "${names[@]}"
    good -d d "${names[@]}"
    same $((${#names[@]} + 1)) "$(grep -c ': kept$' out)" "kept"
}

check_bad_usage() {
    bad 2 'usage: make-certs.sh'
    bad 2 'usage: make-certs.sh' -d d
    bad 2 'usage: make-certs.sh' -d
    bad 2 'usage: make-certs.sh' -d '' one
    bad 2 'usage: make-certs.sh' -x one
    bad 2 'usage: make-certs.sh' --help
    bad 2 'unknown option -x' -d d -x one
    bad 2 'not a hostname' one -d d
    [[ ! -e d ]] || fail "something was written"
}

check_help() {
    good -h
    grep '^usage: make-certs.sh \[-d DIR\] HOSTNAME\.\.\.$' out >/dev/null || fail "$(cat out)"
}

# --- trouble -----------------------------------------------------------------

check_unwritable_folder() {
    echo text >file
    bad 1 'make-certs.sh: ./file: this folder cannot be made' -d file one
    bad 1 'make-certs.sh: ./file/sub: this folder cannot be made' -d file/sub one
    same text "$(cat file)" "the file"

    # Root may write everywhere.
    [[ $(id -u) -ne 0 ]] || return 0
    mkdir -m 555 d
    bad 1 'make-certs.sh: ./d: this folder cannot be written to' -d d one
    bad 1 'make-certs.sh: ./d/sub: this folder cannot be made' -d d/sub one
}

check_no_certtool() {
    PATH=$(without certtool) bad 1 gnutls-bin -d d one
    [[ ! -e d ]] || fail "something was written"
}

check_no_flock() {
    PATH=$(without flock) good -d d one
    sound one
}

check_failing_certtool() {
    local before
    start
    rm d/one.crt
    before=$(print_sum one.key)
    fake_certtool <<'EOF'
[[ " $* " != *" --generate-certificate "* ]] || { echo "no luck" >&2; exit 1; }
EOF
    run -d d one
    same 1 "$status" "exit status"
    grep 'certtool failed: .*' err >/dev/null || fail "stderr: $(cat err)"
    grep 'no luck' err >/dev/null || fail "stderr: $(cat err)"
    [[ ! -e d/one.crt ]] || fail "one.crt was made"
    same "$before" "$(print_sum one.key)" "one.key"
    same "" "$(find d -name '*tmp*')" "left behind"
}

# certtool says nothing when it cannot write all of a file.
check_full_disk() {
    fake_certtool <<'EOF'
[[ " $* " != *" --generate-certificate "* ]] || truncate -s 100 "$out"
EOF
    run -d d one
    same 1 "$status" "exit status"
    grep 'one.crt: the new one is no good' err >/dev/null || fail "stderr: $(cat err)"
    same "ca.crt ca.key" "$(cd d && echo *)" "files"
    same "" "$(find d -name '*tmp*')" "left behind"
}

# interrupt SIGNAL: sends it to the script once a half certificate is there.
interrupt() {
    fake_certtool <<EOF
if [[ " \$* " == *" --generate-certificate "* ]]; then
    truncate -s 100 "\$out"
    kill -$1 "\$(cat pid)"
fi
EOF
    # shellcheck disable=SC2016
    "$BASH" -c 'echo $$ >pid; exec "$@"' - "$script" -d d one >out 2>err && fail "it went on"
    same "ca.crt ca.key" "$(cd d && echo *)" "files"
    rm -r fake
    hash -r
}

check_terminated_run_leaves_nothing_half() {
    interrupt TERM
    same "" "$(find d -name '*tmp*')" "left behind"
    good -d d one
    said 'ca.crt: kept'
    sound one
}

check_killed_run_leaves_nothing_half() {
    interrupt KILL
    good -d d one
    said 'ca.crt: kept'
    sound one
    same "" "$(find d -name '*tmp*')" "left behind"
}

check_folder_in_the_place_of_a_file() {
    start
    rm d/one.crt
    mkdir d/one.crt
    run -d d one
    same 1 "$status" "exit status"
    grep 'd/one.crt: not replaced' err >/dev/null || fail "stderr: $(cat err)"
    same "" "$(ls d/one.crt)" "in the folder"
    same "" "$(find d -name '*tmp*')" "left behind"
}

# Whoever has the lock makes everything, and the others find it made.
check_concurrent_runs() {
    local i pids=() names=(one two three four)
    for i in 1 2 3 4; do
        "$script" -d d "${names[@]}" >"out$i" 2>"err$i" &
        pids+=($!)
    done
    for i in 1 2 3 4; do
        wait "${pids[i - 1]}" || fail "run $i failed: $(cat "err$i")"
    done
    same 5 "$(cat out? | grep -c ': renewed')" "renewed"
    same 15 "$(cat out? | grep -c ': kept')" "kept"
    same "" "$(find d -name '*tmp*')" "left behind"
    sound "${names[@]}"
}

# --- all of them -------------------------------------------------------------

passed=0
failed=0

run_check() {
    local name=$1 work=$tmp/$1 result=0
    mkdir "$work"
    # Not in an if or ||, where set -e would be off for all that is in it.
    set +e
    (
        set -e
        cd "$work"
        "$name"
    ) >"$tmp/log" 2>&1
    result=$?
    set -e

    if [[ $result -eq 0 ]]; then
        echo "ok ${name#check_}"
        passed=$((passed + 1))
    else
        echo "not ok ${name#check_}"
        echo "exit status $result" >>"$tmp/log"
        sed 's/^/    /' "$tmp/log"
        failed=$((failed + 1))
    fi
}

for check in $(declare -F | awk '$3 ~ /^check_/ { print $3 }'); do
    run_check "$check"
done

echo "$passed passed, $failed failed"
[[ $failed -eq 0 && $passed -gt 0 ]]
