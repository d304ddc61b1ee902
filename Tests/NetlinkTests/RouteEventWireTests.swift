import Addressing
import Glibc
import KernelTestSupport
import Testing

@testable import Netlink

@Suite struct RouteEventWireTests {
    @Test func `a parameter of forwarding that was set by itself is read`() throws {
        let fixture: Fixture = """
            24 00 00 00  // length 36
            50 00  // RTM_NEWNETCONF
            00 00  // no flags
            00 00 00 00 00 00 00 00  // sequence 0, port 0: asked for by nobody
            02 00 00 00  // struct netconfmsg: family 2
            08 00 01 00 ff ff ff ff  // NETCONFA_IFINDEX all
            08 00 02 00 00 00 00 00  // NETCONFA_FORWARDING 0
            """
        let parameter = try fixture.body { (body) throws(NetlinkError) in try ForwardingParameter(message: body) }
        #expect(parameter == .some(.forwarding(false)))
    }

    @Test func `what a new interface begins with is no setting`() throws {
        let fixture: Fixture = """
            2c 00 00 00  // length 44
            50 00  // RTM_NEWNETCONF
            00 00  // no flags
            00 00 00 00 00 00 00 00  // sequence 0, port 0
            02 00 00 00  // struct netconfmsg: family 2
            08 00 01 00 07 00 00 00  // NETCONFA_IFINDEX 7
            08 00 02 00 00 00 00 00  // NETCONFA_FORWARDING 0
            08 00 03 00 02 00 00 00  // NETCONFA_RP_FILTER 2
            """
        let parameter = try fixture.body { (body) throws(NetlinkError) in try ForwardingParameter(message: body) }
        #expect(parameter == .some(nil))
    }

    @Test func `what holds for later interfaces only is passed over`() throws {
        let fixture: Fixture = """
            24 00 00 00  // length 36
            50 00  // RTM_NEWNETCONF
            00 00  // no flags
            00 00 00 00 00 00 00 00  // sequence 0, port 0
            02 00 00 00  // struct netconfmsg: family 2
            08 00 01 00 fe ff ff ff  // NETCONFA_IFINDEX default
            08 00 03 00 01 00 00 00  // NETCONFA_RP_FILTER 1
            """
        let parameter = try fixture.body { (body) throws(NetlinkError) in try ForwardingParameter(message: body) }
        #expect(parameter == .some(nil))
    }

    @Test func `the end of a namespace is read`() throws {
        let fixture: Fixture = """
            1c 00 00 00  // length 28
            59 00  // RTM_DELNSID
            00 00  // no flags
            00 00 00 00 00 00 00 00  // sequence 0, port 0
            00 00 00 00  // struct rtgenmsg: family 0
            08 00 01 00 05 00 00 00  // NETNSA_NSID 5
            """
        let ended = try fixture.body { (body) throws(NetlinkError) in try NamespaceID(message: body) }
        #expect(ended == .some(NamespaceID(rawValue: 5)))
    }
}

/// What others do, and what this process does, as a listener for others' changes hears it.
@Suite(.needsKernel, .tags(.kernel)) struct OthersRouteEventTests {
    private func descriptions(_ events: inout RouteEvents, until last: (RouteEvent) -> Bool) throws -> [RouteEvent] {
        var heard: [RouteEvent] = []
        for _ in 0..<50 {
            guard case .events(let list) = try events.next(within: 100) else { continue }
            heard += list.map(\.event)
            if heard.contains(where: last) { return heard }
        }
        return heard
    }

    @Test func `its own addresses and routes are passed over, others' are heard`() throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            let peer = try network.namespace("peer")
            try network.connect(router, "qg-1", [], to: peer, "eth0", [])
            let index = try router.link("qg-1").index
            var events = try router.perform { () throws(NetlinkError) in
                try RouteEvents([.addresses, .routes], ofOthers: true)
            }
            // By the first socket of this process in the namespace, which is the one that bears its number.
            let own = InterfaceAddress(try .of("10.7.0.1/32"), on: index)
            try router.withRoute { (first) throws(NetlinkError) in try first.apply(.replaceAddress(own)) }
            try router.run("ip", "address", "add", "10.7.0.2/32", "dev", "qg-1")
            try router.run("ip", "route", "add", "192.0.2.0/24", "dev", "qg-1")
            try router.run("ip", "address", "add", "10.7.0.3/32", "dev", "qg-1")
            let end = try CIDR.of("10.7.0.3/32")
            let heard = try descriptions(&events) { event in
                if case .address(let address) = event { address.address == end } else { false }
            }
            let addresses = try ["10.7.0.2/32", "10.7.0.3/32"].map { try CIDR.of($0) }
            #expect(
                heard.compactMap { if case .address(let address) = $0 { address.address } else { nil } } == addresses
            )
            #expect(!heard.contains { if case .route = $0 { true } else { false } })
        }
    }

    @Test func `a wake-up ends the waiting`() throws {
        try ScratchNetwork.with { network in
            let router = try network.namespace("router")
            var events = try router.perform { () throws(NetlinkError) in try RouteEvents([.routes]) }
            let wakeUp = try WakeUp()
            wakeUp.give()
            guard case .quiet = try events.next(within: -1, or: wakeUp) else {
                Issue.record("something was heard")
                return
            }
        }
    }
}

@Suite(.needsKernel, .tags(.kernel)) struct NamespaceNameEventTests {
    @Test func `a name that is taken away is heard, and can be given to the living namespace again`() throws {
        let name = "slt\(getpid())-named"
        let namespace = try NetworkNamespace.create(named: name)
        defer { try? NetworkNamespace.delete(named: name) }
        var events = try NamespaceNameEvents()
        try NetworkNamespace.delete(named: name)
        var removed: [String] = []
        for _ in 0..<50 where !removed.contains(name) {
            if case .removed(let names) = try events.next(within: 100) { removed += names }
        }
        #expect(removed.contains(name))
        try namespace.attach(name: name)
        #expect(try NetworkNamespace.open(named: name).identity() == namespace.identity())
        #expect(throws: NetlinkError.self) { try namespace.attach(name: name) }
    }
}
