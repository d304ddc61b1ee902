internal import Logging
internal import Postgres
internal import ServiceLifecycle
internal import ServiceRuntime

/// Brings the schema up to date as soon as the database is there, and says that the program is ready.
struct SchemaService: Service {
    let database: Database
    let health: HealthReporter
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var backoff = Backoff()
            while !Task.isCancelled {
                do {
                    try await Migrator(Migrations.all).migrate(database)
                    health.set(.serving)
                    break
                } catch {
                    if Task.isCancelled { break }
                    logger.warning("the database is not ready", metadata: [Telemetry.error: "\(error)"])
                }
                try? await Task.sleep(for: backoff.nextDelay())
            }
        }
        try? await gracefulShutdown()
    }
}

extension PostgresConfiguration {
    /// The database that the settings name.
    init(_ settings: DatabaseSettings) {
        self.init(database: settings.name, user: settings.user)
        host = settings.host
        port = settings.port
        password = settings.password.isEmpty ? nil : settings.password
        poolSize = settings.poolSize
        applicationName = "sluice-router"
    }
}
