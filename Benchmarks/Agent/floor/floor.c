// What the kernel itself needs for the work of the agent: each row of the benchmark in the fewest and cheapest requests
// that are known, encoded beforehand or in no time. Prints names and numbers; times are in microseconds.
//
// It works in the network namespace that it is started in, and leaves names in /run/netns.
#include "router.h"
#include <pthread.h>

static int node, inside[BRIDGES_INSIDE], outside[BRIDGES_OUTSIDE];

static void make_bridges(void) {
    struct buffer b = buffer(65536);
    int fd = netlink(NETLINK_ROUTE);
    node = current_namespace();
    for (int i = 0; i < BRIDGES_INSIDE + BRIDGES_OUTSIDE; i++) {
        char name[16];
        bool in = i < BRIDGES_INSIDE;
        snprintf(name, sizeof name, in ? "in%d" : "out%d", in ? i : i - BRIDGES_INSIDE);
        bridge(&b, name);
        commit(fd, &b, "bridge");
        *(in ? &inside[i] : &outside[i - BRIDGES_INSIDE]) = if_nametoindex(name);
    }
}

// The calling thread must be in the node's namespace, where the socket is from; it comes back there.
static struct router make_router(int number, int floating_count, int socket, struct buffer *b) {
    char path[64], name[16], host[16];
    struct router r;
    snprintf(path, sizeof path, "/run/netns/floor-%d", number);
    close(open(path, O_RDONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0));
    if (unshare(CLONE_NEWNET)) fail("unshare", errno);
    if (mount("/proc/thread-self/ns/net", path, "none", MS_BIND, NULL)) fail("mount", errno);
    r.namespace = current_namespace();
    r.route = netlink(NETLINK_ROUTE);
    r.table = netlink(NETLINK_NETFILTER);
    batch_edge(b, NFNL_MSG_BATCH_BEGIN);
    ruleset(b);
    floating_elements(b, NFT_MSG_NEWSETELEM, 0, floating_count);
    struct nlattr *list = elements(b, NFT_MSG_NEWSETELEM, "gateway");
    char device[16] = "";
    snprintf(device, sizeof device, "qg-%d", number);
    uint32_t own = htonl(0xac100002u + number);
    element(b, device, 16, &own, 4);
    end(b, list);
    commit_batch(r.table, b, "table");
    enter(node);
    for (int out = 0; out < 2; out++) {
        uint8_t mac[6] = {0xfa, 0x16, 0x3e, number >> 8, number, out};
        snprintf(host, sizeof host, "tap%c-%d", out ? 'g' : 'r', number);
        snprintf(name, sizeof name, "q%c-%d", out ? 'g' : 'r', number);
        int master = out ? outside[number % BRIDGES_OUTSIDE] : inside[number % BRIDGES_INSIDE];
        veth(b, host, master, r.namespace, name, 2 + out, mac);
    }
    commit(socket, b, "devices");
    link_up(b, 1);
    configure(b, 2);
    configure(b, 3);
    address(b, RTM_NEWADDR, 2, htonl(0x0a000001), 24);
    address(b, RTM_NEWADDR, 3, own, 12);
    bool routes = floating_count > 1000;
    for (int i = 0; i < floating_count; i++) {
        if (routes) local_route(b, RTM_NEWROUTE, 3, floating(i));
        else address(b, RTM_NEWADDR, 3, floating(i), 32);
    }
    default_route(b, htonl(0xac100001), 3);
    commit(r.route, b, "addresses");
    return r;
}

struct work {
    int first, step, count, floating_count;
    struct router *routers;
};

static pthread_barrier_t start;

static void *make_some(void *argument) {
    struct work *w = argument;
    struct buffer b = buffer(16 << 20);
    enter(node);
    int socket = netlink(NETLINK_ROUTE);
    pthread_barrier_wait(&start);
    for (int i = w->first; i < w->count; i += w->step) w->routers[i] = make_router(i, w->floating_count, socket, &b);
    return NULL;
}

