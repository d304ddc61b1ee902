/// Waits for several answers.
///
/// Sendable: touched on the loop's thread only.
final class Gathering: @unchecked Sendable {
    private let continuation: UnsafeContinuation<Result<[Rows], PostgresError>, Never>
    private var answers: [Result<Rows, PostgresError>?]
    private var missing: Int

    init(count: Int, _ continuation: UnsafeContinuation<Result<[Rows], PostgresError>, Never>) {
        self.continuation = continuation
        answers = Array(repeating: nil, count: count)
        missing = count
    }

    /// Takes one of the answers; with the last one the continuation goes on, with the first failure if there is one.
    func take(_ answer: Result<Rows, PostgresError>, at index: Int) {
        answers[index] = answer
        missing -= 1
        guard missing == 0 else { return }
        continuation.resume(
            returning: Result { () throws(PostgresError) in
                var rows: [Rows] = []
                for answer in answers {
                    if let answer { rows.append(try answer.get()) }
                }
                return rows
            }
        )
    }
}
