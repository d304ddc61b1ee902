/// The value of `grpc-timeout`: at most eight digits and a unit.
///
/// Source: gRPC over HTTP/2, "Timeout".
enum CallTimeout {
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
