import ResourceModel
import Testing

@testable import AgentService

@Suite struct DesiredStateTests {
    private let id = Samples.router

    /// A state that knows the sample router and one floating IP.
    private func known() -> DesiredState {
        var state = DesiredState()
        _ = state.apply(.routers(.snapshotBegan))
        _ = state.apply(.routers(.upserted(Samples.specification)))
        _ = state.apply(.routers(.synced))
        _ = state.apply(.addresses(id, .snapshotBegan))
        _ = state.apply(.addresses(id, .upserted(Samples.floating(1, "203.0.113.10", to: "10.1.0.10", revision: 5))))
        _ = state.apply(.addresses(id, .synced))
        return state
    }

    @Test func `nothing is settled before both streams are complete`() {
        var state = DesiredState()
        #expect(state.apply(.routers(.snapshotBegan)) == [])
        #expect(state.apply(.routers(.upserted(Samples.specification))) == [.subscribe(id)])
        #expect(state.apply(.routers(.synced)) == [.sweep])
        #expect(state.apply(.addresses(id, .snapshotBegan)) == [])
        #expect(state.apply(.addresses(id, .upserted(Samples.floating(1, "203.0.113.10", to: "10.1.0.10")))) == [])
        #expect(state.apply(.addresses(id, .synced)) == [.settle(id)])
    }

    @Test func `addresses may be complete before the list of routers is`() {
        var state = DesiredState()
        _ = state.apply(.routers(.snapshotBegan))
        _ = state.apply(.routers(.upserted(Samples.specification)))
        #expect(state.apply(.addresses(id, .synced)) == [])
        #expect(state.apply(.routers(.synced)) == [.settle(id), .sweep])
    }

    @Test func `a change of a known router settles it`() {
        var state = known()
        var changed = Samples.specification
        changed.revision = 2
        changed.isUp = false
        #expect(state.apply(.routers(.upserted(changed))) == [.settle(id)])
        #expect(!state.router(id).isWanted)
    }

    @Test func `an older revision of a router is passed over`() {
        var state = known()
        var newer = Samples.specification
        newer.revision = 7
        _ = state.apply(.routers(.upserted(newer)))
        var older = Samples.specification
        older.revision = 6
        older.isUp = false
        #expect(state.apply(.routers(.upserted(older))) == [])
        #expect(state.router(id).specification == newer)
    }

    @Test func `an older deletion of a router is passed over`() {
        var state = known()
        var newer = Samples.specification
        newer.revision = 7
        _ = state.apply(.routers(.upserted(newer)))
        #expect(state.apply(.routers(.deleted(id, 6))) == [])
        #expect(state.ids == [id])
    }

    @Test func `news that is older than the deletion is passed over until the stream has caught up`() {
        var state = known()
        _ = state.apply(.routers(.deleted(id, 9)))
        #expect(state.apply(.routers(.upserted(Samples.specification))) == [])
        _ = state.apply(.routers(.progress))
        #expect(state.apply(.routers(.upserted(Samples.specification))) == [.subscribe(id)])
    }

    @Test func `a deleted router takes its floating IPs along`() {
        var state = known()
        #expect(state.apply(.routers(.deleted(id, 9))) == [.unsubscribe(id), .settle(id)])
        let router = state.router(id)
        #expect(router.specification == nil && router.addresses.isEmpty)
        #expect(router.departed == [Samples.id(1): 5] && router.departedRevision == 9)
    }

    @Test func `what a new snapshot does not name is gone when it is complete`() {
        var state = known()
        #expect(state.apply(.routers(.snapshotBegan)) == [])
        #expect(state.ids == [id])
        #expect(state.apply(.routers(.synced)) == [.unsubscribe(id), .settle(id), .sweep])
        #expect(state.ids.isEmpty)
    }

