/// Reads `YYYY-MM-DD[ T]HH:MM:SS[.ffffff](+00:00|+00|Z|)`, octet by octet: every row has such a text or two.
enum TimestampReader {
    /// Microseconds since the epoch; nil when the text is no such moment.
    static func read(_ text: Span<UInt8>) -> Int64? {
        var position = 0
        guard let day = date(text, at: &position), let time = timeOfDay(text, at: &position),
            isZone(text, at: position)
        else { return nil }
        return day * 86_400_000_000 + time
    }

    /// Days since the epoch; the separator behind the date is read, too.
    private static func date(_ text: Span<UInt8>, at position: inout Int) -> Int64? {
        guard let year = number(text, at: &position, digits: 1...9), skip(text, "-", at: &position),
            let month = number(text, at: &position, digits: 1...2), skip(text, "-", at: &position),
            let day = number(text, at: &position, digits: 1...2),
            skip(text, " ", at: &position) || skip(text, "T", at: &position), 1...12 ~= month, 1...31 ~= day
        else { return nil }
        return CivilTime.daysSinceEpoch(year: year, month: month, day: day)
    }

    private static func timeOfDay(_ text: Span<UInt8>, at position: inout Int) -> Int64? {
        guard let hours = number(text, at: &position, digits: 1...2), skip(text, ":", at: &position),
            let minutes = number(text, at: &position, digits: 1...2), skip(text, ":", at: &position),
            let seconds = number(text, at: &position, digits: 1...2), 0...24 ~= hours, 0...59 ~= minutes,
            0...60 ~= seconds
        else { return nil }
        let whole = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
        guard skip(text, ".", at: &position) else { return whole }
        let start = position
        guard var fraction = number(text, at: &position, digits: 1...6) else { return nil }
        for _ in (position - start)..<6 { fraction *= 10 }
        return whole + fraction
    }

    /// Whether nothing but a name of UTC is left.
    private static func isZone(_ text: Span<UInt8>, at position: Int) -> Bool {
        let rest = text.extracting(position...)
        return rest.isEmpty || rest.spells("Z") || rest.spells("+00") || rest.spells("+00:00")
    }

    /// A number of so many digits, no further digit behind it.
    private static func number(_ text: Span<UInt8>, at position: inout Int, digits: ClosedRange<Int>) -> Int64? {
        let start = position
        var value: Int64 = 0
        while position < text.count, 48...57 ~= text[position] {
            guard position - start < digits.upperBound else { return nil }
            value = value * 10 + Int64(text[position] - 48)
            position += 1
        }
        return position - start >= digits.lowerBound ? value : nil
    }

    private static func skip(_ text: Span<UInt8>, _ character: Unicode.Scalar, at position: inout Int) -> Bool {
        guard position < text.count, UInt32(text[position]) == character.value else { return false }
        position += 1
        return true
    }
}

extension Span<UInt8> {
    /// Whether the octets are those of the word.
    fileprivate func spells(_ word: StaticString) -> Bool {
        guard count == word.utf8CodeUnitCount else { return false }
        for index in indices where self[index] != word.utf8Start[index] { return false }
        return true
    }
}
