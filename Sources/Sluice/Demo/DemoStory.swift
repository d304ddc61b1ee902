internal import Addressing
internal import NIOHTTP1

/// What the demo creates over REST, in the order of a tenant's day.
struct DemoStory: Sendable {
    var client: RESTClient
    var report: DemoReport

    /// A tenant's network with its subnet and the port of one virtual machine.
    struct Tenant: Sendable {
        var network: String
        var subnet: String
        var port: String
        var mac: MACAddress?
        var address: String
    }

    func externalNetwork() async throws -> String {
        let network = try await report.step("external network 203.0.113.0/24") {
            try await create("networks", "network", ["name": "public", "router:external": true])
        }
        try await create(
            "subnets",
            "subnet",
            [
                "network_id": .string(network["id"].text), "ip_version": 4, "cidr": "203.0.113.0/24",
                "gateway_ip": "203.0.113.1", "enable_dhcp": false,
                "allocation_pools": [["start": "203.0.113.10", "end": "203.0.113.200"]],
            ]
        )
        return network["id"].text
    }

    func tenant(_ name: String, cidr: String, address: String) async throws -> Tenant {
        try await report.step("network \(name) with subnet \(cidr) and a port at \(address)") {
            let network = try await create("networks", "network", ["name": .string(name)])["id"].text
            let subnet = try await create(
                "subnets",
                "subnet",
                ["network_id": .string(network), "ip_version": 4, "cidr": .string(cidr)]
            )["id"]
            let port = try await create(
                "ports",
                "port",
                [
                    "network_id": .string(network), "device_owner": "compute:demo",
                    "fixed_ips": [["subnet_id": subnet, "ip_address": .string(address)]],
                ]
            )
            return Tenant(
                network: network,
                subnet: subnet.text,
                port: port["id"].text,
                mac: MACAddress(port["mac_address"].text),
                address: address
            )
        }
    }

    /// A router with a gateway and an interface on each tenant's subnet; returns its id and its external address.
    func router(on external: String, for tenants: [Tenant]) async throws -> (id: String, address: String) {
        let router = try await report.step("router with a gateway on the external network") {
            try await create(
                "routers",
                "router",
                ["name": "demo", "external_gateway_info": ["network_id": .string(external)]]
            )
        }
        for tenant in tenants {
            try await report.step("router interface on \(tenant.address)'s subnet") {
                _ = try await client.send(
                    .PUT,
                    "/v2.0/routers/\(router["id"].text)/add_router_interface",
                    ["subnet_id": .string(tenant.subnet)]
                )
            }
        }
        return (router["id"].text, router["external_gateway_info"]["external_fixed_ips"][0]["ip_address"].text)
    }

    /// A floating IP for the tenant's port; returns its id and address once a node has it.
    func floatingIP(on external: String, for tenant: Tenant) async throws -> (id: String, address: String) {
        let created = try await report.step("floating IP for \(tenant.address), until a node has it") {
            let created = try await create(
                "floatingips",
                "floatingip",
                ["floating_network_id": .string(external), "port_id": .string(tenant.port)]
            )
            try await waitFor(created["id"].text, "ACTIVE")
            return created
        }
        return (created["id"].text, created["floating_ip_address"].text)
    }

    /// Associates the floating IP with the port, or with none, until the node has done so.
    func associate(_ floatingIP: String, with tenant: Tenant?) async throws {
        let title = tenant.map { "associate it with \($0.address)" } ?? "disassociate the floating IP"
        try await report.step("\(title), until the node has done so") {
            _ = try await client.send(
                .PUT,
                "/v2.0/floatingips/\(floatingIP)",
                ["floatingip": ["port_id": tenant.map { .string($0.port) } ?? .null]]
            )
            try await waitFor(floatingIP, tenant == nil ? "DOWN" : "ACTIVE")
        }
    }

    /// Polls until the floating IP has the status, for at most 15 seconds.
    private func waitFor(_ floatingIP: String, _ status: String) async throws {
        let deadline = ContinuousClock.now + .seconds(15)
        while true {
            let present = try await client.send(.GET, "/v2.0/floatingips/\(floatingIP)")["floatingip"]["status"].text
            if present == status { return }
            guard ContinuousClock.now < deadline else {
                throw SluiceError("the floating IP is \(present) and not \(status) after 15 seconds")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @discardableResult
    private func create(_ collection: String, _ key: String, _ body: JSONValue) async throws -> JSONValue {
        try await client.send(.POST, "/v2.0/\(collection)", .object([key: body]))[key]
    }
}
