import Addressing
import Testing

@testable import Netlink

@Suite struct RouteWireTests {
    @Test func `a default route has no destination, and says where its gateway is`() throws {
        let fixture: Fixture = """
            2c 00 00 00  // length 44
            18 00  // RTM_NEWROUTE
            01 05  // NLM_F_REQUEST, CREATE, REPLACE
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 00 00 00  // struct rtmsg: family 2, destination 0, source 0, tos 0
            fe 53 00 01  // table 254, protocol 83, scope universe, type unicast
            04 00 00 00  // flags RTNH_F_ONLINK
            08 00 04 00 07 00 00 00  // RTA_OIF 7
            08 00 05 00 cb 00 71 01  // RTA_GATEWAY 203.0.113.1
            """
        let hop = NextHop(gateway: try .of("203.0.113.1"), interface: 7, isOnLink: true)
        let route = Route(to: try .of("0.0.0.0/0"), .forward([hop]))
        #expect(Fixture { RouteRequest.replaceRoute(route).write(to: &$0) } == fixture)
        #expect(try fixture.body { (body) throws(NetlinkError) in try Route(message: body) } == route)
    }

    @Test func `a route on the link has the scope of the link, and a table beyond 255 an attribute`() throws {
        let fixture: Fixture = """
            44 00 00 00  // length 68
            18 00  // RTM_NEWROUTE
            01 05  // NLM_F_REQUEST, CREATE, REPLACE
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 18 00 00  // struct rtmsg: family 2, destination 24, source 0, tos 0
            00 53 fd 01  // table 0, protocol 83, scope link, type unicast
            00 00 00 00  // flags
            08 00 01 00 c6 33 64 00  // RTA_DST 198.51.100.0
            08 00 0f 00 e8 03 00 00  // RTA_TABLE 1000
            08 00 06 00 05 00 00 00  // RTA_PRIORITY 5
            08 00 07 00 cb 00 71 02  // RTA_PREFSRC 203.0.113.2
            08 00 04 00 07 00 00 00  // RTA_OIF 7
            """
        let route = Route(
            to: try .of("198.51.100.0/24"),
            .forward([NextHop(gateway: nil, interface: 7)]),
            table: .init(rawValue: 1000),
            metric: 5,
            preferredSource: try .of("203.0.113.2")
        )
        #expect(Fixture { RouteRequest.replaceRoute(route).write(to: &$0) } == fixture)
        #expect(try fixture.body { (body) throws(NetlinkError) in try Route(message: body) } == route)
    }

    @Test func `a local route stands in the table of the host's own addresses`() throws {
        let fixture: Fixture = """
            2c 00 00 00  // length 44
            18 00  // RTM_NEWROUTE
            01 05  // NLM_F_REQUEST, CREATE, REPLACE
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 20 00 00  // struct rtmsg: family 2, destination 32, source 0, tos 0
            ff 53 fe 02  // table 255, protocol 83, scope host, type local
            00 00 00 00  // flags
            08 00 01 00 cb 00 71 0a  // RTA_DST 203.0.113.10
            08 00 04 00 07 00 00 00  // RTA_OIF 7
            """
        let route = Route.local(try .of("203.0.113.10"), on: 7)
        #expect(Fixture { RouteRequest.replaceRoute(route).write(to: &$0) } == fixture)
        #expect(try fixture.body { (body) throws(NetlinkError) in try Route(message: body) } == route)
    }

    @Test func `several next hops stand in one attribute`() throws {
        let fixture: Fixture = """
            48 00 00 00  // length 72
            18 00  // RTM_NEWROUTE
            01 05  // NLM_F_REQUEST, CREATE, REPLACE
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            02 10 00 00  // struct rtmsg: family 2, destination 16, source 0, tos 0
            fe 53 00 01  // table 254, protocol 83, scope universe, type unicast
            00 00 00 00  // flags
            08 00 01 00 0a 09 00 00  // RTA_DST 10.9.0.0
            24 00 09 00  // RTA_MULTIPATH
            10 00 00 00 07 00 00 00  //   struct rtnexthop: length 16, flags 0, weight 1, index 7
            08 00 05 00 cb 00 71 05  //   RTA_GATEWAY 203.0.113.5
            10 00 00 02 08 00 00 00  //   struct rtnexthop: length 16, flags 0, weight 3, index 8
            08 00 05 00 cb 00 71 06  //   RTA_GATEWAY 203.0.113.6
            """
        let hops = [
            NextHop(gateway: try .of("203.0.113.5"), interface: 7),
            NextHop(gateway: try .of("203.0.113.6"), interface: 8, weight: 3),
        ]
        let route = Route(to: try .of("10.9.0.0/16"), .forward(hops))
        #expect(Fixture { RouteRequest.replaceRoute(route).write(to: &$0) } == fixture)
        #expect(try fixture.body { (body) throws(NetlinkError) in try Route(message: body) } == route)
    }

    @Test func `a route of IPv6 is deleted by what it is`() throws {
        let fixture: Fixture = """
            4c 00 00 00  // length 76
            19 00  // RTM_DELROUTE
            01 00  // NLM_F_REQUEST
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            0a 30 00 00  // struct rtmsg: family 10, destination 48, source 0, tos 0
            fe 53 00 01  // table 254, protocol 83, scope universe, type unicast
            00 00 00 00  // flags
            14 00 01 00 20 01 0d b8 00 09 00 00 00 00 00 00 00 00 00 00  // RTA_DST 2001:db8:9::
            08 00 04 00 07 00 00 00  // RTA_OIF 7
            14 00 05 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 99  // RTA_GATEWAY fe80::99
            """
        let route = Route.via(try .of("fe80::99"), on: 7, to: try .of("2001:db8:9::/48"))
        #expect(Fixture { RouteRequest.deleteRoute(route).write(to: &$0) } == fixture)
    }

    @Test func `the default metric of IPv6 is none`() throws {
        let fixture: Fixture = """
            64 00 00 00  // length 100
            18 00  // RTM_NEWROUTE
            02 00  // NLM_F_MULTI
            07 00 00 00 00 00 00 00  // sequence 7, port 0
            0a 30 00 00  // struct rtmsg: family 10, destination 48, source 0, tos 0
            fe 53 00 01  // table 254, protocol 83, scope universe, type unicast
            00 00 00 00  // flags
            08 00 0f 00 fe 00 00 00  // RTA_TABLE 254
            14 00 01 00 20 01 0d b8 00 09 00 00 00 00 00 00 00 00 00 00  // RTA_DST 2001:db8:9::
            08 00 06 00 00 04 00 00  // RTA_PRIORITY 1024, the default of IPv6
            14 00 05 00 fe 80 00 00 00 00 00 00 00 00 00 00 00 00 00 99  // RTA_GATEWAY fe80::99
            08 00 04 00 07 00 00 00  // RTA_OIF 7
            05 00 14 00 00 00 00 00  // RTA_PREF medium
            """
        let route = Route.via(try .of("fe80::99"), on: 7, to: try .of("2001:db8:9::/48"))
        #expect(try fixture.body { (body) throws(NetlinkError) in try Route(message: body) } == route)
    }
}
