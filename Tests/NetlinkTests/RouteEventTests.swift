import Addressing
import KernelTestSupport
import Netlink
import Testing

@Suite(.needsKernel, .tags(.kernel)) struct RouteEventTests {
    /// Waits for the first event that `choose` makes something of.
    private func first<Found>(
        _ events: inout RouteEvents,
        _ choose: (RouteEvent, NamespaceID?) -> Found?
    ) throws -> Found? {
        for _ in 0..<50 {
            guard case .events(let list) = try events.next(within: 100) else { continue }
            for (event, namespace) in list {
                if let found = choose(event, namespace) { return found }
            }
        }
        return nil
    }

    @Test func `someone else's changes are heard`() throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            var events = try router.perform { () throws(NetlinkError) in try RouteEvents() }
            try router.run("ip", "link", "add", "qg-1", "type", "veth", "peer", "name", "tap-1")
            try router.run("ip", "link", "set", "tap-1", "up")
            try router.run("ip", "link", "set", "qg-1", "up")
            try router.run("ip", "address", "add", "203.0.113.2/24", "dev", "qg-1")
            try router.run("ip", "route", "add", "10.0.0.0/8", "via", "203.0.113.1")
            try router.run("ip", "address", "delete", "203.0.113.2/24", "dev", "qg-1")
            try router.run("ip", "link", "delete", "qg-1")
            let prefix = try CIDR.of("203.0.113.2/24")
            let destination = try CIDR.of("10.0.0.0/8")
            let link = try first(&events) { event, _ in
                if case .link(let link) = event, link.name == "qg-1" { link } else { nil }
            }
            let address = try first(&events) { event, _ in
                if case .address(let address) = event, address.address == prefix { address } else { nil }
            }
            let route = try first(&events) { event, _ in
                if case .route(let route) = event, route.destination == destination { route } else { nil }
            }
            let gone = try first(&events) { event, _ in
                if case .addressDeleted(let address) = event, address.address == prefix { address } else { nil }
            }
            let linkGone = try first(&events) { event, _ in
                if case .linkDeleted(let link) = event, link.name == "qg-1" { link } else { nil }
            }
            #expect(link?.kind == "veth")
            #expect(address?.addsPrefixRoute == true)
            #expect(route?.origin == .boot)
            #expect(gone != nil)
            #expect(linkGone != nil)
        }
    }

    @Test func `one listener hears of all namespaces that a veth pair ties to its own`() throws {
        try ScratchNetwork.with { network in
            let node = try network.namespace("node")
            let router = try network.namespace("router")
            try network.connect(node, "tap-1", [], to: router, "qr-1", [])
            let id = try router.withNamespace { (namespace) throws(NetlinkError) in
                try node.withRoute { (route) throws(NetlinkError) in try route.id(of: namespace) }
            }
            var events = try node.perform { () throws(NetlinkError) in
                try RouteEvents([.addresses], fromAllNamespaces: true)
            }
            try router.run("ip", "address", "add", "10.7.0.1/24", "dev", "qr-1")
            let prefix = try CIDR.of("10.7.0.1/24")
            let heard = try first(&events) { event, namespace -> NamespaceID? in
                if case .address(let address) = event, address.address == prefix { namespace } else { nil }
            }
            #expect(heard != nil)
            #expect(heard == id)
        }
    }

    @Test func `quiet is quiet`() throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            var events = try router.perform { () throws(NetlinkError) in try RouteEvents([.routes]) }
            guard case .quiet = try events.next(within: 1) else {
                Issue.record("something was heard")
                return
            }
        }
    }
}
