/// Reads one JSON text, strictly.
///
/// Source: RFC 8259.
///
/// Beyond the grammar it refuses what could mean different things to different readers or costs more than it says:
/// bad UTF-8, lone surrogates, a name twice in one object, nesting deeper than 64, numbers of more than 64 characters
/// or beyond a double's range, and anything after the text.
struct JSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    static let deepestNesting = 64
    static let longestNumber = 64

    /// The value that the bytes are the text of.
    static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        var reader = JSONReader(bytes)
        return try reader.whole()
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    private mutating func whole() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw fault(.trailingText) }
        return value
    }

    // Its parts are not inlined: the optimiser of Swift 6.3.1 does not survive all of them in one function.
    private mutating func value() throws(JSONError) -> JSONValue {
        guard let first = peek() else { throw fault(.unexpectedEnd) }
        switch first {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw fault(.unexpectedCharacter)
        }
    }

    /// Goes into an object or array, whose first character is next.
    private mutating func enter() throws(JSONError) {
        guard depth < Self.deepestNesting else { throw fault(.tooDeep) }
        depth += 1
        position += 1
    }

    @inline(never) private mutating func object() throws(JSONError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var object = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(object) }
        repeat {
            skipSpace()
            guard peek() == UInt8(ascii: "\"") else { throw fault(.unexpectedCharacter) }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault(.unexpectedCharacter) }
            skipSpace()
            guard object.add(name, try value()) else { throw fault(.duplicateName(name)) }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw fault(.unexpectedCharacter) }
        return .object(object)
    }

    @inline(never) private mutating func array() throws(JSONError) -> JSONValue {
        try enter()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            skipSpace()
            elements.append(try value())
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw fault(.unexpectedCharacter) }
        return .array(elements)
    }

    @inline(never) private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for index in 0..<word.utf8CodeUnitCount {
            let expected = word.withUTF8Buffer { $0[index] }
            guard take(expected) else { throw fault(.unexpectedCharacter) }
        }
        return value
    }
}

// What every part of the reader moves by.
extension JSONReader {
    mutating func skipSpace() {
        while let byte = peek(), byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    func peek() -> UInt8? { position < bytes.count ? bytes[position] : nil }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek() == byte else { return false }
        position += 1
        return true
    }

    mutating func next() throws(JSONError) -> UInt8 {
        guard let byte = peek() else { throw fault(.unexpectedEnd) }
        position += 1
        return byte
    }

    func fault(_ kind: JSONError.Kind) -> JSONError { JSONError(kind: kind, offset: position) }

    var offset: Int { position }
    func byte(at index: Int) -> UInt8 { bytes[index] }
}

/// Why a text is not one the gateway reads, and where.
struct JSONError: Error, Hashable {
    var kind: Kind
    /// In bytes from the start.
    var offset: Int

    enum Kind: Hashable {
        case unexpectedEnd
        case unexpectedCharacter
        case trailingText
        case tooDeep
        case duplicateName(String)
        case badText
        case badEscape
        case badNumber
        case hugeNumber
    }

    /// What is wrong, for the caller.
    var explanation: String {
        switch kind {
        case .unexpectedEnd: "it ends too early, at byte \(offset)"
        case .unexpectedCharacter: "unexpected character at byte \(offset)"
        case .trailingText: "text after the value at byte \(offset)"
        case .tooDeep: "nesting deeper than \(JSONReader.deepestNesting) at byte \(offset)"
        case .duplicateName(let name): "'\(name)' occurs twice in one object"
        case .badText: "a string is not UTF-8 or holds a control character at byte \(offset)"
        case .badEscape: "bad escape at byte \(offset)"
        case .badNumber: "malformed number at byte \(offset)"
        case .hugeNumber: "a number is too long or too great at byte \(offset)"
        }
    }
}
