#define _GNU_SOURCE
#include "CLinux.h"

#include <linux/magic.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/uio.h>
#include <unistd.h>

int clinux_unshare_network(void)
{
    return unshare(CLONE_NEWNET);
}

int clinux_enter_network(int descriptor)
{
    return setns(descriptor, CLONE_NEWNET);
}

static _Thread_local int home_network = -1;

int clinux_home_network(void)
{
    return home_network;
}

void clinux_set_home_network(int descriptor)
{
    home_network = descriptor;
}

int clinux_mount_proc(void)
{
    int context = fsopen("proc", FSOPEN_CLOEXEC);
    if (context < 0)
        return -1;
    int mount = fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0 ? fsmount(context, FSMOUNT_CLOEXEC, 0) : -1;
    close(context);
    return mount;
}

bool clinux_glance(int socket, int32_t index, struct clinux_glance *glance)
{
    struct ifreq request = {.ifr_ifindex = index};
    if (ioctl(socket, SIOCGIFNAME, &request) != 0)
        return false;
    memcpy(glance->name, request.ifr_name, sizeof glance->name);
    if (ioctl(socket, SIOCGIFFLAGS, &request) != 0)
        return false;
    glance->is_up = request.ifr_flags & IFF_UP;
    return true;
}

bool clinux_is_namespace(int descriptor)
{
    struct statfs status;
    return fstatfs(descriptor, &status) == 0 && status.f_type == NSFS_MAGIC;
}

const char *clinux_error_name(int number)
{
    return strerrorname_np(number);
}

ssize_t clinux_receive(int descriptor, void *buffer, size_t capacity, int flags, int32_t *namespace_id)
{
    struct iovec piece = {.iov_base = buffer, .iov_len = capacity};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    ssize_t length = recvmsg(descriptor, &message, flags);
    *namespace_id = -1;
    if (length < 0)
        return length;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part))
        if (part->cmsg_level == SOL_NETLINK && part->cmsg_type == NETLINK_LISTEN_ALL_NSID)
            memcpy(namespace_id, CMSG_DATA(part), sizeof *namespace_id);
    return length;
}

ssize_t clinux_receive_icmpv6(int descriptor, void *buffer, size_t capacity, struct clinux_icmpv6_envelope *envelope)
{
    struct iovec piece = {.iov_base = buffer, .iov_len = capacity};
    struct sockaddr_in6 sender;
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(struct in6_pktinfo)) + CMSG_SPACE(sizeof(int))];
    } control;
    struct msghdr message = {
        .msg_name = &sender,
        .msg_namelen = sizeof sender,
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    ssize_t length = recvmsg(descriptor, &message, MSG_DONTWAIT);
    if (length < 0)
        return length;
    *envelope = (struct clinux_icmpv6_envelope){.hop_limit = -1};
    memcpy(envelope->source, &sender.sin6_addr, sizeof envelope->source);
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_level != IPPROTO_IPV6)
            continue;
        if (part->cmsg_type == IPV6_HOPLIMIT)
            memcpy(&envelope->hop_limit, CMSG_DATA(part), sizeof envelope->hop_limit);
        if (part->cmsg_type == IPV6_PKTINFO) {
            struct in6_pktinfo place;
            memcpy(&place, CMSG_DATA(part), sizeof place);
            envelope->interface = (int32_t)place.ipi6_ifindex;
        }
    }
    return length;
}

ssize_t clinux_send_icmpv6(int descriptor, const void *message, size_t length,
                           const struct clinux_icmpv6_envelope *envelope)
{
    struct iovec piece = {.iov_base = (void *)message, .iov_len = length};
    struct sockaddr_in6 receiver = {.sin6_family = AF_INET6, .sin6_scope_id = (uint32_t)envelope->interface};
    memcpy(&receiver.sin6_addr, envelope->destination, sizeof receiver.sin6_addr);
    struct in6_pktinfo place = {.ipi6_ifindex = (unsigned)envelope->interface};
    memcpy(&place.ipi6_addr, envelope->source, sizeof place.ipi6_addr);
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof place)];
    } control = {.header = {.cmsg_len = CMSG_LEN(sizeof place), .cmsg_level = IPPROTO_IPV6, .cmsg_type = IPV6_PKTINFO}};
    memcpy(CMSG_DATA(&control.header), &place, sizeof place);
    struct msghdr parcel = {
        .msg_name = &receiver,
        .msg_namelen = sizeof receiver,
        .msg_iov = &piece,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    return sendmsg(descriptor, &parcel, MSG_DONTWAIT | MSG_NOSIGNAL);
}
