/// A value that can be read from a column: it takes PostgreSQL's text format.
public protocol PostgresDecodable: Sendable {
    /// Reads the value.
    ///
    /// - Throws: ``PostgresError/decoding(_:)`` when the text is not such a value.
    init(postgresText: String) throws(PostgresError)

    /// What NULL reads as; nil where NULL is an error. Only `Optional` gives something else than the default, nil.
    static var postgresNull: Self? { get }
}

extension PostgresDecodable {
    /// NULL is an error.
    public static var postgresNull: Self? { nil }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// The wrapped value's reading.
    public init(postgresText: String) throws(PostgresError) {
        self = .some(try Wrapped(postgresText: postgresText))
    }

    /// NULL reads as nil.
    public static var postgresNull: Wrapped?? { .some(.none) }
}

extension String: PostgresDecodable {
    /// The column's text, whatever its type: JSON, timestamps and numbers come as PostgreSQL prints them.
    public init(postgresText: String) {
        self = postgresText
    }
}

extension Bool: PostgresDecodable {
    /// `t` or `f`.
    public init(postgresText: String) throws(PostgresError) {
        switch postgresText {
        case "t", "true": self = true
        case "f", "false": self = false
        default: throw .decoding("\"\(postgresText)\" is not a boolean")
        }
    }
}

extension PostgresDecodable where Self: FixedWidthInteger {
    /// A decimal number within the type's range.
    public init(postgresText: String) throws(PostgresError) {
        guard let value = Self(postgresText, radix: 10) else {
            throw .decoding("\"\(postgresText)\" is not a \(Self.self)")
        }
        self = value
    }
}

extension Int: PostgresDecodable {}
extension Int16: PostgresDecodable {}
extension Int32: PostgresDecodable {}
extension Int64: PostgresDecodable {}
extension UInt8: PostgresDecodable {}
extension UInt16: PostgresDecodable {}
extension UInt32: PostgresDecodable {}
extension UInt64: PostgresDecodable {}

extension Double: PostgresDecodable {
    /// A decimal number, `NaN`, `Infinity` or `-Infinity`.
    public init(postgresText: String) throws(PostgresError) {
        guard let value = Double(postgresText) else { throw .decoding("\"\(postgresText)\" is not a number") }
        self = value
    }
}

extension Array: PostgresDecodable where Element: PostgresDecodable {
    /// A one-dimensional array, as in `{1,2}`.
    public init(postgresText: String) throws(PostgresError) {
        self = []
        for text in try ArrayText.decode(postgresText) {
            append(try Element(postgresColumn: text, named: "an array's element"))
        }
    }
}

extension PostgresDecodable {
    /// Reads a column's text, or NULL.
    init(postgresColumn text: String?, named name: @autoclosure () -> String) throws(PostgresError) {
        if let text {
            self = try Self(postgresText: text)
        } else if let null = Self.postgresNull {
            self = null
        } else {
            throw .decoding("\(name()) is NULL")
        }
    }
}
