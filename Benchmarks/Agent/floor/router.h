// A router as the kernel needs to be told of it: a namespace, two devices, addresses, a route, a table.
#pragma once
#include "netlink.h"

#define TABLE "floor"
#define BRIDGES_INSIDE 16
#define BRIDGES_OUTSIDE 4

struct router {
    int namespace, route, table;
};

static inline void link_up(struct buffer *b, int index) {
    struct ifinfomsg fixed = {.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    message(b, RTM_NEWLINK, 0, &fixed, sizeof fixed);
}

// What stands in /proc/sys/net/ipv4/conf, without going there; and no IPv6 address of the kernel's own.
static inline void configure(struct buffer *b, int index) {
    struct ifinfomsg fixed = {.ifi_index = index};
    uint8_t none = IN6_ADDR_GEN_MODE_NONE;
    message(b, RTM_NEWLINK, 0, &fixed, sizeof fixed);
    struct nlattr *families = nest(b, IFLA_AF_SPEC), *four = nest(b, AF_INET), *settings = nest(b, IFLA_INET_CONF);
    put32(b, IPV4_DEVCONF_FORWARDING, 1);
    put32(b, IPV4_DEVCONF_ARP_IGNORE, 1);
    put32(b, IPV4_DEVCONF_ARP_ANNOUNCE, 2);
    put32(b, IPV4_DEVCONF_RP_FILTER, 0);
    end(b, settings);
    end(b, four);
    struct nlattr *six = nest(b, AF_INET6);
    put(b, IFLA_INET6_ADDR_GEN_MODE, &none, 1);
    end(b, six);
    end(b, families);
    link_up(b, index);
}

static inline void bridge(struct buffer *b, const char *name) {
    struct ifinfomsg fixed = {.ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    message(b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &fixed, sizeof fixed);
    put_text(b, IFLA_IFNAME, name);
    struct nlattr *info = nest(b, IFLA_LINKINFO);
    put_text(b, IFLA_INFO_KIND, "bridge");
    end(b, info);
}

static inline void single_queue(struct buffer *b) {
    put32(b, IFLA_NUM_TX_QUEUES, 1);
    put32(b, IFLA_NUM_RX_QUEUES, 1);
}

// A pair made where it belongs: one end up and in its bridge here, the other with its number in the router.
static inline void veth(struct buffer *b, const char *host, int master, int namespace, const char *name, int index,
                        const uint8_t *mac) {
    static _Atomic int next = 1 << 16;
    struct ifinfomsg fixed = {.ifi_index = next++, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
    struct ifinfomsg inside = {.ifi_index = index};
    message(b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, &fixed, sizeof fixed);
    put_text(b, IFLA_IFNAME, host);
    single_queue(b);
    put32(b, IFLA_MASTER, master);
    struct nlattr *info = nest(b, IFLA_LINKINFO);
    put_text(b, IFLA_INFO_KIND, "veth");
    struct nlattr *data = nest(b, IFLA_INFO_DATA), *peer = nest(b, VETH_INFO_PEER);
    append(b, &inside, sizeof inside);
    put_text(b, IFLA_IFNAME, name);
    single_queue(b);
    put(b, IFLA_ADDRESS, mac, 6);
    put32(b, IFLA_NET_NS_FD, namespace);
    end(b, peer);
    end(b, data);
    end(b, info);
}

static inline void address(struct buffer *b, int type, int index, uint32_t address, int length) {
    struct ifaddrmsg fixed = {.ifa_family = AF_INET, .ifa_prefixlen = length, .ifa_index = index};
    message(b, type, type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_REPLACE : 0, &fixed, sizeof fixed);
    put(b, IFA_LOCAL, &address, 4);
    put(b, IFA_ADDRESS, &address, 4);
}

static inline void local_route(struct buffer *b, int type, int index, uint32_t address) {
    struct rtmsg fixed = {.rtm_family = AF_INET, .rtm_dst_len = 32, .rtm_table = RT_TABLE_LOCAL,
                          .rtm_protocol = RTPROT_STATIC, .rtm_scope = RT_SCOPE_HOST, .rtm_type = RTN_LOCAL};
    message(b, type, type == RTM_NEWROUTE ? NLM_F_CREATE | NLM_F_REPLACE : 0, &fixed, sizeof fixed);
    put(b, RTA_DST, &address, 4);
    put32(b, RTA_OIF, index);
}

static inline void default_route(struct buffer *b, uint32_t gateway, int index) {
    struct rtmsg fixed = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC,
                          .rtm_scope = RT_SCOPE_UNIVERSE, .rtm_type = RTN_UNICAST};
    message(b, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, &fixed, sizeof fixed);
    put(b, RTA_GATEWAY, &gateway, 4);
    put32(b, RTA_OIF, index);
}

static inline void nft(struct buffer *b, int type, int flags) {
    struct nfgenmsg fixed = {.nfgen_family = NFPROTO_IPV4};
    message(b, NFNL_SUBSYS_NFTABLES << 8 | type, flags, &fixed, sizeof fixed);
}

static inline void batch_edge(struct buffer *b, int type) {
    struct nfgenmsg fixed = {.res_id = htons(NFNL_SUBSYS_NFTABLES)};
    message(b, type, 0, &fixed, sizeof fixed);
}

// Ends the batch; the last message before its end is acknowledged, once everything is in place.
static inline void commit_batch(int fd, struct buffer *b, const char *what) {
    uint32_t last = b->last->nlmsg_seq;
    b->last->nlmsg_flags |= NLM_F_ACK;
    batch_edge(b, NFNL_MSG_BATCH_END);
    exchange(fd, b, last, what);
}

static inline void map(struct buffer *b, const char *name, int id, int key, int key_length, int data, int data_length) {
    nft(b, NFT_MSG_NEWSET, NLM_F_CREATE);
    put_text(b, NFTA_SET_TABLE, TABLE);
    put_text(b, NFTA_SET_NAME, name);
    put_network32(b, NFTA_SET_FLAGS, NFT_SET_MAP);
    put_network32(b, NFTA_SET_KEY_TYPE, key);
    put_network32(b, NFTA_SET_KEY_LEN, key_length);
    put_network32(b, NFTA_SET_DATA_TYPE, data);
    put_network32(b, NFTA_SET_DATA_LEN, data_length);
    put_network32(b, NFTA_SET_ID, id);
}

static inline void chain(struct buffer *b, const char *name, int hook, int priority) {
    nft(b, NFT_MSG_NEWCHAIN, NLM_F_CREATE);
    put_text(b, NFTA_CHAIN_TABLE, TABLE);
    put_text(b, NFTA_CHAIN_NAME, name);
    struct nlattr *place = nest(b, NFTA_CHAIN_HOOK);
    put_network32(b, NFTA_HOOK_HOOKNUM, hook);
    put_network32(b, NFTA_HOOK_PRIORITY, priority);
    end(b, place);
    put_text(b, NFTA_CHAIN_TYPE, "nat");
}

static inline struct nlattr *rule(struct buffer *b, const char *chain) {
    nft(b, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND);
    put_text(b, NFTA_RULE_TABLE, TABLE);
    put_text(b, NFTA_RULE_CHAIN, chain);
    return nest(b, NFTA_RULE_EXPRESSIONS | NLA_F_NESTED);
}

struct expression {
    struct nlattr *element, *data;
};

static inline struct expression expression(struct buffer *b, const char *name) {
    struct expression e = {.element = nest(b, NFTA_LIST_ELEM | NLA_F_NESTED)};
    put_text(b, NFTA_EXPR_NAME, name);
    e.data = nest(b, NFTA_EXPR_DATA | NLA_F_NESTED);
    return e;
}

static inline void end_expression(struct buffer *b, struct expression e) {
    end(b, e.data);
    end(b, e.element);
}

static inline void payload(struct buffer *b, int base, int offset, int length, int reg) {
    struct expression e = expression(b, "payload");
    put_network32(b, NFTA_PAYLOAD_DREG, reg);
    put_network32(b, NFTA_PAYLOAD_BASE, base);
    put_network32(b, NFTA_PAYLOAD_OFFSET, offset);
    put_network32(b, NFTA_PAYLOAD_LEN, length);
    end_expression(b, e);
}

static inline void meta(struct buffer *b, int key, int reg) {
    struct expression e = expression(b, "meta");
    put_network32(b, NFTA_META_DREG, reg);
    put_network32(b, NFTA_META_KEY, key);
    end_expression(b, e);
}

static inline void lookup(struct buffer *b, const char *set) {
    struct expression e = expression(b, "lookup");
    put_text(b, NFTA_LOOKUP_SET, set);
    put_network32(b, NFTA_LOOKUP_SREG, NFT_REG_1);
    put_network32(b, NFTA_LOOKUP_DREG, NFT_REG_1);
    end_expression(b, e);
}

static inline void translate(struct buffer *b, int type, bool ports, int flags) {
    struct expression e = expression(b, "nat");
    put_network32(b, NFTA_NAT_TYPE, type);
    put_network32(b, NFTA_NAT_FAMILY, NFPROTO_IPV4);
    put_network32(b, NFTA_NAT_REG_ADDR_MIN, NFT_REG_1);
    if (ports) put_network32(b, NFTA_NAT_REG_PROTO_MIN, NFT_REG32_01);
    if (flags) put_network32(b, NFTA_NAT_FLAGS, flags);
    end_expression(b, e);
}

// Destinations by floating IP, then by forwarded port; sources by floating IP, then the router's own address.
static inline void ruleset(struct buffer *b) {
    int ipv4 = 7, transport = 12, port = 13, name = 41;
    nft(b, NFT_MSG_NEWTABLE, NLM_F_CREATE);
    put_text(b, NFTA_TABLE_NAME, TABLE);
    map(b, "fip_dnat", 1, ipv4, 4, ipv4, 4);
    map(b, "fip_snat", 2, ipv4, 4, ipv4, 4);
    map(b, "port_forward", 3, (ipv4 << 6 | transport) << 6 | port, 12, ipv4 << 6 | port, 8);
    map(b, "gateway", 4, name, 16, ipv4, 4);
    chain(b, "prerouting", NF_INET_PRE_ROUTING, -100);
    chain(b, "output", NF_INET_LOCAL_OUT, -100);
    chain(b, "postrouting", NF_INET_POST_ROUTING, 100);
    const char *places[] = {"prerouting", "output"};
    for (int i = 0; i < 2; i++) {
        struct nlattr *r = rule(b, places[i]);
        payload(b, NFT_PAYLOAD_NETWORK_HEADER, 16, 4, NFT_REG_1);
        lookup(b, "fip_dnat");
        translate(b, NFT_NAT_DNAT, false, 0);
        end(b, r);
    }
    struct nlattr *r = rule(b, "prerouting");
    payload(b, NFT_PAYLOAD_NETWORK_HEADER, 16, 4, NFT_REG_1);
    meta(b, NFT_META_L4PROTO, NFT_REG32_01);
    payload(b, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2, NFT_REG32_02);
    lookup(b, "port_forward");
    translate(b, NFT_NAT_DNAT, true, 0);
    end(b, r);
    r = rule(b, "postrouting");
    payload(b, NFT_PAYLOAD_NETWORK_HEADER, 12, 4, NFT_REG_1);
    lookup(b, "fip_snat");
    translate(b, NFT_NAT_SNAT, false, 0);
    end(b, r);
    r = rule(b, "postrouting");
    meta(b, NFT_META_OIFNAME, NFT_REG_1);
    lookup(b, "gateway");
    translate(b, NFT_NAT_SNAT, false, NF_NAT_RANGE_PROTO_RANDOM_FULLY);
    end(b, r);
}

static inline void value(struct buffer *b, int type, const void *data, size_t length) {
    struct nlattr *wrapper = nest(b, type | NLA_F_NESTED);
    put(b, NFTA_DATA_VALUE, data, length);
    end(b, wrapper);
}

static inline void element(struct buffer *b, const void *key, size_t key_length, const void *data, size_t data_length) {
    struct nlattr *e = nest(b, NFTA_LIST_ELEM | NLA_F_NESTED);
    value(b, NFTA_SET_ELEM_KEY, key, key_length);
    if (data) value(b, NFTA_SET_ELEM_DATA, data, data_length);
    end(b, e);
}

static inline struct nlattr *elements(struct buffer *b, int type, const char *set) {
    nft(b, type, type == NFT_MSG_NEWSETELEM ? NLM_F_CREATE : 0);
    put_text(b, NFTA_SET_ELEM_LIST_TABLE, TABLE);
    put_text(b, NFTA_SET_ELEM_LIST_SET, set);
    return nest(b, NFTA_SET_ELEM_LIST_ELEMENTS | NLA_F_NESTED);
}

static inline uint32_t floating(int i) { return htonl(0xac110000u + i); }
static inline uint32_t fixed(int i) { return htonl(0x0a000000u + 10 + i); }

// The elements of floating IPs in both maps, in lists that stay below the limit of an attribute's length.
static inline void floating_elements(struct buffer *b, int type, int first, int count) {
    bool adds = type == NFT_MSG_NEWSETELEM;
    for (int map = 0; map < 2; map++) {
        for (int start = first; start < first + count; start += 2000) {
            struct nlattr *list = elements(b, type, map ? "fip_snat" : "fip_dnat");
            for (int i = start; i < first + count && i < start + 2000; i++) {
                uint32_t outside = floating(i), inside = fixed(i);
                element(b, map ? &inside : &outside, 4, adds ? (map ? &outside : &inside) : NULL, 4);
            }
            end(b, list);
        }
    }
}
