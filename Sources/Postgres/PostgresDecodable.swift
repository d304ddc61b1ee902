/// A value that can be read from a column: it takes PostgreSQL's text format.
public protocol PostgresDecodable: Sendable {
    /// Reads the value.
    ///
    /// - Throws: ``PostgresError/decoding(_:)`` when the text is not such a value.
    init(postgresText: String) throws(PostgresError)

    /// Reads the value from the UTF-8 octets of its text, where they lie.
    ///
    /// A type that stands in every row reads them itself and so needs no `String`; the others get one.
    ///
    /// - Throws: ``PostgresError/decoding(_:)`` when the text is not such a value.
    init(postgresUTF8 text: Span<UInt8>) throws(PostgresError)

    /// What NULL reads as; nil where NULL is an error. Only `Optional` gives something else than the default, nil.
    static var postgresNull: Self? { get }
}

extension PostgresDecodable {
    /// NULL is an error.
    @inlinable public static var postgresNull: Self? { nil }

    /// Reads the octets as a `String`.
    @inlinable public init(postgresUTF8 text: Span<UInt8>) throws(PostgresError) {
        try self.init(postgresText: String(utf8Octets: text))
    }
}

extension String {
    /// The text of these UTF-8 octets.
    @inlinable init(utf8Octets text: Span<UInt8>) {
        self = text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
    }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    /// The wrapped value's reading.
    @inlinable public init(postgresText: String) throws(PostgresError) {
        self = .some(try Wrapped(postgresText: postgresText))
    }

    /// The wrapped value's reading.
    @inlinable public init(postgresUTF8 text: Span<UInt8>) throws(PostgresError) {
        self = .some(try Wrapped(postgresUTF8: text))
    }

    /// NULL reads as nil.
    @inlinable public static var postgresNull: Wrapped?? { .some(.none) }
}

extension String: PostgresDecodable {
    /// The column's text, whatever its type: JSON, timestamps and numbers come as PostgreSQL prints them.
    @inlinable public init(postgresText: String) {
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

    /// A decimal number within the type's range.
    @inlinable public init(postgresUTF8 text: Span<UInt8>) throws(PostgresError) {
        // Up to 18 digits fit whatever they are; the server writes no sign but the minus.
        guard 1...18 ~= text.count, let value = Self(digits: text) else {
            try self.init(postgresText: String(utf8Octets: text))
            return
        }
        self = value
    }

    /// A number of up to 18 digits; nil for anything else, or when it does not fit.
    @inlinable init?(digits text: Span<UInt8>) {
        var value: Int64 = 0
        for index in text.indices {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit <= 9 else { return nil }
            value = value * 10 + Int64(digit)
        }
        self.init(exactly: value)
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
    /// Reads an element's text, or NULL.
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
