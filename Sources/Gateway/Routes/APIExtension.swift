/// An extension of the core API that clients can ask for.
///
/// One is listed when all of it works.
struct APIExtension: Sendable {
    var alias: String
    var name: String
    var description: String

    init(_ alias: String, _ name: String, _ description: String) {
        self.alias = alias
        self.name = name
        self.description = description
    }

    var json: JSONValue {
        [
            "alias": .string(alias), "name": .string(name), "description": .string(description),
            "updated": "2026-01-01T00:00:00-00:00", "links": [],
        ]
    }

    static let all = routing + common + quotas + core + sharing + security + agents

    private static let routing = [
        APIExtension("router", "Neutron L3 Router", "Routers between networks and floating IPs"),
        APIExtension("external-net", "Neutron external network", "Networks that routers have gateways on"),
        APIExtension("ext-gw-mode", "Neutron L3 Configurable external gateway mode", "SNAT can be switched off"),
        APIExtension("extraroute", "Neutron Extra Route", "Extra routes of routers"),
        APIExtension("extraroute-atomic", "Atomically add/remove extra routes", "Extra routes one by one"),
        APIExtension("ecmp_routes", "Equal Cost Multipath Routing", "Several next hops of one destination"),
        APIExtension("floatingip-pools", "Floating IP Pools API", "The subnets that floating IPs come from"),
        APIExtension("floating-ip-port-forwarding", "Floating IP Port Forwarding", "Ports of floating IPs forwarded"),
        APIExtension(
            "floating-ip-port-forwarding-description",
            "Floating IP Port Forwarding support description",
            "Port forwardings have descriptions"
        ),
        APIExtension(
            "floating-ip-port-forwarding-detail",
            "Floating IP Port Forwarding Detail",
            "Port forwardings say which port they lead to"
        ),
        APIExtension(
            "floating-ip-port-forwarding-port-ranges",
            "Floating IP Port Forwarding support Port Ranges",
            "Ranges of ports can be forwarded"
        ),
        APIExtension(
            "expose-port-forwarding-in-fip",
            "Expose Port Forwarding in FIP",
            "Floating IPs show their port forwardings"
        ),
        APIExtension("fip-port-details", "Floating IP Port Details", "The port of a floating IP is shown in it"),
        APIExtension(
            "floating-ip-router-writable",
            "Floating IP router ID writable",
            "A floating IP's router can be chosen"
        ),
        APIExtension("l3-conntrack-helper", "The Layer-3 conntrack helper extension", "Routers have conntrack helpers"),
        APIExtension(
            "expose-l3-conntrack-helper",
            "Expose CT Helpers in Router",
            "Routers show their conntrack helpers"
        ),
        APIExtension("l3-ndp-proxy", "L3 NDP Proxy", "Internal IPv6 addresses can be reached from outside"),
        APIExtension(
            "l3-ext-ndp-proxy",
            "NDP Proxy in Router",
            "Routers say whether they answer for internal IPv6 addresses"
        ),
        APIExtension(
            "external-gateway-multihoming",
            "Neutron L3 External Gateway Multihoming",
            "A router can have several gateways"
        ),
        APIExtension(
            "l3-port-ip-change-not-allowed",
            "Prevent L3 router ports IP address change",
            "The addresses of routers' ports cannot be changed"
        ),
    ]

    private static let common = [
        APIExtension("project-id", "project_id field enabled", "Owners are shown as project_id"),
        APIExtension("pagination", "Pagination support", "Lists come in pages"),
        APIExtension("sorting", "Sorting support", "Lists can be sorted"),
        APIExtension("sort-key-validation", "Sort key parameters validation", "Unknown sort keys are refused"),
        APIExtension("filter-validation", "Filter parameters validation", "Unknown filters are refused"),
        APIExtension("empty-string-filtering", "Empty String Filtering Extension", "Filters match empty values"),
        APIExtension("ip-substring-filtering", "IP address substring filtering", "Ports by a part of an address"),
        APIExtension("standard-attr-description", "standard-attr-description", "Resources have descriptions"),
        APIExtension("standard-attr-timestamp", "Resource timestamps", "Resources have timestamps"),
        APIExtension("standard-attr-revisions", "Resource revision numbers", "Resources have revision numbers"),
        APIExtension("standard-attr-tag", "Tag support for resources", "Resources have tags"),
        APIExtension("revision-if-match", "If-Match constraints based on revision_number", "Conditional writes"),
        APIExtension("tag-creation", "Tag creation", "Tags can be given at creation"),
        APIExtension(
            "tag-ports-during-bulk-creation",
            "Tag Ports During Bulk Creation",
            "Tags can be given in bulk creation"
        ),
    ]

