public import Addressing

/// An entry of the neighbour table: which hardware address an IP address on a link has.
public struct Neighbour: Hashable, Sendable {
    /// The link.
    public var interface: InterfaceIndex
    /// The IP address.
    public var address: IPAddress
    /// The hardware address; nil while it is not known.
    public var mac: MACAddress?
    /// How far the kernel trusts it.
    public var state: State

    /// An entry, permanent unless another state is given.
    public init(
        _ address: IPAddress,
        at mac: MACAddress,
        on interface: InterfaceIndex,
        state: State = State.permanent
    ) {
        self.interface = interface
        self.address = address
        self.mac = mac
        self.state = state
    }

    init(interface: InterfaceIndex, address: IPAddress, mac: MACAddress?, state: State) {
        self.interface = interface
        self.address = address
        self.mac = mac
        self.state = state
    }

    /// A neighbour's state, `NUD_*`.
    ///
    /// Source: linux/neighbour.h.
    public struct State: RawRepresentable, Hashable, Sendable {
        /// The kernel's number.
        public let rawValue: UInt16

        /// The state with this number.
        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }
    }
}
