internal import Addressing

/// The name of one address.
struct AddressName: Hashable, Sendable {
    var address: IPAddress
    var host: String
    /// Fully qualified, with the final dot.
    var full: String
}

extension Port {
    /// The names of the port's addresses: its own name, or one made of the address.
    func names(inDomain domain: String) -> [AddressName] {
        fixedAddresses.map { fixed in
            let host = dnsName.isEmpty ? Port.hostName(of: fixed.address) : dnsName
            return AddressName(
                address: fixed.address,
                host: host,
                full: "\(host).\(dnsDomain.isEmpty ? domain : dnsDomain)"
            )
        }
    }

    /// `host-10-0-0-31`; in IPv6 the colons become dashes.
    private static func hostName(of address: IPAddress) -> String {
        "host-" + address.description.map { $0 == "." || $0 == ":" ? "-" : String($0) }.joined()
    }
}
