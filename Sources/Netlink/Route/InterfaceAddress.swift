public import Addressing

/// An address of an interface.
public struct InterfaceAddress: Hashable, Sendable {
    /// The interface.
    public var interface: InterfaceIndex
    /// The address with the length of its network's prefix.
    public var address: CIDR
    /// Whether the kernel adds a route to the network by this interface (without `IFA_F_NOPREFIXROUTE`).
    public var addsPrefixRoute: Bool
    /// Whether it is used at once, without asking whether a neighbour has it (`IFA_F_NODAD`); IPv6 only.
    public var skipsDuplicateDetection: Bool

    /// An address; an IPv6 address is used at once, as a router that owns its addresses wants it.
    public init(
        _ address: CIDR,
        on interface: InterfaceIndex,
        addsPrefixRoute: Bool = true,
        skipsDuplicateDetection: Bool? = nil
    ) {
        self.interface = interface
        self.address = address
        self.addsPrefixRoute = addsPrefixRoute
        self.skipsDuplicateDetection = skipsDuplicateDetection ?? (address.version == .v6)
    }
}
