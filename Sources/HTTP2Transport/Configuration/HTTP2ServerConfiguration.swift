/// How a server transport behaves; every limit is per connection unless it says otherwise.
public struct HTTP2ServerConfiguration: Sendable {
    /// Streams a peer may have open at once; more are refused with REFUSED_STREAM.
    public var maxConcurrentStreams = 1000
    /// Octets a peer may send on one stream before its handler takes them.
    public var streamWindowBytes = 256 * 1024
    /// Octets a peer may send on one connection before they are taken off the wire.
    public var connectionWindowBytes = 4 * 1024 * 1024
    /// Octets held for handlers that have not taken them yet; beyond it the peer gets no more credit.
    public var maxBufferedBytes = 16 * 1024 * 1024
    /// Longest request message in octets; a longer one ends the call with RESOURCE_EXHAUSTED.
    public var maxRequestMessageBytes = 4 * 1024 * 1024
    /// Largest header list in octets as HTTP/2 counts it (32 more for each field).
    public var maxHeaderListBytes = 16 * 1024
    /// Octets of answers queued on one stream at which its writer waits.
    public var writeBufferBytes = 64 * 1024
    /// Connections open at once over the whole transport; more are closed as they arrive.
    public var maxConnections = 10_000
    /// How long calls may go on after `beginGracefulShutdown()` before they are cancelled; nil waits for them.
    public var shutdownGracePeriod: Duration? = .seconds(30)
    /// When a silent peer is asked whether it lives, and when it is given up.
    public var keepAlive = KeepAliveConfiguration(interval: .seconds(60), timeout: .seconds(20))
    /// What a peer may do with PING, SETTINGS and RST_STREAM before it is sent away.
    public var conduct = PeerConductLimits()
    /// How long a connection may stay without a call; nil keeps it.
    public var idleTimeout: Duration? = .seconds(15 * 60)
    /// Age at which a connection is drained, so that clients spread over new servers; nil never.
    public var maxConnectionAge: Duration?
    /// How long a new connection may take to finish TLS and send its HTTP/2 preface, and a header block to end.
    public var handshakeTimeout: Duration = .seconds(10)
    /// Certificates; nil speaks HTTP/2 in clear text with prior knowledge.
    public var tls: HTTP2ServerTLS?

    /// Defaults fit for services that talk to one another in one network.
    public static let defaults = HTTP2ServerConfiguration()

    /// The defaults, to be changed field by field.
    public init() {}
}
