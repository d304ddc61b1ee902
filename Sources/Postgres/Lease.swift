/// A connection of the pool in one user's hands: taken with the first batch of requests, given back after the last.
///
/// Sendable: touched on the loop's thread only.
final class Lease: @unchecked Sendable {
    /// What is to be sent together.
    struct Batch {
        /// The last one is waited for; it knows those before it.
        let requests: [Request]
        /// The transaction to begin before them, if none was.
        let options: TransactionOptions?
        /// The connection goes back after it.
        let isLast: Bool
    }

    /// Stays known until the answers have come, so that they can be called off.
    var connection: Connection?
    /// A transaction was begun on the connection.
    var hasBegun = false
    /// The last batch was sent.
    var isOver = false
    /// Who waits for the connection, and what is to be sent on it then.
    var waiter: SessionWaiter?
    var waiting: [Batch] = []
}
