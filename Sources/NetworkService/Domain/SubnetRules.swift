internal import Addressing

/// What a subnet may say.
///
/// Each function is pure and names the rule that it holds.
enum SubnetRules {
    static let mostNameServers = 5
    static let mostHostRoutes = 20

    /// The gateway that a wish comes to: by itself the first host of an IPv4 block, or of one of a pool, and the base of
    /// another IPv6 one.
    ///
    /// - Throws: `invalidInput` for an address of the other family, or an IPv4 block's own or broadcast address.
    static func gateway(
        _ wish: Subnet.GatewayWish,
        of prefix: CIDR,
        isFromPool: Bool = false
    ) throws(NetworkError) -> IPAddress? {
        switch wish {
        case .none:
            return nil
        case .automatic:
            // A block of one address has none to spare.
            if prefix.prefixLength == prefix.version.bitWidth { return nil }
            return prefix.version == .v4 || isFromPool ? prefix.hostRange.first : prefix.first
        case .address(let address):
            guard address.version == prefix.version else {
                throw .invalidInput("gateway_ip \(address) is not of the family of \(prefix)")
            }
            // An address outside of the block is the operator's to know; inside, it must be one that a host may have.
            if prefix.version == .v4, prefix.contains(address), !prefix.hostRange.contains(address) {
                throw .invalidInput("gateway_ip \(address) is not valid on subnet \(prefix)")
            }
            return address
        }
    }

    /// The pools that a wish comes to: by itself all host addresses but the gateway.
    ///
    /// - Throws: `invalidAllocationPool`, `outOfBoundsAllocationPool`, `overlappingAllocationPools`,
    ///   `gatewayConflictWithAllocationPools`.
    static func pools(
        _ wishes: [Subnet.PoolWish],
        of prefix: CIDR,
        gateway: IPAddress?
    ) throws(NetworkError) -> [AddressRange] {
        guard !wishes.isEmpty else {
            guard let gateway else { return [prefix.hostRange] }
            return prefix.hostRange.subtracting(gateway)
        }
        var pools: [AddressRange] = []
        for wish in wishes {
            guard wish.start.version == prefix.version, wish.end.version == prefix.version,
                let pool = AddressRange(first: wish.start, last: wish.end)
            else { throw .invalidAllocationPool("\(wish.start)-\(wish.end)") }
            guard prefix.hostRange.contains(pool) else { throw .outOfBoundsAllocationPool(pool, prefix) }
            pools.append(pool)
        }
        pools.sort { $0.first < $1.first }
        for (lower, upper) in zip(pools, pools.dropFirst()) where lower.overlaps(upper) {
            throw .overlappingAllocationPools(lower, upper)
        }
        try check(gateway: gateway, outside: pools)
        return pools
    }

    /// - Throws: `gatewayConflictWithAllocationPools` when a pool would give the gateway's address away.
    static func check(gateway: IPAddress?, outside pools: [AddressRange]) throws(NetworkError) {
        guard let gateway, let pool = pools.first(where: { $0.contains(gateway) }) else { return }
        throw .gatewayConflictWithAllocationPools(gateway, pool: pool)
    }

    /// Holds a whole subnet to the rules on DHCP, IPv6 modes, name servers, routes and service types.
    static func check(_ subnet: Subnet) throws(NetworkError) {
        if subnet.isDHCPEnabled { try checkDHCP(on: subnet.prefix) }
        try checkModes(of: subnet)
        try check(nameServers: subnet.nameServers)
        try check(hostRoutes: subnet.hostRoutes)
        try check(serviceTypes: subnet.serviceTypes)
    }

    private static func checkDHCP(on prefix: CIDR) throws(NetworkError) {
        guard prefix.version.bitWidth - prefix.prefixLength >= 2 else {
            throw .invalidInput("\(prefix) is too small for DHCP")
        }
        guard !prefix.first.isMulticast, !prefix.first.isLoopback else {
            throw .invalidInput("\(prefix) holds no addresses of hosts on a network, so DHCP cannot serve it")
        }
        if prefix.version == .v4, prefix.first.isUnspecified {
            throw .invalidInput("\(prefix) begins with 0.0.0.0, so DHCP cannot serve it")
        }
    }

    private static func checkModes(of subnet: Subnet) throws(NetworkError) {
        let modes = [subnet.ipv6RAMode, subnet.ipv6AddressMode].compactMap(\.self)
        guard let mode = modes.first else { return }
        guard subnet.version == .v6 else { throw .invalidInput("ipv6_ra_mode and ipv6_address_mode are for IPv6 only") }
        guard modes.allSatisfy({ $0 == mode }) else {
            throw .invalidInput("ipv6_ra_mode and ipv6_address_mode differ")
        }
        guard subnet.isDHCPEnabled else {
            throw .invalidInput("ipv6_ra_mode and ipv6_address_mode need enable_dhcp")
        }
        if subnet.isAutomatic, subnet.prefix.prefixLength != 64 {
            throw .invalidInput("\(mode.rawValue) needs a prefix of 64 bits, not \(subnet.prefix)")
        }
    }

    private static func check(nameServers: [IPAddress]) throws(NetworkError) {
        guard nameServers.count <= mostNameServers else { throw .dnsNameServersExhausted(limit: mostNameServers) }
        guard Set(nameServers).count == nameServers.count else { throw .invalidInput("a name server stands twice") }
    }

    private static func check(hostRoutes: [HostRoute]) throws(NetworkError) {
        guard hostRoutes.count <= mostHostRoutes else { throw .hostRoutesExhausted(limit: mostHostRoutes) }
        guard Set(hostRoutes).count == hostRoutes.count else { throw .invalidInput("a host route stands twice") }
        for route in hostRoutes where route.destination.hasHostBits {
            throw .invalidInput("host route destination \(route.destination) is not the plain name of a network")
        }
    }

    private static func check(serviceTypes: [String]) throws(NetworkError) {
        for type in serviceTypes {
            try Labels.check(type, as: "service type")
            guard ["network:", "compute:", "neutron:"].contains(where: type.hasPrefix) else {
                throw .invalidSubnetServiceType(type)
            }
        }
        guard Set(serviceTypes).count == serviceTypes.count else { throw .invalidInput("a service type stands twice") }
    }
}
