/// Someone who waits for a connection.
///
/// Sendable: touched on the loop's thread only.
final class SessionWaiter: @unchecked Sendable {
    private var receive: ((Result<Connection, PostgresError>) -> Void)?
    let deadline: MonotonicTime
    private(set) var isAbandoned = false
    private(set) var isFinished = false

    init(deadline: MonotonicTime) {
        self.deadline = deadline
    }

    var isWaiting: Bool { receive != nil }

    func await(_ receive: @escaping (Result<Connection, PostgresError>) -> Void) {
        self.receive = receive
    }

    func finish(_ result: Result<Connection, PostgresError>) {
        isFinished = true
        let receive = receive
        self.receive = nil
        receive?(result)
    }

    func abandon() {
        isAbandoned = true
    }
}
