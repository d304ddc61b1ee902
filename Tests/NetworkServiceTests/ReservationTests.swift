import Contracts
import GRPCCore
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

@Suite(.tags(.postgres), .needsPostgres) struct ReservationTests {
    private func external(_ api: API, _ cidr: String = "192.0.2.0/24") async throws -> (Wire.Network, Wire.Subnet) {
        let network = try await api.makeNetwork(.admin) { $0.routerExternal = true }
        return (network, try await api.makeSubnet(network, cidr, .admin))
    }

    @Test func `a reserved port is made once, hidden from tenants, and cannot be deleted by hand`() async throws {
        try await withService { api in
            let (network, subnet) = try await external(api)
            let (holder, id) = (Wire.Holder.floatingIP(), PortID.random().description)
            let port = try await api.reserve(holder, id, on: network, as: "network:floatingip") { $0.ipv4Only = true }
            #expect(port.id == id && port.projectID == "" && port.deviceID == holder.id)
            #expect(port.status == "N/A" && !port.portSecurityEnabled)
            #expect(port.fixedIps == [.at("192.0.2.2", of: subnet)])
            let again = try await api.reserve(holder, id, on: network, as: "network:floatingip") { $0.ipv4Only = true }
            #expect(again == port)
            let stolen = try await refusal(.program) {
                try await api.reserve(.floatingIP(), id, on: network, as: "network:floatingip")
            }
            #expect(stolen?.reason == .conflict)
            #expect(try await api.listPorts(.member) == [])
            #expect(try await refusal(.member) { try await api.port(id, .member) }?.reason == .portNotFound)
            #expect(try await refusal(.admin) { try await api.deletePort(id, .admin) }?.reason == .servicePortInUse)
            let stranger = Wire.Holder.floatingIP()
            try await api.release(stranger, id)
            #expect(try await api.listPorts(.admin).count == 1)
            try await api.release(holder, id)
            try await api.release(holder, id)
            #expect(try await api.listPorts(.admin) == [])
        }
    }

    @Test func `only programs and administrators reserve`() async throws {
        try await withService { api in
            let (network, _) = try await external(api)
            for caller in [RequestContext.member, .reader, .other] {
                let refused = try await refusal(caller) {
                    try await api.reservations.reservePort(.with { $0.networkID = network.id })
                }
                #expect(refused?.reason == .notAuthorized)
            }
        }
    }

    @Test func `gateways get an address of a family that their network gains, once`() async throws {
        try await withService { api in
            let (network, _) = try await external(api)
            let gateways = [
                try await api.reserve(.router(), on: network, as: "network:router_gateway"),
                try await api.reserve(.router(), on: network, as: "network:router_gateway") {
                    $0.fixedIps = [.at("192.0.2.9")]
                },
            ]
            let floating = try await api.reserve(.floatingIP(), on: network, as: "network:floatingip")
            _ = try await api.makeSubnet(network, "198.51.100.0/24", .admin)
            _ = try await api.makeSubnet(network, "2001:db8:9::/64", .admin) {
                $0.serviceTypes = ["network:floatingip"]
            }
            _ = try await api.makeSubnet(network, "2001:db8::/64", .admin)
            _ = try await api.makeSubnet(network, "2001:db8:1::/64", .admin)
            var gained: Set<String> = []
            for (gateway, kept) in zip(gateways, ["192.0.2.2", "192.0.2.9"]) {
                let now = try await `as`(.program) { try await api.ports.getPort(.with { $0.id = gateway.id }) }
                #expect(now.fixedIps.first?.ipAddress == kept && now.fixedIps.count == 2)
                #expect(now.revisionNumber == gateway.revisionNumber + 1)
                gained.formUnion(now.fixedIps.dropFirst().map(\.ipAddress))
            }
            #expect(gained == ["2001:db8::1", "2001:db8::2"])
            let same = try await `as`(.program) { try await api.ports.getPort(.with { $0.id = floating.id }) }
            #expect(same == floating)
        }
    }

    @Test func `a gateway has an address of each family, a floating IP one of IPv4`() async throws {
        try await withService { api in
            let (network, _) = try await external(api)
            _ = try await api.makeSubnet(network, "2001:db8::/64", .admin)
            let gateway = try await api.reserve(.router(), on: network, as: "network:router_gateway")
            #expect(gateway.fixedIps.map(\.ipAddress) == ["192.0.2.2", "2001:db8::1"])
            let floating = try await api.reserve(.floatingIP(), on: network, as: "network:floatingip") {
                $0.ipv4Only = true
            }
            #expect(floating.fixedIps.map(\.ipAddress) == ["192.0.2.3"])
            let chosen = try await api.reserve(.floatingIP(), on: network, as: "network:floatingip") {
                $0.fixedIps = [.at("192.0.2.77")]
            }
            #expect(chosen.fixedIps.map(\.ipAddress) == ["192.0.2.77"])
            let internalNetwork = try await api.makeNetwork()
            let refused = try await refusal(.program) {
                try await api.reserve(.router(), on: internalNetwork, as: "network:router_gateway")
            }
            #expect(refused?.reason == .badRequest)
        }
    }

    @Test func `a network without subnets gives a gateway without addresses`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork(.admin) { $0.routerExternal = true }
            #expect(try await api.reserve(.router(), on: network, as: "network:router_gateway").fixedIps == [])
        }
    }

    @Test func `holders who race for one address leave one winner`() async throws {
        try await withService { api in
            let (network, _) = try await external(api)
            let outcomes = await outcomes(of: 10) { _ in
                try await api.reserve(.floatingIP(), on: network, as: "network:floatingip") {
                    $0.fixedIps = [.at("192.0.2.9")]
                }.id
            }
            #expect(outcomes.compactMap { try? $0.get() }.count == 1)
            #expect(outcomes.compactMap(\.reason) == Array(repeating: .ipAddressAlreadyAllocated, count: 9))
        }
    }

    @Test func `one request that arrives many times makes one port`() async throws {
        try await withService { api in
            let (network, _) = try await external(api)
            let (holder, id) = (Wire.Holder.floatingIP(), PortID.random().description)
            let outcomes = await outcomes(of: 8) { _ in
                try await api.reserve(holder, id, on: network, as: "network:floatingip").fixedIps[0].ipAddress
            }
            #expect(Set(outcomes.compactMap { try? $0.get() }) == ["192.0.2.2"])
            #expect(outcomes.compactMap { try? $0.get() }.count == 8)
        }
    }

    @Test func `a router takes a tenant's port over and gives it back as it was`() async throws {
        try await withService { api in
            let network = try await api.makeNetwork()
            _ = try await api.makeSubnet(network, "10.0.0.0/24")
            let port = try await api.makePort(network) { $0.deviceOwner = "compute:later" }
            let router = Wire.Holder.router()
            let claimed = try await api.claim(port.id, router)
            #expect(claimed.deviceID == router.id && claimed.deviceOwner == "network:router_interface")
            #expect(claimed.revisionNumber == port.revisionNumber + 1)
            #expect(try await api.claim(port.id, router) == claimed)
            #expect(try await refusal(.program) { try await api.claim(port.id, .router()) }?.reason == .portInUse)
            #expect(try await refusal(.member) { try await api.deletePort(port.id) }?.reason == .servicePortInUse)
            let clearing = try await refusal(.member) { try await api.updatePort(port, ["device_id"]) { _ in } }
            #expect(clearing?.reason == .conflict)
            let moving = try await refusal(.member) {
                try await api.updatePort(port, ["fixed_ips"]) { $0.fixedIps = [.at("10.0.0.9")] }
            }
            #expect(moving?.reason == .badRequest)
            try await api.unclaim(port.id, .router())
            #expect(try await api.port(port.id) == claimed)
            try await api.unclaim(port.id, router)
            try await api.unclaim(port.id, router)
            let back = try await api.port(port.id)
            #expect(back.deviceID == "" && back.deviceOwner == "compute:later")
            let used = try await api.makePort(network) { $0.deviceID = "server" }
            #expect(try await refusal(.program) { try await api.claim(used.id, router) }?.reason == .portInUse)
        }
    }

    @Test func `a holder changes addresses, node and status of its port, and nobody else does`() async throws {
        try await withService { api in
            let (network, subnet) = try await external(api)
            let router = Wire.Holder.router()
            let port = try await api.reserve(router, on: network, as: "network:router_gateway")
            func update(
                _ holder: Wire.Holder,
                _ adjust: (inout L3_Network_V1_UpdateReservedPortRequest) -> Void
            ) async throws -> Wire.Port {
                var request = L3_Network_V1_UpdateReservedPortRequest()
                request.holder = holder
                request.portID = port.id
                adjust(&request)
                let wanted = request
                return try await `as`(.program) { try await api.reservations.updateReservedPort(wanted) }
            }
            let active = try await update(router) {
                $0.status = "ACTIVE"
                $0.setBindingHostID = true
                $0.bindingHostID = "node-1"
            }
            #expect(active.status == "ACTIVE" && active.bindingHostID == "node-1" && active.bindingVifType == "bridge")
            #expect(try await update(router) { $0.status = "ACTIVE" }.revisionNumber == active.revisionNumber)
            let moved = try await update(router) {
                $0.setFixedIps = true
                $0.fixedIps = [.at("192.0.2.88"), .at("192.0.2.2", of: subnet)]
            }
            #expect(moved.fixedIps.map(\.ipAddress) == ["192.0.2.88", "192.0.2.2"])
            let stranger = try await refusal(.program) { try await update(.router()) { $0.status = "DOWN" } }
            #expect(stranger?.reason == .portNotFound)
        }
    }
}