    private static let quotas = [
        APIExtension("quotas", "Quota management support", "Limits of projects"),
        APIExtension("quota_details", "Quota details management support", "Limits with what is used"),
        APIExtension("quota-check-limit", "Quota engine limit check", "Limits are compared with what is used"),
        APIExtension(
            "quota-check-limit-default",
            "Quota engine limit check by default",
            "Limits below what is used are refused unless forced"
        ),
    ]

    private static let core = [
        APIExtension("net-mtu", "Network MTU", "Networks show their MTU"),
        APIExtension("net-mtu-writable", "Network MTU (writable)", "The MTU of networks can be set"),
        APIExtension("provider", "Provider Network", "How networks are carried, for administrators"),
        APIExtension("subnet-external-network", "Subnet belongs to an external network", "Subnets by router:external"),
        APIExtension("subnet-service-types", "Subnet service types", "Subnets for some kinds of ports only"),
        APIExtension(
            "subnet-dns-publish-fixed-ip",
            "Subnet DNS publish fixed IP",
            "Whether the addresses of a subnet are to be published is stored and shown"
        ),
        APIExtension("l2_adjacency", "L2 Adjacency", "Networks are one layer-2 segment each"),
        APIExtension("binding", "Port Binding", "Where ports are bound"),
        APIExtension("port-security", "Port Security", "Port security is stored and shown"),
        APIExtension("allowed-address-pairs", "Allowed Address Pairs", "Further addresses of ports"),
        APIExtension("extra_dhcp_opt", "Neutron Extra DHCP options", "DHCP options of ports"),
        APIExtension("ip_allocation", "IP Allocation", "How a port's addresses are allocated"),
        APIExtension("dns-integration", "DNS Integration", "Names of ports and floating IPs"),
        APIExtension("dns-domain-ports", "dns_domain for ports", "A DNS domain for each port"),
        APIExtension(
            "port-mac-address-regenerate",
            "Neutron Port MAC address regenerate",
            "Null asks for a new MAC address"
        ),
    ]

    private static let sharing = [
        APIExtension("subnet_allocation", "Subnet Allocation", "Subnets take their blocks of subnet pools"),
        APIExtension("default-subnetpools", "Default Subnetpools", "Subnets can be made of the default pool"),
        APIExtension("subnetpool-prefix-ops", "Subnet Pool Prefix Operations", "Prefixes are added and removed alone"),
        APIExtension("subnet_onboard", "Subnet Onboard", "Subnets of a network can be taken into a pool"),
        APIExtension("network-ip-availability", "Network IP Availability", "How many addresses networks have left"),
        APIExtension(
            "network-ip-availability-details",
            "Network IP Availability Details Extension",
            "How many addresses networks have left in allocation pools, and in all"
        ),
        APIExtension("address-scope", "Address scope", "Subnet pools whose addresses do not overlap"),
        APIExtension("rbac-policies", "RBAC Policies", "Networks are shared with some projects"),
        APIExtension("rbac-subnetpool", "Add subnetpool type to RBAC", "Subnet pools are shared with some projects"),
        APIExtension("rbac-address-scope", "Add address_scope type to RBAC", "Scopes are shared with some projects"),
        APIExtension("rbac-security-groups", "Add security_group type to RBAC", "Groups are shared with some projects"),
        APIExtension(
            "security-groups-shared-filtering",
            "Security group filtering on the shared field",
            "Security groups by whether they are shared"
        ),
    ]

    private static let security = [
        APIExtension("security-group", "security-group", "Security groups, stored and shown"),
        APIExtension("stateful-security-group", "Stateful security group", "Whether a security group is stateful"),
        APIExtension(
            "security-groups-normalized-cidr",
            "Normalized CIDR field for security group rules",
            "Rules show their remote prefix without host bits"
        ),
        APIExtension(
            "port-security-groups-filtering",
            "Port filtering on security groups",
            "Ports by a security group"
        ),
        APIExtension(
            "security-groups-rules-belongs-to-default-sg",
            "Security group rules of default groups",
            "Rules show whether their group is a project's default"
        ),
    ]

    private static let agents = [
        APIExtension("agent", "agent", "Node agents, for administrators"),
        APIExtension(
            "agent-resources-synced",
            "Agent's Resource View Synced to Placement",
            "Whether agents told the placement service of anything: there is none"
        ),
        APIExtension("agent_sort_key", "Agent sort key", "Agents can be sorted"),
        APIExtension("l3_agent_scheduler", "L3 Agent Scheduler", "Which agent hosts which router"),
        APIExtension("availability_zone", "Availability Zone", "Zones of agents"),
        APIExtension("availability_zone_filter", "Availability Zone Filter Extension", "Zones can be filtered"),
        APIExtension("network_availability_zone", "Network Availability Zone", "Zones that networks are to be in"),
        APIExtension("router_availability_zone", "Router Availability Zone", "Zones that routers are placed in"),
    ]
}
