internal import Addressing
internal import ResourceModel

/// A subnet of an external network, as a place that floating IPs come from.
struct FloatingIPPool: Hashable, Sendable {
    let subnet: Subnet
    /// The caller's project.
    let projectID: String

    /// The pools among the subnets of external networks: those for IPv4.
    static func pools(_ subnets: [Subnet], for projectID: String) -> [FloatingIPPool] {
        subnets.filter { $0.cidr.version == .v4 }.map { FloatingIPPool(subnet: $0, projectID: projectID) }
    }

    /// An attribute's text; nil when there is no such attribute.
    func text(of attribute: String) -> String? {
        switch attribute {
        case "subnet_id", "id": subnet.id.description
        case "subnet_name": subnet.name
        case "network_id": subnet.networkID.description
        case "cidr": subnet.cidr.description
        case "project_id": projectID
        default: nil
        }
    }
}

extension ListQuery {
    /// The pools that the query names, in its order, and of them its page.
    ///
    /// - Throws: `invalidInput` for an attribute that pools do not have, `markerNotFound`.
    func page(of pools: [FloatingIPPool]) throws(FloatingIPError) -> Page<FloatingIPPool> {
        for field in filters.map(\.field) + sort.map(\.field) where Self.anyPool.text(of: field) == nil {
            throw .invalidInput("\"\(field)\" is not an attribute of floating IP pools")
        }
        var found = pools.filter { pool in
            filters.allSatisfy { filter in pool.text(of: filter.field).map(filter.values.contains) == true }
        }
        found.sort { left, right in comesFirst(left, right) }
        if let marker {
            guard let place = found.firstIndex(where: { $0.subnet.id.description == marker }) else {
                throw .markerNotFound(marker)
            }
            found = Array(reverse ? found[..<place] : found[(place + 1)...])
        }
        guard let limit, limit > 0 else { return Page(items: found, isFull: false) }
        let items = Array(reverse ? found.suffix(limit) : found.prefix(limit))
        return Page(items: items, isFull: items.count == limit)
    }

    private func comesFirst(_ left: FloatingIPPool, _ right: FloatingIPPool) -> Bool {
        for key in sort {
            let (first, second) = (left.text(of: key.field) ?? "", right.text(of: key.field) ?? "")
            if first != second { return key.descending ? first > second : first < second }
        }
        return left.subnet.id < right.subnet.id
    }

    private static let anyPool = FloatingIPPool(
        subnet: Subnet(
            id: SubnetID(high: 0, low: 0),
            networkID: NetworkID(high: 0, low: 0),
            cidr: CIDR(host: .any(.v4))
        ),
        projectID: ""
    )
}
