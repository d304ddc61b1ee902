import Contracts
import GRPCCore
import Postgres
import PostgresTestSupport
import ResourceModel
import SwiftProtobuf
import Synchronization
import Testing

@testable import FloatingIPService

/// A node's watch: what it asks for and what it has heard, folded as the contract says.
final class Watcher: Sendable {
    struct Copy: Sendable {
        var addresses: [String: Wire.AddressState] = [:]
        var removed: [String: Int64] = [:]
        var proxies: [String: Wire.NDPProxyState] = [:]
        var syncs = 0
    }

    private let copies = Mutex<[String: Copy]>([:])
    private let heard = Mutex<[Wire.AddressEvent]>([])
    private let requests = AsyncStream.makeStream(of: Wire.AddressRequest.self)

    /// Watches while the body runs.
    static func watching(_ house: House, _ body: (Watcher) async throws -> Void) async throws {
        let watcher = Watcher()
        try await withThrowingTaskGroup { group in
            group.addTask { try await watcher.run(house) }
            try await body(watcher)
            watcher.requests.continuation.finish()
            try await group.waitForAll()
        }
    }

    private func run(_ house: House) async throws {
        try await `as`(.program) {
            try await house.nodes.watchAddresses { writer in
                for await request in self.requests.stream { try await writer.write(request) }
            } onResponse: { response in
                for try await event in response.messages { self.take(event) }
            }
        }
    }

    func subscribe(_ router: RouterID) {
        requests.continuation.yield(.with { $0.subscribeRouterID = router.description })
    }

    func unsubscribe(_ router: RouterID) {
        requests.continuation.yield(.with { $0.unsubscribeRouterID = router.description })
    }

    /// Subscribes and waits for the snapshot.
    func follow(_ router: RouterID) async throws {
        let before = copy(router).syncs
        subscribe(router)
        try await eventually("synced") { self.copy(router).syncs > before }
    }

    private func take(_ event: Wire.AddressEvent) {
        heard.withLock { $0.append(event) }
        copies.withLock { copies in
            var copy = copies[event.routerID] ?? Copy()
            switch event.event {
            case .upserted(let state):
                let known = max(copy.addresses[state.id]?.revisionNumber ?? 0, copy.removed[state.id] ?? 0)
                if state.revisionNumber >= known { copy.addresses[state.id] = state }
            case .deleted(let removal):
                if removal.revisionNumber >= copy.addresses[removal.id]?.revisionNumber ?? 0 {
                    copy.addresses[removal.id] = nil
                    copy.removed[removal.id] = removal.revisionNumber
                }
            case .synced: copy.syncs += 1
            case .ndpProxyUpserted(let state): copy.proxies[state.id] = state
            case .ndpProxyDeleted(let removal): copy.proxies[removal.id] = nil
            case nil: break
            }
            copies[event.routerID] = copy
        }
    }

    func copy(_ router: RouterID) -> Copy { copies.withLock { $0[router.description] ?? Copy() } }

    var events: [Wire.AddressEvent] { heard.withLock(\.self) }
}

