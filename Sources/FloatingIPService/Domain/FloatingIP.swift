internal import Addressing
internal import ResourceModel

/// An address of an external network, mapped one to one to a fixed address, or carrying port forwardings, or idle.
struct FloatingIP: Hashable, Sendable {
    let id: FloatingIPID
    let projectID: String
    /// The external network.
    let networkID: NetworkID
    /// The address, held by the port `addressPort` of the external network.
    let address: IPv4Address
    var description = ""
    var tags: [String] = []
    var dnsName = ""
    var dnsDomain = ""
    /// What it is mapped to.
    var target: Target?
    /// The router that does the mapping, or carries the forwardings.
    var routerID: RouterID?
    /// The router it was last on: its node may still have the address when it is on none.
    var lastRouterID: RouterID?
    var status = Status.down
    /// Why the status is ERROR.
    var statusReason = ""
    /// The newest revision that a node reported about.
    var appliedRevision: Revision = 0
    /// The revision of the last change that nodes care about.
    var mappingRevision: Revision = 1
    var revision: Revision = 1
    var createdAt = Timestamp(microseconds: 0)
    var updatedAt = Timestamp(microseconds: 0)

    /// The states in which a node can have it.
    enum Status: String, Sendable {
        case active = "ACTIVE"
        case down = "DOWN"
        case error = "ERROR"
    }

    /// A fixed address of a port.
    struct Target: Hashable, Sendable {
        var portID: PortID
        var address: IPv4Address
        /// The subnet of the address.
        var subnetID: SubnetID
    }

    /// Where it is mapped to, and by which router.
    struct Association: Hashable, Sendable {
        var target: Target
        var routerID: RouterID
    }

    /// The port on the external network that holds the address.
    var addressPort: PortID { id.derived(purpose: .floatingIPPort) }

    /// Maps it to a fixed address, or to none.
    ///
    /// What was true of the mapping before is not true of a new one, so it is DOWN until a node says otherwise. When it
    /// is unmapped the address stays with the node, and hence the status, until the node says that it is gone.
    mutating func associate(_ association: Association?) {
        if let association {
            if association.target != target || association.routerID != routerID {
                status = .down
                statusReason = ""
            }
            lastRouterID = association.routerID
        }
        target = association?.target
        routerID = association?.routerID
    }
}

/// A floating IP with what a reader wants to know besides its own attributes.
struct FloatingIPView: Hashable, Sendable {
    var floatingIP: FloatingIP
    /// The port that it is mapped to.
    var port: PortDetails?
    var forwardings: [PortForwarding] = []
}