extension API {
    func reserve(
        _ holder: Wire.Holder,
        _ id: String = PortID.random().description,
        on network: Wire.Network,
        as owner: String,
        _ adjust: (inout L3_Network_V1_ReservePortRequest) -> Void = { _ in }
    ) async throws -> Wire.Port {
        var request = L3_Network_V1_ReservePortRequest()
        request.holder = holder
        request.portID = id
        request.networkID = network.id
        request.deviceOwner = owner
        adjust(&request)
        let wanted = request
        return try await `as`(.program) { try await reservations.reservePort(wanted) }
    }

    func claim(_ id: String, _ holder: Wire.Holder) async throws -> Wire.Port {
        try await `as`(.program) {
            try await reservations.claimPort(
                .with {
                    $0.holder = holder
                    $0.portID = id
                    $0.deviceOwner = "network:router_interface"
                }
            )
        }
    }

    func unclaim(_ id: String, _ holder: Wire.Holder) async throws {
        _ = try await `as`(.program) {
            try await reservations.unclaimPort(
                .with {
                    $0.holder = holder
                    $0.portID = id
                }
            )
        }
    }

    func release(_ holder: Wire.Holder, _ id: String) async throws {
        _ = try await `as`(.program) {
            try await reservations.releasePort(
                .with {
                    $0.holder = holder
                    $0.portID = id
                }
            )
        }
    }

    func refer(_ holder: Wire.Holder, to id: String, _ address: String) async throws -> Wire.Port {
        try await `as`(.program) {
            try await reservations.addPortReference(
                .with {
                    $0.holder = holder
                    $0.portID = id
                    $0.ipAddress = address
                }
            ).port
        }
    }

    func references() async throws -> Int {
        try await database.query("SELECT 1 FROM port_references").count
    }
}
