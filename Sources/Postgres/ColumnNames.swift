/// Where a result's columns are, by name: asked for each column of each row, so without a hash that resists attacks.
struct ColumnNames {
    /// All names, one after the other, and where each stands.
    private let text: [UInt8]
    private let ranges: [Range<Int>]
    /// The column in each place, -1 for none; the number of places is a power of two.
    private let places: [Int32]

    init(_ names: [String]) {
        var text: [UInt8] = []
        var ranges: [Range<Int>] = []
        var places = [Int32](repeating: -1, count: 8)
        while places.count < names.count * 2 { places += places }
        for name in names {
            let start = text.count
            text += name.utf8
            ranges.append(start..<text.count)
            let bytes = text.span
            var place = Self.hash(bytes.extracting(start...)) & (places.count - 1)
            while places[place] >= 0 { place = (place + 1) & (places.count - 1) }
            places[place] = Int32(ranges.count - 1)
        }
        (self.text, self.ranges, self.places) = (text, ranges, places)
    }

    /// The first column of that very name; nil when there is none.
    func position(of name: Span<UInt8>) -> Int32? {
        let text = text.span
        var place = Self.hash(name) & (places.count - 1)
        // Half of the places or more are free, so the search ends. Of equal names the first was put in first.
        while places[place] >= 0 {
            let column = places[place]
            if text.extracting(ranges[Int(column)]).equals(name) { return column }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    /// Mixes the length with the octets of both ends and of the middle, by which columns' names differ.
    private static func hash(_ name: Span<UInt8>) -> Int {
        guard !name.isEmpty else { return 0 }
        let ends = UInt32(name[0]) << 8 | UInt32(name[name.count - 1])
        let mixed = (ends << 16 | UInt32(name[name.count / 2]) << 8 | UInt32(truncatingIfNeeded: name.count))
        return Int((mixed &* 0x9e37_79b1) >> 16)
    }
}

extension Span<UInt8> {
    fileprivate func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }
}
