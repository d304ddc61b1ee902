/// The device owners that mean something here.
///
/// Source: Networking API v2.0, `device_owner`.
enum DeviceOwner {
    static let dhcp = "network:dhcp"
    static let routerInterface = "network:router_interface"
    static let routerGateway = "network:router_gateway"
    static let floatingIP = "network:floatingip"

    /// Interfaces of routers, in every form they have.
    static let routerInterfaces: Set<String> = [
        routerInterface, "network:ha_router_replicated_interface", "network:router_interface_distributed",
        "network:router_centralized_snat",
    ]
    /// Ports that only the service that made them may delete.
    static let services: Set<String> = routerInterfaces.union([
        routerGateway, floatingIP, "network:router_ha_interface",
    ])

    /// Whether the port belongs to a router, inside or outside.
    static func isRouter(_ owner: String) -> Bool { owner == routerGateway || routerInterfaces.contains(owner) }

    /// Whether the port goes away with its network by itself.
    static func isDisposable(_ owner: String) -> Bool { owner == dhcp }

    /// Whether the owner is one of the infrastructure's own, which only the network's owner may set.
    static func isInfrastructure(_ owner: String) -> Bool { owner.hasPrefix("network:") }
}
