internal import Addressing
internal import Contracts
internal import ResourceModel
internal import ServiceRuntime
internal import SwiftProtobuf

/// NetworkService answered something that cannot be.
struct UnreadableAnswer: Error, CustomStringConvertible {
    let description: String

    static func id<Kind>(_ text: String, as _: Kind.Type = Kind.self) throws(UnreadableAnswer) -> ID<Kind> {
        guard let id = ID<Kind>(text) else { throw UnreadableAnswer(description: "'\(text)' is not a UUID") }
        return id
    }

    static func address(_ text: String) throws(UnreadableAnswer) -> IPAddress {
        guard let address = IPAddress(text) else { throw UnreadableAnswer(description: "'\(text)' is not an address") }
        return address
    }
}

extension Network {
    /// What RouterService needs of the message.
    init(wire: Wire.Network) throws(UnreadableAnswer) {
        self.init(
            id: try UnreadableAnswer.id(wire.id),
            isExternal: wire.routerExternal,
            mtu: Int(wire.mtu),
            type: wire.providerNetworkType,
            physicalNetwork: wire.providerPhysicalNetwork,
            segmentationID: wire.providerSegmentationID,
            hasIPv6Scope: !wire.ipv6AddressScope.isEmpty,
            revision: wire.revisionNumber
        )
    }
}

extension Subnet {
    /// What RouterService needs of the message.
    init(wire: Wire.Subnet) throws(UnreadableAnswer) {
        guard let cidr = CIDR(wire.cidr) else { throw UnreadableAnswer(description: "'\(wire.cidr)' is not a prefix") }
        self.init(
            id: try UnreadableAnswer.id(wire.id),
            networkID: try UnreadableAnswer.id(wire.networkID),
            cidr: cidr
        )
        projectID = wire.projectID
        gatewayIP = wire.gatewayIp.isEmpty ? nil : try UnreadableAnswer.address(wire.gatewayIp)
        for pool in wire.allocationPools {
            let (first, last) = (try UnreadableAnswer.address(pool.start), try UnreadableAnswer.address(pool.end))
            if let range = AddressRange(first: first, last: last) { allocationPools.append(range) }
        }
        raMode = wire.ipv6RaMode
        addressMode = wire.ipv6AddressMode
        dnsNameservers = wire.dnsNameservers
        revision = wire.revisionNumber
    }
}

extension Port {
    /// What RouterService needs of the message.
    init(wire: Wire.Port) throws(UnreadableAnswer) {
        guard let macAddress = MACAddress(wire.macAddress) else {
            throw UnreadableAnswer(description: "'\(wire.macAddress)' is not a hardware address")
        }
        self.init(
            id: try UnreadableAnswer.id(wire.id),
            networkID: try UnreadableAnswer.id(wire.networkID),
            projectID: wire.projectID,
            macAddress: macAddress,
            deviceID: wire.deviceID,
            revision: wire.revisionNumber
        )
        addresses = try wire.fixedIps.map { fixed throws(UnreadableAnswer) in
            PortAddress(
                subnetID: try UnreadableAnswer.id(fixed.subnetID),
                address: try UnreadableAnswer.address(fixed.ipAddress)
            )
        }
    }
}

extension WantedAddress {
    /// The wish as it travels to NetworkService.
    var wire: Wire.FixedIP {
        .with {
            $0.subnetID = subnetID?.description ?? ""
            $0.ipAddress = address?.description ?? ""
        }
    }
}

extension NetworkEvent {
    /// The event that a message carries; nil for one that this program does not know.
    init?(wire: Wire.NetworkEvent) throws(UnreadableAnswer) {
        switch wire.event {
        case .networkUpserted(let network): self = .network(try Network(wire: network))
        case .subnetUpserted(let subnet): self = .subnet(try Subnet(wire: subnet))
        case .portUpserted(let port): self = .port(try Port(wire: port))
        case .networkDeleted(let removal): self = .networkGone(try UnreadableAnswer.id(removal.id))
        case .subnetDeleted(let removal): self = .subnetGone(try UnreadableAnswer.id(removal.id))
        case .portDeleted(let removal): self = .portGone(try UnreadableAnswer.id(removal.id))
        case .synced(let position): self = .synced(position.position)
        case .progress(let position): self = .progress(position.position)
        case nil: return nil
        }
    }
}
