internal import Addressing
internal import ResourceModel

/// What FloatingIPService knows of a network.
struct Network: Hashable, Sendable {
    let id: NetworkID
    var isExternal: Bool
    /// The scope of its IPv6 addresses; empty is none.
    var ipv6Scope = ""
}

/// What FloatingIPService knows of a subnet.
struct Subnet: Hashable, Sendable {
    let id: SubnetID
    let networkID: NetworkID
    var name = ""
    let cidr: CIDR
}

/// What FloatingIPService knows of a port.
struct Port: Hashable, Sendable {
    let id: PortID
    var projectID: String
    let networkID: NetworkID
    var name = ""
    var macAddress: MACAddress
    var isAdminUp = true
    var status = ""
    var deviceID = ""
    var deviceOwner = ""
    var addresses: [PortAddress] = []
}

/// What a floating IP shows of its port, in the words of NetworkService.
struct PortDetails: Hashable, Sendable {
    var name: String
    var networkID: String
    var macAddress: String
    var isAdminUp: Bool
    var status: String
    var deviceID: String
    var deviceOwner: String
}

extension Port {
    var details: PortDetails {
        PortDetails(
            name: name,
            networkID: networkID.description,
            macAddress: macAddress.description,
            isAdminUp: isAdminUp,
            status: status,
            deviceID: deviceID,
            deviceOwner: deviceOwner
        )
    }
}

/// An address of a port.
struct PortAddress: Hashable, Sendable {
    let subnetID: SubnetID
    let address: IPAddress
}

extension Network {
    /// Refuses to give addresses that floating IPs could not be.
    ///
    /// - Parameters:
    ///   - subnets: All of the network's.
    ///   - wanted: The subnet that the caller named, wherever it is.
    /// - Throws: `badRequest` when the network is not external or has no IPv4 subnet, `invalidInput` when the subnet is
    ///   another network's or not IPv4.
    func requireFloating(subnets: [Subnet], wanted: Subnet?) throws(FloatingIPError) {
        guard isExternal else { throw .badRequest("network \(id) is not external") }
        guard subnets.contains(where: { $0.cidr.version == .v4 }) else {
            throw .badRequest("network \(id) has no IPv4 subnet")
        }
        guard let wanted else { return }
        guard wanted.networkID == id else { throw .invalidInput("subnet \(wanted.id) is not on network \(id)") }
        guard wanted.cidr.version == .v4 else { throw .invalidInput("subnet \(wanted.id) is not an IPv4 subnet") }
    }
}
