internal import Postgres
internal import ServiceRuntime

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
