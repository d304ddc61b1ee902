internal import Addressing
internal import ResourceModel

/// An IPv6 address of a port that a router answers for on its external network.
struct NDPProxy: Hashable, Sendable {
    let id: NDPProxyID
    let projectID: String
    var name = ""
    var description = ""
    let target: Target
    /// What makes it reachable.
    let way: ProxyWay
    var revision: Revision = 1
    var createdAt = Timestamp(microseconds: 0)
    var updatedAt = Timestamp(microseconds: 0)

    /// A fixed IPv6 address of a port.
    struct Target: Hashable, Sendable {
        let portID: PortID
        let address: IPv6Address
        /// The subnet of the address.
        let subnetID: SubnetID
    }
}

/// The router that a proxy is on, and the external network of its gateway.
struct ProxyWay: Hashable, Sendable {
    let routerID: RouterID
    let networkID: NetworkID
}

/// What a creator chooses.
struct NDPProxyDraft: Hashable, Sendable {
    let id: NDPProxyID
    /// Empty is the caller's.
    var projectID = ""
    var name = ""
    var description = ""
    let routerID: RouterID
    let portID: PortID
    /// Nil is the port's first that the router reaches.
    var address: IPv6Address?
}

/// What an update takes over; nil leaves the attribute as it is.
struct NDPProxyChange: Hashable, Sendable {
    var name: String?
    var description: String?
    /// The revision that the proxy must have.
    var expectedRevision: Revision?

    /// Takes it over.
    func apply(to proxy: inout NDPProxy) throws(FloatingIPError) {
        if let name { proxy.name = try TextRules.checked(name, "name") }
        if let description { proxy.description = try TextRules.checked(description, "description") }
    }
}

extension NDPProxyDraft {
    /// Refuses what is wrong in itself, and gives the owner of what is to be made.
    ///
    /// - Throws: `notAuthorized` for one who only reads, `badRequest` for another project's name, `invalidInput` for
    ///   texts.
    func checkedOwner(as context: RequestContext) throws(FloatingIPError) -> String {
        guard context.canWrite else { throw .notAuthorized("NDP proxies are not yours to create") }
        let owner = projectID.isEmpty ? context.projectID : projectID
        guard context.isAdmin || owner == context.projectID else {
            throw .badRequest("only administrators create NDP proxies for other projects")
        }
        guard context.isAdmin || !owner.isEmpty else { throw .notAuthorized("the caller has no project") }
        _ = try TextRules.checked(name, "name")
        _ = try TextRules.checked(description, "description")
        return try TextRules.checked(owner, "project_id")
    }

    /// The proxy to be made.
    func proxy(ofProject owner: String, to target: NDPProxy.Target, on network: NetworkID) -> NDPProxy {
        let way = ProxyWay(routerID: routerID, networkID: network)
        return NDPProxy(
            id: id,
            projectID: owner,
            name: name,
            description: description,
            target: target,
            way: way
        )
    }
}

extension Port {
    /// The addresses that a proxy of the project can be for: the one wanted, or all.
    ///
    /// - Throws: `badRequest` when the port is another project's or has no IPv6 address, `invalidAddress` when it does
    ///   not have the one wanted.
    func proxyTargets(
        at wanted: IPv6Address?,
        ofProject owner: String,
        as context: RequestContext
    ) throws(FloatingIPError) -> [NDPProxy.Target] {
        guard context.isAdmin || projectID == owner else {
            throw .badRequest("port \(id) belongs to another project than the NDP proxy")
        }
        let all = addresses.compactMap { fixed -> NDPProxy.Target? in
            guard case .v6(let address) = fixed.address else { return nil }
            return NDPProxy.Target(portID: id, address: address, subnetID: fixed.subnetID)
        }
        guard !all.isEmpty else { throw .badRequest("port \(id) has no IPv6 address") }
        guard let wanted else { return all }
        guard let target = all.first(where: { $0.address == wanted }) else {
            throw .invalidAddress("port \(id) does not have address \(wanted)")
        }
        return [target]
    }
}

extension Router {
    /// The external network that a proxy would be on.
    ///
    /// - Throws: `proxyNotEnabled` when the router does not proxy.
    func requireProxying() throws(FloatingIPError) -> NetworkID {
        guard enablesNDPProxy, let gatewayNetworkID else { throw .proxyNotEnabled(id) }
        return gatewayNetworkID
    }
}

extension Network {
    /// Refuses a proxy between networks whose IPv6 addresses are not of one scope.
    func requireSameScope(as external: Network) throws(FloatingIPError) {
        guard !ipv6Scope.isEmpty, ipv6Scope == external.ipv6Scope else {
            throw .addressScopesDiffer(inside: id, outside: external.id)
        }
    }
}
