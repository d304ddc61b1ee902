import Addressing
import ResourceModel
import Testing

@testable import AgentService

/// A plan that is adjusted to single floating IPs is the plan that would be made anew.
@Suite struct RouterPlanAdjustingTests {
    private func plan(_ desired: DesiredRouter) throws -> RouterPlan { try #require(Samples.plan(desired)) }

    private func change(_ before: FloatingAddress?, _ after: FloatingAddress?) -> [AddressChange] {
        [AddressChange(before: before, after: after)]
    }

    private func adjust(_ plan: inout RouterPlan, _ changes: [AddressChange]) throws -> RouterDiff {
        let diff = plan.adjust(changes)
        return try #require(diff)
    }

    private let first = Samples.floating(1, "203.0.113.10", to: "10.1.0.10")
    private let second = Samples.floating(2, "203.0.113.11", to: "10.1.0.11")

    @Test func `a floating IP more is two elements and an address that is announced`() throws {
        var adjusted = try plan(Samples.desired(Samples.specification, first))
        let diff = try adjust(&adjusted, change(nil, second))
        #expect(try adjusted == plan(Samples.desired(Samples.specification, first, second)))
        let address = Samples.cidr("203.0.113.11/32")
        #expect(diff.changes.count == 2)
        #expect(diff.changes.last == .addAddress(address, device: Samples.gatewayDevice))
        #expect(diff.announcements == [DeviceAddress(device: Samples.gatewayDevice, address: address.address)])
        #expect(diff.flushes.isEmpty && diff.withdrawals.isEmpty)
    }

    @Test func `one of a further network is an element more, and takes it along when it goes`() throws {
        var specification = Samples.specification
        specification.gateways.append(Samples.furtherGateway)
        var outer = Samples.floating(2, "192.0.2.10", to: "10.1.0.11")
        outer.network = Samples.further
        var adjusted = try plan(Samples.desired(specification, first))
        let diff = try adjust(&adjusted, change(nil, outer))
        #expect(try adjusted == plan(Samples.desired(specification, first, outer)))
        #expect(diff.changes.count == 2)
        _ = try adjust(&adjusted, change(outer, nil))
        #expect(try adjusted == plan(Samples.desired(specification, first)))
    }

    @Test func `one that goes ends its connections and is announced no more`() throws {
        var adjusted = try plan(Samples.desired(Samples.specification, first, second))
        let diff = try adjust(&adjusted, change(second, nil))
        #expect(try adjusted == plan(Samples.desired(Samples.specification, first)))
        #expect(diff.flushes == [.address(second.address)])
        #expect(diff.withdrawals == [.v4(second.address)])
        #expect(diff.announcements.isEmpty)
    }

    @Test func `one that leads elsewhere keeps its address and ends its connections`() throws {
        var moved = first
        moved.use = .fixed(Samples.address("10.1.0.12"))
        var adjusted = try plan(Samples.desired(Samples.specification, first))
        let diff = try adjust(&adjusted, change(first, moved))
        #expect(try adjusted == plan(Samples.desired(Samples.specification, moved)))
        #expect(diff.changes.count == 1)
        #expect(diff.flushes == [.address(first.address)])
    }

    @Test func `a new revision of the same is nothing to do`() throws {
        var newer = first
        newer.revision = 2
        var adjusted = try plan(Samples.desired(Samples.specification, first))
        let diff = try adjust(&adjusted, change(first, newer))
        #expect(diff.isEmpty)
    }

    @Test func `a fixed address changes hands in one adjustment`() throws {
        var taker = second
        taker.use = first.use
        var adjusted = try plan(Samples.desired(Samples.specification, first))
        let diff = try adjust(
            &adjusted,
            [AddressChange(before: first, after: nil), AddressChange(before: nil, after: taker)]
        )
        #expect(try adjusted == plan(Samples.desired(Samples.specification, taker)))
        #expect(diff.flushes == [.address(first.address)])
    }

    @Test func `what concerns others too is left to a plan of the whole`() throws {
        let known = try plan(Samples.desired(Samples.specification, first))
        func cannot(_ changes: [AddressChange], _ plan: RouterPlan) -> Bool {
            var plan = plan
            return plan.adjust(changes) == nil
        }
        var rival = second
        rival.use = first.use
        #expect(cannot(change(nil, rival), known), "two floating IPs of one fixed address")
        var twin = second
        twin.address = first.address
        #expect(cannot(change(nil, twin), known), "two floating IPs of one external address")
        var newer = first
        newer.revision = 2
        twin.use = .forwardings([])
        let both = [AddressChange(before: first, after: newer), AddressChange(before: nil, after: twin)]
        #expect(cannot(both, known), "one more of an external address that stays")
        #expect(cannot(change(second, nil), known), "one that is not there")
        var stranger = second
        stranger.network = Samples.red
        #expect(cannot(change(nil, stranger), known), "a network without a gateway")
        let contested = try plan(Samples.desired(Samples.specification, first, rival))
        #expect(cannot(change(first, nil), contested), "the other was hidden")
        let broken = try #require(Samples.plan(Samples.desired(Samples.specification, first), bridges: []))
        #expect(cannot(change(nil, second), broken), "problems")
    }

    @Test func `passing the number up to which addresses are kept is left to a plan of the whole`() throws {
        let many = (1...UInt64(RouterPlan.addressLimit)).map {
            Samples.floating($0, "203.1.\($0 / 256).\($0 % 256)", to: "10.9.\($0 / 256).\($0 % 256)")
        }
        var desired = Samples.desired()
        for floating in many { desired.addresses[floating.id] = floating }
        let one = Samples.floating(5000, "203.0.113.77", to: "10.1.0.77")
        var below = try plan(desired)
        let passed = below.adjust(change(nil, one))
        #expect(passed == nil)
        desired.addresses[one.id] = one
        var above = try plan(desired)
        let fallen = above.adjust(change(one, nil))
        #expect(fallen == nil)
        var other = try plan(desired)
        let next = Samples.floating(5001, "203.0.113.78", to: "10.1.0.78")
        let diff = try adjust(&other, change(nil, next))
        #expect(diff.changes.last == .addLocalAddress(next.address, device: Samples.gatewayDevice))
    }

    @Test(arguments: 1...40 as ClosedRange<UInt64>)
    func `any sequence of adjustments gives the plan and the kernel of a fresh build`(seed: UInt64) throws {
        var random = SplitMix(state: seed)
        var desired = Samples.desired()
        var adjusted = try plan(desired)
        var kernel = ModelKernel()
        kernel.apply(RouterDiff(from: nil, to: adjusted).changes)
        for revision in 1...60 as ClosedRange<Revision> {
            let number = UInt64.random(in: 1...6, using: &random)
            let id: FloatingIPID = Samples.id(number)
            let before = desired.addresses[id]
            desired.addresses[id] =
                Int.random(in: 0..<3, using: &random) == 0
                ? nil : .random(number, revision, using: &random)
            let fresh = try plan(desired)
            if let diff = adjusted.adjust(change(before, desired.addresses[id])) {
                kernel.apply(diff.changes)
                #expect(adjusted == fresh)
            } else {
                kernel.apply(RouterDiff(from: kernel.router, to: fresh).changes)
                adjusted = fresh
            }
            #expect(RouterDiff(from: kernel.router, to: fresh).isEmpty)
        }
    }
}

extension FloatingAddress {
    fileprivate static func random(
        _ number: UInt64,
        _ revision: Revision,
        using random: inout SplitMix
    ) -> FloatingAddress {
        var floating = Samples.floating(
            number,
            "203.0.113.\(10 + number)",
            to: "10.1.0.\(UInt64.random(in: 10...18, using: &random))",
            revision: revision
        )
        guard Bool.random(using: &random) else { return floating }
        floating.use = .forwardings(
            (0..<UInt16.random(in: 1...3, using: &random)).map { rule in
                ForwardingRule(
                    id: Samples.id(UInt64(rule)),
                    transport: .tcp,
                    externalPorts: (100 + rule * 10)...(100 + rule * 10 + UInt16.random(in: 0...2, using: &random)),
                    internalAddress: Samples.address("10.1.0.20"),
                    internalPorts: 22...22
                )
            }
        )
        return floating
    }
}
