internal import CPostgres

/// Owns one `PGresult` and frees it with its last reader.
///
/// Sendable: a finished result never changes, and libpq allows any number of threads to read one.
final class ResultHandle: @unchecked Sendable {
    private let pointer: OpaquePointer
    let count: Int
    let columnCount: Int
    /// Where the columns of a result of several rows are, by name; the first of a name counts.
    private let positions: [String: Int32]

    /// Takes the result over.
    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
        count = Int(PQntuples(pointer))
        columnCount = Int(PQnfields(pointer))
        var positions: [String: Int32] = [:]
        // One row is read sooner than the table is made.
        for column in 0..<Int32(count > 4 ? columnCount : 0) {
            guard let name = PQfname(pointer, column).map({ String(cString: $0) }) else { continue }
            if positions[name] == nil { positions[name] = column }
        }
        self.positions = positions
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

    func name(of column: Int32) -> String {
        PQfname(pointer, column).map { String(cString: $0) } ?? ""
    }

    /// Compares exactly: `PQfnumber` would fold capitals.
    func position(of name: String) -> Int32? {
        if !positions.isEmpty { return positions[name] }
        return (0..<Int32(columnCount)).first { column in
            guard let found = PQfname(pointer, column) else { return false }
            var end = 0
            for byte in name.utf8 {
                guard UInt8(bitPattern: found[end]) == byte else { return false }
                end += 1
            }
            return found[end] == 0
        }
    }

    func text(row: Int32, column: Int32) -> String? {
        guard PQgetisnull(pointer, row, column) == 0, let value = PQgetvalue(pointer, row, column) else { return nil }
        let bytes = UnsafeRawBufferPointer(start: value, count: Int(PQgetlength(pointer, row, column)))
        return String(decoding: bytes, as: UTF8.self)
    }
}
