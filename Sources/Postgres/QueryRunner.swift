/// What queries can be put to: a database, each query for itself, or a transaction.
public protocol QueryRunner: Sendable {
    /// Runs a statement and gives its rows.
    ///
    /// - Throws: ``PostgresError``.
    func query(_ sql: SQL) async throws(PostgresError) -> Rows

    /// Runs statements that do not depend on one another, in the time of one, and gives the rows of each.
    ///
    /// In a transaction they run in this order.
    ///
    /// - Throws: ``PostgresError`` of the first that failed.
    func query(_ statements: [SQL]) async throws(PostgresError) -> [Rows]
}

extension Database: QueryRunner {}
extension Transaction: QueryRunner {}
