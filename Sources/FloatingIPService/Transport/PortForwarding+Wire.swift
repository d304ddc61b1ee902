internal import Addressing
internal import Contracts
internal import ResourceModel
internal import SwiftProtobuf

extension PortForwardingWish {
    /// The wish that a create request carries.
    init(wire: Wire.PortForwarding) throws(FloatingIPError) {
        guard !wire.internalPortID.isEmpty else { throw .invalidInput("internal_port_id must be given") }
        guard !wire.internalIpAddress.isEmpty else { throw .invalidInput("internal_ip_address must be given") }
        self.init(
            transport: try wire.transport(),
            portID: try Wire.id(wire.internalPortID, or: FloatingIPError.portNotFound),
            address: try wire.internalAddress(),
            externalPorts: try .reading(wire.externalPort, wire.externalPortRange, "external_port"),
            internalPorts: try .reading(wire.internalPort, wire.internalPortRange, "internal_port"),
            description: wire.description_p
        )
    }
}

extension PortForwardingChange {
    /// The change that an update request carries.
    init(wire request: L3_Floatingip_V1_UpdatePortForwardingRequest) throws(FloatingIPError) {
        self.init()
        let (paths, wire) = (Set(request.updateMask.paths), request.portForwarding)
        for path in paths { try take(path, from: wire) }
        externalPorts = try .reading(
            paths,
            "external_port",
            single: wire.externalPort,
            range: wire.externalPortRange
        )
        internalPorts = try .reading(
            paths,
            "internal_port",
            single: wire.internalPort,
            range: wire.internalPortRange
        )
    }

    private mutating func take(_ path: String, from wire: Wire.PortForwarding) throws(FloatingIPError) {
        switch path {
        case "protocol": transport = try wire.transport()
        case "internal_port_id": portID = try Wire.id(wire.internalPortID, or: FloatingIPError.portNotFound)
        case "internal_ip_address": address = try wire.internalAddress()
        case "description": description = wire.description_p
        case "external_port", "external_port_range", "internal_port", "internal_port_range": break
        default: throw .invalidInput("\(path) cannot be changed")
        }
    }
}

extension PortRange {
    /// The ports that a request names: a single one wins over a range, which must be one all the same.
    static func reading(_ single: Int32, _ range: String, _ field: String) throws(FloatingIPError) -> PortRange {
        let ports = PortRange(range)
        guard ports != nil || range.isEmpty else {
            throw .invalidInput("\(field)_range '\(range)' is not a:b with 1 ≤ a ≤ b ≤ 65535")
        }
        if single != 0 {
            guard let port = PortRange(Int(single), Int(single)) else {
                throw .invalidInput("\(field) \(single) is not in 1…65535")
            }
            return port
        }
        guard let ports else { throw .badRequest("\(field) or \(field)_range must be given") }
        return ports
    }

    /// The ports that an update names; nil when its mask has none of the two fields.
    fileprivate static func reading(
        _ paths: Set<String>,
        _ field: String,
        single: Int32,
        range: String
    ) throws(FloatingIPError) -> PortRange? {
        let (hasSingle, hasRange) = (paths.contains(field), paths.contains("\(field)_range"))
        guard hasSingle || hasRange else { return nil }
        return try reading(hasSingle ? single : 0, hasRange ? range : "", field)
    }
}

extension Wire.PortForwarding {
    fileprivate func transport() throws(FloatingIPError) -> PortForwarding.Transport {
        guard let known = PortForwarding.Transport(rawValue: self.protocol) else {
            throw .invalidInput("protocol '\(self.protocol)' is not tcp, udp, sctp or dccp")
        }
        return known
    }

    fileprivate func internalAddress() throws(FloatingIPError) -> IPv4Address {
        guard let address = IPv4Address(internalIpAddress) else {
            throw .invalidInput("internal_ip_address '\(internalIpAddress)' is not an IPv4 address")
        }
        return address
    }
}

extension PortForwarding {
    /// The forwarding as it travels.
    var wire: Wire.PortForwarding {
        .with {
            $0.id = id.description
            $0.protocol = transport.rawValue
            $0.internalPortID = target.portID.description
            $0.internalIpAddress = target.address.description
            $0.internalPort = Int32(internalPorts.single ?? 0)
            $0.externalPort = Int32(externalPorts.single ?? 0)
            $0.internalPortRange = internalPorts.text
            $0.externalPortRange = externalPorts.text
            $0.description_p = description
            $0.floatingipID = floatingIPID.description
        }
    }
}
