import Contracts
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import FloatingIPService

/// A router that proxies between an external network and a tenant's, whose IPv6 addresses are of one scope.
struct ProxySite: Sendable {
    let external: NetworkID
    let inner: NetworkID
    let subnet: SubnetID
    let router: RouterID
}

extension House {
    func makeProxySite(
        scope: String = "one",
        innerScope: String = "one",
        enabled: Bool = true
    ) async throws -> ProxySite {
        let outside = await network.makeNetwork(project: "ops", isExternal: true, ipv6Scope: scope)
        let inside = await network.makeNetwork(ipv6Scope: innerScope)
        let subnet = try await network.makeSubnet(inside, "2001:db8:1::/64")
        let router = await routers.makeRouter(gateway: outside, subnets: [subnet], enablesNDPProxy: enabled)
        return ProxySite(external: outside, inner: inside, subnet: subnet, router: router)
    }

    func makePort(_ site: ProxySite, _ addresses: String..., project: String = "acme") async throws -> String {
        try await network.makePort(site.inner, addresses.map { (site.subnet, $0) }, project: project).description
    }

    @discardableResult
    func proxy(
        _ port: String,
        _ router: RouterID,
        at address: String = "",
        as who: RequestContext = .member,
        _ fill: @Sendable (inout Wire.NDPProxy) -> Void = { _ in }
    ) async throws -> Wire.NDPProxy {
        try await `as`(who) {
            try await proxies.createNDPProxy(
                .with {
                    $0.ndpProxy.routerID = router.description
                    $0.ndpProxy.portID = port
                    $0.ndpProxy.ipAddress = address
                    fill(&$0.ndpProxy)
                }
            )
        }
    }

    func proxy(_ id: String, as who: RequestContext = .member) async throws -> Wire.NDPProxy {
        try await `as`(who) { try await proxies.getNDPProxy(.with { $0.id = id }) }
    }

    func removeProxy(_ id: String, as who: RequestContext = .member, revision: Int64 = 0) async throws {
        _ = try await `as`(who) {
            try await proxies.deleteNDPProxy(
                .with {
                    $0.id = id
                    $0.expectedRevisionNumber = revision
                }
            )
        }
    }
}

