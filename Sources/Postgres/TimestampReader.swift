/// Reads `YYYY-MM-DD[ T]HH:MM:SS[.ffffff](+00:00|+00|Z|)`, octet by octet: every row has such a text or two.
struct TimestampReader {
    private var rest: Substring.UTF8View

    /// Microseconds since the epoch; nil when the text is no such moment.
    static func read(_ text: String) -> Int64? {
        var reader = TimestampReader(rest: text[...].utf8)
        return reader.moment()
    }

    private mutating func moment() -> Int64? {
        guard let year = number(digits: 1...9), skip("-"), let month = number(digits: 1...2), skip("-"),
            let day = number(digits: 1...2), skip(" ") || skip("T"), 1...12 ~= month, 1...31 ~= day,
            let time = timeOfDay(), isZone
        else { return nil }
        return CivilTime.daysSinceEpoch(year: year, month: month, day: day) * 86_400_000_000 + time
    }

    private mutating func timeOfDay() -> Int64? {
        guard let hours = number(digits: 1...2), skip(":"), let minutes = number(digits: 1...2), skip(":"),
            let seconds = number(digits: 1...2), 0...24 ~= hours, 0...59 ~= minutes, 0...60 ~= seconds
        else { return nil }
        let whole = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
        guard skip(".") else { return whole }
        let before = rest.count
        guard var fraction = number(digits: 1...6) else { return nil }
        for _ in (before - rest.count)..<6 { fraction *= 10 }
        return whole + fraction
    }

    /// Whether nothing but a name of UTC is left.
    private var isZone: Bool {
        rest.isEmpty || rest.elementsEqual("Z".utf8) || rest.elementsEqual("+00".utf8)
            || rest.elementsEqual("+00:00".utf8)
    }

    /// A number of so many digits, no further digit behind it.
    private mutating func number(digits: ClosedRange<Int>) -> Int64? {
        var value: Int64 = 0
        var count = 0
        while let byte = rest.first, 48...57 ~= byte {
            count += 1
            guard count <= digits.upperBound else { return nil }
            value = value * 10 + Int64(byte - 48)
            rest.removeFirst()
        }
        return count >= digits.lowerBound ? value : nil
    }

    private mutating func skip(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == character.value else { return false }
        rest.removeFirst()
        return true
    }
}
