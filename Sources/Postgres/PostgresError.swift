/// What can go wrong between a caller and PostgreSQL.
public enum PostgresError: Error, Hashable, Sendable {
    /// No connection could be had: the server is away, refuses us, or is starting. Nothing was sent.
    case unavailable(String)
    /// Every connection stayed taken for the acquire timeout, or the statement ran into its time limit.
    case timedOut(String)
    /// The task was cancelled. A statement that ran was stopped at the server; its transaction is rolled back.
    case cancelled
    /// The server refused the statement.
    case server(ServerError)
    /// A column is missing, is NULL, or does not hold what the caller asked for.
    case decoding(String)
    /// A value that PostgreSQL cannot take, such as text with a NUL byte in it. Nothing was sent.
    case encoding(String)
    /// The connection broke while a statement ran. Its transaction is rolled back.
    case connectionLost(String)
    /// The connection broke after COMMIT was sent: the transaction either happened whole or not at all.
    case outcomeUnknown(String)
    /// COMMIT met a transaction in which a statement had failed: the server rolled it back.
    case rolledBack(String)
    /// The server is older than this room can use. Waiting does not help.
    case tooOld(String)
    /// The migrations in the database are not the ones this program knows.
    case migration(String)
    /// The database, or the transaction, was used after its end.
    case closed
}

extension PostgresError {
    /// The server's own error, when it was the server that refused.
    public var serverError: ServerError? {
        if case .server(let error) = self { return error }
        return nil
    }

    /// Whether the same call may succeed in a while without anything else changing.
    public var isTransient: Bool {
        switch self {
        case .unavailable, .timedOut, .connectionLost: true
        case .server(let error): error.isSerializationFailure
        case .cancelled, .decoding, .encoding, .outcomeUnknown, .rolledBack, .tooOld, .migration, .closed: false
        }
    }
}

extension PostgresError {
    /// The reason alone, to be told as part of another error.
    var reason: String {
        switch self {
        case .unavailable(let text), .timedOut(let text), .connectionLost(let text), .tooOld(let text): text
        default: description
        }
    }
}

extension PostgresError: CustomStringConvertible {
    /// The error in words: lower case, without a final stop.
    public var description: String {
        switch self {
        case .unavailable(let reason): "PostgreSQL is unavailable: \(reason)"
        case .timedOut(let what): "timed out: \(what)"
        case .cancelled: "cancelled"
        case .server(let error): error.description
        case .decoding(let what): "unexpected result: \(what)"
        case .encoding(let what): "unusable value: \(what)"
        case .connectionLost(let reason): "the connection to PostgreSQL was lost: \(reason)"
        case .outcomeUnknown(let reason): "the connection was lost during COMMIT, its outcome is unknown: \(reason)"
        case .rolledBack(let reason): "the transaction was rolled back: \(reason)"
        case .tooOld(let what): what
        case .migration(let what): what
        case .closed: "used after it was closed"
        }
    }
}
