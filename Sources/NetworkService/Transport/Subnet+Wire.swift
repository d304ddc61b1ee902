internal import SwiftProtobuf
internal import Addressing
internal import Contracts
internal import ResourceModel
internal import ServiceRuntime

extension Wire.Subnet {
    init(_ subnet: Subnet) {
        self.init()
        id = subnet.id.description
        projectID = subnet.projectID
        name = subnet.labels.name
        description_p = subnet.labels.description
        tags = subnet.labels.tags
        createdAt = subnet.history.createdAt.wire
        updatedAt = subnet.history.updatedAt.wire
        revisionNumber = subnet.history.revision
        networkID = subnet.networkID.description
        ipVersion = Int32(subnet.version.rawValue)
        cidr = subnet.prefix.description
        gatewayIp = subnet.gateway?.description ?? ""
        allocationPools = subnet.pools.map { pool in
            .with {
                $0.start = pool.first.description
                $0.end = pool.last.description
            }
        }
        enableDhcp = subnet.isDHCPEnabled
        dnsNameservers = subnet.nameServers.map(\.description)
        hostRoutes = subnet.hostRoutes.map { route in
            .with {
                $0.destination = route.destination.description
                $0.nexthop = route.nextHop.description
            }
        }
        ipv6RaMode = subnet.ipv6RAMode?.rawValue ?? ""
        ipv6AddressMode = subnet.ipv6AddressMode?.rawValue ?? ""
        serviceTypes = subnet.serviceTypes
        segmentID = subnet.segmentID
        dnsPublishFixedIp = subnet.publishesFixedAddresses
        routerExternal = subnet.isExternal
        subnetpoolID = subnet.subnetPoolID?.description ?? ""
    }

    fileprivate var gatewayWish: Subnet.GatewayWish {
        get throws(NetworkError) {
            guard hasGatewayIp_p != nil else { return .automatic }
            return gatewayIp.isEmpty ? .none : .address(try IPAddress(wire: gatewayIp, field: "gateway_ip"))
        }
    }

    fileprivate var poolWishes: [Subnet.PoolWish] {
        get throws(NetworkError) {
            var wishes: [Subnet.PoolWish] = []
            for pool in allocationPools {
                guard let start = IPAddress(pool.start), let end = IPAddress(pool.end) else {
                    throw .invalidAllocationPool("\(pool.start)-\(pool.end)")
                }
                wishes.append(Subnet.PoolWish(start: start, end: end))
            }
            return wishes
        }
    }

    fileprivate var routes: [HostRoute] {
        get throws(NetworkError) {
            var routes: [HostRoute] = []
            for route in hostRoutes {
                routes.append(
                    HostRoute(
                        destination: try CIDR(wire: route.destination, field: "host route destination"),
                        nextHop: try IPAddress(wire: route.nexthop, field: "host route nexthop")
                    )
                )
            }
            return routes
        }
    }
}

extension Subnet.Draft {
    init(wire: Wire.Subnet) throws(NetworkError) {
        guard let version = IPVersion(rawValue: Int(wire.ipVersion)) else {
            throw .invalidInput("ip_version \(wire.ipVersion) is neither 4 nor 6")
        }
        self.init(
            networkID: try NetworkID(wire: wire.networkID),
            version: version,
            prefix: wire.cidr.isEmpty ? nil : try CIDR(wire: wire.cidr, field: "cidr")
        )
        id = try SubnetID.chosen(wire.id)
        projectID = wire.projectID
        name = wire.name
        description = wire.description_p
        tags = wire.tags
        subnetPoolID = wire.subnetpoolID
        prefixLength = wire.prefixlen == 0 ? nil : Int(wire.prefixlen)
        usesDefaultPool = wire.useDefaultSubnetpool
        gateway = try wire.gatewayWish
        pools = try wire.poolWishes
        isDHCPEnabled = wire.hasEnableDhcp_p != nil ? wire.enableDhcp : nil
        nameServers = try IPAddress.list(wire.dnsNameservers, field: "dns_nameservers")
        hostRoutes = try wire.routes
        ipv6RAMode = try IPv6Mode.named(wire.ipv6RaMode, field: "ipv6_ra_mode")
        ipv6AddressMode = try IPv6Mode.named(wire.ipv6AddressMode, field: "ipv6_address_mode")
        serviceTypes = wire.serviceTypes
        segmentID = wire.segmentID
        publishesFixedAddresses = wire.dnsPublishFixedIp
    }
}

extension Subnet.Change {
    init(wire request: L3_Network_V1_UpdateSubnetRequest) throws(NetworkError) {
        let wire = request.subnet
        var mask = UpdateMask(request.updateMask)
        labels = try LabelsChange(
            &mask,
            name: wire.name,
            description: wire.description_p,
            tags: wire.tags,
            adding: request.addTags,
            removing: request.removeTags
        )
        // In an update an absent gateway is an empty one.
        gateway = try mask.take("gateway_ip", try wire.gatewayWish).map { $0 == .automatic ? .none : $0 }
        pools = try mask.take("allocation_pools", try wire.poolWishes)
        isDHCPEnabled = try mask.take("enable_dhcp", wire.enableDhcp)
        nameServers = try mask.take(
            "dns_nameservers",
            try IPAddress.list(wire.dnsNameservers, field: "dns_nameservers")
        )
        hostRoutes = try mask.take("host_routes", try wire.routes)
        serviceTypes = try mask.take("service_types", wire.serviceTypes)
        segmentID = try mask.take("segment_id", wire.segmentID)
        publishesFixedAddresses = try mask.take("dns_publish_fixed_ip", wire.dnsPublishFixedIp)
        try mask.finish()
    }
}
