import Contracts
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct QuotaTests {
    private func limits(_ api: API, _ caller: RequestContext = .member) async throws -> [String: [Int64]] {
        let quota = try await `as`(caller) { try await api.quotas.getQuota(.with { $0.projectID = "blue" }) }
        return Dictionary(uniqueKeysWithValues: quota.limits.map { ($0.kind, [$0.limit, $0.used]) })
    }

    private func set(
        _ api: API,
        _ kind: String,
        _ limit: Int64,
        force: Bool = false,
        _ caller: RequestContext = .admin
    ) async throws {
        _ = try await `as`(caller) {
            try await api.quotas.setQuota(
                .with {
                    $0.projectID = "blue"
                    $0.force = force
                    $0.limits = [
                        .with {
                            $0.kind = kind
                            $0.limit = limit
                        }
                    ]
                }
            )
        }
    }

    @Test func `no more ports than the limit are made, however many ask at once`() async throws {
        try await withService(quotas: QuotaDefaults(port: 5)) { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/24")
            let outcomes = await outcomes(of: 16) { _ in try await api.makePort(network).id }
            #expect(outcomes.compactMap { try? $0.get() }.count == 5)
            #expect(outcomes.compactMap(\.reason) == Array(repeating: .overQuota, count: 11))
            #expect(try await limits(api)["port"] == [5, 5])
            let id = try #require(outcomes.compactMap { try? $0.get() }.first)
            try await api.deletePort(id)
            _ = try await api.makePort(network)
        }
    }

    @Test func `a batch counts as a whole`() async throws {
        try await withService(quotas: QuotaDefaults(network: 2)) { api in
            let refused = try await refusal(.member) {
                try await api.networks.batchCreateNetworks(.with { $0.networks = [.init(), .init(), .init()] })
            }
            #expect(refused?.reason == .overQuota)
            #expect(try await limits(api)["network"] == [2, 0])
        }
    }

    @Test func `a network that goes takes its subnets out of the count`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/24")
            let before = try await limits(api)
            #expect(before["network"] == [100, 1] && before["subnet"] == [100, 1])
            _ = try await `as`(.member) { try await api.networks.deleteNetwork(.with { $0.id = network.id }) }
            let after = try await limits(api)
            #expect(after["network"] == [100, 0] && after["subnet"] == [100, 0])
        }
    }

    @Test func `limits are set by administrators, not below use unless forced, and taken back`() async throws {
        try await withService { api in
            for _ in 0..<2 { _ = try await api.makeNetwork() }
            #expect(try await refusal(.member) { try await set(api, "network", 9, .member) }?.reason == .notAuthorized)
            #expect(try await refusal(.admin) { try await set(api, "network", 1) }?.reason == .badRequest)
            #expect(try await refusal(.admin) { try await set(api, "network", -2) }?.reason == .invalidInput)
            #expect(try await refusal(.admin) { try await set(api, "kettle", 1) }?.reason == .invalidInput)
            try await set(api, "network", 1, force: true)
            #expect(try await limits(api)["network"] == [1, 2])
            #expect(try await refusal(.member) { try await api.makeNetwork() }?.reason == .overQuota)
            try await set(api, "network", -1)
            _ = try await api.makeNetwork()
            let listed = try await `as`(.admin) { try await api.quotas.listQuotas(.with { _ in }) }
            #expect(listed.quotas.map(\.projectID) == ["blue"])
            for reason in [nil, ErrorReason.quotaNotFound] {
                let refused = try await refusal(.admin) {
                    try await api.quotas.resetQuota(.with { $0.projectID = "blue" })
                }
                #expect(refused?.reason == reason)
            }
            #expect(try await limits(api)["network"] == [100, 3])
            #expect(try await refusal(.other) { try await limits(api, .other) }?.reason == .notAuthorized)
        }
    }

    @Test func `ports of the infrastructure count for nobody`() async throws {
        try await withService(quotas: QuotaDefaults(port: 0)) { api in
            let network = try await api.makeNetwork(.admin) { $0.routerExternal = true }
            _ = try await api.makeSubnet(network, "192.0.2.0/24", .admin)
            _ = try await api.reserve(.floatingIP(), on: network, as: "network:floatingip")
        }
    }
}
