internal import Addressing
internal import ResourceModel

/// Decides which addresses a port gets, before any is looked for.
struct AddressPlan: Sendable {
    let networkID: NetworkID
    /// The network's own, oldest first.
    let subnets: [Subnet]
    /// Subnets of other networks that the request names.
    let strangers: [Subnet]
    let deviceOwner: String
    /// Whether the caller may choose an address instead of a subnet.
    let mayChoose: Bool

    /// A plan for a port on the network, out of all of its subnets and those that the request names.
    init(networkID: NetworkID, subnets: [Subnet], deviceOwner: String, mayChoose: Bool) {
        self.networkID = networkID
        self.subnets = subnets.filter { $0.networkID == networkID }
        strangers = subnets.filter { $0.networkID != networkID }
        self.deviceOwner = deviceOwner
        self.mayChoose = mayChoose
    }

    /// The choices that a wish comes to, in the order of the port's addresses.
    ///
    /// - Throws: `notAuthorized`, `subnetNotFound`, `invalidInput`, `invalidIPForNetwork`, `invalidIPForSubnet`,
    ///   `ipAddressGenerationFailure` when subnets exist but none serves such a port.
    func choices(for wish: AddressWish) throws(NetworkError) -> [AddressChoice] {
        switch wish {
        case .automatic: return try automatic()
        case .oneIPv4: return try oneIPv4()
        case .given(let entries):
            var choices: [AddressChoice] = []
            for entry in entries { choices.append(try choice(for: entry)) }
            let exact = choices.compactMap(\.exactAddress)
            guard Set(exact).count == exact.count else { throw .invalidInput("an address stands twice in fixed_ips") }
            return choices
        }
    }

    /// The subnet of which the wish's first address may be any; nil when the first address is no such choice, or the wish
    /// is refused.
    func firstSubnet(for wish: AddressWish) -> SubnetID? {
        guard case .any(let candidates)? = (try? choices(for: wish))?.first else { return nil }
        return candidates.first
    }

    private var isRouter: Bool { DeviceOwner.isRouter(deviceOwner) }

    private var eligible: [Subnet] { subnets.filter { $0.serves(deviceOwner: deviceOwner) } }

    private func automatic() throws(NetworkError) -> [AddressChoice] {
        guard !subnets.isEmpty else { return [] }
        let ipv4 = eligible.filter { $0.version == .v4 }.map(\.id)
        let stateful = eligible.filter { $0.version == .v6 && !$0.isAutomatic }.map(\.id)
        let derived = eligible.filter { $0.version == .v6 && $0.isAutomatic }.map { AddressChoice.derived($0.id) }
        let choices = [ipv4, stateful].filter { !$0.isEmpty }.map(AddressChoice.any) + derived
        guard !choices.isEmpty else { throw .ipAddressGenerationFailure(networkID) }
        return choices
    }

    private func oneIPv4() throws(NetworkError) -> [AddressChoice] {
        guard !subnets.isEmpty else { return [] }
        let ipv4 = eligible.filter { $0.version == .v4 }.map(\.id)
        guard !ipv4.isEmpty else { throw .ipAddressGenerationFailure(networkID) }
        return [.any(ipv4)]
    }

    private func choice(for entry: AddressWish.Entry) throws(NetworkError) -> AddressChoice {
        guard let address = entry.address else { return try choice(inSubnet: entry.subnetID) }
        guard mayChoose else { throw .notAuthorized("only the network's owner chooses addresses on it") }
        let subnet = try subnet(for: address, named: entry.subnetID)
        // A host in such a subnet makes its address by itself; only a router is told one.
        guard !subnet.isAutomatic || isRouter else {
            throw .invalidInput("addresses of subnet \(subnet.id) cannot be chosen: hosts make them by themselves")
        }
        return .exact(FixedAddress(subnetID: subnet.id, address: address))
    }

    private func choice(inSubnet id: SubnetID?) throws(NetworkError) -> AddressChoice {
        guard let id else { throw .invalidInput("an entry of fixed_ips names neither subnet nor address") }
        let subnet = try subnet(named: id)
        return subnet.isAutomatic && !isRouter ? .derived(id) : .any([id])
    }

    private func subnet(for address: IPAddress, named id: SubnetID?) throws(NetworkError) -> Subnet {
        if let id {
            let subnet = try subnet(named: id)
            guard subnet.permits(address, forRouter: isRouter) else { throw .invalidIPForSubnet(address, id) }
            return subnet
        }
        guard let subnet = subnets.first(where: { $0.permits(address, forRouter: isRouter) }) else {
            throw .invalidIPForNetwork(address, networkID)
        }
        return subnet
    }

    private func subnet(named id: SubnetID) throws(NetworkError) -> Subnet {
        if let subnet = subnets.first(where: { $0.id == id }) { return subnet }
        guard strangers.contains(where: { $0.id == id }) else { throw .subnetNotFound(id.description) }
        throw .invalidInput("subnet \(id) is not on network \(networkID)")
    }
}

extension AddressChoice {
    fileprivate var exactAddress: IPAddress? {
        if case .exact(let fixed) = self { fixed.address } else { nil }
    }
}
