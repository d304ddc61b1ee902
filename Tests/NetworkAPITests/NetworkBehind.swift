import ChangeFeed
import Configuration
import Contracts
import GRPCCore
import HTTP2Transport
import Logging
import NIOPosix
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf

@testable import NetworkService

/// The real NetworkService over a database of the test's own, in this process.
enum NetworkBehind {
    /// How many objects a project may have.
    struct Limits: Sendable {
        var securityGroups: Int64 = 10
        var securityGroupRules: Int64 = 100
        var rbacPolicies: Int64 = 10
    }

    /// Runs the body with a channel to the service.
    static func run(
        limits: Limits,
        _ body: (RPCChannel) async throws -> Void
    ) async throws {
        let temporary = try await TemporaryDatabase.make(migrations: Migrations.all) { $0.poolSize = 16 }
        let feed = FeedTail(database: temporary.database, logger: .silent)
        var quotas = QuotaDefaults()
        quotas.securityGroup = limits.securityGroups
        quotas.rbacPolicy = limits.rbacPolicies
        quotas.securityGroupRule = limits.securityGroupRules
        let services = NetworkServices(
            storage: NetworkStorage(database: temporary.database, feed: feed, quotas: quotas),
            observers: [],
            routers: RoutersOfBlue(),
            defaultType: .vxlan,
            domain: "openstacklocal."
        )
        let environment = ProgramEnvironment(
            name: "test",
            configuration: ConfigReader(provider: InMemoryProvider(values: [:])),
            logger: .defects,
            eventLoops: .singleton
        )
        let server = RPCServer(
            listen: .tcp(host: "127.0.0.1", port: 0),
            services: services.endpoints,
            environment: environment
        )
        try await withThrowingTaskGroup { group in
            group.addTask { try await feed.run() }
            group.addTask { try await server.run() }
            let channel = RPCChannel(addresses: [try await server.boundAddress], environment: environment)
            group.addTask { try await channel.run() }
            try await body(channel)
            group.cancelAll()
            while (try? await group.next()) != nil {}
        }
    }
}

/// Routers that are all the project blue's.
private struct RoutersOfBlue: RouterDirectory {
    func owner(ofRouter id: String) async throws -> String? { "blue" }
}

extension NetworkBehind {
    /// Makes a port for a router or floating IP, as their services do, and gives its id.
    static func reserve(
        _ network: String,
        _ owner: String,
        _ project: String,
        _ address: String,
        _ channel: RPCChannel
    ) async throws -> String {
        let reservations = L3_Network_V1_PortReservations.Client(wrapping: channel.client)
        return try await CurrentRequest.$context.withValue(.service(named: "test")) {
            try await callingRemote {
                try await reservations.reservePort(
                    .with {
                        $0.holder.kind = owner == "network:floatingip" ? "floating_ip" : "router"
                        $0.holder.id = RouterID.random().description
                        $0.portID = PortID.random().description
                        $0.networkID = network
                        $0.projectID = owner == "network:router_interface" ? project : ""
                        $0.holderProjectID = project
                        $0.deviceOwner = owner
                        if !address.isEmpty { $0.fixedIps = [.with { $0.ipAddress = address }] }
                    }
                ).id
            }
        }
    }
}

extension Logger {
    /// Says what no test expects: that a call failed without a reason.
    static let defects: Logger = {
        var logger = Logger(label: "api") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .error
        return logger
    }()
}
