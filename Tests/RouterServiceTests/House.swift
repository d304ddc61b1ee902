import ChangeFeed
import Contracts
import GRPCCore
import GRPCInProcessTransport
import Logging
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
internal import SwiftProtobuf
import Synchronization
import Testing
@testable import RouterService

/// RouterService whole: real PostgreSQL, real gRPC over an in-process transport, and a network service in memory.
struct House: Sendable {
    let database: TemporaryDatabase
    let network: FakeNetwork
    let room: RouterRoom
    let client: GRPCClient<InProcessTransport.Client>

    var routers: L3_Router_V1_Routers.Client<InProcessTransport.Client> { .init(wrapping: client) }
    var bindings: L3_Router_V1_RouterBindings.Client<InProcessTransport.Client> { .init(wrapping: client) }
    var agents: L3_Agent_V1_Agents.Client<InProcessTransport.Client> { .init(wrapping: client) }
    var nodes: L3_Agent_V1_NodeAgents.Client<InProcessTransport.Client> { .init(wrapping: client) }
    var helpers: L3_Router_V1_ConntrackHelpers.Client<InProcessTransport.Client> { .init(wrapping: client) }
    var quotas: L3_Query_V1_Quotas.Client<InProcessTransport.Client> { .init(wrapping: client) }
    var references: L3_Reference_V1_ReferenceHolder.Client<InProcessTransport.Client> { .init(wrapping: client) }

    /// What goes on beside the calls.
    enum Upkeep: CaseIterable {
        case placement, duties, portStates, following
    }

    static func open(
        _ upkeep: Set<Upkeep> = [],
        lease: Duration = .seconds(60),
        quotas: QuotaDefaults = QuotaDefaults(router: -1),
        _ body: (House) async throws -> Void
    ) async throws {
        let database = try await TemporaryDatabase.make(migrations: Migrations.all) {
            // Many houses stand side by side on one server.
            $0.poolSize = 6
            $0.readConnections = 1
            $0.readConnectionsLimit = 2
        }
        let network = FakeNetwork()
        let room = RouterRoom(
            database: database.database,
            networks: network,
            ports: network,
            lease: lease,
            quotas: quotas,
            logger: .silent
        )
        let transport = InProcessTransport()
        let server = GRPCServer(
            transport: transport.server,
            services: room.endpoints(heartbeat: .seconds(5)),
            interceptors: RPCServer.interceptors(logger: .silent)
        )
        let client = GRPCClient(transport: transport.client, interceptors: RPCChannel.interceptors)
        let house = House(database: database, network: network, room: room, client: client)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.serve() }
            group.addTask { try await client.runConnections() }
            group.addTask { try await room.feed.run() }
            for kind in upkeep { group.addTask { try await house.run(kind) } }
            try await body(house)
            group.cancelAll()
        }
    }

    private func run(_ kind: Upkeep) async throws {
        switch kind {
        case .placement:
            try await PlacementService(desk: room.agents.desk, interval: .milliseconds(20), logger: .silent).run()
        case .duties: try await DutyService(keeper: room.keeper, interval: .milliseconds(20)).run()
        case .portStates:
            try await PortStateReconciler(
                store: room.store,
                directory: network,
                interval: .milliseconds(20),
                logger: .silent
            ).run()
        case .following: try await NetworkFollower(store: room.store, changes: network, logger: .silent).run()
        }
    }
}

extension RequestContext {
    static let member = RequestContext(projectID: "acme", roles: [.member, .reader], requestID: "req-member")
    static let reader = RequestContext(projectID: "acme", roles: [.reader], requestID: "req-reader")
    static let other = RequestContext(projectID: "rival", roles: [.member], requestID: "req-other")
    static let admin = RequestContext(projectID: "ops", roles: [.admin], requestID: "req-admin")
    static let program = RequestContext.service(named: "test")
}

/// Does something on somebody's behalf.
func `as`<Answer: Sendable>(_ who: RequestContext, _ body: () async throws -> Answer) async throws -> Answer {
    try await CurrentRequest.$context.withValue(who) { try await body() }
}

/// Why a call was refused; nil when it was not, or not by a reason.
func refusal<Answer: Sendable>(
    as who: RequestContext = .member,
    _ body: () async throws -> Answer
) async -> ErrorReason? {
    do {
        _ = try await `as`(who, body)
        return nil
    } catch {
        return RemoteError(error)?.reason
    }
}

/// The call must be refused, for this reason.
func expectRefusal<Answer: Sendable>(
    _ reason: ErrorReason,
    as who: RequestContext = .member,
    at location: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Answer
) async {
    let found = await refusal(as: who, body)
    #expect(found == reason, sourceLocation: location)
}

/// Waits until something holds; a test that waits in vain fails.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(20),
    _ holds: () async throws -> Bool,
    at location: SourceLocation = #_sourceLocation
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await holds() { return }
        try await Task.sleep(for: .milliseconds(10))
    }
    Issue.record("in vain: \(what)", sourceLocation: location)
}

