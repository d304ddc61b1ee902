// What the room Nftables needs of C.
#ifndef CNFTNL_SHIM_H
#define CNFTNL_SHIM_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <netinet/in.h>                             // first: linux/in.h then leaves out what both define

#include <linux/netlink.h>                          // struct nlmsghdr, NLM_F_*
#include <linux/netfilter.h>                        // NFPROTO_*, NF_ACCEPT, NF_INET_*
#include <linux/netfilter/nf_conntrack_common.h>    // IPS_*, IP_CT_DIR_*
#include <linux/netfilter/nf_nat.h>                 // NF_NAT_RANGE_*
#include <linux/netfilter/nf_tables.h>              // NFT_*, NFTA_*
#include <linux/netfilter/nfnetlink.h>              // struct nfgenmsg, NFNL_*

#include <libnftnl/chain.h>                         // the objects, written by libnftnl
#include <libnftnl/common.h>
#include <libnftnl/expr.h>
#include <libnftnl/object.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <libnftnl/table.h>
#include <libnftnl/udata.h>                         // the numbers of what nft keeps in user data

// The attribute of a listed set that tells how many elements it holds: Linux/include/uapi/linux/netfilter/nf_tables.h, in
// kernels that are younger than the headers here. Older ones do not tell.
enum {
    CNFTNL_NFTA_SET_COUNT = 20,
};

// The bitwise operation "mask and flip". Its name is an enumerator in some headers of Linux 6.1 and a macro for a
// renamed one in others; Swift sees only enumerators.
static inline uint32_t cnftnl_bitwise_mask_and_flip(void)
{
    return NFT_BITWISE_BOOL;
}

#endif
