#!/bin/sh
# Plays the hypervisor on a node. vm.sh plug NAME NETWORK_ID MAC CIDR GATEWAY | vm.sh ping NAME ADDRESS
set -eu
command=$1 name=$2
shift 2
case $command in
plug)
    bridge=brq$(printf %.11s "$1")
    ip netns add "$name"
    ip link show "$bridge" >/dev/null 2>&1 || { ip link add "$bridge" type bridge && ip link set "$bridge" up; }
    ip link add "tap$name" master "$bridge" type veth peer name eth0 address "$2" netns "$name"
    ip link set "tap$name" up
    ip -n "$name" link set lo up
    ip -n "$name" link set eth0 up
    ip -n "$name" addr add "$3" dev eth0
    ip -n "$name" route add default via "$4"
    ;;
ping) exec ip netns exec "$name" ping -c 3 -i 0.2 -W 2 "$1" ;;
esac
