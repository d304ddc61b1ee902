import Addressing
import ResourceModel
import Testing

@testable import AgentService
@testable import Netlink

@Suite struct RouterWhereaboutsTests {
    private let namespace = NamespaceID(rawValue: 7)
    private let gone = RouteEvent.addressDeleted(InterfaceAddress(Samples.cidr("10.1.0.1/24"), on: 2))
    private let heard = RouterWhereabouts.Heard(
        router: Samples.router,
        change: .addressGone(Samples.cidr("10.1.0.1/24"))
    )

    /// The end on the node of a device whose other end is in the namespace.
    private func hostEnd(in bridge: Int32? = 5, alias: String? = nil) -> Link {
        Link(
            index: 30,
            name: KernelNames.hostEnd(Samples.redPort),
            kind: "veth",
            master: bridge.map(InterfaceIndex.init(rawValue:)),
            peer: 2,
            peerNamespace: namespace,
            mac: nil,
            mtu: 1500,
            isUp: true,
            hasCarrier: true,
            alias: alias ?? KernelNames.note(ofHostEndIn: Samples.router),
            group: 0,
            ipv4: nil,
            ipv6AddressGeneration: nil,
            proxiesNeighbours: false
        )
    }

    @Test func `what happens in a router's namespace is known by the ends of its devices`() {
        var whereabouts = RouterWhereabouts()
        #expect(whereabouts.learn([hostEnd()]) == [])
        #expect(whereabouts.take(gone, in: namespace) == [heard])
        #expect(whereabouts.take(gone, in: nil) == [])
    }

    @Test func `rules of routing that others made for themselves are no concern of ours`() {
        var whereabouts = RouterWhereabouts()
        _ = whereabouts.learn([hostEnd()])
        var rule = RoutingRule(priority: 16602, mark: 8301, table: .init(rawValue: 8301))
        let change = RouterWhereabouts.Heard(router: Samples.router, change: .rule)
        #expect(whereabouts.take(.rule(rule), in: namespace) == [change])
        #expect(whereabouts.take(.ruleDeleted(rule), in: namespace) == [change])
        rule.origin = .static
        #expect(whereabouts.take(.rule(rule), in: namespace) == [])
    }

    @Test func `what happened before the router is known waits for that`() {
        var whereabouts = RouterWhereabouts()
        #expect(whereabouts.take(gone, in: namespace) == [])
        #expect(whereabouts.isUnsure)
        let sight = RouterWhereabouts.Heard(router: Samples.router, change: .hostEnd(.init(hostEnd())))
        #expect(whereabouts.take(.link(hostEnd()), in: nil) == [heard, sight])
        #expect(!whereabouts.isUnsure)
    }

    @Test func `a bridge that goes down is a matter of the routers with a port in it`() {
        func bridge(isUp: Bool) -> Link {
            Link(
                index: 5,
                name: "brq0a1b2c3d-4e",
                kind: "bridge",
                master: nil,
                peer: nil,
                peerNamespace: nil,
                mac: nil,
                mtu: 1500,
                isUp: isUp,
                hasCarrier: true,
                alias: nil,
                group: 0,
                ipv4: nil,
                ipv6AddressGeneration: nil,
                proxiesNeighbours: false
            )
        }
        var whereabouts = RouterWhereabouts()
        _ = whereabouts.learn([hostEnd(in: 5)])
        let down = RouterWhereabouts.Heard(router: Samples.router, change: .bridgeDown("brq0a1b2c3d-4e"))
        #expect(whereabouts.take(.link(bridge(isUp: false)), in: nil) == [down])
        #expect(whereabouts.take(.link(bridge(isUp: true)), in: nil) == [])
        _ = whereabouts.take(.link(hostEnd(in: 6)), in: nil)
        #expect(whereabouts.take(.link(bridge(isUp: false)), in: nil) == [])
    }

    @Test func `a namespace that no device leads to is a stranger, until one does`() {
        var whereabouts = RouterWhereabouts()
        _ = whereabouts.take(gone, in: namespace)
        #expect(whereabouts.learn([hostEnd(alias: "another's")]) == [])
        #expect(whereabouts.isUnsure, "its note may be on the way")
        #expect(whereabouts.learn([hostEnd(alias: "another's")]) == [])
        #expect(whereabouts.take(gone, in: namespace) == [])
        #expect(!whereabouts.isUnsure)
        _ = whereabouts.take(.link(hostEnd()), in: nil)
        #expect(whereabouts.take(gone, in: namespace) == [heard])
    }

    @Test func `a number may be given again once its namespace has ended`() {
        var whereabouts = RouterWhereabouts()
        _ = whereabouts.learn([hostEnd()])
        #expect(whereabouts.take(.namespaceEnded(namespace), in: NamespaceID(rawValue: 9)) == [])
        #expect(whereabouts.take(gone, in: namespace) == [heard])
        #expect(whereabouts.take(.namespaceEnded(namespace), in: nil) == [])
        #expect(whereabouts.take(gone, in: namespace) == [])
        #expect(whereabouts.isUnsure)
    }

    @Test func `an end that is in another bridge than before has moved`() {
        var whereabouts = RouterWhereabouts()
        _ = whereabouts.learn([hostEnd()])
        let changes = whereabouts.take(.link(hostEnd(in: 6)), in: nil).map(\.change)
        #expect(changes == [.hostEndMoved(hostEnd().name), .hostEnd(.init(hostEnd()))])
        #expect(whereabouts.take(.linkDeleted(hostEnd()), in: nil).map(\.change) == [.hostEndGone(hostEnd().name)])
    }
}
