internal import NIOCore
internal import NIOHTTP1

/// One client's connection: hands its requests to the task that serves it, one after the other, and writes the answers.
///
/// Behind NIO's pipelining handler, which delivers a request only when the one before it has been answered and stops
/// reading meanwhile, so there is never more than one to hold.
final class HTTPConnection: ChannelInboundHandler, @unchecked Sendable {
    // @unchecked: everything mutable is touched on the channel's event loop alone; the serving task runs there too.
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    let channel: any Channel
    let limits: HTTPLimits
    let watchdog: Watchdog
    private var assembly: RequestAssembly
    private var mailbox = Mailbox.empty
    private var isInputClosed = false
    /// Requests that have come whole and are not answered yet.
    private var unanswered = 0
    /// Answers that have begun and are not taken yet; while there are some, the time for them is what counts.
    private var untaken = 0
    /// Nothing of a next request has come.
    private var isIdle = true
    private var isLingering = false
    /// The present answer is the last one.
    private var isEnding = false
    /// Who waits for the client to take what was written.
    private var roomWaiter: CheckedContinuation<Void, Never>?
    private var endWaiter: CheckedContinuation<Void, Never>?

    /// The request that waits for the serving task, or the task that waits for a request.
    private enum Mailbox {
        case empty
        case waiting(CheckedContinuation<ReceivedRequest?, Never>)
        case full(ReceivedRequest)
        case closed
    }

    init(channel: any Channel, limits: HTTPLimits) {
        self.channel = channel
        self.limits = limits
        assembly = RequestAssembly(limits: limits)
        watchdog = Watchdog(channel: channel)
        watchdog.expect(within: limits.idle)
    }

    /// The next request; nil when there will be none.
    ///
    /// Called on the channel's event loop, by one task.
    func next() async -> ReceivedRequest? {
        channel.eventLoop.preconditionInEventLoop()
        switch mailbox {
        case .full(let request):
            mailbox = .empty
            return request
        case .closed: return nil
        case .waiting: preconditionFailure("two tasks serve one connection")
        case .empty: return await withCheckedContinuation { mailbox = .waiting($0) }
        }
    }

    /// Returns once the connection has closed.
    ///
    /// Called on the channel's event loop, by one task.
    func closed() async {
        channel.eventLoop.preconditionInEventLoop()
        if case .closed = mailbox { return }
        await withCheckedContinuation { endWaiter = $0 }
    }

    private func deliver(_ request: ReceivedRequest) {
        switch mailbox {
        case .waiting(let task):
            mailbox = .empty
            task.resume(returning: request)
        case .empty: mailbox = .full(request)
        case .full, .closed: break
        }
    }

    /// Whether the connection goes on after an answer to a request that would have it so.
    func beginAnswer(keepAlive: Bool) -> Bool {
        let keepAlive = keepAlive && !isInputClosed
        isEnding = !keepAlive
        untaken += 1
        watchdog.expect(within: limits.answer)
        return keepAlive
    }

    /// What follows an answer that the client has taken.
    func afterAnswer(keepAlive: Bool) {
        unanswered -= 1
        untaken -= 1
        if isLingering {
            // Closing on a client that still sends would reset the connection and take the answer from it.
            channel.close(mode: .output, promise: nil)
            watchdog.expect(within: limits.lingering)
        } else if keepAlive {
            // The next request may be here already: clients may send it before they have this answer.
            guard untaken == 0 else { return }
            if unanswered > 0 { return watchdog.rest() }
            isIdle = assembly.isBetweenRequests
            watchdog.expect(within: isIdle ? limits.idle : limits.body)
        } else {
            channel.close(mode: .all, promise: nil)
        }
    }

    /// Returns when the client has taken enough of what was written that there is room for more, or has gone.
    func room() async {
        guard channel.isActive, !channel.isWritable else { return }
        await withCheckedContinuation { roomWaiter = $0 }
    }
}

// What the channel tells.
extension HTTPConnection {
    /// Something came of a request.
    func octetsCame() {
        guard isIdle else { return }
        isIdle = false
        watchdog.expect(within: limits.head)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnding else { return }
        perform(assembly.receive(unwrapInboundIn(data)))
    }

    private func perform(_ action: RequestAssembly.Action) {
        switch action {
        case .wait: break
        case .expectBody: expectBody()
        case .sendContinue:
            expectBody()
            channel.writeAndFlush(
                HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .continue)),
                promise: nil
            )
        case .answer(let request):
            if untaken == 0 { watchdog.rest() }
            unanswered += 1
            deliver(request)
        case .refuse(let fault):
            unanswered += 1
            isLingering = !isInputClosed
            send(.refusing(fault), isHead: false, keepAlive: false)
        case .ignore: break
        }
    }

    private func expectBody() {
        if untaken == 0 { watchdog.expect(within: limits.body) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            isLingering = false
            // A client that says nothing more has gone: what it asked for last is given up. Only what was already
            // written goes out.
            if !isEnding { channel.close(mode: .all, promise: nil) }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resumeRoomWaiter() }
        context.fireChannelWritabilityChanged()
    }

    private func resumeRoomWaiter() {
        let waiter = roomWaiter
        roomWaiter = nil
        waiter?.resume()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.close(promise: nil) }
        if !isEnding { perform(assembly.fail(error)) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        watchdog.rest()
        let before = mailbox
        mailbox = .closed
        if case .waiting(let task) = before { task.resume(returning: nil) }
        resumeRoomWaiter()
        endWaiter?.resume()
        endWaiter = nil
        context.fireChannelInactive()
    }
}

/// A request with what its answer must know of the connection.
struct ReceivedRequest: Sendable {
    var request: APIRequest
    var keepAlive: Bool
    /// Whether an answer can come in chunks: HTTP/1.0 knows none.
    var takesChunks: Bool
}
