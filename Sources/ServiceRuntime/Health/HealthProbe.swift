internal import Contracts
internal import GRPCCore
public import HTTP2Transport
internal import Logging
internal import NIOPosix

/// Asks a program whether it is ready, as containers' health checks and `sluice status` do.
public struct HealthProbe: Sendable {
    private let address: ServerAddress

    /// A probe of the program that serves at the address.
    public init(address: ServerAddress) {
        self.address = address
    }

    /// Returns when the program says that it is serving.
    ///
    /// - Throws: It is away (`RPCError`), or says that it is not ready (`NotServing`).
    public func check(within timeout: Duration) async throws {
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
