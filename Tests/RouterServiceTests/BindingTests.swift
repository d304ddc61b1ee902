import Contracts
internal import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing
@testable import RouterService

/// Holders that hold what they are told to.
private actor FakeHolders: HolderDirectory {
    var holding: Set<BindingHolder> = []
    var isAway = false
    /// Runs before the answer.
    var before: (@Sendable () async throws -> Void)?

    func hold(_ holders: Set<BindingHolder>) { holding = holders }
    func setAway(_ isAway: Bool) { self.isAway = isAway }
    func setBefore(_ body: (@Sendable () async throws -> Void)?) { before = body }

    func held(_ bindings: [Binding]) async throws -> Set<Binding> {
        if isAway { throw RemoteError(reason: .serviceUnavailable, message: "away") }
        try await before?()
        return Set(bindings.filter { holding.contains($0.holder) })
    }
}

@Suite(.serialized, .needsPostgres, .tags(.postgres)) struct BindingTests {
    private func withRouter(
        _ body:
            @Sendable (_ house: House, _ router: String, _ subnet: SubnetID, _ external: NetworkID) async throws -> Void
    ) async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let subnet = try await house.makeSubnet("10.0.0.0/24")
            try await house.attach(subnet, to: id)
            try await body(house, id, subnet, external)
        }
    }

    @Test func `a holder finds the router, and finds it again`() async throws {
        try await withRouter { house, router, subnet, external in
            let holder = FloatingIPID.random().description
            for _ in 0..<2 {
                let found = try await house.bind(holder, subnet: subnet, to: external)
                #expect(found == router)
            }
            #expect(try await house.count("bindings") == 1)
        }
    }

    @Test func `an NDP proxy needs a router that proxies and has an interface on the subnet`() async throws {
        try await House.open { house in
            let external = await house.network.makeNetwork(project: "ops", isExternal: true, hasIPv6Scope: true)
            try await house.network.makeSubnet(external, "2001:db8::/64", project: "ops")
            let id = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            let (subnet, beside) = (
                try await house.makeSubnet("2001:db8:1::/64"), try await house.makeSubnet("2001:db8:2::/64")
            )
            try await house.attach(subnet, to: id)
            let holder = RouterID.random().description
            func bind(_ subnet: SubnetID) async throws -> String {
                try await house.bind(holder, "ndp_proxy", subnet: subnet, to: external, via: id)
            }
            await expectRefusal(.routerNDPProxyNotEnable) { try await bind(subnet) }
            try await house.update(id, ["enable_ndp_proxy"]) { $0.enableNdpProxy = true }
            await expectRefusal(.portUnreachableRouter) { try await bind(beside) }
            #expect(try await bind(subnet) == id)
            await expectRefusal(.routerInterfaceInUseByNDPProxy) { try await house.detach(subnet: subnet, from: id) }
        }
    }

    @Test func `without a router from the subnet to the network nothing is found`() async throws {
        try await withRouter { house, _, subnet, external in
            let holder = FloatingIPID.random().description
            let elsewhere = try await house.makeExternal("198.51.100.0/24")
            await expectRefusal(.externalGatewayForFloatingIPNotFound) {
                try await house.bind(holder, subnet: subnet, to: elsewhere)
            }
            await expectRefusal(.externalGatewayForFloatingIPNotFound) {
                try await house.bind(holder, subnet: .random(), to: external)
            }
        }
    }

    @Test func `the router with the subnet's gateway address is preferred`() async throws {
        try await House.open { house in
            let external = try await house.makeExternal()
            let network = await house.network.makeNetwork()
            let subnet = try await house.network.makeSubnet(network, "10.0.0.0/24")
            let port = try await house.network.makePort(network, [(subnet, "10.0.0.20")])
            // Ids decide where nothing else does: the one without the gateway address would come first.
            let aside = try await house.makeRouter {
                $0.id = RouterID(high: 1, low: 1).description
                $0.externalGatewayInfo = .gateway(external)
            }.id
            let main = try await house.makeRouter { $0.externalGatewayInfo = .gateway(external) }.id
            try await house.attach(port: port, to: aside)
            let first = try await house.bind(FloatingIPID.random().description, subnet: subnet, to: external)
            #expect(first == aside)
            try await house.attach(subnet, to: main)
            let second = try await house.bind(FloatingIPID.random().description, subnet: subnet, to: external)
            #expect(second == main)
        }
    }

    @Test func `a router that is named need not be on the subnet, but must have the gateway`() async throws {
        try await withRouter { house, router, _, external in
            let holder = FloatingIPID.random().description
            let found = try await house.bind(holder, subnet: .random(), to: external, via: router)
            #expect(found == router)
            await expectRefusal(.routerNotFound) {
                try await house.bind(holder, subnet: .random(), to: external, via: RouterID.random().description)
            }
            let bare = try await house.makeRouter().id
            await expectRefusal(.conflict) { try await house.bind(holder, subnet: .random(), to: external, via: bare) }
        }
    }

    @Test func `only programs bind, and only what can lean on a router`() async throws {
        try await withRouter { house, _, subnet, external in
            let holder = FloatingIPID.random().description
            await expectRefusal(.notAuthorized) {
                try await house.bind(holder, subnet: subnet, to: external, as: .member)
            }
            await expectRefusal(.badRequest) { try await house.bind(holder, "vm", subnet: subnet, to: external) }
        }
    }

    @Test func `unbinding drops all but the one to keep`() async throws {
        try await withRouter { house, router, subnet, external in
            let holder = FloatingIPID.random().description
            let other = try await house.makeSubnet("10.0.1.0/24")
            try await house.attach(other, to: router)
            _ = try await house.bind(holder, subnet: subnet, to: external)
            _ = try await house.bind(holder, subnet: other, to: external)
            _ = try await `as`(.program) {
                try await house.bindings.unbindAddress(
                    .with {
                        $0.holder.kind = "floating_ip"
                        $0.holder.id = holder
                        $0.keepRouterID = router
                        $0.keepSubnetID = other.description
                    }
                )
            }
            await expectRefusal(.routerInterfaceInUseByFloatingIP) {
                try await house.detach(subnet: other, from: router)
            }
            try await house.detach(subnet: subnet, from: router)
        }
    }

    @Test func `old bindings whose holders let go are dropped, the others stay`() async throws {
        try await withRouter { house, _, subnet, external in
            let (kept, stale) = (FloatingIPID.random().description, FloatingIPID.random().description)
            for holder in [kept, stale] { _ = try await house.bind(holder, subnet: subnet, to: external) }
            let holders = FakeHolders()
            await holders.hold([BindingHolder(kind: .floatingIP, id: try #require(ID(kept)))])
            var sweeper = BindingSweeper(store: house.room.store, holders: holders, logger: .silent)
            try await sweeper.sweep()
            #expect(try await house.count("bindings") == 2, "they are too young")
            sweeper.age = .zero
            try await sweeper.sweep()
            let rows = try await house.database.database.query("SELECT holder_id::text FROM bindings")
            #expect(try rows.map { try $0.column(0, as: String.self) } == [kept])
        }
    }

    @Test func `a binding that is asked for again while it is checked stays`() async throws {
        try await withRouter { house, _, subnet, external in
            let holder = FloatingIPID.random().description
            _ = try await house.bind(holder, subnet: subnet, to: external)
            let holders = FakeHolders()
            await holders.setBefore { _ = try await house.bind(holder, subnet: subnet, to: external) }
            var sweeper = BindingSweeper(store: house.room.store, holders: holders, logger: .silent)
            sweeper.age = .zero
            try await sweeper.sweep()
            #expect(try await house.count("bindings") == 1)
        }
    }

    @Test func `nothing is dropped while the holders are away`() async throws {
        try await withRouter { house, _, subnet, external in
            _ = try await house.bind(FloatingIPID.random().description, subnet: subnet, to: external)
            let holders = FakeHolders()
            await holders.setAway(true)
            var sweeper = BindingSweeper(store: house.room.store, holders: holders, logger: .silent)
            sweeper.age = .zero
            let sweep = sweeper
            await #expect(throws: RemoteError.self) { try await sweep.sweep() }
            #expect(try await house.count("bindings") == 1)
        }
    }
}
