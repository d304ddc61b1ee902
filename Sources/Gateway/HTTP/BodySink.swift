/// Where the body of a long answer goes, piece by piece; used on the connection's event loop.
protocol BodySink: Sendable {
    /// Writes a piece; returns when the client takes more, so that a slow client makes its answer slow and not big.
    ///
    /// - Throws: `ClientGone`.
    func write(_ piece: [UInt8]) async throws

    /// Lets what others have begun go on its way before this task does more.
    func turn() async
}

/// The client has closed the connection: whatever is still done for it is in vain.
struct ClientGone: Error {}
