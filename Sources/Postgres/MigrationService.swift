public import Logging
public import ServiceLifecycle

/// Brings a database's schema up to date as soon as the server is there, and stays until the shutdown.
///
/// A program starts with it while its database may still be away: it tries again, with pauses of at most five seconds,
/// until the migrations are applied, and only then says that the program is ready.
public struct MigrationService: Service {
    private let migrations: [Migration]
    private let database: Database
    private let logger: Logger
    private let onApplied: @Sendable () -> Void

    /// A service of the migrations, in their order; `onApplied` is called once, when all of them are applied.
    public init(
        _ migrations: [Migration],
        of database: Database,
        logger: Logger,
        onApplied: @escaping @Sendable () -> Void
    ) {
        self.migrations = migrations
        self.database = database
        self.logger = logger
        self.onApplied = onApplied
    }

    /// Applies the migrations, then waits for the shutdown.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var backoff = Backoff()
            while !Task.isCancelled {
                do {
                    try await Migrator(migrations).migrate(database)
                    return onApplied()
                } catch {
                    guard !Task.isCancelled else { return }
                    logger.warning("the database is not ready, trying again", metadata: ["error": "\(error)"])
                    backoff.recordFailure()
                }
                try? await Task.sleep(for: backoff.pause())
            }
        }
        try? await gracefulShutdown()
    }
}
