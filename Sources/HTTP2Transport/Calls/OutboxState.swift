internal import GRPCCore

/// What a task wrote to a stream and the loop has not sent yet.
struct OutboxState {
    typealias Waiter = UnsafeContinuation<Void, any Error>

    /// How a stream ends.
    enum Tail {
        case endOfStream
        case trailers(Status, Metadata)
    }

    /// What the loop must do for what was written.
    enum Step {
        case nothing
        /// Send the head; messages follow by and by.
        case head(Metadata)
        /// Send the whole answer in one header list.
        case whole(Status, Metadata)
        /// Tell the session that a stream it found empty has something to send.
        case resume
    }

    /// What the session gets when it asks for octets.
    enum Read {
        case octets(Int)
        /// Nothing now.
        case deferred
        /// These octets are the last.
        case last(Int, Tail)
    }

    private enum Head {
        case absent
        case waiting(Metadata)
        case sent
    }

    private var head = Head.absent
    private var queue = MessageQueue()
    private var tail: Tail?
    private var isDeferred = false
    private var closing: RPCError?
    private var waiters: [(id: UInt64, continuation: Waiter)] = []
    private var nextWaiter: UInt64 = 0
    /// Whether the loop has been asked to look at what is here.
    private var isAnnounced = false

    var pendingBytes: Int { queue.pendingBytes }
    var isFinished: Bool { tail != nil || closing != nil }

    /// Sets the metadata that open the stream.
    mutating func open(_ metadata: Metadata) throws(RPCError) {
        try checkWritable()
        guard case .absent = head else {
            throw RPCError(code: .internalError, message: "metadata may be written once, before all else")
        }
        head = .waiting(metadata)
    }

    mutating func append(_ message: [UInt8]) throws(RPCError) {
        try checkWritable()
        if case .absent = head { head = .waiting([:]) }
        queue.append(message)
    }

    mutating func finish(_ tail: Tail) throws(RPCError) {
        try checkWritable()
        self.tail = tail
    }

    /// Ends the stream with `tail` whatever its writer does, leaving out what was not sent.
    mutating func override(_ tail: Tail) -> [Waiter] {
        queue = MessageQueue()
        if case .waiting = head { head = .absent }
        self.tail = tail
        return takeWaiters()
    }

    /// Whether the writer should wait before it writes more.
    func isFull(limit: Int) -> Bool { closing == nil && queue.pendingBytes > limit }

    /// Whether the loop must be told; at most once until it looks.
    mutating func announce() -> Bool {
        defer { isAnnounced = true }
        return !isAnnounced
    }

    mutating func nextStep() -> Step {
        isAnnounced = false
        guard closing == nil else { return .nothing }
        switch head {
        case .absent:
            guard case .trailers(let status, let metadata) = tail else { return .nothing }
            head = .sent
            return .whole(status, metadata)
        case .waiting(let metadata):
            head = .sent
            return .head(metadata)
        case .sent:
            guard isDeferred, !queue.isEmpty || tail != nil else { return .nothing }
            isDeferred = false
            return .resume
        }
    }

    mutating func read(into target: UnsafeMutableRawBufferPointer) -> Read {
        let count = queue.read(into: target)
        if queue.isEmpty, let tail { return .last(count, tail) }
        guard count == 0 else { return .octets(count) }
        isDeferred = true
        return .deferred
    }

    /// Refuses all further writes with `error`; gives the writers to be told so.
    mutating func close(_ error: RPCError) -> [Waiter] {
        if closing == nil { closing = error }
        queue = MessageQueue()
        return takeWaiters()
    }

    /// Writers that may go on now that a part of the queue has been read.
    mutating func takeWaiters(ifBelow limit: Int) -> [Waiter] {
        waiters.isEmpty || queue.pendingBytes > limit ? [] : takeWaiters()
    }

    /// Registers a writer; gives false where there is no reason to wait any more.
    mutating func wait(_ continuation: Waiter, id: UInt64, limit: Int) -> Bool {
        guard isFull(limit: limit), tail == nil else { return false }
        waiters.append((id, continuation))
        return true
    }

    mutating func newWaiterID() -> UInt64 {
        nextWaiter += 1
        return nextWaiter
    }

    mutating func takeWaiter(_ id: UInt64) -> Waiter? {
        guard let index = waiters.firstIndex(where: { $0.id == id }) else { return nil }
        return waiters.remove(at: index).continuation
    }

    private mutating func takeWaiters() -> [Waiter] {
        defer { waiters = [] }
        return waiters.map(\.continuation)
    }

    private func checkWritable() throws(RPCError) {
        if let closing { throw closing }
        if tail != nil { throw RPCError(code: .failedPrecondition, message: "the stream is finished") }
    }
}
