internal import GRPCCore
internal import NIOCore

/// One call on its way through a server.
final class ServerStream: SessionStream, @unchecked Sendable {
    // @unchecked: inbox, outbox and work are locked; everything else is touched on the connection's loop only.

    let connection: ServerConnection
    let inbox = Inbox<RPCRequestPart<[UInt8]>>()
    let outbox: Outbox
    private let work = CallWork()
    private let away: AwayCredit
    private var state = ServerCallState()
    private var head: RequestHead
    private var deframer: MessageDeframer
    private var window = ReceiveWindow()
    /// When the transport answers DEADLINE_EXCEEDED in the handler's place.
    private(set) var deadline: NIODeadline?

    init(connection: ServerConnection) {
        let configuration = connection.listener.configuration
        self.connection = connection
        outbox = Outbox(limit: configuration.writeBufferBytes)
        away = AwayCredit(threshold: configuration.streamWindowBytes / 4)
        head = RequestHead(limit: configuration.maxHeaderListBytes)
        deframer = MessageDeframer(limit: configuration.maxRequestMessageBytes)
    }

    // What the session tells, on the loop

    override func headerReceived(name: RawSpan, value: RawSpan) -> Bool {
        guard state.request == .headers else { return true }
        head.take(name: name, value: value, methods: connection.listener.methods)
        return !head.isBomb
    }

    override func headersEnded(endsStream: Bool) {
        connection.headersEnded()
        switch state.headersEnded(endsStream: endsStream) {
        case .open(let isLast):
            open()
            if isLast, !state.isSettled { inbox.finish() }
        case .end: requestEnded()
        case .ignore: break
        }
    }

    override func dataReceived(_ chunk: RawSpan) {
        window.received(chunk.byteCount)
        guard state.takesData else { return discard(chunk.byteCount) }
        do {
            try deframer.take(chunk) { message in
                let length = MessageDeframer.prefixLength + message.count
                session?.taken(inbox.push(.message(message), bytes: length), by: self)
            }
        } catch {
            return settle(error.status)
        }
        if session?.isOverfull == true, deframer.heldBytes > 0 {
            settle(Status(code: .resourceExhausted, message: "connection holds too many unfinished messages"))
        }
        settleWindow()
    }

    override func endReceived() {
        if state.dataEnded() { requestEnded() }
    }

    override func read(into target: UnsafeMutableRawBufferPointer) -> OutboxState.Read {
        outbox.read(into: target)
    }

    override func closed(errorCode: UInt32) {
        guard state.close() else { return }
        deadline = nil
        let isComplete = errorCode == ErrorCode.none && outbox.isFinished
        inbox.fail(Self.cancelledError, droppingParts: true)
        outbox.close(Self.cancelled)
        if !isComplete { work.cancel() }
        connection.streamClosed()
    }

    private static let cancelled = RPCError(code: .cancelled, message: "call was cancelled by its client")
    /// The same, boxed once and not for each call.
    private static let cancelledError: any Error = cancelled

    // From request to handler

    private func open() {
        switch head.verdict {
        case .accept(let accepted): start(accepted)
        case .refuse(let status): settle(status)
        case .refuseEncoding(let status): refuse(.encodingRefused(status))
        case .notGRPC(let httpStatus): refuse([":status": String(httpStatus)])
        }
        head = RequestHead(limit: 0)
    }

    /// Answers by `block` alone, before there is a handler.
    private func refuse(_ block: HeaderBlock) {
        guard state.settle() else { return }
        session?.respond(block, stream: self, isWhole: true)
    }

    private func start(_ accepted: RequestHead.Accepted) {
        _ = inbox.push(.metadata(accepted.metadata), bytes: 0)
        if let timeout = accepted.timeout {
            let deadline = NIODeadline.now() + TimeAmount(timeout)
            self.deadline = deadline
            connection.wake(at: deadline)
        }
        connection.callStarted()
        let method = accepted.method
        let details = HTTP2CallContext(deadline: deadline)
        // Unstructured on purpose: the call runs on the connection's loop from its first job on, and the connection
        // waits for it. A task group would bring each call there by way of another thread.
        work.attach(Task.detached(executorPreference: connection.link.executor) { await self.run(method, details) })
    }

