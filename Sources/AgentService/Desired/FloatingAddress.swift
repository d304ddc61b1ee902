internal import Addressing
internal import ResourceModel

/// What the control plane says of a floating IP of a router.
struct FloatingAddress: Hashable, Sendable {
    var id: FloatingIPID
    var revision: Revision
    /// The external address.
    var address: IPv4Address
    /// The external network, hence the gateway that carries the address.
    var network: NetworkID
    var use: Use

    /// How packets to the address are led on.
    enum Use: Hashable, Sendable {
        /// All to one internal address, whose packets leave with the external one.
        case fixed(IPv4Address)
        /// Some by their port.
        case forwardings([ForwardingRule])
    }
}

/// One port forwarding: external ports to an internal address, either port by port or all to one port.
struct ForwardingRule: Hashable, Sendable {
    var id: PortForwardingID
    var transport: TransportProtocol
    var externalPorts: ClosedRange<UInt16>
    var internalAddress: IPv4Address
    var internalPorts: ClosedRange<UInt16>

    /// The internal port that belongs to an external one.
    func internalPort(for external: UInt16) -> UInt16 {
        guard internalPorts.count > 1 else { return internalPorts.lowerBound }
        return internalPorts.lowerBound + (external - externalPorts.lowerBound)
    }
}

/// A protocol with ports.
///
/// The number is that of the IP header. Source: IANA, Assigned Internet Protocol Numbers.
enum TransportProtocol: UInt8, Hashable, Sendable, CaseIterable {
    case tcp = 6
    case udp = 17
    case dccp = 33
    case sctp = 132

    /// The protocol with this name in the contracts.
    init?(name: String) {
        switch name {
        case "tcp": self = .tcp
        case "udp": self = .udp
        case "dccp": self = .dccp
        case "sctp": self = .sctp
        default: return nil
        }
    }
}
