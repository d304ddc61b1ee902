internal import Addressing
internal import ResourceModel

/// Some ports of a floating IP, forwarded to ports of a fixed address.
struct PortForwarding: Hashable, Sendable {
    let id: PortForwardingID
    let floatingIPID: FloatingIPID
    var transport: Transport
    /// Where it leads.
    var target: FloatingIP.Target
    var externalPorts: PortRange
    /// As many as external ports, or one for all of them.
    var internalPorts: PortRange
    var description = ""

    /// The protocols that have ports.
    enum Transport: String, Sendable, CaseIterable {
        case tcp, udp, sctp, dccp
    }
}

/// Transport ports, both ends included.
struct PortRange: Hashable, Sendable {
    let first: Int
    let last: Int

    /// Ports in 1…65535; nil when there are others, or the first is greater than the last.
    init?(_ first: Int, _ last: Int) {
        guard first <= last, 1...65535 ~= first, 1...65535 ~= last else { return nil }
        (self.first, self.last) = (first, last)
    }

    /// Ports from `a:b` or `a`.
    init?(_ text: String) {
        let ends = text.split(separator: ":", omittingEmptySubsequences: false).map { end in
            end.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 } ? Int(end) : nil
        }
        guard 1...2 ~= ends.count, let first = ends[0], let last = ends[ends.count - 1] else { return nil }
        self.init(first, last)
    }

    /// How many ports.
    var count: Int { last - first + 1 }
    /// The port, when there is just one.
    var single: Int? { first == last ? first : nil }
    /// `a:b`.
    var text: String { "\(first):\(last)" }
}
