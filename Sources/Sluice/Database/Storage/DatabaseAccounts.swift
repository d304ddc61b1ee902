internal import Postgres

/// The role and the database of each service.
struct DatabaseAccounts: Sendable {
    var database: Database

    /// Makes the role and the database of that name, each when it is missing; no other role may connect to it.
    ///
    /// `name` is one of the program's own words, not input.
    func make(_ name: String) async throws {
        let roles = try await database.query("SELECT 1 FROM pg_roles WHERE rolname = \(name)")
        if roles.isEmpty {
            _ = try await database.execute("CREATE ROLE \(unescaped: name) LOGIN")
        }
        let databases = try await database.query("SELECT 1 FROM pg_database WHERE datname = \(name)")
        if databases.isEmpty {
            _ = try await database.execute("CREATE DATABASE \(unescaped: name) OWNER \(unescaped: name)")
            _ = try await database.execute("REVOKE CONNECT ON DATABASE \(unescaped: name) FROM PUBLIC")
        }
    }
}
