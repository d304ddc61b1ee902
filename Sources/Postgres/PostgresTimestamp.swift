/// A moment: microseconds since 1970-01-01T00:00:00Z, as `timestamptz` keeps them.
public struct PostgresTimestamp: Hashable, Comparable, Sendable {
    /// Microseconds since the epoch; negative before it.
    public var microseconds: Int64

    /// The moment so many microseconds after the epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// Earlier before later.
    public static func < (left: PostgresTimestamp, right: PostgresTimestamp) -> Bool {
        left.microseconds < right.microseconds
    }

    /// The moment in UTC to the second, as in `2026-11-24T03:59:21Z`; fractions are cut off.
    ///
    /// Source: RFC 3339, section 5.6.
    public var secondsText: String {
        let seconds = microseconds.flooredDivision(by: 1_000_000)
        return "\(CivilTime(secondsSinceEpoch: seconds).dateText)T\(CivilTime(secondsSinceEpoch: seconds).timeText)Z"
    }

    /// The moment in UTC to the microsecond, as in `2026-11-24T03:59:21.000001Z`.
    public var microsecondsText: String {
        let fraction = microseconds - microseconds.flooredDivision(by: 1_000_000) * 1_000_000
        return secondsText.dropLast() + "." + String(fraction).leftPadded(to: 6) + "Z"
    }
}

extension PostgresTimestamp: PostgresEncodable {
    /// The moment to the microsecond.
    public var postgresText: String? { microsecondsText }
}

extension PostgresTimestamp: PostgresDecodable {
    /// Reads what a session in UTC and ISO date style prints, as in `2026-11-24 03:59:21.5+00`.
    public init(postgresText: String) throws(PostgresError) {
        guard let value = TimestampReader.read(postgresText) else {
            throw .decoding("\"\(postgresText)\" is not a timestamp")
        }
        microseconds = value
    }
}

/// Reads `YYYY-MM-DD[ T]HH:MM:SS[.ffffff](+00|Z|)`.
enum TimestampReader {
    static func read(_ text: String) -> Int64? {
        let parts = text.split(whereSeparator: { $0 == " " || $0 == "T" })
        guard parts.count == 2 else { return nil }
        let date = parts[0].split(separator: "-").map { Int64($0) }
        guard date.count == 3, let year = date[0], let month = date[1], let day = date[2] else { return nil }
        guard 1...12 ~= month, 1...31 ~= day else { return nil }
        var clock = parts[1]
        for zone in ["+00:00", "+00", "Z"] where clock.hasSuffix(zone) {
            clock.removeLast(zone.count)
            break
        }
        guard let time = microsecondsOfDay(clock) else { return nil }
        return CivilTime.daysSinceEpoch(year: year, month: month, day: day) * 86_400_000_000 + time
    }

    private static func microsecondsOfDay(_ clock: Substring) -> Int64? {
        let halves = clock.split(separator: ".", omittingEmptySubsequences: false)
        let fields = halves[0].split(separator: ":").map { Int64($0) }
        guard halves.count <= 2, fields.count == 3 else { return nil }
        guard let hours = fields[0], let minutes = fields[1], let seconds = fields[2] else { return nil }
        guard 0...24 ~= hours, 0...59 ~= minutes, 0...60 ~= seconds else { return nil }
        let whole = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
        guard halves.count == 2 else { return whole }
        guard 1...6 ~= halves[1].count, let digits = Int64(halves[1]), digits >= 0 else { return nil }
        return whole + (0..<(6 - halves[1].count)).reduce(digits) { value, _ in value * 10 }
    }
}
