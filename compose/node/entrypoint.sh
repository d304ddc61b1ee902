#!/bin/sh
# Puts the interface of the underlay network into the bridge br-ex, then becomes the agent.
set -eu
underlay=${UNDERLAY_PREFIX:-172.30.99.}
device=$(ip -o -4 addr show | awk -v p="$underlay" 'index($4, p) == 1 {print $2; exit}')
if [ -n "$device" ] && [ "$device" != br-ex ]; then
    address=$(ip -o -4 addr show dev "$device" | awk '{print $4; exit}')
    ip link add br-ex type bridge forward_delay 0 2>/dev/null || true
    ip link set "$device" master br-ex
    ip addr del "$address" dev "$device"
    ip addr add "$address" dev br-ex
    ip link set br-ex up
fi
exec AgentService --listen-address=127.0.0.1:9704 --router-address=router:9702 --floatingip-address=floatingip:9703 \
    --external-bridge=br-ex "$@"
