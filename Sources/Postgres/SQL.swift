/// A statement, or a fragment of one, whose interpolated values travel beside the text as binds.
///
/// `"SELECT name FROM routers WHERE id = \(id)"` sends `… WHERE id = $1` and the id apart from it, so no value can
/// become syntax. Another `SQL` nests with its binds; `\(unescaped: "…")` puts fixed text in as it stands and must
/// never be given anything a user wrote.
public struct SQL: Hashable, Sendable {
    enum Piece: Hashable, Sendable {
        case text(String)
        case bind(String?)
    }

    var pieces: [Piece]

    /// A fragment without any text.
    public init() {
        pieces = []
    }

    /// Fixed text as it stands.
    ///
    /// Never give it anything a user wrote.
    public init(unescaped text: String) {
        pieces = [.text(text)]
    }

    /// Whether the fragment has neither text nor binds.
    public var isEmpty: Bool {
        pieces.allSatisfy { $0 == .text("") }
    }

    /// Puts another fragment, with its binds, after this one.
    public mutating func append(_ other: SQL) {
        pieces.append(contentsOf: other.pieces)
    }

    /// Both fragments, one after the other.
    public static func + (left: SQL, right: SQL) -> SQL {
        SQL(pieces: left.pieces + right.pieces)
    }

    /// Puts another fragment, with its binds, after this one.
    public static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }

    private init(pieces: [Piece]) {
        self.pieces = pieces
    }
}

extension Sequence where Element == SQL {
    /// The fragments in a row, with the separator between each two.
    public func joined(separator: SQL = SQL()) -> SQL {
        var all = SQL()
        for (index, element) in enumerated() {
            if index > 0 { all.append(separator) }
            all.append(element)
        }
        return all
    }
}

extension SQL: ExpressibleByStringInterpolation {
    /// Fixed text of the program.
    public init(stringLiteral text: String) {
        pieces = [.text(text)]
    }

    /// The pieces of an interpolated literal.
    public init(stringInterpolation: StringInterpolation) {
        pieces = stringInterpolation.pieces
    }

    /// Gathers an interpolated literal: literal parts as text, values as binds.
    public struct StringInterpolation: StringInterpolationProtocol {
        var pieces: [Piece] = []

        /// Makes room for the literal's parts.
        public init(literalCapacity: Int, interpolationCount: Int) {
            pieces.reserveCapacity(2 * interpolationCount + 1)
        }

        /// Fixed text of the program.
        public mutating func appendLiteral(_ literal: String) {
            if !literal.isEmpty { pieces.append(.text(literal)) }
        }

        /// A value: becomes a bind.
        public mutating func appendInterpolation(_ value: some PostgresEncodable) {
            pieces.append(.bind(value.postgresText))
        }

        /// A value or NULL: becomes a bind.
        public mutating func appendInterpolation<Value: PostgresEncodable>(_ value: Value?) {
            pieces.append(.bind(value?.postgresText))
        }

        /// Another fragment with its own binds.
        public mutating func appendInterpolation(_ fragment: SQL) {
            pieces.append(contentsOf: fragment.pieces)
        }

        /// Fixed text as it stands.
        ///
        /// Never give it anything a user wrote.
        public mutating func appendInterpolation(unescaped text: String) {
            pieces.append(.text(text))
        }
    }
}

extension SQL: CustomStringConvertible {
    /// The text with `$1`, `$2` … for the binds.
    ///
    /// Never shows a value.
    public var description: String { Statement(self).text }
}
