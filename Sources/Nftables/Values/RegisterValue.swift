public import Addressing

/// What stands in one or more registers: at most 32 bytes, in the order of packets or of the host as its type says.
///
/// Keys and data of set elements, and what rules compare with, are such values. It takes no heap memory, since there
/// are tens of thousands of them.
public struct RegisterValue: Hashable, Sendable {
    // The bytes as they lie in memory; those behind `count` are zero.
    private var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    /// The number of bytes.
    public private(set) var count = 0

    /// The most bytes that a value holds.
    public static let capacity = 32

    /// Bytes as they are; nil when there are more than 32.
    public init?(bytes: some Sequence<UInt8>) {
        for byte in bytes {
            guard count < Self.capacity else { return nil }
            append(byte)
        }
    }

    /// Bytes of the kernel as they are; nil when there are more than 32.
    init?(_ bytes: RawSpan) {
        guard bytes.byteCount <= Self.capacity else { return nil }
        count = bytes.byteCount
        withUnsafeMutableBytes(of: &words) { words in bytes.withUnsafeBytes { words.copyMemory(from: $0) } }
    }

    private init() {}

    /// An IPv4 address.
    public init(_ address: IPv4Address) {
        // At once, since there are tens of thousands of them.
        withUnsafeMutableBytes(of: &words) { $0.storeBytes(of: address.rawValue.bigEndian, as: UInt32.self) }
        count = 4
    }

    /// The IPv4 address that it is; nil when it has more or fewer bytes than one.
    public var ipv4: IPv4Address? {
        count == 4 ? IPv4Address(rawValue: UInt32(truncatingIfNeeded: words.0).byteSwapped) : nil
    }

    /// An IPv6 address.
    public init(_ address: IPv6Address) {
        append(contentsOf: address.bytes)
    }

    /// An address of either family.
    public init(_ address: IPAddress) {
        append(contentsOf: address.bytes)
    }

    /// A transport protocol's number.
    public static func transport(_ number: UInt8) -> RegisterValue {
        var value = RegisterValue()
        value.append(number)
        return value
    }

    /// A port.
    public static func port(_ number: UInt16) -> RegisterValue {
        var value = RegisterValue()
        value.append(UInt8(number >> 8))
        value.append(UInt8(number & 0xff))
        return value
    }

    /// A number in the host's byte order: a mark, an interface's number, flags of conntrack.
    public static func number(_ number: UInt32) -> RegisterValue {
        var value = RegisterValue()
        withUnsafeBytes(of: number) { value.append(contentsOf: $0) }
        return value
    }

    /// The name of an interface, filled up with zeros to 16 bytes.
    public static func interfaceName(_ name: String) -> RegisterValue {
        var value = RegisterValue()
        value.append(contentsOf: name.utf8.prefix(15))
        value.count = 16
        return value
    }

    /// The beginning of an interface's name: compared with a name, it equals all names that begin with it.
    public static func interfacePrefix(_ prefix: String) -> RegisterValue {
        var value = RegisterValue()
        value.append(contentsOf: prefix.utf8.prefix(15))
        return value
    }

    /// Values one after another, each in registers of its own, as in `ip daddr . tcp dport`.
    ///
    /// The bytes between them are zero. There must be room: 32 bytes.
    public static func concatenation(_ parts: RegisterValue...) -> RegisterValue {
        var value = RegisterValue()
        for part in parts {
            value.append(contentsOf: part)
            value.count = (value.count + 3) & ~3
        }
        precondition(value.count <= capacity, "value too long")
        return value
    }

    private mutating func append(contentsOf value: RegisterValue) {
        precondition(count + value.count <= Self.capacity, "value too long")
        let start = count
        withUnsafeMutableBytes(of: &words) { target in
            value.withBytes { UnsafeMutableRawBufferPointer(rebasing: target[start...]).copyMemory(from: $0) }
        }
        count += value.count
    }

    private mutating func append(contentsOf bytes: some Sequence<UInt8>) {
        for byte in bytes { append(byte) }
    }

    private mutating func append(_ byte: UInt8) {
        precondition(count < Self.capacity, "value too long")
        withUnsafeMutableBytes(of: &words) { $0[count] = byte }
        count += 1
    }

    /// The same value with as many zeros behind it as make up this many bytes.
    func padded(to length: Int) -> RegisterValue {
        var value = self
        value.count = Swift.max(count, Swift.min(length, Self.capacity))
        return value
    }

    /// Lends the bytes.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
    }

    /// Lends the bytes and zeros after them, so many that there are `length`, at most 32.
    func withPaddedBytes<Result>(_ length: Int, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: words) { body(UnsafeRawBufferPointer(rebasing: $0[..<length])) }
    }

    /// Whether two values are the same bytes.
    public static func == (left: RegisterValue, right: RegisterValue) -> Bool {
        left.count == right.count && left.words == right.words
    }

    /// Feeds the bytes to a hash function.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        withBytes { hasher.combine(bytes: $0) }
    }
}

extension RegisterValue: RandomAccessCollection {
    /// The position of the first byte.
    public var startIndex: Int { 0 }
    /// The position after the last byte.
    public var endIndex: Int { count }

    /// The byte at a position, which must exist.
    public subscript(position: Int) -> UInt8 {
        precondition(position >= 0 && position < count, "no such byte")
        return withUnsafeBytes(of: words) { $0[position] }
    }
}

extension RegisterValue: Comparable {
    /// Whether the left value comes first, byte by byte.
    public static func < (left: RegisterValue, right: RegisterValue) -> Bool {
        // The bytes behind the shorter one's end are zero, so that it never comes second for them.
        if left.words.0 != right.words.0 { return left.words.0.byteSwapped < right.words.0.byteSwapped }
        if left.words.1 != right.words.1 { return left.words.1.byteSwapped < right.words.1.byteSwapped }
        if left.words.2 != right.words.2 { return left.words.2.byteSwapped < right.words.2.byteSwapped }
        if left.words.3 != right.words.3 { return left.words.3.byteSwapped < right.words.3.byteSwapped }
        return left.count < right.count
    }

    /// The value one greater or smaller as a number in network order; nil beyond the ends.
    func advanced(by step: Int) -> RegisterValue? {
        var bytes = [UInt8](self)
        let from: UInt8 = step > 0 ? 0xff : 0
        for position in bytes.indices.reversed() {
            let carries = bytes[position] == from
            bytes[position] = step > 0 ? bytes[position] &+ 1 : bytes[position] &- 1
            if !carries { return RegisterValue(bytes: bytes) }
        }
        return nil
    }
}

extension RegisterValue: CustomStringConvertible {
    /// The bytes in hexadecimal.
    public var description: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
