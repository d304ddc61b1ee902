#define _GNU_SOURCE
#include "CLinux.h"

#include <linux/magic.h>
#include <sched.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/statfs.h>
#include <sys/uio.h>

int clinux_unshare_network(void)
{
    return unshare(CLONE_NEWNET);
}

int clinux_enter_network(int descriptor)
{
    return setns(descriptor, CLONE_NEWNET);
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
