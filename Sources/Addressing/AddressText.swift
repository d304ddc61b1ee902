// Reading and writing of the text forms, over UTF-8 bytes: addresses are parsed and printed on every request and for
// every row, so nothing here splits text into pieces or allocates.

/// Runs `body` over the text's UTF-8 bytes, without a copy where they lie in one piece.
@inlinable func withUTF8<Result>(of text: some StringProtocol, _ body: (Span<UInt8>) -> Result) -> Result {
    text.utf8.withContiguousStorageIfAvailable { body($0.span) } ?? body(Array(text.utf8).span)
}

extension Span where Element == UInt8 {
    /// Whether `character` stands at `position`; false past the end.
    func has(_ character: Unicode.Scalar, at position: Int) -> Bool {
        position < count && self[position] == UInt8(ascii: character)
    }

    /// Reads a decimal number of at most `limit` without leading zeros; moves `position` behind it.
    func readDecimal(at position: inout Int, limit: UInt32) -> UInt32? {
        let start = position
        var value: UInt32 = 0
        while position < count, let digit = decimalValue(self[position]) {
            value = value * 10 + digit
            position += 1
            guard value <= limit else { return nil }
        }
        guard position > start, position == start + 1 || !has("0", at: start) else { return nil }
        return value
    }

    /// Reads at most four hexadecimal digits, at least one; moves `position` behind them.
    func readHexGroup(at position: inout Int) -> UInt16? {
        let start = position
        var value: UInt16 = 0
        while position < count, position < start + 4, let digit = hexValue(self[position]) {
            value = value << 4 | UInt16(digit)
            position += 1
        }
        return position > start ? value : nil
    }

    /// Reads exactly two hexadecimal digits; moves `position` behind them.
    func readHexOctet(at position: inout Int) -> UInt8? {
        guard position + 1 < count, let upper = hexValue(self[position]), let lower = hexValue(self[position + 1])
        else {
            return nil
        }
        position += 2
        return upper << 4 | lower
    }
}

extension String {
    /// A text of at most `capacity` UTF-8 bytes, written in place.
    init(utf8Capacity capacity: Int, writing write: (inout OutputSpan<UInt8>) -> Void) {
        self.init(unsafeUninitializedCapacity: capacity) { buffer in
            var output = OutputSpan(buffer: buffer, initializedCount: 0)
            write(&output)
            return output.finalize(for: buffer)
        }
    }
}

extension OutputSpan where Element == UInt8 {
    /// Writes one ASCII character.
    mutating func write(_ character: Unicode.Scalar) {
        append(UInt8(ascii: character))
    }

    /// Writes a number up to 255 in decimal.
    mutating func writeDecimal(_ value: UInt8) {
        if value >= 100 { append(hexDigit(value / 100)) }
        if value >= 10 { append(hexDigit(value / 10 % 10)) }
        append(hexDigit(value % 10))
    }

    /// Writes a number in lower-case hexadecimal without leading zeros.
    mutating func writeHexGroup(_ value: UInt16) {
        var shift: UInt16 = value >= 0x1000 ? 12 : value >= 0x100 ? 8 : value >= 0x10 ? 4 : 0
        append(hexDigit(UInt8(value >> shift)))
        while shift > 0 {
            shift -= 4
            append(hexDigit(UInt8(value >> shift & 15)))
        }
    }

    /// Writes an octet as two lower-case hexadecimal digits.
    mutating func writeHexOctet(_ value: UInt8) {
        append(hexDigit(value >> 4))
        append(hexDigit(value & 15))
    }
}

private func decimalValue(_ byte: UInt8) -> UInt32? {
    let value = byte &- UInt8(ascii: "0")
    return value < 10 ? UInt32(value) : nil
}

private func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
