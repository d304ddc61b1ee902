import Addressing
import ChangeFeed
import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct AllocationTests {
    @Test func `a pool gives each address once to many takers, and then says that it is empty`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/28")
            let outcomes = await outcomes(of: 24) { _ in try await api.makePort(network).fixedIps[0].ipAddress }
            let addresses = outcomes.compactMap { try? $0.get() }
            // Of 16 addresses network, gateway and broadcast are not for ports.
            #expect(addresses.count == 13)
            #expect(Set(addresses).count == 13)
            #expect(outcomes.compactMap(\.reason) == Array(repeating: .ipAddressGenerationFailure, count: 11))
        }
    }

    @Test func `one of many who want the same address gets it`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/24")
            let outcomes = await outcomes(of: 12) { _ in
                try await api.makePort(network) { $0.fixedIps = [.at("10.0.0.9")] }.id
            }
            #expect(outcomes.compactMap { try? $0.get() }.count == 1)
            #expect(outcomes.compactMap(\.reason) == Array(repeating: .ipAddressAlreadyAllocated, count: 11))
            #expect(try await api.listPorts().count == 1)
        }
    }

    @Test func `takers by name and takers of any address never share one`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/27")
            let outcomes = await outcomes(of: 29 + 10) { number in
                try await api.makePort(network) {
                    if number % 3 == 0 { $0.fixedIps = [.at("10.0.0.\(2 + number % 29)")] }
                }.fixedIps[0].ipAddress
            }
            let addresses = outcomes.compactMap { try? $0.get() }
            #expect(Set(addresses).count == addresses.count)
            // Whatever was lost to a race by name is still there to be had.
            for _ in addresses.count..<29 { _ = try await api.makePort(network) }
            let refusal = try await refusal(.member) { try await api.makePort(network) }
            #expect(refusal?.reason == .ipAddressGenerationFailure)
        }
    }

    @Test func `addresses that come and go at once are neither lost nor doubled`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/28")
            _ = await outcomes(of: 8) { _ in
                for _ in 0..<12 {
                    do {
                        let port = try await api.makePort(network)
                        try await api.deletePort(port.id)
                    } catch let error as any DomainError where error.reason == .ipAddressGenerationFailure {
                        continue
                    }
                }
                return ""
            }
            var addresses: Set<String> = []
            for _ in 0..<13 { addresses.insert(try await api.makePort(network).fixedIps[0].ipAddress) }
            #expect(addresses.count == 13)
            let refusal = try await refusal(.member) { try await api.makePort(network) }
            #expect(refusal?.reason == .ipAddressGenerationFailure)
        }
    }

    @Test func `an address that was let go is given again, after the others`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/29")
            let first = try await api.makePort(network)
            #expect(first.fixedIps[0].ipAddress == "10.0.0.2")
            try await api.deletePort(first.id)
            var addresses: [String] = []
            for _ in 0..<5 { addresses.append(try await api.makePort(network).fixedIps[0].ipAddress) }
            #expect(addresses == ["10.0.0.3", "10.0.0.4", "10.0.0.5", "10.0.0.6", "10.0.0.2"])
        }
    }

    @Test func `when the first subnet is full the next one gives`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/30")
            _ = try await api.makeSubnet(network, "10.0.1.0/30")
            #expect(try await api.makePort(network).fixedIps[0].ipAddress == "10.0.0.2")
            #expect(try await api.makePort(network).fixedIps[0].ipAddress == "10.0.1.2")
            let refusal = try await refusal(.member) { try await api.makePort(network) }
            #expect(refusal?.reason == .ipAddressGenerationFailure)
        }
    }

    @Test func `other pools take effect, and what is free in them is found`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "10.0.0.0/24")
            let kept = try await api.makePort(network) { $0.fixedIps = [.at("10.0.0.101")] }
            _ = try await `as`(.member) {
                try await api.subnets.updateSubnet(
                    .with {
                        $0.subnet.id = subnet.id
                        $0.subnet.allocationPools = [
                            .with {
                                $0.start = "10.0.0.100"
                                $0.end = "10.0.0.102"
                            }
                        ]
                        $0.updateMask.paths = ["allocation_pools"]
                    }
                )
            }
            #expect(try await api.makePort(network).fixedIps[0].ipAddress == "10.0.0.100")
            #expect(try await api.makePort(network).fixedIps[0].ipAddress == "10.0.0.102")
            let refusal = try await refusal(.member) { try await api.makePort(network) }
            #expect(refusal?.reason == .ipAddressGenerationFailure)
            try await api.deletePort(kept.id)
            #expect(try await api.makePort(network).fixedIps[0].ipAddress == "10.0.0.101")
        }
    }

    @Test func `a huge pool goes on where it was, however many addresses were given before`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "10.0.0.0/8")
            let holder = try await api.makePort(network)
            // As if a hundred thousand ports had been made before.
            try await api.database.execute(
                """
                INSERT INTO ip_allocations (network_id, ip_address, subnet_id, port_id, position)
                SELECT \(network.id)::uuid, '10.1.0.0'::inet + n, \(subnet.id)::uuid, \(holder.id)::uuid, 9
                FROM generate_series(0, 99999) n
                """
            )
            try await api.database.execute(
                "UPDATE allocation_pools SET next_address = '10.2.134.160' WHERE subnet_id = \(subnet.id)::uuid"
            )
            try await api.database.execute("DELETE FROM free_addresses WHERE subnet_id = \(subnet.id)::uuid")
            #expect(try await api.makePort(network).fixedIps[0].ipAddress == "10.2.134.160")
        }
    }

    @Test func `an IPv6 pool gives its first addresses, however large it is`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "2001:db8::/64")
            let addresses = await outcomes(of: 8) { _ in try await api.makePort(network).fixedIps[0].ipAddress }
                .compactMap { try? $0.get() }
            #expect(Set(addresses) == Set((1...8).map { "2001:db8::\($0)" }))
        }
    }

    @Test func `segmentation ids are given out once, also at the same time`() async throws {
        try await withService { api in
            let outcomes = await outcomes(of: 16) { _ in
                try await String(api.makeNetwork(.admin).providerSegmentationID)
            }
            #expect(Set(outcomes.compactMap { try? $0.get() }).count == 16)
        }
    }

    @Test func `when all but one segmentation id is taken that one is found, and then none`() async throws {
        try await withService { api in
            try await api.database.execute(
                """
                INSERT INTO networks (
                    id, project_id, name, description, tags, admin_state_up, shared, router_external, is_default, mtu,
                    provider_network_type, provider_physical_network, provider_segmentation_id,
                    port_security_enabled, availability_zone_hints, dns_domain, qos_policy_id)
                SELECT gen_random_uuid(), '', '', '', '{}', true, false, false, false, 1500, 'vlan', 'p', n, true, '{}',
                    '', '' FROM generate_series(1, 4094) n WHERE n <> 1234
                """
            )
            func vlan() async throws -> Wire.Network {
                try await api.makeNetwork(.admin) {
                    $0.providerNetworkType = "vlan"
                    $0.providerPhysicalNetwork = "p"
                }
            }
            #expect(try await vlan().providerSegmentationID == 1234)
            #expect(try await refusal(.admin) { try await vlan() }?.reason == .conflict)
        }
    }
}

/// Runs so many calls at the same time, and gives what came of each.
func outcomes(
    of count: Int,
    _ call: @escaping @Sendable (Int) async throws -> String
) async -> [Result<String, any Error>] {
    await withTaskGroup { group in
        for number in 0..<count {
            group.addTask {
                do { return Result<String, any Error>.success(try await call(number)) } catch { return .failure(error) }
            }
        }
        return await group.reduce(into: []) { $0.append($1) }
    }
}

extension Result where Failure == any Error {
    /// Why the call was refused; nil when it was not, or for another failure.
    var reason: ErrorReason? {
        guard case .failure(let error) = self else { return nil }
        return (error as? any DomainError)?.reason
    }
}
