import Addressing
import KernelTestSupport
import Testing

@testable import Netlink

/// Requests for listings and the kernel's answers, as bytes.
///
/// A new socket numbers its requests from 1, which the answers bear. Source of the answers: what Linux 6.18 says.
@Suite struct ListingWireTests {
    /// What a new socket makes of these answers, and what it asked for them.
    private func ask<Result>(
        _ answers: Fixture...,
        by body: (inout RouteSocket) throws(NetlinkError) -> Result
    ) throws -> (result: Result, request: Fixture) {
        let kernel = try ScriptedKernel(answers: answers.map(\.bytes))
        var route = RouteSocket(try kernel.takeSocket())
        let result = try body(&route)
        return (result, Fixture(kernel.requests()))
    }

    private static let done: Fixture = """
        14 00 00 00  // length 20
        03 00 02 00  // NLMSG_DONE, NLM_F_MULTI
        01 00 00 00 00 00 00 00  // sequence 1, port 0
        00 00 00 00  // no error
        """

    @Test func `interfaces are listed without their counters`() throws {
        let request: Fixture = """
            28 00 00 00  // length 40
            12 00  // RTM_GETLINK
            01 03  // NLM_F_REQUEST, DUMP
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  // struct ifinfomsg: no family, any index
            08 00 1d 00 08 00 00 00  // IFLA_EXT_MASK RTEXT_FILTER_SKIP_STATS
            """
        let answer: Fixture = """
            60 00 00 00  // length 96
            10 00 02 00  // RTM_NEWLINK, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 01 00  // struct ifinfomsg: no family, type Ethernet
            02 00 00 00  // index 2
            43 10 01 00  // flags UP, BROADCAST, RUNNING, MULTICAST, LOWER_UP
            00 00 00 00  // change
            09 00 03 00 71 72 2d 31 00 00 00 00  // IFLA_IFNAME "qr-1"
            08 00 04 00 dc 05 00 00  // IFLA_MTU 1500
            0a 00 01 00 fa 16 3e 00 00 02 00 00  // IFLA_ADDRESS
            0d 00 14 00 72 6f 75 74 65 72 20 31 00 00 00 00  // IFLA_IFALIAS "router 1"
            08 00 1b 00 05 00 00 00  // IFLA_GROUP 5
            08 00 0a 00 03 00 00 00  // IFLA_MASTER 3
            """
        let (links, asked) = try ask(answer, Self.done) { (route) throws(NetlinkError) in try route.links() }
        #expect(asked == request)
        #expect(links.map(\.name) == ["qr-1"])
        #expect(links.first?.alias == "router 1" && links.first?.group == 5 && links.first?.master == 3)
    }

    @Test func `an interface is asked for by its name or its number`() throws {
        let byName: Fixture = """
            34 00 00 00  // length 52
            12 00 01 00  // RTM_GETLINK, NLM_F_REQUEST
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00  // struct ifinfomsg: no family, any index
            09 00 03 00 71 72 2d 31 00 00 00 00  // IFLA_IFNAME "qr-1"
            08 00 1d 00 08 00 00 00  // IFLA_EXT_MASK RTEXT_FILTER_SKIP_STATS
            """
        let byNumber: Fixture = """
            28 00 00 00  // length 40
            12 00 01 00  // RTM_GETLINK, NLM_F_REQUEST
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 00 00 07 00 00 00 00 00 00 00 00 00 00 00  // struct ifinfomsg: no family, index 7
            08 00 1d 00 08 00 00 00  // IFLA_EXT_MASK RTEXT_FILTER_SKIP_STATS
            """
        let answer: Fixture = """
            2c 00 00 00  // length 44
            10 00 00 00  // RTM_NEWLINK, no flags
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 01 00 07 00 00 00 00 00 00 00 00 00 00 00  // struct ifinfomsg: type Ethernet, index 7, down
            09 00 03 00 71 72 2d 31 00 00 00 00  // IFLA_IFNAME "qr-1"
            """
        let named = try ask(answer) { (route) throws(NetlinkError) in try route.link(named: "qr-1") }
        #expect(named.request == byName && named.result?.index == 7)
        let numbered = try ask(answer) { (route) throws(NetlinkError) in try route.link(7) }
        #expect(numbered.request == byNumber && numbered.result?.name == "qr-1" && numbered.result?.isUp == false)
    }

