/// A statement ready to send: text with numbered placeholders, and the values for them.
struct Statement: Sendable {
    let text: String
    let binds: [String?]

    init(_ sql: SQL) {
        var text = ""
        var binds: [String?] = []
        for piece in sql.pieces {
            switch piece {
            case .text(let part): text += part
            case .bind(let value):
                binds.append(value)
                text += "$\(binds.count)"
            }
        }
        self.text = text
        self.binds = binds
    }

    /// Why this cannot be sent, if it cannot: a NUL byte would cut the text short on its way.
    var defect: PostgresError? {
        if text.utf8.contains(0) { return .encoding("the statement contains a NUL byte") }
        if binds.count > Int(UInt16.max) { return .encoding("more than 65535 values in one statement") }
        for (index, bind) in binds.enumerated() where bind?.utf8.contains(0) == true {
            return .encoding("value $\(index + 1) contains a NUL byte")
        }
        return nil
    }
}

extension Statement {
    /// Lends the values as an array of C strings, NULL for nil, valid during the call only.
    func withParameters<Result>(_ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result) -> Result {
        guard !binds.isEmpty else { return body(nil) }
        let size = binds.reduce(0) { $0 + ($1.map { $0.utf8.count + 1 } ?? 0) }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: max(size, 1)) { bytes in
            withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: binds.count) { pointers in
                var offset = 0
                for (index, bind) in binds.enumerated() {
                    guard let bind else {
                        pointers.initializeElement(at: index, to: nil)
                        continue
                    }
                    pointers.initializeElement(at: index, to: bytes.baseAddress.map { UnsafePointer($0 + offset) })
                    for byte in bind.utf8 {
                        bytes.initializeElement(at: offset, to: CChar(bitPattern: byte))
                        offset += 1
                    }
                    bytes.initializeElement(at: offset, to: 0)
                    offset += 1
                }
                return body(pointers.baseAddress.map { UnsafePointer($0) })
            }
        }
    }
}
