/// The octets of an address in network order, without a heap allocation.
public struct Octets: RandomAccessCollection, Hashable, Sendable {
    /// The first eight octets, most significant first; octets past the end are zero.
    @usableFromInline let high: UInt64
    /// The next eight octets, most significant first; octets past the end are zero.
    @usableFromInline let low: UInt64
    /// The number of octets: 4, 6 or 16.
    public let count: Int

    /// The octets of a number of `count * 8` bits, most significant first.
    init(_ number: UInt64, count: Int) {
        high = number << UInt64(64 - count * 8)
        low = 0
        self.count = count
    }

    /// Sixteen octets.
    init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
        count = 16
    }

    /// The position of the first octet.
    public var startIndex: Int { 0 }
    /// The position after the last octet.
    public var endIndex: Int { count }

    /// The octet at a position, which must lie in the collection.
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < count, "no such octet")
        let half = position < 8 ? high : low
        return UInt8(truncatingIfNeeded: half >> UInt64(56 - (position & 7) * 8))
    }

    /// Lends the octets as one piece of memory, as C calls want them.
    @inlinable
    public func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        try withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { memory in
            try memory.withMemoryRebound(to: UInt8.self) { try body(UnsafeBufferPointer(rebasing: $0[..<count])) }
        }
    }
}

/// The number that `bytes` spell in network order; nil unless there are exactly `count`, at most 16.
func bigEndianNumber(_ bytes: some Sequence<UInt8>, count: Int) -> UInt128? {
    var number: UInt128 = 0
    var seen = 0
    for byte in bytes {
        guard seen < count else { return nil }
        number = number << 8 | UInt128(byte)
        seen += 1
    }
    return seen == count ? number : nil
}

/// The number that all of `bytes` spell in network order; at most 16 of them.
func bigEndianNumber(_ bytes: RawSpan) -> UInt128 {
    var number: UInt128 = 0
    for offset in bytes.byteOffsets {
        number = number << 8 | UInt128(bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self))
    }
    return number
}
