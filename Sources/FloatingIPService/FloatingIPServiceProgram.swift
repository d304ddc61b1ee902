internal import ChangeFeed
internal import GRPCCore
internal import Logging
internal import Postgres
public import ServiceLifecycle
public import ServiceRuntime

/// FloatingIPService as a program: floating IPs, what they are mapped to, and how nodes hear of them.
public enum FloatingIPServiceProgram: Program {
    /// What `--help` says.
    public static let description = ProgramDescription(
        name: "floatingip",
        abstract: "Keeps floating IPs and tells nodes of them.",
        settings: FloatingIPConfiguration.settings
    )

    /// The database, the connections to other services, the server, and the upkeep.
    ///
    /// - Throws: A setting that is wrong.
    public static func assemble(_ environment: ProgramEnvironment) async throws -> [any Service] {
        let configuration = try FloatingIPConfiguration(reader: environment.configuration)
        let database = Database(
            configuration: PostgresConfiguration(configuration.database),
            logger: environment.logger
        )
        let network = RPCChannel(addresses: configuration.network, environment: environment)
        let router = RPCChannel(addresses: configuration.router, environment: environment)
        let client = NetworkClient(network.client)
        let room = FloatingIPRoom(
            database: database,
            networks: client,
            ports: client,
            routers: RouterClient(router.client),
            quota: configuration.quota,
            logger: environment.logger
        )
        let server = RPCServer(listen: configuration.listen, services: room.endpoints, environment: environment)
        let health = environment.health
        let schema = MigrationService(Migrations.all, of: database, logger: environment.logger) { health.set(.serving) }
        return [database, schema, room.feed, network, router, server, UndertakingService(keeper: room.keeper)]
    }
}

/// FloatingIPService's parts, put together over a database and the services it asks.
struct FloatingIPRoom: Sendable {
    let feed: FeedTail
    let store: FloatingIPStore
    let keeper: UndertakingKeeper
    let floatingIPs: FloatingIPRegistry
    let addresses: AddressRegistry
    let quotas: QuotaRegistry

    init(
        database: Database,
        networks: any NetworkDirectory,
        ports: any PortDirectory,
        routers: any RouterDirectory,
        quota: Int64,
        logger: Logger
    ) {
        feed = FeedTail(database: database, logger: logger)
        store = FloatingIPStore(database: database, feed: feed)
        keeper = UndertakingKeeper(store: store, ports: ports, routers: routers, logger: logger)
        floatingIPs = FloatingIPRegistry(store: store, networks: networks, keeper: keeper, quota: quota)
        addresses = AddressRegistry(store: store)
        quotas = QuotaRegistry(store: store, most: quota)
    }

    /// What is served.
    var endpoints: [any RegistrableRPCService] {
        [
            FloatingIPEndpoint(registry: floatingIPs),
            PortForwardingEndpoint(registry: PortForwardingRegistry(floatingIPs: floatingIPs)),
            NDPProxyEndpoint(registry: NDPProxyRegistry(floatingIPs: floatingIPs)),
            QuotasEndpoint(registry: quotas), NodeAddressesEndpoint(registry: addresses),
            PortObserverEndpoint(registry: floatingIPs), ReferenceHolderEndpoint(registry: addresses),
        ]
    }
}
