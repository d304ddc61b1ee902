internal import Logging

/// Opens the connections its user asks for, each until it succeeds: failures are followed by a growing pause, and
/// while there are any only one attempt is made at a time.
///
/// Sendable: touched on the loop's thread only.
final class Opener: ConnectionOwner, @unchecked Sendable {
    private let loop: EventLoop
    private let configuration: PostgresConfiguration
    private let role: ConnectionRole
    private let logger: Logger
    private let opened: (Connection) -> Void
    private let failed: (PostgresError) -> Void
    private var underWay: [ObjectIdentifier: Connection] = [:]
    private var backoff = Backoff()
    private var isPausing = false
    private var isClosed = false

    /// How many connections were asked for and are not open yet.
    private(set) var wanted = 0
    /// Why the last attempt failed; nil after a success.
    private(set) var lastFailure: PostgresError?

    init(
        loop: EventLoop,
        configuration: PostgresConfiguration,
        role: ConnectionRole,
        logger: Logger,
        opened: @escaping (Connection) -> Void,
        failed: @escaping (PostgresError) -> Void
    ) {
        self.loop = loop
        self.configuration = configuration
        self.role = role
        self.logger = logger
        self.opened = opened
        self.failed = failed
    }

    /// Asks for one more connection.
    func open() {
        wanted += 1
        advance()
    }

    func close() {
        isClosed = true
        for connection in Array(underWay.values) { connection.close(because: .closed) }
    }

    private func advance() {
        while !isClosed, !isPausing, underWay.count < wanted, backoff.failures == 0 || underWay.isEmpty {
            let connection = Connection(loop: loop, configuration: configuration, role: role, owner: self)
            underWay[ObjectIdentifier(connection)] = connection
            connection.open()
        }
    }

    func connectionOpened(_ connection: Connection) {
        underWay[ObjectIdentifier(connection)] = nil
        wanted -= 1
        backoff.reset()
        lastFailure = nil
        logger.debug("connected to PostgreSQL", metadata: ["pg.role": "\(role.rawValue)"])
        opened(connection)
        advance()
    }

    func connectionClosed(_ connection: Connection, because error: PostgresError) {
        underWay[ObjectIdentifier(connection)] = nil
        guard !isClosed else { return }
        backoff.recordFailure()
        lastFailure = error
        logger.debug("no connection to PostgreSQL", metadata: ["pg.role": "\(role.rawValue)", "error": "\(error)"])
        failed(error)
        guard !isPausing else { return }
        isPausing = true
        loop.schedule(after: backoff.pause()) { [weak self] in
            self?.isPausing = false
            self?.advance()
        }
    }

    func connection(_ connection: Connection, ended request: Request) {}
    func connection(_ connection: Connection, heard notification: Notification) {}
}
