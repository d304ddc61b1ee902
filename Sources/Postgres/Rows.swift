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
/// Cheap to copy; it keeps the whole result alive. Reading is inlined where it is called, so that each value is read by
/// code of its type.
public struct Row: Sendable {
    let result: ResultHandle
    let index: Int32

    /// Reads the column at a position, counted from 0.
    ///
    /// An `Optional` type takes NULL.
    ///
    /// - Throws: ``PostgresError/decoding(_:)`` when there is no such column, or it does not hold a `Value`.
    @inlinable public func column<Value: PostgresDecodable>(
        _ position: Int,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        try read(checked(position))
    }

    /// Reads the column with a name.
    ///
    /// An `Optional` type takes NULL.
    ///
    /// - Throws: ``PostgresError/decoding(_:)`` when there is no such column, or it does not hold a `Value`.
    @inlinable public func column<Value: PostgresDecodable>(
        _ name: String,
        as type: Value.Type = Value.self
    ) throws(PostgresError) -> Value {
        try read(position(of: name))
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

    @usableFromInline func checked(_ position: Int) throws(PostgresError) -> Int32 {
        guard 0..<result.columnCount ~= position else {
            throw .decoding("no column \(position) in a row of \(result.columnCount)")
        }
        return Int32(position)
    }

    @usableFromInline func position(of name: String) throws(PostgresError) -> Int32 {
        guard let position = result.position(of: name) else { throw .decoding("no column \"\(name)\"") }
        return position
    }

    @inlinable func read<Value: PostgresDecodable>(_ position: Int32) throws(PostgresError) -> Value {
        guard let octets = octets(at: position) else {
            if let null = Value.postgresNull { return null }
            throw failure(.decoding("it is NULL"), at: position)
        }
        do throws(PostgresError) {
            // The row, and with it the result that the octets lie in, outlives the reading.
            return try withExtendedLifetime(self) { () throws(PostgresError) in
                try Value(postgresUTF8: octets.span)
            }
        } catch {
            throw failure(error, at: position)
        }
    }

    @usableFromInline func octets(at position: Int32) -> UnsafeBufferPointer<UInt8>? {
        result.octets(row: index, column: position)
    }

    /// The error with the column's name.
    @usableFromInline func failure(_ error: PostgresError, at position: Int32) -> PostgresError {
        guard case .decoding(let what) = error else { return error }
        return .decoding("column \"\(result.name(of: position))\": \(what)")
    }
}
