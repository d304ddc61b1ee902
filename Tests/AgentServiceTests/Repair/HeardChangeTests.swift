import Addressing
import Netlink
import ResourceModel
import Testing

@testable import AgentService

@Suite struct HeardChangeTests {
    private func isDoubtful(_ change: HeardChange) -> Bool { Samples.specification.isDoubtful(after: change) }

    private func sight(_ change: (inout HeardChange.LinkSight) -> Void = { _ in }) -> HeardChange.LinkSight {
        var sight = HeardChange.LinkSight(
            name: Samples.redDevice,
            isUp: true,
            mtu: 1500,
            mac: Samples.specification.interfaces[0].mac,
            isInBridge: false
        )
        change(&sight)
        return sight
    }

    @Test func `a device as it is wanted is no reason to doubt`() {
        #expect(!isDoubtful(.device(sight())))
        #expect(!isDoubtful(.device(sight { ($0.name, $0.mtu, $0.mac) = ("lo", 65536, nil) })))
        let end = sight { ($0.name, $0.mac, $0.isInBridge) = (KernelNames.hostEnd(Samples.redPort), nil, true) }
        #expect(!isDoubtful(.hostEnd(end)))
    }

    @Test func `a device that is down, or set up otherwise, is one`() {
        #expect(isDoubtful(.device(sight { $0.isUp = false })))
        #expect(isDoubtful(.device(sight { $0.mtu = 1400 })))
        #expect(isDoubtful(.device(sight { $0.mac = .broadcast })))
        #expect(isDoubtful(.device(sight { ($0.name, $0.isUp) = ("lo", false) })))
        #expect(isDoubtful(.deviceGone(Samples.redDevice)))
        let end = sight { $0.name = KernelNames.hostEnd(Samples.redPort) }
        #expect(isDoubtful(.hostEnd(end)))
        #expect(isDoubtful(.hostEndGone(end.name)) && isDoubtful(.hostEndMoved(end.name)))
    }

    @Test func `what others keep in the namespace is none of ours`() {
        #expect(!isDoubtful(.device(sight { ($0.name, $0.isUp) = ("wg0", false) })))
        #expect(!isDoubtful(.deviceGone("wg0")))
        #expect(!isDoubtful(.address(Samples.cidr("2001:db8::1/64"))))
    }

    @Test func `addresses, routes, rules, rulesets and names are looked at`() {
        #expect(isDoubtful(.address(Samples.cidr("192.0.2.1/32"))))
        #expect(isDoubtful(.addressGone(Samples.cidr("2001:db8::1/64"))))
        #expect(isDoubtful(.route) && isDoubtful(.rule) && isDoubtful(.table) && isDoubtful(.name))
    }

    @Test func `parameters are looked at when they are not as a router needs them`() {
        #expect(isDoubtful(.parameter(.forwarding(false))) && !isDoubtful(.parameter(.forwarding(true))))
        #expect(isDoubtful(.parameter(.reversePathFilter(1))) && !isDoubtful(.parameter(.reversePathFilter(0))))
        #expect(isDoubtful(.parameter(.neighbourProxying(true))) && !isDoubtful(.parameter(.neighbourProxying(false))))
        var specification = Samples.specification
        specification.proxiesNeighbours = true
        #expect(specification.isDoubtful(after: .parameter(.neighbourProxying(false))))
        #expect(!specification.isDoubtful(after: .parameter(.neighbourProxying(true))))
    }
}

@Suite struct RepairPaceTests {
    private let start = ContinuousClock.now

    @Test func `the first repairs go at full pace, an endless quarrel ever slower`() {
        var pace = RepairPace()
        for _ in 0..<8 { pace.repaired(Samples.router, at: start) }
        #expect(pace.delay(for: Samples.router, at: start) == RepairPace.shortest)
        for _ in 0..<3 { pace.repaired(Samples.router, at: start) }
        #expect(pace.delay(for: Samples.router, at: start) == RepairPace.shortest * 8)
        for _ in 0..<100 { pace.repaired(Samples.router, at: start) }
        #expect(pace.delay(for: Samples.router, at: start) == RepairPace.longest)
        #expect(pace.delay(for: Samples.id(0xbad), at: start) == RepairPace.shortest)
    }

    @Test func `a quarrel that is over is forgotten`() {
        var pace = RepairPace()
        for _ in 0..<100 { pace.repaired(Samples.router, at: start) }
        #expect(pace.delay(for: Samples.router, at: start + .seconds(61)) == RepairPace.shortest)
    }
}