static double in_threads(int threads, void *(*body)(void *), int count, int floating_count, struct router *routers) {
    pthread_t handles[threads];
    struct work works[threads];
    pthread_barrier_init(&start, NULL, threads + 1);
    for (int i = 0; i < threads; i++) {
        works[i] = (struct work){i, threads, count, floating_count, routers};
        pthread_create(&handles[i], NULL, body, &works[i]);
    }
    pthread_barrier_wait(&start);
    double begun = microseconds();
    for (int i = 0; i < threads; i++) pthread_join(handles[i], NULL);
    return microseconds() - begun;
}

static void dump(int fd, struct buffer *b, int type, const void *fixed, size_t length, const char *set) {
    message(b, type, NLM_F_DUMP, fixed, length);
    if (set) {
        put_text(b, NFTA_SET_ELEM_LIST_TABLE, TABLE);
        put_text(b, NFTA_SET_ELEM_LIST_SET, set);
    }
    listing(fd, b, "listing");
}

static void *read_some(void *argument) {
    struct work *w = argument;
    struct buffer b = buffer(65536);
    pthread_barrier_wait(&start);
    for (int i = w->first; i < w->count; i += w->step) {
        struct ifinfomsg links = {0};
        struct ifaddrmsg addresses = {.ifa_family = AF_INET};
        struct rtmsg routes = {.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN};
        struct nfgenmsg tables = {.nfgen_family = NFPROTO_IPV4};
        int elements = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETSETELEM;
        enter(w->routers[i].namespace);
        int route = netlink(NETLINK_ROUTE), table = netlink(NETLINK_NETFILTER);
        dump(route, &b, RTM_GETLINK, &links, sizeof links, NULL);
        dump(route, &b, RTM_GETADDR, &addresses, sizeof addresses, NULL);
        dump(route, &b, RTM_GETROUTE, &routes, sizeof routes, NULL);
        dump(table, &b, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETRULE, &tables, sizeof tables, NULL);
        dump(table, &b, elements, &tables, sizeof tables, "fip_dnat");
        dump(table, &b, elements, &tables, sizeof tables, "fip_snat");
        dump(table, &b, elements, &tables, sizeof tables, "port_forward");
        w->routers[i].route = route;
        w->routers[i].table = table;
    }
    enter(node);
    return NULL;
}

static void cold(int count, int floating_count, int threads) {
    struct router *routers = calloc(count, sizeof *routers);
    printf("wall_us %f\n", in_threads(threads, make_some, count, floating_count, routers));
}

static void warm(int count, int floating_count, int threads) {
    struct router *routers = calloc(count, sizeof *routers);
    struct buffer b = buffer(65536);
    struct ifinfomsg links = {0};
    int socket = netlink(NETLINK_ROUTE);
    in_threads(threads, make_some, count, floating_count, routers);
    for (int i = 0; i < count; i++) {
        close(routers[i].route);
        close(routers[i].table);
    }
    double begun = microseconds();
    dump(socket, &b, RTM_GETLINK, &links, sizeof links, NULL);
    double host = microseconds() - begun;
    printf("wall_us %f\n", host + in_threads(threads, read_some, count, floating_count, routers));
}

static void router(int count) {
    struct samples times = {0};
    struct buffer b = buffer(1 << 20);
    int socket = netlink(NETLINK_ROUTE);
    for (int i = 0; i < count; i++) {
        double begun = microseconds();
        make_router(i, 1, socket, &b);
        add_sample(&times, microseconds() - begun);
    }
    printf("p50_us %f\np99_us %f\n", quantile(&times, 0.5), quantile(&times, 0.99));
}

