import Foundation
import Synchronization
import Testing

@testable import ChangeFeed

@Suite struct FeedWatchersTests {
    /// The tail resumed the watcher under a lock that the watcher's cancellation waited for: both stood still for ever.
    @Test func `watchers that are cancelled while the tail tells them do not stop it`() async {
        let watchers = FeedWatchers()
        watchers.begin(at: FeedPosition(transaction: 1, sequence: 0))
        let isDone = Flag()
        Thread.detachNewThread {
            for number in 1...40_000 as ClosedRange<Int64> {
                watchers.begin(at: FeedPosition(transaction: 1, sequence: number))
            }
            isDone.set()
        }
        let deadline = ContinuousClock.now + .seconds(60)
        while !isDone.isSet, ContinuousClock.now < deadline {
            let watch = Task {
                var iterator = watchers.subscribe().makeAsyncIterator()
                while try await iterator.next() != nil {}
            }
            await Task.yield()
            Thread.detachNewThread { watch.cancel() }
            _ = await watch.result
        }
        #expect(isDone.isSet)
    }

    @Test func `a watcher that left is forgotten, and the others hear on`() async throws {
        let watchers = FeedWatchers()
        var staying = watchers.subscribe().makeAsyncIterator()
        do { _ = watchers.subscribe() }
        for number in 1...3 as ClosedRange<Int64> {
            watchers.begin(at: FeedPosition(transaction: 1, sequence: number))
        }
        for number in 1...3 as ClosedRange<Int64> {
            guard case .begins(let position)? = try await staying.next() else {
                Issue.record("no signal")
                return
            }
            #expect(position.sequence == number)
        }
    }
}

private final class Flag: Sendable {
    private let value = Atomic(false)

    var isSet: Bool { value.load(ordering: .acquiring) }
    func set() { value.store(true, ordering: .releasing) }
}
