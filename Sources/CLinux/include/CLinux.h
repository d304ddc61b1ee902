// What the room Netlink needs of Linux beyond Swift's Glibc module.
#ifndef CLINUX_H
#define CLINUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>   // epoll_*: Swift's Glibc module leaves it out
#include <sys/eventfd.h> // eventfd: the same
#include <sys/types.h>

#include <netinet/icmp6.h> // ND_*, struct icmp6_filter; before linux/ipv6.h, which then leaves out what is in here

#include <net/if_arp.h> // ARPHRD_*, ARPOP_*; linux/if_arp.h quarrels with Glibc's net/if.h

#include <linux/fib_rules.h>     // FRA_*, struct fib_rule_hdr
#include <linux/filter.h>        // struct sock_filter, BPF_*
#include <linux/if_addr.h>       // IFA_*, struct ifaddrmsg
#include <linux/if_ether.h>      // ETH_P_*
#include <linux/if_link.h>       // IFLA_*
#include <linux/if_packet.h>     // struct sockaddr_ll
#include <linux/ip.h>            // IPV4_DEVCONF_*, the positions in IFLA_INET_CONF
#include <linux/neighbour.h>     // NDA_*, NUD_*, struct ndmsg
#include <linux/ipv6.h>          // DEVCONF_*, the positions in IFLA_INET6_CONF
#include <linux/netconf.h>       // NETCONFA_*, struct netconfmsg
#include <linux/net_namespace.h> // NETNSA_*
#include <linux/netlink.h>       // struct nlmsghdr, NLM_F_*, NETLINK_*
#include <linux/rtnetlink.h>     // RTM_*, RTA_*, struct rtmsg
#include <linux/veth.h>          // VETH_INFO_PEER

#include <linux/netfilter/nf_conntrack_common.h>    // IPS_*
#include <linux/netfilter/nfnetlink.h>              // struct nfgenmsg, NFNL_*
#include <linux/netfilter/nfnetlink_conntrack.h>    // CTA_*, IPCTNL_*

// The flags of CTA_FILTER_ORIG_FLAGS and CTA_FILTER_REPLY_FLAGS say which parts of a tuple to compare. They stand only
// in the kernel's source: include/net/netfilter/nf_conntrack_core.h and nf_conntrack_netlink.c, since Linux 5.8.
enum {
    CLINUX_CTA_FILTER_IP_SOURCE = 1 << 0,
    CLINUX_CTA_FILTER_IP_DESTINATION = 1 << 1,
    CLINUX_CTA_FILTER_PROTOCOL = 1 << 3,
    CLINUX_CTA_FILTER_SOURCE_PORT = 1 << 4,
    CLINUX_CTA_FILTER_DESTINATION_PORT = 1 << 5,
};

// Moves the calling thread alone into a new network namespace. Only with _GNU_SOURCE in sched.h, hence here.
int clinux_unshare_network(void);

// Moves the calling thread alone into the network namespace behind a descriptor.
int clinux_enter_network(int descriptor);

// The descriptor of the network namespace that the calling thread belongs in, where it may go to others and back; else -1.
// Swift has no variables of a thread.
int clinux_home_network(void);
void clinux_set_home_network(int descriptor);

// Mounts /proc anew, at no place, and returns a descriptor of it, or -1. The calls take strings that Swift's Glibc module
// leaves out.
int clinux_mount_proc(void);

// What can be told of an interface in no time.
struct clinux_glance {
    char name[16];
    bool is_up;
};

// Tells it of the interface with this number in the namespace of a socket; false without one. ioctl takes any number of
// arguments, and such calls are none for Swift.
bool clinux_glance(int socket, int32_t index, struct clinux_glance *glance);

// Whether a descriptor is of the kernel's file system of namespaces. Swift's Glibc module leaves sys/statfs.h out.
bool clinux_is_namespace(int descriptor);

// The name of an error number ("ENOENT"), or NULL. A GNU extension of string.h, hence here.
const char *clinux_error_name(int number);

// Receives one datagram and says which namespace it came from: its id as the socket's namespace knows it, or -1 for
// that namespace itself. Ancillary data are walked by macros that Swift cannot import, hence here.
ssize_t clinux_receive(int descriptor, void *buffer, size_t capacity, int flags, int32_t *namespace_id);

// What travels with a message of ICMPv6 beside its bytes.
struct clinux_icmpv6_envelope {
    uint8_t source[16];
    uint8_t destination[16]; // heeded when sending only
    int32_t interface;
    int32_t hop_limit; // told when receiving only; -1 where the kernel did not say
};

// Receives one message of a raw ICMPv6 socket that asked for IPV6_RECVPKTINFO and IPV6_RECVHOPLIMIT, without waiting.
ssize_t clinux_receive_icmpv6(int descriptor, void *buffer, size_t capacity, struct clinux_icmpv6_envelope *envelope);

// Sends one message from this address by this interface, without waiting.
ssize_t clinux_send_icmpv6(int descriptor, const void *message, size_t length,
                           const struct clinux_icmpv6_envelope *envelope);

#endif
