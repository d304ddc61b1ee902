internal import SwiftProtobuf
internal import Addressing
internal import Contracts
internal import ResourceModel
internal import ServiceRuntime

extension Wire.Port {
    /// A port as it travels, with the names of its addresses in a domain.
    init(_ port: Port, domain: String) {
        self.init()
        id = port.id.description
        projectID = port.projectID
        name = port.labels.name
        description_p = port.labels.description
        tags = port.labels.tags
        createdAt = port.history.createdAt.wire
        updatedAt = port.history.updatedAt.wire
        revisionNumber = port.history.revision
        networkID = port.networkID.description
        adminStateUp = port.isAdminUp
        macAddress = port.mac.description
        fixedIps = port.fixedAddresses.map(Wire.FixedIP.init)
        deviceID = port.deviceID
        deviceOwner = port.deviceOwner
        status = port.status.rawValue
        securityGroups = port.securityGroups
        portSecurityEnabled = port.isPortSecurityEnabled
        allowedAddressPairs = port.allowedAddressPairs.map { pair in
            .with {
                $0.ipAddress = pair.prefix
                $0.macAddress = (pair.mac ?? port.mac).description
            }
        }
        extraDhcpOpts = port.dhcpOptions.map { option in
            .with {
                $0.optName = option.name
                $0.optValue = option.value
                $0.ipVersion = Int32(option.version.rawValue)
            }
        }
        bindingVnicType = port.binding.vnicType
        bindingHostID = port.binding.host
        bindingProfile = port.binding.profile
        bindingVifType = port.binding.vifType
        bindingVifDetails = "{}"
        dnsName = port.dnsName
        dnsDomain = port.dnsDomain
        dnsAssignment = port.names(inDomain: domain).map { name in
            .with {
                $0.ipAddress = name.address.description
                $0.hostname = name.host
                $0.fqdn = name.full
            }
        }
        ipAllocation = port.allocation.rawValue
        qosPolicyID = port.qosPolicyID
    }
}

extension L3_Network_V1_PortDetails {
    init(_ details: PortDetails) {
        self.init()
        id = details.id.description
        networkID = details.networkID.description
        name = details.name
        macAddress = details.mac.description
        adminStateUp = details.isAdminUp
        status = details.status.rawValue
        deviceID = details.deviceID
        deviceOwner = details.deviceOwner
    }
}

extension Wire.FixedIP {
    init(_ fixed: FixedAddress) {
        self.init()
        subnetID = fixed.subnetID.description
        ipAddress = fixed.address.description
    }
}

extension AddressWish {
    /// Exactly the addresses of a list.
    init(wire entries: [Wire.FixedIP]) throws(NetworkError) {
        var wanted: [Entry] = []
        for entry in entries {
            wanted.append(
                Entry(
                    subnetID: entry.subnetID.isEmpty ? nil : try SubnetID(wire: entry.subnetID),
                    address: entry.ipAddress.isEmpty
                        ? nil : try IPAddress(wire: entry.ipAddress, field: "fixed_ips ip_address")
                )
            )
        }
        self = .given(wanted)
    }
}

extension Port.Draft {
    init(wire: Wire.Port) throws(NetworkError) {
        self.init(networkID: try NetworkID(wire: wire.networkID))
        id = try PortID.chosen(wire.id)
        projectID = wire.projectID
        name = wire.name
        description = wire.description_p
        tags = wire.tags
        isAdminUp = wire.hasAdminStateUp_p != nil ? wire.adminStateUp : nil
        mac = wire.macAddress.isEmpty ? nil : try MACAddress(wire: wire.macAddress)
        let isGiven = wire.fixedIpsGiven || !wire.fixedIps.isEmpty
        addresses = isGiven ? try AddressWish(wire: wire.fixedIps) : .automatic
        deviceID = wire.deviceID
        deviceOwner = wire.deviceOwner
        let areGroupsGiven = wire.securityGroupsGiven || !wire.securityGroups.isEmpty
        securityGroups = areGroupsGiven ? wire.securityGroups : nil
        isPortSecurityEnabled = wire.hasPortSecurityEnabled_p != nil ? wire.portSecurityEnabled : nil
        allowedAddressPairs = try wire.pairs
        dhcpOptions = try wire.options
        binding = Port.Binding(
            vnicType: wire.bindingVnicType.isEmpty ? "normal" : wire.bindingVnicType,
            host: wire.bindingHostID,
            profile: wire.bindingProfile.isEmpty ? "{}" : wire.bindingProfile
        )
        dnsName = wire.dnsName
        dnsDomain = wire.dnsDomain
        qosPolicyID = wire.qosPolicyID
    }
}

extension Port.Change {
    init(wire request: L3_Network_V1_UpdatePortRequest) throws(NetworkError) {
        let wire = request.port
        var mask = UpdateMask(request.updateMask)
        labels = try LabelsChange(
            &mask,
            name: wire.name,
            description: wire.description_p,
            tags: wire.tags,
            adding: request.addTags,
            removing: request.removeTags
        )
        isAdminUp = try mask.take("admin_state_up", wire.adminStateUp)
        mac = try mask.take("mac_address", try wire.macWish)
        addresses = try mask.take("fixed_ips", try AddressWish(wire: wire.fixedIps))
        deviceID = try mask.take("device_id", wire.deviceID)
        deviceOwner = try mask.take("device_owner", wire.deviceOwner)
        securityGroups = try mask.take("security_groups", wire.securityGroups)
        isPortSecurityEnabled = try mask.take("port_security_enabled", wire.portSecurityEnabled)
        allowedAddressPairs = try mask.take("allowed_address_pairs", try wire.pairs)
        dhcpOptions = try mask.take("extra_dhcp_opts", try wire.options)
        vnicType = try mask.take("binding_vnic_type", wire.bindingVnicType)
        host = try mask.take("binding_host_id", wire.bindingHostID)
        profile = try mask.take("binding_profile", wire.bindingProfile.isEmpty ? "{}" : wire.bindingProfile)
        dnsName = try mask.take("dns_name", wire.dnsName)
        dnsDomain = try mask.take("dns_domain", wire.dnsDomain)
        qosPolicyID = try mask.take("qos_policy_id", wire.qosPolicyID)
        // They say of a create what the mask says of an update.
        _ = try mask.take("fixed_ips_given", wire.fixedIpsGiven)
        _ = try mask.take("security_groups_given", wire.securityGroupsGiven)
        try mask.finish()
    }
}

extension Wire.Port {
    fileprivate var macWish: Port.MACWish {
        get throws(NetworkError) { macAddress.isEmpty ? .random : .address(try MACAddress(wire: macAddress)) }
    }

    fileprivate var pairs: [AddressPair] {
        get throws(NetworkError) {
            var pairs: [AddressPair] = []
            for pair in allowedAddressPairs {
                let mac = pair.macAddress.isEmpty ? nil : try MACAddress(wire: pair.macAddress)
                pairs.append(AddressPair(prefix: pair.ipAddress, mac: mac))
            }
            return pairs
        }
    }

    fileprivate var options: [DHCPOption] {
        get throws(NetworkError) {
            var options: [DHCPOption] = []
            for option in extraDhcpOpts {
                guard let version = IPVersion(rawValue: option.ipVersion == 0 ? 4 : Int(option.ipVersion)) else {
                    throw .invalidInput("ip_version \(option.ipVersion) of a DHCP option is neither 4 nor 6")
                }
                options.append(DHCPOption(name: option.optName, value: option.optValue, version: version))
            }
            return options
        }
    }
}
