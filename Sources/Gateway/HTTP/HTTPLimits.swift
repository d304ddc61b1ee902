internal import NIOCore

/// What a client may use up, and how long it may take.
struct HTTPLimits: Sendable {
    /// Bytes of a request's line and headers.
    var headerBytes = 64 * 1024
    /// Bytes of a request's body.
    var bodyBytes = 1024 * 1024
    /// Connections at one time; further ones are closed.
    var connections = 4096
    /// From a connection's start, or the last answer, to the next request.
    var idle = TimeAmount.seconds(75)
    /// From a request's first octet to its last header.
    var head = TimeAmount.seconds(15)
    /// From a request's headers to the end of its body.
    var body = TimeAmount.seconds(30)
    /// From an answer's start until the client has taken it; of a long one, each piece.
    var answer = TimeAmount.seconds(60)
    /// How long a client that was refused may go on sending before the connection is cut.
    var lingering = TimeAmount.seconds(5)
    /// How long running requests may take once the server is told to stop.
    var drain = TimeAmount.seconds(10)
}
