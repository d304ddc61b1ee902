internal import CPostgres

/// What a statement gave back: its rows, and how many it affected.
///
/// The rows stay where libpq put them and are read only when asked for.
public struct Rows: Sendable {
    let result: ResultHandle

    /// How many rows an INSERT, UPDATE, DELETE or MERGE changed, or a SELECT gave.
    public var affected: Int { result.affected }

    /// The columns' names in order.
    public var columns: [String] { result.columns }
}

extension Rows: RandomAccessCollection {
    /// The first row's number.
    public var startIndex: Int { 0 }
    /// One past the last row's number.
    public var endIndex: Int { result.count }

    /// One row, by number.
    public subscript(position: Int) -> Row {
        precondition(0..<result.count ~= position, "row \(position) of \(result.count)")
        return Row(result: result, index: Int32(position))
    }
}

/// One row of a result.
///
/// Cheap to copy; it keeps the whole result alive.
public struct Row: Sendable {
    let result: ResultHandle
    let index: Int32

    /// Reads the column at a position, counted from 0.
    ///
    /// An `Optional` type takes NULL.
    ///
    /// - Throws: ``PostgresError/decoding(_:)`` when there is no such column, or it does not hold a `Value`.
    public func column<Value: PostgresDecodable>(
        _ position: Int,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard 0..<result.columnCount ~= position else {
            throw .decoding("no column \(position) in a row of \(result.columnCount)")
        }
        return try read(Int32(position))
    }

    /// Reads the column with a name.
    ///
    /// An `Optional` type takes NULL.
    ///
    /// - Throws: ``PostgresError/decoding(_:)`` when there is no such column, or it does not hold a `Value`.
    public func column<Value: PostgresDecodable>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        guard let position = result.position(of: name) else { throw .decoding("no column \"\(name)\"") }
        return try read(position)
    }

    /// Reads the first columns, in order: `let (id, name) = try row.decode(Int.self, String?.self)`.
    ///
    /// - Throws: ``PostgresError/decoding(_:)`` when a column is missing or does not hold such a value.
    public func decode<each Value: PostgresDecodable>(
        _ types: repeat (each Value).Type
    ) throws(PostgresError) -> (repeat each Value) {
        var position = 0
        func next<Next: PostgresDecodable>(_ type: Next.Type) throws(PostgresError) -> Next {
            defer { position += 1 }
            return try column(position, as: type)
        }
        return (repeat try next((each Value).self))
    }

    private func read<Value: PostgresDecodable>(_ position: Int32) throws(PostgresError) -> Value {
        do throws(PostgresError) {
            return try Value(postgresColumn: result.text(row: index, column: position), named: "it")
        } catch {
            guard case .decoding(let what) = error else { throw error }
            throw .decoding("column \"\(result.name(of: position))\": \(what)")
        }
    }
}
