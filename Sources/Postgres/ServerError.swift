internal import CPostgres

/// An error report of the server, in its own fields.
///
/// Source: PostgreSQL manual, "Error and Notice Message Fields" and "PostgreSQL Error Codes".
public struct ServerError: Error, Hashable, Sendable {
    /// Five characters, such as `23505`.
    public var sqlState: String
    /// The primary message, in the server's language.
    public var message: String
    /// More about it, such as the key that exists already.
    public var detail: String?
    /// The violated constraint's name: what a store maps to a domain error.
    public var constraint: String?
    /// The table the error is about.
    public var table: String?
    /// The column the error is about.
    public var column: String?

    /// An error with the given fields.
    public init(
        sqlState: String,
        message: String,
        detail: String? = nil,
        constraint: String? = nil,
        table: String? = nil,
        column: String? = nil
    ) {
        self.sqlState = sqlState
        self.message = message
        self.detail = detail
        self.constraint = constraint
        self.table = table
        self.column = column
    }
}

extension ServerError {
    /// A row with this key exists already.
    public var isUniqueViolation: Bool { sqlState == "23505" }
    /// A row that others refer to was removed, or one that refers to nothing was written.
    public var isForeignKeyViolation: Bool { sqlState == "23503" }
    /// A CHECK constraint does not hold.
    public var isCheckViolation: Bool { sqlState == "23514" }
    /// An EXCLUDE constraint does not hold, such as two ranges that overlap.
    public var isExclusionViolation: Bool { sqlState == "23P01" }
    /// A NOT NULL column got NULL.
    public var isNotNullViolation: Bool { sqlState == "23502" }
    /// Any broken constraint (class 23).
    public var isConstraintViolation: Bool { sqlState.hasPrefix("23") }
    /// The transaction may succeed when run again: a serialization failure or a deadlock.
    public var isSerializationFailure: Bool { sqlState == "40001" || sqlState == "40P01" }
    /// A lock was not to be had within `lock_timeout` or under NOWAIT.
    public var isLockNotAvailable: Bool { sqlState == "55P03" }

    /// The statement was stopped: by its time limit or by a cancel request.
    var isQueryCancelled: Bool { sqlState == "57014" }
    /// The server is going down or not up yet: the connection is of no more use.
    var meansServerIsAway: Bool { ["57P01", "57P02", "57P03", "57P05"].contains(sqlState) }
    /// The server does not know the prepared statement as we do: it was dropped, or its columns changed.
    var meansStalePlan: Bool { sqlState == "26000" || (sqlState == "0A000" && message.contains("cached plan")) }
}

extension ServerError: CustomStringConvertible {
    /// Message, state and constraint in one line.
    public var description: String {
        let name = constraint.map { ", constraint \($0)" } ?? ""
        let more = detail.map { " (\($0))" } ?? ""
        return "\(message) [\(sqlState)\(name)]\(more)"
    }
}

extension ServerError {
    /// Reads the fields of a failed result.
    ///
    /// The result stays the caller's.
    init(of result: OpaquePointer) {
        func field(_ code: Int) -> String? {
            PQresultErrorField(result, Int32(code)).map { String(cString: $0) }
        }
        self.init(
            sqlState: field(diagnostic_sqlstate) ?? "",
            message: field(diagnostic_message) ?? String(cString: PQresultErrorMessage(result)).trimmingNewlines,
            detail: field(diagnostic_detail),
            constraint: field(diagnostic_constraint),
            table: field(diagnostic_table),
            column: field(diagnostic_column)
        )
    }
}

extension String {
    /// The text without the line ends libpq puts after its messages, on one line.
    var trimmingNewlines: String {
        split(whereSeparator: \.isNewline).map { $0.drop { $0 == " " || $0 == "\t" } }.joined(separator: "; ")
    }
}
