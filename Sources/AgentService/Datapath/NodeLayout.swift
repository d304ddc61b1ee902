/// Where this node's external networks come in.
struct NodeLayout: Hashable, Sendable {
    /// The bridge of external networks that name no physical network.
    var externalBridge = "br-ex"
    /// The bridges of physical networks, by the network's name.
    var physicalBridges: [String: String] = [:]

    /// Every bridge that the operator answers for.
    var operatorsBridges: Set<String> { Set(physicalBridges.values).union([externalBridge]) }

    /// Those of them that carry ports of a router.
    func operatorsBridges(of router: RouterSpecification) -> Set<String> {
        let ports = router.interfaces.map { ($0, false) } + router.gateways.map { ($0.port, true) }
        return Set(
            ports.compactMap { port, isGateway in
                let bridge = try? bridge(for: port, isGateway: isGateway)
                return bridge?.isOperators == true ? bridge?.name : nil
            }
        )
    }

    /// The bridge that carries a port.
    func bridge(for port: PortSpecification, isGateway: Bool) throws(PlanProblem) -> BridgePlan {
        if let network = port.physicalNetwork {
            guard port.networkType != "vlan" else { throw .networkTypeNotSupported(port.networkType, port.network) }
            guard let bridge = physicalBridges[network] else { throw .physicalNetworkUnknown(network) }
            return BridgePlan(name: bridge, isOperators: true)
        }
        guard !isGateway else { return BridgePlan(name: externalBridge, isOperators: true) }
        return BridgePlan(name: KernelNames.bridge(of: port.network), isOperators: false)
    }
}

/// A bridge that a device's other end is to be a port of.
struct BridgePlan: Hashable, Sendable {
    var name: String
    /// Whether the operator answers for it; otherwise the agent makes it when it is needed and removes it after.
    var isOperators: Bool
}
