// Netlink messages in one buffer, and the sockets that carry them: as little as there can be between a program and the
// kernel.
#pragma once
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_nat.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <linux/veth.h>
#include <net/if.h>
#include <sched.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct buffer {
    char *bytes;
    size_t used, size;
    struct nlmsghdr *last;
    uint32_t sequence;
};

static inline void fail(const char *what, int error) {
    fprintf(stderr, "%s: %s\n", what, strerror(error));
    exit(1);
}

static inline double microseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1e6 + now.tv_nsec / 1e3;
}

static inline struct buffer buffer(size_t size) {
    struct buffer b = {.bytes = malloc(size), .size = size, .sequence = 1};
    return b;
}

static inline void *append(struct buffer *b, const void *data, size_t length) {
    size_t padded = (length + 3) & ~3ul;
    if (b->used + padded > b->size) fail("buffer", ENOMEM);
    char *at = b->bytes + b->used;
    memset(at, 0, padded);
    if (data) memcpy(at, data, length);
    b->used += padded;
    if (b->last) b->last->nlmsg_len = b->bytes + b->used - (char *)b->last;
    return at;
}

static inline void message(struct buffer *b, int type, int flags, const void *fixed, size_t length) {
    struct nlmsghdr header = {sizeof header, type, flags | NLM_F_REQUEST, b->sequence++, 0};
    b->last = NULL;
    b->last = append(b, &header, sizeof header);
    append(b, fixed, length);
}

static inline struct nlattr *put(struct buffer *b, int type, const void *data, size_t length) {
    struct nlattr header = {sizeof header + length, type};
    struct nlattr *at = append(b, &header, sizeof header);
    if (length) append(b, data, length);
    return at;
}

static inline void put32(struct buffer *b, int type, uint32_t value) { put(b, type, &value, 4); }
static inline void put_network32(struct buffer *b, int type, uint32_t value) { put32(b, type, htonl(value)); }
static inline void put_text(struct buffer *b, int type, const char *text) { put(b, type, text, strlen(text) + 1); }
static inline struct nlattr *nest(struct buffer *b, int type) { return put(b, type, NULL, 0); }
static inline void end(struct buffer *b, struct nlattr *nest) { nest->nla_len = b->bytes + b->used - (char *)nest; }

static inline int netlink(int protocol) {
    struct sockaddr_nl address = {.nl_family = AF_NETLINK};
    int one = 1, room = 32 << 20, fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, protocol);
    if (fd < 0 || bind(fd, (void *)&address, sizeof address)) fail("netlink", errno);
    setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &one, sizeof one);
    if (protocol == NETLINK_ROUTE) setsockopt(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, &one, sizeof one);
    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room);
    return fd;
}

// Sends what is in the buffer with one acknowledgement, of the message with this number, and empties it.
static inline void exchange(int fd, struct buffer *b, uint32_t last, const char *what) {
    static __thread char answer[65536];
    if (send(fd, b->bytes, b->used, 0) < 0) fail(what, errno);
    b->used = 0;
    b->last = NULL;
    for (;;) {
        ssize_t length = recv(fd, answer, sizeof answer, 0);
        if (length < 0) fail(what, errno);
        for (struct nlmsghdr *m = (void *)answer; NLMSG_OK(m, length); m = NLMSG_NEXT(m, length)) {
            if (m->nlmsg_type != NLMSG_ERROR) continue;
            struct nlmsgerr *error = NLMSG_DATA(m);
            if (error->error) fail(what, -error->error);
            if (m->nlmsg_seq == last) return;
        }
    }
}

static inline void commit(int fd, struct buffer *b, const char *what) {
    b->last->nlmsg_flags |= NLM_F_ACK;
    exchange(fd, b, b->last->nlmsg_seq, what);
}

// Reads a listing to its end and returns the number of its messages.
static inline long listing(int fd, struct buffer *b, const char *what) {
    static __thread char answer[65536];
    long count = 0;
    if (send(fd, b->bytes, b->used, 0) < 0) fail(what, errno);
    b->used = 0;
    b->last = NULL;
    for (;;) {
        ssize_t length = recv(fd, answer, sizeof answer, 0);
        if (length < 0) fail(what, errno);
        for (struct nlmsghdr *m = (void *)answer; NLMSG_OK(m, length); m = NLMSG_NEXT(m, length)) {
            if (m->nlmsg_type == NLMSG_DONE) return count;
            if (m->nlmsg_type == NLMSG_ERROR) fail(what, -((struct nlmsgerr *)NLMSG_DATA(m))->error);
            count++;
        }
    }
}

static inline int current_namespace(void) {
    int fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
    if (fd < 0) fail("namespace", errno);
    return fd;
}

static inline void enter(int namespace) {
    if (setns(namespace, CLONE_NEWNET)) fail("setns", errno);
}

struct samples {
    double *values;
    int count, size;
};

static inline void add_sample(struct samples *s, double value) {
    if (s->count == s->size) s->values = realloc(s->values, (s->size = s->size * 2 + 1024) * sizeof *s->values);
    s->values[s->count++] = value;
}

static inline int compare_samples(const void *a, const void *b) {
    double left = *(double *)a, right = *(double *)b;
    return (left > right) - (left < right);
}

static inline double quantile(struct samples *s, double part) {
    qsort(s->values, s->count, sizeof *s->values, compare_samples);
    return s->values[(int)(part * (s->count - 1) + 0.5)];
}
