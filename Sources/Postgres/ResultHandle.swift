internal import CPostgres
internal import Glibc

/// Owns one `PGresult` and frees it with its last reader.
///
/// Sendable: a finished result never changes, and libpq allows any number of threads to read one.
final class ResultHandle: @unchecked Sendable {
    private let pointer: OpaquePointer
    let count: Int
    let columnCount: Int
    /// The columns of a result of several rows; one row is read sooner than they are put in order.
    private let names: ColumnNames?

    /// Takes the result over.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        count = Int(PQntuples(pointer))
        columnCount = Int(PQnfields(pointer))
        names = count > 4 ? ColumnNames((0..<Int32(columnCount)).map { Self.name(of: $0, in: pointer) }) : nil
    }

    deinit { PQclear(pointer) }

    var affected: Int {
        Int(String(cString: PQcmdTuples(pointer))) ?? 0
    }

    /// The command's tag, as in `UPDATE 3` or `ROLLBACK`.
    var tag: String { String(cString: PQcmdStatus(pointer)) }

    var columns: [String] {
        (0..<Int32(columnCount)).map(name(of:))
    }

    func name(of column: Int32) -> String { Self.name(of: column, in: pointer) }

    private static func name(of column: Int32, in pointer: OpaquePointer) -> String {
        PQfname(pointer, column).map { String(cString: $0) } ?? ""
    }

    /// The first column of a name; compares exactly: `PQfnumber` would fold capitals.
    func position(of name: String) -> Int32? {
        var name = name
        return name.withUTF8 { name in
            if let names { return names.position(of: name.span) }
            return (0..<Int32(columnCount)).first { column in
                guard let found = PQfname(pointer, column), strlen(found) == name.count else { return false }
                return name.baseAddress.map { memcmp(found, $0, name.count) == 0 } ?? true
            }
        }
    }

    /// The octets of a value, which stay where they are as long as the result does; nil for NULL.
    func octets(row: Int32, column: Int32) -> UnsafeBufferPointer<UInt8>? {
        guard PQgetisnull(pointer, row, column) == 0, let value = PQgetvalue(pointer, row, column) else { return nil }
        let octets = UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(pointer, row, column)))
        return octets.assumingMemoryBound(to: UInt8.self)
    }
}