    private func run(_ method: MethodDescriptor, _ details: HTTP2CallContext) async {
        await withServerContextRPCCancellationHandle { handle in
            work.attach(handle)
            var context = ServerContext(
                descriptor: method,
                remotePeer: connection.remotePeer,
                localPeer: connection.localPeer,
                cancellation: handle
            )
            context.transportSpecific = details
            await connection.listener.handler(
                RPCStream(
                    descriptor: method,
                    inbound: RPCAsyncSequence(wrapping: RequestParts(stream: self)),
                    outbound: RPCWriter.Closable(wrapping: ResponseWriter(stream: self))
                ),
                context
            )
        }
        work.ended()
        if !outbox.isFinished {
            let status = Status(code: .internalError, message: "handler returned without a status")
            _ = try? write { state throws(RPCError) in try state.finish(.trailers(status, [:])) }
        }
        connection.link.executor.perform { self.connection.callEnded() }
    }

    private func requestEnded() {
        guard deframer.heldBytes == 0 else {
            return settle(Status(code: .internalError, message: "request ends within a message"))
        }
        inbox.finish()
    }

    /// Answers in the handler's place and stops the handler.
    func settle(_ status: Status, _ metadata: Metadata = [:]) {
        guard state.settle() else { return }
        deadline = nil
        session?.taken(heldBytes, by: self)
        deframer = MessageDeframer(limit: 0)
        inbox.fail(RPCError(status: status, metadata: metadata) ?? .ended, droppingParts: true)
        work.cancel()
        guard !outbox.isFinished else { return }
        outbox.override(.trailers(status, metadata))
        kick()
    }

    /// Settles the call if its time is over; gives the time when it will be otherwise.
    func expire(_ now: NIODeadline) -> NIODeadline? {
        guard let deadline, !state.isClosed else { return nil }
        guard deadline <= now else { return deadline }
        settle(Status(code: .deadlineExceeded, message: "deadline exceeded"))
        return nil
    }

    /// Ends the call because the server goes away.
    func abandon() {
        settle(Status(code: .unavailable, message: "server is shutting down"))
    }

    // Flow control

    private func discard(_ count: Int) {
        session?.taken(count, by: self)
        settleWindow()
    }

    private func settleWindow() {
        session?.giveBack(window.release(keeping: inbox.keptBytes), stream: self)
    }

    /// The handler took `count` octets of messages; called from any thread.
    func handlerTook(_ count: Int) {
        if connection.link.executor.eventLoop.inEventLoop {
            windowFreed(count)
        } else if away.add(count) {
            connection.link.executor.perform { self.windowFreed(self.away.take()) }
        }
    }

    private func windowFreed(_ count: Int) {
        session?.taken(count, by: self)
        settleWindow()
        connection.link.flushLater()
    }

    // From handler to answer

    /// Queues a part of the answer; gives whether its writer should wait.
    ///
    /// Called from any thread.
    @discardableResult
    func write(_ change: (inout OutboxState) throws(RPCError) -> Void) throws(RPCError) -> Bool {
        let written = try outbox.write(change)
        guard written.announces else { return written.isFull }
        let executor = connection.link.executor
        // The usual case apart, so that it costs no closure on the heap.
        if executor.eventLoop.inEventLoop {
            executor.inTurn { kick() }
        } else {
            executor.perform { self.kick() }
        }
        return written.isFull
    }

    private func kick() {
        switch outbox.nextStep() {
        case .nothing: return
        case .head(let metadata): session?.respond(.head(metadata), stream: self, isWhole: false)
        case .whole(let status, let metadata):
            session?.respond(.trailersOnly(status, metadata), stream: self, isWhole: true)
        case .resume: session?.resume(self)
        }
        connection.link.flushLater()
    }
}

extension RPCError {
    static let ended = RPCError(code: .cancelled, message: "call has ended")
}
