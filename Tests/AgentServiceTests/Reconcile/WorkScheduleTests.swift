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

    @Test func `sweeps are one at a time too`() {
        var schedule = WorkSchedule()
        let sweep = Job.sweep(.init(routers: [], bridges: []))
        schedule.submit(sweep)
        schedule.submit(sweep)
        #expect(schedule.next(at: start) == .run(sweep))
        #expect(schedule.next(at: start) == .wait(until: nil))
    }
}
