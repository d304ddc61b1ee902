/// The value of `grpc-timeout`: at most eight digits and a unit.
///
/// Source: gRPC over HTTP/2, "Timeout".
enum CallTimeout {
    /// The text for a time, in whole milliseconds rounded up, so that the same time-out is mostly the same text.
    static func encode(_ time: Duration) -> String {
        let (seconds, attoseconds) = time.components
        let milliseconds = seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return milliseconds < 100_000_000 ? "\(max(1, milliseconds))m" : "\(min(99_999_999, seconds + 1))S"
    }

    /// The time that `text` names, or nil where it is malformed.
    static func decode(_ text: RawSpan) -> Duration? {
        guard (2...9).contains(text.byteCount) else { return nil }
        var amount: Int64 = 0
        for index in 0..<text.byteCount - 1 {
            let digit = text[index]
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
            amount = amount * 10 + Int64(digit - UInt8(ascii: "0"))
        }
        return switch text[text.byteCount - 1] {
        case UInt8(ascii: "H"): .seconds(amount * 3600)
        case UInt8(ascii: "M"): .seconds(amount * 60)
        case UInt8(ascii: "S"): .seconds(amount)
        case UInt8(ascii: "m"): .milliseconds(amount)
        case UInt8(ascii: "u"): .microseconds(amount)
        case UInt8(ascii: "n"): .nanoseconds(amount)
        default: nil
        }
    }
}
