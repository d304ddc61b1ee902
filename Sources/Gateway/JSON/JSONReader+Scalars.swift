// Strings and numbers.
extension JSONReader {
    mutating func string() throws(JSONError) -> String {
        _ = take(UInt8(ascii: "\""))
        let start = offset
        while let byte = peek(), byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { _ = take(byte) }
        var text: [UInt8] = []
        text.reserveCapacity(offset - start)
        for index in start..<offset { text.append(byte(at: index)) }
        while true {
            let byte = try next()
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw fault(.badText) }
                return string
            case UInt8(ascii: "\\"): try escape(into: &text)
            case 0..<0x20: throw fault(.badText)
            default: text.append(byte)
            }
        }
    }

    private mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        switch try next() {
        case UInt8(ascii: "\""): text.append(UInt8(ascii: "\""))
        case UInt8(ascii: "\\"): text.append(UInt8(ascii: "\\"))
        case UInt8(ascii: "/"): text.append(UInt8(ascii: "/"))
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: try escapedScalar())
        default: throw fault(.badEscape)
        }
    }

    /// The UTF-8 of a `\uXXXX`, or of the pair of them that a character beyond the basic plane needs.
    private mutating func escapedScalar() throws(JSONError) -> [UInt8] {
        var code = try fourDigits()
        if 0xd800..<0xdc00 ~= code {
            guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fault(.badEscape) }
            let low = try fourDigits()
            guard 0xdc00..<0xe000 ~= low else { throw fault(.badEscape) }
            code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
        }
        guard let scalar = Unicode.Scalar(code) else { throw fault(.badEscape) }
        return Array(String(Character(scalar)).utf8)
    }

    private mutating func fourDigits() throws(JSONError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<4 {
            guard let digit = hexDigitValue(try next()) else { throw fault(.badEscape) }
            code = code << 4 | UInt32(digit)
        }
        return code
    }

    mutating func number() throws(JSONError) -> JSONValue {
        let start = offset
        let isNegative = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        guard offset - start <= Self.longestNumber else { throw fault(.hugeNumber) }
        let text = String(decoding: (start..<offset).map { byte(at: $0) }, as: UTF8.self)
        if isWhole, let integer = Int64(text), !(isNegative && integer == 0) { return .integer(integer) }
        guard let double = Double(text), double.isFinite else { throw fault(.hugeNumber) }
        return .number(text)
    }

    private mutating func digits() throws(JSONError) {
        let start = offset
        while let byte = peek(), byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { _ = take(byte) }
        guard offset > start else { throw fault(.badNumber) }
    }
}

/// The value of a hexadecimal digit; nil for any other byte.
func hexDigitValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
