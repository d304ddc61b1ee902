#!/usr/bin/env bash
# Brings the containers up for real on a Docker Engine of its own and tests them; needs root, and nothing but Debian's
# packages and PyPI. Ends with `N passed, N failed`. PREBUILT names a folder of statically linked release programs; without
# it they are built first.
set -euo pipefail
cd "$(dirname "$0")/../.."
ci=$PWD/compose/ci
export ENGINE=${ENGINE:-/var/tmp/sluice-engine} CACHE=${CACHE:-/var/cache/sluice-compose}
export DOCKER_CONFIG=$CACHE/docker DOCKER_HOST=unix://$ENGINE/docker.sock COMPOSE_PROJECT_NAME=sluice COMPOSE_ANSI=never
export BASE=localhost/debian-local:bookworm BINARIES=prebuilt BUILD_NETWORK=host
started=$SECONDS passed=0 failed=0
lap() { printf '%4ds  %s\n' $((SECONDS - started)) "$*"; }
dc() { docker compose -f compose/compose.yaml "$@"; }
check() {
    local name=$1 output
    shift
    if output=$("$@" 2>&1); then
        passed=$((passed + 1)) && echo "ok    $name"
    else
        failed=$((failed + 1)) && echo "FAIL  $name: $(tail -3 <<<"$output")"
    fi
}

finish() {
    status=$?
    if [ $status != 0 ] || [ $failed != 0 ]; then { dc ps -a; dc logs --tail 40; } 2>/dev/null || true; fi
    dc down -v --remove-orphans -t 3 >/dev/null 2>&1 || true
    "$ci/engine.sh" stop || true
    [ -n "${KEEP_ENGINE:-}" ] || "$ci/engine.sh" purge || true
}
trap finish EXIT

missing=()
for pair in dockerd:docker.io debootstrap:debootstrap iptables:iptables ip:iproute2 python3:python3-pip curl:curl; do
    command -v "${pair%%:*}" >/dev/null || missing+=("${pair##*:}")