// One floating IP more and less, where so many are present.
static void change(int present, int count) {
    struct samples additions = {0}, removals = {0};
    struct buffer b = buffer(32 << 20);
    struct router r = make_router(0, present, netlink(NETLINK_ROUTE), &b);
    bool routes = present > 1000;
    double begun = microseconds();
    for (int i = 0; i < count; i++) {
        for (int adds = 1; adds >= 0; adds--) {
            int which = present + 1 + i % 50;
            double at = microseconds();
            batch_edge(&b, NFNL_MSG_BATCH_BEGIN);
            floating_elements(&b, adds ? NFT_MSG_NEWSETELEM : NFT_MSG_DELSETELEM, which, 1);
            commit_batch(r.table, &b, "elements");
            if (routes) local_route(&b, adds ? RTM_NEWROUTE : RTM_DELROUTE, 3, floating(which));
            else address(&b, adds ? RTM_NEWADDR : RTM_DELADDR, 3, floating(which), 32);
            commit(r.route, &b, "address");
            add_sample(adds ? &additions : &removals, microseconds() - at);
        }
    }
    printf("changes_per_second %f\n", 2e6 * count / (microseconds() - begun));
    printf("add_p50_us %f\nadd_p99_us %f\n", quantile(&additions, 0.5), quantile(&additions, 0.99));
    printf("remove_p50_us %f\nremove_p99_us %f\n", quantile(&removals, 0.5), quantile(&removals, 0.99));
}

// A router with so many floating IPs, from nothing.
static void bulk(int count) {
    struct buffer b = buffer(32 << 20);
    int socket = netlink(NETLINK_ROUTE);
    double begun = microseconds();
    make_router(0, count, socket, &b);
    printf("wall_us %f\n", microseconds() - begun);
}

// A router with so many port forwardings, a thousand of each floating IP, from nothing.
static void forwardings(int count) {
    struct buffer b = buffer(32 << 20);
    int socket = netlink(NETLINK_ROUTE);
    double begun = microseconds();
    struct router r = make_router(0, 0, socket, &b);
    batch_edge(&b, NFNL_MSG_BATCH_BEGIN);
    for (int first = 0; first < count; first += 1000) {
        struct nlattr *list = elements(&b, NFT_MSG_NEWSETELEM, "port_forward");
        for (int i = first; i < count && i < first + 1000; i++) {
            struct { uint32_t address; uint8_t transport[4]; uint16_t port[2]; } key = {
                floating(i / 1000), {6}, {htons(1024 + i % 1000)}};
            struct { uint32_t address; uint16_t port[2]; } to = {fixed(i % 200), {htons(22)}};
            element(&b, &key, sizeof key, &to, sizeof to);
        }
        end(&b, list);
    }
    commit_batch(r.table, &b, "elements");
    for (int i = 0; i * 1000 < count; i++) address(&b, RTM_NEWADDR, 3, floating(i), 32);
    commit(r.route, &b, "addresses");
    printf("wall_us %f\n", microseconds() - begun);
}

static struct nlattr *tuple(struct buffer *b, int type, uint32_t source, uint32_t destination, int from, int to) {
    struct nlattr *whole = nest(b, type | NLA_F_NESTED), *addresses = nest(b, CTA_TUPLE_IP | NLA_F_NESTED);
    if (source) put32(b, CTA_IP_V4_SRC, source);
    put32(b, CTA_IP_V4_DST, destination);
    end(b, addresses);
    if (from) {
        struct nlattr *protocol = nest(b, CTA_TUPLE_PROTO | NLA_F_NESTED);
        uint8_t udp = 17;
        uint16_t ports[] = {htons(from), htons(to)};
        put(b, CTA_PROTO_NUM, &udp, 1);
        put(b, CTA_PROTO_SRC_PORT, &ports[0], 2);
        put(b, CTA_PROTO_DST_PORT, &ports[1], 2);
        end(b, protocol);
    }
    end(b, whole);
    return whole;
}

