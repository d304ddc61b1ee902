/// A UUID that knows what it names, so that a port's id cannot stand where a router's is wanted.
///
/// Text form: lower-case, dashed, 36 characters. Source: RFC 9562.
public struct ID<Kind>: Hashable, Sendable {
    /// The first eight octets, most significant first.
    public let high: UInt64
    /// The last eight octets, most significant first.
    public let low: UInt64

    /// An id from its sixteen octets.
    @inlinable
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A new random id of version 4 (RFC 9562, section 5.4).
    public static func random() -> ID {
        var generator = SystemRandomNumberGenerator()
        return random(using: &generator)
    }

    /// A new random id, version 4, from the given generator.
    public static func random(using generator: inout some RandomNumberGenerator) -> ID {
        let high = generator.next() & 0xffff_ffff_ffff_0fff | 0x4000
        let low = generator.next() & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        return ID(high: high, low: low)
    }

    /// The one id of another object that belongs to this one, such as the external port of a floating IP.
    ///
    /// The same id and purpose always give the same result, and different ids never the same one for a purpose,
    /// so a repeated request finds what an earlier one made. Version 8 (custom). Source: RFC 9562, section 5.8.
    public func derived<Other>(as _: Other.Type = Other.self, purpose: IDPurpose) -> ID<Other> {
        let high = (high ^ purpose.rawValue &* 0x9e37_79b9_7f4a_7c15) & 0xffff_ffff_ffff_0fff | 0x8000
        // Only the version and variant bits are overwritten, and those are equal in all ids of one version: distinct
        // ids stay distinct.
        let low = (low ^ purpose.rawValue &* 0xbf58_476d_1ce4_e5b9) & 0x3fff_ffff_ffff_ffff | 0x8000_0000_0000_0000
        return ID<Other>(high: high, low: low)
    }
}

/// What a derived id is for; each purpose has its own number and keeps it for ever, since stored ids depend on it.
public enum IDPurpose: UInt64, Sendable {
    /// The port on the external network that holds a floating IP's address.
    case floatingIPPort = 1
    /// The port on the external network that a router's gateway uses.
    case gatewayPort = 2
    /// The node agent of a host.
    case agent = 3
}

extension ID: LosslessStringConvertible {
    /// The id's canonical text: lower-case and dashed.
    public var description: String {
        String(unsafeUninitializedCapacity: 36) { buffer in
            let text = UnsafeMutableRawBufferPointer(buffer)
            let (first, last) = (HexWord.text(high >> 32), HexWord.text(low))
            let (second, third) = (HexWord.text(high), HexWord.text(low >> 32))
            text.storeBytes(of: first.bigEndian, toByteOffset: 0, as: UInt64.self)
            text.storeBytes(of: UInt32(second >> 32).bigEndian, toByteOffset: 9, as: UInt32.self)
            text.storeBytes(of: UInt32(truncatingIfNeeded: second).bigEndian, toByteOffset: 14, as: UInt32.self)
            text.storeBytes(of: UInt32(third >> 32).bigEndian, toByteOffset: 19, as: UInt32.self)
            text.storeBytes(of: UInt32(truncatingIfNeeded: third).bigEndian, toByteOffset: 24, as: UInt32.self)
            text.storeBytes(of: last.bigEndian, toByteOffset: 28, as: UInt64.self)
            for dash in stride(from: 8, through: 23, by: 5) { buffer[dash] = UInt8(ascii: "-") }
            return 36
        }
    }

    /// An id from its dashed text, in either case; nil when the text is anything else.
    @inlinable
    public init?(_ description: String) {
        var text = description
        guard let (high, low) = text.withUTF8({ uuidWords($0.span) }) else { return nil }
        self.init(high: high, low: low)
    }

    /// An id from the UTF-8 octets of its dashed text, in either case; nil when the text is anything else.
    @inlinable
    public init?(utf8 text: Span<UInt8>) {
        guard let (high, low) = uuidWords(text) else { return nil }
        self.init(high: high, low: low)
    }
}

/// The octets that the UTF-8 octets of a dashed text say, whatever has the id: what the two `init?` above have in common.
@usableFromInline
func uuidWords(_ text: Span<UInt8>) -> (high: UInt64, low: UInt64)? {
    guard text.count == 36, text[8] == UInt8(ascii: "-"), text[13] == UInt8(ascii: "-"),
        text[18] == UInt8(ascii: "-"), text[23] == UInt8(ascii: "-")
    else { return nil }
    let bytes = text.bytes
    // Every load lies within the 36 octets, and any octets are a number.
    func word(_ place: Int) -> UInt64 {
        bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt64.self).bigEndian
    }
    func half(_ place: Int) -> UInt64 {
        UInt64(bytes.unsafeLoadUnaligned(fromByteOffset: place, as: UInt32.self).bigEndian)
    }
    guard let first = HexWord.number(word(0)), let second = HexWord.number(half(9) << 32 | half(14)),
        let third = HexWord.number(half(19) << 32 | half(24)), let last = HexWord.number(word(28))
    else { return nil }
    return (first << 32 | second, third << 32 | last)
}

extension ID: Comparable {
    /// The order of the ids' octets, which is the order of their text.
    public static func < (left: ID, right: ID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}
