import Addressing
import KernelTestSupport
import Netlink
import Testing

@Suite(.needsKernel, .tags(.kernel)) struct AddressAndRouteTests {
    /// A namespace with one device, number 7, that has a carrier.
    private func withDevice(_ body: (ScratchNamespace) throws -> Void) throws {
        try ScratchNetwork.with { network in
            let node = try network.namespace("node")
            let router = try network.namespace("router")
            let pair = VethPair(host: .init(name: "tap-1"), peer: .init(name: "qg-1", index: 7))
            try router.withNamespace { (namespace) throws(NetlinkError) in
                try node.withRoute { (route) throws(NetlinkError) in
                    try route.createVethPairs([pair], peersIn: namespace)
                }
            }
            try router.withRoute { (route) throws(NetlinkError) in
                try route.apply(.configureLink(7, .routerInterface))
            }
            try body(router)
        }
    }

    private func apply(_ requests: [RouteRequest], in namespace: ScratchNamespace) throws {
        try namespace.withRoute { (route) throws(NetlinkError) in try route.apply(requests) }
    }

    private func addresses(of namespace: ScratchNamespace) throws -> Set<InterfaceAddress> {
        Set(try namespace.withRoute { (route) throws(NetlinkError) in try route.addresses(on: 7) })
    }

    private func routes(
        _ version: IPVersion,
        in table: Route.Table = .main,
        from origin: Route.Origin? = .sluice,
        of namespace: ScratchNamespace
    ) throws -> Set<Route> {
        Set(
            try namespace.withRoute { (route) throws(NetlinkError) in
                try route.routes(version, in: table, from: origin)
            }
        )
    }

    @Test func `addresses of both families are listed as they were added`() throws {
        try withDevice { router in
            let wanted: [InterfaceAddress] = [
                InterfaceAddress(try .of("203.0.113.2/24"), on: 7),
                InterfaceAddress(try .of("203.0.113.10/32"), on: 7),
                InterfaceAddress(try .of("198.51.100.1/25"), on: 7, addsPrefixRoute: false),
                InterfaceAddress(try .of("2001:db8::1/64"), on: 7),
                InterfaceAddress(try .of("fe80::1/64"), on: 7),
            ]
            try apply(wanted.map(RouteRequest.replaceAddress), in: router)
            #expect(try addresses(of: router) == Set(wanted))
            expectGolden(try shown(by: router), "addresses.txt")
        }
    }

    @Test func `an IPv6 address is used at once`() throws {
        try withDevice { router in
            try apply([.replaceAddress(InterfaceAddress(.of("2001:db8::1/64"), on: 7))], in: router)
            #expect(try !router.run("ip", "-6", "address", "show", "dev", "qg-1").contains("tentative"))
        }
    }

    @Test func `adding or deleting an address twice is doing it once`() throws {
        try withDevice { router in
            let address = InterfaceAddress(try .of("203.0.113.10/32"), on: 7)
            try apply([.replaceAddress(address), .replaceAddress(address)], in: router)
            #expect(try addresses(of: router) == [address])
            try apply([.deleteAddress(address), .deleteAddress(address)], in: router)
            #expect(try addresses(of: router).isEmpty)
        }
    }

    @Test func `each refused request is named, and the others are carried out`() throws {
        try withDevice { router in
            let good = InterfaceAddress(try .of("203.0.113.2/24"), on: 7)
            let bad = InterfaceAddress(try .of("203.0.113.3/24"), on: 99)
            let error = #expect(throws: NetlinkError.self) {
                try apply([.replaceAddress(bad), .replaceAddress(good), .replaceAddress(bad)], in: router)
            }
            #expect(refusals(error).map(\.index) == [0, 2])
            #expect(refusals(error).map(\.error) == [.noDevice, .noDevice])
            #expect(refusals(error).first?.request == "add address 203.0.113.3/24 to interface 99")
            #expect(try addresses(of: router) == [good])
        }
    }

    @Test func `three thousand addresses are added in a few calls and listed in one`() throws {
        try withDevice { router in
            let first = IPv4Address(10, 1, 0, 1)
            let wanted = (0..<3000).map { InterfaceAddress(CIDR(host: .v4(first + $0)), on: 7) }
            try apply(wanted.map(RouteRequest.replaceAddress), in: router)
            #expect(try addresses(of: router) == Set(wanted))
        }
    }

    @Test func `deleting a thousand addresses that are gone is no error`() throws {
        try withDevice { router in
            let first = IPv4Address(10, 1, 0, 1)
            let gone = (0..<1000).map { InterfaceAddress(CIDR(host: .v4(first + $0)), on: 7) }
            try apply(gone.map(RouteRequest.deleteAddress), in: router)
        }
    }

    @Test func `our routes are told from the kernel's and the administrator's`() throws {
        try withDevice { router in
            let gateway = IPAddress.v4(.init(203, 0, 113, 1))
            let wanted: Set<Route> = [
                .via(gateway, on: 7, to: try .of("0.0.0.0/0")),
                .onLink(try .of("198.51.100.0/24"), on: 7),
                .via(try .of("203.0.113.9"), on: 7, to: try .of("10.9.0.0/16")),
                Route(to: try .of("10.66.0.0/16"), .blackhole),
                Route(to: try .of("10.67.0.0/16"), .unreachable, metric: 50),
            ]
            try apply([.replaceAddress(InterfaceAddress(.of("203.0.113.2/24"), on: 7))], in: router)
            try router.run("ip", "route", "add", "10.1.0.0/16", "via", "203.0.113.5")
            try apply(wanted.map(RouteRequest.replaceRoute), in: router)
            #expect(try routes(.v4, of: router) == wanted)
            #expect(try routes(.v4, from: nil, of: router).count == wanted.count + 2)
            expectGolden(try router.run("ip", "-4", "route", "show", "table", "main"), "routes.txt")
        }
    }

    @Test func `a route over several next hops is one route`() throws {
        try withDevice { router in
            var hops = [
                NextHop(gateway: try .of("203.0.113.5"), interface: 7),
                NextHop(gateway: try .of("203.0.113.6"), interface: 7, weight: 3),
            ]
            let destination = try CIDR.of("10.9.0.0/16")
            try apply([.replaceAddress(InterfaceAddress(.of("203.0.113.2/24"), on: 7))], in: router)
            try apply([.replaceRoute(Route(to: destination, .forward(hops)))], in: router)
            #expect(try routes(.v4, of: router) == [Route(to: destination, .forward(hops))])
            // Replacing keeps one route to the destination.
            hops.removeFirst()
            hops[0].weight = 1
            try apply([.replaceRoute(Route(to: destination, .forward(hops)))], in: router)
            #expect(try routes(.v4, of: router) == [Route(to: destination, .forward(hops))])
        }
    }

    @Test func `a gateway outside every network is reached on the link`() throws {
        try withDevice { router in
            let hop = NextHop(gateway: try .of("192.0.2.1"), interface: 7, isOnLink: true)
            let route = Route(to: try .of("0.0.0.0/0"), .forward([hop]))
            try apply(
                [.replaceAddress(InterfaceAddress(.of("203.0.113.2/32"), on: 7)), .replaceRoute(route)],
                in: router
            )
            #expect(try routes(.v4, of: router) == [route])
        }
    }

    @Test func `a local route stands in the local table and needs no address`() throws {
        try withDevice { router in
            let route = Route.local(try .of("203.0.113.10"), on: 7)
            try apply([.replaceRoute(route), .replaceRoute(route)], in: router)
            #expect(try routes(.v4, in: .local, of: router) == [route])
            #expect(try addresses(of: router).isEmpty)
            #expect(router.pings(try .of("203.0.113.10")))
            try apply([.deleteRoute(route), .deleteRoute(route)], in: router)
            #expect(try routes(.v4, in: .local, of: router).isEmpty)
        }
    }

    @Test func `routes of IPv6 are listed as they were added`() throws {
        try withDevice { router in
            let wanted: Set<Route> = [
                .via(try .of("fe80::99"), on: 7, to: try .of("::/0")),
                .via(try .of("2001:db8::9"), on: 7, to: try .of("2001:db8:9::/48")),
                Route(
                    to: try .of("2001:db8:a::/48"),
                    .forward([
                        NextHop(gateway: try .of("2001:db8::5"), interface: 7),
                        NextHop(gateway: try .of("2001:db8::6"), interface: 7),
                    ])
                ),
            ]
            try apply([.replaceAddress(InterfaceAddress(.of("2001:db8::1/64"), on: 7))], in: router)
            try apply(wanted.map(RouteRequest.replaceRoute), in: router)
            #expect(try routes(.v6, of: router) == wanted)
            try apply(wanted.map(RouteRequest.deleteRoute), in: router)
            #expect(try routes(.v6, of: router).isEmpty)
        }
    }

    @Test func `a table beyond 255 is written, listed and empty before`() throws {
        try withDevice { router in
            let table = Route.Table(rawValue: 1000)
            #expect(try routes(.v4, in: table, of: router).isEmpty)
            let route = Route(
                to: try .of("10.0.0.0/8"),
                .forward([NextHop(gateway: nil, interface: 7)]),
                table: table,
                metric: 5,
                preferredSource: try .of("203.0.113.2")
            )
            try apply(
                [.replaceAddress(InterfaceAddress(.of("203.0.113.2/24"), on: 7)), .replaceRoute(route)],
                in: router
            )
            #expect(try routes(.v4, in: table, of: router) == [route])
        }
    }

    @Test func `the routes of one origin are listed from all tables and of both families`() throws {
        try withDevice { router in
            var wanted: Set<Route> = [
                .via(try .of("203.0.113.1"), on: 7, to: try .of("0.0.0.0/0")),
                .via(try .of("fe80::99"), on: 7, to: try .of("::/0")),
                .local(try .of("203.0.113.10"), on: 7),
            ]
            var elsewhere = Route.via(try .of("203.0.113.1"), on: 7, to: try .of("10.8.0.0/16"))
            elsewhere.table = .init(rawValue: 8301)
            wanted.insert(elsewhere)
            let addresses = [
                InterfaceAddress(try .of("203.0.113.2/24"), on: 7), InterfaceAddress(try .of("2001:db8::1/64"), on: 7),
            ]
            try apply(addresses.map(RouteRequest.replaceAddress), in: router)
            try router.run("ip", "route", "add", "10.1.0.0/16", "via", "203.0.113.5")
            try apply(wanted.map(RouteRequest.replaceRoute), in: router)
            let listed = try router.withRoute { (route) throws(NetlinkError) in try route.routes(from: .sluice) }
            #expect(Set(listed) == wanted)
            #expect(listed.count == wanted.count)
        }
    }

    @Test func `an unreachable gateway is refused with the kernel's own words`() throws {
        try withDevice { router in
            let route = Route.via(try .of("192.0.2.1"), to: try .of("0.0.0.0/0"))
            let error = #expect(throws: NetlinkError.self) { try apply([.replaceRoute(route)], in: router) }
            #expect(refusals(error).first?.explanation == "Nexthop has invalid gateway")
        }
    }

    @Test func `a neighbour entered by hand is listed and deleted`() throws {
        try withDevice { router in
            let neighbour = Neighbour(try .of("203.0.113.77"), at: try .of("fa:16:3e:00:00:77"), on: 7)
            try apply([.replaceNeighbour(neighbour)], in: router)
            let list = try router.withRoute { (route) throws(NetlinkError) in try route.neighbours(.v4) }
            #expect(list.contains(neighbour))
            try apply([.deleteNeighbour(neighbour), .deleteNeighbour(neighbour)], in: router)
            let rest = try router.withRoute { (route) throws(NetlinkError) in try route.neighbours(.v4) }
            #expect(!rest.contains { $0.address == neighbour.address && $0.mac != nil })
        }
    }

    private func shown(by router: ScratchNamespace) throws -> String {
        try router.run("ip", "address", "show", "dev", "qg-1").split(separator: "\n")
            .map { $0.trimmingPrefix { $0 == " " } }
            .filter { $0.hasPrefix("inet") }
            .joined(separator: "\n") + "\n"
    }
}
