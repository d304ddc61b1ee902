extension JSONOutput {
    /// Appends a moment as a string, in UTC to the second.
    mutating func moment(_ seconds: Int64, _ form: AttributeType.MomentForm) {
        let (days, second) = seconds.dividedRoundingDown(by: 86400)
        let date = CivilDate(daysSinceEpoch: days)
        append(addingCapacity: 22) { output in
            output.append(UInt8(ascii: "\""))
            output.append(twoDigitsOf: date.year / 100)
            output.append(twoDigitsOf: date.year)
            output.append(UInt8(ascii: "-"))
            output.append(twoDigitsOf: date.month)
            output.append(UInt8(ascii: "-"))
            output.append(twoDigitsOf: date.day)
            output.append(form == .zulu ? UInt8(ascii: "T") : UInt8(ascii: " "))
            output.append(twoDigitsOf: second / 3600)
            output.append(UInt8(ascii: ":"))
            output.append(twoDigitsOf: second / 60 % 60)
            output.append(UInt8(ascii: ":"))
            output.append(twoDigitsOf: second % 60)
            if form == .zulu { output.append(UInt8(ascii: "Z")) }
            output.append(UInt8(ascii: "\""))
        }
    }
}

extension OutputSpan<UInt8> {
    /// Appends the last two digits of a number.
    fileprivate mutating func append(twoDigitsOf value: Int64) {
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value / 10 % 10))
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: value % 10))
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
