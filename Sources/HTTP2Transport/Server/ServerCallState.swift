/// Where a call is, seen from the server.
///
/// Halves of the stream end on their own; see docs/design/rpc.md.
struct ServerCallState {
    enum Request: Equatable { case headers, messages, ended }

    private(set) var request = Request.headers
    /// Whether the answer was settled by the transport itself (refused, failed, timed out).
    private(set) var isSettled = false
    private(set) var isClosed = false

    /// What to do at the end of a header list.
    enum Headers: Equatable {
        /// It opens the call.
        case open(isLast: Bool)
        /// It ends the request.
        case end
        case ignore
    }

    mutating func headersEnded(endsStream: Bool) -> Headers {
        switch request {
        case .headers:
            request = endsStream ? .ended : .messages
            return .open(isLast: endsStream)
        case .messages where endsStream:
            request = .ended
            return .end
        case .messages, .ended: return .ignore
        }
    }

    /// Whether messages that arrive are for the handler.
    var takesData: Bool { request == .messages && !isSettled && !isClosed }

    /// Whether the end of the data ends the request for its handler.
    mutating func dataEnded() -> Bool {
        guard request == .messages else { return false }
        request = .ended
        return !isSettled && !isClosed
    }

    /// Whether the transport may answer in the handler's place.
    mutating func settle() -> Bool {
        guard !isSettled, !isClosed else { return false }
        isSettled = true
        return true
    }

    /// Whether the stream closes now and not earlier.
    mutating func close() -> Bool {
        defer { isClosed = true }
        return !isClosed
    }
}
