#!/usr/bin/env bash
# The same work by processes of `ip` and `nft`, as a forking agent does it. Started in a network namespace of its own
# with its own /run/netns. Prints names and times in microseconds.
#   tools.sh router N | change N | bulk N
set -euo pipefail
row=$1 count=$2
now() { date +%s%N; }
spent() { echo "$1 $((($(now) - $2) / 1000 / $3))"; }

ip link add out0 type bridge && ip link set out0 up
ip link add in0 type bridge && ip link set in0 up

ruleset() {
    cat <<END
table ip floor {
    map fip_dnat { type ipv4_addr : ipv4_addr; }
    map fip_snat { type ipv4_addr : ipv4_addr; }
    map port_forward { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; }
    chain prerouting {
        type nat hook prerouting priority dstnat; dnat to ip daddr map @fip_dnat
        dnat ip to ip daddr . meta l4proto . th dport map @port_forward
    }
    chain output { type nat hook output priority -100; dnat to ip daddr map @fip_dnat; }
    chain postrouting {
        type nat hook postrouting priority srcnat; snat to ip saddr map @fip_snat
        oifname "qg-$1" snat to 172.16.0.$(($1 + 2)) fully-random
    }
}
END
}

router() {
    local name=tools-$1 end bridge
    ip netns add "$name"
    ip netns exec "$name" sysctl -qw net.ipv4.ip_forward=1
    ip netns exec "$name" ip link set lo up
    for end in r g; do
        bridge=$([ $end = r ] && echo in0 || echo out0)
        ip link add "tap$end-$1" type veth peer name "q$end-$1"
        ip link set "q$end-$1" netns "$name"
        ip link set "tap$end-$1" master $bridge
        ip link set "tap$end-$1" up
        ip netns exec "$name" ip link set "q$end-$1" up
    done
    ip netns exec "$name" ip address add 10.0.0.1/24 dev "qr-$1"
    ip netns exec "$name" ip address add 172.16.0.$(($1 + 2))/12 dev "qg-$1"
    ip netns exec "$name" ip route replace default via 172.16.0.1
    ruleset "$1" | ip netns exec "$name" nft -f -
}

start=$(now)
case $row in
router)
    for i in $(seq "$count"); do router "$i"; done
    spent p50_us "$start" "$count"
    ;;
change)
    router 1
    start=$(now)
    for i in $(seq "$count"); do
        ip netns exec tools-1 nft add element ip floor fip_dnat "{ 172.17.0.$i : 10.0.0.$i }"
        ip netns exec tools-1 nft add element ip floor fip_snat "{ 10.0.0.$i : 172.17.0.$i }"
        ip netns exec tools-1 ip address add "172.17.0.$i/32" dev qg-1
    done
    spent add_p50_us "$start" "$count"
    ;;
bulk)
    router 1
    for i in $(seq 0 $((count - 1))); do
        outside=172.$((17 + i / 65536)).$((i / 256 % 256)).$((i % 256)) inside=10.1.$((i / 256 % 256)).$((i % 256))
        echo "add element ip floor fip_dnat { $outside : $inside }"
        echo "add element ip floor fip_snat { $inside : $outside }"
    done >elements.nft
    sed -n 's/add element ip floor fip_dnat { \(.*\) : .*/route add local \1 dev qg-1 table local/p' elements.nft >routes
    start=$(now)
    ip netns exec tools-1 nft -f elements.nft
    ip -n tools-1 -batch routes
    spent wall_us "$start" 1
    ;;
esac
