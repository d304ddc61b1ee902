import Contracts
import GRPCCore
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Synchronization
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres, .timeLimit(.minutes(2))) struct WatchTests {
    /// What a follower has heard so far, folded as the contract says.
    struct Copy: Sendable {
        var objects: [String: Int64] = [:]
        var removed: [String: Int64] = [:]
        var position = ""
        var isSynced = false

        mutating func take(_ event: Wire.WatchEvent) {
            switch event.event {
            case .networkUpserted(let network): put(network.id, network.revisionNumber)
            case .subnetUpserted(let subnet): put(subnet.id, subnet.revisionNumber)
            case .portUpserted(let port): put(port.id, port.revisionNumber)
            case .networkDeleted(let removal), .subnetDeleted(let removal), .portDeleted(let removal):
                if removal.revisionNumber > objects[removal.id] ?? 0 { objects[removal.id] = nil }
                removed[removal.id] = max(removed[removal.id] ?? 0, removal.revisionNumber)
            case .synced(let reached):
                isSynced = true
                position = reached.position
            case .progress(let reached): position = reached.position
            case nil: break
            }
        }

        private mutating func put(_ id: String, _ revision: Int64) {
            if revision < removed[id] ?? 0 { return }
            objects[id] = max(objects[id] ?? 0, revision)
        }
    }

    /// Follows the changes until the copy is as wanted.
    private func follow(
        _ api: API,
        from copy: Copy = Copy(),
        owners: [String] = [""],
        networks: Bool = true,
        until isDone: @escaping @Sendable (Copy) async throws -> Bool
    ) async throws -> Copy {
        let request = L3_Network_V1_WatchNetworksRequest.with {
            $0.resumePosition = copy.position
            $0.portDeviceOwners = owners
            $0.networks = networks
        }
        return try await `as`(.program) {
            try await api.changes.watchNetworks(request) { response in
                var copy = copy
                copy.isSynced = false
                for try await event in response.messages {
                    copy.take(event)
                    if try await isDone(copy) { return copy }
                }
                return copy
            }
        }
    }

    /// All objects that exist, with their revisions.
    private func truth(_ api: API) async throws -> [String: Int64] {
        let rows = try await api.database.query(
            """
            SELECT id::text, revision_number FROM networks UNION ALL SELECT id::text, revision_number FROM subnets
            UNION ALL SELECT id::text, revision_number FROM ports WHERE device_owner = ''
            """
        )
        var truth: [String: Int64] = [:]
        for row in rows { truth[try row.column(0)] = try row.column(1) }
        return truth
    }

    @Test func `a watcher gets what is there, then synced, then what changes`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "10.0.0.0/24")
            let port = try await api.makePort(network)
            let copy = try await follow(api) { $0.isSynced }
            #expect(copy.objects == [network.id: 2, subnet.id: 1, port.id: 1])
            try await api.deletePort(port.id)
            let later = try await follow(api, from: copy) { $0.objects[port.id] == nil }
            #expect(later.removed == [port.id: 2])
        }
    }

    @Test func `a watcher of some ports hears of no others, and when one leaves the kind`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/24")
            let port = try await api.makePort(network)
            let router = Wire.Holder.router()
            let owners = ["network:router_interface"]
            let empty = try await follow(api, owners: owners, networks: false) { $0.isSynced }
            #expect(empty.objects == [:])
            _ = try await api.claim(port.id, router)
            let claimed = try await follow(api, from: empty, owners: owners, networks: false) { !$0.objects.isEmpty }
            #expect(claimed.objects == [port.id: 2])
            try await api.unclaim(port.id, router)
            let left = try await follow(api, from: claimed, owners: owners, networks: false) { $0.objects.isEmpty }
            #expect(left.removed[port.id] == 3)
        }
    }

    @Test func `nothing is lost or left over when many write at once and the watcher comes back in between`()
        async throws
    {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/24")
            let writers = Writers()
            try await withThrowingTaskGroup { group in
                group.addTask {
                    _ = await outcomes(of: 6) { number in
                        for round in 0..<10 {
                            let port = try await api.makePort(network)
                            _ = try await api.updatePort(port, ["name"]) { $0.name = "\(round)" }
                            if (number + round) % 3 != 0 { try await api.deletePort(port.id) }
                        }
                        return ""
                    }
                    writers.areDone.store(true, ordering: .relaxed)
                    // The watcher may wait for one change more.
                    _ = try await `as`(.member) {
                        try await api.networks.updateNetwork(
                            .with {
                                $0.network.id = network.id
                                $0.network.name = "done"
                                $0.updateMask.paths = ["name"]
                            }
                        )
                    }
                }
                group.addTask {
                    var copy = Copy()
                    // Breaks off after every few events, and resumes where it was.
                    while !writers.areDone.load(ordering: .relaxed) {
                        let before = copy.position
                        copy = try await follow(api, from: copy) { $0.position != before }
                    }
                    let final = try await follow(api, from: copy) { copy in try await copy.objects == truth(api) }
                    #expect(final.objects.count == 2 + 20)
                }
                try await group.waitForAll()
            }
        }
    }

    @Test func `a watcher that comes back and has missed nothing is told so at once`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            var copy = try await follow(api) { $0.isSynced }
            for _ in 0..<3 { copy = try await follow(api, from: copy) { $0.isSynced } }
            #expect(copy.objects == [network.id: 1])
        }
    }

    @Test func `a position that is none of the feed's asks for a new beginning`() async throws {
        try await withService { api in
            let error = await #expect(throws: RPCError.self) {
                _ = try await follow(api, from: Copy(position: "elsewhere")) { $0.isSynced }
            }
            #expect(error?.code == .outOfRange)
        }
    }

    @Test func `only programs and administrators watch`() async throws {
        try await withService { api in
            let refused = try await refusal(.member) {
                try await api.changes.watchNetworks(.with { $0.networks = true }) { response in
                    for try await _ in response.messages {}
                }
            }
            #expect(refused?.reason == .notAuthorized)
        }
    }

    @Test func `a network that becomes internal has its subnets say so`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork(.admin) { $0.routerExternal = true }
            let subnet = try await api.makeSubnet(network, "192.0.2.0/24", .admin)
            let copy = try await follow(api) { $0.isSynced }
            _ = try await `as`(.admin) {
                try await api.networks.updateNetwork(
                    .with {
                        $0.network.id = network.id
                        $0.updateMask.paths = ["router_external"]
                    }
                )
            }
            let later = try await follow(api, from: copy) { ($0.objects[subnet.id] ?? 0) > 1 }
            #expect(later.objects[subnet.id] == 2)
        }
    }
}

/// Whether those who write are through.
private final class Writers: Sendable {
    let areDone = Atomic(false)
}