done
if [ ${#missing[@]} != 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
"$ci/get-compose.sh" "$DOCKER_CONFIG"
lap "packages; compose $(dc version --short)"

programs="NetworkService RouterService FloatingIPService Gateway AgentService"
if [ -z "${PREBUILT:-}" ]; then
    swift build -c release --static-swift-stdlib --scratch-path .build-static
    PREBUILT=$(swift build -c release --static-swift-stdlib --scratch-path .build-static --show-bin-path)
fi
rm -rf compose/.bin && mkdir -p compose/.bin
for program in $programs; do install -s -m 755 "$PREBUILT/$program" compose/.bin/; done
compose/make-secrets.sh
lap "programs"

"$ci/engine.sh" start build
"$ci/make-base.sh" "$BASE"
dc config -q
dc --progress plain build >"$CACHE/build.log" 2>&1 || { tail -40 "$CACHE/build.log"; exit 1; }
"$ci/engine.sh" stop
lap "images"
"$ci/engine.sh" start run
dc up -d --wait --wait-timeout 180 >"$CACHE/up.log" 2>&1 || { cat "$CACHE/up.log"; exit 1; }
lap "up, all healthy"

api() { "$ci/engine.sh" exec curl -sS --max-time 10 -H 'Content-Type: application/json' "$@"; }
post() { api -X POST "http://127.0.0.1:9696/v2.0/$1" -d "$2"; }
put() { api -X PUT "http://127.0.0.1:9696/v2.0/$1" -d "$2"; }
# field PATH: a member of the JSON on standard input, e.g. `network.id`
field() { python3 -c '
import json, sys
value = json.load(sys.stdin)
for name in sys.argv[1].split("."):
    value = value[int(name)] if name.isdigit() else value[name]
print(value)' "$1"; }

check "the API answers on the published port" api -f http://127.0.0.1:9696/
check "two agents are alive" sh -c "[ \"\$($ci/engine.sh exec curl -s http://127.0.0.1:9696/v2.0/agents | grep -o '\"alive\": *true' | wc -l)\" = 2 ]"
check "services are not root, read-only and without capabilities" dc exec -T router sh -c \
    '[ "$(id -u)" = 10001 ] && ! touch /x 2>/dev/null && grep -q "CapEff:.0000000000000000" /proc/self/status'
check "no role reads another's database" dc exec -T postgres sh -c \
    '! PGPASSWORD=$(cat /run/secrets/router_password) psql -h 127.0.0.1 -U sluice_router -d sluice_network -c "select 1"'

public=$(post networks '{"network":{"name":"public","router:external":true}}' | field network.id)
post subnets "{\"subnet\":{\"network_id\":\"$public\",\"ip_version\":4,\"cidr\":\"172.30.99.0/24\",\"gateway_ip\":\"172.30.99.1\",\"enable_dhcp\":false,\"allocation_pools\":[{\"start\":\"172.30.99.100\",\"end\":\"172.30.99.200\"}]}}" >/dev/null
declare -A address node
for i in 1 2; do
    network=$(post networks "{\"network\":{\"name\":\"tenant-$i\"}}" | field network.id)
    subnet=$(post subnets "{\"subnet\":{\"network_id\":\"$network\",\"ip_version\":4,\"cidr\":\"10.$i.0.0/24\"}}" | field subnet.id)
    port=$(post ports "{\"port\":{\"network_id\":\"$network\",\"fixed_ips\":[{\"subnet_id\":\"$subnet\",\"ip_address\":\"10.$i.0.10\"}]}}")
    router=$(post routers "{\"router\":{\"name\":\"r$i\",\"external_gateway_info\":{\"network_id\":\"$public\"}}}" | field router.id)
    put "routers/$router/add_router_interface" "{\"subnet_id\":\"$subnet\"}" >/dev/null
    address[$i]=$(post floatingips "{\"floatingip\":{\"floating_network_id\":\"$public\",\"port_id\":\"$(field port.id <<<"$port")\"}}" | field floatingip.floating_ip_address)
    node[$i]=$(api "http://127.0.0.1:9696/v2.0/routers/$router/l3-agents" | field agents.0.host)
    check "VM $i is plugged in on ${node[$i]}" dc exec -T "${node[$i]}" vm.sh plug "vm$i" "$network" \
        "$(field port.mac_address <<<"$port")" "10.$i.0.10/24" "10.$i.0.1"
done
check "the routers are on two nodes" [ "${node[1]}" != "${node[2]}" ]
reaches() { for _ in 1 2 3 4 5; do dc exec -T "$1" vm.sh ping "$2" "$3" && return; sleep 1; done; return 1; }
check "VM 1 reaches VM 2 by its floating IP" reaches "${node[1]}" vm1 "${address[2]}"
check "VM 2 reaches VM 1 by its floating IP" reaches "${node[2]}" vm2 "${address[1]}"

before=$(docker inspect -f '{{.State.Pid}}' sluice-router-1)
kill -9 "$before"
check "VM 1 still reaches VM 2 while RouterService is dead" reaches "${node[1]}" vm1 "${address[2]}"
restarted() {
    for _ in $(seq 60); do
        [ "$(docker inspect -f '{{.State.Health.Status}}' sluice-router-1)" = healthy ] &&
            [ "$(docker inspect -f '{{.State.Pid}}' sluice-router-1)" != "$before" ] && return
        sleep 0.5
    done
    return 1
}
check "RouterService comes back by itself" restarted
check "down keeps the data" sh -c 'docker compose -f compose/compose.yaml down -t 5 &&
    docker compose -f compose/compose.yaml up -d --wait --wait-timeout 180'
check "the floating IPs are still there" sh -c "[ \"\$($ci/engine.sh exec curl -s http://127.0.0.1:9696/v2.0/floatingips | grep -o floating_ip_address | wc -l)\" = 2 ]"
check "the host's firewall is untouched" sh -c '! iptables-save 2>/dev/null | grep -qi docker'
lap "tests done"
echo "$passed passed, $failed failed"
[ $failed = 0 ]
