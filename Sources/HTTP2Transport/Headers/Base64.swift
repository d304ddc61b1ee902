/// Base 64 as gRPC uses it for binary metadata: written without padding, read with or without.
///
/// Source: RFC 4648 section 4; gRPC over HTTP/2, "Custom-Metadata".
enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// Value of each octet, 255 where it is not in the alphabet (the URL-safe pair is taken too).
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, octet) in alphabet.enumerated() { values[Int(octet)] = UInt8(value) }
        values[Int(UInt8(ascii: "-"))] = 62
        values[Int(UInt8(ascii: "_"))] = 63
        return values
    }()

    static func encode(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count * 4 + 2) / 3)
        var bits = 0
        var width = 0
        for byte in bytes {
            bits = bits << 8 | Int(byte)
            width += 8
            while width >= 6 {
                width -= 6
                text.append(alphabet[bits >> width & 63])
            }
            bits &= (1 << width) - 1
        }
        if width > 0 { text.append(alphabet[bits << (6 - width) & 63]) }
        return text
    }

    /// The octets that `text` stands for, or nil where it is not base 64.
    static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var bytes: [UInt8] = []
        var bits = 0
        var width = 0
        var padded = false
        var digits = 0
        for octet in text {
            if octet == UInt8(ascii: "=") {
                padded = true
                continue
            }
            let value = values[Int(octet)]
            guard value != 255, !padded else { return nil }
            digits += 1
            bits = bits << 6 | Int(value)
            width += 6
            if width >= 8 {
                width -= 8
                bytes.append(UInt8(truncatingIfNeeded: bits >> width))
                bits &= (1 << width) - 1
            }
        }
        return digits % 4 == 1 ? nil : bytes
    }
}
