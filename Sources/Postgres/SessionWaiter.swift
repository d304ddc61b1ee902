/// Someone who waits for a connection.
///
/// Sendable: touched on the loop's thread only.
final class SessionWaiter: @unchecked Sendable {
    private var continuation: UnsafeContinuation<Result<Connection, PostgresError>, Never>?
    let deadline: MonotonicTime
    private(set) var isAbandoned = false
    private(set) var isFinished = false

    init(deadline: MonotonicTime) {
        self.deadline = deadline
    }

    var isWaiting: Bool { continuation != nil }

    func await(_ continuation: UnsafeContinuation<Result<Connection, PostgresError>, Never>) {
        self.continuation = continuation
    }

    func finish(_ result: Result<Connection, PostgresError>) {
        isFinished = true
        continuation?.resume(returning: result)
        continuation = nil
    }

    func abandon() {
        isAbandoned = true
    }
}
