import Contracts
import ResourceModel
import Testing

@testable import ServiceRuntime

@Suite struct WireTests {
    @Test func `a list query comes back from its message`() {
        let query = ListQuery(
            filters: [.init("name", ["a", ""]), .init("tags", ["x"])],
            sort: [.init("name", descending: true)],
            limit: 7,
            marker: "m",
            reverse: true
        )
        #expect(ListQuery(wire: query.wire) == query)
        #expect(ListQuery(wire: .init()) == ListQuery())
    }

    @Test(arguments: [0, 1, -1, 1_764_000_000_123_456] as [Int64])
    func `a moment comes back from its message`(microseconds: Int64) {
        let moment = Timestamp(microseconds: microseconds)
        #expect(Timestamp(wire: moment.wire) == moment)
    }

    @Test func `those who watch the health see the present state and each change`() async {
        let reporter = HealthReporter()
        var changes = reporter.changes().makeAsyncIterator()
        #expect(await changes.next() == .notServing)
        reporter.set(.serving)
        #expect(await changes.next() == .serving)
        #expect(reporter.status == .serving)
    }
}
