internal import ChangeFeed
internal import GRPCCore
internal import Logging
internal import Postgres
public import ServiceLifecycle
public import ServiceRuntime

/// RouterService as a program: routers, their interfaces and gateways, and the node agents that host them.
public enum RouterServiceProgram: Program {
    /// What `--help` says.
    public static let description = ProgramDescription(
        name: "router",
        abstract: "Keeps routers and places them on nodes.",
        settings: RouterConfiguration.settings
    )

    /// The database, the connections to other services, the server, and the upkeep.
    ///
    /// - Throws: A setting that is wrong.
    public static func assemble(_ environment: ProgramEnvironment) async throws -> [any Service] {
        let reader = environment.configuration
        let configuration = try RouterConfiguration(reader: reader)
        let listen = try reader.listenAddress(forKey: "listen.address", default: "127.0.0.1:9702")
        let networks = try reader.serverAddresses(forKey: "network.address", default: "127.0.0.1:9701")
        guard !networks.isEmpty else { throw ConfigurationError("network.address", "it is empty") }
        let database = Database(
            configuration: PostgresConfiguration(configuration.database),
            logger: environment.logger
        )
        let network = RPCChannel(addresses: networks, environment: environment)
        let client = NetworkClient(network.client)
        let room = RouterRoom(
            database: database,
            networks: client,
            ports: client,
            lease: configuration.lease,
            quotas: configuration.quotas,
            logger: environment.logger
        )
        let server = RPCServer(
            listen: listen,
            services: room.endpoints(heartbeat: configuration.heartbeat),
            environment: environment
        )
        let health = environment.health
        let schema = MigrationService(Migrations.all, of: database, logger: environment.logger) { health.set(.serving) }
        return [database, schema, room.feed, network, server] + room.upkeep(changes: client)
            + (try sweeper(room, environment))
    }

    private static func sweeper(
        _ room: RouterRoom,
        _ environment: ProgramEnvironment
    ) throws(ConfigurationError) -> [any Service] {
        let holders = try environment.configuration.serverAddresses(
            forKey: "holders.floatingip.address",
            default: "127.0.0.1:9703"
        )
        guard !holders.isEmpty else { return [] }
        let channel = RPCChannel(addresses: holders, environment: environment)
        return [
            channel,
            BindingSweeper(store: room.store, holders: HolderClient(channel.client), logger: environment.logger),
        ]
    }
}

/// RouterService's parts, put together over a database and the services it asks.
struct RouterRoom: Sendable {
    let feed: FeedTail
    let store: RouterStore
    let routers: RouterRegistry
    let agents: AgentRegistry
    let bindings: BindingRegistry
    let keeper: PortKeeper
    let quotas: QuotaRegistry
    private let logger: Logger

    init(
        database: Database,
        networks: any NetworkDirectory,
        ports: any PortDirectory,
        lease: Duration,
        quotas defaults: QuotaDefaults = QuotaDefaults(),
        logger: Logger
    ) {
        feed = FeedTail(database: database, logger: logger)
        store = RouterStore(database: database, feed: feed)
        keeper = PortKeeper(store: store, directory: ports, logger: logger)
        routers = RouterRegistry(store: store, networks: networks, keeper: keeper, quotas: defaults)
        agents = AgentRegistry(store: store, desk: PlacementDesk(store: store), lease: lease, logger: logger)
        bindings = BindingRegistry(store: store)
        quotas = QuotaRegistry(store: store, defaults: defaults)
        self.logger = logger
    }

    /// What is served.
    func endpoints(heartbeat: Duration) -> [any RegistrableRPCService] {
        [
            RouterEndpoint(registry: routers),
            ConntrackHelperEndpoint(registry: ConntrackHelperRegistry(routers: routers)),
            QuotasEndpoint(registry: quotas), AgentsEndpoint(registry: agents),
            NodeAgentsEndpoint(registry: agents, watch: RouterWatch(store: store), heartbeat: heartbeat),
            BindingEndpoint(registry: bindings), ReferenceHolderEndpoint(registry: bindings),
        ]
    }

    /// What goes on beside the calls.
    func upkeep(changes: any NetworkChangesDirectory) -> [any Service] {
        [
            PlacementService(desk: agents.desk, logger: logger), DutyService(keeper: keeper),
            PortStateReconciler(store: store, directory: keeper.directory, logger: logger),
            NetworkFollower(store: store, changes: changes, logger: logger),
        ]
    }
}
