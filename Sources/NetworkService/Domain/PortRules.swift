internal import Addressing

/// What a port may say.
enum PortRules {
    static let mostAddressPairs = 10

    static func check(_ port: Port) throws(NetworkError) {
        try Labels.check(port.deviceID, as: "device_id")
        try Labels.check(port.deviceOwner, as: "device_owner")
        try Labels.check(port.binding.host, as: "binding:host_id")
        try Labels.check(port.binding.vnicType, as: "binding:vnic_type")
        guard port.qosPolicyID.isEmpty else { throw .qosPolicyNotFound(port.qosPolicyID) }
        try DNSName.check(host: port.dnsName)
        try DNSName.check(domain: port.dnsDomain)
        guard !port.mac.isZero, !port.mac.isMulticast else {
            throw .invalidInput("mac_address \(port.mac) is not that of one station")
        }
        try check(pairs: port.allowedAddressPairs)
        try check(options: port.dhcpOptions)
        try checkSecurity(of: port)
    }

    private static func check(pairs: [AddressPair]) throws(NetworkError) {
        guard pairs.count <= mostAddressPairs else {
            throw .badRequest("more than \(mostAddressPairs) allowed address pairs")
        }
        guard Set(pairs).count == pairs.count else { throw .invalidInput("an allowed address pair stands twice") }
        for pair in pairs where IPAddress(pair.prefix) == nil && CIDR(pair.prefix) == nil {
            throw .invalidInput("\"\(pair.prefix)\" is neither an address nor a block of addresses")
        }
    }

    private static func check(options: [DHCPOption]) throws(NetworkError) {
        for option in options {
            guard !option.name.isEmpty else { throw .invalidInput("a DHCP option has no name") }
            try Labels.check(option.name, as: "opt_name")
            try Labels.check(option.value, as: "opt_value")
        }
    }

    private static func checkSecurity(of port: Port) throws(NetworkError) {
        guard !port.isPortSecurityEnabled else { return }
        guard port.securityGroups.isEmpty else { throw .portSecurityRequiredForSecurityGroups(port.id) }
        guard port.allowedAddressPairs.isEmpty else { throw .addressPairAndPortSecurityRequired(port.id) }
    }
}
