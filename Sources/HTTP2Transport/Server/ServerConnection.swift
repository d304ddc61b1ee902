internal import Logging
internal import NIOCore

/// One client's connection to a server; lives on the loop of its channel.
final class ServerConnection: LinkOwner, @unchecked Sendable {
    // @unchecked: `listener`, `link` and the peers' names are immutable, all else is touched on the loop only.

    let listener: ServerListener
    let link: SessionLink
    let remotePeer: String
    let localPeer: String
    private var clock: ConnectionClock
    private var conduct: PeerConduct
    private var runningCalls = 0
    private var isClosed = false

    /// Answer to the PING that goes with a drain: whatever the peer sent before it heard of the drain has arrived.
    private static let drainPing: UInt64 = 0x647261696e
    private static let livenessPing: UInt64 = 0x616c697665

    /// Makes the connection of `channel`; its ``link`` is to be added to the channel's pipeline.
    init(listener: ServerListener, channel: any Channel) throws(HTTP2TransportError) {
        let configuration = listener.configuration
        let now = NIODeadline.now()
        self.listener = listener
        remotePeer = channel.remoteAddress.peerDescription
        localPeer = channel.localAddress.peerDescription
        clock = ConnectionClock(configuration.rhythm, now: now)
        conduct = PeerConduct(configuration.conduct, now: now)
        let session = try Session(listener.template, maxBufferedBytes: configuration.maxBufferedBytes)
        session.makeRoom(forMessageOf: configuration.maxRequestMessageBytes)
        link = SessionLink(
            session: session,
            executor: .of(channel.eventLoop),
            expectsTLS: configuration.tls != nil
        )
        link.attach(self)
    }

    private var session: Session { link.session }

    // What the session tells

    func streamOpened() -> SessionStream? {
        // Handlers may outlive their streams: a client that resets its calls does not get ever more of them.
        guard !isClosed, runningCalls < 2 * listener.configuration.maxConcurrentStreams else { return nil }
        let now = NIODeadline.now()
        clock.callsChanged(to: session.streams.count + 1, now)
        clock.headersBegan(now)
        return ServerStream(connection: self)
    }

    func received(_ event: SessionEvent) {
        let now = NIODeadline.now()
        switch event {
        case .settings:
            if clock.handshakeEnded() { setAlarm() }
            judge(conduct.settings(now))
        case .ping: judge(conduct.ping(now))
        case .pong(Self.drainPing): if clock.drainHeard() { session.sayGoodbye(ErrorCode.none, debug: "") }
        case .pong: break
        case .goAway(_, let code, let debug):
            guard code != ErrorCode.none else { break }
            listener.logger.debug("client says goodbye", metadata: ["code": "\(code)", "reason": "\(debug)"])
        case .reset: judge(conduct.reset(now))
        case .idleFrame: judge(conduct.idleFrame(now))
        case .invalidFrame(let reason):
            listener.logger.debug("client sent an invalid frame", metadata: peer(["reason": "\(reason)"]))
        }
    }

    private func judge(_ verdict: PeerConduct.Verdict) {
        guard case .tooMuch(let reason) = verdict, session.failure == nil else { return }
        session.sayGoodbye(ErrorCode.enhanceYourCalm, debug: reason)
        session.failure = .abusivePeer(reason)
    }

    // What the link tells

    func linkOpened() {
        setAlarm()
    }

    func linkRead() {
        if clock.read(.now()) || clock.awaitsHeaders { setAlarm() }
    }

    func linkWoken(_ now: NIODeadline) {
        for duty in clock.due(now) { perform(duty, now) }
        if !isClosed {
            for stream in session.streams {
                guard let deadline = (stream as? ServerStream)?.expire(now) else { continue }
                link.wake(at: deadline)
            }
        }
        setAlarm()
    }

    func linkClosed(_ error: (any Error)?) {
        isClosed = true
        if let error {
            let metadata = peer(["reason": "\(error)"])
            if case .abusivePeer = error as? HTTP2TransportError {
                listener.logger.warning("client sent away", metadata: metadata)
            } else {
                listener.logger.debug("connection failed", metadata: metadata)
            }
        }
        leaveIfDone()
    }

    private func perform(_ duty: ConnectionClock.Duty, _ now: NIODeadline) {
        switch duty {
        case .ping: session.ping(Self.livenessPing)
        case .giveUp(let reason): link.close(HTTP2TransportError.session(reason))
        case .sendAway(let reason): link.close(HTTP2TransportError.abusivePeer(reason))
        case .drain: drain(now)
        case .refuse: session.sayGoodbye(ErrorCode.none, debug: "")
        case .cutOff: for stream in session.streams { (stream as? ServerStream)?.abandon() }
        }
        link.flushLater()
    }

    // What the listener asks for

    /// Lets the calls that are open or on their way end, then closes.
    ///
    /// On the loop only.
    func drain(_ now: NIODeadline = .now()) {
        guard !isClosed, clock.beginDrain(now) else { return }
        session.announceShutdown()
        session.ping(Self.drainPing)
        link.flushLater()
        setAlarm()
    }

    /// Closes at once.
    ///
    /// On the loop only.
    func cut() {
        for stream in session.streams { (stream as? ServerStream)?.abandon() }
        link.close(nil)
    }

    // What streams tell

    /// Asks for a look at the deadlines at `time`.
    func wake(at time: NIODeadline) {
        link.wake(at: time)
    }

    /// A header list of a stream has ended.
    func headersEnded() {
        clock.headersEnded()
    }

    func callStarted() {
        runningCalls += 1
    }

    /// A handler has returned.
    func callEnded() {
        runningCalls -= 1
        leaveIfDone()
    }

    /// A stream has left the session.
    func streamClosed() {
        conduct.sentData()
        guard session.streams.isEmpty else { return }
        clock.callsChanged(to: 0, .now())
        setAlarm()
    }

    private func leaveIfDone() {
        if isClosed, runningCalls == 0 { listener.remove(self) }
    }

    private func setAlarm() {
        if let next = clock.next { link.wake(at: next) }
    }

    private func peer(_ metadata: Logger.Metadata) -> Logger.Metadata {
        metadata.merging([Telemetry.peer: "\(remotePeer)"]) { own, _ in own }
    }
}

extension HTTP2ServerConfiguration {
    var rhythm: ConnectionClock.Rhythm {
        ConnectionClock.Rhythm(
            keepAlive: keepAlive,
            idleTimeout: idleTimeout,
            maxAge: maxConnectionAge,
            handshakeTimeout: handshakeTimeout,
            gracePeriod: shutdownGracePeriod
        )
    }

    var sessionSettings: SessionSettings {
        SessionSettings(
            maxConcurrentStreams: maxConcurrentStreams,
            streamWindowBytes: streamWindowBytes,
            connectionWindowBytes: connectionWindowBytes,
            maxHeaderListBytes: maxHeaderListBytes,
            resetBurst: 2 * conduct.resetBurst,
            resetsPerSecond: 2 * conduct.resetsPerSecond
        )
    }
}
