internal import Postgres
internal import ResourceModel

/// Carries a call out; what keeps the database from answering becomes this room's error.
func answering<Answer>(_ call: () async throws -> Answer) async throws -> Answer {
    do {
        return try await call()
    } catch PostgresError.cancelled {
        throw CancellationError()
    } catch let error as PostgresError {
        throw NetworkError(error) ?? error
    }
}

extension NetworkError {
    /// What a failure of the database means to a caller; nil when it is a defect.
    init?(_ error: PostgresError) {
        switch error {
        case .unavailable, .timedOut, .connectionLost, .outcomeUnknown, .closed:
            self = .unavailable("the network database is not available: \(error)")
        case .server(let error) where error.isSerializationFailure:
            self = .unavailable("too many requests change the same objects, try again")
        case .server(let error) where error.sqlState == "22P02":
            // The one value that PostgreSQL reads by itself is `binding:profile`.
            self = .invalidInput("a value is malformed: \(error.message)")
        case .encoding(let problem):
            self = .invalidInput("a value cannot be stored: \(problem)")
        case .server, .cancelled, .decoding, .rolledBack, .tooOld, .migration:
            return nil
        }
    }
}
