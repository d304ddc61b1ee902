internal import ResourceModel

/// The names of all that this agent makes in the kernel, and how it knows its own again after a restart.
///
/// Namespaces, devices and bridges bear the names that operators know from Neutron: a prefix and the first eleven
/// characters of an id, as many as an interface's name has room for.
enum KernelNames {
    /// The nftables table in each router's namespace.
    static let table = "sluice"

    /// What an exit's number is added to.
    ///
    /// The sum is its mark and the number of its table; its rules have twice that, and one less, as priorities.
    private static let exitBase: UInt32 = 8300
    /// More gateways than a router may have.
    private static let exitLimit: UInt32 = 100

    /// The mark, and the number of the table, of a further gateway's exit.
    static func exitMark(_ number: UInt32) -> UInt32 { exitBase + number }

    /// The exit that a mark or a table is of; nil for one that is none of ours.
    static func exit(ofMark mark: UInt32) -> UInt32? {
        (exitBase + 1..<exitBase + exitLimit).contains(mark) ? mark - exitBase : nil
    }

    private static let namespacePrefix = "qrouter-"
    private static let notePrefix = "sluice "
    private static let routerNotePrefix = "sluice router "

    /// The network namespace of a router.
    static func namespace(of router: RouterID) -> String { "\(namespacePrefix)\(router)" }

    /// The router that a namespace is of; nil for a namespace that is none of ours.
    static func router(ofNamespace name: String) -> RouterID? {
        guard name.hasPrefix(namespacePrefix) else { return nil }
        return RouterID(name.dropFirst(namespacePrefix.count).description)
    }

    /// A router's device on one of the project's networks.
    static func internalDevice(_ port: PortID) -> String { "qr-\(stem(port))" }

    /// A router's device on an external network.
    static func gatewayDevice(_ port: PortID) -> String { "qg-\(stem(port))" }

    /// Whether a router's device is one on an external network.
    static func isGatewayDevice(_ name: String) -> Bool { name.hasPrefix("qg-") }

    /// Whether a device in a router's namespace is one of ours on a project's network.
    static func isInternalDevice(_ name: String) -> Bool { isRouterDevice(name) && !isGatewayDevice(name) }

    /// Whether a device in a router's namespace is of our making.
    static func isRouterDevice(_ name: String) -> Bool {
        (name.hasPrefix("qr-") || name.hasPrefix("qg-")) && hasStem(name.dropFirst(3))
    }

    /// The end of a router's device that stands on the node, in a bridge.
    static func hostEnd(_ port: PortID) -> String { "tap\(stem(port))" }

    /// The end on the node of a router's device with this name.
    static func hostEnd(ofDevice name: String) -> String { "tap\(name.dropFirst(3))" }

    /// The bridge of a network on this node.
    static func bridge(of network: NetworkID) -> String { "brq\(stem(network))" }

    /// Whether a bridge is one that the agent makes for a network.
    static func isNetworkBridge(_ name: String) -> Bool { name.hasPrefix("brq") && hasStem(name.dropFirst(3)) }

    /// The note on the node's end of a router's device; others, such as a DHCP server's, may have the same prefix.
    static func note(ofHostEndIn router: RouterID) -> String { "\(routerNotePrefix)\(router)" }

    /// The router that a note on the node's end of a device names; nil for a note that is none of ours.
    static func router(ofNote note: String?) -> RouterID? {
        guard let note, note.hasPrefix(routerNotePrefix) else { return nil }
        return RouterID(note.dropFirst(routerNotePrefix.count).description)
    }

    /// The note on the loopback device of a router's namespace: which node it belongs to.
    static func note(ofNode node: String) -> String { "\(notePrefix)node \(node)" }

    /// Whether a note is one of ours.
    static func isNote(_ alias: String?) -> Bool { alias?.hasPrefix(notePrefix) ?? false }

    private static func stem<Kind>(_ id: ID<Kind>) -> Substring { id.description.prefix(11) }

    private static func hasStem(_ text: Substring) -> Bool {
        text.utf8.count == 11
            && text.utf8.enumerated().allSatisfy { position, byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"): position != 8
                case UInt8(ascii: "-"): position == 8
                default: false
                }
            }
    }
}
