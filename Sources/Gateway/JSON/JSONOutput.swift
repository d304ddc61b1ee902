/// A JSON text as it grows, in one buffer.
struct JSONOutput: ~Copyable {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    /// The text so far; the output is empty afterwards, with room for the given number of bytes.
    mutating func take(leavingRoomFor capacity: Int = 0) -> [UInt8] {
        let text = bytes
        bytes = []
        bytes.reserveCapacity(capacity)
        return text
    }

    var count: Int { bytes.count }

    /// Appends text that already is JSON.
    mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    mutating func raw(_ text: [UInt8]) {
        bytes.append(contentsOf: text)
    }

    mutating func raw(_ text: Span<UInt8>) {
        bytes.append(addingCapacity: text.count) { $0.append(copying: text) }
    }

    mutating func byte(_ byte: UInt8) {
        bytes.append(byte)
    }

    mutating func bool(_ value: Bool) {
        if value { raw("true") } else { raw("false") }
    }

    mutating func integer(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        integer(value.magnitude)
    }

    mutating func integer(_ value: UInt64) {
        var digits: InlineArray<20, UInt8> = .init(repeating: 0)
        var start = 20
        var rest = value
        repeat {
            start -= 1
            digits[start] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        append(addingCapacity: 20) { output in
            for index in start..<20 { output.append(digits[index]) }
        }
    }

    /// Appends up to `capacity` bytes at once.
    mutating func append(addingCapacity capacity: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        bytes.append(addingCapacity: capacity, initializingWith: write)
    }

    mutating func string(_ text: String) {
        var text = text
        text.withUTF8 { string(utf8: Span(_unsafeElements: $0)) }
    }

    /// Appends a string of the given UTF-8, escaped where it must be.
    mutating func string(utf8 text: Span<UInt8>) {
        guard !text.holdsEscapable else { return escaped(text) }
        bytes.append(addingCapacity: text.count + 2) { output in
            output.append(UInt8(ascii: "\""))
            output.append(copying: text)
            output.append(UInt8(ascii: "\""))
        }
    }

    /// Appends a key, which already is JSON, and a string of the given UTF-8.
    mutating func member(_ key: Span<UInt8>, utf8 text: Span<UInt8>) {
        guard !text.holdsEscapable else {
            raw(key)
            return escaped(text)
        }
        append(addingCapacity: key.count + text.count + 2) { output in
            output.append(copying: key)
            output.append(UInt8(ascii: "\""))
            output.append(copying: text)
            output.append(UInt8(ascii: "\""))
        }
    }

    @inline(never)
    private mutating func escaped(_ text: Span<UInt8>) {
        bytes.append(addingCapacity: text.count * 6 + 2) { output in
            output.append(UInt8(ascii: "\""))
            for index in text.indices {
                let byte = text[index]
                if byte.isEscapable { Self.escape(byte, into: &output) } else { output.append(byte) }
            }
            output.append(UInt8(ascii: "\""))
        }
    }

    private static func escape(_ byte: UInt8, into output: inout OutputSpan<UInt8>) {
        output.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): output.append(byte)
        case 0x0a: output.append(UInt8(ascii: "n"))
        case 0x0d: output.append(UInt8(ascii: "r"))
        case 0x09: output.append(UInt8(ascii: "t"))
        default:
            for digit in [UInt8(ascii: "u"), UInt8(ascii: "0"), UInt8(ascii: "0")] { output.append(digit) }
            output.append(hexDigit(byte >> 4))
            output.append(hexDigit(byte & 15))
        }
    }

    mutating func value(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let value): bool(value)
        case .integer(let value): integer(value)
        case .number(let text): bytes.append(contentsOf: text.utf8)
        case .string(let text): string(text)
        case .array(let elements):
            separated(elements, open: "[", close: "]") { output, element in output.value(element) }
        case .object(let object):
            separated(object.members, open: "{", close: "}") { output, member in
                output.string(member.name)
                output.raw(":")
                output.value(member.value)
            }
        }
    }

    private mutating func separated<Element>(
        _ elements: [Element],
        open: StaticString,
        close: StaticString,
        _ write: (inout JSONOutput, Element) -> Void
    ) {
        raw(open)
        for (index, element) in elements.enumerated() {
            if index > 0 { raw(",") }
            write(&self, element)
        }
        raw(close)
    }
}

extension JSONValue {
    /// The value's text, without spaces.
    var text: [UInt8] {
        var output = JSONOutput()
        output.value(self)
        return output.take()
    }
}

private func hexDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
