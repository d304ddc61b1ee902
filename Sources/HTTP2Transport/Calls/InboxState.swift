/// What arrived on a stream and was not taken yet, and who waits for it.
struct InboxState<Part: Sendable> {
    typealias Waiter = UnsafeContinuation<Part?, any Error>

    /// What a reader gets at once.
    enum Taken {
        /// A part, and the octets on the wire it frees.
        case part(Part, bytes: Int)
        case end
        case failure(any Error)
        /// Nothing yet: wait.
        case nothing
    }

    /// What an arrival does.
    enum Arrival {
        case kept
        /// A reader was waiting: it gets the part.
        case wakes(Waiter)
        /// The stream is over for its reader.
        case dropped
    }

    private enum Ending {
        case none
        case finished
        case failed(any Error)
    }

    /// Head, message and end of a unary call.
    private static var usualParts: Int { 3 }

    private var parts: [(part: Part, bytes: Int)] = []
    private var first = 0
    private var ending = Ending.none
    private var waiter: Waiter?

    /// Octets on the wire of the parts kept.
    private(set) var keptBytes = 0

    mutating func arrive(_ part: Part, bytes: Int) -> Arrival {
        guard case .none = ending else { return .dropped }
        if let waiter = takeWaiter() { return .wakes(waiter) }
        if parts.isEmpty { parts.reserveCapacity(Self.usualParts) }
        parts.append((part, bytes))
        keptBytes += bytes
        return .kept
    }

    mutating func take() -> Taken {
        if first < parts.count {
            let (part, bytes) = parts[first]
            first += 1
            if first == parts.count {
                parts.removeAll(keepingCapacity: true)
                first = 0
            } else if first >= 64, first * 2 >= parts.count {
                parts.removeFirst(first)
                first = 0
            }
            keptBytes -= bytes
            return .part(part, bytes: bytes)
        }
        return switch ending {
        case .none: .nothing
        case .finished: .end
        case .failed(let error): .failure(error)
        }
    }

    /// Ends the parts after those kept; gives the reader to be told.
    mutating func finish() -> Waiter? {
        guard case .none = ending else { return nil }
        ending = .finished
        return takeWaiter()
    }

    /// Ends the parts with an error, after those kept or in their place; gives the reader to be told.
    mutating func fail(_ error: any Error, droppingParts: Bool) -> Waiter? {
        if droppingParts {
            parts = []
            first = 0
            keptBytes = 0
        } else if case .none = ending {
        } else {
            return nil
        }
        ending = .failed(error)
        return takeWaiter()
    }

    /// Registers a reader; gives false where another one waits already.
    mutating func wait(_ continuation: Waiter) -> Bool {
        guard waiter == nil else { return false }
        waiter = continuation
        return true
    }

    mutating func takeWaiter() -> Waiter? {
        defer { waiter = nil }
        return waiter
    }
}
