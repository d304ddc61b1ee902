internal import Addressing
internal import ResourceModel

/// An internal address that the control plane wants to be reachable from outside as it is: the router answers for it at
/// its first gateway.
struct NeighbourProxyEntry: Hashable, Sendable {
    var id: NDPProxyID
    var revision: Revision
    var address: IPv6Address
}