    @Test func `an interface that there is not is none`() throws {
        let answer: Fixture = """
            24 00 00 00  // length 36
            02 00 00 01  // NLMSG_ERROR, NLM_F_CAPPED
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            ed ff ff ff  // error -19, ENODEV
            28 00 00 00 12 00 01 00 01 00 00 00 00 00 00 00  // header of the request: length 40, RTM_GETLINK
            """
        let answered = try ask(answer) { (route) throws(NetlinkError) in try route.link(7) }
        #expect(answered.result == nil)
    }

    @Test func `addresses of both families are listed in one`() throws {
        let request: Fixture = """
            18 00 00 00  // length 24
            16 00 01 03  // RTM_GETADDR, NLM_F_REQUEST, DUMP
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 00 00 00 00 00 00  // struct ifaddrmsg: no family, any index
            """
        let answer: Fixture = """
            44 00 00 00  // length 68
            14 00 02 00  // RTM_NEWADDR, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 18 80 00 02 00 00 00  // struct ifaddrmsg: IPv4, prefix 24, permanent, scope universe, index 2
            08 00 01 00 0a 01 00 01  // IFA_ADDRESS 10.1.0.1
            08 00 02 00 0a 01 00 01  // IFA_LOCAL 10.1.0.1
            09 00 03 00 71 72 2d 31 00 00 00 00  // IFA_LABEL "qr-1"
            08 00 04 00 0a 01 00 ff  // IFA_BROADCAST 10.1.0.255
            08 00 08 00 80 00 00 00  // IFA_FLAGS PERMANENT
            34 00 00 00  // length 52
            14 00 02 00  // RTM_NEWADDR, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            0a 40 82 00 02 00 00 00  // struct ifaddrmsg: IPv6, prefix 64, permanent and not probed, index 2
            14 00 01 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 01  // IFA_ADDRESS 2001:db8::1
            08 00 08 00 82 00 00 00  // IFA_FLAGS PERMANENT, NODAD
            """
        let (addresses, asked) = try ask(answer, Self.done) { (route) throws(NetlinkError) in try route.addresses() }
        #expect(asked == request)
        #expect(addresses.map { "\($0.address) \($0.interface)" } == ["10.1.0.1/24 2", "2001:db8::1/64 2"])
    }

    @Test func `routes of one table and origin are listed, others are passed over`() throws {
        let request: Fixture = """
            1c 00 00 00  // length 28
            1a 00 01 03  // RTM_GETROUTE, NLM_F_REQUEST, DUMP
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00  // struct rtmsg: IPv4
            fe 53 00 00  // table main, protocol 83
            00 00 00 00  // flags
            """
        let answer: Fixture = """
            3c 00 00 00  // length 60
            18 00 22 00  // RTM_NEWROUTE, NLM_F_MULTI, DUMP_FILTERED
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 18 00 00 fe 53 00 01 00 00 00 00  // struct rtmsg: to 24 bits, table main, protocol 83, unicast
            08 00 0f 00 fe 00 00 00  // RTA_TABLE main
            08 00 01 00 c0 a8 07 00  // RTA_DST 192.168.7.0
            08 00 05 00 0a 01 00 0a  // RTA_GATEWAY 10.1.0.10
            08 00 04 00 02 00 00 00  // RTA_OIF 2
            34 00 00 00  // length 52
            18 00 22 00  // RTM_NEWROUTE
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 20 00 00 ff 53 fe 02 00 00 00 00  // struct rtmsg: to 32 bits, table local, protocol 83, local
            08 00 0f 00 ff 00 00 00  // RTA_TABLE local
            08 00 01 00 cb 00 71 0a  // RTA_DST 203.0.113.10
            08 00 04 00 02 00 00 00  // RTA_OIF 2
            """
        let (routes, asked) = try ask(answer, Self.done) { (route) throws(NetlinkError) in
            try route.routes(.v4, from: .sluice)
        }
        #expect(asked == request)
        #expect(routes == [.via(try .of("10.1.0.10"), on: 2, to: try .of("192.168.7.0/24"))])
    }