    @Test func `a snapshot that says the same again settles nothing`() {
        var state = known()
        _ = state.apply(.addresses(id, .snapshotBegan))
        let same = Samples.floating(1, "203.0.113.10", to: "10.1.0.10", revision: 5)
        #expect(state.apply(.addresses(id, .upserted(same))) == [])
        #expect(state.apply(.addresses(id, .synced)) == [])
    }

    @Test func `a floating IP that a new snapshot does not name departs when it is complete`() {
        var state = known()
        #expect(state.apply(.addresses(id, .snapshotBegan)) == [])
        #expect(state.router(id).addresses.count == 1)
        #expect(state.apply(.addresses(id, .synced)) == [.settle(id)])
        #expect(state.router(id).departed == [Samples.id(1): 5])
    }

    @Test func `the first word of a snapshot holds though its revision fell`() {
        var state = known()
        _ = state.apply(.addresses(id, .snapshotBegan))
        let restored = Samples.floating(1, "203.0.113.10", to: "10.2.0.99", revision: 2)
        let before = Samples.floating(1, "203.0.113.10", to: "10.1.0.10", revision: 5)
        #expect(state.apply(.addresses(id, .upserted(restored))) == [adjust(1, before, restored)])
    }

    @Test func `a floating IP that comes, changes or goes asks for no more than itself`() {
        var state = known()
        let second = Samples.floating(2, "203.0.113.11", to: "10.1.0.11", revision: 6)
        var changed = second
        changed.revision = 7
        #expect(state.apply(.addresses(id, .upserted(second))) == [adjust(2, nil, second)])
        #expect(state.apply(.addresses(id, .upserted(changed))) == [adjust(2, second, changed)])
        #expect(state.apply(.addresses(id, .deleted(Samples.id(2), 8))) == [adjust(2, changed, nil, departure: 8)])
        #expect(state.apply(.addresses(id, .deleted(Samples.id(2), 9))) == [])
    }

    @Test func `a floating IP of a router that is down settles the router`() {
        var state = known()
        var changed = Samples.specification
        changed.revision = 2
        changed.isUp = false
        _ = state.apply(.routers(.upserted(changed)))
        let second = Samples.floating(2, "203.0.113.11", to: "10.1.0.11", revision: 6)
        #expect(state.apply(.addresses(id, .upserted(second))) == [.settle(id)])
    }

    @Test func `a departure is forgotten once it was adjusted, unless there was a newer one`() {
        var state = known()
        guard case .adjust(let adjustment)? = state.apply(.addresses(id, .deleted(Samples.id(1), 6))).first else {
            Issue.record("no adjustment")
            return
        }
        var newer = state
        state.adjusted(adjustment)
        #expect(state.router(id).departed.isEmpty)
        _ = newer.apply(.addresses(id, .upserted(Samples.floating(1, "203.0.113.10", to: "10.1.0.10", revision: 7))))
        _ = newer.apply(.addresses(id, .deleted(Samples.id(1), 8)))
        newer.adjusted(adjustment)
        #expect(newer.router(id).departed == [Samples.id(1): 8])
    }

    private func adjust(
        _ number: UInt64,
        _ before: FloatingAddress?,
        _ after: FloatingAddress?,
        departure: Revision? = nil
    ) -> DesiredState.Effect {
        .adjust(
            AddressAdjustment(
                router: id,
                changes: AddressChanges(
                    AddressChange(before: before, after: after, departure: departure),
                    of: Samples.id(number)
                )
            )
        )
    }

    @Test func `a departure is told until it is settled`() {
        var state = known()
        _ = state.apply(.addresses(id, .deleted(Samples.id(1), 6)))
        let router = state.router(id)
        #expect(router.departed == [Samples.id(1): 6])
        state.settled(router)
        #expect(state.router(id).departed.isEmpty)
    }

    @Test func `a floating IP that came back while its departure was settled stays`() {
        var state = known()
        _ = state.apply(.addresses(id, .deleted(Samples.id(1), 6)))
        let before = state.router(id)
        _ = state.apply(.addresses(id, .upserted(Samples.floating(1, "203.0.113.10", to: "10.1.0.11", revision: 7))))
        state.settled(before)
        #expect(state.router(id).addresses.count == 1)
        #expect(state.router(id).departed.isEmpty)
    }

