internal import GRPCCore

/// Header fields as they come off the wire, with the count that limits them.
struct ReceivedFields {
    /// Largest list taken, as HTTP/2 counts it; what comes after is dropped.
    let limit: Int
    private(set) var size = 0
    private(set) var metadata = Metadata()

    init(limit: Int) {
        self.limit = limit
    }

    var isTooLarge: Bool { size > limit }

    /// Whether the list is so far beyond its limit that the peer cannot mean well.
    var isBomb: Bool { size > limit * 4 }

    /// Counts a field; gives whether there is room for it.
    ///
    /// Source: RFC 9113 section 6.5.2 (name, value and 32 octets more for each field).
    mutating func admits(name: RawSpan, value: RawSpan) -> Bool {
        size += name.byteCount + value.byteCount + 32
        return size <= limit
    }

    /// Keeps a field as metadata; binary values are decoded, malformed ones kept as text.
    mutating func keep(name: RawSpan, value: RawSpan) {
        let key = name.text
        guard key.hasSuffix("-bin") else { return metadata.addString(value.text, forKey: key) }
        for part in [UInt8](value).split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            if let bytes = Base64.decode(part.filter { $0 != 0x20 }) {
                metadata.addBinary(bytes, forKey: key)
            } else {
                metadata.addString(String(decoding: part, as: UTF8.self), forKey: key)
            }
        }
    }
}

extension RawSpan {
    /// The octets as UTF-8, broken ones replaced.
    var text: String { withUnsafeBytes { String(decoding: $0, as: UTF8.self) } }

    /// Whether the octets are those of `other`.
    func equals(_ other: StaticString) -> Bool {
        guard byteCount == other.utf8CodeUnitCount else { return false }
        return starts(with: other)
    }

    /// Whether the first octets are those of `other`.
    func starts(with other: StaticString) -> Bool {
        guard byteCount >= other.utf8CodeUnitCount else { return false }
        return other.withUTF8Buffer { expected in
            withUnsafeBytes { $0.prefix(expected.count).elementsEqual(expected) }
        }
    }

    /// The decimal number written here, or nil where it is none of at most nine digits.
    var decimal: Int? {
        guard (1...9).contains(byteCount) else { return nil }
        var value = 0
        for index in 0..<byteCount {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self[index]) else { return nil }
            value = value * 10 + Int(self[index] - UInt8(ascii: "0"))
        }
        return value
    }
}
