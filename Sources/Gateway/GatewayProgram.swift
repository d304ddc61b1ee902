internal import HTTP2Transport
internal import Logging
public import ServiceLifecycle
public import ServiceRuntime

/// The program that serves the REST API and calls the services behind it.
public enum GatewayProgram: Program {
    /// What `--help` says.
    public static let description = ProgramDescription(
        name: "gateway",
        abstract: "Serves the Networking API v2.0 over HTTP.",
        settings: GatewayConfiguration.settings
    )

    /// The channels to the services and the HTTP server; a service that is away answers 503 until it is there.
    ///
    /// - Throws: `ConfigurationError`.
    public static func assemble(_ environment: ProgramEnvironment) async throws -> [any Service] {
        let configuration = try GatewayConfiguration(reader: environment.configuration)
        if configuration.identity == .none, !configuration.isLocal {
            environment.logger.warning(
                "everyone who reaches the API is an administrator; use only on a trusted network"
            )
        }
        let network = RPCChannel(addresses: configuration.network, environment: environment)
        let router = RPCChannel(addresses: configuration.router, environment: environment)
        let floatingIP = RPCChannel(addresses: configuration.floatingIP, environment: environment)
        let application = try RESTApplication(
            services: Services(
                network: RPCCaller(name: "NetworkService", channel: network),
                router: RPCCaller(name: "RouterService", channel: router),
                floatingIP: RPCCaller(name: "FloatingIPService", channel: floatingIP)
            ),
            settings: configuration.api,
            logger: environment.logger,
            identity: try identity(configuration.identity, environment),
            metrics: environment.metrics
        )
        let front = HTTPFront(
            application: application,
            address: configuration.listen,
            eventLoops: environment.eventLoops,
            health: environment.health,
            logger: environment.logger
        )
        return [network, router, floatingIP, front]
    }

    private static func identity(
        _ mode: GatewayConfiguration.IdentityMode,
        _ environment: ProgramEnvironment
    ) throws -> Identity {
        guard case .keystone(let keystone) = mode else { return .headers(HeaderIdentity()) }
        let client = try HTTPClient(eventLoops: environment.eventLoops, trustFile: keystone.trustFile)
        return .tokens(
            TokenIdentity(
                url: keystone.text,
                directory: KeystoneDirectory(base: keystone.url, client: client),
                cache: TokenCache(lifetime: keystone.lifetime),
                logger: environment.logger
            )
        )
    }
}
