/// What queries can be put to: a database, each query for itself, or a transaction.
public protocol QueryRunner: Sendable {
    /// Runs a statement and gives its rows.
    ///
    /// - Throws: ``PostgresError``.
    func query(_ sql: SQL) async throws(PostgresError) -> Rows
}

extension Database: QueryRunner {}
extension Transaction: QueryRunner {}
