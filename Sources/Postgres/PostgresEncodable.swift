/// A value that can stand in a statement: it gives itself in PostgreSQL's text format.
///
/// The server infers each bind's type from its place in the statement; where it cannot, cast there (`\(id)::uuid`).
public protocol PostgresEncodable: Sendable {
    /// The text PostgreSQL reads the value from; nil is NULL.
    var postgresText: String? { get }
}

extension String: PostgresEncodable {
    /// The text itself.
    public var postgresText: String? { self }
}

extension Bool: PostgresEncodable {
    /// `true` or `false`.
    public var postgresText: String? { self ? "true" : "false" }
}

extension PostgresEncodable where Self: BinaryInteger {
    /// The number in decimal.
    public var postgresText: String? { String(self) }
}

extension Int: PostgresEncodable {}
extension Int16: PostgresEncodable {}
extension Int32: PostgresEncodable {}
extension Int64: PostgresEncodable {}
extension UInt8: PostgresEncodable {}
extension UInt16: PostgresEncodable {}
extension UInt32: PostgresEncodable {}
extension UInt64: PostgresEncodable {}

extension Double: PostgresEncodable {
    /// The shortest decimal that reads back as the same number; `NaN`, `Infinity` and `-Infinity`.
    public var postgresText: String? {
        if isNaN { return "NaN" }
        if isInfinite { return self < 0 ? "-Infinity" : "Infinity" }
        return description
    }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    /// The value's text, or NULL.
    public var postgresText: String? { self?.postgresText }
}

extension Array: PostgresEncodable where Element: PostgresEncodable {
    /// A one-dimensional array, as in `{"a",NULL}`.
    public var postgresText: String? { ArrayText.encode(map(\.postgresText)) }
}
