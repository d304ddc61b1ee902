import ResourceModel
import Testing

@testable import AgentService

@Suite struct WorkScheduleTests {
    private let start = ContinuousClock.now

    private func job(_ number: UInt64, revision: Revision = 1) -> Job {
        .settle(DesiredRouter(id: Samples.id(number), departedRevision: revision))
    }

    @Test func `jobs come in the order of asking`() {
        var schedule = WorkSchedule()
        schedule.submit(job(1))
        schedule.submit(job(2))
        #expect(schedule.next(at: start) == .run(job(1)))
        #expect(schedule.next(at: start) == .run(job(2)))
        #expect(schedule.next(at: start) == .wait(until: nil))
        #expect(!schedule.isIdle)
    }

    @Test func `a newer job takes the place of one that waits`() {
        var schedule = WorkSchedule()
        schedule.submit(job(1))
        schedule.submit(job(1, revision: 2))
        #expect(schedule.next(at: start) == .run(job(1, revision: 2)))
        #expect(schedule.next(at: start) == .wait(until: nil))
    }

    @Test func `a router is worked on by one thread at a time`() {
        var schedule = WorkSchedule()
        schedule.submit(job(1))
        _ = schedule.next(at: start)
        schedule.submit(job(1, revision: 2))
        #expect(schedule.next(at: start) == .wait(until: nil))
        schedule.finish(job(1).key, succeeded: true, at: start)
        #expect(schedule.next(at: start) == .run(job(1, revision: 2)))
    }

    @Test func `what failed is tried again, each time later, and never dropped`() throws {
        var schedule = WorkSchedule()
        schedule.submit(job(1))
        var now = start
        var waits: [Duration] = []
        for _ in 0..<12 {
            #expect(schedule.next(at: now) == .run(job(1)))
            schedule.finish(job(1).key, succeeded: false, at: now)
            guard case .wait(let moment?) = schedule.next(at: now) else {
                Issue.record("no wait")
                return
            }
            waits.append(moment - now)
            now = moment
        }
        #expect(waits[0] <= .milliseconds(100))
        #expect(waits[11] >= .seconds(15) && waits[11] <= .seconds(30))
    }

    @Test func `a new job does not wait for the next try of an old one`() {
        var schedule = WorkSchedule()
        schedule.submit(job(1))
        _ = schedule.next(at: start)
        schedule.finish(job(1).key, succeeded: false, at: start)
        schedule.submit(job(1, revision: 2))
        #expect(schedule.next(at: start) == .run(job(1, revision: 2)))
        schedule.finish(job(1).key, succeeded: true, at: start)
        #expect(schedule.isIdle)
    }

    @Test func `a failure with a newer job behind it leads to that at once`() {
        var schedule = WorkSchedule()
        schedule.submit(job(1))
        _ = schedule.next(at: start)
        schedule.submit(job(1, revision: 2))
        schedule.finish(job(1).key, succeeded: false, at: start)
        #expect(schedule.next(at: start) == .run(job(1, revision: 2)))
    }

    @Test func `postponed work waits, unless it is asked for at once`() {
        var schedule = WorkSchedule()
        let later = start + .seconds(1)
        schedule.postpone(job(1), until: later)
        #expect(schedule.next(at: start) == .wait(until: later))
        schedule.submit(job(1, revision: 2))
        #expect(schedule.next(at: start) == .run(job(1, revision: 2)))
        schedule.finish(job(1).key, succeeded: true, at: start)
        schedule.postpone(job(1), until: later)
        #expect(schedule.next(at: later) == .run(job(1)))
    }

    private func adjustment(_ before: Revision?, _ after: Revision) -> AddressAdjustment {
        func floating(_ revision: Revision) -> FloatingAddress {
            Samples.floating(1, "203.0.113.10", to: "10.1.0.10", revision: revision)
        }
        return AddressAdjustment(
            router: Samples.id(1),
            changes: AddressChanges(
                AddressChange(before: before.map(floating), after: floating(after)),
                of: Samples.id(1)
            )
        )
    }

    @Test func `adjustments that wait become one, from the first before to the last after`() {
        var schedule = WorkSchedule()
        schedule.submit(.adjust(adjustment(nil, 1)))
        schedule.submit(.adjust(adjustment(1, 2)))
        #expect(schedule.next(at: start) == .run(.adjust(adjustment(nil, 2))))
    }

    @Test(arguments: [true, false])
    func `an adjustment behind a whole router is part of that, and makes it a change that is wanted`(verifies: Bool) {
        var schedule = WorkSchedule()
        let desired = DesiredRouter(id: Samples.id(1), specification: Samples.specification)
        let change = adjustment(nil, 1)
        schedule.submit(verifies ? .verify(desired) : .settle(desired))
        schedule.submit(.adjust(change))
        let whole = desired.adjusted(by: change)
        #expect(whole.addresses.count == 1)
        #expect(schedule.next(at: start) == .run(.settle(whole)))
        schedule.submit(.adjust(change))
        schedule.finish(job(1).key, succeeded: false, at: start)
        #expect(schedule.next(at: start) == .run(.settle(whole)))
    }

    @Test func `what was not carried out yet is no repair, whether doubt came before it or after`() {
        let desired = DesiredRouter(id: Samples.id(1), departedRevision: 2)
        for jobs in [
            [Job.verify(DesiredRouter(id: Samples.id(1))), .settle(desired)], [.settle(desired), .verify(desired)],
        ] {
            var schedule = WorkSchedule()
            for job in jobs { schedule.submit(job) }
            #expect(schedule.next(at: start) == .run(.settle(desired)))
        }
    }

    @Test func `doubt that comes while a router is worked on waits its time after that`() {
        var schedule = WorkSchedule()
        schedule.submit(job(1))
        _ = schedule.next(at: start)
        let verification = Job.verify(DesiredRouter(id: Samples.id(1)))
        schedule.postpone(verification, until: start + .seconds(1))
        #expect(schedule.next(at: start + .seconds(2)) == .wait(until: nil))
        schedule.finish(job(1).key, succeeded: true, at: start)
        #expect(schedule.next(at: start) == .wait(until: start + .seconds(1)))
        #expect(schedule.next(at: start + .seconds(1)) == .run(verification))
    }

    @Test func `a job is begun at once only when nothing else is to be done`() {
        var schedule = WorkSchedule()
        #expect(schedule.claim(job(1)) == true)
        #expect(schedule.claim(job(2)) == false)
        schedule.submit(job(1, revision: 2))
        #expect(schedule.finish(job(1).key, succeeded: true, at: start) == true)
        #expect(schedule.claim(job(3)) == false)
        #expect(schedule.next(at: start) == .run(job(1, revision: 2)))
        #expect(schedule.finish(job(1).key, succeeded: true, at: start) == false)
        schedule.postpone(job(4), until: start + .seconds(1))
        #expect(schedule.claim(job(4)) == false)
        #expect(schedule.claim(job(3)) == true)
    }

    @Test func `sweeps are one at a time too`() {
        var schedule = WorkSchedule()
        let sweep = Job.sweep(.init(routers: [], bridges: []))
        schedule.submit(sweep)
        schedule.submit(sweep)
        #expect(schedule.next(at: start) == .run(sweep))
        #expect(schedule.next(at: start) == .wait(until: nil))
    }
}
