/// What can go wrong below the calls; a call itself fails with GRPCCore's `RPCError`.
public enum HTTP2TransportError: Error, Equatable {
    /// The listening socket could not be opened.
    case cannotListen(String)
    /// The transport was asked to listen or connect twice, or after it had ended.
    case alreadyUsed
    /// A connection could not be made.
    case cannotConnect(String)
    /// The peer broke HTTP/2, or libnghttp2 gave up; the text is libnghttp2's.
    case session(String)
    /// The peer did something harmful too often.
    case abusivePeer(String)
    /// Certificates or keys could not be read or do not fit together.
    case certificate(String)
}
