#!/usr/bin/env bash
# engine.sh start build|run | stop | purge | exec COMMAND… : a throw-away Docker Engine below $ENGINE.
#   build  in the host's network namespace, without bridge and firewall rules (image builds need `network: host`)
#   run    in a network namespace of its own: bridges, NAT and published ports live and die there
set -euo pipefail
ENGINE=${ENGINE:?}
socket=$ENGINE/docker.sock
alive() { [ -s "$ENGINE/pid" ] && kill -0 "$(cat "$ENGINE/pid")" 2>/dev/null; }

start() {
    mkdir -p "$ENGINE"
    printf '{}\n' >"$ENGINE/daemon.json"
    local log=$ENGINE/dockerd-$1.log
    local common=(--config-file "$ENGINE/daemon.json" --data-root "$ENGINE/data" --exec-root "$ENGINE/exec"
        --pidfile "$ENGINE/dockerd.pid" --host "unix://$socket" --storage-driver overlay2)
    case $1 in
    build) dockerd "${common[@]}" --bridge=none --iptables=false --ip-forward=false --ip-masq=false >"$log" 2>&1 & ;;
    run)
        unshare --net sh -c 'ip link set lo up; exec "$@"' sh dockerd "${common[@]}" --bip 172.29.0.1/24 \
            --default-address-pool base=172.29.128.0/17,size=24 >"$log" 2>&1 &
        ;;
    esac
    echo $! >"$ENGINE/pid"
    for _ in $(seq 150); do
        DOCKER_HOST=unix://$socket docker info >/dev/null 2>&1 && return 0
        alive || break
        sleep 0.2
    done
    echo "the Docker Engine did not start:" >&2
    tail -20 "$log" >&2
    return 1
}

stop() {
    alive || return 0
    kill "$(cat "$ENGINE/pid")"
    for _ in $(seq 150); do alive || break; sleep 0.2; done
    rm -f "$ENGINE/pid"
}

purge() {
    stop
    awk -v p="$ENGINE/" 'index($2, p) == 1 {print $2}' /proc/mounts | sort -r | xargs -r umount -l
    rm -rf "$ENGINE"
}

case ${1:?start, stop, purge or exec} in
start) start "${2:?build or run}" ;;
stop) stop ;;
purge) purge ;;
exec) shift; exec nsenter --net="/proc/$(cat "$ENGINE/pid")/ns/net" -- "$@" ;;
esac
