public import Postgres
public import ResourceModel

extension ID: PostgresEncodable {
    /// The dashed text, which `uuid` reads.
    public var postgresText: String? { description }
}

extension ID: PostgresDecodable {
    /// The dashed text, as `uuid` prints it.
    public init(postgresText: String) throws(PostgresError) {
        guard let id = ID(postgresText) else { throw .decoding("\"\(postgresText)\" is not an id") }
        self = id
    }

    /// The dashed text, as `uuid` prints it.
    public init(postgresUTF8 text: Span<UInt8>) throws(PostgresError) {
        guard let id = ID(utf8: text) else {
            try self.init(postgresText: text.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
            return
        }
        self = id
    }
}

extension Timestamp: PostgresEncodable {
    /// The moment to the microsecond.
    public var postgresText: String? { PostgresTimestamp(microseconds: microseconds).postgresText }
}

extension Timestamp: PostgresDecodable {
    /// Reads a `timestamptz`.
    public init(postgresText: String) throws(PostgresError) {
        self.init(microseconds: try PostgresTimestamp(postgresText: postgresText).microseconds)
    }

    /// Reads a `timestamptz`.
    public init(postgresUTF8 text: Span<UInt8>) throws(PostgresError) {
        self.init(microseconds: try PostgresTimestamp(postgresUTF8: text).microseconds)
    }
}
