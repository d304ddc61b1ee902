/// One step of a database's schema.
///
/// Never changed once it has been applied anywhere.
public struct Migration: Hashable, Sendable {
    /// Its place in the order, from 1.
    public let number: Int
    /// Number and purpose, as in `0001_create_networks`.
    public let name: String
    /// The statements, any number of them.
    ///
    /// They run in one transaction, so they contain no COMMIT.
    public let sql: String

    /// A step.
    public init(number: Int, name: String, sql: String) {
        self.number = number
        self.name = name
        self.sql = sql
    }
}

/// A migration as the database remembers it.
struct AppliedMigration: Hashable, Sendable {
    let number: Int
    let name: String
    let hash: String
}

/// Which migrations are to be applied, by comparing those known with those applied.
struct MigrationPlan: Hashable, Sendable {
    let pending: ArraySlice<Migration>

    /// - Parameters:
    ///   - known: The program's migrations and their hashes, in order.
    ///   - applied: The database's, in order. There may be more than the program knows: a newer one has been here.
    /// - Throws: ``PostgresError/migration(_:)`` when either has a gap, or they differ.
    init(known: [(migration: Migration, hash: String)], applied: [AppliedMigration]) throws(PostgresError) {
        for (index, entry) in known.enumerated() where entry.migration.number != index + 1 {
            throw .migration("migration \(index + 1) is missing: \(entry.migration.name) stands in its place")
        }
        for (index, entry) in applied.enumerated() where entry.number != index + 1 {
            throw .migration("migration \(index + 1) was never applied, but \(entry.name) after it was")
        }
        for (known, applied) in zip(known, applied) {
            guard known.migration.name == applied.name else {
                throw .migration("migration \(applied.number) is \(known.migration.name) here, \(applied.name) there")
            }
            guard known.hash == applied.hash else {
                throw .migration("migration \(applied.name) was changed after it had been applied")
            }
        }
        pending = known.map(\.migration).dropFirst(applied.count)
    }
}