extension House {
    /// A router, on the project's behalf unless said otherwise.
    @discardableResult
    func makeRouter(
        as who: RequestContext = .member,
        _ fill: @Sendable (inout L3_Router_V1_Router) -> Void = { _ in }
    ) async throws -> L3_Router_V1_Router {
        try await `as`(who) {
            try await routers.createRouter(.with { $0.router = .with { fill(&$0) } })
        }
    }

    func router(_ id: String, as who: RequestContext = .member) async throws -> L3_Router_V1_Router {
        try await `as`(who) { try await routers.getRouter(.with { $0.id = id }) }
    }

    /// A tenant network with one subnet.
    func makeSubnet(_ cidr: String, project: String = "acme") async throws -> SubnetID {
        let id = await network.makeNetwork(project: project)
        return try await network.makeSubnet(id, cidr, project: project)
    }

    /// An external network with one subnet.
    func makeExternal(_ cidr: String = "203.0.113.0/24") async throws -> NetworkID {
        let id = await network.makeNetwork(project: "ops", isExternal: true)
        try await network.makeSubnet(id, cidr, project: "ops")
        return id
    }

    @discardableResult
    func attach(
        _ subnet: SubnetID,
        to router: String,
        as who: RequestContext = .member
    ) async throws -> L3_Router_V1_RouterInterface {
        try await `as`(who) {
            try await routers.addRouterInterface(
                .with {
                    $0.routerID = router
                    $0.subnetID = subnet.description
                }
            )
        }
    }

    @discardableResult
    func attach(
        port: PortID,
        to router: String,
        as who: RequestContext = .member
    ) async throws -> L3_Router_V1_RouterInterface {
        try await `as`(who) {
            try await routers.addRouterInterface(
                .with {
                    $0.routerID = router
                    $0.portID = port.description
                }
            )
        }
    }

    @discardableResult
    func detach(
        subnet: SubnetID? = nil,
        port: String = "",
        from router: String,
        as who: RequestContext = .member
    ) async throws -> L3_Router_V1_RouterInterface {
        try await `as`(who) {
            try await routers.removeRouterInterface(
                .with {
                    $0.routerID = router
                    $0.subnetID = subnet?.description ?? ""
                    $0.portID = port
                }
            )
        }
    }

    @discardableResult
    func update(
        _ id: String,
        _ paths: [String],
        as who: RequestContext = .member,
        revision: Int64 = 0,
        _ fill: @Sendable (inout L3_Router_V1_Router) -> Void
    ) async throws -> L3_Router_V1_Router {
        try await `as`(who) {
            try await routers.updateRouter(
                .with {
                    $0.router = .with { fill(&$0) }
                    $0.router.id = id
                    $0.updateMask.paths = paths
                    $0.expectedRevisionNumber = revision
                }
            )
        }
    }

    @discardableResult
    func setGateway(
        _ network: NetworkID?,
        of id: String,
        as who: RequestContext = .member,
        addresses: [String] = []
    ) async throws -> L3_Router_V1_Router {
        try await update(id, ["external_gateway_info"], as: who) { router in
            guard let network else { return }
            router.externalGatewayInfo = .gateway(network, addresses)
        }
    }

    @discardableResult
    func setRoutes(_ routes: [(String, String)], of id: String) async throws -> L3_Router_V1_Router {
        try await update(id, ["routes"]) { $0.routes = routes.map { .route($0, $1) } }
    }

    /// A registered agent's id.
    @discardableResult
    func register(_ host: String, zone: String = "") async throws -> String {
        try await `as`(.program) {
            try await nodes.registerAgent(
                .with {
                    $0.host = host
                    $0.availabilityZone = zone
                }
            )
        }.agentID
    }

    func bind(
        _ holder: String,
        _ kind: String = "floating_ip",
        subnet: SubnetID,
        to network: NetworkID,
        via router: String = "",
        as who: RequestContext = .program
    ) async throws -> String {
        try await `as`(who) {
            try await bindings.bindAddress(
                .with {
                    $0.holder.kind = kind
                    $0.holder.id = holder
                    $0.subnetID = subnet.description
                    $0.floatingNetworkID = network.description
                    $0.routerID = router
                }
            )
        }.routerID
    }

    /// Lets an agent's lease run out.
    func expire(_ agent: String) async throws {
        try await database.database.execute(
            "UPDATE agents SET lease_until = now() - interval '1 second' WHERE id = \(agent)::uuid"
        )
    }

    /// Where a router is placed.
    func agent(of router: String) async throws -> String? {
        try await `as`(.admin) { try await agents.listRouterAgents(.with { $0.routerID = router }) }.agents.first?.id
    }

    func count(_ table: String) async throws -> Int {
        try await database.database.query(SQL(unescaped: "SELECT count(*) FROM \(table)"))[0].column(0)
    }
}

extension L3_Router_V1_ExternalGateway {
    static func gateway(_ network: NetworkID, _ addresses: [String] = []) -> Self {
        .with {
            $0.networkID = network.description
            $0.externalFixedIps = addresses.map { address in .with { $0.ipAddress = address } }
        }
    }
}

extension L3_Router_V1_Route {
    static func route(_ destination: String, _ nexthop: String) -> Self {
        .with {
            $0.destination = destination
            $0.nexthop = nexthop
        }
    }
}
