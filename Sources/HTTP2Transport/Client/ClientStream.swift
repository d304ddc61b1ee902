internal import GRPCCore
internal import NIOCore
internal import Synchronization

/// One call on its way through a client.
final class ClientStream: SessionStream, @unchecked Sendable {
    // @unchecked: inbox, outbox, away and isOver are safe from any thread; everything else is touched on the
    // client's loop only.

    let method: MethodDescriptor
    /// The client of the loop this call lives on.
    let client: LoopClient
    let waitsForReady: Bool
    /// When the client gives the call up, by its own configuration; nil for never.
    let deadline: NIODeadline?
    /// Where the loop's client keeps the call among those with a deadline; -1 for nowhere.
    var deadlineSlot = -1
    let inbox = Inbox<RPCResponsePart<[UInt8]>>()
    let outbox: Outbox
    let maxRequestMessageBytes: Int
    let maxResponseMessageBytes: Int
    private let away: AwayCredit
    private let maxHeaderListBytes: Int
    private(set) var connection: ClientConnection?
    private var state = ClientCallState()
    private var response: ResponseHead
    private var deframer: MessageDeframer
    private var window = ReceiveWindow()
    private var requestMetadata = Metadata()
    private var isUnsent = false
    private let isOver = Atomic<Bool>(false)

    init(
        method: MethodDescriptor,
        options: CallOptions,
        configuration: HTTP2ClientConfiguration,
        client: LoopClient
    ) {
        self.method = method
        self.client = client
        waitsForReady = options.waitForReady ?? configuration.waitForReady
        deadline = configuration.timeout(of: method, options).map { NIODeadline.now() + TimeAmount($0) }
        outbox = Outbox(limit: configuration.writeBufferBytes)
        maxRequestMessageBytes = options.maxRequestMessageBytes ?? .max
        maxResponseMessageBytes = options.maxResponseMessageBytes ?? configuration.maxResponseMessageBytes
        away = AwayCredit(threshold: configuration.streamWindowBytes / 4)
        maxHeaderListBytes = configuration.maxHeaderListBytes
        response = ResponseHead(limit: configuration.maxHeaderListBytes)
        deframer = MessageDeframer(limit: maxResponseMessageBytes)
    }

    private var executor: EventLoopTaskExecutor { client.executor }

    /// Gives the call to a connection; on the loop.
    func placed(on connection: ClientConnection) {
        self.connection = connection
    }

    // What the session tells, on the loop

    override func headersBegan() {
        response = ResponseHead(limit: maxHeaderListBytes)
    }

    override func headerReceived(name: RawSpan, value: RawSpan) -> Bool {
        response.take(name: name, value: value)
        return !response.isBomb
    }

    override func headersEnded(endsStream: Bool) {
        switch state.headersEnded(endsStream: endsStream, isInformational: response.isInformational) {
        case .ignore: break
        case .head: opened()
        case .trailers(let isOnlyOne): ended(isOnlyOne: isOnlyOne)
        case .fault: give(Ending(status: Status(code: .internalError, message: "trailers do not end the stream")))
        }
    }

    override func dataReceived(_ chunk: RawSpan) {
        window.received(chunk.byteCount)
        guard state.takesData else {
            session?.taken(chunk.byteCount, by: self)
            return settleWindow()
        }
        do {
            try deframer.take(chunk) { message in
                let length = MessageDeframer.prefixLength + message.count
                session?.taken(inbox.push(.message(message), bytes: length), by: self)
            }
        } catch {
            return fail(error.status)
        }
        if session?.isOverfull == true, deframer.heldBytes > 0 {
            return fail(Status(code: .resourceExhausted, message: "connection holds too many unfinished messages"))
        }
        settleWindow()
    }

    override func endReceived() {
        guard state.end() else { return }
        give(Ending(status: Status(code: .internalError, message: "server ended the stream without a status")))
    }

    override func read(into target: UnsafeMutableRawBufferPointer) -> OutboxState.Read {
        outbox.read(into: target)
    }

    override func notSent() {
        isUnsent = true
    }

    override func closed(errorCode: UInt32) {
        if isUnsent, !state.hasEnded, connection?.hasClosed == false {
            isUnsent = false
            return placeAnew()
        }
        over()
        if state.end() {
            let error = connection?.failure(ofReset: errorCode) ?? .lost
            inbox.fail(error, droppingParts: false)
        }
        outbox.close(.over)
        connection?.streamClosed()
        connection = nil
    }

