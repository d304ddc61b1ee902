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
    private var receive: ((Result<Rows, PostgresError>) -> Void)?
    /// The caller is gone: cancelled before the answer came.
    private(set) var isAbandoned = false
    private(set) var isFinished = false

    /// Those of its batch that were sent before it.
    var preceding: [Request] = []
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

    /// Why it cannot be sent, if it cannot.
    var defect: PostgresError? {
        if case .statement(let statement) = kind { statement.defect } else { nil }
    }

    /// What to do with the answer; called once, on the loop unless the loop has stopped.
    func await(_ receive: @escaping (Result<Rows, PostgresError>) -> Void) {
        self.receive = receive
    }

    /// Gives the caller the answer.
    ///
    /// Only the first one counts.
    func finish(_ result: Result<Rows, PostgresError>) {
        isFinished = true
        let receive = receive
        self.receive = nil
        receive?(result)
    }

    /// The first failure of those before it in the batch.
    var failureBefore: Outcome? {
        for request in preceding {
            switch request.outcome {
            case .failed, .lost: return request.outcome
            case .rows, .skipped, nil: continue
            }
        }
        return nil
    }

    /// What it gave, once it has ended well.
    var rows: Rows? {
        if case .rows(let rows) = outcome { rows } else { nil }
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