    @Test func `a router that comes back while its departure waits is subscribed to again`() {
        var state = known()
        _ = state.apply(.routers(.deleted(id, 9)))
        let departure = state.router(id)
        var returned = Samples.specification
        returned.revision = 10
        #expect(state.apply(.routers(.upserted(returned))) == [.subscribe(id)])
        state.settled(departure)
        #expect(!state.isKnown(id))
        #expect(state.apply(.addresses(id, .synced)) == [.settle(id)])
    }

    @Test func `addresses of a router that has left are of an earlier subscription`() {
        var state = known()
        _ = state.apply(.routers(.deleted(id, 9)))
        #expect(state.apply(.addresses(id, .upserted(Samples.floating(2, "203.0.113.11", to: "10.1.0.12")))) == [])
        #expect(state.router(id).addresses.isEmpty)
    }

    @Test func `an address that is answered for settles its router, known in full`() {
        var state = known()
        #expect(state.apply(.proxies(id, .upserted(Samples.proxy(7, "2001:db8::10", revision: 3)))) == [.settle(id)])
        #expect(state.router(id).neighbourProxies == [Samples.address6("2001:db8::10")])
        #expect(state.apply(.proxies(id, .upserted(Samples.proxy(7, "2001:db8::10", revision: 3)))) == [])
        #expect(state.apply(.proxies(id, .deleted(Samples.id(7), 2))) == [])
        #expect(state.apply(.proxies(id, .deleted(Samples.id(7), 4))) == [.settle(id)])
        #expect(state.router(id).neighbourProxies == [])
    }

    @Test func `before the snapshot is complete an address that is answered for settles nothing`() {
        var state = DesiredState()
        _ = state.apply(.routers(.snapshotBegan))
        _ = state.apply(.routers(.upserted(Samples.specification)))
        _ = state.apply(.routers(.synced))
        _ = state.apply(.addresses(id, .snapshotBegan))
        #expect(state.apply(.proxies(id, .upserted(Samples.proxy(7, "2001:db8::10")))) == [])
        #expect(state.apply(.addresses(id, .synced)) == [.settle(id)])
        #expect(state.router(id).neighbourProxies.count == 1)
    }

    @Test func `what a new snapshot does not name is answered for no more`() {
        var state = known()
        _ = state.apply(.proxies(id, .upserted(Samples.proxy(7, "2001:db8::10"))))
        _ = state.apply(.proxies(id, .upserted(Samples.proxy(8, "2001:db8::11"))))
        _ = state.apply(.addresses(id, .snapshotBegan))
        _ = state.apply(.addresses(id, .upserted(Samples.floating(1, "203.0.113.10", to: "10.1.0.10", revision: 5))))
        _ = state.apply(.proxies(id, .upserted(Samples.proxy(8, "2001:db8::11"))))
        #expect(state.router(id).neighbourProxies.count == 2)
        #expect(state.apply(.addresses(id, .synced)) == [.settle(id)])
        #expect(state.router(id).neighbourProxies == [Samples.address6("2001:db8::11")])
    }

    @Test func `a router that left answers for nothing`() {
        var state = known()
        _ = state.apply(.proxies(id, .upserted(Samples.proxy(7, "2001:db8::10"))))
        _ = state.apply(.routers(.deleted(id, 9)))
        #expect(state.router(id).neighbourProxies == [])
        #expect(state.apply(.proxies(id, .upserted(Samples.proxy(8, "2001:db8::11")))) == [])
    }

    @Test func `a rejected description leaves what is known`() {
        var state = known()
        #expect(state.apply(.addresses(id, .rejected(Samples.id(1), 8, reason: "x"))) == [])
        #expect(state.router(id).addresses[Samples.id(1)]?.revision == 5)
    }
}
