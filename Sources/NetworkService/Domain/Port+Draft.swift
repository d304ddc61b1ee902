internal import Addressing
internal import ResourceModel

extension Port {
    /// A port to be made; nil is "not given".
    struct Draft: Hashable, Sendable {
        var id: PortID?
        var projectID = ""
        var name = ""
        var description = ""
        var tags: [String] = []
        var networkID: NetworkID
        var isAdminUp: Bool?
        var mac: MACAddress?
        var addresses: AddressWish = .automatic
        var deviceID = ""
        var deviceOwner = ""
        /// Nil is the project's default group.
        var securityGroups: [String]?
        var isPortSecurityEnabled: Bool?
        var allowedAddressPairs: [AddressPair] = []
        var dhcpOptions: [DHCPOption] = []
        var binding = Binding()
        var dnsName = ""
        var dnsDomain = ""
        var qosPolicyID = ""

        init(networkID: NetworkID) {
            self.networkID = networkID
        }
    }

    /// The port that a draft asks for, still without addresses and the default security group.
    ///
    /// - Throws: `notAuthorized` when the caller may not have such a port on the network, and the first rule it breaks.
    init(_ draft: Draft, on network: Network, by caller: RequestContext) throws(NetworkError) {
        let owner = try caller.ownerOfNew(draft.projectID)
        try caller.requireAttaching(to: network)
        try Port.checkRights(of: draft, on: network, by: caller)
        labels = try Labels(name: draft.name, description: draft.description, tags: draft.tags)
        id = draft.id ?? .random()
        projectID = owner
        history = .unborn
        networkID = network.id
        isAdminUp = draft.isAdminUp ?? true
        mac = draft.mac ?? .randomForPort()
        fixedAddresses = []
        deviceID = draft.deviceID
        deviceOwner = draft.deviceOwner
        status = .down
        securityGroups = draft.securityGroups ?? []
        isPortSecurityEnabled = draft.isPortSecurityEnabled ?? network.isPortSecurityEnabled
        allowedAddressPairs = draft.allowedAddressPairs
        dhcpOptions = draft.dhcpOptions
        binding = draft.binding
        dnsName = draft.dnsName.lowercased()
        dnsDomain = draft.dnsDomain
        allocation = draft.addresses == .given([]) ? .none : .immediate
        qosPolicyID = draft.qosPolicyID
        holder = nil
        try PortRules.check(self)
    }

    private static func checkRights(
        of draft: Draft,
        on network: Network,
        by caller: RequestContext
    ) throws(NetworkError) {
        if caller.isAdmin { return }
        guard draft.binding.host.isEmpty, draft.binding.profile == "{}" else {
            throw .notAuthorized("only administrators and services bind ports to nodes")
        }
        guard caller.controls(network) else {
            if draft.mac != nil { throw .notAuthorized("only a network's owner chooses hardware addresses on it") }
            // What it would have anyway, anybody may say.
            if let wanted = draft.isPortSecurityEnabled, wanted != network.isPortSecurityEnabled {
                throw .notAuthorized("only a network's owner sets port_security_enabled on it")
            }
            if !draft.allowedAddressPairs.isEmpty {
                throw .notAuthorized("only a network's owner sets allowed_address_pairs on it")
            }
            if DeviceOwner.isInfrastructure(draft.deviceOwner) {
                throw .notAuthorized("only a network's owner sets device owner \(draft.deviceOwner) on it")
            }
            return
        }
    }
}

extension MACAddress {
    /// A random address below fa:16:3e, which is locally administered and known as that of virtual ports.
    static func randomForPort() -> MACAddress {
        var generator = SystemRandomNumberGenerator()
        return MACAddress(prefix: (0xfa, 0x16, 0x3e), using: &generator)
    }
}
