public import Logging
public import ServiceLifecycle

/// One PostgreSQL database: queries, transactions, notifications.
///
/// It connects by itself from the moment it exists, and again whenever the server was away. Reads outside transactions
/// share a few pipelined connections; a transaction has one of the pool for itself from its first statement on. As a
/// service it waits for the shutdown, lets open transactions finish, and closes.
public final class Database: Service, Sendable {
    private static let grace = Duration.seconds(10)

    let engine: Engine
    let logger: Logger

    /// Begins to connect.
    public init(configuration: PostgresConfiguration, logger: Logger) {
        self.logger = logger
        engine = Engine(configuration: configuration, logger: logger)
        engine.start()
    }

    deinit { engine.close(grace: .zero) }

    /// Waits for the graceful shutdown, or the task's cancellation, and closes; returns when all is closed.
    public func run() async throws {
        try? await gracefulShutdown()
        await withCheckedContinuation { continuation in
            engine.close(grace: Self.grace) { continuation.resume() }
        }
    }

    /// Refuses new callers from now on; transactions under way have ten seconds to finish.
    public func close() {
        engine.close(grace: Self.grace)
    }

    /// Whether there is a connection to the server.
    public var isReachable: Bool { engine.reachability.isReachable }

    /// Waits until the server answers.
    ///
    /// - Throws: ``PostgresError/unavailable(_:)`` when it has not by then, ``PostgresError/tooOld(_:)`` at once.
    public func waitUntilReady(timeout: Duration = .seconds(30)) async throws(PostgresError) {
        engine.release(try await engine.acquire(within: timeout))
    }

    /// Runs a read.
    ///
    /// Concurrent reads share connections, so it is cheap; the session is read-only, and what writes belongs to
    /// `execute` or a transaction. It is repeated by itself when the connection breaks.
    ///
    /// - Throws: ``PostgresError``; `.unavailable` within the acquire timeout when the server is away.
    public func query(_ sql: SQL) async throws(PostgresError) -> Rows {
        try await engine.read(Statement(sql))
    }

    /// Runs reads that do not depend on one another, each for itself but in the time of one.
    ///
    /// - Returns: The rows of each.
    /// - Throws: As `query` of one.
    public func query(_ statements: [SQL]) async throws(PostgresError) -> [Rows] {
        try await engine.read(statements.map(Statement.init))
    }

    /// Runs one statement in a transaction of its own.
    ///
    /// - Returns: How many rows it affected.
    /// - Throws: ``PostgresError``. On `.connectionLost` it may have happened or not.
    @discardableResult
    public func execute(_ sql: SQL) async throws(PostgresError) -> Int {
        let request = Request(.statement(Statement(sql)), deadline: engine.deadline)
        return try await engine.run([request], on: Lease(), beginning: nil, isLast: true)[0].affected
    }

    /// Sends a notification soon, from a connection of its own: never in a transaction, where it would take a lock on
    /// the whole database.
    ///
    /// The same notification several times at once is sent once. When the
    /// connection breaks it may be lost, which listeners are told.
    public func notify(_ channel: String, payload: String = "") {
        _ = engine.loop.execute { [engine] in
            engine.signals.notify(Notification(channel: channel, payload: payload))
        }
    }

    /// Listens to a channel until the sequence is let go.
    public func notifications(on channel: String) -> Notifications {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Notifications.Element.self,
            bufferingPolicy: .bufferingNewest(256)
        )
        let isRunning = engine.loop.execute { [engine] in engine.signals.listen(to: channel, continuation) }
        if !isRunning { continuation.finish() }
        return Notifications(stream: stream)
    }
}
