public import GRPCCore

/// How a client transport behaves.
public struct HTTP2ClientConfiguration: Sendable {
    /// Octets a server may send on one stream before they are read from the call.
    public var streamWindowBytes = 256 * 1024
    /// Octets a server may send on one connection before they are taken off the wire.
    public var connectionWindowBytes = 4 * 1024 * 1024
    /// Octets held for calls that have not read them yet; beyond it the server gets no more credit.
    public var maxBufferedBytes = 16 * 1024 * 1024
    /// Longest answer in octets where the call's options name no limit.
    public var maxResponseMessageBytes = 4 * 1024 * 1024
    /// Largest header list in octets as HTTP/2 counts it (32 more for each field).
    public var maxHeaderListBytes = 16 * 1024
    /// Octets of requests queued on one stream at which its writer waits.
    public var writeBufferBytes = 64 * 1024
    /// How long one attempt to connect may take, TLS and the server's SETTINGS included.
    public var connectTimeout: Duration = .seconds(5)
    /// How long to wait before the next attempt when a connect fails.
    public var backoff = BackoffPolicy()
    /// When a silent server is asked whether it lives, and when it is given up.
    public var keepAlive = KeepAliveConfiguration(interval: .seconds(30), timeout: .seconds(10))
    /// How long a connection may stay without a call; the next call opens a new one.
    ///
    /// nil keeps it.
    public var idleTimeout: Duration? = .seconds(30 * 60)
    /// Calls that name no `waitForReady` of their own wait for a connection instead of failing while none is up.
    public var waitForReady = false
    /// The `:authority` of requests; nil takes the address's own.
    public var authority: String?
    /// Trust and identity; nil speaks HTTP/2 in clear text with prior knowledge.
    public var tls: HTTP2ClientTLS?
    /// Service asked for at `grpc.health.v1.Health/Watch`; an address that is not SERVING gets no calls.
    ///
    /// nil asks nothing.
    public var healthCheckedService: String?
    /// How long a call may take whose options name no time-out, the wait for a connection included; nil for ever.
    ///
    /// The transport itself ends such calls: that costs less than GRPCCore's time-outs, which are two tasks and a timer
    /// for each call.
    public var callTimeout: Duration?
    /// Methods that `callTimeout` is not for, such as watches.
    public var untimedMethods: Set<MethodDescriptor> = []
    /// Limits, deadlines and retries per method.
    public var serviceConfig = ServiceConfig()

    /// Defaults fit for services that talk to one another in one network.
    public static let defaults = HTTP2ClientConfiguration()

    /// The defaults, to be changed field by field.
    public init() {}

    /// The time-out that the transport sees to; nil for none, or where GRPCCore does.
    func timeout(of method: MethodDescriptor, _ options: CallOptions) -> Duration? {
        options.timeout == nil && !untimedMethods.contains(method) ? callTimeout : nil
    }
}
