internal import Logging
internal import Postgres
internal import ServiceLifecycle
internal import ServiceRuntime

/// Brings the database's schema up to date when the database is there, and then says that the program is ready.
struct SchemaService: Service {
    let database: Database
    let health: HealthReporter
    let logger: Logger

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            var backoff = Backoff()
            while true {
                do {
                    try await Migrator(Migrations.all).migrate(database)
                    break
                } catch {
                    logger.warning("database not ready, trying again", metadata: [Telemetry.error: "\(error)"])
                    try await Task.sleep(for: backoff.nextDelay())
                }
            }
            health.set(.serving)
            logger.info("ready")
        }
        try await gracefulShutdown()
    }
}
