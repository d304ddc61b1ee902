internal import Logging
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// One address seen from one loop: its connection, and the attempts to make one.
///
/// Confined to the loop.
final class Subchannel: ClientConnectionOwner, @unchecked Sendable {
    // @unchecked: touched on its loop only.

    let address: ServerAddress
    private let shared: ClientShared
    private let eventLoop: any EventLoop
    private let templates: MethodTemplates
    private weak var owner: LoopClient?
    private var state: SubchannelState
    private var connection: ClientConnection?
    /// Connections that take no more calls and have not closed yet.
    private var leaving: [ObjectIdentifier: ClientConnection] = [:]
    private var readySince = NIODeadline.now()
    private var retry: Scheduled<Void>?
    private var health = HealthState.unasked
    private var healthWatch: Task<Void, Never>?
    /// Factor by which the server made us wait longer between PINGs.
    private var pingPatience = 1

    init(address: ServerAddress, shared: ClientShared, eventLoop: any EventLoop, owner: LoopClient) {
        self.address = address
        self.shared = shared
        self.eventLoop = eventLoop
        self.owner = owner
        let configuration = shared.configuration
        templates = MethodTemplates(
            authority: configuration.authority ?? address.authority,
            isTLS: configuration.tls != nil
        )
        state = SubchannelState(policy: configuration.backoff)
    }

    /// Whether it is worth waiting for the connection: it is being made, or its server asked whether it serves.
    var isPromising: Bool { state.phase == .connecting || (state.phase == .ready && !health.isKnown) }

    /// The connection a call may begin on now.
    var ready: ClientConnection? {
        guard let connection, connection.takesCalls, health.isServing else { return nil }
        return connection
    }

    var hasConnections: Bool { connection != nil || !leaving.isEmpty || state.phase == .connecting }

    /// Connects if that has not begun.
    func want() {
        act(state.wanted())
    }

    /// Lets open calls end and makes no connection any more.
    func drain() {
        state.end()
        retry?.cancel()
        leave()
    }

    func cut() {
        state.end()
        retry?.cancel()
        healthWatch?.cancel()
        connection?.cut(nil)
        for connection in leaving.values { connection.cut(nil) }
    }

    private func act(_ action: SubchannelState.Action) {
        switch action {
        case .nothing: break
        case .connect: connect()
        case .connectAfter(let wait):
            retry = eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(wait)) { [weak self] in
                guard let self else { return }
                self.act(self.state.retryDue())
            }
        }
    }

    private func connect() {
        let bootstrap = ClientBootstrap(group: eventLoop)
            .connectTimeout(TimeAmount(shared.configuration.connectTimeout))
            .channelOption(.maxMessagesPerRead, value: 4)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: 64 * 1024))
        let attempt =
            switch address {
            case .tcp(let host, let port):
                bootstrap.channelOption(.tcpOption(.tcp_nodelay), value: 1).connect(host: host, port: port)
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            }
        attempt.assumeIsolated().whenComplete { result in
            EventLoopTaskExecutor.of(self.eventLoop).inTurn { self.attempted(result) }
        }
    }

    private func attempted(_ result: Result<any Channel, any Error>) {
        guard state.phase == .connecting else {
            if case .success(let channel) = result { channel.close(promise: nil) }
            owner?.connectionGone()
            return
        }
        do {
            let channel = try result.get()
            let made = try ClientConnection(
                channel: channel,
                template: shared.template,
                templates: templates,
                configuration: shared.configuration,
                pingPatience: pingPatience,
                logger: shared.logger,
                owner: self
            )
            connection = made
            try addHandlers(channel, made)
        } catch {
            connection?.link.discard()
            failed(.cannotConnect("\(address): \(error)"))
        }
    }

    private func addHandlers(_ channel: any Channel, _ connection: ClientConnection) throws {
        let pipeline = channel.pipeline.syncOperations
        if let certificates = shared.certificates {
            let name = shared.configuration.tls?.serverName ?? address.hostName
            try pipeline.addHandler(NIOSSLClientHandler(context: certificates.current, serverHostname: name))
        }
        try pipeline.addHandler(connection.link)
    }

    private func failed(_ error: HTTP2TransportError) {
        connection = nil
        shared.logger.debug(
            "cannot connect",
            metadata: [Telemetry.address: "\(address)", Telemetry.reason: "\(error)"]
        )
        act(state.failed(random: .random(in: -1...1)))
        owner?.subchannelFailed(error)
    }

    // What the connection tells

    func connectionReady(_ connection: ClientConnection) {
        guard connection === self.connection else { return }
        readySince = .now()
        state.connected()
        watchHealth(of: connection)
        owner?.subchannelChanged()
    }

    private func watchHealth(of connection: ClientConnection) {
        guard let service = shared.configuration.healthCheckedService, let owner else { return }
        health = .unknown
        let watch = HealthWatch(
            service: service,
            configuration: shared.configuration,
            client: owner,
            connection: connection
        )
        healthWatch?.cancel()
        // Unstructured on purpose: it lives as long as the connection, and ends with the stream it reads.
        healthWatch = Task(executorPreference: owner.executor) { [weak self] in
            await watch.run { isServing in self?.answered(isServing, connection) }
        }
    }

    private func answered(_ isServing: Bool, _ connection: ClientConnection) {
        guard connection === self.connection, health.answered(isServing) else { return }
        owner?.subchannelChanged()
    }

    func connectionDraining(_ connection: ClientConnection, reason: DrainReason) {
        guard connection === self.connection else { return }
        leave()
        switch reason {
        case .idle: state.idled()
        case .goAway: replace()
        case .tooManyPings:
            // Source: gRPC keep-alive (GRFC A8): double the interval for the connections to come.
            pingPatience = min(pingPatience * 2, 1 << 16)
            replace()
        }
    }

    func connectionClosed(_ connection: ClientConnection, error: (any Error)?) {
        leaving[ObjectIdentifier(connection)] = nil
        if connection === self.connection {
            self.connection = nil
            healthWatch?.cancel()
            if state.phase == .connecting {
                failed(.cannotConnect("\(address): \(error.map { "\($0)" } ?? "connection was closed")"))
            } else {
                replace()
            }
        }
        owner?.connectionGone()
    }

    private func leave() {
        guard let connection else { return }
        healthWatch?.cancel()
        leaving[ObjectIdentifier(connection)] = connection
        self.connection = nil
        connection.drain()
    }

    private func replace() {
        let lifetime = Duration.nanoseconds((NIODeadline.now() - readySince).nanoseconds)
        act(state.lost(lifetime: lifetime, random: .random(in: -1...1)))
        owner?.subchannelChanged()
    }
}

extension ServerAddress {
    /// The host by which a certificate may name the server; nil for literals, which SNI does not carry.
    fileprivate var hostName: String? {
        guard case .tcp(let host, _) = self, (try? SocketAddress(ipAddress: host, port: 0)) == nil else { return nil }
        return host
    }
}
