internal import NIOCore
internal import NIOTLS

/// What a connection hears of its channel, on the channel's loop.
protocol LinkOwner: SessionOwner {
    /// The link is in its channel's pipeline; from now on it can be woken.
    func linkOpened()
    /// Octets arrived and were taken.
    func linkRead()
    /// The time asked for with ``SessionLink/wake(at:)`` has come.
    func linkWoken(_ now: NIODeadline)
    /// The channel is closed; nothing follows.
    func linkClosed(_ error: (any Error)?)
}

/// Carries octets between a channel and a session, sending once at the end of each turn of the loop.
final class SessionLink: ChannelInboundHandler, TurnFlushing {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Octets gathered before they are handed to the socket.
    private static let chunk = 64 * 1024

    let executor: EventLoopTaskExecutor
    let session: Session
    private let expectsTLS: Bool
    private var owner: (any LinkOwner)?
    private var context: ChannelHandlerContext?
    private var outgoing = ByteBuffer()
    private var willFlush = false
    private var isClosing = false
    private var closeReason: (any Error)?
    private var alarm = Alarm()

    init(session: Session, executor: EventLoopTaskExecutor, expectsTLS: Bool) {
        self.session = session
        self.executor = executor
        self.expectsTLS = expectsTLS
    }

    /// Keeps `owner` until the channel is closed.
    func attach(_ owner: any LinkOwner) {
        self.owner = owner
        session.owner = owner
    }

    /// Lets go of the owner of a link that was never added to a channel.
    func discard() {
        ended()
    }

    // What the channel tells

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        owner?.linkOpened()
        if context.channel.isActive, !expectsTLS { flushLater() }
    }

    func channelActive(context: ChannelHandlerContext) {
        if !expectsTLS { flushLater() }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let buffer = unwrapInboundIn(data)
        executor.inTurn {
            do {
                try buffer.withUnsafeReadableBytes { octets throws(HTTP2TransportError) in
                    try session.receive(octets)
                }
                owner?.linkRead()
            } catch {
                closeAfterFlush(error)
            }
            flushLater()
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { executor.inTurn { flushLater() } }
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted(let negotiated) = event as? TLSUserEvent {
            guard negotiated == "h2" else {
                return close(HTTP2TransportError.session("peer did not agree on h2 in TLS"))
            }
            executor.inTurn { flushLater() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(error)
    }

    func channelInactive(context: ChannelHandlerContext) {
        executor.inTurn { ended() }
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        executor.inTurn { ended() }
    }

    // What the connection asks for

    /// Sends what the session has to say at the end of this turn.
    func flushLater() {
        guard !willFlush, context != nil else { return }
        willFlush = true
        executor.flushLater(self)
    }

    func flush() {
        willFlush = false
        guard let context, !isClosing else { return }
        do {
            while context.channel.isWritable {
                outgoing.clear()
                try session.output(into: &outgoing, limit: Self.chunk)
                guard outgoing.readableBytes > 0 else { break }
                context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
            }
        } catch {
            return close(error)
        }
        if !session.isLive { closeBehindWrites(context) }
    }

    /// Closes the channel behind what the session still has to say.
    func closeAfterFlush(_ error: any Error) {
        guard let context, !isClosing else { return }
        closeReason = closeReason ?? error
        outgoing.clear()
        try? session.output(into: &outgoing, limit: Self.chunk)
        if outgoing.readableBytes > 0 { context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil) }
        closeBehindWrites(context)
    }

    /// Closes the channel at once.
    func close(_ error: (any Error)?) {
        guard let context else { return }
        closeReason = closeReason ?? error
        isClosing = true
        context.close(promise: nil)
    }

    private func closeBehindWrites(_ context: ChannelHandlerContext) {
        isClosing = true
        let channel = context.channel
        context.writeAndFlush(wrapOutboundOut(ByteBuffer())).whenComplete { _ in channel.close(promise: nil) }
    }

    /// Asks for ``LinkOwner/linkWoken(_:)`` at `time`, if nothing is due earlier.
    func wake(at time: NIODeadline) {
        guard let context, alarm.advances(to: time) else { return }
        alarm.timer?.cancel()
        alarm.timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { [weak self] in
            self?.woken()
        }
    }

    private func woken() {
        alarm = Alarm()
        executor.inTurn { owner?.linkWoken(.now()) }
    }

    private func ended() {
        guard let owner else { return }
        self.owner = nil
        isClosing = true
        alarm.timer?.cancel()
        session.end(streamsCode: ErrorCode.cancel)
        context = nil
        owner.linkClosed(closeReason)
    }
}

/// The one timer of a connection.
private struct Alarm {
    var timer: Scheduled<Void>?
    private var time: NIODeadline?

    init() {}

    /// Whether `time` lies before what is scheduled, which it then replaces.
    mutating func advances(to time: NIODeadline) -> Bool {
        if let scheduled = self.time, scheduled <= time { return false }
        self.time = time
        return true
    }
}