    private func opened() {
        do {
            _ = inbox.push(.metadata(try response.head()), bytes: 0)
        } catch {
            fail(error.status)
        }
    }

    private func ended(isOnlyOne: Bool) {
        guard deframer.heldBytes == 0 else {
            return give(Ending(status: Status(code: .internalError, message: "answer ends within a message")))
        }
        give(response.ending())
    }

    /// Hands the status to the caller, behind the messages it has not read yet.
    private func give(_ ending: Ending) {
        _ = inbox.push(.status(ending.status, ending.metadata), bytes: 0)
        inbox.finish()
        let isRequestWhole = outbox.isFinished
        outbox.close(.over)
        // The server is done: if it does not want the rest of the request, nobody does.
        if !isRequestWhole { session?.reset(self, code: ErrorCode.none) }
    }

    /// Ends the call on the client's own account.
    private func fail(_ status: Status) {
        _ = state.end()
        session?.taken(heldBytes, by: self)
        session?.reset(self, code: ErrorCode.cancel)
        inbox.fail(RPCError(status: status) ?? .lost, droppingParts: false)
        outbox.close(.over)
        connection?.link.flushLater()
    }

    // Flow control

    private func settleWindow() {
        session?.giveBack(window.release(keeping: inbox.keptBytes), stream: self)
    }

    /// The caller took `count` octets of messages; called from any thread.
    func callerTook(_ count: Int) {
        if executor.eventLoop.inEventLoop {
            windowFreed(count)
        } else if away.add(count) {
            executor.perform { self.windowFreed(self.away.take()) }
        }
    }

    private func windowFreed(_ count: Int) {
        guard let session else { return }
        session.taken(count, by: self)
        settleWindow()
        connection?.link.flushLater()
    }

    // What the caller asks for, from any thread

    /// Queues a part of the request; gives whether its writer should wait.
    func write(_ change: (inout OutboxState) throws(RPCError) -> Void) throws(RPCError) -> Bool {
        let written = try outbox.write(change)
        if written.announces { executor.perform { self.kick() } }
        return written.isFull
    }

    private func kick() {
        guard let connection else { return }
        switch outbox.nextStep() {
        case .nothing, .whole: return
        case .head(let metadata): begin(metadata, connection)
        case .resume: session?.resume(self)
        }
        connection.link.flushLater()
    }

    private func begin(_ metadata: Metadata, _ connection: ClientConnection) {
        requestMetadata = metadata
        guard connection.takesCalls else { return placeAnew() }
        do {
            try connection.begin(self, metadata)
        } catch {
            fall(error)
        }
    }

    /// Looks for another connection: the one given stopped taking calls before it had sent anything of this one.
    private func placeAnew() {
        connection = nil
        client.begin(self) { result in
            switch result {
            case .success(let connection):
                self.placed(on: connection)
                self.begin(self.requestMetadata, connection)
                connection.link.flushLater()
            case .failure(let error): self.fall(error as? RPCError ?? .givenUp)
            }
        }
    }

    /// Ends the call, of which nothing was sent.
    private func fall(_ error: RPCError) {
        outbox.close(error)
        if state.end() { inbox.fail(error, droppingParts: true) }
        over()
    }

    private func over() {
        isOver.store(true, ordering: .releasing)
        client.deadlines.remove(self)
    }

    /// Ends the call because its time is up; on the loop.
    func expire() {
        client.deadlines.remove(self)
        cancelOnLoop(.timedOut)
    }

    /// Ends the call with `error` if it has not ended by itself.
    func cancel(_ error: RPCError) {
        guard !isOver.load(ordering: .acquiring) else { return }
        executor.perform { self.cancelOnLoop(error) }
    }

    private func cancelOnLoop(_ error: RPCError) {
        session?.reset(self, code: ErrorCode.cancel)
        if connection == nil { client.forget(self, error) }
        outbox.close(error)
        inbox.fail(error, droppingParts: true)
        if state.end() { over() }
        connection?.link.flushLater()
    }
}

extension RPCError {
    /// What a writer is told once the server has ended the call; the reader learns the status.
    static let over = RPCError(code: .unavailable, message: "the call has ended")
    static let lost = RPCError(code: .unavailable, message: "connection was lost")
    static let timedOut = RPCError(code: .deadlineExceeded, message: "deadline exceeded")

    init?(status: Status) {
        self.init(status: status, metadata: [:])
    }
}
