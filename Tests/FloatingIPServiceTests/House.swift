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

@testable import FloatingIPService

typealias Transport = InProcessTransport.Client

/// FloatingIPService whole: real PostgreSQL, real gRPC over an in-process transport, and other services in memory.
struct House: Sendable {
    let database: TemporaryDatabase
    let network: FakeNetwork
    let routers: FakeRouters
    let room: FloatingIPRoom
    let client: GRPCClient<Transport>

    var floatingIPs: L3_Floatingip_V1_FloatingIPs.Client<Transport> { .init(wrapping: client) }
    var forwardings: L3_Floatingip_V1_PortForwardings.Client<Transport> { .init(wrapping: client) }
    var proxies: L3_Floatingip_V1_NDPProxies.Client<Transport> { .init(wrapping: client) }
    var quotas: L3_Query_V1_Quotas.Client<Transport> { .init(wrapping: client) }
    var nodes: L3_Agent_V1_NodeAddresses.Client<Transport> { .init(wrapping: client) }
    var observer: L3_Network_V1_PortObserver.Client<Transport> { .init(wrapping: client) }
    var references: L3_Reference_V1_ReferenceHolder.Client<Transport> { .init(wrapping: client) }

    static func open(
        quota: Int64 = 50,
        hasUpkeep: Bool = false,
        _ body: (House) async throws -> Void
    ) async throws {
        let database = try await TemporaryDatabase.make(migrations: Migrations.all) {
            $0.poolSize = 16
            $0.readConnections = 1
        }
        let (network, routers) = (FakeNetwork(), FakeRouters())
        let room = FloatingIPRoom(
            database: database.database,
            networks: network,
            ports: network,
            routers: routers,
            quota: quota,
            logger: .silent
        )
        let transport = InProcessTransport()
        let server = GRPCServer(
            transport: transport.server,
            services: room.endpoints,
            interceptors: RPCServer.interceptors(logger: .defects)
        )
        let client = GRPCClient(transport: transport.client, interceptors: RPCChannel.interceptors)
        let house = House(database: database, network: network, routers: routers, room: room, client: client)
        try await withThrowingTaskGroup { group in
            group.addTask { try await server.serve() }
            group.addTask { try await client.runConnections() }
            group.addTask { try await house.room.feed.run() }
            if hasUpkeep {
                group.addTask {
                    try await UndertakingService(keeper: house.room.keeper, interval: .milliseconds(20)).run()
                }
            }
            try await body(house)
            group.cancelAll()
        }
    }
}

extension Logger {
    /// Says what no test expects: that a call failed without a reason.
    static let defects: Logger = {
        var logger = Logger(label: "floatingip") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }()
}

extension RequestContext {
    static let member = RequestContext(projectID: "acme", roles: [.member, .reader], requestID: "req-member")
    static let manager = RequestContext(projectID: "acme", roles: [.manager, .member], requestID: "req-manager")
    static let reader = RequestContext(projectID: "acme", roles: [.reader], requestID: "req-reader")
    static let other = RequestContext(projectID: "rival", roles: [.member], requestID: "req-other")
    static let admin = RequestContext(projectID: "ops", roles: [.admin], requestID: "req-admin")
    static let program = RequestContext.service(named: "test")
}

/// Does something on somebody's behalf, and gives refusals as `RemoteError`s.
func `as`<Answer: Sendable>(_ who: RequestContext, _ body: () async throws -> Answer) async throws -> Answer {
    try await CurrentRequest.$context.withValue(who) { try await callingRemote(body) }
}

/// The call must be refused, for this reason.
func expectRefusal<Answer: Sendable>(
    _ reason: ErrorReason,
    at location: SourceLocation = #_sourceLocation,
    _ body: () async throws -> Answer
) async {
    do {
        _ = try await callingRemote(body)
        Issue.record("not refused, where \(reason.rawValue) was to be", sourceLocation: location)
    } catch {
        #expect((error as? any DomainError)?.reason == reason, "\(error)", sourceLocation: location)
    }
}

/// Waits until something holds; a test that waits in vain fails.
func eventually(
    _ what: String,
    within limit: Duration = .seconds(20),
    at location: SourceLocation = #_sourceLocation,
    _ holds: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while ContinuousClock.now < deadline {
        if try await holds() { return }
        try await Task.sleep(for: .milliseconds(5))
    }
    Issue.record("in vain: \(what)", sourceLocation: location)
}

/// An external network, a tenant's subnet, and a router between them.
struct Site: Sendable {
    let external: NetworkID
    let externalSubnet: SubnetID
    let inner: NetworkID
    let subnet: SubnetID
    let router: RouterID
}

extension House {
    func makeSite(_ external: String = "203.0.113.0/24", inner: String = "10.0.0.0/24") async throws -> Site {
        let outside = await network.makeNetwork(project: "ops", isExternal: true)
        let externalSubnet = try await network.makeSubnet(outside, external, name: "public")
        let inside = await network.makeNetwork()
        let subnet = try await network.makeSubnet(inside, inner)
        let router = await routers.makeRouter(gateway: outside, subnets: [subnet])
        return Site(
            external: outside,
            externalSubnet: externalSubnet,
            inner: inside,
            subnet: subnet,
            router: router
        )
    }

