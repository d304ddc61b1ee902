import Contracts
import GRPCCore
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct SubnetsEndpointTests {
    private func update(
        _ api: API,
        _ subnet: Wire.Subnet,
        _ paths: [String],
        _ caller: RequestContext = .member,
        _ adjust: (inout Wire.Subnet) -> Void
    ) async throws -> Wire.Subnet {
        var wanted = Wire.Subnet()
        wanted.id = subnet.id
        adjust(&wanted)
        let changed = wanted
        return try await `as`(caller) {
            try await api.subnets.updateSubnet(
                .with {
                    $0.subnet = changed
                    $0.updateMask.paths = paths
                }
            )
        }
    }

    private func delete(_ api: API, _ subnet: Wire.Subnet) async throws {
        _ = try await `as`(.member) { try await api.subnets.deleteSubnet(.with { $0.id = subnet.id }) }
    }

    @Test func `a subnet says what it was made with, and its network counts one more revision`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "10.0.0.77/24") {
                $0.dnsNameservers = ["10.9.9.9", "2001:db8::9"]
                $0.hostRoutes = [
                    .with {
                        $0.destination = "10.1.0.0/16"
                        $0.nexthop = "10.0.0.4"
                    }
                ]
                $0.tags = ["t"]
            }
            #expect(subnet.cidr == "10.0.0.0/24" && subnet.gatewayIp == "10.0.0.1" && subnet.enableDhcp)
            #expect(subnet.allocationPools.map { [$0.start, $0.end] } == [["10.0.0.2", "10.0.0.254"]])
            let found = try await `as`(.reader) { try await api.subnets.getSubnet(.with { $0.id = subnet.id }) }
            #expect(found == subnet)
            let after = try await `as`(.member) { try await api.networks.getNetwork(.with { $0.id = network.id }) }
            #expect(after.subnets == [subnet.id])
            #expect(after.revisionNumber == network.revisionNumber + 1)
        }
    }

    @Test func `blocks of a network do not overlap, also when they come at the same time`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let outcomes = await outcomes(of: 8) { number in
                try await api.makeSubnet(network, "10.0.0.0/\(20 + number)").id
            }
            #expect(outcomes.compactMap { try? $0.get() }.count == 1)
            #expect(outcomes.compactMap(\.reason) == Array(repeating: .invalidInput, count: 7))
            _ = try await api.makeSubnet(network, "10.1.0.0/24")
            _ = try await api.makeSubnet(api.makeNetwork(), "10.0.0.0/24")
        }
    }

    @Test func `who may make and see subnets`() async throws {
        try await withService { api in
            let own = try await api.makeNetwork()
            let shared = try await api.makeNetwork(.admin) { $0.shared = true }
            let subnet = try await api.makeSubnet(own, "10.0.0.0/24")
            let open = try await api.makeSubnet(shared, "10.0.0.0/24", .admin)
            func making(_ caller: RequestContext, _ network: Wire.Network) async throws -> ErrorReason? {
                try await refusal(caller) { try await api.makeSubnet(network, "10.5.0.0/24", caller) }?.reason
            }
            #expect(try await making(.other, own) == .networkNotFound)
            #expect(try await making(.other, shared) == .notAuthorized)
            #expect(try await making(.reader, own) == .notAuthorized)
            func seeing(_ caller: RequestContext, _ subnet: Wire.Subnet) async throws -> ErrorReason? {
                try await refusal(caller) { try await api.subnets.getSubnet(.with { $0.id = subnet.id }) }?.reason
            }
            #expect(try await seeing(.other, subnet) == .subnetNotFound)
            #expect(try await seeing(.other, open) == nil)
            let listed = try await `as`(.other) { try await api.subnets.listSubnets(.with { _ in }) }
            #expect(listed.subnets.map(\.id) == [open.id])
            let filtered = try await `as`(.member) {
                try await api.subnets.listSubnets(
                    .with {
                        $0.query.filters = [
                            .with {
                                $0.field = "cidr"
                                $0.values = ["10.0.0.0/24"]
                            },
                            .with {
                                $0.field = "network_id"
                                $0.values = [own.id]
                            },
                        ]
                    }
                )
            }
            #expect(filtered.subnets.map(\.id) == [subnet.id])
        }
    }

    @Test func `a gateway that a router's port has does not change`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "10.0.0.0/24") {
                $0.allocationPools = [
                    .with {
                        $0.start = "10.0.0.10"
                        $0.end = "10.0.0.20"
                    }
                ]
            }
            _ = try await `as`(.program) {
                try await api.reservations.reservePort(
                    .with {
                        $0.holder = .router()
                        $0.portID = PortID.random().description
                        $0.networkID = network.id
                        $0.projectID = "blue"
                        $0.deviceOwner = "network:router_interface"
                        $0.fixedIps = [.at("10.0.0.1", of: subnet)]
                    }
                )
            }
            let refused = try await refusal(.member) {
                try await update(api, subnet, ["gateway_ip"]) { $0.gatewayIp = "10.0.0.2" }
            }
            #expect(refused?.reason == .gatewayIPInUse)
            let same = try await update(api, subnet, ["gateway_ip", "name"]) {
                $0.gatewayIp = "10.0.0.1"
                $0.name = "s"
            }
            #expect(same.name == "s")
        }
    }

    @Test func `a gateway can be taken away`() async throws {
        try await withService { api in
            let subnet = try await api.makeSubnet(api.makeNetwork(), "10.0.0.0/24")
            #expect(try await update(api, subnet, ["gateway_ip"]) { $0.gatewayIp = "" }.gatewayIp == "")
        }
    }

    @Test func `a subnet whose addresses are in use stays`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "10.0.0.0/24")
            let port = try await api.makePort(network)
            #expect(try await refusal(.member) { try await delete(api, subnet) }?.reason == .subnetInUse)
            try await api.deletePort(port.id)
            try await delete(api, subnet)
            #expect(try await refusal(.member) { try await delete(api, subnet) }?.reason == .subnetNotFound)
        }
    }

    @Test func `addresses that hosts make by themselves come and go with the subnet`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/24")
            let port = try await api.makePort(network) { $0.macAddress = "fa:16:3e:00:00:01" }
            let subnet = try await api.makeSubnet(network, "2001:db8::/64") {
                $0.ipv6RaMode = "slaac"
                $0.ipv6AddressMode = "slaac"
            }
            let dual = try await api.port(port.id)
            #expect(dual.fixedIps.map(\.ipAddress) == ["10.0.0.2", "2001:db8::f816:3eff:fe00:1"])
            #expect(dual.revisionNumber == port.revisionNumber + 1)
            try await delete(api, subnet)
            #expect(try await api.port(port.id).fixedIps.map(\.ipAddress) == ["10.0.0.2"])
        }
    }

    @Test func `a batch of subnets is made whole or not at all`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            func batch(_ cidrs: [String]) async throws -> [String] {
                try await `as`(.member) {
                    try await api.subnets.batchCreateSubnets(
                        .with {
                            $0.subnets = cidrs.map { cidr in
                                .with {
                                    $0.networkID = network.id
                                    $0.ipVersion = 4
                                    $0.cidr = cidr
                                }
                            }
                        }
                    ).subnets.map(\.cidr)
                }
            }
            let refused = try await refusal(.member) { try await batch(["10.0.0.0/24", "10.0.0.0/25"]) }
            #expect(refused?.reason == .invalidInput)
            #expect(try await batch(["10.0.0.0/24", "10.0.1.0/24"]) == ["10.0.0.0/24", "10.0.1.0/24"])
        }
    }
}
