import ChangeFeed
import Contracts
import GRPCCore
import GRPCInProcessTransport
import Logging
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

typealias Transport = InProcessTransport.Client

/// The service's clients, over a database of the test's own.
struct API: Sendable {
    let networks: L3_Network_V1_Networks.Client<Transport>
    let subnets: L3_Network_V1_Subnets.Client<Transport>
    let ports: L3_Network_V1_Ports.Client<Transport>
    let reservations: L3_Network_V1_PortReservations.Client<Transport>
    let changes: L3_Network_V1_NetworkChanges.Client<Transport>
    let quotas: L3_Query_V1_Quotas.Client<Transport>
    let securityGroups: L3_Network_V1_SecurityGroups.Client<Transport>
    let subnetPools: L3_Network_V1_SubnetPools.Client<Transport>
    let addressScopes: L3_Network_V1_AddressScopes.Client<Transport>
    let services: NetworkServices
    let database: Database

    init(_ client: GRPCClient<Transport>, _ services: NetworkServices, _ database: Database) {
        networks = .init(wrapping: client)
        subnets = .init(wrapping: client)
        ports = .init(wrapping: client)
        reservations = .init(wrapping: client)
        changes = .init(wrapping: client)
        quotas = .init(wrapping: client)
        securityGroups = .init(wrapping: client)
        subnetPools = .init(wrapping: client)
        addressScopes = .init(wrapping: client)
        self.services = services
        self.database = database
    }
}

extension RequestContext {
    static let admin = RequestContext(projectID: "admin", roles: [.admin], requestID: "req-admin")
    static let member = RequestContext(projectID: "blue", roles: [.member], requestID: "req-member")
    static let reader = RequestContext(projectID: "blue", roles: [.reader], requestID: "req-reader")
    static let other = RequestContext(projectID: "red", roles: [.member], requestID: "req-other")
    static let program = RequestContext.service(named: "test")
}

extension Logger {
    /// Says what no test expects: that a call failed without a reason.
    static let defects: Logger = {
        var logger = Logger(label: "network") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }()
}

/// Runs calls on behalf of a caller, and gives refusals as `RemoteError`s.
func `as`<Answer: Sendable>(_ caller: RequestContext, _ call: () async throws -> Answer) async throws -> Answer {
    try await CurrentRequest.$context.withValue(caller) { try await callingRemote(call) }
}

/// Why a call on behalf of a caller is refused; nil when it is not.
func refusal(_ caller: RequestContext, _ call: () async throws -> some Sendable) async throws -> RemoteError? {
    do {
        _ = try await `as`(caller, call)
        return nil
    } catch let error as RemoteError {
        return error
    }
}

/// Serves the whole API, in this process, over an empty database while the body runs.
func withService(
    observers: [any PortObserver] = [],
    routers: (any RouterDirectory)? = nil,
    quotas: QuotaDefaults = QuotaDefaults(),
    _ body: (API) async throws -> Void
) async throws {
    let temporary = try await TemporaryDatabase.make(migrations: Migrations.all) {
        $0.poolSize = 16
        $0.readConnections = 1
    }
    let feed = FeedTail(database: temporary.database, logger: .silent)
    let storage = NetworkStorage(database: temporary.database, feed: feed, quotas: quotas)
    let services = NetworkServices(
        storage: storage,
        observers: observers,
        routers: routers,
        defaultType: .vxlan,
        domain: "openstacklocal."
    )
    let transport = InProcessTransport()
    let server = GRPCServer(
        transport: transport.server,
        services: services.endpoints,
        interceptors: RPCServer.interceptors(logger: .defects)
    )
    let client = GRPCClient(transport: transport.client, interceptors: RPCChannel.interceptors)
    try await withThrowingTaskGroup { group in
        group.addTask { try await feed.run() }
        group.addTask { try await server.serve() }
        group.addTask { try await client.runConnections() }
        try await body(API(client, services, temporary.database))
        client.beginGracefulShutdown()
        server.beginGracefulShutdown()
        group.cancelAll()
    }
}

extension API {
    func makeNetwork(
        _ caller: RequestContext = .member,
        _ adjust: (inout Wire.Network) -> Void = { _ in }
    ) async throws -> Wire.Network {
        var network = Wire.Network()
        adjust(&network)
        let wanted = network
        return try await `as`(caller) { try await networks.createNetwork(.with { $0.network = wanted }) }
    }

    func makeSubnet(
        _ network: Wire.Network,
        _ cidr: String,
        _ caller: RequestContext = .member,
        _ adjust: (inout Wire.Subnet) -> Void = { _ in }
    ) async throws -> Wire.Subnet {
        var subnet = Wire.Subnet()
        subnet.networkID = network.id
        subnet.cidr = cidr
        subnet.ipVersion = cidr.contains(":") ? 6 : 4
        adjust(&subnet)
        let wanted = subnet
        return try await `as`(caller) { try await subnets.createSubnet(.with { $0.subnet = wanted }) }
    }

    func makePort(
        _ network: Wire.Network,
        _ caller: RequestContext = .member,
        _ adjust: (inout Wire.Port) -> Void = { _ in }
    ) async throws -> Wire.Port {
        var port = Wire.Port()
        port.networkID = network.id
        adjust(&port)
        let wanted = port
        return try await `as`(caller) { try await ports.createPort(.with { $0.port = wanted }) }
    }

    /// Makes a security group and gives its id.
    func makeSecurityGroup(_ name: String, _ caller: RequestContext = .member) async throws -> String {
        try await `as`(caller) {
            try await securityGroups.createSecurityGroup(.with { $0.securityGroup.name = name })
        }.id
    }

    func updatePort(
        _ port: Wire.Port,
        _ paths: [String],
        _ caller: RequestContext = .member,
        _ adjust: (inout Wire.Port) -> Void
    ) async throws -> Wire.Port {
        var wanted = Wire.Port()
        wanted.id = port.id
        adjust(&wanted)
        let changed = wanted
        return try await `as`(caller) {
            try await ports.updatePort(
                .with {
                    $0.port = changed
                    $0.updateMask.paths = paths
                }
            )
        }
    }

    func port(_ id: String, _ caller: RequestContext = .admin) async throws -> Wire.Port {
        try await `as`(caller) { try await ports.getPort(.with { $0.id = id }) }
    }

    func deletePort(_ id: String, _ caller: RequestContext = .member) async throws {
        _ = try await `as`(caller) { try await ports.deletePort(.with { $0.id = id }) }
    }

    func listPorts(
        _ caller: RequestContext = .member,
        _ filters: [(String, [String])] = []
    ) async throws -> [Wire.Port] {
        try await `as`(caller) {
            try await ports.listPorts(
                .with { request in
                    request.query.filters = filters.map { field, values in
                        .with {
                            $0.field = field
                            $0.values = values
                        }
                    }
                }
            ).ports
        }
    }
}

extension Wire.FixedIP {
    static func at(_ address: String, of subnet: Wire.Subnet? = nil) -> Wire.FixedIP {
        .with {
            $0.ipAddress = address
            $0.subnetID = subnet?.id ?? ""
        }
    }

    static func any(of subnet: Wire.Subnet) -> Wire.FixedIP { .with { $0.subnetID = subnet.id } }
}

extension Wire.Holder {
    static func router(_ id: String = RouterID.random().description) -> Wire.Holder {
        .with {
            $0.kind = "router"
            $0.id = id
        }
    }

    static func floatingIP(_ id: String = FloatingIPID.random().description) -> Wire.Holder {
        .with {
            $0.kind = "floating_ip"
            $0.id = id
        }
    }
}
