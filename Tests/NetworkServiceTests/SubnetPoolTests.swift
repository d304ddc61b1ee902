import Addressing
import Contracts
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite struct SubnetPoolRulesTests {
    private func blocks(_ texts: String) throws -> [CIDR] {
        try texts.split(separator: " ").map { try #require(CIDR($0)) }
    }

    private func pool(_ prefixes: String, standard: Int, quota: Int64? = nil) throws -> SubnetPool {
        var draft = SubnetPool.Draft()
        draft.prefixes = try blocks(prefixes)
        draft.standardLength = standard
        draft.quota = quota
        return try SubnetPool(draft, by: .member)
    }

    @Test(arguments: [
        ("10.0.0.0/25 10.0.0.128/25", "10.0.0.0/24"), ("10.0.1.0/24 10.0.2.0/24", "10.0.1.0/24 10.0.2.0/24"),
        ("10.0.0.0/8 10.5.0.0/16", "10.0.0.0/8"), ("10.0.3.0/24 10.0.0.0/24 10.0.2.0/24 10.0.1.0/24", "10.0.0.0/22"),
        ("0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0"), ("10.0.0.7/32 10.0.0.6/32", "10.0.0.6/31"),
        ("2001:db8:1::/48 2001:db8::/48", "2001:db8::/47"), ("", ""),
    ]) func `prefixes are merged into as few as can be`(given: String, merged: String) throws {
        #expect(try blocks(given).merged == blocks(merged))
    }

    @Test(arguments: [
        ("10.0.0.0/24", "10.0.0.0/25", "10.0.0.128/25"), ("10.0.0.0/24", "10.0.0.64/26", "10.0.0.0/26 10.0.0.128/25"),
        (
            "10.0.0.0/24", "10.0.0.5/32",
            "10.0.0.0/30 10.0.0.4/32 10.0.0.6/31 10.0.0.8/29 10.0.0.16/28 10.0.0.32/27 10.0.0.64/26 10.0.0.128/25"
        ),
        ("10.0.0.0/24", "10.0.1.0/24", "10.0.0.0/24"), ("10.0.0.0/24", "10.0.0.0/16", ""),
        ("::/0", "8000::/1", "::/1"),
    ]) func `what is left of prefixes without others`(given: String, without: String, left: String) throws {
        #expect(try blocks(given).subtracting(blocks(without)) == blocks(left))
    }

    @Test(arguments: [
        ("10.0.0.0/22", "", 24, "10.0.0.0/24"), ("10.0.0.0/22", "10.0.0.0/24", 24, "10.0.1.0/24"),
        ("10.0.0.0/22", "10.0.0.0/26 10.0.0.128/26", 26, "10.0.0.64/26"),
        ("10.0.0.0/22", "10.0.0.0/28 10.0.1.16/28", 24, "10.0.2.0/24"),
        ("10.0.0.0/24 10.0.8.0/24", "10.0.0.0/25", 24, "10.0.8.0/24"),
        ("10.0.0.0/25 10.0.8.0/24", "", 24, "10.0.8.0/24"),
        ("255.255.255.0/24", "255.255.255.0/25", 25, "255.255.255.128/25"),
        ("255.255.255.0/24", "255.255.255.128/25", 25, "255.255.255.0/25"),
        ("2001:db8::/62", "2001:db8::/64 2001:db8:0:1::/64", 64, "2001:db8:0:2::/64"),
    ]) func `the first free block`(prefixes: String, taken: String, length: Int, found: String) throws {
        let pool = try pool(prefixes, standard: length < 64 ? 8 : 64)
        let block = try pool.block(for: BlockWish(length: length), taken: blocks(taken), used: 0)
        #expect(block.description == found)
    }

    @Test func `a pool that is full says so, also at the end of all addresses`() throws {
        let pool = try pool("255.255.255.0/24", standard: 25)
        #expect(throws: NetworkError.self) {
            try pool.block(for: BlockWish(), taken: blocks("255.255.255.0/25 255.255.255.128/25"), used: 0)
        }
    }

    @Test func `a quota counts addresses in IPv4 and blocks of hosts in IPv6`() throws {
        let four = try pool("10.0.0.0/16", standard: 24, quota: 512)
        #expect(throws: Never.self) { try four.block(for: BlockWish(), taken: [], used: 256) }
        #expect(throws: NetworkError.subnetPoolQuotaExceeded(four.id)) {
            try four.block(for: BlockWish(), taken: [], used: 257)
        }
        #expect(SubnetPool.units(ofLength: 48, .v6) == 65536 && SubnetPool.units(ofLength: 96, .v6) == 1)
        #expect(SubnetPool.units(ofLength: 0, .v6) == .max)
    }
}