    /// A server's port on the site's subnet.
    func makePort(_ site: Site, _ addresses: String..., project: String = "acme") async throws -> String {
        try await network.makePort(site.inner, addresses.map { (site.subnet, $0) }, project: project).description
    }

    @discardableResult
    func create(
        on external: NetworkID,
        as who: RequestContext = .member,
        _ fill: @Sendable (inout Wire.FloatingIP) -> Void = { _ in }
    ) async throws -> Wire.FloatingIP {
        try await `as`(who) {
            try await floatingIPs.createFloatingIP(
                .with {
                    $0.floatingip.floatingNetworkID = external.description
                    fill(&$0.floatingip)
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
        _ fill: @Sendable (inout Wire.FloatingIP) -> Void = { _ in }
    ) async throws -> Wire.FloatingIP {
        try await `as`(who) {
            try await floatingIPs.updateFloatingIP(
                .with {
                    fill(&$0.floatingip)
                    $0.floatingip.id = id
                    $0.updateMask.paths = paths
                    $0.expectedRevisionNumber = revision
                }
            )
        }
    }

    /// Maps it to a port, or to none.
    @discardableResult
    func associate(
        _ id: String,
        _ port: String,
        _ fixed: String = "",
        via router: RouterID? = nil,
        as who: RequestContext = .member
    ) async throws -> Wire.FloatingIP {
        try await update(id, ["port_id", "fixed_ip_address", "router_id"], as: who) {
            $0.portID = port
            $0.fixedIpAddress = fixed
            $0.routerID = router?.description ?? ""
        }
    }

    func get(_ id: String, as who: RequestContext = .member) async throws -> Wire.FloatingIP {
        try await `as`(who) { try await floatingIPs.getFloatingIP(.with { $0.id = id }) }
    }

    func delete(_ id: String, as who: RequestContext = .member, revision: Int64 = 0) async throws {
        _ = try await `as`(who) {
            try await floatingIPs.deleteFloatingIP(
                .with {
                    $0.id = id
                    $0.expectedRevisionNumber = revision
                }
            )
        }
    }

    func list(
        as who: RequestContext = .member,
        _ fill: @Sendable (inout L3_Query_V1_Query) -> Void = { _ in }
    ) async throws -> L3_Floatingip_V1_ListFloatingIPsResponse {
        try await `as`(who) { try await floatingIPs.listFloatingIPs(.with { fill(&$0.query) }) }
    }

    func report(
        _ id: String,
        _ revision: Int64,
        _ state: Wire.ObjectStatus.State,
        _ reason: String = "",
        as who: RequestContext = .program
    ) async throws {
        _ = try await `as`(who) {
            try await nodes.reportAddressStatus(
                .with {
                    $0.addresses = [
                        .with {
                            $0.id = id
                            $0.appliedRevisionNumber = revision
                            $0.state = state
                            $0.reason = reason
                        }
                    ]
                }
            )
        }
    }

    func count(_ table: String) async throws -> Int {
        try await database.database.query(SQL(unescaped: "SELECT count(*) FROM \(table)"))[0].column(0)
    }

    /// Nothing of a floating IP is left with others, nor is anything owed about one.
    func expectNothingLeft(at location: SourceLocation = #_sourceLocation) async throws {
        #expect(await network.heldPorts.isEmpty, sourceLocation: location)
        #expect(await network.references.isEmpty, sourceLocation: location)
        #expect(await routers.bindings.isEmpty, sourceLocation: location)
        #expect(try await count("floating_ips") == 0, sourceLocation: location)
        #expect(try await count("ndp_proxies") == 0, sourceLocation: location)
        #expect(try await count("undertakings") == 0, sourceLocation: location)
        #expect(
            try await database.database.query("SELECT coalesce(sum(floating_ips), 0) FROM project_usage")[0]
                .column(0, as: Int.self) == 0,
            sourceLocation: location
        )
    }

    /// Others hold exactly what the rows of floating IPs and forwardings say.
    func expectTrueHolds(at location: SourceLocation = #_sourceLocation) async throws {
        let database = database.database
        let ids = try await database.query("SELECT id FROM floating_ips").map { row in
            Holder.floatingIP(try row.column(0))
        }
        let forwardings = try await database.query("SELECT id FROM port_forwardings").map { row in
            Holder.portForwarding(try row.column(0))
        }
        let proxies = try await database.query("SELECT id FROM ndp_proxies").map { row in
            Holder.ndpProxy(try row.column(0))
        }
        let footings = try await database.footings(of: Set(ids + forwardings + proxies))
        let references = footings.compactMap { holder, footing in
            footing.portID.map { FakeNetwork.Reference(holder: holder, portID: $0) }
        }
        let bindings = footings.compactMap { holder, footing in
            footing.binding.map { FakeRouters.Kept(holder: holder, binding: $0) }
        }
        #expect(await network.references == Set(references), sourceLocation: location)
        #expect(await routers.bindings == Set(bindings), sourceLocation: location)
        #expect(
            await Set(network.heldPorts.map(\.id)) == Set(footings.values.compactMap(\.addressPort)),
            sourceLocation: location
        )
        #expect(try await count("undertakings") == 0, sourceLocation: location)
    }
}
