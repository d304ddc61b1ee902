extension JSONOutput {
    /// Appends a moment as a string, in UTC to the second.
    mutating func moment(_ seconds: Int64, _ form: AttributeType.MomentForm) {
        let (days, second) = seconds.dividedRoundingDown(by: 86400)
        let date = CivilDate(daysSinceEpoch: days)
        byte(UInt8(ascii: "\""))
        padded(date.year, 4)
        byte(UInt8(ascii: "-"))
        padded(date.month, 2)
        byte(UInt8(ascii: "-"))
        padded(date.day, 2)
        byte(form == .zulu ? UInt8(ascii: "T") : UInt8(ascii: " "))
        padded(second / 3600, 2)
        byte(UInt8(ascii: ":"))
        padded(second / 60 % 60, 2)
        byte(UInt8(ascii: ":"))
        padded(second % 60, 2)
        if form == .zulu { byte(UInt8(ascii: "Z")) }
        byte(UInt8(ascii: "\""))
    }

    private mutating func padded(_ value: Int64, _ width: Int) {
        var divisor: Int64 = width == 4 ? 1000 : 10
        while divisor > 0 {
            byte(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}

/// A day of the proleptic Gregorian calendar.
struct CivilDate: Hashable {
    var year: Int64
    var month: Int64
    var day: Int64

    /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", civil_from_days.
    init(daysSinceEpoch days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
}

extension Int64 {
    fileprivate func dividedRoundingDown(by divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
