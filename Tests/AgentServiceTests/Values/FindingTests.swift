import Addressing
import ResourceModel
import Testing

@testable import AgentService

@Suite struct FindingTests {
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")

    private func built() throws -> (plan: RouterPlan, observed: ObservedRouter) {
        var specification = Samples.specification
        specification.helpers = [Samples.helper("ftp", 21)]
        specification.gateways.append(Samples.furtherGateway)
        specification.proxiesNeighbours = true
        specification.interfaces[0].addresses.append(
            PortAddress(address: Samples.cidr("2001:db8::1/64"), subnetGateway: nil)
        )
        var outer = Samples.floating(2, "192.0.2.10", to: "10.1.0.11")
        outer.network = Samples.further
        var desired = Samples.desired(specification, floating, outer)
        desired.neighbourProxies = [Samples.address6("2001:db8::10")]
        let plan = try #require(Samples.plan(desired))
        var kernel = ModelKernel()
        kernel.apply(RouterDiff(from: nil, to: plan).changes)
        return (plan, try #require(kernel.router))
    }

    /// What is found after a change of what is there.
    private func findings(_ change: (inout ObservedRouter) -> Void) throws -> [String] {
        var (plan, observed) = try built()
        change(&observed)
        #expect(RouterDiff(from: observed, to: plan).isEmpty == Finding.all(in: observed, against: plan).isEmpty)
        return Finding.all(in: observed, against: plan).map(\.description)
    }

    @Test func `a router as planned has no findings`() throws {
        #expect(try findings { _ in } == [])
    }

    @Test func `an element is named with what was expected and what was found`() throws {
        let address = Samples.address("203.0.113.10")
        #expect(
            try findings { router in
                guard case .current(var table) = router.table else { return }
                table.destinations[address] = nil
                table.sources[Samples.address("10.1.0.10")] = Samples.address("203.0.113.99")
                router.table = .current(table)
            } == [
                "floating IP 203.0.113.10: expected 10.1.0.10, found missing",
                "source 10.1.0.10: expected 203.0.113.10, found 203.0.113.99",
            ]
        )
        #expect(
            try findings { router in
                guard case .current(var table) = router.table else { return }
                table.helpers = [Samples.helper("sip", 5060, over: .udp)]
                router.table = .current(table)
            } == [
                "conntrack helper ftp/tcp at port 21: expected present, found missing",
                "conntrack helper sip/udp at port 5060: expected none, found present",
            ]
        )
        #expect(try findings { $0.table = .missing } == ["table sluice: expected present, found missing"])
        #expect(
            try findings { $0.table = .foreign } == [
                "chains, rules and maps of table sluice: expected ours, found others"
            ]
        )
    }

    @Test func `addresses, settings and routes are named`() throws {
        let gateway = Samples.gatewayDevice
        #expect(
            try findings { $0.devices[gateway]?.addresses.remove(Samples.cidr("203.0.113.10/32")) } == [
                "address 203.0.113.10/32 on \(gateway): expected present, found missing"
            ]
        )
        #expect(
            try findings { $0.devices[gateway]?.settings.isUp = false } == [
                "state of \(gateway): expected up, found down"
            ]
        )
        #expect(
            try findings { $0.devices[gateway]?.hostEnd?.bridge = nil } == [
                "bridge of \(KernelNames.hostEnd(Samples.gatewayPort)): expected br-ex, found none"
            ]
        )
        #expect(
            try findings { $0.routes = [:] } == [
                "route to 0.0.0.0/0: expected via 203.0.113.1 by \(gateway), found missing"
            ]
        )
        #expect(
            try findings { $0.parameters[.ipv4Forwarding] = "0" } == [
                "net/ipv4/ip_forward: expected 1, found 0"
            ]
        )
    }

    @Test func `the exit of a further gateway is named`() throws {
        let way = "via 192.0.2.1 by \(Samples.furtherDevice)"
        #expect(try findings { $0.exits = [:] } == ["exit 1: expected \(way), found missing"])
        #expect(
            try findings { $0.exits[1]?.hasRules = false } == ["exit 1: expected \(way), found \(way), without rules"]
        )
        #expect(
            try findings { $0.exits[2] = ObservedExit(hasRules: true) } == ["exit 2: expected none, found to nowhere"]
        )
        #expect(
            try findings { router in
                guard case .current(var table) = router.table else { return }
                table.exits = []
                table.exitSources = [Samples.address("10.1.0.11"): 2]
                router.table = .current(table)
            } == [
                "exit of source 10.1.0.11: expected 1, found 2",
                "floating IPs of 192.0.2.0/24 by exit 1: expected present, found missing",
            ]
        )
    }

    @Test func `addresses that are answered for are named`() throws {
        let gateway = Samples.gatewayDevice
        #expect(
            try findings { $0.devices[gateway]?.neighbourProxies = [Samples.address6("2001:db8::11")] } == [
                "answer for 2001:db8::10 on \(gateway): expected present, found missing",
                "answer for 2001:db8::11 on \(gateway): expected none, found present",
            ]
        )
        #expect(
            try findings { $0.devices[gateway]?.proxiesNeighbours = false } == [
                "neighbour proxying on \(gateway): expected true, found false"
            ]
        )
    }

    @Test func `a device of ours too many, or too few, is named`() throws {
        let name = Samples.redDevice
        #expect(try findings { $0.devices[name] = nil } == ["device \(name): expected present, found missing"])
        let extra = KernelNames.internalDevice(Samples.id(0x9ff))
        #expect(
            try findings { $0.devices[extra] = $0.devices[name] } == ["device \(extra): expected none, found present"]
        )
    }

    @Test func `nothing at all is one finding`() throws {
        let plan = try built().plan
        #expect(Finding.all(in: nil, against: plan).map(\.description) == ["router: expected present, found missing"])
        #expect(Finding.all(in: nil, against: nil) == [])
    }
}
