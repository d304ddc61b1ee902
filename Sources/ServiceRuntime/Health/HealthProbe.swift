internal import Contracts
internal import GRPCCore
public import HTTP2Transport
internal import Logging

/// Asks a program whether it is ready, as containers' health checks and `sluice status` do.
public struct HealthProbe: Sendable {
    private enum Target {
        case rpc(ServerAddress)
        case http(host: String, port: Int)
    }

    private let target: Target

    /// A probe of the gRPC program that serves at the address.
    public init(address: ServerAddress) {
        target = .rpc(address)
    }

    /// A probe of the HTTP server on the host and port.
    public init(http host: String, port: Int) {
        target = .http(host: host, port: port)
    }

    /// A probe of `HOST:PORT` or `unix:PATH` (gRPC), or `http://HOST:PORT`; nil when the text is none of these.
    public init?(text: String) {
        if text.hasPrefix("http://") {
            let authority = text.dropFirst("http://".count).prefix { $0 != "/" }
            guard case .tcp(let host, let port) = ServerAddress(text: String(authority)) else { return nil }
            self.init(http: host, port: port)
        } else {
            guard let address = ServerAddress(text: text) else { return nil }
            self.init(address: address)
        }
    }

    /// Returns when the program says that it is serving.
    ///
    /// - Throws: It is away, or says that it is not ready (`NotServing`).
    public func check(within timeout: Duration) async throws {
        switch target {
        case .rpc(let address): try await Self.check(address, within: timeout)
        case .http(let host, let port): try await HTTPProbe(host: host, port: port).check(within: timeout)
        }
    }

    private static func check(_ address: ServerAddress, within timeout: Duration) async throws {
        let transport = HTTP2ClientTransport(
            targets: [address],
            configuration: .defaults,
            eventLoops: nil,
            logger: Logger(label: "probe") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withGRPCClient(transport: transport) { client in
            var options = CallOptions.defaults
            options.timeout = timeout
            options.waitForReady = true
            let health = Grpc_Health_V1_Health.Client(wrapping: client)
            let answer = try await health.check(.init(), options: options)
            guard answer.status == .serving else { throw NotServing() }
        }
    }

    /// The program answers, and says that it is not ready.
    public struct NotServing: Error, CustomStringConvertible {
        /// What a person reads.
        public var description: String { "not serving" }
    }
}
