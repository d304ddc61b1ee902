/// A UUID that knows what it names, so that a port's id cannot stand where a router's is wanted.
///
/// Text form: lower-case, dashed, 36 characters. Source: RFC 9562.
public struct ID<Kind>: Hashable, Sendable {
    /// The first eight octets, most significant first.
    public let high: UInt64
    /// The last eight octets, most significant first.
    public let low: UInt64

    /// An id from its sixteen octets.
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
            var position = 0
            for index in 0..<16 {
                if index == 4 || index == 6 || index == 8 || index == 10 {
                    buffer[position] = UInt8(ascii: "-")
                    position += 1
                }
                let half = index < 8 ? high : low
                let octet = UInt8(truncatingIfNeeded: half >> UInt64(56 - (index & 7) * 8))
                buffer[position] = hexDigit(octet >> 4)
                buffer[position + 1] = hexDigit(octet & 15)
                position += 2
            }
            return position
        }
    }

    /// An id from its dashed text, in either case; nil when the text is anything else.
    public init?(_ description: String) {
        var halves: (UInt64, UInt64) = (0, 0)
        var digits = 0
        var position = 0
        for byte in description.utf8 {
            defer { position += 1 }
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard byte == UInt8(ascii: "-") else { return nil }
                continue
            }
            guard digits < 32, let value = hexValue(byte) else { return nil }
            if digits < 16 {
                halves.0 = halves.0 << 4 | UInt64(value)
            } else {
                halves.1 = halves.1 << 4 | UInt64(value)
            }
            digits += 1
        }
        guard digits == 32, position == 36 else { return nil }
        self.init(high: halves.0, low: halves.1)
    }
}

extension ID: Comparable {
    /// The order of the ids' octets, which is the order of their text.
    public static func < (left: ID, right: ID) -> Bool {
        left.high != right.high ? left.high < right.high : left.low < right.low
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}

private func hexValue(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
}
