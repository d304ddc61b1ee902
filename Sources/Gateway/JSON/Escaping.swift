// Which bytes a JSON string cannot hold as they are, and how to copy those that it can.

extension UInt8 {
    /// Whether the byte must be escaped in a JSON string.
    ///
    /// Source: RFC 8259, section 7.
    var isEscapable: Bool { self < 0x20 || self == UInt8(ascii: "\"") || self == UInt8(ascii: "\\") }
}

extension Span<UInt8> {
    /// Whether some byte must be escaped in a JSON string; looks at eight at a time.
    var holdsEscapable: Bool {
        guard count >= 8 else {
            for index in indices where self[index].isEscapable { return true }
            return false
        }
        // Any eight bytes are a word; the last one overlaps the one before it.
        func word(_ place: Int) -> UInt64 { bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self) }
        var position = 0
        while position + 8 < count {
            if word(position).holdsEscapable { return true }
            position += 8
        }
        return word(count - 8).holdsEscapable
    }
}

extension UInt64 {
    private static let ones: UInt64 = 0x0101_0101_0101_0101
    private static let tops: UInt64 = 0x8080_8080_8080_8080

    /// Whether one of the eight bytes must be escaped.
    ///
    /// Source: Sean Eron Anderson, "Bit Twiddling Hacks", "Determine if a word has a byte less than n".
    fileprivate var holdsEscapable: Bool {
        let controls = (self &- Self.ones &* 0x20) & ~self
        let quotes = self ^ Self.ones &* UInt64(UInt8(ascii: "\""))
        let slashes = self ^ Self.ones &* UInt64(UInt8(ascii: "\\"))
        let zeros = (quotes &- Self.ones) & ~quotes | (slashes &- Self.ones) & ~slashes
        return (controls | zeros) & Self.tops != 0
    }
}

extension OutputSpan<UInt8> {
    /// Appends the bytes, for which there must be room.
    mutating func append(copying text: Span<UInt8>) {
        precondition(text.count <= freeCapacity)
        withUnsafeMutableBufferPointer { buffer, count in
            text.withUnsafeBufferPointer { source in
                _ = buffer.extracting(count...).initialize(fromContentsOf: source)
            }
            count += text.count
        }
    }
}
