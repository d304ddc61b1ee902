/// Builds one protobuf message.
///
/// Source: protobuf.dev, "Encoding".
struct WireWriter {
    private(set) var bytes: [UInt8] = []

    mutating func string(_ field: Int, _ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            delimited(field, count: utf8.count)
            bytes.append(contentsOf: utf8)
        }
    }

    /// Also writes false: in a field with presence it says something.
    mutating func bool(_ field: Int, _ value: Bool) {
        integer(field, value ? 1 : 0)
    }

    mutating func integer(_ field: Int, _ value: Int64) {
        varint(UInt64(field) << 3)
        varint(UInt64(bitPattern: value))
    }

    mutating func message(_ field: Int, _ message: [UInt8]) {
        delimited(field, count: message.count)
        bytes.append(contentsOf: message)
    }

    private mutating func delimited(_ field: Int, count: Int) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(count))
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
