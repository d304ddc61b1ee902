/// Reads the fields of one protobuf message off its bytes.
///
/// Source: protobuf.dev, "Encoding".
struct WireReader {
    private(set) var position: Int
    let end: Int

    /// One field: where it starts, and its value.
    struct Field {
        var number: Int
        /// Where its tag starts.
        var start: Int
        /// The number, for a varint or fixed-width field.
        var value: UInt64
        /// The bytes, for a length-delimited field.
        var range: Range<Int>
    }

    /// A reader of the message in the range; whose bytes these are, each call says again.
    init(in range: Range<Int>) {
        position = range.lowerBound
        end = range.upperBound
    }

    /// The next field; nil at the end of the message.
    ///
    /// - Throws: `WireError` when the bytes are not a message.
    mutating func next(_ bytes: Span<UInt8>) throws(WireError) -> Field? {
        guard position < end else { return nil }
        let start = position
        let tag = try varint(bytes)
        var field = Field(number: Int(truncatingIfNeeded: tag >> 3), start: start, value: 0, range: 0..<0)
        switch tag & 7 {
        case 0: field.value = try varint(bytes)
        case 1: field.value = try fixed(bytes, 8)
        case 2: field.range = try delimited(bytes)
        case 5: field.value = try fixed(bytes, 4)
        default: throw WireError()
        }
        return field
    }

    private mutating func varint(_ bytes: Span<UInt8>) throws(WireError) -> UInt64 {
        guard position < end else { throw WireError() }
        var byte = bytes[position]
        position += 1
        if byte < 0x80 { return UInt64(byte) }
        var value = UInt64(byte & 0x7f)
        var shift: UInt64 = 7
        while byte >= 0x80 {
            guard position < end, shift < 70 else { throw WireError() }
            byte = bytes[position]
            position += 1
            value |= UInt64(byte & 0x7f) << shift
            shift += 7
        }
        return value
    }

    private mutating func fixed(_ bytes: Span<UInt8>, _ width: Int) throws(WireError) -> UInt64 {
        guard end - position >= width else { throw WireError() }
        var value: UInt64 = 0
        for index in 0..<width { value |= UInt64(bytes[position + index]) << UInt64(index * 8) }
        position += width
        return value
    }

    private mutating func delimited(_ bytes: Span<UInt8>) throws(WireError) -> Range<Int> {
        let length = try varint(bytes)
        guard length <= UInt64(end - position) else { throw WireError() }
        let start = position
        position += Int(length)
        return start..<position
    }
}

/// Bytes that are not the message they should be.
struct WireError: Error, Hashable {}
