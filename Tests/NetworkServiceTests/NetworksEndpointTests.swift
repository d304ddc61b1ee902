import Contracts
import GRPCCore
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct NetworksEndpointTests {
    private func list(
        _ api: API,
        _ caller: RequestContext,
        _ filters: [(String, [String])] = [],
        _ adjust: (inout L3_Query_V1_Query) -> Void = { _ in }
    ) async throws -> [String] {
        var query = L3_Query_V1_Query()
        query.filters = filters.map { field, values in
            .with {
                $0.field = field
                $0.values = values
            }
        }
        adjust(&query)
        let wanted = query
        return try await `as`(caller) {
            try await api.networks.listNetworks(.with { $0.query = wanted }).networks.map(\.name)
        }
    }

    private func update(
        _ api: API,
        _ network: Wire.Network,
        _ paths: [String],
        _ caller: RequestContext,
        revision: Int64 = 0,
        _ adjust: (inout Wire.Network) -> Void
    ) async throws -> Wire.Network {
        var wanted = Wire.Network()
        wanted.id = network.id
        adjust(&wanted)
        let changed = wanted
        return try await `as`(caller) {
            try await api.networks.updateNetwork(
                .with {
                    $0.network = changed
                    $0.updateMask.paths = paths
                    $0.expectedRevisionNumber = revision
                }
            )
        }
    }

    @Test func `a network comes with its defaults and is found again`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork { $0.name = "n" }
            #expect(network.projectID == "blue")
            #expect(network.revisionNumber == 1)
            #expect(network.mtu == 1450)
            #expect(network.adminStateUp && network.portSecurityEnabled && network.l2Adjacency)
            #expect(network.status == "ACTIVE")
            #expect(network.providerNetworkType == "vxlan")
            #expect(network.providerSegmentationID > 0)
            #expect(network.createdAt == network.updatedAt && network.createdAt.seconds > 0)
            let found = try await `as`(.member) { try await api.networks.getNetwork(.with { $0.id = network.id }) }
            #expect(found == network)
        }
    }

    @Test func `who may see a network and who may change it`() async throws {
        try await withService { api in
            let own = try await api.makeNetwork()
            let shared = try await api.makeNetwork(.admin) { $0.shared = true }
            let external = try await api.makeNetwork(.admin) { $0.routerExternal = true }
            func reason(_ caller: RequestContext, _ network: Wire.Network) async throws -> ErrorReason? {
                try await refusal(caller) { try await api.networks.getNetwork(.with { $0.id = network.id }) }?.reason
            }
            #expect(try await reason(.other, own) == .networkNotFound)
            #expect(try await reason(.reader, own) == nil)
            #expect(try await reason(.admin, own) == nil)
            #expect(try await reason(.other, shared) == nil)
            #expect(try await reason(.other, external) == nil)
            func renaming(_ caller: RequestContext, _ network: Wire.Network) async throws -> ErrorReason? {
                try await refusal(caller) { try await update(api, network, ["name"], caller) { $0.name = "x" } }?.reason
            }
            #expect(try await renaming(.other, own) == .networkNotFound)
            #expect(try await renaming(.reader, own) == .notAuthorized)
            #expect(try await renaming(.other, shared) == .notAuthorized)
            #expect(try await renaming(.member, own) == nil)
            let deletion = try await refusal(.other) {
                try await api.networks.deleteNetwork(.with { $0.id = external.id })
            }
            #expect(deletion?.reason == .notAuthorized)
            let nonsense = try await refusal(.member) { try await api.networks.getNetwork(.with { $0.id = "gate" }) }
            #expect(nonsense?.reason == .networkNotFound)
        }
    }

    @Test func `lists hold what the caller may see, filtered, sorted and in pages`() async throws {
        try await withService { api in
            for (name, tags) in [("c", ["x", "y"]), ("a", ["x"]), ("b", [])] {
                _ = try await api.makeNetwork {
                    $0.name = name
                    $0.tags = tags
                }
            }
            _ = try await api.makeNetwork(.other) { $0.name = "foreign" }
            _ = try await api.makeNetwork(.admin) {
                $0.name = "out"
                $0.routerExternal = true
            }
            let byName: (inout L3_Query_V1_Query) -> Void = { $0.sort = [.with { $0.field = "name" }] }
            #expect(try await list(api, .member, [], byName) == ["a", "b", "c", "out"])
            #expect(try await list(api, .admin, [], byName) == ["a", "b", "c", "foreign", "out"])
            #expect(try await list(api, .member, [("router_external", ["true"])]) == ["out"])
            #expect(try await list(api, .member, [("name", ["a", "c"])], byName) == ["a", "c"])
            #expect(try await list(api, .member, [("tags", ["x,y"])]) == ["c"])
            #expect(try await list(api, .member, [("tags-any", ["x,y"])], byName) == ["a", "c"])
            #expect(try await list(api, .member, [("not-tags-any", ["x"])], byName) == ["b", "out"])
            #expect(try await list(api, .admin, [("project_id", ["red"])]) == ["foreign"])
            #expect(try await list(api, .admin, [("provider_network_type", ["vxlan"]), ("name", ["a"])]) == ["a"])
            let first = try await `as`(.member) {
                try await api.networks.listNetworks(
                    .with {
                        $0.query.sort = [.with { $0.field = "name" }]
                        $0.query.pageSize = 2
                    }
                )
            }
            #expect(first.networks.map(\.name) == ["a", "b"])
            let rest = try await list(api, .member) {
                $0.sort = [.with { $0.field = "name" }]
                $0.pageSize = 2
                $0.pageToken = first.nextPageToken
            }
            #expect(rest == ["c", "out"])
            let unknown = try await refusal(.member) { try await list(api, .member, [("colour", ["red"])]) }
            #expect(unknown?.reason == .invalidInput)
            let marker = try await refusal(.member) {
                try await list(api, .member) { $0.pageToken = NetworkID.random().description }
            }
            #expect(marker?.reason == .markerNotFound)
        }
    }

    @Test func `a batch is made whole or not at all`() async throws {
        try await withService { api in
            let batch = try await refusal(.admin) {
                try await api.networks.batchCreateNetworks(
                    .with {
                        $0.networks = [
                            .with { $0.name = "good" },
                            .with {
                                $0.name = "bad"
                                $0.mtu = 5
                            },
                        ]
                    }
                )
            }
            #expect(batch?.reason == .invalidInput)
            #expect(try await list(api, .admin) == [])
            let made = try await `as`(.member) {
                try await api.networks.batchCreateNetworks(
                    .with { $0.networks = [.with { $0.name = "1" }, .with { $0.name = "2" }] }
                )
            }
            #expect(made.networks.map(\.name) == ["1", "2"])
        }
    }

    @Test func `the same id makes the same network, and nobody else's`() async throws {
        try await withService { api in
            let id = NetworkID.random().description
            let first = try await api.makeNetwork { $0.id = id }
            let again = try await api.makeNetwork { $0.id = id }
            #expect(again == first)
            #expect(try await refusal(.other) { try await api.makeNetwork(.other) { $0.id = id } }?.reason == .conflict)
        }
    }

    @Test func `segments are not shared between networks`() async throws {
        try await withService { api in
            func flat() async throws -> Wire.Network {
                try await api.makeNetwork(.admin) {
                    $0.providerNetworkType = "flat"
                    $0.providerPhysicalNetwork = "external"
                }
            }
            _ = try await flat()
            #expect(try await refusal(.admin) { try await flat() }?.reason == .flatNetworkInUse)
            let first = try await api.makeNetwork(.admin) { $0.providerSegmentationID = 4711 }
            #expect(first.providerSegmentationID == 4711)
            let second = try await refusal(.admin) {
                try await api.makeNetwork(.admin) { $0.providerSegmentationID = 4711 }
            }
            #expect(second?.reason == .conflict)
        }
    }

    @Test func `an update changes what its mask names, when the revision is the expected one`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork { $0.description_p = "old" }
            let changed = try await update(api, network, ["name", "mtu"], .member, revision: 1) {
                $0.name = "new"
                $0.mtu = 1400
                $0.description_p = "not in the mask"
            }
            #expect(changed.name == "new" && changed.mtu == 1400 && changed.description_p == "old")
            #expect(changed.revisionNumber == 2)
            let stale = try await refusal(.member) {
                try await update(api, network, ["name"], .member, revision: 1) { $0.name = "newer" }
            }
            #expect(stale?.reason == .revisionMismatch)
            let fixed = try await refusal(.member) { try await update(api, network, ["status"], .member) { _ in } }
            #expect(fixed?.reason == .invalidInput)
            let admin = try await refusal(.member) {
                try await update(api, network, ["shared"], .member) { $0.shared = true }
            }
            #expect(admin?.reason == .notAuthorized)
        }
    }

    @Test func `a network with a port stays, one with subnets alone goes with them`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "10.0.0.0/24")
            let port = try await api.makePort(network)
            let inUse = try await refusal(.member) {
                try await api.networks.deleteNetwork(.with { $0.id = network.id })
            }
            #expect(inUse?.reason == .networkInUse)
            #expect(inUse?.message.contains("There are one or more ports still in use on the network") == true)
            try await api.deletePort(port.id)
            _ = try await api.makePort(network, .admin) { $0.deviceOwner = "network:dhcp" }
            _ = try await `as`(.member) { try await api.networks.deleteNetwork(.with { $0.id = network.id }) }
            let gone = try await refusal(.member) { try await api.subnets.getSubnet(.with { $0.id = subnet.id }) }
            #expect(gone?.reason == .subnetNotFound)
            #expect(try await api.listPorts(.admin) == [])
        }
    }

    @Test func `an external network with a gateway stays external`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork(.admin) { $0.routerExternal = true }
            let subnet = try await api.makeSubnet(network, "192.0.2.0/24", .admin)
            #expect(subnet.routerExternal)
            _ = try await `as`(.program) {
                try await api.reservations.reservePort(
                    .with {
                        $0.holder = .router()
                        $0.portID = PortID.random().description
                        $0.networkID = network.id
                        $0.deviceOwner = "network:router_gateway"
                    }
                )
            }
            let refused = try await refusal(.admin) {
                try await update(api, network, ["router_external"], .admin) { $0.routerExternal = false }
            }
            #expect(refused?.reason == .externalNetworkInUse)
        }
    }

    @Test func `unused floating IPs go with their network, after their service was asked`() async throws {
        let holder = Wire.Holder.floatingIP()
        let port = PortID.random().description
        let release = ReleaseOnDemand()
        let observer = FakeObserver { _ in await release.run() }
        try await withService(observers: [observer]) { api in
            let network = try await api.makeNetwork(.admin) { $0.routerExternal = true }
            _ = try await api.makeSubnet(network, "192.0.2.0/24", .admin)
            _ = try await `as`(.program) {
                try await api.reservations.reservePort(
                    .with {
                        $0.holder = holder
                        $0.portID = port
                        $0.networkID = network.id
                        $0.deviceOwner = "network:floatingip"
                        $0.ipv4Only = true
                    }
                )
            }
            // Its service keeps one that is in use.
            let inUse = try await refusal(.admin) { try await api.networks.deleteNetwork(.with { $0.id = network.id }) }
            #expect(inUse?.reason == .networkInUse)
            await release.become {
                _ = try? await `as`(.program) {
                    try await api.reservations.releasePort(
                        .with {
                            $0.holder = holder
                            $0.portID = port
                        }
                    )
                }
            }
            _ = try await `as`(.admin) { try await api.networks.deleteNetwork(.with { $0.id = network.id }) }
            let id = try #require(NetworkID(network.id))
            #expect(observer.questions == [.networkDeletion(id), .networkDeletion(id)])
        }
    }
}

/// What an observer does when it is asked, which is only known once the service runs.
actor ReleaseOnDemand {
    private var action: @Sendable () async -> Void = {}

    func become(_ action: @escaping @Sendable () async -> Void) { self.action = action }
    func run() async { await action() }
}
