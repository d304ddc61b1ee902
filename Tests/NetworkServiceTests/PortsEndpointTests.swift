import Contracts
import GRPCCore
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct PortsEndpointTests {
    @Test func `a port says what it was made with`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "10.0.0.0/24")
            let port = try await api.makePort(network) {
                $0.name = "p"
                $0.deviceID = "server-1"
                $0.deviceOwner = "compute:nova"
                $0.securityGroupsGiven = true
                $0.allowedAddressPairs = [.with { $0.ipAddress = "10.0.0.64/28" }]
                $0.extraDhcpOpts = [
                    .with {
                        $0.optName = "mtu, \"odd\""
                        $0.optValue = "{1400}"
                    }
                ]
                $0.dnsName = "Web"
            }
            #expect(port.macAddress.hasPrefix("fa:16:3e:"))
            #expect(port.fixedIps == [.at("10.0.0.2", of: subnet)])
            #expect(port.status == "DOWN" && port.adminStateUp && port.portSecurityEnabled)
            #expect(port.allowedAddressPairs.map(\.macAddress) == [port.macAddress])
            #expect(port.extraDhcpOpts.map(\.ipVersion) == [4])
            #expect(port.dnsAssignment.map(\.fqdn) == ["web.openstacklocal."])
            #expect(port.bindingVnicType == "normal" && port.bindingVifType == "unbound")
            #expect(port.ipAllocation == "immediate" && port.bindingProfile == "{}")
            #expect(try await api.port(port.id, .reader) == port)
        }
    }

    @Test func `addresses are chosen by subnet, by address, by both, or not at all`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let first = try await api.makeSubnet(network, "10.0.0.0/24")
            let second = try await api.makeSubnet(network, "10.0.1.0/24")
            func addresses(_ wanted: [Wire.FixedIP]) async throws -> [Wire.FixedIP] {
                try await api.makePort(network) {
                    $0.fixedIps = wanted
                    $0.fixedIpsGiven = true
                }.fixedIps
            }
            #expect(try await addresses([.any(of: second)]) == [.at("10.0.1.2", of: second)])
            #expect(try await addresses([.at("10.0.0.99")]) == [.at("10.0.0.99", of: first)])
            #expect(try await addresses([.at("10.0.1.98", of: second)]) == [.at("10.0.1.98", of: second)])
            #expect(
                try await addresses([.any(of: second), .any(of: first), .any(of: first)])
                    == [.at("10.0.1.3", of: second), .at("10.0.0.2", of: first), .at("10.0.0.3", of: first)]
            )
            #expect(try await addresses([]) == [])
            let none = try await refusal(.member) { try await addresses([.at("10.7.0.1")]) }
            #expect(none?.reason == .invalidIPForNetwork)
            let elsewhere = try await refusal(.member) { try await addresses([.at("10.0.1.9", of: first)]) }
            #expect(elsewhere?.reason == .invalidIPForSubnet)
            let nowhere = try await refusal(.member) {
                try await addresses([.with { $0.subnetID = SubnetID.random().description }])
            }
            #expect(nowhere?.reason == .subnetNotFound)
        }
    }

    @Test func `hardware addresses are unique in their network and drawn anew on request`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let port = try await api.makePort(network) { $0.macAddress = "fa:16:3e:00:00:01" }
            let double = try await refusal(.member) {
                try await api.makePort(network) { $0.macAddress = "FA-16-3E-00-00-01" }
            }
            #expect(double?.reason == .macAddressInUse)
            _ = try await api.makePort(api.makeNetwork()) { $0.macAddress = "fa:16:3e:00:00:01" }
            let other = try await api.makePort(network)
            let taken = try await refusal(.member) {
                try await api.updatePort(other, ["mac_address"]) { $0.macAddress = "fa:16:3e:00:00:01" }
            }
            #expect(taken?.reason == .macAddressInUse)
            let redrawn = try await api.updatePort(port, ["mac_address"]) { _ in }
            #expect(redrawn.macAddress != port.macAddress && redrawn.macAddress.hasPrefix("fa:16:3e:"))
        }
    }

    @Test func `who may attach to which network, and choose what there`() async throws {
        try await withService { api in
            let own = try await api.makeNetwork()
            let shared = try await api.makeNetwork(.admin) { $0.shared = true }
            let external = try await api.makeNetwork(.admin) { $0.routerExternal = true }
            for network in [shared, external] { _ = try await api.makeSubnet(network, "10.0.0.0/24", .admin) }
            func making(
                _ caller: RequestContext,
                _ network: Wire.Network,
                _ adjust: (inout Wire.Port) -> Void = { _ in }
            ) async throws -> ErrorReason? {
                try await refusal(caller) { try await api.makePort(network, caller, adjust) }?.reason
            }
            #expect(try await making(.other, own) == .networkNotFound)
            #expect(try await making(.reader, own) == .notAuthorized)
            #expect(try await making(.member, external) == .notAuthorized)
            #expect(try await making(.admin, external) == nil)
            #expect(try await making(.member, shared) == nil)
            #expect(try await making(.member, shared) { $0.fixedIps = [.at("10.0.0.9")] } == .notAuthorized)
            #expect(try await making(.member, shared) { $0.macAddress = "fa:16:3e:00:00:09" } == .notAuthorized)
            #expect(try await making(.member, shared) { $0.deviceOwner = "network:dhcp" } == .notAuthorized)
            #expect(try await making(.member, own) { $0.bindingHostID = "node-1" } == .notAuthorized)
            #expect(try await making(.admin, shared) { $0.fixedIps = [.at("10.0.0.9")] } == nil)
        }
    }

    @Test func `a port is seen by its project, by its network's owner and by administrators`() async throws {
        try await withService { api in
            let shared = try await api.makeNetwork(.admin) {
                $0.shared = true
                $0.projectID = "red"
            }
            let port = try await api.makePort(shared, .member)
            let stranger = RequestContext(projectID: "green", roles: [.member], requestID: "req-green")
            func seeing(_ caller: RequestContext) async throws -> ErrorReason? {
                try await refusal(caller) { try await api.port(port.id, caller) }?.reason
            }
            #expect(try await seeing(.member) == nil)
            #expect(try await seeing(.other) == nil)
            #expect(try await seeing(.admin) == nil)
            #expect(try await seeing(stranger) == .portNotFound)
            #expect(
                try await refusal(stranger) { try await api.deletePort(port.id, stranger) }?.reason == .portNotFound
            )
            let renaming = try await refusal(.other) {
                try await api.updatePort(port, ["name"], .other) { $0.name = "x" }
            }
            #expect(renaming?.reason == .notAuthorized)
            #expect(try await api.listPorts(stranger) == [])
            try await api.deletePort(port.id, .other)
        }
    }

    @Test func `an update moves a port to other addresses and keeps those that are still wanted`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let subnet = try await api.makeSubnet(network, "10.0.0.0/24")
            let port = try await api.makePort(network)
            let more = try await api.updatePort(port, ["fixed_ips"]) {
                $0.fixedIps = [.at("10.0.0.50"), .at("10.0.0.2", of: subnet)]
            }
            #expect(more.fixedIps.map(\.ipAddress) == ["10.0.0.50", "10.0.0.2"])
            #expect(more.revisionNumber == port.revisionNumber + 1)
            #expect(try await api.port(port.id) == more)
            let fewer = try await api.updatePort(port, ["fixed_ips"]) { $0.fixedIps = [.any(of: subnet)] }
            #expect(fewer.fixedIps.map(\.ipAddress) == ["10.0.0.50"])
            let none = try await api.updatePort(port, ["fixed_ips"]) { _ in }
            #expect(none.fixedIps == [] && none.ipAllocation == "none")
            // What it had is free again.
            let other = try await api.makePort(network) { $0.fixedIps = [.at("10.0.0.50")] }
            #expect(other.fixedIps == [.at("10.0.0.50", of: subnet)])
        }
    }

    @Test func `the filters of ports`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let first = try await api.makeSubnet(network, "10.0.0.0/24")
            let second = try await api.makeSubnet(network, "10.0.1.0/24")
            let groups = try await [api.makeSecurityGroup("g"), api.makeSecurityGroup("h")]
            _ = try await api.makePort(network) {
                $0.name = "a"
                $0.fixedIps = [.any(of: first)]
                $0.deviceID = "d"
                $0.securityGroups = groups
                $0.tags = ["x"]
            }
            _ = try await api.makePort(network, .admin) {
                $0.name = "b"
                $0.projectID = "blue"
                $0.fixedIps = [.at("10.0.1.77", of: second)]
                $0.bindingHostID = "node-1"
            }
            func names(_ filters: (String, [String])...) async throws -> [String] {
                try await api.listPorts(.admin, filters).map(\.name).sorted()
            }
            #expect(try await names(("fixed_ips.ip_address", ["10.0.0.2"])) == ["a"])
            #expect(try await names(("fixed_ips.subnet_id", [second.id])) == ["b"])
            #expect(try await names(("fixed_ips.ip_address_substr", [".1.7"])) == ["b"])
            #expect(try await names(("fixed_ips.ip_address", ["10.0.0.2", "10.0.1.77"])) == ["a", "b"])
            #expect(
                try await names(("fixed_ips.ip_address", ["10.0.0.2"]), ("fixed_ips.subnet_id", [second.id])) == []
            )
            #expect(try await names(("security_groups", [groups[1]])) == ["a"])
            #expect(try await names(("device_id", ["d"])) == ["a"])
            #expect(try await names(("binding_host_id", ["node-1"])) == ["b"])
            #expect(try await names(("network_id", [network.id]), ("status", ["DOWN"])) == ["a", "b"])
            #expect(try await names(("tags", ["x"])) == ["a"])
            let bad = try await refusal(.admin) { try await names(("fixed_ips.ip_address", ["ten"])) }
            #expect(bad?.reason == .invalidInput)
        }
    }

    @Test func `many ports are fetched at once, of those that can be seen`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            let ports = try await [api.makePort(network).id, api.makePort(network).id]
            let foreign = try await api.makePort(api.makeNetwork(.other), .other).id
            let found = try await `as`(.member) {
                try await api.ports.batchGetPorts(
                    .with { $0.ids = ports + [foreign, "nonsense", PortID.random().description] }
                )
            }
            #expect(Set(found.ports.map(\.id)) == Set(ports))
        }
    }

    @Test func `a batch of ports is made whole or not at all`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/24")
            func batch(_ addresses: [String]) async throws -> [Wire.Port] {
                try await `as`(.member) {
                    try await api.ports.batchCreatePorts(
                        .with {
                            $0.ports = addresses.map { address in
                                .with {
                                    $0.networkID = network.id
                                    $0.fixedIps = [.at(address)]
                                }
                            }
                        }
                    ).ports
                }
            }
            let refused = try await refusal(.member) { try await batch(["10.0.0.5", "10.0.0.6", "10.0.0.5"]) }
            #expect(refused?.reason == .ipAddressAlreadyAllocated)
            #expect(try await api.listPorts() == [])
            #expect(try await batch(["10.0.0.5", "10.0.0.6"]).count == 2)
        }
    }

    @Test func `port security off allows neither groups nor pairs`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork { $0.portSecurityEnabled = false }
            let port = try await api.makePort(network)
            #expect(!port.portSecurityEnabled)
            let groups = try await refusal(.member) {
                try await api.updatePort(port, ["security_groups"]) { $0.securityGroups = ["g"] }
            }
            #expect(groups?.reason == .portSecurityRequiredForSecurityGroups)
        }
    }

    @Test func `malformed values are the caller's fault`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            func reason(_ adjust: (inout Wire.Port) -> Void) async throws -> ErrorReason? {
                try await refusal(.admin) { try await api.makePort(network, .admin, adjust) }?.reason
            }
            #expect(try await reason { $0.macAddress = "zz" } == .invalidInput)
            #expect(try await reason { $0.macAddress = "00:00:00:00:00:00" } == .invalidInput)
            #expect(try await reason { $0.bindingProfile = "{" } == .invalidInput)
            #expect(try await reason { $0.name = "a\0b" } == .invalidInput)
            #expect(try await reason { $0.id = "five" } == .invalidInput)
            #expect(try await reason { $0.dnsName = "-x" } == .invalidInput)
            #expect(try await reason { $0.fixedIps = [.at("300.0.0.1")] } == .invalidInput)
        }
    }
}
