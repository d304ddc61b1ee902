/// The two families of Internet addresses, by the version number in their packets' headers.
public enum IPVersion: Int, Hashable, Sendable, CaseIterable {
    /// 32-bit addresses. Source: RFC 791.
    case v4 = 4
    /// 128-bit addresses. Source: RFC 8200.
    case v6 = 6

    /// The number of bits in an address, which is also the longest prefix: 32 or 128.
    public var bitWidth: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// The number of octets in an address: 4 or 16.
    public var byteCount: Int { bitWidth / 8 }
}
