internal import Addressing
internal import Contracts
internal import ResourceModel
internal import SwiftProtobuf

extension Wire {
    typealias FloatingAddress = L3_Agent_V1_AddressState
    typealias ForwardingRule = L3_Agent_V1_ForwardingRule
}

extension FloatingAddress {
    init(_ wire: Wire.FloatingAddress) throws(WireFault) {
        id = try WireFault.parse(wire.id, "id")
        revision = wire.revisionNumber
        address = try WireFault.parse(wire.floatingIpAddress, "floating_ip_address")
        network = try WireFault.parse(wire.floatingNetworkID, "floating_network_id")
        if let fixed = try WireFault.parseOptional(wire.fixedIpAddress, "fixed_ip_address", as: IPv4Address.self) {
            use = .fixed(fixed)
            return
        }
        var rules: [ForwardingRule] = []
        for rule in wire.portForwardings { rules.append(try ForwardingRule(rule)) }
        use = .forwardings(rules)
    }

    var wire: Wire.FloatingAddress {
        Wire.FloatingAddress.with {
            $0.id = id.description
            $0.revisionNumber = revision
            $0.floatingIpAddress = address.description
            $0.floatingNetworkID = network.description
            switch use {
            case .fixed(let fixed): $0.fixedIpAddress = fixed.description
            case .forwardings(let rules): $0.portForwardings = rules.map(\.wire)
            }
        }
    }
}

extension ForwardingRule {
    init(_ wire: Wire.ForwardingRule) throws(WireFault) {
        id = try WireFault.parse(wire.id, "port_forwardings.id")
        guard let transport = TransportProtocol(name: wire.protocol) else {
            throw WireFault("port_forwardings.protocol", wire.protocol)
        }
        self.transport = transport
        externalPorts = try Self.ports(wire.externalPortFirst, wire.externalPortLast, "external_port")
        internalAddress = try WireFault.parse(wire.internalIpAddress, "internal_ip_address")
        internalPorts = try Self.ports(wire.internalPortFirst, wire.internalPortLast, "internal_port")
        guard internalPorts.count == 1 || internalPorts.count == externalPorts.count else {
            throw WireFault("internal_port", "\(internalPorts)")
        }
    }

    private static func ports(
        _ first: Int32,
        _ last: Int32,
        _ field: String
    ) throws(WireFault) -> ClosedRange<UInt16> {
        guard let first = UInt16(exactly: first), let last = UInt16(exactly: last), first > 0, first <= last else {
            throw WireFault(field, "\(first)-\(last)")
        }
        return first...last
    }

    var wire: Wire.ForwardingRule {
        Wire.ForwardingRule.with {
            $0.id = id.description
            $0.protocol = "\(transport)"
            $0.externalPortFirst = Int32(externalPorts.lowerBound)
            $0.externalPortLast = Int32(externalPorts.upperBound)
            $0.internalIpAddress = internalAddress.description
            $0.internalPortFirst = Int32(internalPorts.lowerBound)
            $0.internalPortLast = Int32(internalPorts.upperBound)
        }
    }
}
