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
    private let limits: HTTPLimits
    private var assembly: RequestAssembly
    private var mailbox = Mailbox.empty
    private let watchdog: Watchdog
    private var isInputClosed = false
    private var isLingering = false
    /// The present answer is the last one.
    private var isEnding = false

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

    private func deliver(_ request: ReceivedRequest) {
        switch mailbox {
        case .waiting(let task):
            mailbox = .empty
            task.resume(returning: request)
        case .empty: mailbox = .full(request)
        case .full, .closed: break
        }
    }

    /// Writes an answer; returns when the client takes more.
    ///
    /// Called on the channel's event loop.
    func write(_ response: APIResponse, to request: ReceivedRequest) async {
        channel.eventLoop.preconditionInEventLoop()
        let written = send(response, isHead: request.request.method == .HEAD, keepAlive: request.keepAlive)
        if !channel.isWritable { try? await written.get() }
    }

    @discardableResult
    private func send(_ response: APIResponse, isHead: Bool, keepAlive: Bool) -> EventLoopFuture<Void> {
        let keepAlive = keepAlive && !isInputClosed
        isEnding = !keepAlive
        watchdog.expect(within: limits.answer)
        channel.write(HTTPServerResponsePart.head(.init(response, keepAlive: keepAlive)), promise: nil)
        if !response.body.isEmpty, !isHead {
            channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: response.body))), promise: nil)
        }
        let written = channel.writeAndFlush(HTTPServerResponsePart.end(nil))
        written.whenComplete { _ in self.afterAnswer(keepAlive: keepAlive) }
        return written
    }

    private func afterAnswer(keepAlive: Bool) {
        if isLingering {
            // Closing on a client that still sends would reset the connection and take the answer from it.
            channel.close(mode: .output, promise: nil)
            watchdog.expect(within: limits.lingering)
        } else if keepAlive {
            watchdog.expect(within: limits.idle)
        } else {
            channel.close(mode: .all, promise: nil)
        }
    }
}

extension HTTPConnection {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isEnding else { return }
        perform(assembly.receive(unwrapInboundIn(data)))
    }

    private func perform(_ action: RequestAssembly.Action) {
        switch action {
        case .wait: break
        case .expectBody: watchdog.expect(within: limits.body)
        case .sendContinue:
            watchdog.expect(within: limits.body)
            channel.writeAndFlush(
                HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .continue)),
                promise: nil
            )
        case .answer(let request, let keepAlive):
            watchdog.rest()
            deliver(ReceivedRequest(request: request, keepAlive: keepAlive))
        case .refuse(let fault):
            isLingering = !isInputClosed
            send(.refusing(fault), isHead: false, keepAlive: false)
        case .ignore: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed? = event as? ChannelEvent {
            isInputClosed = true
            // A request that is being answered still gets its answer.
            if case .waiting = mailbox { channel.close(mode: .all, promise: nil) }
            isLingering = false
        }
        context.fireUserInboundEventTriggered(event)
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
        context.fireChannelInactive()
    }
}

/// A request with what its answer must know of the connection.
struct ReceivedRequest: Sendable {
    var request: APIRequest
    var keepAlive: Bool
}
