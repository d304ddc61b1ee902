import Addressing
import ResourceModel
import Testing

@testable import AgentService

@Suite struct RouterDiffTests {
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")

    /// The kernel as it is after settling this router.
    private func built(_ desired: DesiredRouter) throws -> ObservedRouter {
        var kernel = ModelKernel()
        kernel.apply(RouterDiff(from: nil, to: Samples.plan(desired)).changes)
        return try #require(kernel.router)
    }

    @Test func `what was built needs no change`() throws {
        let desired = Samples.desired(Samples.specification, floating)
        let plan = try #require(Samples.plan(desired))
        #expect(RouterDiff(from: try built(desired), to: plan).isEmpty)
    }

    @Test func `nothing there and nothing wanted needs no change`() {
        #expect(RouterDiff(from: nil, to: nil).isEmpty)
    }

    @Test func `the table comes before the devices`() throws {
        let changes = RouterDiff(from: nil, to: Samples.plan(Samples.desired())).changes
        let table = try #require(changes.firstIndex { if case .replaceTable = $0 { true } else { false } })
        let device = try #require(changes.firstIndex { if case .createDevice = $0 { true } else { false } })
        #expect(changes.first == .createNamespace)
        #expect(table < device)
    }

    @Test func `a new floating IP is one change of the table and one address`() throws {
        let observed = try built(Samples.desired())
        let plan = try #require(Samples.plan(Samples.desired(Samples.specification, floating)))
        let diff = RouterDiff(from: observed, to: plan)
        #expect(diff.changes.count == 2)
        #expect(diff.changes.last == .addAddress(Samples.cidr("203.0.113.10/32"), device: Samples.gatewayDevice))
        #expect(diff.announcements == [DeviceAddress(device: Samples.gatewayDevice, address: .v4(floating.address))])
        #expect(diff.flushes.isEmpty)
    }

    @Test func `a floating IP that leaves ends its connections`() throws {
        let observed = try built(Samples.desired(Samples.specification, floating))
        let diff = RouterDiff(from: observed, to: Samples.plan(Samples.desired()))
        #expect(diff.flushes == [.address(floating.address)])
        #expect(diff.announcements.isEmpty)
    }

    @Test func `a floating IP that moves ends its connections and touches no address`() throws {
        let observed = try built(Samples.desired(Samples.specification, floating))
        let moved = Samples.floating(1, "203.0.113.10", to: "10.2.0.20", revision: 2)
        let diff = RouterDiff(from: observed, to: Samples.plan(Samples.desired(Samples.specification, moved)))
        #expect(diff.changes.count == 1)
        #expect(diff.flushes == [.address(floating.address)])
    }

    @Test func `a forwarding that changes ends the connections of its ports alone`() throws {
        func with(_ target: UInt16) -> DesiredRouter {
            var address = floating
            address.use = .forwardings([
                ForwardingRule(
                    id: Samples.id(77),
                    transport: .tcp,
                    externalPorts: 80...80,
                    internalAddress: Samples.address("10.1.0.10"),
                    internalPorts: target...target
                )
            ])
            return Samples.desired(Samples.specification, address)
        }
        let diff = RouterDiff(from: try built(with(8080)), to: Samples.plan(with(8081)))
        #expect(diff.flushes == [.port(ForwardedPort(address: floating.address, transport: .tcp, port: 80))])
    }

    @Test func `translation of sources ends without an end of connections`() throws {
        var specification = Samples.specification
        specification.gateways[0].translatesSources = false
        let diff = RouterDiff(
            from: try built(Samples.desired()),
            to: Samples.plan(Samples.desired(specification))
        )
        #expect(diff.changes.count == 1)
        #expect(diff.flushes.isEmpty)
    }

    @Test func `a gateway that goes ends the connections of its addresses`() throws {
        var specification = Samples.specification
        specification.gateways = []
        let diff = RouterDiff(
            from: try built(Samples.desired(Samples.specification, floating)),
            to: Samples.plan(Samples.desired(specification))
        )
        #expect(diff.changes.contains(.removeDevice(Samples.gatewayDevice)))
        #expect(diff.flushes == [.address(Samples.address("203.0.113.5")), .address(floating.address)])
    }

    @Test func `a router that is switched off is taken out whole`() throws {
        #expect(RouterDiff(from: try built(Samples.desired()), to: nil).changes == [.removeNamespace])
    }

    @Test func `a gateway's new address brings its routes back`() throws {
        let observed = try built(Samples.desired())
        var specification = Samples.specification
        specification.gateways[0].port.addresses[0].address = Samples.cidr("203.0.113.6/24")
        let plan = try #require(Samples.plan(Samples.desired(specification)))
        let diff = RouterDiff(from: observed, to: plan)
        let remove = try #require(
            diff.changes.firstIndex(of: .removeAddress(Samples.cidr("203.0.113.5/24"), device: Samples.gatewayDevice))
        )
        let add = try #require(
            diff.changes.firstIndex(of: .addAddress(Samples.cidr("203.0.113.6/24"), device: Samples.gatewayDevice))
        )
        #expect(remove < add)
        #expect(diff.changes.last == .setRoute(try #require(plan.routes[Samples.cidr("0.0.0.0/0")])))
    }

    @Test func `a device whose end on the node is gone is made anew with all it had`() throws {
        var observed = try built(Samples.desired(Samples.specification, floating))
        observed.devices[Samples.gatewayDevice]?.hostEnd = nil
        let plan = try #require(Samples.plan(Samples.desired(Samples.specification, floating)))
        let diff = RouterDiff(from: observed, to: plan)
        #expect(diff.changes.first == .removeDevice(Samples.gatewayDevice))
        #expect(diff.changes.contains(.addAddress(Samples.cidr("203.0.113.10/32"), device: Samples.gatewayDevice)))
        #expect(diff.changes.contains(.setRoute(try #require(plan.routes[Samples.cidr("0.0.0.0/0")]))))
        #expect(diff.flushes.isEmpty)
    }

    @Test func `a foreign table is replaced`() throws {
        var observed = try built(Samples.desired())
        observed.table = .foreign
        let plan = try #require(Samples.plan(Samples.desired()))
        #expect(RouterDiff(from: observed, to: plan).changes == [.replaceTable(plan.translation)])
    }

    @Test func `a device that was set down or moved to another bridge is put right`() throws {
        var observed = try built(Samples.desired())
        observed.devices[Samples.redDevice]?.settings.isUp = false
        observed.devices[Samples.blueDevice]?.hostEnd?.bridge = nil
        let plan = try #require(Samples.plan(Samples.desired()))
        let red = try #require(plan.devices[Samples.redDevice])
        let blue = try #require(plan.devices[Samples.blueDevice])
        #expect(
            Set(RouterDiff(from: observed, to: plan).changes) == [
                .configureDevice(red.name, red.settings), .configureHostEnd(blue),
            ]
        )
    }
}
