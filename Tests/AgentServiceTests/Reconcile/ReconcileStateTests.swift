import ResourceModel
import Testing

@testable import AgentService

@Suite struct ReconcileStateTests {
    private let id = Samples.router

    private func told(_ state: inout ReconcileState, _ events: WatchEvent...) -> [ReconcileState.Action] {
        events.flatMap { state.handle(.told($0)) }
    }

    private func known() -> ReconcileState {
        var state = ReconcileState(layout: NodeLayout())
        _ = told(
            &state,
            .routers(.snapshotBegan),
            .routers(.upserted(Samples.specification)),
            .routers(.synced),
            .addresses(id, .synced)
        )
        return state
    }

    @Test func `no work is given before the streams are complete`() {
        var state = ReconcileState(layout: NodeLayout())
        let before = told(&state, .routers(.snapshotBegan), .routers(.upserted(Samples.specification)))
        #expect(
            before == [.watch(.subscribe(id)), .load(NodeLoad(routers: 1, gateways: 1, interfaces: 2))]
        )
        let wanted = Job.Wanted(
            routers: [id],
            bridges: [KernelNames.bridge(of: Samples.red), KernelNames.bridge(of: Samples.blue)]
        )
        #expect(told(&state, .routers(.synced)) == [.work(.sweep(wanted)), .ready])
        #expect(told(&state, .addresses(id, .synced)) == [.work(.settle(Samples.desired()))])
    }

    @Test func `losing the streams gives no work`() {
        var state = known()
        #expect(told(&state, .routers(.snapshotBegan), .addresses(id, .snapshotBegan)) == [])
    }

    @Test func `a found router that is wanted by now is left alone`() {
        var state = known()
        let stray: RouterID = Samples.id(0xbad)
        #expect(
            state.handle(.swept(SweepFinding(routers: [id, stray], isComplete: true))) == [
                .work(.settle(DesiredRouter(id: stray)))
            ]
        )
    }

    @Test func `a sweep that is not complete is repeated with a fresh list of what is wanted`() {
        var state = known()
        _ = told(&state, .routers(.deleted(id, 2)))
        let actions = state.handle(.swept(SweepFinding(routers: [], isComplete: false)))
        #expect(actions == [.workLater(.sweep(.init(routers: [], bridges: [])))])
    }

    @Test func `a complaint is made once, and its end told`() {
        var state = known()
        func settled(_ result: RouterOutcome.Result) -> [ReconcileState.Action] {
            state.handle(.settled(RouterOutcome(desired: Samples.desired(), result: result)))
        }
        let good = RouterOutcome.Result.settled(
            problems: .init(router: [], addresses: [:]),
            changes: 0,
            removedDevices: false
        )
        #expect(settled(.failed(reason: "no")).contains(.complain(id, "no")))
        #expect(!settled(.failed(reason: "no")).contains(.complain(id, "no")))
        #expect(settled(good).contains(.relief(id)))
        #expect(!settled(good).contains(.relief(id)))
    }

    @Test func `devices that went are followed by a sweep`() {
        var state = known()
        let actions = state.handle(
            .settled(
                RouterOutcome(
                    desired: Samples.desired(),
                    result: .settled(problems: .init(router: [], addresses: [:]), changes: 1, removedDevices: true)
                )
            )
        )
        #expect(actions.contains { if case .work(.sweep) = $0 { true } else { false } })
    }

    @Test func `at intervals, and when news were lost, all that is known is doubted`() {
        var state = known()
        #expect(state.handle(.repairDue) == [.doubt(Samples.desired(), atOnce: true)])
        #expect(state.handle(.heardTooMuch) == [.doubt(Samples.desired())])
        var empty = ReconcileState(layout: NodeLayout())
        #expect(empty.handle(.repairDue) == [])
    }

    @Test func `a floating IP is adjusted by itself and reported, and the router settled where that cannot be`() {
        var state = known()
        let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10", revision: 3)
        let adjustment = AddressAdjustment(
            router: id,
            changes: AddressChanges(AddressChange(before: nil, after: floating), of: floating.id)
        )
        let told = told(&state, .addresses(id, .upserted(floating)))
        #expect(told.contains(.work(.adjust(adjustment))))
        let report = ObjectReport(id: floating.id, revision: 3, state: .active)
        #expect(
            state.handle(.adjusted(AdjustmentOutcome(adjustment: adjustment, isDone: true)))
                == [.reportAddresses([report])]
        )
        #expect(
            state.handle(.adjusted(AdjustmentOutcome(adjustment: adjustment, isDone: false)))
                == [.work(.settle(Samples.desired(Samples.specification, floating)))]
        )
    }

    @Test func `a router is doubted when others may have changed it`() {
        var state = known()
        #expect(state.handle(.heard(id, .table)) == [.doubt(Samples.desired())])
        #expect(state.handle(.heard(id, .addressGone(Samples.cidr("10.1.0.1/24")))) == [.doubt(Samples.desired())])
        #expect(state.handle(.heard(Samples.id(0xbad), .table)) == [])
    }

    @Test func `a router that is not wanted is not doubted`() {
        var state = known()
        _ = told(&state, .routers(.deleted(id, 2)))
        #expect(state.handle(.heard(id, .name)) == [])
    }

    @Test func `what is not understood is reported as failed`() {
        var state = known()
        let actions = told(&state, .addresses(id, .rejected(Samples.id(1), 3, reason: "odd")))
        let report = ObjectReport(
            id: FloatingIPID(high: 1 << 24, low: 0),
            revision: 3,
            state: .failed("not understood: odd")
        )
        #expect(actions == [.reportAddresses([report])])
    }
}
