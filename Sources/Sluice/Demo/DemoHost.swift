internal import Addressing
internal import Netlink

/// The demo's node: a namespace with the external bridge, where the agent builds; and hosts plugged into its bridges.
struct DemoNode: Sendable {
    /// The namespace's name.
    var name: String
    static let externalBridge = "br-ex"

    /// Makes the namespace and the external bridge.
    func make() throws {
        let namespace = try NetworkNamespace.create(named: name)
        try namespace.perform { () throws(NetlinkError) in
            var route = try RouteSocket()
            try route.apply(.configureLink(.loopback, LinkSettings(isUp: true)))
            try route.apply(.createBridge(Bridge(name: Self.externalBridge)))
        }
    }

    /// Plugs a host into a bridge of the node, making the bridge when it is not there yet, as a hypervisor would.
    func plug(_ host: DemoHost, into bridge: String, device: String, mac: MACAddress?) throws {
        let hostNamespace = try NetworkNamespace.create(named: host.namespace)
        let node = try NetworkNamespace.open(named: name)
        try node.perform { () throws(NetlinkError) in
            var route = try RouteSocket()
            do throws(NetlinkError) {
                try route.apply(.createBridge(Bridge(name: bridge)))
            } catch  where error.number == .exists {
                // Another host's, or the agent made it, perhaps in this moment.
            }
            let pair = VethPair(
                host: .init(name: device, master: try route.link(named: bridge)?.index),
                peer: .init(name: "eth0", index: DemoHost.interface, mac: mac)
            )
            try route.createVethPairs([pair], peersIn: hostNamespace)
        }
        try hostNamespace.perform { () throws(NetlinkError) in
            var route = try RouteSocket()
            var requests: [RouteRequest] = [
                .configureLink(.loopback, LinkSettings(isUp: true)),
                .configureLink(DemoHost.interface, LinkSettings(isUp: true)),
                .replaceAddress(InterfaceAddress(host.address, on: DemoHost.interface)),
            ]
            if let gateway = host.gateway, let all = CIDR("0.0.0.0/0") {
                requests.append(.replaceRoute(.via(gateway, to: all)))
            }
            try route.apply(requests)
        }
    }
}

/// A host of the demo, in a namespace of its own: a virtual machine, or someone on the external network.
struct DemoHost: Sendable {
    /// What the report calls it.
    var title: String
    var namespace: String
    var address: CIDR
    var gateway: IPAddress?

    static let interface = InterfaceIndex(rawValue: 2)
}
