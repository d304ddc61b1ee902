/// One statement on its way: who waits for it, and what has become of it.
///
/// Sendable: its variables are touched on the loop's thread only.
final class Request: @unchecked Sendable {
    enum Kind: Sendable {
        /// One statement by the extended protocol.
        case statement(Statement)
        /// Any number of statements without binds by the simple protocol, as migrations are.
        case script(String)
    }

    let kind: Kind
    let deadline: MonotonicTime
    /// COMMIT and ROLLBACK are seen through, whatever becomes of the task.
    let isCancellable: Bool
    private var continuation: UnsafeContinuation<Result<Rows, PostgresError>, Never>?
    /// The caller is gone: cancelled before the answer came.
    private(set) var isAbandoned = false
    private(set) var isFinished = false
    private var ended: (() -> Void)?

    /// The BEGIN that was sent just before it.
    var beginning: Request?
    /// What the server said about preparing the statement, when it refused.
    var preparation: ServerError?
    /// The answer, as far as it has come.
    var outcome: Outcome?
    /// How often the statement was sent.
    var attempts = 0
    /// How many cancel requests its connection had seen when it was sent.
    var cancelsBefore = 0

    init(_ kind: Kind, deadline: MonotonicTime, isCancellable: Bool = true) {
        self.kind = kind
        self.deadline = deadline
        self.isCancellable = isCancellable
    }

    func await(_ continuation: UnsafeContinuation<Result<Rows, PostgresError>, Never>) {
        self.continuation = continuation
    }

    /// For a request nobody waits for: what to do on the loop once it has ended.
    func notify(_ ended: @escaping () -> Void) {
        self.ended = ended
    }

    /// Gives the caller the answer.
    ///
    /// Only the first one counts.
    func finish(_ result: Result<Rows, PostgresError>) {
        isFinished = true
        continuation?.resume(returning: result)
        continuation = nil
        ended?()
        ended = nil
    }

    /// The caller does not wait any longer.
    ///
    /// The answer, when it comes, is nobody's.
    func abandon() {
        isAbandoned = true
    }

    /// Makes ready to be sent anew.
    func startOver() {
        preparation = nil
        outcome = nil
    }
}

/// How a statement ended on its connection.
enum Outcome: Sendable {
    case rows(Rows)
    case failed(ServerError)
    /// A statement before it in the same batch failed; this one did not run.
    case skipped
    /// The connection broke.
    case lost(String)
}
