internal import ChangeFeed
internal import GRPCCore
internal import Postgres
public import ServiceLifecycle
public import ServiceRuntime

/// The program that owns networks, subnets, ports and addresses.
public enum NetworkServiceProgram: Program {
    /// What `--help` says.
    public static let description = ProgramDescription(
        name: "network",
        abstract: "Networks, subnets, ports and their addresses.",
        settings: NetworkConfiguration.settings
    )

    /// The database with its feed, the connections to other programs, the server and the sweeper.
    ///
    /// - Throws: A setting that makes no sense.
    public static func assemble(_ environment: ProgramEnvironment) async throws -> [any Service] {
        let configuration = try NetworkConfiguration(reader: environment.configuration)
        let logger = environment.logger
        let database = Database(configuration: PostgresConfiguration(configuration.database), logger: logger)
        let feed = FeedTail(database: database, logger: logger)
        let storage = NetworkStorage(database: database, feed: feed, quotas: configuration.quotas)
        let peers = Peers(configuration, environment: environment)
        let services = NetworkServices(
            storage: storage,
            observers: peers.observers,
            routers: peers.routers,
            defaultType: configuration.defaultType,
            domain: configuration.domain
        )
        let sweeper = ReferenceSweeper(
            reservations: services.reservations,
            store: SweepStore(database: database),
            holders: peers.holders,
            settings: configuration.sweep,
            logger: logger
        )
        let server = RPCServer(listen: configuration.listen, services: services.endpoints, environment: environment)
        let health = environment.health
        let schema = MigrationService(Migrations.all, of: database, logger: logger) { health.set(.serving) }
        return [database, feed] + peers.channels + [schema, sweeper, server]
    }
}

/// The other programs that this one speaks to.
struct Peers {
    var channels: [any Service] = []
    var observers: [any PortObserver] = []
    var holders: [any HolderDirectory] = []
    var routers: (any RouterDirectory)?

    init(_ configuration: NetworkConfiguration, environment: ProgramEnvironment) {
        if !configuration.observers.isEmpty {
            let channel = RPCChannel(addresses: configuration.observers, environment: environment)
            channels.append(channel)
            observers.append(PortObserverClient(channel.client, domain: configuration.domain))
        }
        if !configuration.router.isEmpty {
            let channel = RPCChannel(addresses: configuration.router, environment: environment)
            channels.append(channel)
            holders.append(HolderClient(channel.client, kinds: ["router"]))
            routers = RouterClient(channel.client)
        }
        if !configuration.floatingIP.isEmpty {
            let channel = RPCChannel(addresses: configuration.floatingIP, environment: environment)
            channels.append(channel)
            holders.append(HolderClient(channel.client, kinds: ["floating_ip", "port_forwarding", "ndp_proxy"]))
        }
    }
}

extension PostgresConfiguration {
    init(_ settings: DatabaseSettings) {
        self.init(database: settings.name, user: settings.user)
        host = settings.host
        port = settings.port
        password = settings.password.isEmpty ? nil : settings.password
        poolSize = settings.poolSize
        applicationName = "sluice-network"
    }
}
