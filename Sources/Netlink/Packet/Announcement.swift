public import Addressing

/// A frame that tells a link which hardware address an IP address has.
public struct Announcement: Hashable, Sendable {
    /// The address that is announced.
    public let address: IPAddress
    /// Where it is to be found.
    public let mac: MACAddress
    /// Which of the two IPv4 forms it takes; IPv6 has one.
    public let form: Form

    /// An announcement of an address.
    public init(_ address: IPAddress, at mac: MACAddress, as form: Form = .request) {
        self.address = address
        self.mac = mac
        self.form = form
    }

    /// The two forms of a gratuitous ARP; some receivers heed one, some the other.
    public enum Form: Hashable, Sendable {
        /// A request for the address by its owner (`arping -U`).
        case request
        /// A reply that nobody asked for (`arping -A`).
        case reply
    }

    /// The Ethernet frame: 42 bytes for IPv4, 86 for IPv6.
    public var frame: [UInt8] {
        switch address {
        case .v4(let address): addressResolutionFrame(address)
        case .v6(let address): neighbourAdvertisementFrame(address)
        }
    }
}