@Suite(.needsPostgres, .tags(.postgres), .timeLimit(.minutes(2))) struct WatchTests {
    @Test func `a subscriber gets what is there, then what changes`() async throws {
        try await House.open { house in
            let site = try await house.makeSite()
            let (first, second) = (
                try await house.makePort(site, "10.0.0.5"), try await house.makePort(site, "10.0.0.6")
            )
            let old = try await house.create(on: site.external) { $0.portID = first }
            try await house.create(on: site.external)
            try await Watcher.watching(house) { watcher in
                try await watcher.follow(site.router)
                #expect(
                    watcher.copy(site.router).addresses == [
                        old.id: .with {
                            $0.id = old.id
                            $0.revisionNumber = 1
                            $0.floatingIpAddress = old.floatingIpAddress
                            $0.fixedIpAddress = "10.0.0.5"
                            $0.floatingNetworkID = site.external.description
                        }
                    ]
                )
                let new = try await house.create(on: site.external) { $0.portID = second }
                try await eventually("the new one") { watcher.copy(site.router).addresses[new.id] != nil }
                try await house.associate(old.id, "")
                try await eventually("the old one leaves") { watcher.copy(site.router).addresses[old.id] == nil }
                #expect(watcher.copy(site.router).removed[old.id] == 2)
                try await house.delete(new.id)
                try await eventually("the new one goes") { watcher.copy(site.router).addresses.isEmpty }
                #expect(watcher.copy(site.router).removed[new.id] == 2)
            }
        }
    }

    /// Two routers on one external network, and a port behind each.
    private func makePair(_ house: House) async throws -> (first: Site, second: RouterID, ports: [String]) {
        let site = try await house.makeSite()
        let inner = await house.network.makeNetwork()
        let subnet = try await house.network.makeSubnet(inner, "10.1.0.0/24")
        let router = await house.routers.makeRouter(gateway: site.external, subnets: [subnet])
        let far = try await house.network.makePort(inner, [(subnet, "10.1.0.5")]).description
        return (site, router, [try await house.makePort(site, "10.0.0.5"), far])
    }

    @Test func `one that moves is deleted for the router it leaves and upserted for the other`() async throws {
        try await House.open { house in
            let (site, other, ports) = try await makePair(house)
            let made = try await house.create(on: site.external) { $0.portID = ports[0] }
            try await Watcher.watching(house) { watcher in
                try await watcher.follow(site.router)
                try await watcher.follow(other)
                try await house.associate(made.id, ports[1])
                try await eventually("it arrives") { watcher.copy(other).addresses[made.id] != nil }
                #expect(watcher.copy(site.router).addresses.isEmpty)
                #expect(watcher.copy(site.router).removed[made.id] == 2)
                #expect(watcher.copy(other).addresses[made.id]?.revisionNumber == 2)
                #expect(watcher.copy(other).addresses[made.id]?.fixedIpAddress == "10.1.0.5")
                let moves = watcher.events.suffix(2).map(\.routerID)
                #expect(moves == [site.router.description, other.description])
            }
        }
    }

    @Test func `only what was asked for is told`() async throws {
        try await House.open { house in
            let (site, other, ports) = try await makePair(house)
            try await Watcher.watching(house) { watcher in
                try await watcher.follow(site.router)
                watcher.unsubscribe(site.router)
                try await watcher.follow(other)
                let first = try await house.create(on: site.external) { $0.portID = ports[0] }
                let second = try await house.create(on: site.external) { $0.portID = ports[1] }
                try await eventually("the second") { watcher.copy(other).addresses[second.id] != nil }
                #expect(watcher.copy(site.router).addresses.isEmpty)
                try await watcher.follow(site.router)
                #expect(watcher.copy(site.router).addresses.keys.sorted() == [first.id])
            }
        }
    }

    @Test func `nothing is lost or goes backwards while many write and routers come and go`() async throws {
        try await House.open { house in
            let (site, other, _) = try await makePair(house)
            var ids: [String] = []
            for _ in 0..<8 { ids.append(try await house.create(on: site.external).id) }
            let routers = [site.router, other]
            try await Watcher.watching(house) { watcher in
                try await watcher.follow(site.router)
                try await withThrowingTaskGroup { group in
                    for (index, id) in ids.enumerated() {
                        let near = try await house.makePort(site, "10.0.0.\(100 + index)")
                        group.addTask {
                            for step in 0..<12 {
                                switch (step + index) % 3 {
                                case 0: try await house.associate(id, near)
                                case 1: try await house.associate(id, near, via: other)
                                default: try await house.associate(id, "")
                                }
                            }
                        }
                    }
                    group.addTask {
                        for _ in 0..<6 {
                            try await watcher.follow(other)
                            watcher.unsubscribe(other)
                        }
                    }
                    try await group.waitForAll()
                }
                try await watcher.follow(other)
                try await eventually("the copies are true") {
                    let present = try await house.list().floatingips
                    return routers.allSatisfy { router in
                        let here = present.filter { $0.routerID == router.description }
                        let copy = watcher.copy(router).addresses.values.map { [$0.id, "\($0.revisionNumber)"] }
                        return Set(copy) == Set(here.map { [$0.id, "\($0.revisionNumber)"] })
                    }
                }
                var newest: [String: Int64] = [:]
                for event in watcher.events {
                    let (id, revision) =
                        switch event.event {
                        case .upserted(let state): (state.id, state.revisionNumber)
                        case .deleted(let removal): (removal.id, removal.revisionNumber)
                        case .ndpProxyUpserted, .ndpProxyDeleted, .synced, nil: ("", 0)
                        }
                    #expect(revision >= newest[id] ?? 0)
                    newest[id] = revision
                }
            }
        }
    }

    @Test func `a snapshot without a floating IP that left means that its node has it no more`() async throws {
        try await House.open { house in
            let (site, _, ports) = try await makePair(house)
            let made = try await house.create(on: site.external) { $0.portID = ports[0] }
            try await house.report(made.id, 1, .active)
            #expect(try await house.associate(made.id, "").status == "ACTIVE")
            try await Watcher.watching(house) { watcher in
                try await watcher.follow(site.router)
                try await eventually("DOWN") { try await house.get(made.id).status == "DOWN" }
                // The same when a node gives the router up before it says what became of its addresses.
                try await house.report(house.associate(made.id, ports[0]).id, 3, .active)
                #expect(try await house.associate(made.id, "").status == "ACTIVE")
                watcher.unsubscribe(site.router)
                try await eventually("DOWN again") { try await house.get(made.id).status == "DOWN" }
            }
        }
    }

    @Test func `the watch is for programs, and ends when it can tell no more`() async throws {
        try await House.open { house in
            await expectRefusal(.notAuthorized) {
                try await `as`(.member) {
                    try await house.nodes.watchAddresses { _ in
                    } onResponse: { response in
                        for try await _ in response.messages {}
                    }
                }
            }
            await expectRefusal(.badRequest) {
                try await `as`(.program) {
                    try await house.nodes.watchAddresses { writer in
                        try await writer.write(.with { $0.subscribeRouterID = "nonsense" })
                    } onResponse: { response in
                        for try await _ in response.messages {}
                    }
                }
            }
        }
    }
}
