#!/usr/bin/env bash
# What the trace costs: the server under load by wrk with tracing on and off, in turn. Server on the
# first core, wrk on the second; preflights as a browser sends them.
# usage: trace-load.sh BUILD CERTS [ROUNDS [SECONDS]]
# Prints for each way of connecting the median of all rounds, least and most in brackets.
set -eu -o pipefail

build=$(cd "$1" && pwd)
certs=$(cd "$2" && pwd)
rounds=${3:-5}
seconds=${4:-5}
lab=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$lab"' EXIT

cat >"$lab/preflight.lua" <<'LUA'
wrk.method = "OPTIONS"
wrk.path = "/cuic/"
wrk.headers["Host"] = "cuicpub.uccelab.tac"
wrk.headers["Origin"] = "https://finessep.uccelab.tac:8445"
wrk.headers["Access-Control-Request-Method"] = "GET"
wrk.headers["Access-Control-Request-Headers"] = "authorization,content-type"
wrk.headers["Sec-Fetch-Mode"] = "cors"
wrk.headers["Sec-Fetch-Site"] = "cross-site"
wrk.headers["Sec-Fetch-Dest"] = "empty"
wrk.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0.0.0"
wrk.headers["Accept"] = "*/*"
wrk.headers["Accept-Encoding"] = "gzip, deflate, br, zstd"
wrk.headers["Accept-Language"] = "en-US,en;q=0.9"
LUA
sed '$a wrk.headers["Connection"] = "close"' "$lab/preflight.lua" >"$lab/close.lua"

cpu() { awk '{ print $14 + $15 }' "/proc/$server/stat"; }

# run WAY TRACE: one sample, "requests/s p50 p99 cpu-seconds-per-100,000 not-recorded".
run() {
    local way=$1 trace=$2 before after
    rm -rf "$lab/state"
    cat >"$lab/c.conf" <<CONF
state_dir = "state"
cert_dir  = "$certs"
log_level = warning
node cuicpub { hostname = "cuicpub.uccelab.tac" role = publisher }
node cuicsub { hostname = "cuicsub.uccelab.tac" role = subscriber }
listen cuic { addresses = {"127.0.0.1:0"} }
trace { enabled = $trace }
CONF
    "$build/cuicsim-cli" -c "$lab/c.conf" lab reset article >/dev/null
    : >"$lab/out"
    taskset -c 0 "$build/cuicsim-server" -c "$lab/c.conf" >"$lab/out" 2>"$lab/err" &
    server=$!
    until grep -q 'ready$' "$lab/out"; do sleep 0.05; done
    before=$(cpu)
    taskset -c 1 wrk -t1 -c16 "-d$seconds" --latency -s "$lab/$way.lua" \
        "https://$(awk '/^listening/ { print $3 }' "$lab/out")" >"$lab/wrk"
    after=$(cpu)
    kill "$server"
    wait "$server"
    server=
    awk -v ticks=$((after - before)) -v hz="$(getconf CLK_TCK)" '
        function ms(t) { return t ~ /us$/ ? t / 1000 : t ~ /ms$/ ? t + 0 : t * 1000 }
        $1 == "50%" { p50 = ms($2) }
        $1 == "99%" { p99 = ms($2) }
        / requests in / { n = $1 }
        /^Requests\/sec/ { rate = $2 }
        END { printf "%d %.2f %.2f %.2f ", rate, p50, p99, ticks / hz * 100000 / n }' "$lab/wrk"
    if [ "$trace" = yes ]; then
        sqlite3 "$lab/state/trace.db" 'SELECT dropped FROM state'
    else
        echo 0
    fi
}

# summary COLUMN FILE: "median [least-most]"
summary() {
    cut -d' ' -f"$1" "$2" | sort -n | awk '
        { v[NR] = $1 }
        END { printf "%s [%s-%s]", v[int((NR + 1) / 2)], v[1], v[NR] }'
}

echo "| connections | trace | requests/s | p50 ms | p99 ms | CPU s per 100,000 | not recorded |"
echo "|---|---|---|---|---|---|---|"
for way in preflight close; do
    : >"$lab/yes"
    : >"$lab/no"
    for ((i = 0; i < rounds; i++)); do
        for trace in no yes; do
            run "$way" "$trace" >>"$lab/$trace"
        done
    done
    for trace in no yes; do
        printf '| %s | %s | %s | %s | %s | %s | %s |\n' \
            "$([ $way = close ] && echo 'new for each' || echo kept)" \
            "$([ $trace = yes ] && echo on || echo off)" "$(summary 1 "$lab/$trace")" \
            "$(summary 2 "$lab/$trace")" "$(summary 3 "$lab/$trace")" \
            "$(summary 4 "$lab/$trace")" "$(summary 5 "$lab/$trace")"
    done
done
