internal import Addressing
internal import ResourceModel

/// All that is wanted of one router, and what of it is wanted no more.
struct DesiredRouter: Hashable, Sendable {
    var id: RouterID
    /// Nil: the router is not to be on this node.
    var specification: RouterSpecification?
    var addresses: [FloatingIPID: FloatingAddress] = [:]
    /// Internal addresses that the router answers for, if it does so at all.
    var neighbourProxies: Set<IPv6Address> = []
    /// Floating IPs that left since the router was last settled, each with the revision that says so.
    var departed: [FloatingIPID: Revision] = [:]
    /// The revision that says that the router left, where it is known.
    var departedRevision: Revision?

    /// Whether anything of the router is to be in the kernel.
    var isWanted: Bool { specification?.isUp ?? false }
}
