internal import Synchronization

/// How much of a stream's flow-control window may be given back.
///
/// Everything that is not kept in whole messages for the reader is given back at once: an unfinished message must be
/// read to its end anyway, so a message may be longer than the window.
struct ReceiveWindow {
    private(set) var owed = 0

    mutating func received(_ count: Int) {
        owed += count
    }

    /// Gives the octets to give back while `kept` of them wait for the reader.
    mutating func release(keeping kept: Int) -> Int {
        let count = max(0, owed - kept)
        owed -= count
        return count
    }
}

/// Octets taken by a task on another thread, gathered so that not every message costs the loop a wake-up.
final class AwayCredit: Sendable {
    private let threshold: Int
    private let gathered = Atomic<Int>(0)

    init(threshold: Int) {
        self.threshold = max(1, threshold)
    }

    /// Whether so much has gathered that the loop should take it.
    func add(_ count: Int) -> Bool {
        let (before, after) = gathered.add(count, ordering: .relaxed)
        return before < threshold && after >= threshold
    }

    func take() -> Int {
        gathered.exchange(0, ordering: .relaxed)
    }
}
