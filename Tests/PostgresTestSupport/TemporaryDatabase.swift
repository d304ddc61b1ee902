public import Logging
public import Postgres
internal import Synchronization

/// An empty database for one suite or test, on the server that the tests of this process share.
public final class TemporaryDatabase: Sendable {
    private static let counter = Atomic(0)

    /// How to reach it.
    public let configuration: PostgresConfiguration
    /// Connected to it.
    public let database: Database

    private init(configuration: PostgresConfiguration) {
        self.configuration = configuration
        database = Database(configuration: configuration, logger: .silent)
    }

    deinit { database.close() }

    /// Makes a new database.
    ///
    /// The server starts with the first.
    ///
    /// - Parameters:
    ///   - migrations: Applied to it.
    ///   - adjust: May change how it is used, such as the pool's size.
    /// - Returns: The database, ready for use.
    /// - Throws: `TemporaryClusterError` when there is no server, `PostgresError`.
    public static func make(
        migrations: [Migration] = [],
        adjust: (inout PostgresConfiguration) -> Void = { _ in }
    ) async throws -> TemporaryDatabase {
        let cluster = try await TemporaryCluster.shared()
        let name = "test_\(counter.add(1, ordering: .relaxed).newValue)"
        let administration = Database(configuration: cluster.configuration(), logger: .silent)
        defer { administration.close() }
        try await administration.waitUntilReady()
        try await administration.execute("CREATE DATABASE \(unescaped: name)")
        var configuration = cluster.configuration(database: name)
        adjust(&configuration)
        let made = TemporaryDatabase(configuration: configuration)
        try await made.database.waitUntilReady()
        if !migrations.isEmpty { try await Migrator(migrations).migrate(made.database) }
        return made
    }

    /// Another client of the same database, as a second replica would be.
    public func connect(adjust: (inout PostgresConfiguration) -> Void = { _ in }) -> Database {
        var configuration = configuration
        adjust(&configuration)
        return Database(configuration: configuration, logger: .silent)
    }
}

extension Logger {
    /// Says nothing.
    public static let silent = Logger(label: "tests") { _ in SwiftLogNoOpLogHandler() }
}
