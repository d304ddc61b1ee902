/// PostgreSQL's text format for one-dimensional arrays: `{1,"two words",NULL}`.
///
/// Source: PostgreSQL manual, "Array Input and Output Syntax".
enum ArrayText {
    static func encode(_ elements: [String?]) -> String {
        if elements.isEmpty { return "{}" }
        var text: [UInt8] = []
        text.reserveCapacity(elements.reduce(2) { $0 + ($1?.utf8.count ?? 2) + 3 })
        text.append(UInt8(ascii: "{"))
        for (index, element) in elements.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            guard let element else {
                text += "NULL".utf8
                continue
            }
            text.append(UInt8(ascii: "\""))
            for byte in element.utf8 {
                if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { text.append(UInt8(ascii: "\\")) }
                text.append(byte)
            }
            text.append(UInt8(ascii: "\""))
        }
        text.append(UInt8(ascii: "}"))
        return String(decoding: text, as: UTF8.self)
    }

    static func decode(_ text: String) throws(PostgresError) -> [String?] {
        if text == "{}" { return [] }
        var reader = ArrayReader(bytes: Array(text.utf8))
        guard let elements = reader.elements() else { throw .decoding("\"\(text)\" is not a one-dimensional array") }
        return elements
    }
}

/// Walks over an array's text once.
private struct ArrayReader {
    let bytes: [UInt8]
    var position = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
        // The lower bound stands before the braces when it is not 1, as in `[0:1]={a,b}`.
        if bytes.first == UInt8(ascii: "["), let equals = bytes.firstIndex(of: UInt8(ascii: "=")) {
            position = equals + 1
        }
    }

    private mutating func take() -> UInt8? {
        guard position < bytes.count else { return nil }
        defer { position += 1 }
        return bytes[position]
    }

    mutating func elements() -> [String?]? {
        guard take() == UInt8(ascii: "{"), let last = bytes.last, last == UInt8(ascii: "}") else { return nil }
        if position == bytes.count - 1 { return [] }
        var found: [String?] = []
        while true {
            guard let element = element() else { return nil }
            found.append(element.value)
            switch take() {
            case UInt8(ascii: ","): continue
            case UInt8(ascii: "}"): return position == bytes.count ? found : nil
            default: return nil
            }
        }
    }

    private mutating func element() -> (value: String?, Void)? {
        guard position < bytes.count else { return nil }
        switch bytes[position] {
        case UInt8(ascii: "{"): return nil
        case UInt8(ascii: "\""):
            position += 1
            return quoted().map { ($0, ()) }
        default: return bare()
        }
    }

    private mutating func quoted() -> String? {
        var value: [UInt8] = []
        while let byte = take() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = take() else { return nil }
                value.append(escaped)
            default: value.append(byte)
            }
        }
        return nil
    }

    private mutating func bare() -> (value: String?, Void) {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: ","), bytes[position] != UInt8(ascii: "}") {
            position += 1
        }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        return (word == "NULL" ? nil : word, ())
    }
}
