/// A moment in UTC, to the microsecond.
public struct Timestamp: Hashable, Sendable, Comparable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var microseconds: Int64

    /// The moment so many microseconds after the epoch.
    public init(microseconds: Int64) {
        self.microseconds = microseconds
    }

    /// The moment so many seconds after the epoch.
    public init(seconds: Int64, nanoseconds: Int32 = 0) {
        microseconds = seconds * 1_000_000 + Int64(nanoseconds) / 1000
    }

    /// Whole seconds since the epoch, rounded down.
    public var seconds: Int64 { (microseconds - nonnegativeRemainder) / 1_000_000 }

    /// The nanoseconds after `seconds`, 0…999 999 000.
    public var nanoseconds: Int32 { Int32(nonnegativeRemainder) * 1000 }

    /// The earlier moment comes first.
    public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

    private var nonnegativeRemainder: Int64 {
        let remainder = microseconds % 1_000_000
        return remainder < 0 ? remainder + 1_000_000 : remainder
    }
}
