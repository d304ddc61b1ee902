internal import Logging

/// Opens the connections its user asks for, each until it succeeds.
///
/// Failures are followed by a growing pause, and while there are any only one attempt is made at a time. A success of
/// one opener ends the pauses of its siblings: the server is back for all of them.
///
/// Sendable: touched on the loop's thread only.
final class Opener: ConnectionOwner, @unchecked Sendable {
    private let loop: EventLoop
    private let configuration: PostgresConfiguration
    private let role: ConnectionRole
    private let logger: Logger
    private let siblings: Siblings
    private let opened: (Connection) -> Void
    private let failed: (PostgresError) -> Void
    private var underWay: [ObjectIdentifier: Connection] = [:]
    private var backoff = Backoff()
    private var isPausing = false
    private var pauses = 0
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
        siblings: Siblings,
        opened: @escaping (Connection) -> Void,
        failed: @escaping (PostgresError) -> Void
    ) {
        self.loop = loop
        self.configuration = configuration
        self.role = role
        self.logger = logger
        self.siblings = siblings
        self.opened = opened
        self.failed = failed
        siblings.add(self)
    }

    /// The openers of one server.
    ///
    /// Sendable: touched on the loop's thread only, but for the openers' beginning.
    final class Siblings: @unchecked Sendable {
        private struct Member {
            weak var opener: Opener?
        }

        private var members: [Member] = []

        fileprivate func add(_ opener: Opener) { members.append(Member(opener: opener)) }

        fileprivate func serverIsThere() {
            for member in members { member.opener?.endPause() }
        }
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
        siblings.serverIsThere()
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
        pauses += 1
        loop.schedule(after: backoff.pause()) { [weak self, pauses] in
            guard let self, pauses == self.pauses else { return }
            endPause()
        }
    }

    private func endPause() {
        guard isPausing else { return }
        isPausing = false
        advance()
    }

    func connection(_ connection: Connection, ended request: Request) {}
    func connection(_ connection: Connection, heard notification: Notification) {}
}
