internal import Addressing
internal import ResourceModel

/// The gateway that somebody wants for a router.
struct GatewayRequest: Hashable, Sendable {
    let networkID: NetworkID
    /// Empty lets NetworkService choose.
    var addresses: [WantedAddress] = []
    /// Absent is true.
    var enablesSNAT: Bool?

    /// Refuses what only administrators may ask for.
    func requirePermission(of context: RequestContext) throws(RouterError) {
        guard !context.isAdmin else { return }
        guard addresses.isEmpty else { throw .notAuthorized("external_fixed_ips is for administrators only") }
        guard enablesSNAT == nil else { throw .notAuthorized("enable_snat is for administrators only") }
    }

    /// Refuses an address that is the external subnet's own gateway.
    func requireAddressesAllowed(on subnets: [Subnet]) throws(RouterError) {
        for wanted in addresses {
            guard let address = wanted.address else { continue }
            for subnet in subnets where subnet.gatewayIP == address {
                throw .badRequest("address \(address) is the gateway of subnet \(subnet.id) itself")
            }
        }
    }
}

/// An address that somebody wants: of a subnet, a certain one, or both.
struct WantedAddress: Hashable, Sendable {
    var subnetID: SubnetID?
    var address: IPAddress?

    /// Whether the address is what was wanted.
    func matches(_ present: PortAddress) -> Bool {
        (subnetID ?? present.subnetID) == present.subnetID && (address ?? present.address) == present.address
    }
}

extension GatewayRequest {
    /// Whether every wanted address is there and no other, each standing for one.
    ///
    /// Nothing wanted is always there.
    func isSatisfied(by present: [PortAddress]) -> Bool {
        if addresses.isEmpty { return true }
        guard addresses.count == present.count else { return false }
        var left = present
        // The more exact wishes first, so that a vague one does not take what an exact one needs.
        for wish in addresses.sorted(by: { ($0.address != nil ? 0 : 1) < ($1.address != nil ? 0 : 1) }) {
            guard let index = left.firstIndex(where: wish.matches) else { return false }
            left.remove(at: index)
        }
        return true
    }
}
