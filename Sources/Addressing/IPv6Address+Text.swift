extension IPv6Address: LosslessStringConvertible {
    /// The address in its one canonical form: lower case, the longest run of zero groups as `::`.
    ///
    /// An IPv4-mapped address ends in a dotted quad (section 5), as inet_ntop and PostgreSQL print it too.
    /// Source: RFC 5952.
    public var description: String {
        String(utf8Capacity: 39) { write(to: &$0) }
    }

    /// The address in any of its text forms, also with an embedded IPv4 address; nil for any other text.
    ///
    /// A zone (`%eth0`) is refused, as are brackets and prefix lengths. Source: RFC 4291, section 2.2.
    @inlinable public init?(_ text: some StringProtocol) {
        guard let address = withUTF8(of: text, { IPv6Address(utf8: $0) }) else { return nil }
        self = address
    }

    @usableFromInline init?(utf8 text: Span<UInt8>) {
        var position = 0
        guard let address = IPv6Address(readingFrom: text, at: &position), position == text.count else { return nil }
        self = address
    }

    /// Reads an address and moves `position` behind it; nil where none stands.
    init?(readingFrom text: Span<UInt8>, at position: inout Int) {
        var groups = GroupReader()
        if text.has(":", at: position), text.has(":", at: position + 1) {
            position += 2
            groups.gap = 0
        }
        while groups.readNext(from: text, at: &position) {}
        guard let number = groups.number else { return nil }
        self.init(rawValue: number)
    }

    func write(to text: inout OutputSpan<UInt8>) {
        if isIPv4Mapped {
            for character: Unicode.Scalar in [":", ":", "f", "f", "f", "f", ":"] { text.write(character) }
            IPv4Address(rawValue: UInt32(truncatingIfNeeded: low)).write(to: &text)
            return
        }
        let gap = longestZeroRun
        var index = 0
        while index < 8 {
            if index == gap.lowerBound, !gap.isEmpty {
                text.write(":")
                text.write(":")
                index = gap.upperBound
            } else {
                if index > 0, index != gap.upperBound || gap.isEmpty { text.write(":") }
                text.writeHexGroup(group(index))
                index += 1
            }
        }
    }

    private func group(_ index: Int) -> UInt16 {
        UInt16(truncatingIfNeeded: (index < 4 ? high : low) >> UInt64(48 - (index & 3) * 16))
    }

    /// The first of the longest runs of at least two zero groups, which `::` replaces; empty when there is none.
    private var longestZeroRun: Range<Int> {
        var longest = 0..<0
        var start = 0
        for index in 0..<8 {
            if group(index) != 0 {
                start = index + 1
            } else if index - start + 1 > max(longest.count, 1) {
                longest = start..<(index + 1)
            }
        }
        return longest
    }
}
