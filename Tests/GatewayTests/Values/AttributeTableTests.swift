import Testing

@testable import Gateway

@Suite struct AttributeTableTests {
    @Test func `every table fits the contracts`() throws {
        _ = try Catalogue()
    }

    @Test(arguments: Catalogue.resources.map(\.collection))
    func `a table names no attribute twice and filters and sorts only by fields`(collection: String) throws {
        let resource = try #require(Catalogue.resources.first { $0.collection == collection })
        #expect(Set(resource.attributes.map(\.name)).count == resource.attributes.count)
        for attribute in resource.attributes where !attribute.uses.isDisjoint(with: [.filter, .sort]) {
            #expect(attribute.field != nil)
            #expect(!attribute.type.isList, "\(attribute.name)")
        }
        for attribute in resource.attributes where attribute.isRequired { #expect(attribute.uses.contains(.post)) }
    }

    /// One row of the API's tables: what may be done with an attribute, and whether only administrators see it.
    struct Row: CustomTestStringConvertible, Sendable {
        var collection: String
        var name: String
        var uses: Attribute.Uses
        var hidden = false
        init(_ collection: String, _ name: String, _ uses: Attribute.Uses, hidden: Bool = false) {
            (self.collection, self.name, self.uses, self.hidden) = (collection, name, uses, hidden)
        }
        var testDescription: String { "\(collection).\(name)" }
    }

    static let rows: [Row] = [
        Row("routers", "id", [.filter, .sort]), Row("routers", "name", .all),
        Row("routers", "project_id", [.post, .filter, .sort]), Row("routers", "tenant_id", [.post, .filter, .sort]),
        Row("routers", "admin_state_up", .all), Row("routers", "status", [.filter, .sort]),
        Row("routers", "external_gateway_info", [.post, .put]), Row("routers", "routes", .put),
        Row("routers", "distributed", [.post, .put], hidden: true), Row("routers", "ha", [.post, .put], hidden: true),
        Row("routers", "availability_zone_hints", .post), Row("routers", "availability_zones", []),
        Row("routers", "description", [.post, .put, .filter]), Row("routers", "tags", .post),
        Row("routers", "revision_number", .filter), Row("routers", "created_at", []),
        Row("floatingips", "floating_network_id", [.post, .filter, .sort]),
        Row("floatingips", "floating_ip_address", [.post, .filter, .sort]), Row("floatingips", "subnet_id", .post),
        Row("floatingips", "port_id", [.post, .put, .filter]), Row("floatingips", "fixed_ip_address", .all),
        Row("floatingips", "status", [.filter, .sort]), Row("floatingips", "port_details", []),
        Row("floatingips", "dns_name", .post), Row("networks", "mtu", .all),
        Row("networks", "shared", [.post, .put, .filter]), Row("networks", "router:external", [.post, .put, .filter]),
        Row("networks", "subnets", []), Row("networks", "l2_adjacency", []),
        Row("networks", "provider:network_type", .all, hidden: true),
        Row("networks", "provider:segmentation_id", .all, hidden: true),
        Row("networks", "port_security_enabled", [.post, .put]), Row("subnets", "cidr", [.post, .filter, .sort]),
        Row("subnets", "gateway_ip", .all), Row("subnets", "allocation_pools", [.post, .put]),
        Row("subnets", "ipv6_ra_mode", [.post, .filter, .sort]), Row("subnets", "service_types", [.post, .put]),
        Row("subnets", "router:external", .filter), Row("ports", "network_id", [.post, .filter, .sort]),
        Row("ports", "mac_address", .all), Row("ports", "fixed_ips", [.post, .put]), Row("ports", "device_id", .all),
        Row("ports", "binding:host_id", [.post, .put, .filter], hidden: true),
        Row("ports", "binding:profile", [.post, .put], hidden: true), Row("ports", "binding:vnic_type", [.post, .put]),
        Row("ports", "dns_assignment", []), Row("ports", "ip_allocation", [.filter, .sort]),
        Row("agents", "admin_state_up", [.put, .filter, .sort]), Row("agents", "description", [.put, .filter, .sort]),
        Row("routers", "flavor_id", [.post, .sort]), Row("routers", "enable_ndp_proxy", [.post, .put, .filter]),
        Row("routers", "enable_default_route_bfd", [.post, .put]), Row("routers", "external_gateways", []),
        Row("routers", "enable_default_route_ecmp", [.post, .put]), Row("routers", "conntrack_helpers", []),
        Row("conntrack_helpers", "protocol", .all), Row("conntrack_helpers", "port", .all),
        Row("conntrack_helpers", "helper", .all), Row("conntrack_helpers", "id", [.filter, .sort]),
        Row("floatingips", "router_id", .all), Row("floatingips", "qos_policy_id", [.post, .put]),
        Row("floatingips", "dns_domain", .post), Row("floatingips", "port_forwardings", []),
        Row("port_forwardings", "protocol", .all), Row("port_forwardings", "internal_port_id", .all),
        Row("port_forwardings", "internal_ip_address", [.post, .put]), Row("port_forwardings", "external_port", .all),
        Row("port_forwardings", "external_port_range", .all), Row("port_forwardings", "internal_port", [.post, .put]),
        Row("port_forwardings", "internal_port_range", [.post, .put]),
        Row("port_forwardings", "description", [.post, .put, .filter]),
        Row("ndp_proxies", "name", .all), Row("ndp_proxies", "description", [.post, .put, .filter]),
        Row("ndp_proxies", "router_id", [.post, .filter, .sort]),
        Row("ndp_proxies", "port_id", [.post, .filter, .sort]),
        Row("ndp_proxies", "ip_address", [.post, .filter, .sort]), Row("ndp_proxies", "revision_number", .filter),
        Row("floatingip_pools", "subnet_id", [.filter, .sort]), Row("floatingip_pools", "cidr", [.filter, .sort]),
        Row("agents", "configurations", []), Row("availability_zones", "state", .filter),
    ]

    @Test(arguments: rows) func `an attribute may be used where the API says`(row: Row) throws {
        let resource = try #require(Catalogue.resources.first { $0.collection == row.collection })
        let attribute = try #require(resource.attribute(named: row.name))
        #expect(attribute.uses == row.uses)
        #expect((attribute.viewer == .admins) == row.hidden)
    }

    @Test func `what a query may hold but no answer shows is input only`() {
        #expect(Resource.floatingIP.attribute(named: "subnet_id")?.viewer == .nobody)
    }
}