    @Test func `a table beyond 255 is asked for by an attribute, and empty where there is none`() throws {
        let request: Fixture = """
            24 00 00 00  // length 36
            1a 00 01 03  // RTM_GETROUTE, NLM_F_REQUEST, DUMP
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00 00 53 00 00 00 00 00 00  // struct rtmsg: IPv4, no table, protocol 83
            08 00 0f 00 6d 20 00 00  // RTA_TABLE 8301
            """
        let answer: Fixture = """
            38 00 00 00  // length 56
            03 00 22 02  // NLMSG_DONE, NLM_F_MULTI, DUMP_FILTERED, ACK_TLVS
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            fe ff ff ff  // error -2, ENOENT
            23 00 01 00  // NLMSGERR_ATTR_MSG
            69 70 76 34 3a 20 46 49 42 20 74 61 62 6c 65 20 64 6f  // "ipv4: FIB table do"
            65 73 20 6e 6f 74 20 65 78 69 73 74 00 00  // "es not exist"
            """
        let (routes, asked) = try ask(answer) { (route) throws(NetlinkError) in
            try route.routes(.v4, in: .init(rawValue: 8301), from: .sluice)
        }
        #expect(asked == request)
        #expect(routes == [])
    }

    @Test func `neighbours are listed by family, with one that has no hardware address`() throws {
        let request: Fixture = """
            1c 00 00 00  // length 28
            1e 00 01 03  // RTM_GETNEIGH, NLM_F_REQUEST, DUMP
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00 00 00 00 00 00 00 00 00  // struct ndmsg: IPv4, any index, no state, no flags
            """
        let answer: Fixture = """
            30 00 00 00  // length 48
            1c 00 02 00  // RTM_NEWNEIGH, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00 02 00 00 00 80 00 00 01  // struct ndmsg: IPv4, index 2, NUD_PERMANENT, unicast
            08 00 01 00 0a 01 00 4d  // NDA_DST 10.1.0.77
            0a 00 02 00 fa 16 3e 00 00 77 00 00  // NDA_LLADDR
            24 00 00 00  // length 36
            1c 00 02 00  // RTM_NEWNEIGH, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00 02 00 00 00 20 00 00 01  // struct ndmsg: IPv4, index 2, NUD_FAILED, unicast
            08 00 01 00 0a 01 00 4e  // NDA_DST 10.1.0.78
            """
        let (neighbours, asked) = try ask(answer, Self.done) { (route) throws(NetlinkError) in
            try route.neighbours(.v4)
        }
        #expect(asked == request)
        #expect(neighbours.map(\.address) == [try .of("10.1.0.77"), try .of("10.1.0.78")])
        #expect(neighbours.map(\.mac) == [try .of("fa:16:3e:00:00:77"), nil])
        #expect(neighbours.map(\.state.rawValue) == [0x80, 0x20])
    }

    @Test func `what is answered for is asked for by a flag`() throws {
        let request: Fixture = """
            1c 00 00 00  // length 28
            1e 00 01 03  // RTM_GETNEIGH, NLM_F_REQUEST, DUMP
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            0a 00 00 00 00 00 00 00 00 00 08 00  // struct ndmsg: IPv6, any index, no state, NTF_PROXY
            """
        let answer: Fixture = """
            30 00 00 00  // length 48
            1c 00 02 00  // RTM_NEWNEIGH, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            0a 00 00 00 02 00 00 00 00 00 08 01  // struct ndmsg: IPv6, index 2, no state, NTF_PROXY, unicast
            14 00 01 00 20 01 0d b8 00 00 00 00 00 00 00 00 00 00 00 10  // NDA_DST 2001:db8::10
            """
        let (proxies, asked) = try ask(answer, Self.done) { (route) throws(NetlinkError) in
            try route.neighbourProxies()
        }
        #expect(asked == request)
        #expect(proxies == [NeighbourProxy(try .of("2001:db8::10"), on: 2)])
    }