@Suite(.needsPostgres, .tags(.postgres), .timeLimit(.minutes(2))) struct NDPProxyTests {
    @Test func `a proxy is made for the port's address, held, shown, changed and removed`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "10.0.0.5", "2001:db8:1::5")
            let made = try await house.proxy(port, site.router) { $0.name = "web" }
            #expect(made.ipAddress == "2001:db8:1::5" && made.name == "web" && made.projectID == "acme")
            #expect(made.revisionNumber == 1)
            #expect(try await house.proxy(made.id, as: .reader) == made)
            #expect(await house.network.references.count == 1)
            #expect(await house.routers.bindings.count == 1)
            let changed = try await `as`(.member) {
                try await house.proxies.updateNDPProxy(
                    .with {
                        $0.ndpProxy.id = made.id
                        $0.ndpProxy.description_p = "the web"
                        $0.updateMask.paths = ["description"]
                    }
                )
            }
            #expect(changed.description_p == "the web" && changed.name == "web" && changed.revisionNumber == 2)
            try await house.removeProxy(made.id)
            await expectRefusal(.ndpProxyNotFound) { try await house.proxy(made.id) }
            try await house.expectNothingLeft()
        }
    }

    @Test func `of several addresses the first is taken, or the one that is wanted`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5", "2001:db8:1::6")
            #expect(try await house.proxy(port, site.router).ipAddress == "2001:db8:1::5")
            #expect(try await house.proxy(port, site.router, at: "2001:db8:1::6").ipAddress == "2001:db8:1::6")
        }
    }

    @Test func `an address that the router does not reach is passed over, or refused when it is wanted`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let beside = try await house.network.makeSubnet(site.inner, "2001:db8:2::/64")
            let port = try await house.network.makePort(
                site.inner,
                [(beside, "2001:db8:2::5"), (site.subnet, "2001:db8:1::5")]
            ).description
            await expectRefusal(.portUnreachableRouter) {
                try await house.proxy(port, site.router, at: "2001:db8:2::5")
            }
            try await house.expectNothingLeft()
            #expect(try await house.proxy(port, site.router).ipAddress == "2001:db8:1::5")
        }
    }

    @Test func `an address has one proxy on an external network`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5")
            let made = try await house.proxy(port, site.router)
            await expectRefusal(.conflict) { try await house.proxy(port, site.router) }
            #expect(await house.network.references.count == 1)
            try await house.removeProxy(made.id)
            try await house.proxy(port, site.router)
            try await house.expectTrueHolds()
        }
    }

    @Test func `of many who want a proxy for one address one gets it`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5")
            let made = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 { group.addTask { (try? await house.proxy(port, site.router)) != nil } }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 1)
            try await house.expectTrueHolds()
        }
    }

    @Test func `a repeated create makes no second proxy`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5")
            let id = RouterID.random().description
            let made = try await house.proxy(port, site.router) { $0.id = id }
            #expect(try await house.proxy(port, site.router) { $0.id = id } == made)
            await expectRefusal(.conflict) { try await house.proxy(port, site.router, as: .other) { $0.id = id } }
        }
    }

    @Test func `router, port and their networks must fit`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5")
            let (unknown, plain) = (RouterID.random(), try await house.makePort(site, "10.0.0.5"))
            await expectRefusal(.routerNotFound) { try await house.proxy(port, unknown) }
            await expectRefusal(.routerNotFound) { try await house.proxy(port, site.router, as: .other) }
            await expectRefusal(.portNotFound) { try await house.proxy(unknown.description, site.router) }
            await expectRefusal(.badRequest) { try await house.proxy(plain, site.router) }
            await expectRefusal(.invalidAddress) { try await house.proxy(port, site.router, at: "2001:db8:1::9") }
            await expectRefusal(.invalidAddress) { try await house.proxy(port, site.router, at: "10.0.0.5") }
            let off = try await house.makeProxySite(enabled: false)
            let offPort = try await house.makePort(off, "2001:db8:1::5")
            await expectRefusal(.routerNDPProxyNotEnable) { try await house.proxy(offPort, off.router) }
            for (scope, innerScope) in [("one", "two"), ("", ""), ("one", "")] {
                let apart = try await house.makeProxySite(scope: scope, innerScope: innerScope)
                let inside = try await house.makePort(apart, "2001:db8:1::5")
                await expectRefusal(.addressScopeConflict) { try await house.proxy(inside, apart.router) }
            }
            #expect(await house.network.references.isEmpty)
            try await house.expectNothingLeft()
        }
    }

    @Test func `a port of another project is not for a member's proxy, and readers make none`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5", project: "rival")
            await expectRefusal(.portNotFound) { try await house.proxy(port, site.router) }
            await expectRefusal(.notAuthorized) { try await house.proxy(port, site.router, as: .reader) }
            let made = try await house.proxy(port, site.router, as: .admin)
            await expectRefusal(.ndpProxyNotFound) { try await house.proxy(made.id) }
            await expectRefusal(.ndpProxyNotFound) { try await house.removeProxy(made.id) }
            await expectRefusal(.revisionMismatch) { try await house.removeProxy(made.id, as: .admin, revision: 7) }
            try await house.removeProxy(made.id, as: .admin, revision: 1)
        }
    }

    @Test func `proxies go with their port, and with the address that it loses`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5", "2001:db8:1::6")
            try await house.proxy(port, site.router, at: "2001:db8:1::5")
            let other = try await house.proxy(port, site.router, at: "2001:db8:1::6")
            _ = try await `as`(.program) {
                try await house.observer.portWillLoseAddresses(
                    .with {
                        $0.port.id = port
                        $0.ipAddresses = ["2001:db8:1::5"]
                    }
                )
            }
            #expect(try await house.count("ndp_proxies") == 1)
            _ = try await house.proxy(other.id)
            _ = try await `as`(.program) {
                try await house.observer.portWillBeDeleted(.with { $0.port.id = port })
            }
            try await house.expectNothingLeft()
        }
    }

    @Test func `lists are the project's own, filtered and sorted`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5", "2001:db8:1::6")
            for (name, address) in [("b", "2001:db8:1::5"), ("a", "2001:db8:1::6")] {
                try await house.proxy(port, site.router, at: address) { $0.name = name }
            }
            let sorted = try await `as`(.member) {
                try await house.proxies.listNDPProxies(
                    .with {
                        $0.query.sort = [.with { $0.field = "name" }]
                        $0.query.filters = [
                            .with {
                                $0.field = "router_id"
                                $0.values = [site.router.description]
                            }
                        ]
                    }
                )
            }
            #expect(sorted.ndpProxies.map(\.name) == ["a", "b"])
            let none = try await `as`(.other) { try await house.proxies.listNDPProxies(.init()) }
            #expect(none.ndpProxies.isEmpty)
        }
    }

    @Test func `what a proxy holds is told to those who ask, until it is gone`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5")
            let made = try await house.proxy(port, site.router)
            func held() async throws -> Int {
                let references = [("port", port), ("router", site.router.description)].map { kind, id in
                    Wire.Reference.with {
                        $0.holder.kind = "ndp_proxy"
                        $0.holder.id = made.id
                        $0.objectKind = kind
                        $0.objectID = id
                    }
                }
                return try await `as`(.program) {
                    try await house.references.checkReferences(.with { $0.references = references })
                }.held.count
            }
            #expect(try await held() == 2)
            try await house.removeProxy(made.id)
            #expect(try await held() == 0)
        }
    }

    @Test func `a node hears of the proxies on its routers with the floating IPs, and when they go`() async throws {
        try await House.open { house in
            let site = try await house.makeProxySite()
            let port = try await house.makePort(site, "2001:db8:1::5", "2001:db8:1::6")
            let old = try await house.proxy(port, site.router, at: "2001:db8:1::5")
            try await Watcher.watching(house) { watcher in
                try await watcher.follow(site.router)
                #expect(watcher.copy(site.router).proxies.mapValues(\.ipAddress) == [old.id: "2001:db8:1::5"])
                let new = try await house.proxy(port, site.router, at: "2001:db8:1::6")
                try await eventually("the new one") { watcher.copy(site.router).proxies[new.id] != nil }
                try await house.removeProxy(old.id)
                try await eventually("the old one goes") { watcher.copy(site.router).proxies[old.id] == nil }
                watcher.unsubscribe(site.router)
                try await house.removeProxy(new.id)
                try await watcher.follow(site.router)
                #expect(watcher.copy(site.router).proxies.isEmpty)
            }
        }
    }
}
