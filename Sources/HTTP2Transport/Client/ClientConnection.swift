internal import GRPCCore
internal import Logging
internal import NIOCore

/// What a client's connection tells the subchannel it serves, on its loop.
protocol ClientConnectionOwner: AnyObject {
    /// The server's SETTINGS have arrived: calls may begin.
    func connectionReady(_ connection: ClientConnection)
    /// The connection takes no more calls: the server sent GOAWAY, or it is idle.
    func connectionDraining(_ connection: ClientConnection, reason: DrainReason)
    /// The connection is closed.
    func connectionClosed(_ connection: ClientConnection, error: (any Error)?)
}

enum DrainReason: Equatable { case idle, goAway, tooManyPings }

/// One connection of a client; lives on the loop of its channel.
final class ClientConnection: LinkOwner, @unchecked Sendable {
    // @unchecked: touched on the connection's loop only, but for the peers' names, which do not change.

    let link: SessionLink
    let remotePeer: String
    let localPeer: String
    private let templates: MethodTemplates
    private let logger: Logger
    private weak var owner: (any ClientConnectionOwner)?
    private var clock: ConnectionClock
    private var conduct: PeerConduct
    private var isReady = false
    private var isClosed = false
    private var goAway: (lastStream: Int32, code: UInt32, debug: String)?

    private static let livenessPing: UInt64 = 0x616c697665

    init(
        channel: any Channel,
        template: SessionTemplate,
        templates: MethodTemplates,
        configuration: HTTP2ClientConfiguration,
        pingPatience: Int,
        logger: Logger,
        owner: any ClientConnectionOwner
    ) throws(HTTP2TransportError) {
        let now = NIODeadline.now()
        remotePeer = channel.remoteAddress.peerDescription
        localPeer = channel.localAddress.peerDescription
        self.templates = templates
        self.logger = logger
        self.owner = owner
        clock = ConnectionClock(configuration.rhythm(pingPatience), now: now)
        conduct = PeerConduct(PeerConductLimits(), now: now)
        let session = try Session(template, maxBufferedBytes: configuration.maxBufferedBytes)
        link = SessionLink(session: session, executor: .of(channel.eventLoop), expectsTLS: configuration.tls != nil)
        link.attach(self)
    }

    private var session: Session { link.session }

    /// Whether a new call may begin here.
    var takesCalls: Bool { isReady && !isClosed && !clock.isDraining && goAway == nil }

    var hasClosed: Bool { isClosed }

    // What calls ask for

    /// Sends the head of a call's request.
    func begin(_ stream: ClientStream, _ metadata: Metadata) throws(RPCError) {
        guard !isClosed else { throw .lost }
        let block = try requestBlock(stream, metadata)
        do throws(HTTP2TransportError) {
            session.makeRoom(forMessageOf: stream.maxResponseMessageBytes)
            try session.request(block, stream: stream)
        } catch {
            throw RPCError(code: .unavailable, message: "request cannot be sent", cause: error)
        }
        clock.callsChanged(to: session.streams.count, .now())
    }

    private func requestBlock(_ stream: ClientStream, _ metadata: Metadata) throws(RPCError) -> HeaderBlock {
        do throws(MetadataFault) {
            var block = try templates[stream.method].block(metadata)
            if let deadline = stream.deadline {
                let left = Duration.nanoseconds((deadline - .now()).nanoseconds)
                block.append(name: "grpc-timeout".utf8, value: CallTimeout.encode(left).utf8)
            }
            return block
        } catch {
            throw RPCError(code: .internalError, message: "metadata '\(error.key)' cannot be sent")
        }
    }

    /// What a caller is told when its stream was reset with `code` or fell with the connection.
    func failure(ofReset code: UInt32) -> RPCError {
        if isClosed || session.hasEnded {
            guard let goAway, goAway.code != ErrorCode.none else { return .lost }
            return RPCError(code: .unavailable, message: "server went away: \(goAway.debug)")
        }
        return RPCError(resetCode: code)
    }

    func streamClosed() {
        guard session.streams.isEmpty else { return }
        clock.callsChanged(to: 0, .now())
        if clock.isDraining { finish() }
        setAlarm()
    }

    /// Lets the calls that are open end, then closes.
    func drain() {
        guard !isClosed, clock.beginDrain(.now()) else { return }
        _ = clock.drainHeard()
        if session.streams.isEmpty { finish() }
    }