@Suite(.tags(.postgres), .needsPostgres) struct SubnetPoolTests {
    private func makePool(_ api: API, _ prefix: String, scope: String = "") async throws -> Wire.SubnetPool {
        try await `as`(.member) {
            try await api.subnetPools.createSubnetPool(
                .with {
                    $0.subnetpool.name = "p"
                    $0.subnetpool.prefixes = [prefix]
                    $0.subnetpool.defaultPrefixlen = 24
                    $0.subnetpool.addressScopeID = scope
                }
            )
        }
    }

    @Test func `clients that race for a pool get blocks that do not overlap, and no more than there are`() async throws
    {
        try await withService { api in
            let pool = try await makePool(api, "10.0.0.0/21")
            let outcomes = await outcomes(of: 12) { _ in
                let network = try await api.makeNetwork()
                return try await api.makeSubnet(network, "") {
                    $0.ipVersion = 4
                    $0.subnetpoolID = pool.id
                }.cidr
            }
            let found = outcomes.compactMap { try? $0.get() }
            #expect(Set(found).count == 8 && found.count == 8)
            #expect(outcomes.compactMap(\.reason) == Array(repeating: .subnetAllocationFailure, count: 4))
        }
    }

    @Test func `of pools that race into a scope with the same prefix one gets in`() async throws {
        try await withService { api in
            let scope = try await `as`(.member) {
                try await api.addressScopes.createAddressScope(.with { $0.addressScope.ipVersion = 4 })
            }
            let outcomes = await outcomes(of: 6) { _ in try await makePool(api, "10.0.0.0/16", scope: scope.id).id }
            #expect(outcomes.compactMap { try? $0.get() }.count == 1)
            #expect(outcomes.compactMap(\.reason) == Array(repeating: .addressScopePrefixConflict, count: 5))
        }
    }

    @Test func `a pool that goes while subnets take of it leaves none of it`() async throws {
        try await withService { api in
            for _ in 0..<4 {
                let pool = try await makePool(api, "10.0.0.0/16")
                let networks = try await [api.makeNetwork(), api.makeNetwork(), api.makeNetwork()]
                let outcomes = await outcomes(of: 4) { number in
                    guard number < networks.count else {
                        _ = try await `as`(.member) {
                            try await api.subnetPools.deleteSubnetPool(.with { $0.id = pool.id })
                        }
                        return "gone"
                    }
                    return try await api.makeSubnet(networks[number], "") {
                        $0.ipVersion = 4
                        $0.subnetpoolID = pool.id
                    }.id
                }
                let isGone = outcomes.contains { (try? $0.get()) == "gone" }
                #expect(outcomes.compactMap { try? $0.get() }.count == (isGone ? 1 : 3))
                #expect(Set(outcomes.compactMap(\.reason)).isSubset(of: [.subnetPoolInUse, .subnetPoolNotFound]))
            }
        }
    }

    @Test func `a create that is repeated takes one block`() async throws {
        try await withService { api in
            let pool = try await makePool(api, "10.0.0.0/16")
            let network = try await api.makeNetwork()
            let id = SubnetID.random().description
            var made: Set<String> = []
            for _ in 0..<2 {
                made.insert(
                    try await api.makeSubnet(network, "") {
                        $0.id = id
                        $0.ipVersion = 4
                        $0.subnetpoolID = pool.id
                    }.cidr
                )
            }
            #expect(made == ["10.0.0.0/24"])
        }
    }
}
