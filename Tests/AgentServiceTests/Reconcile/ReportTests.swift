import ResourceModel
import Testing

@testable import AgentService

@Suite struct PendingReportsTests {
    private func report(_ id: UInt64, _ revision: Revision, _ state: ObjectReport.State = .active) -> ObjectReport {
        ObjectReport(id: FloatingIPID(high: 0, low: id), revision: revision, state: state)
    }

    @Test func `of each object the newest is sent`() {
        var pending = PendingReports()
        pending.add(report(1, 1))
        pending.add(report(1, 2))
        #expect(pending.take(atMost: 10) == [report(1, 2)])
        #expect(pending.take(atMost: 10) == [])
    }

    @Test func `what did not arrive is sent again, unless there is something newer`() {
        var pending = PendingReports()
        pending.add(report(1, 1))
        pending.add(report(2, 1))
        _ = pending.take(atMost: 10)
        pending.add(report(1, 2))
        pending.giveBack()
        #expect(Set(pending.take(atMost: 10)) == [report(1, 2), report(2, 1)])
    }

    @Test func `what the other side has is not told twice, until it may have forgotten`() {
        var pending = PendingReports()
        pending.add(report(1, 1))
        _ = pending.take(atMost: 10)
        pending.acknowledge()
        pending.add(report(1, 1))
        #expect(pending.isEmpty)
        pending.repeatAll()
        #expect(pending.take(atMost: 10) == [report(1, 1)])
    }

    @Test func `a state that comes back while another is on its way is told`() {
        var pending = PendingReports()
        pending.add(report(1, 1))
        _ = pending.take(atMost: 10)
        pending.acknowledge()
        pending.add(report(1, 1, .failed("x")))
        _ = pending.take(atMost: 10)
        pending.add(report(1, 1))
        pending.acknowledge()
        #expect(pending.take(atMost: 10) == [report(1, 1)])
    }
}

@Suite struct RouterOutcomeTests {
    private let floating = Samples.floating(1, "203.0.113.10", to: "10.1.0.10", revision: 5)

    private func outcome(_ desired: DesiredRouter, _ result: RouterOutcome.Result) -> RouterOutcome {
        RouterOutcome(desired: desired, result: result)
    }

    @Test func `what is in the kernel is active at its revision`() {
        let outcome = outcome(
            Samples.desired(Samples.specification, floating),
            .settled(problems: .init(router: [], addresses: [:]), changes: 1, removedDevices: false)
        )
        #expect(outcome.routerReport == ObjectReport(id: Samples.router, revision: 1, state: .active))
        #expect(outcome.addressReports == [ObjectReport(id: floating.id, revision: 5, state: .active)])
        #expect(outcome.isComplete && outcome.complaint == nil)
    }

    @Test func `a problem of one floating IP is its own`() {
        let problem = PlanProblem.noGateway(network: Samples.blue)
        let outcome = outcome(
            Samples.desired(Samples.specification, floating),
            .settled(
                problems: .init(router: [], addresses: [floating.id: problem]),
                changes: 1,
                removedDevices: false
            )
        )
        #expect(outcome.routerReport?.state == .active)
        #expect(outcome.addressReports.map(\.state) == [.failed(problem.description)])
        #expect(!outcome.isComplete)
    }

    @Test func `a failure is everyone's`() {
        let outcome = outcome(Samples.desired(Samples.specification, floating), .failed(reason: "no"))
        #expect(outcome.routerReport?.state == .failed("no"))
        #expect(outcome.addressReports.map(\.state) == [.failed("no")])
    }

    @Test func `what was taken out is removed, departures included, at the revision that says so`() {
        var desired = Samples.desired(nil)
        desired.departedRevision = 9
        desired.departed = [floating.id: 6]
        let outcome = outcome(desired, .settled(problems: nil, changes: 1, removedDevices: true))
        #expect(outcome.routerReport == ObjectReport(id: Samples.router, revision: 9, state: .removed))
        #expect(outcome.addressReports == [ObjectReport(id: floating.id, revision: 6, state: .removed)])
    }

    @Test func `a departure is not reported before it is carried out`() {
        var desired = Samples.desired()
        desired.departed = [floating.id: 6]
        #expect(outcome(desired, .failed(reason: "no")).addressReports.isEmpty)
    }
}
