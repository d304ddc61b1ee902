internal import ResourceModel

/// A port that a router or floating IP has made for itself.
struct Reservation: Hashable, Sendable {
    var holder: Holder
    var portID: PortID
    var networkID: NetworkID
    /// Empty for ports on external networks.
    var projectID: String
    var deviceOwner: String
    var addresses: AddressWish
    var name: String
    /// For whose object the address is taken; empty when that is not told.
    var holderProject = ""

    /// - Throws: `badRequest` when it is for an external network and the network is none, or the owner is no service.
    func port(on network: Network) throws(NetworkError) -> Port {
        guard DeviceOwner.services.contains(deviceOwner) else {
            throw .badRequest("\"\(deviceOwner)\" is not the device owner of a service")
        }
        if deviceOwner == DeviceOwner.routerGateway || deviceOwner == DeviceOwner.floatingIP {
            guard network.isExternal else { throw .badRequest("network \(network.id) is not external") }
        }
        return Port(
            id: portID,
            projectID: projectID,
            labels: try Labels(name: name),
            history: .unborn,
            networkID: networkID,
            isAdminUp: true,
            mac: .randomForPort(),
            fixedAddresses: [],
            deviceID: holder.id,
            deviceOwner: deviceOwner,
            status: deviceOwner == DeviceOwner.floatingIP ? .notApplicable : .down,
            securityGroups: [],
            isPortSecurityEnabled: false,
            allowedAddressPairs: [],
            dhcpOptions: [],
            binding: Port.Binding(),
            dnsName: "",
            dnsDomain: "",
            allocation: .immediate,
            qosPolicyID: "",
            holder: holder,
            holderProject: holderProject
        )
    }
}

/// What a holder changes of its port; nil leaves a value as it is.
struct ReservationChange: Hashable, Sendable {
    var addresses: AddressWish?
    var host: String?
    var status: PortStatus?
}
