internal import Addressing
internal import ResourceModel

extension Port {
    /// What an update changes; nil leaves a value as it is.
    struct Change: Hashable, Sendable {
        var labels = LabelsChange()
        var isAdminUp: Bool?
        var mac: MACWish?
        var addresses: AddressWish?
        var deviceID: String?
        var deviceOwner: String?
        var securityGroups: [String]?
        var isPortSecurityEnabled: Bool?
        var allowedAddressPairs: [AddressPair]?
        var dhcpOptions: [DHCPOption]?
        var vnicType: String?
        var host: String?
        var profile: String?
        var dnsName: String?
        var dnsDomain: String?
        var qosPolicyID: String?
    }

    /// What an update says of the hardware address.
    enum MACWish: Hashable, Sendable {
        case random
        case address(MACAddress)
    }

    /// This port with the change made, but for its addresses.
    ///
    /// - Throws: `notAuthorized`, `conflict` for a router's port that would lose its device, and the rule it breaks.
    func applying(_ change: Change, on network: Network, by caller: RequestContext) throws(NetworkError) -> Port {
        var changed = self
        changed.labels = try labels.applying(change.labels)
        changed.isAdminUp = change.isAdminUp ?? isAdminUp
        switch change.mac {
        case .random: changed.mac = .randomForPort()
        case .address(let address): changed.mac = address
        case nil: break
        }
        changed.deviceID = change.deviceID ?? deviceID
        changed.deviceOwner = change.deviceOwner ?? deviceOwner
        changed.securityGroups = change.securityGroups ?? securityGroups
        changed.isPortSecurityEnabled = change.isPortSecurityEnabled ?? isPortSecurityEnabled
        changed.allowedAddressPairs = change.allowedAddressPairs ?? allowedAddressPairs
        changed.dhcpOptions = change.dhcpOptions ?? dhcpOptions
        changed.binding.vnicType = change.vnicType ?? binding.vnicType
        changed.binding.host = change.host ?? binding.host
        changed.binding.profile = change.profile ?? binding.profile
        changed.dnsName = change.dnsName?.lowercased() ?? dnsName
        changed.dnsDomain = change.dnsDomain ?? dnsDomain
        changed.qosPolicyID = change.qosPolicyID ?? qosPolicyID
        if let addresses = change.addresses {
            changed.allocation = addresses == .given([]) ? .none : .immediate
        }
        try checkRights(to: changed, on: network, by: caller)
        if isPortSecurityEnabled, !changed.isPortSecurityEnabled, change.securityGroups == nil, !securityGroups.isEmpty
        {
            throw .portSecurityPortHasSecurityGroup(id)
        }
        try checkDevice(after: changed, change)
        try PortRules.check(changed)
        return changed
    }

    /// A port that a router or floating IP owns keeps its device and addresses until that lets go of it.
    private func checkDevice(after changed: Port, _ change: Change) throws(NetworkError) {
        guard DeviceOwner.services.contains(deviceOwner) else { return }
        if holder != nil, changed.deviceID != deviceID || changed.deviceOwner != deviceOwner {
            throw .conflict("port \(id) belongs to device \(deviceID) (\(deviceOwner)) until that lets go of it")
        }
        if change.addresses != nil, DeviceOwner.isRouter(deviceOwner) {
            throw .badRequest("the addresses of port \(id) cannot be changed: it belongs to router \(deviceID)")
        }
    }

    private func checkRights(to changed: Port, on network: Network, by caller: RequestContext) throws(NetworkError) {
        if caller.isAdmin { return }
        guard changed.binding.host == binding.host, changed.binding.profile == binding.profile else {
            throw .notAuthorized("only administrators and services bind ports to nodes")
        }
        guard !caller.controls(network) else { return }
        guard changed.mac == mac, changed.isPortSecurityEnabled == isPortSecurityEnabled,
            changed.allowedAddressPairs == allowedAddressPairs
        else {
            throw .notAuthorized("only the network's owner sets the security and hardware address of ports on it")
        }
        guard changed.deviceOwner == deviceOwner || !DeviceOwner.isInfrastructure(changed.deviceOwner) else {
            throw .notAuthorized("only the network's owner sets device owner \(changed.deviceOwner) on it")
        }
    }
}
