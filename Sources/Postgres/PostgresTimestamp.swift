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
        try self.init(postgresUTF8: Array(postgresText.utf8).span)
    }

    /// Reads what a session in UTC and ISO date style prints, as in `2026-11-24 03:59:21.5+00`.
    public init(postgresUTF8 text: Span<UInt8>) throws(PostgresError) {
        guard let value = TimestampReader.read(text) else {
            throw .decoding("\"\(String(utf8Octets: text))\" is not a timestamp")
        }
        microseconds = value
    }
}
