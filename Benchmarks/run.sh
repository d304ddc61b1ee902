#!/usr/bin/env bash
# Benchmarks/run.sh [operations|goals|datapath]: starts a private Sluice (release programs) and measures it, as ratios to
# references measured in the same run. Needs root.
#   operations  every API operation at 1 and 16 in flight, and the agent's way from request to ACTIVE, on a node in a
#               namespace; references are pgbench of a comparable statement, and the three processes (`nft` twice, `ip`)
#               that a forking agent would start for a floating IP. Writes .build/bench/operations.json.
#   goals       what the API has to reach, without an agent; see API/goals.py. Writes .build/bench/api.json.
#   datapath    from an API call to the router's namespace, on a node in a namespace; a row of `make bench-agent`.
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-operations}
bin=${BIN:-.build/release}
requests=${REQUESTS:-2000}
node=sluice-bench-$$
data=/tmp/$node
port=${PORT:-$(python3 -c "import socket; s = socket.socket(); s.bind((\"127.0.0.1\", 0)); print(s.getsockname()[1])")}
api=http://127.0.0.1:$port/v2.0
mkdir -p "$data" .build/bench && chmod 755 "$data"

finish() {
    [ -z "${cluster:-}" ] || { kill "$cluster" 2>/dev/null && wait "$cluster" 2>/dev/null; } || true
    for name in $(ip netns list | awk '{print $1}'); do
        case $name in "$node" | "$node"-*) ip netns del "$name" ;; esac
    done
    "$bin/sluice" down --data "$data/cluster" >/dev/null || true
    rm -rf "$data"
}
trap finish EXIT

case $what in
operations | datapath)
    ip netns add "$node"
    ip -n "$node" link add br-ex type bridge
    ip -n "$node" link set br-ex up
    arguments=(--node-namespace "$node" --node-name "$node")
    measure=(Benchmarks/API/operations.py --requests "$requests" --socket "$data/cluster/run/postgres" --node "$node")
    [ "$what" = operations ] || measure=(Benchmarks/Agent/whole.py --requests "$requests")
    ;;
goals)
    arguments=(--without-agent)
    measure=(Benchmarks/API/goals.py)
    ;;
*) echo "usage: Benchmarks/run.sh [operations|goals|datapath]" >&2 && exit 2 ;;
esac
"$bin/sluice" up --data "$data/cluster" --port "$port" "${arguments[@]}" --log-level error >"$data/out" 2>"$data/log" &
cluster=$!
is_ready() { grep -qs '^ready' "$data/out"; }
for _ in $(seq 300); do is_ready && break; kill -0 "$cluster" 2>/dev/null || break; sleep 0.2; done
is_ready || { cat "$data/log"; exit 1; }
python3 "${measure[@]}" --api "$api" --data "$data"
