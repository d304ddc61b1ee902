internal import Addressing
internal import Contracts
internal import ResourceModel
internal import SwiftProtobuf

/// Another service answered something that cannot be.
struct UnreadableAnswer: Error, CustomStringConvertible {
    let description: String

    static func id<Kind>(_ text: String, as _: Kind.Type = Kind.self) throws(UnreadableAnswer) -> ID<Kind> {
        guard let id = ID<Kind>(text) else { throw UnreadableAnswer(description: "'\(text)' is not a UUID") }
        return id
    }
}

extension Network {
    /// What FloatingIPService needs of the message.
    init(wire: Wire.Network) throws(UnreadableAnswer) {
        self.init(
            id: try UnreadableAnswer.id(wire.id),
            isExternal: wire.routerExternal,
            ipv6Scope: wire.ipv6AddressScope
        )
    }
}

extension PlaceFacts {
    /// What the message says.
    init(wire: L3_Network_V1_GetHoldFactsResponse) throws(UnreadableAnswer) {
        var subnets: [Subnet] = []
        for subnet in wire.subnets { subnets.append(try Subnet(wire: subnet)) }
        self.init(
            network: wire.hasNetwork ? try Network(wire: wire.network) : nil,
            subnets: subnets,
            subnet: wire.hasSubnet ? try Subnet(wire: wire.subnet) : nil,
            port: wire.hasPort ? try Port(wire: wire.port) : nil
        )
    }
}

extension Subnet {
    /// What FloatingIPService needs of the message.
    init(wire: Wire.Subnet) throws(UnreadableAnswer) {
        guard let cidr = CIDR(wire.cidr) else { throw UnreadableAnswer(description: "'\(wire.cidr)' is not a prefix") }
        self.init(
            id: try UnreadableAnswer.id(wire.id),
            networkID: try UnreadableAnswer.id(wire.networkID),
            name: wire.name,
            cidr: cidr
        )
    }
}

extension PortDetails {
    /// What the message says.
    init(wire: L3_Network_V1_PortDetails) {
        self.init(
            name: wire.name,
            networkID: wire.networkID,
            macAddress: wire.macAddress,
            isAdminUp: wire.adminStateUp,
            status: wire.status,
            deviceID: wire.deviceID,
            deviceOwner: wire.deviceOwner
        )
    }
}

extension Port {
    /// What FloatingIPService needs of the message.
    init(wire: Wire.Port) throws(UnreadableAnswer) {
        guard let macAddress = MACAddress(wire.macAddress) else {
            throw UnreadableAnswer(description: "'\(wire.macAddress)' is not a hardware address")
        }
        self.init(
            id: try UnreadableAnswer.id(wire.id),
            projectID: wire.projectID,
            networkID: try UnreadableAnswer.id(wire.networkID),
            name: wire.name,
            macAddress: macAddress
        )
        isAdminUp = wire.hasAdminStateUp_p == nil || wire.adminStateUp
        status = wire.status
        deviceID = wire.deviceID
        deviceOwner = wire.deviceOwner
        addresses = try wire.fixedIps.map { fixed throws(UnreadableAnswer) in
            guard let address = IPAddress(fixed.ipAddress) else {
                throw UnreadableAnswer(description: "'\(fixed.ipAddress)' is not an address")
            }
            return PortAddress(subnetID: try UnreadableAnswer.id(fixed.subnetID), address: address)
        }
    }
}

extension Holder {
    /// The holder as it travels.
    var wire: Wire.Holder {
        .with {
            $0.kind = kind
            $0.id = text
        }
    }
}
