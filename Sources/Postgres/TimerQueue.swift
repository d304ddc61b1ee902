internal import Glibc

/// A moment on the machine's monotonic clock, in nanoseconds.
struct MonotonicTime: Comparable, Hashable, Sendable {
    var nanoseconds: UInt64

    static var now: MonotonicTime {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return MonotonicTime(nanoseconds: UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec))
    }

    static func < (left: MonotonicTime, right: MonotonicTime) -> Bool {
        left.nanoseconds < right.nanoseconds
    }

    static func + (time: MonotonicTime, delay: Duration) -> MonotonicTime {
        MonotonicTime(nanoseconds: time.nanoseconds &+ UInt64(max(0, delay.nanoseconds)))
    }

    /// The time since an earlier moment; zero when that is later.
    func elapsed(since earlier: MonotonicTime) -> Duration {
        .nanoseconds(Int64(nanoseconds > earlier.nanoseconds ? nanoseconds - earlier.nanoseconds : 0))
    }
}

extension Duration {
    /// Whole nanoseconds; up to 292 years.
    var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds.multipliedReportingOverflow(by: 1_000_000_000).partialValue &+ attoseconds / 1_000_000_000
    }

    /// Whole milliseconds.
    var milliseconds: Int64 { nanoseconds / 1_000_000 }
}

/// Work that is due later: a binary heap by due time.
///
/// A cancelled timer stays in the heap, empty, until it is due.
struct TimerQueue {
    typealias ID = UInt64

    private struct Entry {
        let due: MonotonicTime
        let id: ID
    }

    private var heap: [Entry] = []
    private var works: [ID: () -> Void] = [:]
    private var nextID: ID = 0

    mutating func add(at due: MonotonicTime, _ work: @escaping () -> Void) -> ID {
        nextID += 1
        works[nextID] = work
        heap.append(Entry(due: due, id: nextID))
        siftUp(heap.count - 1)
        return nextID
    }

    mutating func cancel(_ id: ID) {
        works[id] = nil
    }

    /// How long `epoll_wait` may sleep: -1 for ever.
    mutating func waitMilliseconds(now: MonotonicTime) -> CInt {
        while let first = heap.first, works[first.id] == nil { removeFirst() }
        guard let first = heap.first else { return -1 }
        guard first.due > now else { return 0 }
        return CInt(clamping: first.due.elapsed(since: now).milliseconds + 1)
    }

    /// Takes out what is due, earliest first.
    ///
    /// The caller runs it, free to add more.
    mutating func takeDue(now: MonotonicTime) -> [() -> Void] {
        var due: [() -> Void] = []
        while let first = heap.first, first.due <= now {
            removeFirst()
            if let work = works.removeValue(forKey: first.id) { due.append(work) }
        }
        return due
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0, heap[child].due < heap[(child - 1) / 2].due {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && heap[child].due < heap[least].due
            {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