    func cut(_ error: (any Error)?) {
        link.close(error)
    }

    private func finish() {
        session.sayGoodbye(ErrorCode.none, debug: "")
        link.flushLater()
    }

    // What the session tells

    func streamOpened() -> SessionStream? { nil }

    func received(_ event: SessionEvent) {
        let now = NIODeadline.now()
        switch event {
        case .settings:
            judge(conduct.settings(now))
            guard !isReady else { break }
            isReady = true
            if clock.handshakeEnded() { setAlarm() }
            owner?.connectionReady(self)
        case .goAway(let lastStream, let code, let debug): went(lastStream, code, debug)
        case .ping, .pong: break
        case .reset: break
        case .idleFrame: judge(conduct.idleFrame(now))
        case .invalidFrame(let reason):
            logger.debug("server sent an invalid frame", metadata: [Telemetry.reason: "\(reason)"])
        }
    }

    private func judge(_ verdict: PeerConduct.Verdict) {
        guard case .tooMuch(let reason) = verdict, session.failure == nil else { return }
        session.sayGoodbye(ErrorCode.enhanceYourCalm, debug: reason)
        session.failure = .abusivePeer(reason)
    }

    private func went(_ lastStream: Int32, _ code: UInt32, _ debug: String) {
        goAway = (lastStream, code, debug)
        let isScolded = code == ErrorCode.enhanceYourCalm && debug == "too_many_pings"
        owner?.connectionDraining(self, reason: isScolded ? .tooManyPings : .goAway)
    }

    // What the link tells

    func linkOpened() {
        setAlarm()
    }

    func linkRead() {
        if clock.read(.now()) { setAlarm() }
    }

    func linkWoken(_ now: NIODeadline) {
        for duty in clock.due(now) {
            switch duty {
            case .ping:
                session.ping(Self.livenessPing)
                link.flushLater()
            case .giveUp(let reason): link.close(HTTP2TransportError.session(reason))
            case .drain:
                owner?.connectionDraining(self, reason: .idle)
                drain()
            case .sendAway, .refuse, .cutOff: break
            }
        }
        setAlarm()
    }

    func linkClosed(_ error: (any Error)?) {
        isClosed = true
        if let error { log(error) }
        owner?.connectionClosed(self, error: error)
    }

    private func log(_ error: any Error) {
        let metadata: Logger.Metadata = [Telemetry.peer: "\(remotePeer)", Telemetry.reason: "\(error)"]
        if case .abusivePeer = error as? HTTP2TransportError {
            logger.warning("server left for its conduct", metadata: metadata)
        } else {
            logger.debug("connection failed", metadata: metadata)
        }
    }

    private func setAlarm() {
        if let next = clock.next { link.wake(at: next) }
    }
}

extension HTTP2ClientConfiguration {
    /// The times of a connection whose server has asked for `patience` times as much between PINGs.
    func rhythm(_ patience: Int) -> ConnectionClock.Rhythm {
        var keepAlive = keepAlive
        keepAlive.interval = keepAlive.interval.map { $0 * patience }
        return ConnectionClock.Rhythm(
            keepAlive: keepAlive,
            idleTimeout: idleTimeout,
            maxAge: nil,
            handshakeTimeout: connectTimeout,
            gracePeriod: nil
        )
    }

    var sessionSettings: SessionSettings {
        SessionSettings(
            maxConcurrentStreams: nil,
            streamWindowBytes: streamWindowBytes,
            connectionWindowBytes: connectionWindowBytes,
            maxHeaderListBytes: maxHeaderListBytes,
            resetBurst: 1000,
            resetsPerSecond: 1000
        )
    }
}

extension RPCError {
    /// The status that gRPC gives a stream reset with `code`.
    ///
    /// Source: gRPC over HTTP/2, "Errors".
    init(resetCode code: UInt32) {
        let message = "stream was reset with HTTP/2 error \(code)"
        self =
            switch code {
            case ErrorCode.refusedStream: RPCError(code: .unavailable, message: "server refused the stream")
            case ErrorCode.cancel: RPCError(code: .cancelled, message: "server cancelled the call")
            case ErrorCode.enhanceYourCalm: RPCError(code: .resourceExhausted, message: message)
            case ErrorCode.inadequateSecurity: RPCError(code: .permissionDenied, message: message)
            default: RPCError(code: .internalError, message: message)
            }
    }
}
