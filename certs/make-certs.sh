#!/usr/bin/env bash
#
# Makes a lab CA and one server certificate a hostname, with GnuTLS's certtool.
# What is there and sound is kept to the byte, so it may be run at every start.

set -euo pipefail

# a-z means ASCII, and certtool and date agree on the names of the months.
export LC_ALL=C

here=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
dir=$here/lab
renew_days=${CUICSIM_CERT_RENEW_DAYS:-30}
scratch=
hosts=()

usage() {
    cat <<'EOF'
usage: make-certs.sh [-d DIR] HOSTNAME...

Makes in DIR a lab CA (ca.crt, ca.key) and for each HOSTNAME a certificate
signed by it (HOSTNAME.crt, HOSTNAME.key). The first one is also good for
localhost, 127.0.0.1 and ::1. What is there and sound is kept.

  -d DIR   the folder to use (default: lab, beside this script)
  -h       show this help

CUICSIM_CERT_RENEW_DAYS   a certificate that ends within so many days is made
                          anew (default: 30)

Exit status: 0 done, 1 failed, 2 wrong usage.
EOF
}

die() {
    printf 'make-certs.sh: %s\n' "$1" >&2
    exit "${2:-1}"
}

wrong_usage() {
    printf 'make-certs.sh: %s\n' "$1" >&2
    usage >&2
    exit 2
}

# --- what is asked for -------------------------------------------------------

