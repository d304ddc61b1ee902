/// Collects the groups of an IPv6 address's text, and where `::` stands among them.
struct GroupReader {
    /// The groups read so far, the latest in the lowest 16 bits.
    private var value: UInt128 = 0
    private var count = 0
    /// How many groups stand before `::`.
    var gap: Int?
    private var isMalformed = false

    /// Reads one group and the colons behind it; false when the address ends there or is malformed.
    mutating func readNext(from text: Span<UInt8>, at position: inout Int) -> Bool {
        let start = position
        guard let group = text.readHexGroup(at: &position) else {
            // Nothing behind `::` is an end; nothing behind `:` or at the start is a mistake.
            isMalformed = gap != count
            return false
        }
        if text.has(".", at: position) {
            position = start
            return readQuad(from: text, at: &position)
        }
        value = value << 16 | UInt128(group)
        count += 1
        return readColons(from: text, at: &position)
    }

    private mutating func readQuad(from text: Span<UInt8>, at position: inout Int) -> Bool {
        guard let quad = IPv4Address(readingFrom: text, at: &position) else {
            isMalformed = true
            return false
        }
        value = value << 32 | UInt128(quad.rawValue)
        count += 2
        return false
    }

    private mutating func readColons(from text: Span<UInt8>, at position: inout Int) -> Bool {
        guard text.has(":", at: position) else { return false }
        position += 1
        if text.has(":", at: position) {
            position += 1
            isMalformed = gap != nil
            gap = count
        }
        return !isMalformed
    }

    /// The address as a number; nil when its text was malformed or has too few or too many groups.
    var number: UInt128? {
        guard !isMalformed else { return nil }
        guard let gap else { return count == 8 ? value : nil }
        // `::` stands for at least one group. Shifts by the whole width give zero.
        guard count < 8 else { return nil }
        let tailBits = (count - gap) * 16
        let tail = value & ~(UInt128.max << UInt128(tailBits))
        let head = value >> UInt128(tailBits)
        return head << UInt128(128 - gap * 16) | tail
    }
}