// Tracked connections in the namespace of this path, ten of each floating IP.
static void fill(const char *path, int count) {
    struct buffer b = buffer(1 << 20);
    struct nfgenmsg fixed_part = {.nfgen_family = AF_INET};
    if (path) enter(open(path, O_RDONLY | O_CLOEXEC));
    int fd = netlink(NETLINK_NETFILTER);
    for (int i = 0; i < count; i++) {
        uint32_t client = htonl(0xc6120000u + i % 10), to = floating(i / 10), server = fixed(i / 10);
        message(&b, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_NEW, NLM_F_CREATE | NLM_F_EXCL, &fixed_part,
                sizeof fixed_part);
        tuple(&b, CTA_TUPLE_ORIG, client, to, 1024 + i % 10, 80);
        tuple(&b, CTA_TUPLE_REPLY, server, client, 80, 1024 + i % 10);
        put_network32(&b, CTA_TIMEOUT, 600);
        if (i % 200 == 199 || i == count - 1) commit(fd, &b, "connections");
    }
}

// The connections of one floating IP out of so many: those to it, and those that left with it.
static void connections(int count, int repetitions) {
    struct samples times = {0};
    struct buffer b = buffer(1 << 20);
    struct nfgenmsg fixed_part = {.nfgen_family = AF_INET};
    if (unshare(CLONE_NEWNET)) fail("unshare", errno);
    int fd = netlink(NETLINK_NETFILTER);
    fill(NULL, count);
    for (int i = 0; i < repetitions; i++) {
        double begun = microseconds();
        for (int reply = 0; reply < 2; reply++) {
            message(&b, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_DELETE, 0, &fixed_part, sizeof fixed_part);
            tuple(&b, reply ? CTA_TUPLE_REPLY : CTA_TUPLE_ORIG, 0, floating(i), 0, 0);
            struct nlattr *filter = nest(&b, CTA_FILTER | NLA_F_NESTED);
            put32(&b, CTA_FILTER_ORIG_FLAGS, reply ? 0 : 2);
            put32(&b, CTA_FILTER_REPLY_FLAGS, reply ? 2 : 0);
            end(&b, filter);
            commit(fd, &b, "end connections");
        }
        add_sample(&times, microseconds() - begun);
    }
    printf("p50_us %f\np99_us %f\n", quantile(&times, 0.5), quantile(&times, 0.99));
}

// Says when addresses came to or left the interfaces of the namespace of this path, by the clock that only goes on.
static void watch(const char *path) {
    struct sockaddr_nl group = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR | RTMGRP_IPV4_ROUTE};
    char news[65536];
    enter(open(path, O_RDONLY | O_CLOEXEC));
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd < 0 || bind(fd, (void *)&group, sizeof group)) fail("watch", errno);
    printf("ready\n");
    fflush(stdout);
    while (recv(fd, news, sizeof news, 0) > 0) {
        printf("%.0f\n", microseconds() * 1000);
        fflush(stdout);
    }
}

int main(int count, char **arguments) {
    int n[4] = {0};
    const char *row = count > 1 ? arguments[1] : "";
    for (int i = 2; i < count && i < 6; i++) n[i - 2] = atoi(arguments[i]);
    dup2(0, 65000);  // A table of descriptors that grows in a process of several threads stops them all.
    close(65000);
    if (!strcmp(row, "fill")) return fill(arguments[2], n[1]), 0;
    if (!strcmp(row, "watch")) return watch(arguments[2]), 0;
    make_bridges();
    if (!strcmp(row, "cold")) cold(n[0], n[1], n[2]);
    else if (!strcmp(row, "warm")) warm(n[0], n[1], n[2]);
    else if (!strcmp(row, "router")) router(n[0]);
    else if (!strcmp(row, "change")) change(n[0], n[1]);
    else if (!strcmp(row, "bulk")) bulk(n[0]);
    else if (!strcmp(row, "forwardings")) forwardings(n[0]);
    else if (!strcmp(row, "connections")) connections(n[0], n[1]);
    else return fprintf(stderr, "floor cold N F THREADS | warm N F THREADS | router N | change PRESENT N | bulk N | "
                                "forwardings N | connections N REPETITIONS | fill PATH N | watch PATH\n"), 64;
    return 0;
}
