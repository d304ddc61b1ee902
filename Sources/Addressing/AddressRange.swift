/// The addresses of one family from a first to a last one, both included; never empty.
///
/// As a sequence it gives its addresses in ascending order, one at a time: a /64 costs nothing until it is walked.
public struct AddressRange: Hashable, Sendable {
    /// The lowest address.
    public let first: IPAddress
    /// The highest address.
    public let last: IPAddress

    /// The addresses from `first` to `last`; nil when they differ in family or `last` comes before `first`.
    public init?(first: IPAddress, last: IPAddress) {
        guard first.version == last.version, first <= last else { return nil }
        self.first = first
        self.last = last
    }

    /// All addresses of a network, also those that no host may have.
    public init(_ prefix: CIDR) {
        first = prefix.first
        last = prefix.last
    }

    /// One address alone.
    public init(_ address: IPAddress) {
        first = address
        last = address
    }

    init(version: IPVersion, numbers: ClosedRange<UInt128>) {
        first = IPAddress(version: version, number: numbers.lowerBound)
        last = IPAddress(version: version, number: numbers.upperBound)
    }

    /// The addresses' family.
    public var version: IPVersion { first.version }

    /// The number of addresses; for all of IPv6 one less than there are, since that is the highest number.
    public var count: UInt128 {
        let (count, overflow) = (last.number - first.number).addingReportingOverflow(1)
        return overflow ? .max : count
    }

    /// The address `offset` places behind the first; nil behind the last.
    public func address(at offset: UInt128) -> IPAddress? {
        guard offset <= last.number - first.number else { return nil }
        return IPAddress(version: version, number: first.number + offset)
    }

    /// Whether the address lies in the range; false for the other family.
    public func contains(_ address: IPAddress) -> Bool {
        // The families do not interleave in the order of addresses.
        first <= address && address <= last
    }

    /// Whether all of the other range lies in this one.
    public func contains(_ other: AddressRange) -> Bool {
        contains(other.first) && contains(other.last)
    }

    /// Whether the ranges share an address; false for the other family.
    public func overlaps(_ other: AddressRange) -> Bool {
        first <= other.last && other.first <= last
    }

    /// What is left of this range without the other: nothing, one piece, or the two on either side.
    public func subtracting(_ other: AddressRange) -> [AddressRange] {
        guard overlaps(other) else { return [self] }
        var pieces: [AddressRange] = []
        if first < other.first {
            pieces.append(AddressRange(version: version, numbers: first.number...(other.first.number - 1)))
        }
        if other.last < last {
            pieces.append(AddressRange(version: version, numbers: (other.last.number + 1)...last.number))
        }
        return pieces
    }

    /// What is left of this range without the address.
    public func subtracting(_ address: IPAddress) -> [AddressRange] {
        subtracting(AddressRange(address))
    }
}

extension AddressRange: Sequence {
    /// Gives the addresses of a range in ascending order.
    public struct Iterator: IteratorProtocol, Sendable {
        private var upcoming: IPAddress?
        private let last: IPAddress

        init(_ range: AddressRange) {
            upcoming = range.first
            last = range.last
        }

        /// The next address, or nil behind the last.
        public mutating func next() -> IPAddress? {
            guard let address = upcoming else { return nil }
            upcoming = address == last ? nil : address.advanced(by: 1)
            return address
        }
    }

    /// An iterator over the addresses, which holds none of them.
    public func makeIterator() -> Iterator {
        Iterator(self)
    }
}

extension AddressRange: CustomStringConvertible {
    /// The first and the last address with a dash between them.
    public var description: String {
        String(utf8Capacity: 79) { text in
            first.write(to: &text)
            text.write("-")
            last.write(to: &text)
        }
    }
}
