internal import Glibc
internal import Logging
internal import Postgres
internal import Subprocess
internal import SystemPackage

/// The private PostgreSQL of a local cluster: a unix socket only, and durable as PostgreSQL is by default.
struct EmbeddedCluster: Sendable {
    var folder: RunFolder
    var tools: PostgresTools
    var account: Account

    /// Names the socket in the run folder; nothing listens on it as a network port.
    static let port = 5433
    static let superuser = "sluice"

    /// How to run the server.
    var specification: ProgramSpecification {
        ProgramSpecification(
            name: "postgres",
            executable: "\(tools.folder)/postgres",
            arguments: [
                "-D", folder.database, "-k", folder.databaseSocket, "-p", "\(Self.port)", "-c", "listen_addresses=",
                "-c", "max_connections=200", "-c", "log_min_messages=warning", "-c", "log_timezone=UTC",
            ],
            account: account,
            stopSignal: .interrupt,
            stopsWithin: .seconds(30),
            pidFile: folder.pidFile("postgres")
        )
    }

    /// Makes the cluster's files when there are none.
    ///
    /// - Throws: `initdb` failed; its own words are in the text. Nothing half made stays behind.
    func initialise() async throws {
        guard access("\(folder.database)/PG_VERSION", F_OK) != 0 else { return }
        let command = account.command(
            "\(tools.folder)/initdb",
            [
                "-D", folder.database, "-U", Self.superuser, "-E", "UTF8", "--locale=C.UTF-8", "--auth-local=trust",
                "--auth-host=reject",
            ]
        )
        let result = try await run(
            .path(FilePath(command.executable)),
            arguments: .init(command.arguments),
            workingDirectory: FilePath(folder.run),
            output: .discarded,
            error: .string(limit: 16_384)
        )
        guard result.terminationStatus.isSuccess else {
            throw SluiceError("initdb failed in \(folder.database): \(result.standardError)")
        }
    }

    /// Waits for the server, then makes the roles and databases that are missing.
    func prepare(_ names: [String]) async throws {
        var configuration = PostgresConfiguration(database: "postgres", user: Self.superuser)
        configuration.host = folder.databaseSocket
        configuration.port = Self.port
        configuration.poolSize = 1
        configuration.readConnections = 1
        let database = Database(
            configuration: configuration,
            logger: Logger(label: "setup") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await database.run() }
            try await database.waitUntilReady(timeout: .seconds(60))
            for name in names { try await DatabaseAccounts(database: database).make(name) }
            database.close()
            group.cancelAll()
        }
    }
}
