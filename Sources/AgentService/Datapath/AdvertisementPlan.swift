internal import Addressing
internal import Netlink

/// What a router tells the hosts of one of its internal networks, so that they set themselves up for IPv6.
struct AdvertisementPlan: Hashable, Sendable {
    /// The router's link-local address there, by which hosts know it.
    var source: IPv6Address
    var content: RouterAdvertisement
}

extension AdvertisementPlan {
    /// For how many seconds hosts keep what was said.
    ///
    /// The longest that a router may count as one: hosts must not lose it while the agent is away for some time, and
    /// who takes it away says so.
    static let routerLifetime: UInt16 = 9000

    /// For how many seconds addresses hold and are used for new connections; a day and four hours, as `radvd` has it.
    private static let addressLifetimes = (valid: UInt32(86400), preferred: UInt32(14400))

    /// IPv6's smallest MTU, below which none may be told.
    private static let leastMTU = 1280

    /// What is to be told at an internal port; nil where none of its subnets asks for it.
    init?(_ port: PortSpecification, from source: IPv6Address) {
        let subnets = port.addresses.compactMap { address in
            address.address.version == .v6 ? address.hostSetup.map { (address, $0) } : nil
        }
        guard !subnets.isEmpty else { return nil }
        self.source = source
        content = RouterAdvertisement(mac: port.mac, routerLifetime: Self.routerLifetime)
        content.mtu = port.mtu < Self.leastMTU ? nil : port.mtu
        content.hasManagedAddresses = subnets.contains { $0.1 == .statefulDHCP }
        content.hasOtherSettings = subnets.contains { $0.1 == .statelessDHCP }
        for (address, setup) in subnets { add(address.address.network, isAutonomous: setup != .statefulDHCP) }
        // Who asks for addresses by DHCPv6 is told of name servers there.
        for (address, setup) in subnets where setup != .statefulDHCP {
            for case .v6(let server) in address.nameServers { add(server) }
        }
    }

    private mutating func add(_ network: CIDR, isAutonomous: Bool) {
        guard !content.prefixes.contains(where: { $0.network == network }) else { return }
        content.prefixes.append(
            .init(
                network,
                isAutonomous: isAutonomous,
                validLifetime: Self.addressLifetimes.valid,
                preferredLifetime: Self.addressLifetimes.preferred
            )
        )
    }

    private mutating func add(_ server: IPv6Address) {
        guard !content.nameServers.contains(where: { $0.address == server }) else { return }
        content.nameServers.append(.init(server, lifetime: UInt32(Self.routerLifetime)))
    }
}

extension AdvertisementPlan {
    /// What is said last: this is no router any more, and the servers it named are not to be used any more.
    ///
    /// The addresses stay the hosts' own: their subnet is there without a router, too.
    var farewell: AdvertisementPlan {
        var farewell = self
        farewell.content = RouterAdvertisement(mac: content.mac, routerLifetime: 0)
        farewell.content.nameServers = content.nameServers.map { .init($0.address, lifetime: 0) }
        return farewell
    }
}

extension AdvertisementPlan {
    /// What is said last in the place of an agent before this one, of which nothing is known but the addresses of a
    /// device; nil where it cannot have said anything there.
    init?(farewellOf mac: MACAddress, from addresses: some Sequence<CIDR>) {
        guard case .v6(let source)? = addresses.first(where: { $0.version == .v6 && $0.address.isLinkLocal })?.address
        else { return nil }
        self.source = source
        content = RouterAdvertisement(mac: mac, routerLifetime: 0)
    }
}

extension RouterAdvertisement {
    /// This, and that what an earlier one gave beside it is not to be used any more.
    ///
    /// Addresses in a network that left may live on among the hosts of the link (RFC 4862, section 5.5.3), but nothing
    /// new begins from them.
    func ending(_ earlier: RouterAdvertisement) -> RouterAdvertisement {
        var whole = self
        for var prefix in earlier.prefixes where prefix.isAutonomous {
            guard !prefixes.contains(where: { $0.network == prefix.network }) else { continue }
            (prefix.isOnLink, prefix.validLifetime, prefix.preferredLifetime) = (false, 0, 0)
            whole.prefixes.append(prefix)
        }
        for server in earlier.nameServers where !nameServers.contains(where: { $0.address == server.address }) {
            whole.nameServers.append(.init(server.address, lifetime: 0))
        }
        return whole
    }
}