is_hostname() {
    local label='[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
    [[ ${#1} -le 253 && $1 =~ ^$label(\.$label)*$ ]]
}

add_host() {
    local host=${1,,} known

    is_hostname "$host" ||
        die "$1: not a hostname (letters, digits, '-' and '.'; labels of 1 to 63 that neither start nor end with '-'; at most 253 in all)" 2

    # As a DNS name it would match no browser's request for that address.
    [[ ! $host =~ ^[0-9]+(\.[0-9]+){3}$ ]] ||
        die "$1: not a hostname, but an IP address" 2

    [[ $host != ca ]] ||
        die "$1: not a hostname that can be used: ca.crt and ca.key are the CA's" 2

    # A file's name has at most 255 bytes, and ".crt" takes four of them.
    [[ ${#host} -le 251 ]] ||
        die "$1: not a hostname that can be used: too long for a file's name" 2

    for known in "${hosts[@]}"; do
        [[ $known != "$host" ]] || return 0
    done
    hosts+=("$host")
}

read_arguments() {
    local option host

    while getopts ':d:h' option; do
        case $option in
            d) dir=$OPTARG ;;
            h) usage; exit 0 ;;
            :) wrong_usage "option -$OPTARG needs a value" ;;
            *) wrong_usage "unknown option -$OPTARG" ;;
        esac
    done
    shift $((OPTIND - 1))

    [[ -n $dir ]] || wrong_usage "option -d needs a folder"
    # certtool would take a path such as pkcs11:x for something else.
    [[ $dir == /* ]] || dir=./$dir

    [[ $# -gt 0 ]] || wrong_usage "no hostname given"
    for host; do
        add_host "$host"
    done

    [[ $renew_days =~ ^[0-9]{1,6}$ ]] ||
        die "CUICSIM_CERT_RENEW_DAYS: '$renew_days' is not a number of days" 2
    # Without 10# a leading zero would mean octal.
    renew_days=$((10#$renew_days))
}

# --- the folder --------------------------------------------------------------

open_folder() {
    if [[ ! -d $dir ]]; then
        (umask 022 && mkdir -p -- "$dir") 2>/dev/null ||
            die "$dir: this folder cannot be made"
    fi
    [[ -w $dir && -x $dir ]] || die "$dir: this folder cannot be written to"
}

lock_folder() {
    local file=$dir/.make-certs.lock

    command -v flock >/dev/null || return 0

    # Opened for appending, as that leaves the file's time alone.
    { exec 9>>"$file"; } 2>/dev/null || die "$file: cannot be opened"
    flock -w 60 9 || die "$dir: another run is busy in this folder"

    # Whoever left these was killed, as no other run is in here now.
    rm -rf -- "$dir"/.make-certs.tmp.*
}

# In DIR itself, as only within one file system does mv replace a file at once.
# Not before it is needed, so that a run that keeps everything touches nothing.
open_scratch() {
    [[ -z $scratch ]] || return 0
    scratch=$(mktemp -d -- "$dir/.make-certs.tmp.XXXXXX") ||
        die "$dir: no temporary folder can be made in it"
}

close_scratch() {
    [[ -z $scratch ]] || rm -rf -- "$scratch"
}

# --- looking at certificates -------------------------------------------------

describe() {
    certtool -i --infile "$1" </dev/null 2>/dev/null
}

# Signs something with the key and checks that with the certificate. To compare
# the public keys would not do: a key file has a copy of the public key, which
# may be whole when the secret part is not. The password is there so that an
# encrypted key fails instead of asking.
key_fits() {
    certtool --p7-sign --infile "$1" --load-certificate "$1" \
        --load-privkey "$2" --password=none </dev/null 2>/dev/null |
        certtool --p7-verify --load-certificate "$1" >/dev/null 2>&1
}

verifies() {
    certtool --verify --infile "$1" --load-ca-certificate "$2" \
        </dev/null >/dev/null 2>&1
}

is_ca() {
    describe "$1" | grep 'Certificate Authority (CA): TRUE' >/dev/null
}

# The names in a certificate, as template lines. certtool shows an
# internationalised name twice, the second time decoded in brackets.
names_in() {
    describe "$1" | sed -n \
        -e 's/ (.*//' \
        -e 's/^[[:space:]]*DNSname: /dns_name = /p' \
        -e 's/^[[:space:]]*IPAddress: /ip_address = /p'
}

ends_soon() {
    local end
    end=$(describe "$1" | awk -F 'Not After: ' 'NF == 2 && !n++ { print $2 }')
    end=$(date -d "$end" +%s) || return 0
    [[ $((end - $(date +%s))) -le $((renew_days * 86400)) ]]
}

# The two below print what is wrong, and nothing when all is well.

# ca_fault FOLDER
ca_fault() {
    local crt=$1/ca.crt key=$1/ca.key

    if [[ ! -e $crt ]]; then
        echo "missing"
    elif [[ ! -e $key ]]; then
        echo "key missing"
    elif ! describe "$crt" >/dev/null; then
        echo "unreadable"
    elif ! is_ca "$crt"; then
        echo "not a CA"
    elif ! key_fits "$crt" "$key"; then
        echo "key does not match"
    elif ! verifies "$crt" "$crt"; then
        echo "does not verify"
    fi
}

# leaf_fault FOLDER HOST NAMES
leaf_fault() {
    local crt=$1/$2.crt key=$1/$2.key

    if [[ ! -e $crt ]]; then
        echo "missing"
    elif [[ ! -e $key ]]; then
        echo "key missing"
    elif ! describe "$crt" >/dev/null; then
        echo "unreadable"
    elif ! key_fits "$crt" "$key"; then
        echo "key does not match"
    elif ! verifies "$crt" "$dir/ca.crt"; then
        echo "does not verify against the CA"
    elif [[ $(names_in "$crt" | sort) != "$(sort <<<"$3")" ]]; then
        echo "other names"
    fi
}

# --- making certificates -----------------------------------------------------

make_with_certtool() {
    local output
    output=$(certtool --no-text "$@" </dev/null 2>&1) ||
        die "certtool failed: $output"
}

make_key() {
    make_with_certtool --generate-privkey --key-type=ecdsa --curve=secp256r1 \
        --outfile "$1"
}

# install_pair NAME FAULT: certtool says nothing of a full disk, so nothing is
# put in place that was not looked at.
install_pair() {
    [[ -z $2 ]] || die "$1.crt: the new one is no good ($2); is the disk full?"

    chmod 0644 "$scratch/$1.crt"
    # -T: should a folder have that name, fail instead of moving into it.
    mv -fT -- "$scratch/$1.key" "$dir/$1.key" || die "$dir/$1.key: not replaced"
    mv -fT -- "$scratch/$1.crt" "$dir/$1.crt" || die "$dir/$1.crt: not replaced"
}

make_ca() {
    open_scratch
    make_key "$scratch/ca.key"
    make_with_certtool --generate-self-signed \
        --load-privkey "$scratch/ca.key" --template "$here/ca.cfg" \
        --outfile "$scratch/ca.crt"
    install_pair ca "$(ca_fault "$scratch")"
}

# wanted_names HOST, as template lines
wanted_names() {
    echo "dns_name = $1"
    [[ $1 == "${hosts[0]}" ]] || return 0
    [[ $1 == localhost ]] || echo "dns_name = localhost"
    echo "ip_address = 127.0.0.1"
    echo "ip_address = ::1"
}

# make_template HOST NAMES FILE
make_template() {
    cat -- "$here/server.cfg" >"$3"
    # Browsers look at the names only; cn is for people, and ends at 64.
    [[ ${#1} -gt 64 ]] || echo "cn = $1" >>"$3"
    printf '%s\n' "$2" >>"$3"
}

# make_leaf HOST NAMES
make_leaf() {
    open_scratch
    make_template "$1" "$2" "$scratch/template"
    make_key "$scratch/$1.key"
    make_with_certtool --generate-certificate \
        --load-privkey "$scratch/$1.key" --template "$scratch/template" \
        --load-ca-certificate "$dir/ca.crt" --load-ca-privkey "$dir/ca.key" \
        --outfile "$scratch/$1.crt"
    install_pair "$1" "$(leaf_fault "$scratch" "$1" "$2")"
}

# --- keeping or renewing -----------------------------------------------------

# A new CA has to be trusted anew on every client, so it is not made for no
# better reason than that the wrong user runs this.
refuse_foreign_ca() {
    local file
    for file in "$dir/ca.crt" "$dir/ca.key"; do
        [[ ! -e $file || -r $file ]] || die "$file: may not be read by this user"
    done
}

# report NAME FAULT
report() {
    if [[ -z $2 ]]; then
        echo "$1.crt: kept"
    else
        echo "$1.crt: renewed ($2)"
    fi
}

update_ca() {
    local fault
    fault=$(ca_fault "$dir")
    if [[ -z $fault ]] && ends_soon "$dir/ca.crt"; then
        fault="ends within $renew_days days"
    fi
    [[ -z $fault ]] || make_ca
    report ca "$fault"
}

# After a new CA the old leaves do not verify, and so are made anew as well.
update_leaf() {
    local names fault
    names=$(wanted_names "$1")
    fault=$(leaf_fault "$dir" "$1" "$names")
    if [[ -z $fault ]] && ends_soon "$dir/$1.crt"; then
        fault="ends within $renew_days days"
    fi
    [[ -z $fault ]] || make_leaf "$1" "$names"
    report "$1" "$fault"
}

main() {
    local host file

    read_arguments "$@"
    command -v certtool >/dev/null ||
        die "certtool not found: install the package gnutls-bin"
    for file in "$here/ca.cfg" "$here/server.cfg"; do
        [[ -r $file ]] || die "$file: cannot be read"
    done

    open_folder
    umask 077
    trap close_scratch EXIT
    lock_folder

    refuse_foreign_ca
    update_ca
    for host in "${hosts[@]}"; do
        update_leaf "$host"
    done
}

main "$@"
