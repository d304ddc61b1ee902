public import Postgres
public import ResourceModel

extension ListColumns {
    /// One page of the collection, in forward order also when it is the page before the marker.
    ///
    /// - Parameters:
    ///   - query: What was asked for. A limit of 0 is none.
    ///   - selection: What stands after SELECT, columns listed.
    ///   - condition: What the caller may see at all; also a marker must meet it.
    ///   - runner: The database, or a transaction.
    ///   - item: Makes an object of a row.
    /// - Returns: The page's objects.
    /// - Throws: ``ListError``. A marker must be there, but need not meet the filters.
    public func page<Item: Sendable>(
        _ query: ListQuery,
        selecting selection: SQL,
        where condition: SQL? = nil,
        in runner: some QueryRunner,
        _ item: (Row) throws(PostgresError) -> Item
    ) async throws(ListError) -> Page<Item> {
        let statement = try await statement(query, selecting: selection, where: condition, in: runner)
        do throws(PostgresError) {
            var items: [Item] = []
            for row in try await runner.query(statement) { items.append(try item(row)) }
            if query.reverse { items.reverse() }
            return Page(items: items, isFull: items.count == query.pageSize)
        } catch {
            throw .database(error)
        }
    }

    /// The statement for a page; rows come from the marker outwards, which is backwards for a reverse page.
    public func statement(
        _ query: ListQuery,
        selecting selection: SQL,
        where condition: SQL? = nil,
        in runner: some QueryRunner
    ) async throws(ListError) -> SQL {
        if let limit = query.limit, limit < 0 { throw .badLimit(limit) }
        let forward = try order(query.sort)
        let order = query.reverse ? forward.reversed : forward
        var conditions = try (condition.map { ["(\($0))"] } ?? []) + self.conditions(query.filters)
        if let marker = query.marker {
            conditions.append(order.after(try await values(of: marker, order, where: condition, in: runner)))
        }
        var sql: SQL = "SELECT \(selection) FROM \(source)"
        if !conditions.isEmpty { sql += " WHERE " + conditions.joined(separator: " AND ") }
        sql += " " + order.clause
        if let size = query.pageSize { sql += " LIMIT \(size)" }
        return sql
    }

    private func values(
        of marker: String,
        _ order: ListOrder,
        where condition: SQL?,
        in runner: some QueryRunner
    ) async throws(ListError) -> [String?] {
        guard id.type.accepts(marker) else { throw .markerNotFound(marker) }
        var sql: SQL = "SELECT \(order.markerColumns) FROM \(source) WHERE \(try id.condition([marker]))"
        if let condition { sql += " AND (\(condition))" }
        let row: Row?
        do throws(PostgresError) {
            row = try await runner.query(sql).first
        } catch {
            throw .database(error)
        }
        guard let row else { throw .markerNotFound(marker) }
        do throws(PostgresError) {
            var values: [String?] = []
            for position in order.keys.indices { values.append(try row.column(position)) }
            return values
        } catch {
            throw .database(error)
        }
    }
}

extension ListQuery {
    /// The most objects of a page; nil is all.
    var pageSize: Int? { limit == 0 ? nil : limit }
}