    @Test func `rules of routing are listed, the kernel's own passed over`() throws {
        let request: Fixture = """
            1c 00 00 00  // length 28
            22 00 01 03  // RTM_GETRULE, NLM_F_REQUEST, DUMP
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00 00 00 00 00 00 00 00 00  // struct fib_rule_hdr: IPv4
            """
        let answer: Fixture = """
            34 00 00 00  // length 52
            20 00 02 00  // RTM_NEWRULE, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00 ff 00 00 01 00 00 00 00  // struct fib_rule_hdr: IPv4, table local, action 1 (to a table)
            08 00 0f 00 ff 00 00 00  // FRA_TABLE local
            08 00 0e 00 ff ff ff ff  // FRA_SUPPRESS_PREFIXLEN: nothing
            05 00 15 00 02 00 00 00  // FRA_PROTOCOL kernel
            4c 00 00 00  // length 76
            20 00 02 00  // RTM_NEWRULE, NLM_F_MULTI
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            02 00 00 00 fc 00 00 01 00 00 00 00  // struct fib_rule_hdr: IPv4, a table beyond a byte
            08 00 0f 00 6d 20 00 00  // FRA_TABLE 8301
            08 00 0e 00 ff ff ff ff  // FRA_SUPPRESS_PREFIXLEN: nothing
            05 00 15 00 53 00 00 00  // FRA_PROTOCOL 83
            08 00 06 00 da 40 00 00  // FRA_PRIORITY 16602
            08 00 0a 00 6d 20 00 00  // FRA_FWMARK 8301
            08 00 10 00 ff ff ff ff  // FRA_FWMASK
            """
        let (rules, asked) = try ask(answer, Self.done) { (route) throws(NetlinkError) in
            try route.rules(from: .sluice)
        }
        #expect(asked == request)
        #expect(rules == [RoutingRule(priority: 16602, mark: 8301, table: .init(rawValue: 8301))])
    }

    @Test(arguments: [("05 00 00 00", 5), ("ff ff ff ff", nil)] as [(String, Int32?)])
    func `the number of a namespace is asked for by a hold on it`(number: String, id: Int32?) throws {
        let namespace = try NetworkNamespace.current()
        let hold = withUnsafeBytes(of: namespace.descriptor.rawValue) { [UInt8]($0) }
        let request: Fixture = """
            1c 00 00 00  // length 28
            5a 00 01 00  // RTM_GETNSID, NLM_F_REQUEST
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            00 00 00 00  // struct rtgenmsg: no family, padded
            08 00 03 00  // NETNSA_FD, and its number
            """
        let answer = Fixture(
            stringLiteral: """
                1c 00 00 00  // length 28
                58 00 00 00  // RTM_NEWNSID, no flags
                01 00 00 00 00 00 00 00  // sequence 1, port 0
                00 00 00 00  // struct rtgenmsg: no family, padded
                08 00 01 00 \(number)  // NETNSA_NSID, -1 for none
                """
        )
        let answered = try ask(answer) { (route) throws(NetlinkError) in try route.id(of: namespace) }
        #expect(answered.request == Fixture(request.bytes + hold))
        #expect(answered.result == id.map(NamespaceID.init(rawValue:)))
    }

    @Test func `the settings of all interfaces are asked for by family`() throws {
        let request: Fixture = """
            1c 00 00 00  // length 28
            52 00 01 00  // RTM_GETNETCONF, NLM_F_REQUEST
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            0a 00 00 00  // struct netconfmsg: IPv6, padded
            08 00 01 00 ff ff ff ff  // NETCONFA_IFINDEX -1, all
            """
        let answer: Fixture = """
            2c 00 00 00  // length 44
            50 00 00 00  // RTM_NEWNETCONF, no flags
            01 00 00 00 00 00 00 00  // sequence 1, port 0
            0a 00 00 00  // struct netconfmsg: IPv6, padded
            08 00 01 00 ff ff ff ff  // NETCONFA_IFINDEX -1, all
            08 00 02 00 01 00 00 00  // NETCONFA_FORWARDING 1
            08 00 05 00 00 00 00 00  // NETCONFA_PROXY_NEIGH 0
            """
        let answered = try ask(answer) { (route) throws(NetlinkError) in try route.namespaceSettings(.v6) }
        #expect(answered.request == request)
        #expect(answered.result?.forwarding == true && answered.result?.reversePathFilter == 0)
    }
}
