import Contracts
import Postgres
import PostgresTestSupport
import ResourceModel
import ServiceRuntime
import SwiftProtobuf
import Testing

@testable import NetworkService

/// An address held together with what it leads to.
@Suite(.tags(.postgres), .needsPostgres) struct HoldTests {
    /// An external network, and a server's port on a tenant's.
    private struct Scene {
        let external: Wire.Network
        let port: Wire.Port
        var address: String { port.fixedIps[0].ipAddress }
    }

    private func scene(_ api: API, _ cidr: String = "192.0.2.0/24") async throws -> Scene {
        let external = try await api.makeNetwork(.admin) { $0.routerExternal = true }
        _ = try await api.makeSubnet(external, cidr, .admin)
        let inner = try await api.makeNetwork()
        _ = try await api.makeSubnet(inner, "10.0.0.0/24")
        return Scene(external: external, port: try await api.makePort(inner))
    }

    private func references(_ api: API) async throws -> Int {
        try await api.database.query("SELECT count(*) FROM port_references")[0].column(0)
    }

    private func heldPorts(_ api: API) async throws -> [Wire.Port] {
        try await api.listPorts(.admin, [("device_owner", ["network:floatingip"])])
    }

    @Test func `the address and the reference are held at once, as often as it is asked`() async throws {
        try await withService { api in
            let scene = try await scene(api)
            let (holder, id) = (Wire.Holder.floatingIP(), PortID.random().description)
            for _ in 0..<2 {
                let held = try await api.hold(holder, id, on: scene.external, leaningOn: (scene.port.id, scene.address))
                #expect(held.reserved.id == id && held.reserved.fixedIps.map(\.ipAddress) == ["192.0.2.2"])
                #expect(held.reserved.deviceID == holder.id && held.reserved.status == "N/A")
                #expect(held.referenced == scene.port)
                #expect(try await references(api) == 1)
            }
            #expect(try await heldPorts(api).count == 1)
        }
    }

    @Test func `nothing is held when the port does not have the address`() async throws {
        try await withService { api in
            let scene = try await scene(api)
            for (port, address, reason) in [
                (scene.port.id, "10.0.0.99", ErrorReason.badRequest),
                (PortID.random().description, "10.0.0.2", .portNotFound),
            ] {
                let refused = try await refusal(.program) {
                    try await api.hold(.floatingIP(), on: scene.external, leaningOn: (port, address))
                }
                #expect(refused?.reason == reason)
            }
            #expect(try await heldPorts(api) == [])
            #expect(try await references(api) == 0)
        }
    }

    @Test func `only programs and administrators hold and drop`() async throws {
        try await withService { api in
            let held = try await refusal(.member) { try await api.reservations.holdAddress(.init()) }
            #expect(held?.reason == .notAuthorized)
            let dropped = try await refusal(.member) { try await api.reservations.dropHolds(.init()) }
            #expect(dropped?.reason == .notAuthorized)
        }
    }

    @Test func `what is dropped can be held by others, and dropping it again does nothing`() async throws {
        try await withService { api in
            // Two addresses, of which the subnet's gateway has one.
            let scene = try await scene(api, "192.0.2.0/30")
            let (holder, id) = (Wire.Holder.floatingIP(), PortID.random().description)
            try await api.hold(holder, id, on: scene.external, leaningOn: (scene.port.id, scene.address))
            let full = try await refusal(.program) { try await api.hold(.floatingIP(), on: scene.external) }
            #expect(full?.reason == .ipAddressGenerationFailure)
            try await api.drop(.floatingIP(), references: [scene.port.id], releasing: id)
            #expect(try await references(api) == 1)
            #expect(try await heldPorts(api).count == 1)
            for _ in 0..<2 { try await api.drop(holder, references: [scene.port.id], releasing: id) }
            #expect(try await references(api) == 0)
            #expect(try await heldPorts(api) == [])
            let next = try await api.hold(.floatingIP(), on: scene.external)
            #expect(next.reserved.fixedIps.map(\.ipAddress) == ["192.0.2.2"])
        }
    }

    @Test func `a reference is dropped without a port to delete`() async throws {
        try await withService { api in
            let scene = try await scene(api)
            let (holder, id) = (Wire.Holder.floatingIP(), PortID.random().description)
            try await api.hold(holder, id, on: scene.external, leaningOn: (scene.port.id, scene.address))
            try await api.drop(holder, references: [scene.port.id], releasing: "")
            #expect(try await references(api) == 0)
            #expect(try await heldPorts(api).map(\.id) == [id])
        }
    }

    @Test func `racing holds get an address each until there is none`() async throws {
        try await withService { api in
            // .2 to .30
            let scene = try await scene(api, "192.0.2.0/27")
            let addresses = try await withThrowingTaskGroup(of: String?.self) { group in
                for _ in 0..<40 {
                    group.addTask {
                        do {
                            return try await api.hold(.floatingIP(), on: scene.external).reserved.fixedIps[0].ipAddress
                        } catch let error as RemoteError where error.reason == .ipAddressGenerationFailure {
                            return nil
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }.compactMap { $0 }
            #expect(addresses.count == 29)
            #expect(Set(addresses).count == 29)
        }
    }

    @Test func `the facts are what the caller sees`() async throws {
        try await withService { api in
            let scene = try await scene(api)
            func facts(_ caller: RequestContext, network: String) async throws -> L3_Network_V1_GetHoldFactsResponse {
                try await `as`(caller) {
                    try await api.reservations.getHoldFacts(
                        .with {
                            $0.networkID = network
                            $0.portID = scene.port.id
                        }
                    )
                }
            }
            let mine = try await facts(.member, network: scene.external.id)
            #expect(mine.network.routerExternal && mine.subnets.map(\.cidr) == ["192.0.2.0/24"])
            #expect(mine.port == scene.port && !mine.hasSubnet)
            let theirs = try await facts(.other, network: scene.external.id)
            #expect(theirs.hasNetwork && !theirs.hasPort)
            #expect(try await !facts(.other, network: scene.port.networkID).hasNetwork)
        }
    }

    @Test func `details of ports are what a floating IP shows and no more`() async throws {
        try await withService { api in
            let scene = try await scene(api)
            let found = try await `as`(.program) {
                try await api.ports.batchGetPorts(
                    .with {
                        $0.ids = [scene.port.id, PortID.random().description]
                        $0.detailsOnly = true
                    }
                )
            }.details
            let expected = L3_Network_V1_PortDetails.with {
                $0.id = scene.port.id
                $0.networkID = scene.port.networkID
                $0.name = scene.port.name
                $0.macAddress = scene.port.macAddress
                $0.adminStateUp = scene.port.adminStateUp
                $0.status = scene.port.status
                $0.deviceID = scene.port.deviceID
                $0.deviceOwner = scene.port.deviceOwner
            }
            #expect(found == [expected])
        }
    }

    @Test func `nothing that a hold asks for is looked for in every port`() async throws {
        try await withService { api in
            for statement in Self.filling { try await api.database.execute(statement) }
            let scene = try await scene(api)
            let (holder, id) = (Wire.Holder.floatingIP(), PortID.random().description)
            _ = try await `as`(.member) {
                try await api.reservations.getHoldFacts(
                    .with {
                        $0.networkID = scene.external.id
                        $0.portID = scene.port.id
                    }
                )
            }
            try await api.hold(holder, id, on: scene.external, leaningOn: (scene.port.id, scene.address))
            _ = try await `as`(.program) {
                try await api.ports.batchGetPorts(
                    .with {
                        $0.ids = [scene.port.id]
                        $0.detailsOnly = true
                    }
                )
            }
            try await api.drop(holder, references: [scene.port.id], releasing: id)
            let big: Set = ["ports", "ip_allocations", "port_references", "free_addresses", "networks", "subnets"]
            for scan in try await api.database.sequentialScans(of: big) { Issue.record("\(scan)") }
        }
    }

    private static let filling: [SQL] = [
        """
        INSERT INTO networks (id, project_id, name, description, tags, admin_state_up, shared, router_external,
            is_default, mtu, provider_network_type, provider_physical_network, provider_segmentation_id,
            port_security_enabled, availability_zone_hints, dns_domain, qos_policy_id)
        SELECT md5('network-' || i)::uuid, 'project-' || i % 500, '', '', '{}', true, false, false, false, 1450, 'vxlan',
            '', 1000000 + i, true, '{}', '', ''
        FROM generate_series(1, 5000) i
        """,
        """
        INSERT INTO subnets (id, project_id, name, description, tags, network_id, ip_version, cidr, gateway_ip,
            enable_dhcp, dns_nameservers, host_route_destinations, host_route_nexthops, ipv6_ra_mode,
            ipv6_address_mode, service_types, segment_id, dns_publish_fixed_ip)
        SELECT md5('subnet-' || i)::uuid, 'project-' || i % 500, '', '', '{}', md5('network-' || i)::uuid, 4,
            '10.0.0.0/24', '10.0.0.1', false, '{}', '{}', '{}', '', '', '{}', '', false
        FROM generate_series(1, 5000) i
        """,
        """
        INSERT INTO ports (id, project_id, name, description, tags, network_id, admin_state_up, mac_address, device_id,
            device_owner, status, security_groups, port_security_enabled, address_pair_prefixes, address_pair_macs,
            dhcp_option_names, dhcp_option_values, dhcp_option_versions, binding_vnic_type, binding_host_id,
            binding_profile, dns_name, dns_domain, ip_allocation, qos_policy_id)
        SELECT md5('port-' || i)::uuid, 'project-' || i % 500, '', '', '{}', md5('network-' || i % 5000 + 1)::uuid, true,
            ('02' || lpad(to_hex(i), 10, '0'))::macaddr, '', 'compute:nova', 'ACTIVE', '{}', false, '{}', '{}', '{}',
            '{}', '{}', 'normal', '', '{}', '', '', 'immediate', ''
        FROM generate_series(1, 20000) i
        """,
        """
        INSERT INTO ip_allocations (network_id, ip_address, subnet_id, port_id, position)
        SELECT md5('network-' || i % 5000 + 1)::uuid, '10.0.0.2'::inet + i / 5000, md5('subnet-' || i % 5000 + 1)::uuid,
            md5('port-' || i)::uuid, 1
        FROM generate_series(1, 20000) i
        """,
        """
        INSERT INTO port_references (port_id, holder_kind, holder_id, ip_address)
        SELECT md5('port-' || i)::uuid, 'floating_ip', md5('floatingip-' || i)::uuid::text, '10.0.0.2'
        FROM generate_series(1, 20000) i
        """,
        """
        INSERT INTO free_addresses (subnet_id, ip_address)
        SELECT md5('subnet-' || i % 5000 + 1)::uuid, '10.0.0.100'::inet + i / 5000 FROM generate_series(1, 20000) i
        """,
        "ANALYZE",
    ]
}

extension API {
    @discardableResult
    func hold(
        _ holder: Wire.Holder,
        _ id: String = PortID.random().description,
        on network: Wire.Network,
        leaningOn target: (port: String, address: String)? = nil
    ) async throws -> L3_Network_V1_HoldAddressResponse {
        try await `as`(.program) {
            try await reservations.holdAddress(
                .with {
                    $0.reservation.holder = holder
                    $0.reservation.portID = id
                    $0.reservation.networkID = network.id
                    $0.reservation.deviceOwner = "network:floatingip"
                    $0.reservation.ipv4Only = true
                    guard let target else { return }
                    $0.reference.portID = target.port
                    $0.reference.ipAddress = target.address
                }
            )
        }
    }

    func drop(_ holder: Wire.Holder, references: [String], releasing port: String) async throws {
        _ = try await `as`(.program) {
            try await reservations.dropHolds(
                .with {
                    $0.holder = holder
                    $0.referencePortIds = references
                    $0.releasePortID = port
                }
            )
        }
    }
}
